"""`hotfix catalog`."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import click

from builder import store
from builder.cli.limits import chosen_limits, limit_options
from builder.cli.options import FILE
from builder.cli.outputs import in_blocks
from builder.cli.trust import chosen_trust, trust_options
from builder.errors import SignatureError, reading
from builder.formats.buffer import Buffer
from builder.formats.facts import observe
from builder.formats.verify import parse_catalog, verify_members
from builder.model.catalog import VerifiedMembers
from builder.model.custody import Lookup
from builder.model.evidence import VerifiedFile
from builder.model.limits import Limits
from builder.model.trust import Trust
from builder.report.catalog import render_catalog, render_catalog_json
from builder.report.verification import (
    render_lookup,
    render_refusal,
    render_refusal_json,
    render_verified,
    render_verified_json,
)
from builder.steps.links import fault_links, signature_links
from builder.steps.membership import find_member, page_link


class _Group(click.Group):
    """Loads what writes catalogs when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, sorted."""
        return sorted({*super().list_commands(ctx), "create", "sign"})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None."""
        if cmd_name in {"create", "sign"}:
            from builder.cli.catalog_write import create_command, sign_command

            return create_command if cmd_name == "create" else sign_command
        return super().get_command(ctx, cmd_name)


@click.group(name="catalog", cls=_Group)
def command() -> None:
    """Make, sign, list and verify catalogs, and verify signed files."""


def _write(pieces: Iterable[str], end: str) -> None:
    for block in in_blocks(f"{piece}{end}" for piece in pieces):
        click.echo(block, nl=False)


@command.command(name="list")
@click.argument("file", metavar="FILE", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@limit_options
def list_command(*, file: Path, as_json: bool, **limits: int | None) -> None:
    """Print what a catalog lists; its signature is not looked at."""
    chosen = chosen_limits(limits)
    data = store.read_document(file, limit=chosen.held)
    with reading(str(file)):
        catalog = parse_catalog(data, limits=chosen)
    if as_json:
        _write(render_catalog_json(catalog), "")
    else:
        _write(render_catalog(catalog), "\n")


@command.command(name="verify")
@click.argument("signed", metavar="X.cat", type=FILE)
@click.argument("files", metavar="[FILE]...", nargs=-1, type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@trust_options
@limit_options
@click.pass_context
def verify_command(
    ctx: click.Context,
    /,
    *,
    signed: Path,
    files: tuple[Path, ...],
    as_json: bool,
    anchors: tuple[Path, ...],
    crls: tuple[Path, ...],
    at: datetime | None,
    policy: str | None,
    **limits: int | None,
) -> None:
    """Verify a catalog, and that it lists each FILE.

    X.cat may be a signed .cab, .msu or program file instead; then its own
    signature is verified, and there are no FILEs.

    Exits with 1 if the signature does not hold, or a FILE is not listed.
    """
    trust = chosen_trust(anchors=anchors, crls=crls, at=at, policy=policy)
    if policy is not None:
        trust = replace(trust, file_policy=trust.policy)
    chosen = chosen_limits(limits)
    name = str(signed)
    try:
        with store.mapped(signed) as data, reading(name):
            if bytes(data[:1]) == b"\x30":
                # It is held anyway, and reading is cheaper than copying a map.
                held = store.read_document(signed, limit=chosen.held)
                found: VerifiedMembers | VerifiedFile = _catalog(held, trust, chosen)
            else:
                found = _file(data, trust, chosen)
    except SignatureError as error:
        links = tuple(fault_links(error))
        render = render_refusal_json if as_json else render_refusal
        _write(render(name, links), "" if as_json else "\n")
        ctx.exit(1)
    if isinstance(found, VerifiedFile) and files:
        raise click.UsageError("only a catalog lists files")
    lookups = () if isinstance(found, VerifiedFile) else _lookups(found, files)
    links = tuple(signature_links(found.signature))
    if as_json:
        seen = tuple(lookups)
        _write(render_verified_json(name, found, links, seen), "")
        ctx.exit(0 if all(lookup.holds for lookup in seen) else 1)
    _write(render_verified(name, found, links), "\n")
    failed: list[str] = []
    _write(_rendered(lookups, failed), "\n")
    ctx.exit(1 if failed else 0)


def _rendered(lookups: Iterable[Lookup], failed: list[str]) -> Iterator[str]:
    """Yield lines; put what does not hold into `failed`."""
    for lookup in lookups:
        yield from render_lookup(lookup)
        if not lookup.holds:
            failed.append(lookup.path)


def _catalog(data: Buffer, trust: Trust, limits: Limits) -> VerifiedMembers:
    return verify_members(
        data,
        anchors=trust.anchors,
        crls=trust.crls,
        at=trust.at,
        policy=trust.policy,
        limits=limits,
    )


def _file(data: memoryview, trust: Trust, limits: Limits) -> VerifiedFile:
    # Slow to import, and no catalog needs them.
    from builder.formats.authenticode import verify_seal
    from builder.steps.seal import find_seal

    return verify_seal(
        find_seal(data, limits=limits),
        anchors=trust.anchors,
        crls=trust.crls,
        at=trust.at,
        policy=trust.file_policy,
        limits=limits,
    )


def _lookups(found: VerifiedMembers, files: tuple[Path, ...]) -> Iterator[Lookup]:
    for path in files:
        entry = find_member(found.index, observe(store.chunks_of(path)))
        pages = None
        if entry is not None and entry.member.has_page_hashes:
            from builder.formats.page_hash import page_hashes

            with store.mapped(path) as data:
                pages = page_link([entry.member], partial(page_hashes, data))
        yield Lookup(path=str(path), entry=entry, pages=pages)
