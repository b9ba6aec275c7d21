"""Build one architecture's .msu: observe, draft, sign and pack in one pass.

The payload is packed first and observed while it streams into the cabinet;
the documents and catalogs that depend on it follow.  So each of its bytes is
read once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from builder.errors import PlanError, reading
from builder.formats.cab_pack import CabSource, pack_cab
from builder.formats.cab_sign import sign_cabinet
from builder.formats.facts import Observer
from builder.formats.msu import (
    Servicing,
    Unattend,
    serialize_properties,
    serialize_unattend,
)
from builder.model.artefact import Artefact
from builder.model.cabinet import MSZIP, Compression, Deflate
from builder.model.inventory import Facts
from builder.model.plan import Plan, PlannedFile
from builder.model.signer import Signer, TimestampAuthority
from builder.rules.hf406_stand_in_payload import LABEL
from builder.rules.promise import differences
from builder.steps.draft import draft
from builder.steps.sign import sign

Chunks = Callable[[], Iterable[bytes]]


class Scratch(Protocol):
    """Room for a cabinet while it is made."""

    def write(self, data: bytes, /) -> int: ...

    def seek(self, offset: int, /) -> int: ...

    def chunks(self) -> Iterator[bytes]: ...

    def buffer(self) -> memoryview: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a package is built, apart from what is in it.

    Attributes:
        signer: None leaves the catalogs unsigned.
        time: Of everything that the article does not date, in UTC.
        is_stand_in: The payload is labelled stand-ins; the package says so.
        deflate: The library that packs MSZIP.
        threads: That compress at the same time; no byte depends on it.
        authority: Who states the time of each signature; None: nobody.
        is_sealed: The .cab and the .msu are signed as well.
    """

    signer: Signer | None
    time: datetime
    is_stand_in: bool
    compression: Compression = MSZIP
    deflate: Deflate = Deflate.ZLIB
    threads: int = 1
    authority: TimestampAuthority | None = None
    is_sealed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """One finished architecture.

    Attributes:
        name: Of the .msu.
        msu: Its bytes.
        observed: Facts of the payload by `PlannedFile.key`.
        documents: The .mum and .manifest files, for the ledger.
    """

    name: str
    msu: Scratch
    observed: Mapping[str, Facts]
    documents: tuple[Artefact, ...]


def _observed(
    file: PlannedFile, chunks: Chunks, observed: dict[str, Facts], *, is_stand_in: bool
) -> Iterator[bytes]:
    """Pass the payload on; when it has gone by, hold it to its row."""
    observer = Observer()
    entry = file.entry
    size = 0
    for chunk in chunks():
        size += len(chunk)
        if entry is not None and size > entry.size:
            raise PlanError(f"has more bytes than the {entry.size:,} of the article")
        observer.feed(chunk)
        yield chunk
    facts = observer.finish()
    if facts.is_stand_in and not is_stand_in:
        raise PlanError("is a labelled stand-in; build with --stand-in")
    for difference in differences(entry, facts) if entry is not None else ():
        raise PlanError(difference)
    observed[file.key] = facts


