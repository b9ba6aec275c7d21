"""`hotfix catalog create` and `hotfix catalog sign`."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from builder import store
from builder.cli.options import FILE, Time, now, source_date_epoch
from builder.cli.signing import chosen_authority, chosen_signer, signing_options
from builder.errors import reading
from builder.formats.cms_build import sign_catalog, unsigned_catalog
from builder.formats.ctl_member import derive_list_id, os_attribute
from builder.formats.facts import observe
from builder.formats.verify import parse_catalog
from builder.model.catalog import Catalog
from builder.model.era import ERAS
from builder.steps.sign import file_members

_OUTPUT = click.option(
    "-o", "--output", metavar="X.cat", required=True, type=FILE, help="The catalog."
)


def _signed(catalog: Catalog, url: str | None, signing: dict[str, Any]) -> bytes:
    signer = chosen_signer(**signing)
    if signer is None:
        if url is not None:
            raise click.UsageError("--unsigned leaves nothing to stamp")
        return unsigned_catalog(catalog)
    return sign_catalog(catalog, signer, authority=chosen_authority(url))


@click.command(name="create")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FILE)
@_OUTPUT
@click.option(
    "--era",
    type=click.Choice(list(ERAS)),
    default="6.1",
    show_default=True,
    help="Members by SHA-1 up to 6.1, by SHA-256 from 6.2 on.",
)
@click.option(
    "--time", type=Time(), help="Of the list.  [default: SOURCE_DATE_EPOCH, else now]"
)
@signing_options
def create_command(
    *,
    files: tuple[Path, ...],
    output: Path,
    era: str,
    time: datetime | None,
    timestamp_url: str | None,
    **signing: Any,  # noqa: ANN401 - as `chosen_signer` takes them
) -> None:
    """Write a catalog that lists FILEs.

    Programs are listed by their image hash, all others by their bytes.
    """
    conventions = ERAS[era]
    version = conventions.catalog_version
    found = {
        member.tag: member
        for path in files
        for member in file_members(observe(store.chunks_of(path)), version=version)
    }
    members = tuple(found[tag] for tag in sorted(found))
    catalog = Catalog(
        version=version,
        list_id=derive_list_id(members),
        issued=time or source_date_epoch() or now(),
        members=members,
        attributes=(os_attribute(conventions.os_versions),),
    )
    store.write_document(output, _signed(catalog, timestamp_url, signing))
    click.echo(f"{output}: {len(members):,} members for {len(files):,} files")


@click.command(name="sign")
@click.argument("catalog", metavar="CATALOG", type=FILE)
@_OUTPUT
@signing_options
def sign_command(
    *,
    catalog: Path,
    output: Path,
    timestamp_url: str | None,
    **signing: Any,  # noqa: ANN401 - as above
) -> None:
    """Sign the list of CATALOG, whoever signed it before."""
    data = store.read_document(catalog)
    with reading(str(catalog)):
        found = parse_catalog(data)
    store.write_document(output, _signed(found, timestamp_url, signing))
    click.echo(f"{output}: {len(found.members):,} members")
