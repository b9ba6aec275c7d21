"""Where what a command found goes, and in which styles: --format and --output."""

import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any, Protocol

import click

from builder.cli.options import FILE, ParamType, has_colour
from builder.files import Batch, check_target

_STANDARD_OUTPUT = Path("-")
_BLOCK = 1 << 16  # characters


@dataclass(frozen=True, slots=True)
class Output:
    """One rendering: its style, and the file that it goes to."""

    style: str
    path: Path

    @property
    def is_printed(self) -> bool:
        """Tell whether it goes to standard output."""
        return self.path == _STANDARD_OUTPUT


class Render(Protocol):
    """Gives the text of a style, or its pieces in order."""

    def __call__(self, style: str, /, *, colour: bool) -> str | Iterable[str]:
        """Render with ANSI colours or without; styles for machines have none."""


class _Format(ParamType[Output]):
    """A style, and after a colon the file that it goes to."""

    name = "format"

    def __init__(self, styles: Collection[str]) -> None:
        self._styles = styles

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
        if style not in self._styles:
            known = ", ".join(self._styles)
            self.fail(f"{style!r} is none of {known}", param, ctx)
        if colon and not name:
            self.fail(f"{value!r} names no file after the colon", param, ctx)
        return Output(style, Path(name) if colon else _STANDARD_OUTPUT)


def _placed(formats: tuple[Output, ...], output: Path | None) -> tuple[Output, ...]:
    """Give the format without a file its place, and refuse two in one place."""
    chosen = formats or (Output("text", _STANDARD_OUTPUT),)
    bare = [known for known in chosen if known.is_printed]
    if output is not None and not bare:
        raise click.UsageError("every --format names its file; --output has none left")
    placed = tuple(
        replace(known, path=output or _STANDARD_OUTPUT) if known in bare else known
        for known in chosen
    )
    if len({known.path for known in placed}) != len(placed):
        raise click.UsageError(
            "two formats go to one place; give each its own: "
            f"--format {placed[-1].style}:FILE"
        )
    return placed


def format_options(
    styles: Collection[str],
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add --format and --output; the command is given its `outputs`.

    Files that could not be written are refused before the command's work.

    Args:
        styles: What --format may name; "text", the default, is among them.
    """

    def added(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def wrapped(
            *args: Any,  # noqa: ANN401 - as the command takes them
            formats: tuple[Output, ...],
            output: Path | None,
            **rest: Any,  # noqa: ANN401 - as the command takes them
        ) -> Any:  # noqa: ANN401 - as the command returns
            outputs = _placed(formats, output)
            for known in outputs:
                if not known.is_printed:
                    check_target(known.path)
            return command(*args, outputs=outputs, **rest)

        wrapped = click.option(
            "-o",
            "--output",
            metavar="FILE",
            type=FILE,
            help="Where the format without a file of its own goes.  "
            "[default: standard output]",
        )(wrapped)
        return click.option(
            "--format",
            "formats",
            metavar=f"{'|'.join(styles)}[:FILE]",
            type=_Format(styles),
            multiple=True,
            help=f"How to print the result, and where: text, or "
            f"{[*styles][-1]}:FILE.  Repeatable.  [default: text]",
        )(wrapped)

    return added


def publish(outputs: tuple[Output, ...], render: Render) -> None:
    """Write every file, all of them or none, and print what has none."""
    with Batch() as batch:
        for output in outputs:
            if not output.is_printed:
                with batch.writing(output.path) as sink:
                    for piece in _pieces(render(output.style, colour=False)):
                        sink.write(piece.encode())
    for output in outputs:
        if output.is_printed:
            _show(output.style, render)


def _pieces(rendered: str | Iterable[str]) -> Iterable[str]:
    return (rendered,) if isinstance(rendered, str) else rendered


def _show(style: str, render: Render) -> None:
    """Print a rendering; what machines read is UTF-8 on every system."""
    is_text = style == "text"
    colour = is_text and has_colour()
    pieces = _pieces(render(style, colour=colour))
    if not (sys.stdout is not None and sys.stdout.isatty()):
        pieces = in_blocks(pieces)
    for piece in pieces:
        click.echo(piece if is_text else piece.encode(), nl=False, color=colour)


def in_blocks(pieces: Iterable[str]) -> Iterator[str]:
    """Join pieces to blocks: each is flushed, which takes longer than to make it."""
    held: list[str] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _BLOCK:
            yield "".join(held)
            held, size = [], 0
    yield "".join(held)
