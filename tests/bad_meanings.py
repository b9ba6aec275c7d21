"""Packages whose documents are sound one by one and contradict, signed again.

Each case is the change, the rule, and a part of the place that it names.
"""

from collections.abc import Callable

from made_packages import Parts, sign_again
from package_changes import (
    LEAF,
    MANIFEST,
    OWN,
    PROPERTIES,
    SC,
    STEM,
    UNATTEND,
    Change,
    World,
    beside,
    both,
    edited,
    extra,
    renamed,
    without_spec,
)

from builder.formats.manifest import parse_manifest
from builder.model.identity import keyform

_PARENT = 'name="Microsoft-Windows-ServerCore-Package" version="6.0.6001.18000"'
_ITSELF = 'name="Package_for_KB967724_sc" version="6.0.1.0"'
_DRIVER = 'version="6.0.6001.22375" processorArchitecture="x86"'
_SUPPORT = "kbid=967724"
_MARK = '    <infFile xmlns="urn:schemas-microsoft-com:asm.v3" />\r\n'
_RELEASE = (
    'processorArchitecture="x86" language="neutral" buildType="release" '
    'publicKeyToken="31bf3856ad364e35" versionScope="nonSxS" />\r\n'
)
_PARENTS = (
    '    <parent integrate="separate" disposition="detect">\r\n'
    f"      <assemblyIdentity {_PARENT} {_RELEASE}"
    '      <assemblyIdentity name="Microsoft-Windows-Foundation-Package" '
    f'version="6.0.6001.18000" {_RELEASE}'
    "    </parent>\r\n"
)


_LONG = "Microsoft-Windows-Multipath-InputOutput-mpio.inf"
_DISGUISED = "Package_1_for_\u041aB967724"


def disguised(parts: Parts, _: World) -> None:
    """Write the name of the leaf with one letter of another script, everywhere."""
    plain = "Package_1_for_KB967724"
    for entry in parts.inner:
        entry.name = entry.name.replace(plain.lower(), _DISGUISED.lower())
        if entry.name.endswith(".mum"):
            entry.data = entry.data.replace(plain.encode(), _DISGUISED.encode())
    parts.spec = None
    sign_again(parts)


def long_named(change_key: Callable[[str], str]) -> Change:
    """Give the driver a name that its side-by-side key shortens."""

    def change(parts: Parts, _: World) -> None:
        for name in (MANIFEST, f"{LEAF}.mum"):
            entry = parts.find(name)
            old, new = (f'assemblyIdentity name="{n}"' for n in ("mpio.inf", _LONG))
            entry.data = entry.data.replace(old.encode(), new.encode())
        key = keyform(parse_manifest(parts.find(MANIFEST).data).identity)
        for entry in parts.inner:
            entry.name = entry.name.replace(STEM, change_key(key))
        parts.spec = None
        sign_again(parts)

    return change


def shortened(parts: Parts, _: World) -> None:
    """Shorten the name in a side-by-side key that is not too long."""
    for entry in parts.inner:
        entry.name = entry.name.replace(STEM, STEM.replace("mpio.inf", "mp..nf"))
    sign_again(parts)


