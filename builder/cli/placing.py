"""Where the results of a build are put, all of them together."""

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from builder.files import Batch, check_target
from builder.formats.pem import CERTIFICATE, serialize_pem
from builder.model.identity import Architecture
from builder.model.plan import Plan
from builder.report.text import printable
from builder.steps.build import Built


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The folders of a build.

    Attributes:
        output: Where kbN is made; may be a link, what lies in it may not.
        number: Of the article.
        ledger: The folder of the specification; None where it is left alone.
        anchor: The topmost certificate of the signer as DER; None: unsigned.
    """

    output: Path
    number: int
    ledger: Path | None
    anchor: bytes | None

    def package(self, architecture: Architecture, name: str) -> Path:
        """Return the path of a .msu."""
        return self.output / f"kb{self.number}" / architecture.word / name


def _anchor(package: Path) -> Path:
    return package.with_suffix(".anchor.pem")


def check_places(places: Places, plans: Mapping[Architecture, Plan]) -> None:
    """Refuse places that cannot be written to, before anything is built.

    Raises:
        StoreError: A target may not be replaced, or a link is on the way.
    """
    for architecture, plan in plans.items():
        package = places.package(architecture, f"{plan.stem}.msu")
        check_target(package, below=places.output)
        if places.anchor is not None:
            check_target(_anchor(package), below=places.output)
        if places.ledger is not None:
            folder = places.ledger / architecture.word
            for name in _documents(plan):
                check_target(folder / name, below=places.ledger)
    if places.ledger is not None:
        check_target(places.ledger / "inventory.json")


def _documents(plan: Plan) -> Iterator[str]:
    for component in plan.components:
        yield f"{component.stem}.manifest"
    for package in plan.packages:
        yield package.name


def write_places(
    done: Iterable[tuple[Places, Mapping[Architecture, Built], bytes | None]],
) -> None:
    """Write all packages, anchors and, if asked for, the ledgers, together.

    Args:
        done: Where, what, and the new inventory; None where there is none.

    Raises:
        StoreError: One of them cannot be written; none is.
    """
    with Batch() as batch:
        for places, built, ledger in done:
            _write_one(batch, places, built, ledger)


def _write_one(
    batch: Batch,
    places: Places,
    done: Mapping[Architecture, Built],
    ledger: bytes | None,
) -> None:
    def write(path: Path, data: bytes, below: Path) -> None:
        with batch.writing(path, below=below) as file:
            file.write(data)

    for architecture, built in done.items():
        package = places.package(architecture, built.name)
        with batch.writing(package, below=places.output) as file:
            for chunk in built.msu.chunks():
                file.write(chunk)
        if places.anchor is not None:
            pem = serialize_pem(places.anchor, CERTIFICATE)
            write(_anchor(package), pem, places.output)
        if places.ledger is not None:
            for artefact in built.documents:
                path = places.ledger / architecture.word / artefact.name
                write(path, artefact.data, places.ledger)
    if places.ledger is not None and ledger is not None:
        write(places.ledger / "inventory.json", ledger, places.ledger)


def announce(places: Places, done: Mapping[Architecture, Built], spec: Path) -> None:
    """Print what was written and how to check it."""
    for architecture, built in done.items():
        package = places.package(architecture, built.name)
        line = f"{package}: {len(built.msu.buffer()):,} bytes"
        if places.anchor is None:
            note = "unsigned: hotfix validate finds HF502 and exits with 1"
            click.echo(printable(f"{line}; {note}"))
            continue
        words = ["hotfix", "validate", str(package), "--kb", str(spec)]
        words += ["--trust-anchor", str(_anchor(package))]
        click.echo(printable(f"{line}; check it with"))
        click.echo(f"  {printable(shlex.join(words))}")
