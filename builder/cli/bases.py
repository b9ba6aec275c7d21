"""The option that names base manifests of compressed ones."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from builder import store
from builder.cli.options import FILE
from builder.files import naming
from builder.model.limits import DEFAULT_LIMITS
from builder.steps.expand import Base

_Command = TypeVar("_Command", bound=Callable[..., Any])
_MOST: Final = 64


def base_option(command: _Command) -> _Command:
    """Add the option that `chosen_bases` reads."""
    return click.option(
        "--dcm-base",
        metavar="FILE|DIR",
        type=FILE,
        help="Decode compressed manifests (DCM) with this base manifest, or with "
        "the one that fits of those in a folder.",
    )(command)


def chosen_bases(path: Path | None) -> tuple[Base, ...]:
    """Read the base manifests that the option names, in the order of names.

    Raises:
        LimitError: A file is larger than a text may be, or there are more
            than 64.
        StoreError: One cannot be read.
        click.BadParameter: A folder holds none.
    """
    if path is None:
        return ()
    with naming(path):
        found = [(path.name, path)]
        if path.is_dir():
            listed = store.files_below(path, limit=_MOST)
            found = [(name, file) for name, file, _ in listed]
    if not found:
        raise click.BadParameter(f"{path} holds no file", param_hint="--dcm-base")
    most = DEFAULT_LIMITS.text
    return tuple(
        Base(name=name, data=store.read_document(file, limit=most))
        for name, file in found
    )
