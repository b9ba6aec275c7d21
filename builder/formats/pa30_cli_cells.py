"""The transform of managed metadata: every cell of every table, and signatures."""

from builder.errors import LimitError
from builder.formats.pa30_cli_map import CliMap
from builder.formats.pa30_cli_metadata import (
    BLOB_HEAP,
    GUID_HEAP,
    STRINGS_HEAP,
    Metadata,
)
from builder.formats.pa30_cli_schema import (
    BLOB,
    CODED,
    FIELD,
    FOUR,
    GUID,
    MEMBER_REF,
    METHOD_DEF,
    PROPERTY,
    RVA,
    STAND_ALONE_SIG,
    STRINGS,
    TABLES,
    TWO,
    TYPE_SPEC,
)
from builder.formats.pa30_cli_signature import map_signature
from builder.formats.pa30_workspace import Workspace

_SIGNED = frozenset(
    (FIELD, METHOD_DEF, MEMBER_REF, STAND_ALONE_SIG, PROPERTY, TYPE_SPEC)
)
_MOST_OVERLAP = 4
# For the compiled form, which reads them as numbers of C.
_CODED, _GUID, _RVA, _STRINGS, _TWO = CODED, GUID, RVA, STRINGS, TWO
_BLOB_HEAP, _GUID_HEAP, _STRINGS_HEAP = BLOB_HEAP, GUID_HEAP, STRINGS_HEAP


def map_metadata(work: Workspace, metadata: Metadata, moves: CliMap) -> None:
    """Move what the cells of all tables refer to, then the signatures."""
    signatures: dict[int, int] = {}
    for table in range(TABLES):
        at = metadata.starts[table]
        rows, size = metadata.rows[table], metadata.row_sizes[table]
        signed = table in _SIGNED
        for kind, width in zip(
            metadata.columns[table], metadata.widths[table], strict=True
        ):
            cells = range(at, at + rows * size, size)
            if kind not in (TWO, FOUR):
                if kind == BLOB and signed:
                    for cell in cells:
                        signatures.setdefault(work.uint(cell, width), table)
                _map_column(work, moves, kind, cells, width)
            at += width
    budget = _MOST_OVERLAP * work.size
    heap = metadata.heaps[BLOB_HEAP]
    for offset, table in signatures.items():
        if offset:
            budget -= map_signature(work, heap, offset, table, moves)
            if budget < 0:
                raise LimitError("the signatures of an executable overlap")


def _map_column(
    work: Workspace, moves: CliMap, kind: int, cells: range, width: int
) -> None:
    """Move the cells of one column, given by their file offsets."""
    one = 1
    most = one << 8 * width
    for at in cells:
        value = work.uint(at, width)
        if value:
            if kind < _CODED:
                mapped = moves.row(kind, value)
            elif kind < _TWO:
                mapped = moves.coded(kind - _CODED, value)
            elif kind == _RVA:
                mapped = work.rift.map(value)
            elif kind == _STRINGS:
                mapped = moves.heap(_STRINGS_HEAP, value)
            elif kind == _GUID:
                mapped = moves.heap(_GUID_HEAP, value)
            else:
                mapped = moves.heap(_BLOB_HEAP, value)
            # What has no room stays, or is cut: that is not settled.
            if work.reported or 0 <= mapped < most:
                work.put(at, mapped, width)