MEANINGS: dict[str, tuple[Change, str, str]] = {
    "Cyrillic letter in the name of a package": (
        disguised,
        "HF213",
        f"{_DISGUISED.lower()}~",
    ),
    "one name in two ways to write an accent": (
        both(extra("caf\u00e9.txt"), extra("cafe\u0301.txt"), without_spec),
        "HF213",
        "cafe\u0301.txt",
    ),
    "names that fold together, beyond ASCII": (
        both(extra("k.txt"), extra("\u212a.txt", sign=False), without_spec),
        "HF402",
        "\u212a.txt",
    ),
    "short name that is shortened": (shortened, "HF202", MANIFEST[-20:]),
    "long name with another key": (
        long_named(lambda key: key[:-1] + "x0"[key[-1] != "0"]),
        "HF202",
        ".manifest:3",
    ),
    "long name that is not shortened": (
        long_named(
            lambda key: key.replace(
                "microsoft-windows-m..nputoutput-mpio.inf", _LONG.lower()
            )
        ),
        "HF202",
        ".manifest:3",
    ),
    "long name with one dot": (
        long_named(lambda key: key.replace("..", ".")),
        "HF202",
        ".manifest:3",
    ),
    **{
        f"own identity without {attribute}": (
            edited(f"{SC}.mum", text, ""),
            "HF102",
            f"{SC}.mum:3",
        )
        for attribute, text in (
            ("version", ' version="6.0.1.0"'),
            ("language", ' language="neutral"'),
            ("architecture", ' processorArchitecture="x86"'),
            ("token", ' publicKeyToken="31bf3856ad364e35"'),
        )
    },
    "version with a zero in front": (
        edited(f"{SC}.mum", f'{OWN}_sc" version="6.0', f'{OWN}_sc" version="6.00'),
        "HF102",
        f"{SC}.mum:3",
    ),
    "version of five parts": (
        edited(f"{SC}.mum", f'{OWN}_sc" version="6', f'{OWN}_sc" version="6.0'),
        "HF102",
        f"{SC}.mum:3",
    ),
    "token of 15 digits": (
        edited(f"{SC}.mum", "31bf3856ad364e35", "31bf3856ad364e3"),
        "HF102",
        f"{SC}.mum:3",
    ),
    "culture with an underscore": (
        edited(f"{SC}.mum", '"neutral"', '"en_US"'),
        "HF102",
        f"{SC}.mum:3",
    ),
    "update without parents": (
        edited("update.mum", _PARENTS, ""),
        "HF221",
        "update.mum:3",
    ),
    "driver whose INF is not marked": (
        both(edited(MANIFEST, _MARK, ""), without_spec),
        "HF217",
        f"{LEAF}.mum:17",
    ),
    "link to another article": (
        edited("update.mum", "kbid=967724", "kbid=967725"),
        "HF217",
        "update.mum:3",
    ),
    "another culture": (
        edited(f"{SC}.mum", '"neutral"', '"en-US"'),
        "HF202",
        f"{SC}.mum:3",
    ),
    "driver of wow64 on x86": (
        edited(f"{LEAF}.mum", _DRIVER, _DRIVER.replace("x86", "wow64")),
        "HF215",
        f"{LEAF}.mum:13",
    ),
    "child of another architecture": (
        edited(
            f"{SC}.mum",
            '_sc_0" version="6.0.1.0" language="neutral" processorArchitecture="x86"',
            '_sc_0" version="6.0.1.0" language="neutral" processorArchitecture="ia64"',
        ),
        "HF203",
        f"{SC}.mum:11",
    ),
    "child of another version": (
        edited(f"{SC}.mum", '_sc_0" version="6.0.1.0"', '_sc_0" version="6.0.1.1"'),
        "HF203",
        f"{SC}.mum:11",
    ),
    "parent of itself": (
        both(edited(f"{SC}.mum", _PARENT, _ITSELF), without_spec),
        "HF214",
        f"{SC}.mum:5",
    ),
    "one parent twice": (
        edited(
            "update.mum", "Microsoft-Windows-Foundation", "Microsoft-Windows-ServerCore"
        ),
        "HF102",
        "update.mum:7",
    ),
    "condition of another driver": (
        edited(f"{LEAF}.mum", 'name="mpio.inf" v', 'name="msdsm.inf" v'),
        "HF217",
        f"{LEAF}.mum:13",
    ),
    "release type of the root": (
        edited("update.mum", 'releaseType="Hotfix"', 'releaseType="Update"'),
        "HF217",
        "update.mum:3",
    ),
    "evaluation": (edited("update.mum", '"deep"', '"shallow"'), "HF102", "update.mum"),
    "compare": (
        edited("update.mum", '"detect"', '"detect" buildCompare="LT"'),
        "HF102",
        "update.mum:5",
    ),
    **{
        f"installer of another {attribute}": (
            edited("update.mum", old, new),
            rule,
            "update.mum:9",
        )
        for attribute, old, new, rule in (
            (
                "language",
                '6.0.0.0" language="neutral"',
                '6.0.0.0" language="de-DE"',
                "HF218",
            ),
            (
                "token",
                '"nonSxS" publicKeyToken="3',
                '"nonSxS" publicKeyToken="4',
                "HF218",
            ),
            (
                "scope",
                '"x86" versionScope="nonSxS"',
                '"x86" versionScope="SxS"',
                "HF102",
            ),
        )
    },
    "duplicate of a program": (
        extra(f"{STEM}\\copy of mpio.sys"),
        "HF210",
        "copy of mpio.sys",
    ),
    "delete character in a name": (extra("ev\x7fil"), "HF401", "ev"),
    "device name beside the cabinet": (beside("NUL.txt"), "HF401", "NUL.txt"),
    "stream beside the cabinet": (beside("a.txt:evil"), "HF401", "a.txt:evil"),
    "unattend for another token": (
        edited(UNATTEND, "31bf3856ad364e35", "31bf3856ad364e36"),
        "HF404",
        UNATTEND,
    ),
    "unattend from a folder above": (
        edited(UNATTEND, "%configsetroot%\\", "%configsetroot%\\..\\"),
        "HF404",
        UNATTEND,
    ),
    "unattend with a document type": (
        edited(UNATTEND, "<unattend", "<!DOCTYPE unattend><unattend"),
        "HF404",
        UNATTEND,
    ),
    **{
        f"file installed to {destination}": (
            both(
                edited(
                    MANIFEST,
                    '<file name="mpio.sys"',
                    f'<file name="mpio.sys" destinationPath="{destination}"',
                ),
                without_spec,
            ),
            "HF220",
            f"{MANIFEST}:14",
        )
        for destination in ("$(runtime.system32)\\..\\", "C:\\", "\\\\evil\\share\\")
    },
    "file installed above its folder": (
        both(
            edited(MANIFEST, '<file name="mpio.sys"', '<file name="..\\mpio.sys"'),
            without_spec,
        ),
        "HF220",
        f"{MANIFEST}:14",
    ),
    "digest of another method": (
        both(edited(MANIFEST, "xmldsig#sha256", "xmldsig#sha1"), without_spec),
        "HF209",
        f"{MANIFEST}:4",
    ),
    "properties of another type": (
        edited(PROPERTIES, 'Type="Hotfix"', 'Type="Security Update"'),
        "HF405",
        PROPERTIES,
    ),
    "properties that link to another article": (
        edited(PROPERTIES, _SUPPORT, "kbid=967725"),
        "HF405",
        PROPERTIES,
    ),
    "one property twice": (
        edited(PROPERTIES, 'Language="ALL"', 'Processor Architecture="x64"'),
        "HF405",
        PROPERTIES,
    ),
    "root without its name": (renamed("update.mum", "first.mum"), "HF202", "first.mum"),
}
