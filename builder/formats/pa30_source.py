"""The source of an executable, made similar to its target."""

from collections.abc import Callable
from dataclasses import dataclass

from builder.formats.pa30_amd64 import map_code, map_exception_table
from builder.formats.pa30_bits import BitReader
from builder.formats.pa30_cli import Managed
from builder.formats.pa30_cli_map import CliMap, parse_map
from builder.formats.pa30_cli_metadata import Record, is_managed, parse_record
from builder.formats.pa30_cli_rift import Piece
from builder.formats.pa30_image import AMD64, ARM, ARM64, I386, IA64, Image
from builder.formats.pa30_relocs import map_relocations
from builder.formats.pa30_reported import close_tables, section_rift
from builder.formats.pa30_rift import Rift, compose, invert, parse_rift
from builder.formats.pa30_tables import (
    map_exports,
    map_imports,
    map_resources,
    unbind,
)
from builder.formats.pa30_workspace import Workspace
from builder.formats.pa30_x86 import map_calls, map_jumps, mark_data
from builder.model.delta import DeltaFlags, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Preprocess:
    """What the preprocess buffer of a delta says about the target.

    Attributes:
        base: Image base, as a signed number of 64 bits.
        stamp: TimeDateStamp of the COFF header.
        offsets: RVA to file offset, both in the target.
        moves: RVA in the source to RVA in the target.
        record: The target's metadata, if it is managed.
        metadata_moves: Heaps and rows of the source's metadata to those of
            the target's.
    """

    base: int
    stamp: int
    offsets: Rift
    moves: Rift
    record: Record | None
    metadata_moves: CliMap


def parse_preprocess(reader: BitReader) -> Preprocess:
    """Read the preprocess buffer of an executable's delta."""
    base = reader.wide(64)
    if base >> 63:
        base -= 1 << 64
    reader.wide(32)
    stamp = reader.wide(32)
    offsets = parse_rift(reader)
    record = parse_record(reader)
    moves = parse_rift(reader)
    return Preprocess(
        base=base,
        stamp=stamp,
        offsets=offsets,
        moves=moves,
        record=record,
        metadata_moves=parse_map(reader),
    )


# The order counts: jumps before calls, code before the exception table.  The
# flags are plain numbers here and below: those of an enumeration are slow.
_PASSES: tuple[tuple[int, int | None, Callable[[Workspace], None]], ...] = (
    (int(DeltaFlags.IMPORTS), None, map_imports),
    (int(DeltaFlags.EXPORTS), None, map_exports),
    (int(DeltaFlags.RESOURCES), None, map_resources),
    (int(DeltaFlags.RELOCS), None, map_relocations),
    (int(DeltaFlags.I386_JMPS), I386, map_jumps),
    (int(DeltaFlags.I386_CALLS), I386, map_calls),
    (int(DeltaFlags.AMD64_DISASM), AMD64, map_code),
    (int(DeltaFlags.AMD64_PDATA), AMD64, map_exception_table),
)
_UNBIND, _MARK = int(DeltaFlags.UNBIND), int(DeltaFlags.MARK)
_E8, _HEADERS = int(DeltaFlags.E8), int(DeltaFlags.HEADERS)


# Transforms that nobody has seen at work: the name of what they are for, the
# machines, the flags.
_UNSEEN: tuple[tuple[str, frozenset[int], DeltaFlags], ...] = (
    ("IA-64 code", frozenset({IA64}), DeltaFlags.IA64_DISASM | DeltaFlags.IA64_PDATA),
    (
        "ARM code",
        frozenset(ARM),
        DeltaFlags.ARM_DISASM | DeltaFlags.ARM_PDATA,
    ),
    (
        "ARM64 code",
        frozenset({ARM64}),
        DeltaFlags.ARM64_DISASM | DeltaFlags.ARM64_PDATA,
    ),
)


def unsure_transforms(image: Image, flags: DeltaFlags) -> str | None:
    """Say what about the transforms of a delta is not sure, if anything."""
    for name, machines, wanted in _UNSEEN:
        if image.machine in machines and flags & wanted:
            return f"transforms of {name} are not known"
    if int(flags) & _HEADERS:
        return "transforms of headers are not known"
    if is_managed(image):
        return "transforms of managed (.NET) executables are known by report alone"
    return None


def readings_of(image: Image | None, flags: DeltaFlags) -> tuple[Reading, ...]:
    """Return the descriptions of the transforms to try, the likelier one first."""
    if image is not None and is_managed(image):
        return Reading.REPORTED, Reading.OBSERVED
    if image is None and not int(flags) & _E8:
        return (Reading.OBSERVED,)  # nothing is transformed
    return Reading.OBSERVED, Reading.REPORTED


def transform(
    work: Workspace,
    preprocess: Preprocess,
    flags: DeltaFlags,
    bodies: list[tuple[int, int, int]],
) -> None:
    """Change the source in place into what the patch was made against.

    Args:
        bodies: Where methods of managed code lie in the file.
    """
    image, wanted = work.image, int(flags)
    # Source: [PE], optional header: CheckSum at 64, ImageBase at 28 or 24.
    work.put(image.optional + 64, 0, 4)
    if wanted & _UNBIND:
        unbind(work)
    work.put(image.coff + 8, preprocess.stamp, 4)
    if wanted & _MARK and image.machine == I386:
        mark_data(work)
    if wanted & _MARK and work.reported:
        close_tables(work)
        for start, _, end in bodies:
            work.close(start, end - start)
    for flag, machine, run in _PASSES:
        if wanted & flag and machine in {None, image.machine}:
            run(work)
    if image.is_plus:
        work.put(image.optional + 24, preprocess.base, 8)
    else:
        work.put(image.optional + 28, preprocess.base, 4)


def copy_rift(
    image: Image, preprocess: Preprocess, size: int, managed: list[Piece]
) -> Rift:
    """Return the map from the target, behind `size` bytes, to the source.

    Args:
        managed: Pieces of metadata; they count where others start as well.
    """
    forward = compose(section_rift(image), preprocess.moves)
    back = invert(compose(forward, preprocess.offsets))
    native = zip(back.starts, back.offsets, strict=True)
    own = ((new_at, at - new_at) for new_at, at in managed)
    return Rift((size + start, offset - size) for start, offset in (*native, *own))


def prepare_source(
    source: bytearray,
    image: Image | None,
    preprocess: Preprocess,
    flags: DeltaFlags,
    reading: Reading,
) -> Rift:
    """Transform a source in place.

    A source that is no executable stays as it is.

    Args:
        image: Its headers, where it is an executable.

    Returns:
        The map that the codec needs.
    """
    if image is None:
        tables = (preprocess.offsets, preprocess.moves)
        return Rift(
            piece
            for table in tables
            for piece in zip(table.starts, table.offsets, strict=True)
        )
    work = Workspace(
        source,
        image,
        preprocess.moves,
        target_base=preprocess.base,
        reported=reading is Reading.REPORTED,
    )
    managed = Managed(
        work, flags, record=preprocess.record, moves=preprocess.metadata_moves
    )
    transform(work, preprocess, flags, managed.bodies)
    managed.transform()
    return copy_rift(image, preprocess, len(source), managed.pieces())