class _Deferred:
    """Documents and catalogs, made when the payload has been observed."""

    def __init__(self, plan: Plan, manner: Manner) -> None:
        self.observed: dict[str, Facts] = {}
        self.documents: tuple[Artefact, ...] = ()
        self._plan = plan
        self._manner = manner
        self._made: dict[str, bytes] = {}

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the artefact `name`; the first call makes all of them."""
        if not self._made:
            self.documents = draft(self._plan, self.observed)
            catalogs = sign(
                self._plan,
                self.documents,
                self.observed,
                signer=self._manner.signer,
                time=self._manner.time,
                authority=self._manner.authority,
            )
            self._made = {a.name: a.data for a in (*self.documents, *catalogs)}
        yield self._made[name]


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _sources(
    plan: Plan, payload: Mapping[str, Chunks], deferred: _Deferred, manner: Manner
) -> Iterator[CabSource]:
    """Yield what the inner cabinet holds: payload, then documents by name."""
    time = manner.time
    for file in plan.payload:
        chunks = payload[file.key]

        def observed(
            file: PlannedFile = file, chunks: Chunks = chunks
        ) -> Iterator[bytes]:
            with reading(file.place):
                yield from _observed(
                    file, chunks, deferred.observed, is_stand_in=manner.is_stand_in
                )

        yield CabSource(
            name=file.path,
            modified=_naive(file.modified or time),
            chunks=observed,
            size=None if file.entry is None else file.entry.size,
        )
    dated: dict[str, datetime] = {}
    for component in plan.components:
        moment = component.modified if component.entry else time
        dated[f"{component.stem}.manifest"] = moment
    for package in plan.packages:
        is_dated = package.entry is not None or package.modified != plan.latest
        dated[package.name] = package.modified if is_dated else time
        dated[f"{package.name.removesuffix('.mum')}.cat"] = time
    for name, moment in sorted(dated.items()):

        def made(name: str = name) -> Iterator[bytes]:
            return deferred.chunks(name)

        yield CabSource(name=name, modified=_naive(moment), chunks=made)


def _packed(
    sources: tuple[CabSource, ...], manner: Manner, scratch: Callable[[], Scratch]
) -> Scratch:
    """Pack a cabinet, and sign it where that is asked for."""
    signer = manner.signer if manner.is_sealed else None
    packed = scratch()
    pack_cab(
        sources,
        sink=packed,
        compression=manner.compression,
        deflate=manner.deflate,
        threads=manner.threads,
        for_signature=signer is not None,
    )
    if signer is None:
        return packed
    sealed = scratch()
    for chunk in sign_cabinet(packed.buffer(), signer, authority=manner.authority):
        sealed.write(chunk)
    return sealed


def build(
    plan: Plan,
    payload: Mapping[str, Chunks],
    *,
    manner: Manner,
    scratch: Callable[[], Scratch],
) -> Built:
    """Build one architecture.

    Args:
        payload: A source of bytes for each payload file, by its key; each is
            called once.
        scratch: Makes room for a cabinet.

    Raises:
        PlanError: The payload is not what the article promises.
        SignatureError: The signer cannot sign.
    """
    deferred = _Deferred(plan, manner)
    sources = tuple(_sources(plan, payload, deferred, manner))
    inner = _packed(sources, manner, scratch)
    outer = _packed(tuple(_outer_sources(plan, inner, manner)), manner, scratch)
    return Built(
        name=f"{plan.stem}.msu",
        msu=outer,
        observed=deferred.observed,
        documents=deferred.documents,
    )


def _outer_sources(plan: Plan, inner: Scratch, manner: Manner) -> Iterator[CabSource]:
    """Yield what a .msu holds, by name; WSUSSCAN.cab is left out."""
    time = _naive(manner.time)
    unattend = serialize_unattend(
        Unattend(
            packages=(
                Servicing(
                    identity=plan.root.identity,
                    location=f"%configsetroot%\\{plan.stem}.cab",
                ),
            )
        )
    )
    properties = serialize_properties(_properties(plan, manner))
    documents = {
        f"{plan.stem}-pkgProperties.txt": properties,
        f"{plan.stem}.xml": unattend,
    }
    for name in sorted((*documents, f"{plan.stem}.cab")):
        document = documents.get(name)
        if document is None:
            size = len(inner.buffer())
            yield CabSource(name=name, modified=time, chunks=inner.chunks, size=size)
        else:

            def chunks(document: bytes = document) -> Iterable[bytes]:
                return (document,)

            yield CabSource(name=name, modified=time, chunks=chunks, size=len(document))


def _properties(plan: Plan, manner: Manner) -> dict[str, str]:
    """Return the property list of a .msu.

    Source: the names and values of five genuine lists.
    """
    spec, recipe = plan.spec, plan.recipe
    words = {
        name.casefold() for package in plan.packages for name in _words(package.name)
    }
    titles = [e.title for word, e in plan.era.editions.items() if word in words]
    titles = titles or [_printable(title) for title in spec.applies_to]
    found = {
        "ApplicabilityInfo": "".join(f"{title};" for title in titles),
        "Applies to": plan.era.product,
        "Build Date": f"{manner.time.astimezone(UTC):%Y/%m/%d}",
        "Company": _printable(recipe.company),
        "File Version": "1",
        "Installation Type": "FULL",
        "Installer Engine": "Component Based Servicing - WUSA.exe",
        "Installer Version": str(recipe.installer_version),
        "KB Article Number": str(spec.number),
        "Language": "ALL",
        "Package Type": recipe.release_type,
        "Processor Architecture": plan.architecture.value,
        "Product Name": plan.era.product,
        "Support Link": recipe.support_link_of(spec.number),
    }
    if manner.is_stand_in:
        found[LABEL] = "yes: labelled files in place of the real ones; do not install"
    return found


def _printable(text: str) -> str:
    """Return a text as a property list can say it: ASCII without quotes."""
    plain = text.encode("ascii", "ignore").decode("ascii")
    return " ".join(plain.replace('"', "").split())


def _words(name: str) -> list[str]:
    return name.partition("~")[0].split("_")
