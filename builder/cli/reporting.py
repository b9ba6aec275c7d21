"""Options that say where a report goes, in which styles, and what fails."""

from collections.abc import Callable, Mapping
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
from builder.cli.outputs import Output, format_options, publish
from builder.cli.styles import STYLES, Look
from builder.model.finding import Report, Verdict


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

    def publish(self, report: Report) -> int:
        """Render a report everywhere it shall go, and return the exit code."""
        report = self.configuration.applied(report)
        look = Look(strict=self.strict, quiet=self.quiet, root=Path.cwd().as_posix())
        publish(
            self.outputs,
            lambda style, *, colour: STYLES[style](
                report, replace(look, colour=colour)
            ),
        )
        code = exit_code(report, strict=self.strict)
        return 0 if code == 1 and self.exit_zero else code


def exit_code(report: Report, *, strict: bool) -> int:
    """Return 3 if a file is unreadable, else 1 if one is invalid, else 0."""
    verdicts = {package.verdict(strict=strict) for package in report.packages}
    if Verdict.UNREADABLE in verdicts:
        return 3
    return 1 if Verdict.INVALID in verdicts else 0


_OPTIONS = (
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
            outputs: tuple[Output, ...],
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
                outputs=outputs,
                configuration=configuration,
                strict=strict or configuration.settings.strict,
                quiet=quiet,
                exit_zero=exit_zero,
            )
            return command(*args, reporting=reporting, **rest)

        for option in reversed((*_OPTIONS, *OPTIONS)):
            wrapped = option(wrapped)
        return format_options(STYLES)(wrapped)

    return added
