"""Packages that are wrong in one way, with the rule that has to say so.

Each case is the change, the rule, and a part of the place that it names.
"""

from datetime import UTC, datetime, timedelta

from kb967724 import TOKEN
from package_changes import (
    CAB,
    CYRILLIC,
    IA64,
    LEAF,
    MANIFEST,
    OWN,
    SC,
    SC_0,
    STEM,
    X64,
    Change,
    both,
    catalog,
    cyrillic_program,
    dropped,
    edited,
    empty_catalog,
    extra,
    flip_tag,
    flipped,
    ia64_program,
    lists_less,
    lists_more,
    lists_unpadded,
    manifest_with_wrong_key,
    moved,
    moved_payload,
    other_program,
    other_root,
    payload_bytes,
    payload_like,
    renamed_package,
    rewritten,
    second_family,
    swapped_catalogs,
    unreachable_package,
    unsigned,
    with_row,
    with_spec,
    without_catalogs,
    without_spec,
    x64_manifest,
    x86_rows_only_elsewhere,
)

from builder.model.version import FileVersion

PACKAGE = "Package_for_KB967724"
PARENT_X86 = 'ServerCore-Package" version="6.0.6001.18000" processorArchitecture="x86"'

PAYLOAD: dict[str, tuple[Change, str, str]] = {
    "tampered program": (flipped("mpio.sys", 5_000), "HF209", "mpio.sys"),
    "tampered INF": (flipped("mpio.inf", 100), "HF209", "mpio.inf"),
    "tampered and described again": (other_program, "HF505", ""),
    "program cut off": (
        lambda p, _: setattr(p.find("mpio.sys"), "data", p.find("mpio.sys").data[:99]),
        "HF209",
        "mpio.sys",
    ),
    "IA-64 machine in the x86 package": (
        payload_like(platform=IA64),
        "HF211",
        "mpio.sys",
    ),
    "program of the IA-64 package": (ia64_program, "HF211", "mpio.sys"),
    "x64 machine in the x86 package": (payload_like(platform=X64), "HF211", "mpio.sys"),
    "another version": (
        payload_like(version=FileVersion(6, 0, 6001, 22376)),
        "HF302",
        "mpio.sys",
    ),
    "no version": (payload_like(version=None), "HF302", "mpio.sys"),
    "another size": (payload_like(size=107_512), "HF301", "mpio.sys"),
    "INF of another size": (payload_like("mpio.inf", size=3764), "HF301", "mpio.inf"),
    "text instead of a program": (payload_bytes(b"; text"), "HF304", "mpio.sys"),
    "empty program": (payload_bytes(b""), "HF304", "mpio.sys"),
    "damaged program": (payload_bytes(b"MZ" + bytes(90)), "HF304", "mpio.sys"),
    "missing program": (dropped("mpio.sys"), "HF208", MANIFEST),
    "missing program, catalogs kept": (
        dropped("mpio.sys", sign=False),
        "HF208",
        MANIFEST,
    ),
    "missing INF": (dropped("mpio.inf"), "HF208", MANIFEST),
    "program in another folder": (moved_payload, "HF208", MANIFEST),
    "extra payload": (extra(f"{STEM}\\more.dll"), "HF210", "more.dll"),
    "extra payload in its own folder": (extra("more\\more.dll"), "HF210", "more.dll"),
    "extra payload, not signed": (
        extra(f"{STEM}\\more.dll", sign=False),
        "HF505",
        "more.dll",
    ),
    "extra file, not signed": (extra("readme.txt", sign=False), "HF505", "readme.txt"),
    "wrong digest in the manifest": (
        edited(MANIFEST, ">HeB6jnYvj", ">HeB6jnYvk"),
        "HF209",
        "mpio.inf",
    ),
}

