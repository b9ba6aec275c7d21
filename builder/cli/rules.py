"""`hotfix rules`."""

import sys
from pathlib import Path

import click

from builder.cli.options import FILE
from builder.files import Batch
from builder.model.hresult import Answer, parse_hresult
from builder.report.rule_page import render_rule_pages
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
    return f"{rule.id}  {rule.severity.value:7}  {rule.name:28}  {rule.summary}"


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


def _write(folder: Path) -> None:
    pages = render_rule_pages(RULES)
    with Batch() as batch:
        for name, text in pages.items():
            with batch.writing(folder / name) as sink:
                sink.write(text.encode())
    click.echo(f"{folder}: {len(pages)} files")


@click.command(name="rules")
@click.argument("rule", metavar="[ID|NAME]", required=False)
@click.option(
    "--hresult",
    metavar="CODE",
    help="List the rules behind an answer of Windows: 0x800f081f, "
    "-2146498529, 14098 or CBS_E_SOURCE_MISSING.",
)
@click.option(
    "--docs",
    metavar="DIR",
    type=FILE,
    help="Write the pages of all rules, and an index, as Markdown.",
)
def command(*, rule: str | None, hresult: str | None, docs: Path | None) -> None:
    """List all rules, or print the page of one: `hotfix rules HF301`.

    With --hresult, exits with 1 if no rule stands behind the code.
    """
    if sum(given is not None for given in (rule, hresult, docs)) > 1:
        raise click.UsageError("give one of a rule, --hresult and --docs")
    if docs is not None:
        _write(docs)
    elif hresult is not None:
        _show_behind(hresult)
    elif rule is not None:
        _show(_find(rule))
    else:
        for known in RULES:
            click.echo(_line(known))
