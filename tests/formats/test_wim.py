"""WIM files: structure, names, and what is refused."""

import hashlib
import struct
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_wim import (
    Lie,
    SolidLie,
    dentry,
    flat_tree,
    make_solid_wim,
    make_wim,
    xml_data,
)

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
    "a packed lookup table": (
        UnsupportedError,
        Lie(flags=0x40002, chunk=32768, lookup=(208, 50, 4)),
    ),
    "a solid resource where there can be none": (WimError, Lie(lookup=(208, 50, 16))),
    "compressed stream in a file without": (WimError, Lie(row_flags=4)),
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


@pytest.mark.parametrize(("flag", "word"), [(0x20000, "XPRESS"), (0x80000, "LZMS")])
def test_what_is_not_decoded_is_named_and_its_tables_are_read(
    flag: int, word: str
) -> None:
    lie = Lie(flags=flag | 2, chunk=32768, row_flags=4)
    archive = open_archive(make_wim(FILES, lie=lie), limits=Limits())
    reason = f"{word} compression in chunks of 32,768 bytes (WIM), not decoded"
    assert archive.waits == f"directory tree: {reason}"
    assert archive.files == ()
    assert [node.kind for node in archive.tables] == ["header", "image", "table"]
    (tree,) = parse_wim(make_wim(FILES, lie=lie)).metadata()
    with pytest.raises(UnsupportedError) as caught:
        list(unpack_resource(b"", tree.resource))
    assert caught.value.reason == reason


SOLID = "solid LZMS compression in chunks of 67,108,864 bytes (WIM), not decoded"


def test_files_in_a_solid_resource_are_known_by_name_and_wait() -> None:
    archive = open_archive(make_solid_wim(FILES), limits=Limits())
    assert archive.waits is None
    assert [(f.name, f.size, f.waits) for f in archive.files] == [
        (name, len(data), SOLID if data else None) for name, data in FILES.items()
    ]
    assert [file.name for (group,) in [archive.groups] for file, _ in group()] == [
        *FILES
    ]
    assert archive.trailing == 0


def test_streams_of_a_solid_resource_are_placed_in_it() -> None:
    wim = parse_wim(make_solid_wim(FILES))
    solid = [e.resource for e in wim.entries if e.resource.is_solid]
    assert [(r.offset, r.size > 0, r.unpacked) for r in solid] == [
        (208, True, 80_011),
        (0, False, 11),
        (11, False, 80_000),
    ]
    assert {r.method for r in solid} == {WimMethod.LZMS}


WRONG_SOLIDS = {
    "solid compression 4 is unknown": SolidLie(method=4),
    "solid chunks of 0 bytes": SolidLie(chunk=0),
    "solid chunks of 1000 bytes": SolidLie(chunk=1000),
    "a solid resource of 9 bytes at 0xd0": SolidLie(size=9),
    "a solid resource of 1099511627776 bytes": SolidLie(size=1 << 40),
    "lie outside of the solid resources": SolidLie(unpacked=80_010),
    "80001 bytes at 0xb lie outside": SolidLie(grown=1),
    "what lies at 0x0 and at 0xa shares bytes": SolidLie(shift=1),
    "what lies at 0xd0 and at": SolidLie(size=60),
}


@pytest.mark.parametrize("reason", WRONG_SOLIDS)
def test_a_lying_solid_resource_is_refused(reason: str) -> None:
    with pytest.raises(WimError, match=reason):
        parse_wim(make_solid_wim(FILES, lie=WRONG_SOLIDS[reason]))


def test_an_empty_solid_resource_holds_nothing() -> None:
    with pytest.raises(WimError, match="lie outside of the solid resources"):
        parse_wim(make_solid_wim(FILES, lie=SolidLie(unpacked=0)))


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
        method=WimMethod.LZX,
        chunk_size=32768,
    )
    with pytest.raises(WimError):
        list(unpack_resource(data, resource))


def test_more_chunks_than_bytes_are_refused_at_once() -> None:
    resource = WimResource(
        offset=0, size=10, unpacked=1 << 50, method=WimMethod.LZX, chunk_size=32768
    )
    with pytest.raises(WimError, match="chunks do not fit"):
        list(unpack_resource(bytes(10), resource))


SMALL = {"a": b"a", "b": b"bb"}


def test_tables_over_the_header_or_a_stream_are_refused() -> None:
    rows = 150
    for place in (0, 100, 200):
        lie = Lie(lookup=(place, rows, 0))
        with pytest.raises((WimError, UnsupportedError)):
            parse_wim(make_wim(SMALL, lie=lie))
    data = bytearray(make_wim(SMALL))
    start, size = struct.unpack_from("<Q", data, 56)[0], len(xml_data())
    struct.pack_into("<QQQ", data, 72, size, start - 1, size)
    with pytest.raises(WimError, match="shares bytes"):
        parse_wim(bytes(data))


@pytest.mark.parametrize("make", [make_wim, make_solid_wim])
def test_two_rows_of_one_place_are_refused(
    make: Callable[[dict[str, bytes]], bytes],
) -> None:
    data = bytearray(make(SMALL))
    table, rows = struct.unpack_from("<Q", data, 56)[0], 50
    last = struct.unpack_from("<Q", data, 48)[0] // rows - 1
    first = table + (last - 1) * rows
    data[table + last * rows : table + last * rows + 24] = data[first : first + 24]
    with pytest.raises(WimError):
        parse_wim(bytes(data))


@pytest.mark.parametrize("make", [make_wim, make_solid_wim])
def test_a_file_cut_off_anywhere_is_a_format_error(
    make: Callable[[dict[str, bytes]], bytes],
) -> None:
    whole = make(SMALL)
    for length in range(len(whole)):
        with pytest.raises(FormatError):
            contents(whole[:length])


WHOLE = make_wim({"a": b"abc", "sub.txt": b"defg"})
SOLID_WHOLE = make_solid_wim({"a": b"abc", "sub.txt": b"defg"})
EDGES = [0, 1, 0x7F, 0x80, 0xFF]


@pytest.mark.parametrize("whole", [WHOLE, SOLID_WHOLE], ids=["plain", "solid"])
def test_every_byte_may_lie(whole: bytes) -> None:
    """Each byte of every structure in turn: our own error, or another file."""
    refused = 0
    for at, value in product(range(len(whole)), EDGES):
        data = bytearray(whole)
        data[at] = value
        try:
            contents(bytes(data))
        except HotfixError:
            refused += 1
    assert refused > len(whole)


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_damage_is_our_own_error_and_nothing_else(at: int, flip: int) -> None:
    raw = bytearray(WHOLE)
    raw[at] ^= flip
    with suppress(HotfixError):
        contents(bytes(raw))
