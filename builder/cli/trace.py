"""`hotfix trace`."""

from datetime import datetime
from functools import partial
from pathlib import Path

import click

from builder import store
from builder.cli.limits import chosen_limits, limit_options
from builder.cli.options import FILE
from builder.cli.trust import chosen_trust, trust_options
from builder.errors import StoreError
from builder.formats.facts import observe
from builder.formats.page_hash import page_hashes
from builder.report.custody import render_custody, render_custody_json
from builder.steps.trace import trace
from builder.steps.unpack import unpack


@click.command(name="trace")
@click.argument("file", metavar="FILE", type=FILE)
@click.argument("package", metavar="PACKAGE", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@trust_options
@limit_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    file: Path,
    package: Path,
    as_json: bool,
    anchors: tuple[Path, ...],
    crls: tuple[Path, ...],
    at: datetime | None,
    policy: str | None,
    **limits: int | None,
) -> None:
    r"""Follow FILE through PACKAGE: manifest, catalog, signer, time stamp, root.

    FILE is a file on the disk, which is looked for by its content and then by
    its name, or the name of a file in the package, such as "mpio.sys" or
    "update.mum".

    Exits with 1 if a link is broken, with 3 if the package has no such file.
    """
    trust = chosen_trust(anchors=anchors, crls=crls, at=at, policy=policy)
    chosen = chosen_limits(limits)
    with store.mapped(package) as data:
        opened = partial(unpack, str(package), data, limits=chosen, spool=store.Scratch)
        find = partial(trace, str(file), opened(), trust=trust, limits=chosen)
        if file.is_file():
            facts = observe(store.chunks_of(file))
            with store.mapped(file) as content:
                chains = find(facts=facts, pages=partial(page_hashes, content))
        else:
            chains = find(
                reread=lambda sink: opened(sink=sink, observes=False),
                spool=store.Scratch,
            )
    if not chains:
        raise StoreError(str(package), f"holds no file {file}")
    render = render_custody_json if as_json else render_custody
    click.echo(render(chains), nl=False)
    ctx.exit(1 if any(chain.broken for chain in chains) else 0)
