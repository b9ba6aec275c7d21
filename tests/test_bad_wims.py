"""WIM files that are wrong in one way, as `hotfix validate` answers to them."""

import hashlib
import json
from pathlib import Path

import pytest
from make_delta_package import cabinet
from make_wim import (
    Lie,
    SolidLie,
    dentry,
    flat_tree,
    make_solid_wim,
    make_wim,
    xml_data,
)
from projects import hotfix

FILES = {"a.txt": b"text" * 99, "b.txt": b"other" * 99}
SHA1 = hashlib.sha1(FILES["a.txt"]).digest()


def named(*names: str) -> bytes:
    """Make a file whose image holds the bytes of a.txt under these names."""
    entries = [dentry(name, sha1=SHA1) for name in names]
    return make_wim(FILES, tree=flat_tree(entries))


def cyclic() -> bytes:
    """Make a file with a folder that holds itself."""
    empty = flat_tree([])
    inner = flat_tree([dentry("loop", attributes=0x10, subfolder=len(empty) - 8)])
    return make_wim(FILES, tree=inner)


def damaged() -> bytes:
    """Change the first byte of the first stream."""
    data = bytearray(make_wim(FILES))
    data[208] ^= 1
    return bytes(data)


FINDINGS = {
    "a name above the folder": (named(".."), "HF401", "the part '..'"),
    "the name of a device": (named("con"), "HF401", "device name 'con'"),
    "the name of a stream": (named("a.txt:evil"), "HF401", "the character ':'"),
    "one name in two cases": (named("a.txt", "A.TXT"), "HF402", "A.TXT"),
    "a damaged stream": (damaged(), "HF001", "the lookup table says"),
    "bytes behind the file": (make_wim(FILES) + b"more", "HF403", "4 more bytes"),
    "an inner cabinet cut off": (
        make_wim({"a.cab": cabinet(FILES)[:60]}),
        "HF001",
        "118 bytes announced, 60 present",
    ),
    "an inner WIM file cut off": (
        cabinet({"a.wim": make_wim(FILES)[:300]}),
        "HF001",
        "outside the file",
    ),
}

UNREADABLE = {
    "a cycle of folders": (cyclic(), "a folder holds itself or is held twice"),
    "cut off in the header": (make_wim(FILES)[:99], "99 bytes cannot hold"),
    "cut off in the tables": (make_wim(FILES)[:-300], "lie outside the file"),
    "streams that overlap": (
        make_solid_wim(FILES, lie=SolidLie(shift=1)),
        "shares bytes",
    ),
    "a stream outside": (
        make_solid_wim(FILES, lie=SolidLie(grown=1)),
        "lie outside of the solid resources",
    ),
    "content in no table": (
        make_wim(FILES, tree=flat_tree([dentry("a", sha1=b"?" * 20)])),
        "the content of 'a' is in no lookup table",
    ),
    "another number of images": (
        make_wim(FILES, lie=Lie(xml=xml_data(2))),
        "the XML data has 2 images, the header 1",
    ),
    "a document type in the XML data": (
        make_wim(FILES, lie=Lie(xml="<!DOCTYPE a><WIM/>".encode("utf-16"))),
        "the XML data: ",
    ),
    "solid and packed by LZMS": (
        make_solid_wim(FILES),
        "solid LZMS compression in chunks of 67,108,864 bytes (WIM), not decoded",
    ),
}


@pytest.mark.parametrize("case", FINDINGS)
def test_what_is_wrong_inside_is_a_finding(tmp_path: Path, case: str) -> None:
    data, rule, words = FINDINGS[case]
    package = tmp_path / "a.msu"
    package.write_bytes(data)
    shown = hotfix("validate", package, "--format", "json", code=1).stdout
    (report,) = json.loads(shown)["packages"]
    rules = [finding["rule"] for finding in report["findings"]]
    assert rule in rules
    assert set(rules) <= {rule, "HF407"}
    found = [f for f in report["findings"] if f["rule"] == rule]
    assert words in found[0]["message"] or words in found[0]["where"][-1]


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_cannot_be_read_is_one_line(tmp_path: Path, case: str) -> None:
    data, words = UNREADABLE[case]
    package = tmp_path / "a.msu"
    package.write_bytes(data)
    for command in (("validate",), ("inspect",), ("extract", tmp_path / "out")):
        name, *rest = command
        if case == "solid and packed by LZMS" and name != "validate":
            continue  # listed, and its files wait
        result = hotfix(name, package, *rest, code=3)
        (line,) = result.output.splitlines()
        assert words in line
        assert str(package) in line
