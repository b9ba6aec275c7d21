"""Options that bound what a hostile input can make us do."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeVar

import click

from builder.cli.options import ParamType
from builder.model.limits import DEFAULT_LIMITS, Limits

_Command = TypeVar("_Command", bound=Callable[..., Any])
_SIZE = re.compile(r"([0-9]{1,15})([KMGT]?)", re.IGNORECASE)
_POWERS = {"": 0, "K": 10, "M": 20, "G": 30, "T": 40}

_NUMBERS: Mapping[str, str] = MappingProxyType(
    {
        "members": "Files in one container.",
        "folders": "Compressed streams in one cabinet.",
        "depth": "Containers inside containers.",
        "containers": "Containers in one file.",
        "ratio": "Unpacked bytes for each packed byte.",
    }
)
_SIZES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "spooled": (
            "spooled",
            "Bytes of inner containers copied to the temporary folder.",
        ),
        "unpacked": ("unpacked", "Bytes that one file may unpack to, in total."),
        "index": ("held", "Bytes of one index, catalog or XML document."),
    }
)


class Size(ParamType[int]):
    """A number of bytes: digits, with K, M, G or T for powers of 1,024."""

    name = "size"

    def convert(
        self,
        value: str | int,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> int:
        """Read a size; fail with usage help otherwise."""
        if isinstance(value, int):
            return value
        found = _SIZE.fullmatch(value)
        if found is None:
            self.fail(f"{value!r} is no size like 500M", param, ctx)
        return int(found[1]) << _POWERS[found[2].upper()]


def limit_options(command: _Command) -> _Command:
    """Add an option for each limit; `chosen_limits` reads them."""
    for name, (field, text) in reversed(list(_SIZES.items())):
        default = getattr(DEFAULT_LIMITS, field)
        command = click.option(
            f"--max-{name}",
            type=Size(),
            metavar="SIZE",
            help=f"{text}  [default: {_shown(default)}]",
        )(command)
    for name, text in reversed(list(_NUMBERS.items())):
        command = click.option(
            f"--max-{name}",
            type=click.IntRange(min=1),
            metavar="N",
            help=f"{text}  [default: {getattr(DEFAULT_LIMITS, name):,}]",
        )(command)
    return command


def _shown(size: int) -> str:
    for letter in "TGMK":
        if size >= 1 << _POWERS[letter]:
            return f"{size >> _POWERS[letter]}{letter}"
    return str(size)


def chosen_limits(options: Mapping[str, int | None]) -> Limits:
    """Return the limits that the options of `limit_options` ask for.

    Args:
        options: What click made of them; removes nothing.
    """
    fields = {name: name for name in _NUMBERS}
    fields |= {name: field for name, (field, _) in _SIZES.items()}
    chosen = {
        field: value
        for name, field in fields.items()
        if (value := options.get(f"max_{name}")) is not None
    }
    return replace(DEFAULT_LIMITS, **chosen)
