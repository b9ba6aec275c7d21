"""WIM files: structure, names, and what is refused."""

import hashlib
import struct
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_wim import Lie, dentry, flat_tree, make_wim, xml_data

from builder.errors import (
    FormatError,
    HotfixError,
    LimitError,
    UnsupportedError,
    WimError,
)
from builder.formats.wim import parse_wim
from builder.formats.wim_resource import unpack_resource
from builder.formats.wim_tree import parse_tree
from builder.model.limits import Limits
from builder.model.wim import WimImageInfo, WimMethod, WimResource
from builder.steps.archive import open_archive

FILES = {"update.mum": b"<assembly/>", "a.txt": b"text" * 20_000, "empty": b""}


def contents(data: bytes, limits: Limits | None = None) -> dict[str, bytes]:
    archive = open_archive(data, limits=limits or Limits())
    return {
        file.name: b"".join(chunks)
        for group in archive.groups
        for file, chunks in group()
    }


def test_files_come_out_with_their_names_and_bytes() -> None:
    assert contents(make_wim(FILES)) == FILES


def test_the_structure_is_told() -> None:
    data = make_wim(FILES)
    wim = parse_wim(data + b"rest")
    assert (wim.version, wim.method, wim.images) == (0x10D00, WimMethod.NONE, 1)
    assert wim.guid == b"g" * 16
    assert wim.trailing == 4
    assert wim.xml == xml_data()
    assert wim.info == (
        WimImageInfo(
            index=1, name="n1", description=None, folders=None, files=2, unpacked=None
        ),
    )
    assert [entry.sha1 for entry in wim.entries][:2] == [
        hashlib.sha1(data).digest() for data in FILES.values() if data
    ]
    assert len(wim.metadata()) == 1


def test_times_are_utc_and_attributes_are_kept() -> None:
    tree = flat_tree([dentry("a", attributes=0x21, streams=(("zone", b"z" * 20),))])
    (file,) = parse_tree(tree)
    assert file.modified == datetime(2009, 2, 5, 15, 44, 2, tzinfo=UTC)
    assert (file.attributes, file.streams, file.is_folder) == (0x21, ("zone",), False)


def test_the_unnamed_stream_among_others_is_the_content() -> None:
    tree = flat_tree([dentry("a", streams=(("", b"c" * 20), ("x", b"x" * 20)))])
    (file,) = parse_tree(tree)
    assert (file.sha1, file.streams) == (b"c" * 20, ("x",))


def test_folders_come_before_what_they_hold() -> None:
    start = len(flat_tree([])) - 8
    inner = start + len(dentry("sub")) + len(dentry("z")) + 8
    tree = flat_tree([dentry("sub", attributes=0x10, subfolder=inner), dentry("z")]) + (
        dentry("deep") + bytes(8)
    )
    assert [file.name for file in parse_tree(tree)] == ["sub", "z", "sub\\deep"]


def test_a_folder_that_holds_itself_is_refused() -> None:
    start = len(flat_tree([])) - 8
    tree = flat_tree([dentry("sub", attributes=0x10, subfolder=start)])
    with pytest.raises(WimError, match="holds itself or is held twice"):
        parse_tree(tree)


def test_security_descriptors_are_skipped() -> None:
    security = struct.pack("<IIQ", 21, 1, 5) + b"abcde" + bytes(3)
    tree = flat_tree([dentry("a")], security=security)
    assert [file.name for file in parse_tree(tree)] == ["a"]


WRONG_TREES = {
    "the directory tree is cut off": b"",
    "no root folder": struct.pack("<II", 8, 0) + bytes(8),
    "the root is no folder": struct.pack("<II", 8, 0) + dentry(""),
    "the security descriptors do not fit": struct.pack("<II", 8, 99) + dentry(""),
    "a name of 0 bytes": flat_tree([dentry("")]),
    "a name of 3 bytes": flat_tree([dentry("", raw_name=b"abc")]),
    "a name is not UTF-16": flat_tree([dentry("", raw_name=b"\x00\xd8")]),
    "the name 'a\\\\\\\\b' is several parts": flat_tree([dentry("a\\b")]),
    "the name '../b' is several parts": flat_tree([dentry("../b")]),
    "an entry of 99 bytes": flat_tree([dentry("a", length=99)]),
    "an entry of 9999 bytes": flat_tree([dentry("a", length=9999)]),
}


@pytest.mark.parametrize("reason", WRONG_TREES)
def test_a_wrong_tree_is_refused(reason: str) -> None:
    with pytest.raises(WimError, match=reason):
        parse_tree(WRONG_TREES[reason])


def test_too_many_entries_are_refused() -> None:
    tree = flat_tree([dentry(f"f{n}") for n in range(20)])
    assert len(parse_tree(tree, limits=Limits(members=20))) == 20
    with pytest.raises(LimitError, match="more than 19 entries"):
        parse_tree(tree, limits=Limits(members=19))


