"""Deltas of managed executables, and how tests hold the builder to them."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import replace

import managed_model as model
from hypothesis import strategies as st
from make_managed import (
    AMD64,
    BASE,
    I386,
    NATIVE_AT,
    RAW,
    RVA,
    Managed,
    write_image,
)
from make_pa30 import Bits, write_rift, write_signed
from managed_model import Entries, Moves

from builder.formats.pa30_bits import BitReader
from builder.formats.pa30_cli import Managed as Side
from builder.formats.pa30_cli_map import CliMap
from builder.formats.pa30_cli_metadata import (
    parse_record,
)
from builder.formats.pa30_image import parse_image
from builder.formats.pa30_rift import Rift
from builder.formats.pa30_workspace import Workspace
from builder.model.delta import DeltaFlags

CLASSIC, CLI4 = 0xC000, 0x600000
KINDS = {(I386, CLASSIC): 2, (AMD64, CLASSIC): 8, (I386, CLI4): 16, (AMD64, CLI4): 32}


def rifts(moves: Moves) -> CliMap:
    def rift(entries: Entries) -> Rift:
        return Rift((start, to - start) for start, to in entries)

    return CliMap(
        [rift(moves.heaps.get(name, ())) for name in model.HEAPS],
        [rift(moves.tables.get(table, ())) for table in range(64)],
    )


def write_record(
    out: Bits, made: Managed, places: Mapping[str, tuple[int, int]]
) -> None:
    """Write what a delta says about the metadata of its target."""
    start, size = places[""]
    numbers = [start, size, RVA + start - RAW, 5, start + 0x70]
    for name in ("#Strings", "#US", "#Blob", "#GUID", "#~"):
        numbers += places[name]
    out.bits(1, 1)
    for number in numbers:
        out.bits(number, 32)
    out.bits(made.wide, 3)
    mask = sum(1 << table for table in made.tables)
    out.bits(mask & 0xFFFF_FFFF, 32).bits(mask >> 32, 32)
    for table in sorted(made.tables):
        out.bits(len(made.tables[table]), 32)


def write_map(out: Bits, moves: Moves) -> None:
    out.bits(1, 1)
    for _ in range(4):
        out.bits(0, 8).bits(0, 8).bits(248, 8).bits(7, 4)
    listed = [moves.heaps.get(name, ()) for name in model.HEAPS]
    listed += [moves.tables.get(table, ()) for table in range(64)]
    for entries in listed:
        out.number(len(entries))
        source = shift = 0
        for at, to in entries:
            write_signed(out, at - source)
            write_signed(out, to - at - shift)
            source, shift = at, to - at


def write_head(
    target: tuple[Managed, Mapping[str, tuple[int, int]]], moves: Moves
) -> bytes:
    """Write the preprocess buffer of a managed target that moves nowhere."""
    out = Bits()
    out.bits(BASE, 32).bits(0, 32).bits(0, 32).bits(7, 32)
    write_rift(out, [(0, 0), (RVA, RAW)])
    write_record(out, *target)
    write_rift(out, moves.addresses)
    write_map(out, moves)
    return out.done()


# Some tables of every kind of column.
USED = (0x00, 0x01, 0x02, 0x04, 0x06, 0x0A, 0x0C, 0x11, 0x17, 0x1B, 0x1D, 0x28, 0x2A)


@st.composite
def entries(draw: st.DrawFn, most: int) -> list[tuple[int, int]]:
    starts = draw(st.lists(st.integers(0, most), max_size=4, unique=True))
    return [(start, draw(st.integers(0, 2 * most))) for start in sorted(starts)]


@st.composite
def all_moves(draw: st.DrawFn) -> Moves:
    heaps = draw(st.dictionaries(st.sampled_from(model.HEAPS), entries(40)))
    tables = draw(st.dictionaries(st.sampled_from(USED), entries(6), max_size=4))
    addresses = [(0, 0), *draw(entries(RVA + 0x60))]
    return Moves(heaps=heaps, tables=tables, addresses=addresses)


@st.composite
def managed(draw: st.DrawFn, widths: Sequence[int] = range(8)) -> Managed:
    """Draw tables of small numbers, which no body or signature stands behind."""
    wide = draw(st.sampled_from(widths))
    made = Managed(
        tables={},
        wide=wide,
        strings=bytes(draw(st.integers(1, 30))),
        user_strings=bytes(draw(st.integers(1, 30))),
        blob=bytes(draw(st.integers(0, 30))),
        guid=bytes(16 * draw(st.integers(0, 2))),
        machine=draw(st.sampled_from([I386, AMD64])),
        gap=draw(st.integers(0, 3)) * 4,
    )
    tables = {}
    for table in sorted(draw(st.sets(st.sampled_from(USED), min_size=1, max_size=5))):
        most = [
            0xFFFF if width == 2 else 0xFFFF_FFFF
            for width in replace(made, tables={table: []}).widths(table)
        ]
        low = st.one_of(st.integers(0, 50), st.integers(0xFFF0, 0xFFFF))
        numbers = low | st.integers(0xFFFF, 0xFFFF_FFFF)
        row = st.tuples(*[numbers if m > 0xFFFF else low for m in most])
        tables[table] = draw(st.lists(row, max_size=3))
    return replace(made, tables=tables)


def prepared(image: bytes, moves: Moves, *, reported: bool = False) -> Workspace:
    """Make a workspace of an executable that has only managed transforms."""
    parsed = parse_image(bytearray(image))
    assert parsed is not None
    rift = Rift((start, to - start) for start, to in moves.addresses)
    return Workspace(
        bytearray(image), parsed, rift, target_base=BASE, reported=reported
    )


def side(work: Workspace, target: Managed, moves: Moves, flags: int = CLI4) -> Side:
    out = Bits()
    write_record(out, target, write_image(target)[1])
    record = parse_record(BitReader(out.done(), base=0))
    return Side(work, DeltaFlags(flags), record=record, moves=rifts(moves))


Code = list[tuple[bytes, int | None]]
CODE_MOVES = Moves(
    heaps={"#US": [(0, 0), (4, 9), (30, 1 << 25)]},
    tables={6: [(0, 0), (2, 5)], 10: [(1, 3)]},
)


def assemble(code: Code, moves: Moves | None = None) -> bytes:
    out = b""
    for head, token in code:
        out += head
        if token is not None:
            new = token if moves is None else model.moved_token(moves, token)
            out += struct.pack("<I", new)
    return out


def body(code: bytes, *, tiny: bool) -> bytes:
    if tiny and len(code) < 64:
        return bytes([len(code) << 2 | 2]) + code
    return struct.pack("<HHII", 0x3013, 8, len(code), 0) + code


def methods(bodies: Sequence[bytes], flags: Sequence[int] = ()) -> Managed:
    """Make an executable of methods; the last row is one without a body."""
    rows, out = [], b""
    for number, data in enumerate(bodies):
        kind = flags[number] if flags else 0
        rows.append((RVA + NATIVE_AT + len(out), kind, 0, 0, 0, 1))
        out += data
    return Managed(tables={6: [*rows, (0, 0, 0, 0, 0, 1)]}, bodies=out)


CALL = assemble([(b"\x28", 0x0600_0002)])
MOVED = assemble([(b"\x28", 0x0600_0005)])
