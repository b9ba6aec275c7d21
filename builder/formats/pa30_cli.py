"""The managed (.NET) side of an executable's source.

Two descriptions of what the creator does are known, from notes that others
published: see `Reading`.
"""

from builder.formats.pa30_cli_cells import map_metadata
from builder.formats.pa30_cli_code import find_bodies, map_tokens
from builder.formats.pa30_cli_map import CliMap
from builder.formats.pa30_cli_metadata import Record, lay_out, parse_metadata
from builder.formats.pa30_cli_rift import Piece, metadata_pieces
from builder.formats.pa30_workspace import Workspace
from builder.model.delta import DeltaFlags

_CODE = DeltaFlags.CLI_DISASM | DeltaFlags.CLI4_DISASM
_METADATA = DeltaFlags.CLI_METADATA | DeltaFlags.CLI4_METADATA
_CLI4 = DeltaFlags.CLI4_DISASM | DeltaFlags.CLI4_METADATA


class Managed:
    """Metadata and methods of a source, found before any transform.

    Metadata that do not hold together are taken for none, and the executable
    for a native one.

    Attributes:
        bodies: Where header and code of methods start, and where they end.
    """

    __slots__ = ("_flags", "_moves", "_source", "_target", "_work", "bodies")

    def __init__(
        self,
        work: Workspace,
        flags: DeltaFlags,
        *,
        record: Record | None,
        moves: CliMap,
    ) -> None:
        """Find the metadata.

        Args:
            record: What the delta says about those of the target.
            moves: From source to target.
        """
        found = parse_metadata(work.data, work.image)
        # As reported, older deltas read a table as drafts of the standard had it.
        is_draft = work.reported and not flags & _CLI4
        self._work = work
        self._flags = flags
        self._moves = moves
        self._source = lay_out(found, is_draft=is_draft) if found else None
        self._target = lay_out(record, is_draft=is_draft) if record else None
        self.bodies = find_bodies(work, self._source) if self._source else []

    def transform(self) -> None:
        """Change code and metadata, once all that is native was changed."""
        if self._source is None:
            return
        if self._flags & _CODE:
            map_tokens(self._work, self.bodies, self._moves)
        if self._flags & _METADATA:
            map_metadata(self._work, self._source, self._moves)

    def pieces(self) -> list[Piece]:
        """Return where the target's metadata lie in the transformed source."""
        if self._source is None or self._target is None:
            return []
        return metadata_pieces(
            self._source,
            self._target,
            self._moves,
            self._work.data,
            reported=self._work.reported,
        )
