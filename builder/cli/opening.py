"""Opening packages while somebody watches."""

from pathlib import Path
from typing import Unpack

from builder.cli.decoding import decoders
from builder.cli.progress import progress
from builder.model.limits import Limits
from builder.model.unpacked import Container
from builder.opening import open_package
from builder.steps.drain import Opening


def open_path(
    path: Path,
    *,
    limits: Limits,
    quiet: bool = False,
    jobs: int | None = None,
    **how: Unpack[Opening],
) -> tuple[Container, ...]:
    """Open a file or a folder and show progress; see `open_package`.

    Args:
        jobs: See `decoders`.
    """
    with progress(path.name, quiet=quiet) as advance, decoders(path, jobs) as several:
        how["advance"], how["decoders"] = advance, several
        return open_package(path, limits=limits, **how)
