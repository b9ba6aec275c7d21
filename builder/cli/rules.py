"""`hotfix rules`."""

import sys

import click

from builder.model.hresult import Answer, parse_hresult
from builder.rules import RULES
from builder.rules.core import Rule


def _find(key: str) -> Rule:
    for rule in RULES:
        if key.casefold() in (rule.id.casefold(), rule.name):
            return rule
    raise click.BadParameter(f"no rule is called {key!r}", param_hint="RULE")


def _show(rule: Rule) -> None:
    click.echo(f"{rule.id} {rule.name} ({rule.severity}, since {rule.since})\n")
    click.echo(rule.page.strip())
    if rule.answers:
        click.echo("\nWindows' answer:")
    for answer in rule.answers:
        click.echo(f"  {answer.hresult}: {answer.hresult.meaning}")
        click.echo(f"    {answer.source}")


def _line(rule: Rule) -> str:
    summary = rule.page.strip().partition("\n")[0]
    return f"{rule.id}  {rule.severity.value:7}  {rule.name:28}  {summary}"


def _behind(wanted: str) -> list[tuple[Rule, Answer]]:
    """Return the rules with an answer of that code or symbol."""
    code = parse_hresult(wanted)
    found = [
        (rule, answer)
        for rule in RULES
        for answer in rule.answers
        if answer.hresult.code == code
        or answer.hresult.symbol == wanted.strip().upper()
    ]
    if not found and code is None:
        raise click.BadParameter(
            f"{wanted!r} is neither a code nor a symbol that a rule knows",
            param_hint="--hresult",
        )
    return found


def _show_behind(wanted: str) -> None:
    found = _behind(wanted)
    if not found:
        click.echo(f"no rule stands behind {parse_hresult(wanted):#010x}", err=True)
        sys.exit(1)
    hresult = found[0][1].hresult
    click.echo(f"{hresult}: {hresult.meaning}\n")
    for rule, _ in found:
        click.echo(_line(rule))


@click.command(name="rules")
@click.argument("rule", metavar="[ID|NAME]", required=False)
@click.option(
    "--hresult",
    metavar="CODE",
    help="List the rules behind an answer of Windows: 0x800f081f, "
    "-2146498529, 14098 or CBS_E_SOURCE_MISSING.",
)
def command(*, rule: str | None, hresult: str | None) -> None:
    """List all rules, or print the page of one: `hotfix rules HF301`.

    With --hresult, exits with 1 if no rule stands behind the code.
    """
    if rule is not None and hresult is not None:
        raise click.UsageError("give a rule or --hresult, not both")
    if hresult is not None:
        _show_behind(hresult)
    elif rule is not None:
        _show(_find(rule))
    else:
        for known in RULES:
            click.echo(_line(known))
