"""Options that say where a report goes, in which styles, and what fails."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any

import click

from builder.cli.configuration import (
    OPTIONS,
    Configuration,
    chosen_configuration,
)
from builder.cli.options import FILE, ParamType, has_colour
from builder.cli.styles import STYLES, Look
from builder.files import Batch, check_target
from builder.model.finding import Report, Verdict

_STANDARD_OUTPUT = Path("-")


@dataclass(frozen=True, slots=True)
class Output:
    """One rendering of a report: its style, and the file that it goes to."""

    style: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """What the options of `report_options` say."""

    outputs: tuple[Output, ...]
    configuration: Configuration
    strict: bool
    quiet: bool
    exit_zero: bool

    def has(self, style: str) -> bool:
        """Tell whether a style is asked for: some need more to be gathered."""
        return any(output.style == style for output in self.outputs)

    def check(self) -> None:
        """Refuse files that could not be written, before the work is done.

        Raises:
            StoreError: Something that must not be replaced lies there.
        """
        for output in self.outputs:
            if output.path != _STANDARD_OUTPUT:
                check_target(output.path)

    def publish(self, report: Report) -> int:
        """Render a report everywhere it shall go, and return the exit code."""
        report = self.configuration.applied(report)
        look = Look(strict=self.strict, quiet=self.quiet, root=Path.cwd().as_posix())
        with Batch() as batch:
            for output in self.outputs:
                if output.path != _STANDARD_OUTPUT:
                    with batch.writing(output.path) as sink:
                        for piece in _pieces(report, output.style, look):
                            sink.write(piece.encode())
        for output in self.outputs:
            if output.path == _STANDARD_OUTPUT:
                _show(report, output.style, look)
        code = exit_code(report, strict=self.strict)
        return 0 if code == 1 and self.exit_zero else code


def _pieces(report: Report, style: str, look: Look) -> Iterable[str]:
    rendered = STYLES[style](report, look)
    return (rendered,) if isinstance(rendered, str) else rendered


def _show(report: Report, style: str, look: Look) -> None:
    """Print a report; what machines read is UTF-8 on every system."""
    is_text = style == "text"
    colour = is_text and has_colour()
    for piece in _pieces(report, style, replace(look, colour=colour)):
        click.echo(piece if is_text else piece.encode(), nl=False, color=colour)


def exit_code(report: Report, *, strict: bool) -> int:
    """Return 3 if a file is unreadable, else 1 if one is invalid, else 0."""
    verdicts = {package.verdict(strict=strict) for package in report.packages}
    if Verdict.UNREADABLE in verdicts:
        return 3
    return 1 if Verdict.INVALID in verdicts else 0


class _Format(ParamType[Output]):
    """A style, and after a colon the file that it goes to."""

    name = "format"

    def convert(
        self,
        value: str | Output,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Output:
        """Read "sarif" or "sarif:findings.sarif"; fail with usage help otherwise."""
        if isinstance(value, Output):
            return value
        style, colon, name = value.partition(":")
        if style not in STYLES:
            known = ", ".join(STYLES)
            self.fail(f"{style!r} is none of {known}", param, ctx)
        if colon and not name:
            self.fail(f"{value!r} names no file after the colon", param, ctx)
        return Output(style, Path(name) if colon else _STANDARD_OUTPUT)


def _placed(formats: tuple[Output, ...], output: Path | None) -> tuple[Output, ...]:
    """Give the format without a file its place, and refuse two in one place."""
    chosen = formats or (Output("text", _STANDARD_OUTPUT),)
    bare = [known for known in chosen if known.path == _STANDARD_OUTPUT]
    if output is not None and not bare:
        raise click.UsageError("every --format names its file; --output has none left")
    placed = tuple(
        replace(known, path=output or _STANDARD_OUTPUT) if known in bare else known
        for known in chosen
    )
    if len({known.path for known in placed}) != len(placed):
        raise click.UsageError(
            "two formats go to one place; give each its own: --format sarif:FILE"
        )
    return placed


_OPTIONS = (
    click.option(
        "--format",
        "formats",
        metavar=f"{'|'.join(STYLES)}[:FILE]",
        type=_Format(),
        multiple=True,
        help="How to print the findings, and where: text, or sarif:FILE.  "
        "Repeatable.  [default: text]",
    ),
    click.option(
        "-o",
        "--output",
        metavar="FILE",
        type=FILE,
        help="Where the format without a file of its own goes.  "
        "[default: standard output]",
    ),
    click.option("--strict", is_flag=True, help="Let warnings fail the run, too."),
    click.option(
        "--exit-zero", is_flag=True, help="Exit with 0 although a rule is broken."
    ),
    click.option("-q", "--quiet", is_flag=True, help="Print errors and verdicts only."),
)


def report_options(
    asked: Callable[[Mapping[str, Any]], frozenset[str]],
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the options; the command is given one `reporting` for all of them.

    Args:
        asked: Says of the command's values which families of rules it asks.
    """

    def added(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def wrapped(
            *args: Any,  # noqa: ANN401 - as the command takes them
            formats: tuple[Output, ...],
            output: Path | None,
            strict: bool,
            exit_zero: bool,
            quiet: bool,
            config: Path | None,
            isolated: bool,
            select: tuple[str, ...],
            ignore: tuple[str, ...],
            **rest: Any,  # noqa: ANN401 - as the command takes them
        ) -> Any:  # noqa: ANN401 - as the command returns
            configuration = chosen_configuration(
                config=config,
                isolated=isolated,
                select=select,
                ignore=ignore,
                paths=rest["paths"],
                families=asked(rest),
            )
            reporting = Reporting(
                outputs=_placed(formats, output),
                configuration=configuration,
                strict=strict or configuration.settings.strict,
                quiet=quiet,
                exit_zero=exit_zero,
            )
            reporting.check()
            return command(*args, reporting=reporting, **rest)

        for option in reversed((*_OPTIONS, *OPTIONS)):
            wrapped = option(wrapped)
        return wrapped

    return added
