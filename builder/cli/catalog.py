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
from builder.cli.trust import chosen_trust, trust_options
from builder.errors import SignatureError, reading
from builder.formats.authenticode import verify_seal
from builder.formats.facts import observe
from builder.formats.page_hash import page_hashes
from builder.formats.verify import parse_catalog, verify_members
from builder.model.catalog import VerifiedMembers
from builder.model.custody import LinkState
from builder.model.escaped import printable
from builder.model.evidence import VerifiedFile
from builder.model.limits import Limits
from builder.model.trust import Trust
from builder.report.catalog import render_catalog, render_catalog_json
from builder.report.custody import render_links
from builder.steps.links import fault_links, signature_links
from builder.steps.membership import find_member, page_link
from builder.steps.seal import find_seal


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
    for piece in pieces:
        click.echo(f"{piece}{end}", nl=False)


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
@trust_options
@limit_options
@click.pass_context
def verify_command(
    ctx: click.Context,
    /,
    *,
    signed: Path,
    files: tuple[Path, ...],
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
    try:
        with store.mapped(signed) as data, reading(str(signed)):
            if bytes(data[:1]) == b"\x30":
                found: VerifiedMembers | VerifiedFile = _catalog(data, trust, chosen)
            else:
                found = _file(data, trust, chosen)
    except SignatureError as error:
        click.echo(f"{printable(str(signed))}: refused")
        _write(render_links(fault_links(error), level=1), "\n")
        ctx.exit(1)
    if isinstance(found, VerifiedFile):
        if files:
            raise click.UsageError("only a catalog lists files")
        _write(_about_file(signed, found), "\n")
        return
    _write(_about_catalog(signed, found), "\n")
    ctx.exit(0 if _all_listed(found, files) else 1)


def _catalog(data: memoryview, trust: Trust, limits: Limits) -> VerifiedMembers:
    return verify_members(
        data,
        anchors=trust.anchors,
        crls=trust.crls,
        at=trust.at,
        policy=trust.policy,
        limits=limits,
    )


def _file(data: memoryview, trust: Trust, limits: Limits) -> VerifiedFile:
    return verify_seal(
        find_seal(data, limits=limits),
        anchors=trust.anchors,
        crls=trust.crls,
        at=trust.at,
        policy=trust.file_policy,
        limits=limits,
    )


def _about_catalog(path: Path, found: VerifiedMembers) -> Iterator[str]:
    yield f"{printable(str(path))}: verified: {found.count:,} members"
    yield from render_links(signature_links(found.signature), level=1)


def _about_file(path: Path, found: VerifiedFile) -> Iterator[str]:
    digest = f"{found.algorithm} {found.digest.hex()}"
    yield f"{printable(str(path))}: verified: {digest}"
    if found.pages:
        yield f"  page hashes: {found.pages:,} compared"
    if found.padding:
        yield (
            f"  padding: {found.padding:,} octets behind the signature, which "
            "nothing covers (CVE-2013-3900)"
        )
    yield from render_links(signature_links(found.signature), level=1)


def _all_listed(found: VerifiedMembers, files: tuple[Path, ...]) -> bool:
    every = True
    for path in files:
        entry = find_member(found.index, observe(store.chunks_of(path)))
        if entry is None:
            click.echo(f"{printable(str(path))}: not listed")
            every = False
            continue
        click.echo(f"{printable(str(path))}: listed: {entry}")
        link = None
        if entry.member.has_page_hashes:
            with store.mapped(path) as data:
                link = page_link([entry.member], partial(page_hashes, data))
        if link is not None:
            _write(render_links([link], level=1), "\n")
            every = every and link.state is not LinkState.BROKEN
    return every