DOCUMENTS: dict[str, tuple[Change, str, str]] = {
    "missing leaf": (dropped(f"{LEAF}.mum", f"{LEAF}.cat"), "HF203", ".mum"),
    "missing leaf, catalog kept": (
        dropped(f"{LEAF}.mum", sign=False),
        "HF203",
        f"{SC_0}.mum",
    ),
    "missing level": (dropped(f"{SC}.mum", f"{SC}.cat"), "HF203", "update.mum"),
    "missing manifest": (dropped(MANIFEST), "HF204", f"{LEAF}.mum"),
    "missing manifest, catalogs kept": (
        dropped(MANIFEST, sign=False),
        "HF204",
        f"{LEAF}.mum",
    ),
    "missing update.mum": (dropped("update.mum", "update.cat"), "HF207", CAB),
    "missing update.mum, catalog kept": (
        dropped("update.mum", sign=False),
        "HF207",
        CAB,
    ),
    "reference to another level": (
        edited(f"{SC}.mum", 'name="Package_for_KB967724_sc_0"', f'name="{"P" * 25}"'),
        "HF203",
        f"{SC}.mum",
    ),
    "reference to another driver": (
        edited(
            f"{LEAF}.mum",
            '<driver inf="mpio.inf" ranking="currentDevices">\r\n'
            '        <assemblyIdentity name="mpio.inf" version="6.0.6001.22375"',
            '<driver inf="mpio.inf" ranking="currentDevices">\r\n'
            '        <assemblyIdentity name="mpio.inf" version="6.0.6001.22376"',
        ),
        "HF204",
        f"{LEAF}.mum",
    ),
    "changed after signing": (
        edited("update.mum", "T18:35:00Z", "T18:36:00Z", sign=False),
        "HF505",
        "update.mum",
    ),
    "listed .mum changed after signing": (
        edited(f"{SC}.mum", "Fix for KB967724", "A fix for KB967724", sign=False),
        "HF505",
        f"{SC}.mum",
    ),
    "another size of a listed .mum": (
        edited(f"{SC}.mum", "Fix for KB967724", "A fix for KB967724"),
        "HF301",
        f"{SC}.mum",
    ),
    "not well-formed": (edited("update.mum", "</package>", ""), "HF101", "update.mum"),
    "document type": (
        edited("update.mum", "<assembly ", "<!DOCTYPE assembly []>\r\n<assembly "),
        "HF101",
        "update.mum",
    ),
    "another encoding": (
        edited("update.mum", 'encoding="utf-8"', 'encoding="iso-8859-1"'),
        "HF101",
        "update.mum",
    ),
    "empty .mum": (rewritten("update.mum", b""), "HF101", "update.mum"),
    "manifest that nobody can decode": (
        both(
            rewritten(MANIFEST, b"DCM\x01 and garbage"),
            lambda parts, _: setattr(parts, "spec", None),
        ),
        "HF103",
        MANIFEST,
    ),
    "empty manifest": (rewritten(MANIFEST, b""), "HF101", MANIFEST),
    "no assembly": (rewritten(f"{SC}.mum", b"<a/>"), "HF101", f"{SC}.mum"),
    "a manifest as a .mum": (
        lambda p, w: rewritten(f"{SC}.mum", p.find(MANIFEST).data)(p, w),
        "HF101",
        f"{SC}.mum",
    ),
    "version of three parts": (
        edited("update.mum", f'{OWN}" version="6.0.1.0"', f'{OWN}" version="6.0.1"'),
        "HF102",
        "update.mum",
    ),
    "version part too large": (
        edited(f"{SC}.mum", f'{OWN}_sc" version="6.0', f'{OWN}_sc" version="6.65536'),
        "HF102",
        f"{SC}.mum",
    ),
    "another version inside": (
        edited(f"{SC}.mum", f'{OWN}_sc" version="6.0.1', f'{OWN}_sc" version="6.0.2'),
        "HF202",
        f"{SC}.mum",
    ),
    "another name outside": (
        renamed_package(SC, SC.replace("6.0.1.0", "6.0.1.1")),
        "HF202",
        "6.0.1.1.mum",
    ),
    "another key outside": (manifest_with_wrong_key, "HF202", ".manifest"),
    "another token inside the manifest": (
        edited(MANIFEST, TOKEN, TOKEN[::-1]),
        "HF202",
        MANIFEST,
    ),
    "one identity twice": (second_family, "HF205", "update-bf.mum"),
    "unreachable package": (unreachable_package, "HF206", "_sc_1"),
    "unreachable component": (x64_manifest, "HF206", "amd64_mpio.inf"),
    "circle of packages": (
        both(
            edited(f"{SC_0}.mum", '"Package_1_for_KB967724"', f'"{PACKAGE}_sc"'),
            without_spec,
        ),
        "HF214",
        ".mum",
    ),
    "package that brings itself": (
        both(
            edited(f"{SC_0}.mum", '"Package_1_for_KB967724"', f'"{PACKAGE}_sc_0"'),
            without_spec,
        ),
        "HF214",
        f"{SC_0}.mum",
    ),
    "parent of another architecture": (
        edited("update.mum", PARENT_X86, PARENT_X86.replace("x86", "amd64")),
        "HF215",
        "update.mum",
    ),
    "condition of another architecture": (
        edited(
            f"{LEAF}.mum",
            '22375" processorArchitecture="x86"',
            '22375" processorArchitecture="ia64"',
        ),
        "HF215",
        f"{LEAF}.mum",
    ),
    "condition of another version": (
        edited(f"{LEAF}.mum", 'version="6.0.6001.22375"', 'version="6.0.6001.22374"'),
        "HF216",
        f"{LEAF}.mum",
    ),
    "another release type": (
        edited(f"{LEAF}.mum", 'releaseType="Hotfix"', 'releaseType="Update"'),
        "HF217",
        f"{LEAF}.mum",
    ),
    "another INF": (
        edited(f"{LEAF}.mum", 'inf="mpio.inf"', 'inf="msdsm.inf"'),
        "HF217",
        f"{LEAF}.mum",
    ),
    "hidden parent": (
        edited("update.mum", 'integrate="separate"', 'integrate="hidden"'),
        "HF217",
        "update.mum",
    ),
    "another installer": (
        edited("update.mum", '"Microsoft-Windows-ServicingStack"', '"Servicing"'),
        "HF218",
        "update.mum",
    ),
    "installer of another version": (
        edited("update.mum", 'version="6.0.0.0"', 'version="6.1.0.0"'),
        "HF218",
        "update.mum",
    ),
    "Cyrillic letter in a file name": (
        both(cyrillic_program, without_spec),
        "HF213",
        CYRILLIC,
    ),
    "invisible character in a file name": (
        both(extra("read\u200bme.txt"), without_spec),
        "HF213",
        "me.txt",
    ),
    "identifier of another article": (
        edited("update.mum", 'identifier="KB967724"', 'identifier="KB967725"'),
        "HF212",
        "update.mum",
    ),
}

