"""`hotfix keyform`."""

import json
import re

import click

from builder.model.escaped import printable
from builder.model.identity import Architecture, AssemblyIdentity, keyform
from builder.model.keyform import Outcome, Solution, solve
from builder.model.version import FileVersion

_TOKEN = re.compile(r"[0-9A-Fa-f]{16}")
_ARCHITECTURES = [*(a.value for a in Architecture), "x64"]


def _solution_json(name: str, solution: Solution) -> str:
    printed = solution.printed
    document = {
        "name": name,
        "outcome": solution.outcome.value,
        "printed": {
            "architecture": printed.architecture,
            "name": printed.name,
            "public_key_token": printed.public_key_token,
            "version": printed.version,
            "culture": printed.culture,
            "key": f"{printed.key:016x}",
        },
        "proofs": [
            {
                "type": proof.type,
                "culture": proof.culture,
                "version_scope": proof.version_scope,
            }
            for proof in solution.proofs
        ],
    }
    return json.dumps(document, indent=2)


def _solve(ctx: click.Context, name: str, full_name: str | None, style: str) -> None:
    try:
        solution = solve(name, full_name=full_name)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--solve") from error
    if style == "json":
        click.echo(_solution_json(name, solution))
    else:
        click.echo(printable(f"{name}: {solution}"))
    ctx.exit(0 if solution.outcome is Outcome.SOLVED else 1)


def _require_form(version: str, token: str | None) -> None:
    """Refuse what no identity can have.

    Raises:
        click.BadParameter: The version is not four numbers, or the token not
            16 hexadecimal digits.
    """
    try:
        FileVersion.parse(version)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--version") from error
    if token is not None and not _TOKEN.fullmatch(token):
        reason = f"{token!r} is not 16 hexadecimal digits"
        raise click.BadParameter(reason, param_hint="--token")


@click.command(name="keyform")
@click.option("--name", help="Name of the assembly; with --solve, the full name.")
@click.option("--version", help='Four parts, such as "6.0.6001.22375".')
@click.option(
    "--arch",
    type=click.Choice(_ARCHITECTURES, case_sensitive=False),
    help="Processor architecture.",
)
@click.option("--token", help="Public key token, 16 hexadecimal digits.")
@click.option("--culture", help='Language; absent or "neutral" prints as none.')
@click.option("--type", "kind", help='Such as "driverUpdate" or "win32".')
@click.option("--scope", help='versionScope, such as "nonSxS".')
@click.option("--solve", "solved", metavar="NAME", help="A published name to solve.")
@click.option("--json", "style", flag_value="json", help="Print a solution as JSON.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    name: str | None,
    version: str | None,
    arch: str | None,
    token: str | None,
    culture: str | None,
    kind: str | None,
    scope: str | None,
    solved: str | None,
    style: str | None,
) -> None:
    """Print the side-by-side name of an assembly identity, or solve one.

    An option that is left out is an absent attribute.  With --solve the key of
    a published name is tried against known types, cultures and scopes, and
    what fits is proven; exits with 1 if nothing fits.
    """
    if solved is not None:
        if version or arch or token or culture or kind or scope:
            raise click.UsageError("--solve takes no attribute but --name")
        _solve(ctx, solved, name, style or "text")
        return
    if style is not None:
        raise click.UsageError("--json goes with --solve")
    if not (name and version and arch):
        raise click.UsageError("--name, --version and --arch are needed, or --solve")
    _require_form(version, token)
    architecture = Architecture.of(arch) or Architecture.of_word(arch.lower())
    identity = AssemblyIdentity(
        name=name,
        version=version,
        architecture=architecture.value,
        language=culture,
        public_key_token=token,
        type=kind,
        version_scope=scope,
    )
    click.echo(keyform(identity))
