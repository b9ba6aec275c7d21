"""Containers that are wrong in one way, with the rule that has to say so.

Each case is the change, the rule, and a part of the place that it names.
"""

from package_changes import (
    CAB,
    PROPERTIES,
    STEM,
    UNATTEND,
    Change,
    beside,
    damaged,
    doubled,
    dropped,
    edited,
    extra,
    flip,
    hide_bytes,
    in_outer,
    lying_size,
    overlapping,
    parse_first_data,
    payload_only,
    renamed,
    second_cabinet,
    signature_lost,
)

from builder.model.cabinet import STORED

RUN = '<settings pass="specialize"><RunSynchronous/></settings>'

CONTAINERS: dict[str, tuple[Change, str, str]] = {
    "cut off": (damaged(lambda c: c[:-100]), "HF001", CAB),
    "cut off in the tables": (damaged(lambda c: c[:200]), "HF001", CAB),
    "cut off in the header": (damaged(lambda c: c[:20]), "HF001", CAB),
    "flipped bit in compressed data": (damaged(lambda c: flip(c, -50)), "HF001", CAB),
    "flipped bit in stored data": (
        damaged(lambda c: flip(c, -50), compression=STORED),
        "HF001",
        CAB,
    ),
    "flipped bit in a checksum": (
        damaged(lambda c: flip(c, parse_first_data(c))),
        "HF001",
        CAB,
    ),
    "lying size": (damaged(lying_size), "HF001", CAB),
    "overlapping members": (damaged(overlapping), "HF001", CAB),
    "no cabinet": (damaged(lambda c: b"XXXX" + c[4:]), "HF407", ".msu"),
    "bytes behind the inner cabinet": (damaged(lambda c: c + b"more"), "HF403", CAB),
    "bytes behind the .msu": (in_outer(lambda c: c + b"more"), "HF403", ".msu"),
    "one name twice": (doubled("update.mum"), "HF402", "update.mum"),
    "one name twice, other bytes": (
        doubled("update.mum", change=b"\r\n"),
        "HF402",
        "update.mum",
    ),
    "one name in two cases": (
        doubled("mpio.sys", as_name=f"{STEM}\\MPIO.SYS"),
        "HF402",
        "MPIO.SYS",
    ),
    "name above the folder": (extra("..\\evil.dll"), "HF401", "evil.dll"),
    "name above the folder, slashes": (extra("a/../../evil.dll"), "HF401", "evil.dll"),
    "name from a root": (extra("\\evil.dll"), "HF401", "evil.dll"),
    "name with a drive": (extra("C:\\evil.dll"), "HF401", "evil.dll"),
    "name of a stream": (extra(f"{STEM}\\mpio.sys:evil"), "HF401", "evil"),
    "name of a device": (extra(f"{STEM}\\con"), "HF401", "con"),
    "name of a device with a suffix": (extra("aux.txt"), "HF401", "aux.txt"),
    "name with a final dot": (extra(f"{STEM}\\evil."), "HF401", "evil."),
    "name with a final blank": (extra("evil "), "HF401", "evil "),
    "name with a control character": (extra("ev\x07il"), "HF401", "ev"),
    "name of a device with a superscript": (extra("com\u00b9.txt"), "HF401", "com"),
    "name with a wildcard": (extra("evil?.dll"), "HF401", "evil"),
    "name of an output device": (extra(f"{STEM}\\CONOUT$"), "HF401", "CONOUT$"),
    "payload only": (payload_only, "HF407", ".msu"),
    "no inner cabinet": (dropped(CAB, sign=False), "HF407", ".msu"),
    "other cabinet": (renamed(CAB, "other.cab", in_outer=True), "HF404", UNATTEND),
    "unattend of another package": (
        edited(UNATTEND, "Package_for_KB967724", "Package_for_KB967725"),
        "HF404",
        UNATTEND,
    ),
    "unattend of another architecture": (
        edited(UNATTEND, 'Architecture="x86"', 'Architecture="amd64"'),
        "HF404",
        UNATTEND,
    ),
    "unattend of another version": (
        edited(UNATTEND, "6.0.1.0", "6.0.1.1"),
        "HF404",
        "",
    ),
    "unattend from elsewhere": (
        edited(UNATTEND, "KB967724-x86.cab", "KB967724-x64.cab"),
        "HF404",
        UNATTEND,
    ),
    **{
        f"unattend from {place}": (
            edited(UNATTEND, "%configsetroot%\\", place),
            "HF404",
            UNATTEND,
        )
        for place in ("", "\\\\evil\\share\\", "http://evil/", "%temp%\\")
    },
    "unattend that runs a program": (
        edited(UNATTEND, "</unattend>", f"{RUN}</unattend>"),
        "HF404",
        UNATTEND,
    ),
    "unattend that removes": (
        edited(UNATTEND, '"install"', '"remove"'),
        "HF404",
        UNATTEND,
    ),
    "unattend with a second package": (
        edited(
            UNATTEND,
            "</servicing>",
            '<package action="install"><assemblyIdentity name="x"/>'
            '<source location="evil.cab"/></package></servicing>',
        ),
        "HF404",
        UNATTEND,
    ),
    "no unattend": (dropped(UNATTEND, sign=False), "HF404", ".msu"),
    "two unattends": (beside("zzz.xml", UNATTEND), "HF404", "zzz.xml"),
    "no properties": (dropped(PROPERTIES, sign=False), "HF405", ".msu"),
    "two properties": (
        beside("zzz-pkgProperties.txt", PROPERTIES),
        "HF405",
        "zzz-pkgProperties.txt",
    ),
    "properties without the article": (
        edited(PROPERTIES, "KB Article Number", "KB Number"),
        "HF405",
        PROPERTIES,
    ),
    "a program beside the cabinet": (beside("evil.exe"), "HF408", "evil.exe"),
    "a folder beside the cabinet": (beside("x\\a.txt"), "HF408", "a.txt"),
    "a second full package": (second_cabinet, "HF408", "zzz.cab"),
    "bytes between members": (damaged(hide_bytes), "HF409", CAB),
    "bytes in reserved numbers": (
        damaged(lambda c: c[:12] + b"evil" + c[16:]),
        "HF409",
        CAB,
    ),
    "signature cut off": (damaged(signature_lost), "HF511", CAB),
    "unattend not well-formed": (edited(UNATTEND, "</servicing>", ""), "HF404", ""),
    "properties of another article": (
        edited(PROPERTIES, '"967724"', '"967725"'),
        "HF405",
        PROPERTIES,
    ),
    "properties of another architecture": (
        edited(
            PROPERTIES, 'Processor Architecture="x86"', 'Processor Architecture="ia64"'
        ),
        "HF405",
        PROPERTIES,
    ),
    "properties that are none": (
        edited(PROPERTIES, "Company=", "Company"),
        "HF405",
        "",
    ),
}