SCHEMA = {
    "restart": ("update.mum", 'restart="possible"', 'restart="perhaps"'),
    "releaseType": ("update.mum", 'releaseType="Hotfix"', 'releaseType="Hotfixed"'),
    "no releaseType": ("update.mum", ' releaseType="Hotfix"', ""),
    "integrate": (f"{SC_0}.mum", 'integrate="hidden"', 'integrate="hiddem"'),
    "parent integrate": ("update.mum", 'integrate="separate"', 'integrate="alone"'),
    "disposition": ("update.mum", 'disposition="detect"', 'disposition="find"'),
    "elevate": (f"{LEAF}.mum", 'elevate="distribution"', 'elevate="all"'),
    "ranking": (f"{LEAF}.mum", 'ranking="currentDevices"', 'ranking="first"'),
    "unknown attribute": ("update.mum", "<package id", '<package strange="1" id'),
    "unknown element": ("update.mum", "</package>", "<strange /></package>"),
    "misspelt element": ("update.mum", "installerAssembly", "installerAssemby"),
    "update without a name": ("update.mum", ' name="967724-6_neutral_PACKAGE"', ""),
    "reference without version": (
        "update.mum",
        'name="Package_for_KB967724_sc" version="6.0.1.0"',
        'name="Package_for_KB967724_sc"',
    ),
    "no language": (f"{SC_0}.mum", ' language="neutral"', ""),
    "unknown architecture": ("update.mum", 'tecture="x86"', 'tecture="x87"'),
    "manifest without file name": (MANIFEST, '<file name="mpio.sys" ', "<file "),
    "manifest with a strange element": (MANIFEST, "<deployment", "<deploiment"),
    "digest that is no base64": (MANIFEST, ">HeB6jn", ">?eB6jn"),
    "digest of a strange length": (MANIFEST, ">HeB6jnYvjBo9", ">"),
    "two packages": (
        "update.mum",
        "</assembly>",
        '<package identifier="KB1" releaseType="Hotfix"></package></assembly>',
    ),
}

