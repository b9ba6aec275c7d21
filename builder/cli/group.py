"""All commands in one group, loaded when they are asked for, and exit codes."""

import errno
import importlib
import os
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import MappingProxyType
from typing import IO, Any

import click

from builder.errors import HotfixError

_COMMANDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "build": ("builder.cli.build", "Build .msu packages from a specification."),
        "catalog": ("builder.cli.catalog", "Make, sign, list and verify catalogs."),
        "check": ("builder.cli.check", "Check a repository of specifications."),
        "compare": ("builder.cli.compare", "Put an article beside a package."),
        "compare-arch": (
            "builder.cli.compare_arch",
            "Compare packages for several architectures.",
        ),
        "completion": (
            "builder.cli.completion",
            "Print what makes a shell complete.",
        ),
        "describe": (
            "builder.cli.describe",
            "Write the specification that builds a package.",
        ),
        "diff": ("builder.cli.diff", "Say where two packages or documents differ."),
        "explain-applicability": (
            "builder.cli.explain",
            "Say whether a package is meant for a system.",
        ),
        "extract": ("builder.cli.extract", "Write what lies in a package to a folder."),
        "inspect": ("builder.cli.inspect", "Show what lies in a package."),
        "keyform": ("builder.cli.keyform", "Print or solve side-by-side names."),
        "new": ("builder.cli.new", "Write a specification to start from."),
        "parse": ("builder.cli.parse", "Turn a KB article into kb.json."),
        "rules": ("builder.cli.rules", "List the rules, or explain one."),
        "schema": ("builder.cli.schema", "Print schemas, or check documents by them."),
        "stand-in": ("builder.cli.stand_in", "Make labelled stand-in payload."),
        "trace": (
            "builder.cli.trace",
            "Follow a file to the root that vouches for it.",
        ),
        "validate": ("builder.cli.validate", "Check packages, catalogs, manifests."),
    }
)
"""Name, module and summary: `--help` imports none of the modules."""


class Failure(click.ClickException):
    """A `HotfixError` on its way to the user."""

    exit_code = 3

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message as one line, whatever the input put into it."""
        from builder.report.text import printable

        click.echo(f"hotfix: error: {printable(self.message)}", err=True, file=file)


class ReaderGoneError(Exception):
    """Nobody reads standard output any more; click would exit with 1."""


@contextmanager
def _noticing_readers() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise ReaderGoneError from error
        raise


class Cli(click.Group):
    """The top-level command; loads a subcommand when it is asked for."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401  # click's signature
    ) -> click.Context:
        """Read the arguments; --help prints here."""
        with _noticing_readers():
            return super().make_context(info_name, args, parent, **extra)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Return the names of all commands, sorted."""
        return sorted(_COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002  # click's signature
        cmd_name: str,
    ) -> click.Command | None:
        """Import a command's module and return the command."""
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(_COMMANDS[cmd_name][0])
        command = module.command
        assert isinstance(command, click.Command)  # noqa: S101  # our own table
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002  # click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        """List the commands from the table, without importing them."""
        rows = [(name, summary) for name, (_, summary) in sorted(_COMMANDS.items())]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  # click's signature
        """Run a command; expected failures become messages."""
        try:
            with _noticing_readers():
                return super().invoke(ctx)
        except HotfixError as error:
            raise Failure(str(error)) from error


@click.group(cls=Cli, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hotfix-builder", prog_name="hotfix")
def cli() -> None:
    """Build Windows servicing packages from KB articles, and prove packages.

    Exit codes: 0 clean; 1 a rule is broken; 2 wrong usage; 3 an input cannot
    be read or a package cannot be made; 70 a bug in hotfix; 130 interrupted;
    141 the reader of the output has gone.
    """


def exit_code() -> int:
    """Run the command line; click's own codes tell less."""
    try:
        code = cli.main(prog_name="hotfix", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except (ReaderGoneError, BrokenPipeError):
        _drop_output()
        return 141
    except OSError as error:  # the store names files: it is standard output
        _drop_output()
        place = error.filename or "standard output"
        reason = (error.strerror or type(error).__name__).lower()
        Failure(f"{place}: {reason}").show()
        return Failure.exit_code
    except Exception:  # noqa: BLE001  # the last line of defence
        traceback.print_exc()
        click.echo("hotfix: this is a bug in hotfix; please report it", err=True)
        return 70
    return code if isinstance(code, int) else 0


def _drop_output() -> None:
    """Send what is still buffered nowhere; Python would complain at exit."""
    with suppress(OSError, ValueError):
        if sys.stdout is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
