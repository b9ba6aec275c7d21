"""Corners that genuine deltas seldom turn; what comes out is counted by hand."""

import struct
import tracemalloc

import pytest
from make_image import BASE, CODE, DATA, make_image
from make_pa30 import (
    ALIGNED,
    I386,
    LENGTHS,
    MAIN,
    Bits,
    Patch,
    insert,
    make_delta,
    preprocess,
)
from make_workspace import CODE_AT, DATA_AT, make_workspace

from builder.errors import DeltaError, LimitError
from builder.formats.pa30 import decode_pa30
from builder.formats.pa30_amd64 import map_code
from builder.formats.pa30_bits import BitReader
from builder.formats.pa30_huffman import build_table
from builder.formats.pa30_relocs import map_relocations
from builder.formats.pa30_rift import Rift, invert
from builder.formats.pa30_source import parse_preprocess
from builder.formats.pa30_tables import (
    map_exports,
    map_imports,
    map_resources,
    unbind,
)

MACHINE_X64 = 0x8664


def decoded(patch: Patch, target: bytes, basis: bytes = b"") -> bytes:
    return decode_pa30(make_delta(patch.done(), target), basis)


def test_a_target_grows_beyond_what_is_reserved_at_first() -> None:
    """Room is made a mebibyte at a time, not as the header claims."""
    size = (5 << 20) + 3
    patch = Patch().literals(b"xy").far(2, size - 2)
    target = (b"xy" * (size // 2 + 1))[:size]
    assert decoded(patch, target) == target
    patch = Patch().literals(b"z")
    for _ in range(5):
        patch.far(1, 1 << 20)
    target = b"z" * ((5 << 20) + 1)
    assert decoded(patch, target) == target


def test_a_target_is_held_twice_at_most() -> None:
    """While it grows, and as what is handed out; not once more per match."""
    size = 40 << 20
    delta = make_delta(
        Patch().literals(b"xyz").far(3, size - 3).done(),
        b"",
        size=size,
        algorithm=0,
        digest=b"",
    )
    tracemalloc.start()
    try:
        target = decode_pa30(delta)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(target) == size
    assert target.endswith(b"xyzx")
    assert peak < 2.2 * size


def test_the_farthest_distances_have_an_escape_of_their_own() -> None:
    """More than 2**24 bytes back: the last sixteen numbers."""
    basis = b"far away" + bytes((1 << 24) + 8)
    patch = Patch().far(len(basis), 8)
    assert decoded(patch, b"far away", basis) == b"far away"


LONG = [*range(1, 16), 15]
"""Sixteen symbols, two of which take 15 bits."""


def test_lengths_and_distances_may_have_long_codes() -> None:
    """Longer ones than one look-up takes: of 15 bits."""
    lengths = [*range(1, 16), 15] + [0] * 240
    main = [0] * 600
    main[ord("a")] = main[256 + 8 * 3] = 1
    table = build_table(bytes(LONG), offset=0)
    for symbol in range(16):
        reader = BitReader(Bits().code(symbol, LONG).done(), base=0)
        assert reader.symbol(table) == symbol
    far = build_table(bytes(lengths), offset=0)
    reader = BitReader(Bits().code(15, lengths).code(0, lengths).done(), base=0)
    assert [reader.symbol(far), reader.symbol(far)] == [15, 0]


def test_a_stream_of_no_bytes_is_refused() -> None:
    with pytest.raises(DeltaError, match="a bit stream of no bytes"):
        BitReader(b"", base=7)


def test_a_base_in_the_upper_half_is_a_negative_number() -> None:
    """Addresses of 64 bits wrap round, those of 32 bits as well."""
    head = preprocess(base=0xFFFF_F800_0000_0000)
    assert parse_preprocess(BitReader(head, base=0)).base == -0x800_0000_0000
    work = make_workspace(
        b"",
        struct.pack("<2I2H2Q", CODE, 12, 0xA000, 0, 0, 0),
        machine=MACHINE_X64,
        moves=[(CODE, 0x100)],
        directories={5: (DATA, 12)},
    )
    work.data[CODE_AT : CODE_AT + 8] = struct.pack("<Q", 0x400000 + CODE)
    map_relocations(work)
    assert work.uint(CODE_AT, 8) == 0x10000000 + CODE + 0x100


def test_functions_that_overlap_are_bounded() -> None:
    whole = [(CODE, CODE + 0x400, 0)] * 20
    work = make_workspace(
        bytes(0x400), machine=MACHINE_X64, moves=[(CODE, 0x100)], functions=whole
    )
    with pytest.raises(LimitError, match="functions of an executable overlap"):
        map_code(work)


def test_pieces_that_leave_the_numbers_are_dropped() -> None:
    """A piece at the far end, moved beyond it, leads nowhere."""
    end = 1 << 63
    rift = Rift([(0, 0), (end - 2, 5)])
    back = invert(rift)
    assert back.map(7) == 7
    assert all(start < end for start in back.starts)


@pytest.mark.parametrize(("kind", "owned"), [(1, 2), (2, 2), (3, 4), (5, 0)])
def test_relocations_own_what_they_are_of(kind: int, owned: int) -> None:
    """A kind that nobody knows owns nothing, and is written back."""
    entry = kind << 12 | 8
    table = struct.pack("<2I2H", CODE, 12, entry, 0)
    work = make_workspace(b"", table, directories={5: (DATA, 12)})
    map_relocations(work)
    assert [at for at in range(work.size) if work.owned[at]] == list(
        range(CODE_AT + 8, CODE_AT + 8 + owned)
    )
    assert work.data[DATA_AT : DATA_AT + 12] == table


def test_more_relocations_than_four_million_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("builder.formats.pa30_relocs._MOST_ENTRIES", 3)
    table = struct.pack("<2I4H", CODE, 16, *[0x3000] * 4)
    work = make_workspace(b"", table, directories={5: (DATA, 16)})
    with pytest.raises(LimitError, match="more than 3 base relocations"):
        map_relocations(work)


def test_relocations_behind_the_bytes_of_a_section_stay_in_the_file() -> None:
    """The last section is larger in memory than in the file."""
    work = make_workspace(b"", directories={5: (DATA + 0x400, 12)}, last=0x800)
    before = bytes(work.data)
    map_relocations(work)
    assert work.data == before


def test_relocations_in_no_section_of_the_file_end_with_the_file() -> None:
    """They lie behind the last section, in bytes that it has in memory alone."""
    table = struct.pack("<2I2H", CODE, 12, 0x3000, 0)
    data = bytes(0x404) + table
    work = make_workspace(
        b"",
        data,
        moves=[(CODE, 0x100)],
        directories={5: (DATA + 0x404, 12)},
        last=0x800,
    )
    map_relocations(work)
    assert work.data[-12:] == struct.pack("<2I2H", CODE, 12, 0x3100, 0)


def test_tables_of_names_that_overlap_are_refused_while_unbinding() -> None:
    descriptor = struct.pack("<5I", DATA + 0x200, 7, 7, 1, DATA + 0x200)
    data = (descriptor * 25).ljust(0x200, b"\0") + b"\1" * 0x200
    work = make_workspace(b"", data, directories={1: (DATA, 40)})
    with pytest.raises(LimitError, match="larger than their file"):
        unbind(work)


def test_imports_of_a_table_that_is_nowhere_keep_their_place() -> None:
    """The names of a bound library are taken back only where they have room."""
    data = bytearray(0x400)
    struct.pack_into("<5I", data, 0, DATA + 0x40, 7, 7, DATA + 0x80, 0x9000_0000)
    struct.pack_into("<5I", data, 20, DATA + 0x40, 7, 7, DATA + 0x80, DATA + 0x3FC)
    struct.pack_into("<3I", data, 0x40, DATA + 0x100, DATA + 0x110, 0)
    work = make_workspace(b"", bytes(data), directories={1: (DATA, 40)})
    unbind(work)
    data[4:12] = data[24:32] = bytes(8)
    data[0x3FC:0x400] = struct.pack("<I", DATA + 0x100)
    assert work.data == bytes(0x400) + bytes(0x400) + data


def test_bound_imports_that_are_nowhere_only_lose_their_entry() -> None:
    work = make_workspace(directories={11: (0x9000_0000, 8)})
    entry = work.image.directory_entry(11)
    work.put(entry, 0x9000_0000, 4)
    unbind(work)
    assert not any(work.data)


def test_names_of_imports_that_never_end_are_not_owned() -> None:
    data = bytearray(b"?" * 0x400)
    struct.pack_into("<10I", data, 0, 0, 0, 0, DATA + 0x80, DATA + 0x40, *[0] * 5)
    struct.pack_into("<2I", data, 0x40, DATA + 0x100, 0)
    work = make_workspace(b"", bytes(data), directories={1: (DATA, 40)})
    map_imports(work)
    assert not any(work.owned[DATA_AT + 0x100 :])


def test_more_descriptors_than_any_library_has_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("builder.formats.pa30_tables._MOST_DESCRIPTORS", 3)
    work = make_workspace(b"", b"\1" * 0x400, directories={1: (DATA, 40)})
    with pytest.raises(LimitError, match="more than 3 import descriptors"):
        map_imports(work)


def test_more_imports_than_any_library_has_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("builder.formats.pa30_tables._MOST_THUNKS", 3)
    data = struct.pack("<5I", DATA + 0x40, 0, 0, 1, 0).ljust(0x40, b"\0") + b"\1" * 64
    work = make_workspace(b"", data, directories={1: (DATA, 40)})
    with pytest.raises(LimitError, match="more than 3 imports of one library"):
        map_imports(work)


def test_exports_that_are_nowhere_are_skipped() -> None:
    data = struct.pack("<10I", 0, 0, 0, 0, 1, 5, 5, 0x9000_0000, 0x9000_0000, 0)
    work = make_workspace(b"", data, moves=[(DATA, 0x40)], directories={0: (DATA, 40)})
    map_exports(work)
    moved = 0x9000_0040
    assert struct.unpack_from("<10I", work.data, DATA_AT)[7:] == (moved, moved, 0)


def test_resources_whose_entry_has_no_room_are_skipped() -> None:
    """A leaf whose record would reach beyond the directory."""
    leaf = struct.pack("<2H2I", 0, 1, 7, 0x1E).rjust(24, b"\0") + b"\xff" * 8
    work = make_workspace(b"", leaf, moves=[(DATA, 0x40)], directories={2: (DATA, 32)})
    before = bytes(work.data)
    map_resources(work)
    assert work.data == before


def test_lock_prefixes_have_no_known_transform() -> None:
    """The flag is set in every genuine delta for x86, and nothing happens."""
    source = make_image(checksum=0, code=b"\xf0\x90" * 20)
    offsets = [(0, 0), (CODE, 0x400), (DATA, 0x800)]
    head = preprocess(base=BASE, stamp=0x1111, offsets=offsets)
    patch = Patch().match(3, len(source)).done()
    delta = make_delta(patch, source, file_type=I386, flags=0x40, head=head)
    assert decode_pa30(delta, source) == source


def test_a_source_that_is_no_executable_gives_its_two_maps_to_the_codec() -> None:
    """As written, not behind the source: positions of both in one buffer."""
    basis = b"0123456789abcdef"
    head = preprocess(base=0, offsets=[(18, 4)], moves=[(20, 0)])
    # Two bytes from the start, two from 4 on, the rest from the start again.
    target = b"01" + b"45" + b"0123"
    patch = Patch().match(3, 8).done()
    delta = make_delta(patch, target, file_type=I386, head=head)
    assert decode_pa30(delta, basis) == target


@pytest.mark.parametrize("file_type", [1, 2, 4, 8, 0x10, 0x20, 0x40, 0x80])
def test_every_file_type_is_read(file_type: int) -> None:
    head = preprocess(base=0) if file_type > 1 else b""
    delta = make_delta(insert(b"text"), b"text", file_type=file_type, head=head)
    assert decode_pa30(delta) == b"text"


def test_every_number_of_the_format_has_a_code() -> None:
    """The codes of a patch without tables, written and read one by one."""
    for lengths in (MAIN, LENGTHS, ALIGNED):
        table = build_table(bytes(lengths), offset=0)
        for symbol in range(len(lengths)):
            reader = BitReader(Bits().code(symbol, lengths).done(), base=0)
            assert reader.symbol(table) == symbol
