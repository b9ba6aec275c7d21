"""What becomes of managed metadata in a delta: slowly, straight from the notes.

It knows the executable by what it was written from, and finds nothing in bytes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from make_managed import Managed, coded_tables

Entries = Sequence[tuple[int, int]]
HEAPS = ("#Strings", "#US", "#Blob", "#GUID")
SIGNED = (0x04, 0x06, 0x0A, 0x11, 0x17, 0x1B)


@dataclass(frozen=True, kw_only=True)
class Moves:
    """Pairs of source and target: heaps by name, tables by number, addresses."""

    heaps: Mapping[str, Entries] = field(default_factory=dict)
    tables: Mapping[int, Entries] = field(default_factory=dict)
    addresses: Entries = ()


def moved(entries: Entries, value: int) -> int:
    """Map a number: by the last entry up to it, or by the very last."""
    if not entries or value == 0:
        return value
    ordered = sorted(entries, key=lambda entry: entry[0])
    below = [entry for entry in ordered if entry[0] <= value]
    start, to = below[-1] if below else ordered[-1]
    return value + to - start


def moved_coded(moves: Moves, name: str, value: int) -> int:
    bits, tables = coded_tables(name)
    tag = value % (1 << bits)
    table = tables[tag] if tag < len(tables) else None
    if table is None:
        return value
    row = moved(moves.tables.get(table, ()), value >> bits)
    return row << bits | tag if 0 <= row < 1 << (32 - bits) else value


def moved_token(moves: Moves, value: int) -> int:
    table, number = divmod(value, 1 << 24)
    if table == 0x70:
        new = moved(moves.heaps.get("#US", ()), number)
    elif table < 64:
        new = moved(moves.tables.get(table, ()), number)
    else:
        return value
    return table << 24 | new if 0 <= new < 1 << 24 else value


def moved_cell(moves: Moves, column: str, value: int) -> int:
    heaps = {"str": "#Strings", "guid": "#GUID", "blob": "#Blob"}
    if column in heaps:
        return moved(moves.heaps.get(heaps[column], ()), value)
    if column == "rva":
        return moved(moves.addresses, value)
    if column[0] == "t":
        return moved(moves.tables.get(int(column[1:], 16), ()), value)
    return value if column in ("2", "4") else moved_coded(moves, column, value)


def row_places(made: Managed, tables_at: int) -> dict[tuple[int, int], list[int]]:
    """Return, for each row (from 1), where its cells start and where it ends."""
    at = tables_at + 24 + 4 * len(made.tables)
    places: dict[tuple[int, int], list[int]] = {}
    for table in sorted(made.tables):
        for number in range(1, len(made.tables[table]) + 1):
            cells = [at]
            for width in made.widths(table):
                at += width
                cells.append(at)
            places[table, number] = cells
    return places


def transform_cells(
    image: bytearray, made: Managed, moves: Moves, tables_at: int, *, reported: bool
) -> None:
    """Move what every cell says; what has no room stays, or is cut."""
    for (table, number), cells in row_places(made, tables_at).items():
        row = made.tables[table][number - 1]
        columns, widths = made.columns(table), made.widths(table)
        for column, width, at, value in zip(
            columns, widths, cells[:-1], row, strict=True
        ):
            new = moved_cell(moves, column, value)
            if 0 <= new < 1 << 8 * width or reported:
                new %= 1 << 8 * width
                image[at : at + width] = new.to_bytes(width, "little")


def _row_start(made: Managed, table: int, number: int, tables_at: int) -> int:
    """Return where a row starts, rows before the first and behind the last too."""
    first = row_places(made, tables_at)[table, 1][0]
    size = sum(made.widths(table))
    return first + (number - 1) * size if number > 0 else first + number


def _cells_at(made: Managed, table: int, number: int, tables_at: int) -> list[int]:
    size = sum(made.widths(table))
    at = row_places(made, tables_at)[table, 1][0] + (number - 1) * size
    return [at + sum(made.widths(table)[:n]) for n in range(len(made.widths(table)))]


Places = Mapping[str, tuple[int, int]]
Piece = tuple[int, int]


def pieces(
    source: tuple[Managed, Places],
    target: tuple[Managed, Places],
    moves: Moves,
    zeros: int,
) -> list[Piece]:
    """Return pieces of target and source, by section 12 of the notes."""
    (old, at), (new, new_at) = source, target
    found: list[Piece] = []
    for name in HEAPS:
        if not (at[name][1] and new_at[name][1]):
            continue
        start, new_start = at[name][0], new_at[name][0]
        entries = sorted(moves.heaps.get(name, ()), key=lambda entry: entry[0])
        if not entries:
            found.append((new_start, start))
        for number, to in entries:
            if name == "#GUID":
                number = (number - 1) * 16 if number > 0 else number  # noqa: PLW2901
                to = (to - 1) * 16 if to > 0 else to  # noqa: PLW2901
            found.append((new_start + to, start + number))
    for table in sorted(set(old.tables) & set(new.tables)):
        if not (old.tables[table] and new.tables[table]):
            continue
        entries = sorted(moves.tables.get(table, ()), key=lambda entry: entry[0])
        if not entries:
            entries = [(1, 1)]
        for number, to in entries:
            found.append(
                (
                    _row_start(new, table, to, new_at["#~"][0]),
                    _row_start(old, table, number, at["#~"][0]),
                )
            )
        found += _widened(source, target, table, moves, zeros)
    return found


def _widened(
    source: tuple[Managed, Places],
    target: tuple[Managed, Places],
    table: int,
    moves: Moves,
    zeros: int,
) -> Iterator[Piece]:
    (old, at), (new, new_at) = source, target
    widths, new_widths = old.widths(table), new.widths(table)
    for number in range(1, len(old.tables[table]) + 1):
        to = moved(moves.tables.get(table, ()), number)
        cells = _cells_at(old, table, number, at["#~"][0])
        new_cells = _cells_at(new, table, to, new_at["#~"][0])
        for column in range(len(widths)):
            is_last = column == len(widths) - 1
            change = widths[column], new_widths[column]
            if change == (2, 4):
                yield new_cells[column] + 2, zeros
                if not is_last:
                    yield new_cells[column] + 4, cells[column] + 2
            if change == (4, 2) and not is_last:
                yield new_cells[column] + 2, cells[column] + 4


# Types of signatures, as trees: a name, and what belongs to it.
Tree = tuple[object, ...]


def compressed(value: int) -> bytes:
    """Write a number as signatures do."""
    if value < 0x80:
        return bytes([value])
    if value < 0x4000:
        return (0x8000 | value).to_bytes(2, "big")
    return (0xC000_0000 | value).to_bytes(4, "big")


def spell(tree: Tree, moves: Moves | None = None) -> bytes:
    """Write a type, with its tokens moved where `moves` is given."""
    match tree:
        case ("simple", int(code)):
            out = bytes([code])
        case ("class" | "value" as kind, int(token)):
            out = bytes([0x12 if kind == "class" else 0x11]) + _token(token, moves)
        case ("pointer" | "vector" | "reference" as kind, tuple(inner)):
            code = {"pointer": 0x0F, "vector": 0x1D, "reference": 0x10}[kind]
            out = bytes([code]) + spell(inner, moves)
        case ("variable", int(number)):
            out = b"\x13" + compressed(number)
        case ("modified", int(token), tuple(inner)):
            out = b"\x1f" + _token(token, moves) + spell(inner, moves)
        case ("array", tuple(inner)):
            out = b"\x14" + spell(inner, moves) + b"\2\1\7\2\0\1"
        case ("generic", int(token), tuple(arguments)):
            head = b"\x15\x12" + _token(token, moves) + compressed(len(arguments))
            out = head + b"".join(spell(inner, moves) for inner in arguments)
        case ("function", tuple(types)):
            out = b"\x1b" + method(types, moves)
        case _:
            raise AssertionError(tree)
    return out


def _token(value: int, moves: Moves | None) -> bytes:
    plain = compressed(value)
    if moves is None:
        return plain
    new = compressed(moved_coded(moves, "TypeDefOrRef", value) % (1 << 29))
    return new if len(new) == len(plain) else plain


def method(types: Sequence[Tree], moves: Moves | None = None, head: int = 0) -> bytes:
    """Write a method: what it returns, then its parameters."""
    out = bytes([head]) + (b"\1" if head & 0x10 else b"")
    out += compressed(len(types) - 1)
    return out + b"".join(spell(tree, moves) for tree in types)