CATALOGS: dict[str, tuple[Change, str, str]] = {
    "unsigned": (catalog("update.cat", unsigned), "HF502", "update.cat"),
    "another root": (catalog("update.cat", other_root), "HF503", "update.cat"),
    "catalog of another package": (
        catalog("update.cat", lambda _, w: w.x64.find("update.cat").data),
        "HF505",
        "update.mum",
    ),
    "swapped catalogs": (swapped_catalogs, "HF508", ".mum"),
    "missing catalog": (dropped("update.cat"), "HF508", "update.mum"),
    "missing catalog of the leaf": (dropped(f"{LEAF}.cat"), "HF508", f"{LEAF}.mum"),
    "no catalogs": (without_catalogs, "HF505", CAB),
    "flipped bit in the signature": (flipped("update.cat", -10), "HF501", "update.cat"),
    "flipped bit in the list": (
        catalog("update.cat", lambda p, _: flip_tag(p.find("update.cat").data)),
        "HF501",
        "update.cat",
    ),
    "cut off": (
        catalog("update.cat", lambda p, _: p.find("update.cat").data[:-1]),
        "HF504",
        "update.cat",
    ),
    "empty": (catalog("update.cat", lambda *_: b""), "HF504", "update.cat"),
    "no catalog at all": (catalog("update.cat", lambda *_: b"\x30\x00"), "HF504", ""),
    "lists something else": (catalog("update.cat", empty_catalog), "HF505", ""),
    "lists more": (lists_more, "HF506", f"{LEAF}.cat"),
    "lists less": (lists_less, "HF505", ""),
    "lists an image without padding": (lists_unpadded, "HF509", "mpio.sys"),
    "judged after the certificate's end": (
        lambda p, _: setattr(p, "at", datetime(2051, 1, 1, tzinfo=UTC)),
        "HF501",
        ".cat",
    ),
}

ARTICLE: dict[str, tuple[Change, str, str]] = {
    "one other date": (moved(timedelta(days=1), "mpio.sys"), "HF303", "mpio.sys"),
    "one other minute": (moved(timedelta(minutes=-1), "mpio.sys"), "HF303", ""),
    "local times but one": (
        both(moved(timedelta(hours=-8)), moved(timedelta(minutes=7), "mpio.sys")),
        "HF303",
        "mpio.sys",
    ),
    "another article": (with_spec(number=967725), "HF306", CAB),
    "no tables for the architecture": (
        with_spec(files=x86_rows_only_elsewhere()),
        "HF306",
        CAB,
    ),
    "one more row": (with_spec(files=with_row(name="Msdsm.sys")), "HF300", CAB),
    "contradicting row": (
        with_spec(files=with_row(size=1, branch="GDR")),
        "HF300",
        ".cab",
    ),
}
