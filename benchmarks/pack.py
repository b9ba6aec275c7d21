"""Pack a folder into a cabinet, as `gcab -c -z` does; for comparison."""

import os
import sys
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from builder.formats.cab_pack import CabSource, pack_cab
from builder.model.cabinet import Deflate


def _chunks(path: Path) -> Iterator[bytes]:
    yield path.read_bytes()


def main(target: Path, folder: Path, deflate: Deflate) -> None:
    """Pack all files of a folder, by name, on all cores."""
    members = [
        CabSource(
            name=path.name,
            modified=datetime(2009, 2, 12, 5, 44),  # noqa: DTZ001 - cabinets know none
            chunks=partial(_chunks, path),
            size=path.stat().st_size,
        )
        for path in sorted(folder.iterdir())
    ]
    with target.open("wb") as sink:
        pack_cab(members, sink=sink, deflate=deflate, threads=os.cpu_count() or 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Deflate(sys.argv[3]))