WRONG: dict[str, tuple[type[HotfixError], Lie]] = {
    "neither a cabinet nor a WIM": (FormatError, Lie(magic=b"MSWIM\0\0\1")),
    "a pipable WIM file": (UnsupportedError, Lie(magic=b"WLPWM\0\0\0")),
    "a header of 207 bytes": (WimError, Lie(header=207)),
    "version 0x10e00": (WimError, Lie(version=0x10E00)),
    "part 1 of 2 of a split": (UnsupportedError, Lie(part=(1, 2))),
    "part 2 of 1 of a split": (UnsupportedError, Lie(part=(2, 1))),
    "0 images and 1 directory": (WimError, Lie(images=0)),
    "2 images and 1 directory": (WimError, Lie(images=2)),
    "image 2 of 1 boots": (WimError, Lie(boot=2)),
    "compression 0x0 is unknown": (WimError, Lie(flags=2)),
    "compression 0x60000 is": (WimError, Lie(flags=0x60002)),
    "LZX chunks of 4096 bytes": (WimError, Lie(flags=0x40002, chunk=4096)),
    "LZX chunks of 40000 bytes": (WimError, Lie(flags=0x40002, chunk=40000)),
    "LZX chunks of 0 bytes": (WimError, Lie(flags=0x40002)),
    "a packed lookup table": (UnsupportedError, Lie(lookup=(208, 50, 4))),
    "outside the file": (WimError, Lie(lookup=(1 << 60, 50, 0))),
    "a lookup table of 49 bytes": (WimError, Lie(lookup=(208, 49, 0))),
    "a stream of a split WIM": (UnsupportedError, Lie(row_flags=8)),
    "a stream lies in part 2": (UnsupportedError, Lie(row_part=2)),
    "the XML data is not that": (WimError, Lie(xml="<A/>".encode("utf-16"))),
    "the XML data has 2 images": (WimError, Lie(xml=xml_data(2))),
}


@pytest.mark.parametrize("reason", WRONG)
def test_a_lying_field_is_refused(reason: str) -> None:
    kind, lie = WRONG[reason]
    with pytest.raises(kind, match=reason):
        open_archive(make_wim(FILES, lie=lie), limits=Limits())


def test_broken_xml_data_is_refused() -> None:
    with pytest.raises(WimError, match="the XML data: "):
        parse_wim(make_wim(FILES, lie=Lie(xml=b"<WIM><IMAGE>")))


def test_a_file_without_xml_data_opens() -> None:
    assert parse_wim(make_wim(FILES, lie=Lie(xml=b""))).info == ()


@pytest.mark.parametrize(
    ("flag", "word"), [(0x20000, "XPRESS"), (0x80000, "LZMS"), (0, "compressed stream")]
)
def test_what_is_not_decoded_is_named(flag: int, word: str) -> None:
    lie = Lie(flags=flag | (2 if flag else 0), chunk=32768, row_flags=4)
    with pytest.raises((UnsupportedError, WimError), match=word):
        contents(make_wim(FILES, lie=lie))


def test_a_solid_resource_is_named() -> None:
    lie = Lie(flags=0x80002, chunk=32768, version=0xE00, row_flags=0x10)
    with pytest.raises(UnsupportedError, match=r"solid LZMS compression \(ESD\)"):
        contents(make_wim(FILES, lie=lie))


def test_a_damaged_stream_is_found_by_its_hash() -> None:
    data = bytearray(make_wim(FILES))
    data[208] ^= 1
    with pytest.raises(WimError, match="the lookup table says"):
        contents(bytes(data))


def test_content_that_no_row_lists_is_refused() -> None:
    tree = flat_tree([dentry("a", sha1=b"?" * 20)])
    with pytest.raises(WimError, match="'a' is in no lookup table"):
        open_archive(make_wim(FILES, tree=tree), limits=Limits())


def test_too_many_streams_are_refused() -> None:
    with pytest.raises(LimitError, match="3 streams, at most 2"):
        parse_wim(make_wim(FILES), limits=Limits(members=2))


def test_documents_larger_than_held_are_refused() -> None:
    with pytest.raises(LimitError, match="bytes of XML data"):
        parse_wim(make_wim(FILES), limits=Limits(held=100))
    with pytest.raises(LimitError, match="a directory tree of"):
        open_archive(
            make_wim({f"f{n}": b"" for n in range(20)}), limits=Limits(held=600)
        )


@pytest.mark.parametrize("table", [(0, 0, 0), (1 << 31,), (0xFFFFFFFF, 1)])
def test_a_lying_table_of_chunks_is_refused(table: tuple[int, ...]) -> None:
    data = struct.pack(f"<{len(table)}I", *table) + b"x" * 40
    resource = WimResource(
        offset=0,
        size=len(data),
        unpacked=32768 * (len(table) + 1),
        is_compressed=True,
    )
    with pytest.raises(WimError):
        list(unpack_resource(data, resource, method=WimMethod.LZX, chunk_size=32768))


def test_more_chunks_than_bytes_are_refused_at_once() -> None:
    resource = WimResource(offset=0, size=10, unpacked=1 << 50, is_compressed=True)
    with pytest.raises(WimError, match="chunks do not fit"):
        list(
            unpack_resource(bytes(10), resource, method=WimMethod.LZX, chunk_size=32768)
        )


@pytest.mark.parametrize("length", range(0, 700, 7))
def test_a_truncated_file_is_a_format_error(length: int) -> None:
    small = make_wim({"a": b"a", "b": b"bb"})
    assert length < len(small)
    with pytest.raises(FormatError):
        contents(small[:length])


WHOLE = make_wim({"a": b"abc", "sub.txt": b"defg"})


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_damage_is_our_own_error_and_nothing_else(at: int, flip: int) -> None:
    raw = bytearray(WHOLE)
    raw[at] ^= flip
    with suppress(HotfixError):
        contents(bytes(raw))
