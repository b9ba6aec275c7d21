"""`hotfix rules`."""

import click

from builder.rules import RULES
from builder.rules.core import Rule


def _find(key: str) -> Rule:
    for rule in RULES:
        if key.casefold() in (rule.id.casefold(), rule.name):
            return rule
    raise click.BadParameter(f"no rule is called {key!r}", param_hint="RULE")


@click.command(name="rules")
@click.argument("rule", metavar="[ID|NAME]", required=False)
def command(*, rule: str | None) -> None:
    """List all rules, or print the page of one: `hotfix rules HF301`."""
    if rule is None:
        for known in RULES:
            summary = known.page.strip().partition("\n")[0]
            click.echo(
                f"{known.id}  {known.severity.value:7}  {known.name:28}  {summary}"
            )
        return
    found = _find(rule)
    click.echo(f"{found.id} {found.name} ({found.severity}, since {found.since})\n")
    click.echo(found.page.strip())
