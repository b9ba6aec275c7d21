"""Arguments that several commands share."""

import os
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click


def _epoch(text: str) -> datetime:
    return datetime.fromtimestamp(int(text), tz=UTC)


if TYPE_CHECKING:
    ParamType = click.ParamType
else:

    class ParamType(click.ParamType):
        """Generic with every click; its own is generic from 8.4 on."""

        def __class_getitem__(cls, _: object) -> type:
            """Return the class: what it converts to matters to checkers only."""
            return cls


class _File(click.Path):
    """The name of a file or folder; no empty text, which would be where we are."""

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:  # noqa: ANN401  # click's signature
        """Read a name; fail with usage help if it is empty."""
        if not os.fspath(value):
            self.fail("the name of a file is empty", param, ctx)
        return super().convert(value, param, ctx)


# Whether it can be read is found when it is: one file must not end the run.
FILE = _File(path_type=Path, readable=False)


class Time(ParamType[datetime]):
    """A time in UTC: ISO 8601 with "Z" or an offset, or seconds since 1970."""

    name = "time"

    def convert(
        self,
        value: str | datetime,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> datetime:
        """Read a time; fail with usage help otherwise."""
        if isinstance(value, datetime):
            return value
        try:
            if value.isascii() and value.isdigit():
                moment = _epoch(value)
            else:
                moment = datetime.fromisoformat(value)
        except (ValueError, OverflowError, OSError):
            self.fail(f"{value!r} is no time like 2009-02-12T18:35:00Z", param, ctx)
        if moment.tzinfo is None:
            self.fail(f"{value!r} names no zone; write Z for UTC", param, ctx)
        moment = moment.astimezone(UTC)
        if not 1980 <= moment.year <= 2107:
            self.fail(f"{value!r} is outside of 1980 to 2107", param, ctx)
        return moment


def now() -> datetime:
    """Return the time of the clock, in UTC; the only place that asks for it."""
    return datetime.now(UTC).replace(microsecond=0)  # noqa: TID251


def source_date_epoch() -> datetime | None:
    """Return the time that SOURCE_DATE_EPOCH names, if it is set.

    Raises:
        click.UsageError: It is set and is no such time.
    """
    text = os.environ.get("SOURCE_DATE_EPOCH")
    if not text:
        return None
    try:
        return Time().convert(text, None, None)
    except click.BadParameter as error:
        raise click.UsageError(f"SOURCE_DATE_EPOCH: {error.message}") from error


def has_colour() -> bool:
    """Tell whether standard output, if there is one, wants colour.

    NO_COLOR says no (https://no-color.org), FORCE_COLOR yes where it is no
    terminal; the first one wins.
    """
    if sys.stdout is None or os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()


def once(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Leave out files that were named before, be it by another way to them.

    A link has a name of its own, by which what it leads to is judged.
    """
    known: dict[str, Path] = {}
    for path in paths:
        place = os.path.realpath(path)
        if path.name not in ("", ".."):
            place = os.path.join(os.path.realpath(path.parent), path.name)  # noqa: PTH118  texts that are compared
        known.setdefault(place, path)
    return tuple(known.values())
