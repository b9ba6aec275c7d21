"""What is built today beside what was written before."""

from collections.abc import Mapping

import click

from builder import store
from builder.cli.placing import Places
from builder.model.identity import Architecture
from builder.report.text import printable
from builder.steps.build import Built
from builder.steps.difference import first_difference


def compare_places(places: Places, done: Mapping[Architecture, Built]) -> int:
    """Compare packages byte for byte; return the exit code, 0 if all are equal."""
    code = 0
    for architecture, built in done.items():
        target = places.package(architecture, built.name)
        shown = printable(str(target))
        if not target.exists():
            click.echo(f"{shown}: is not there")
            code = 1
            continue
        with store.mapped(target) as written:
            at = first_difference(built.msu.buffer(), written)
        if at is None:
            click.echo(f"{shown}: is what is built today, byte for byte")
        else:
            click.echo(f"{shown}: differs from byte {at:#x} on")
            code = 1
    return code
