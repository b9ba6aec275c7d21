"""Show everything in a file to every rule, and say what the answer rests on."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from builder.errors import (
    CompressedManifestError,
    FormatError,
    LimitError,
    SignatureError,
    SignatureFault,
)
from builder.model.comparison import Comparison
from builder.model.dossier import Dossier
from builder.model.finding import PackageReport
from builder.model.kb import KbSpec
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.model.subject import (
    Delivery,
    Document,
    JudgedCatalog,
    JudgedProgram,
    JudgedSeal,
    Msu,
    Opened,
    PackageStore,
)
from builder.model.subject import PackageSet as Packages
from builder.model.trust import Trust
from builder.model.unpacked import Container, Form, Kind, Member
from builder.rules import RULES
from builder.rules.core import findings_of
from builder.rules.coverage import Coverage, cover
from builder.steps.account import account
from builder.steps.cabinets import whole
from builder.steps.deliver import deliver
from builder.steps.gather import Gatherer
from builder.steps.programs import Reread, judge_programs
from builder.steps.read_document import read_documents
from builder.steps.spool import Spool
from builder.steps.vouch import vouch

_ROOTS = ("update.mum", "update-bf.mum")


def _judge_catalog(member: Member, trust: Trust, limits: Limits) -> JudgedCatalog:
    # Slow to import, and what is given alone is often no catalog.
    from builder.formats.signer_info import parse_terms  # noqa: PLC0415
    from builder.formats.verify import (  # noqa: PLC0415
        parse_signed_catalog,
        verify_signed_catalog,
    )

    data = member.data or b""
    try:
        signed, catalog = parse_signed_catalog(data, limits=limits)
    except (FormatError, LimitError) as error:
        return JudgedCatalog(member=member, error=error)
    try:
        terms = parse_terms(trust.anchors, trust.crls, at=trust.at, policy=trust.policy)
        verified = verify_signed_catalog(signed, catalog, terms, limits=limits)
    except SignatureError as error:
        return JudgedCatalog(member=member, catalog=catalog, fault=error)
    return JudgedCatalog(member=member, catalog=catalog, verified=verified)


def _judge_seal(container: Container, trust: Trust, limits: Limits) -> JudgedSeal:
    if container.seal is None:
        return JudgedSeal(container=container, fault=container.seal_fault)
    # Slow to import, and many containers are not signed.
    from builder.formats.authenticode import verify_seal  # noqa: PLC0415

    try:
        verified = verify_seal(
            container.seal,
            anchors=trust.anchors,
            crls=trust.crls,
            at=trust.at,
            policy=trust.file_policy,
            limits=limits,
        )
    except SignatureError as error:
        return JudgedSeal(container=container, fault=error)
    except LimitError as error:
        fault = SignatureError(SignatureFault.STRUCTURE, error.reason)
        return JudgedSeal(container=container, fault=fault)
    return JudgedSeal(container=container, verified=verified)


def _read(
    container: Container, trust: Trust, limits: Limits
) -> tuple[tuple[Document, ...], tuple[JudgedCatalog, ...]]:
    texts = (
        (member, data)
        for member in container.members
        if member.kind in (Kind.MUM, Kind.MANIFEST)
        and (data := member.data) is not None
    )
    catalogs = (
        _judge_catalog(member, trust, limits)
        for member in container.members
        if member.content is not None and member.kind is Kind.CATALOG
    )
    return tuple(read_documents(texts, limits=limits)), tuple(catalogs)


def is_store(container: Container) -> bool:
    """Tell a folder of many packages from a package that was extracted.

    A system keeps packages and manifests in folders of their own.
    """
    if container.form is not Form.FOLDER:
        return False
    if any(member.key in _ROOTS for member in container.members):
        return False
    mums, manifests = (
        {m.key.rpartition("\\")[0] for m in container.members if m.kind is kind}
        for kind in (Kind.MUM, Kind.MANIFEST)
    )
    return mums.isdisjoint(manifests)


def _is_no_package(container: Container) -> bool:
    """Tell whether a cabinet holds something else, such as a driver."""
    return container.is_cabinet and not any(
        member.kind in (Kind.MUM, Kind.MANIFEST) for member in container.members
    )


def subjects_of(
    containers: Sequence[Container],
    trust: Trust,
    limits: Limits,
) -> Iterator[object]:
    """Yield what is judged by itself: files, packages, containers."""
    found: list[Packages] = []
    read: list[Document] = []
    stores: list[PackageStore] = []
    for opened, container in whole(containers):
        yield opened
        if opened.is_signed or opened.seal_fault is not None:
            yield _judge_seal(opened, trust, limits)
        if _is_no_package(container):
            continue  # HF407: its catalogs and manifests are for something else
        documents, catalogs = _read(container, trust, limits)
        read.extend(documents)
        yield from documents
        yield from catalogs
        is_package = any(document.member.kind is Kind.MUM for document in documents)
        if container.index_damage is not None:
            continue  # nobody knows what the members stand for
        if is_package and is_store(container):
            stores.append(
                PackageStore(
                    container=container, documents=documents, catalogs=catalogs
                )
            )
            yield stores[-1]
        elif container.is_cabinet and is_package:
            packages = Packages(
                container=container, documents=documents, catalogs=catalogs
            )
            found.append(packages)
            yield packages
    for container in containers:
        inner = tuple(p for p in found if p.container.where[:-1] == container.where)
        if inner:
            yield Msu(container=container, packages=inner)
    yield Opened(
        containers=tuple(containers),
        packages=tuple(found),
        stores=tuple(stores),
        documents=tuple(read),
    )


def _unreadable(
    containers: Sequence[Container], subjects: Iterable[object]
) -> str | None:
    """Return why nobody can read a file that was given alone."""
    if containers[0].form is not Form.FILE:
        return None  # inside a package it is a finding
    for subject in subjects:
        if isinstance(subject, (Document, JudgedCatalog)):
            error = subject.error
            if isinstance(subject, Document) and subject.is_compressed:
                error = CompressedManifestError(
                    subject.member.waits or "compressed manifest (DCM), not decoded"
                )
            if error is not None:
                error.source = error.source or subject.member.where
                return str(error)
    return None


def _run(
    subjects: tuple[object, ...],
    programs: Iterable[JudgedProgram],
    spec: KbSpec | None,
    gatherer: Gatherer,
) -> tuple[tuple[Coverage, ...], tuple[Delivery, ...]]:
    """Run all rules in rounds.

    A file that is wrong by itself is seldom in a catalog, seldom what its own
    signature says, and seldom agrees with the article: each round is told which
    places the rounds before have found wrong.
    """
    packages = tuple(s for s in subjects if isinstance(s, Packages))
    vouched = vouch(subjects)
    gatherer.add(findings_of(RULES, subjects, vouched))
    wrong = frozenset(gatherer.wrong)
    coverages = tuple(cover(p, explained=wrong) for p in packages)
    gatherer.add(findings_of(RULES, coverages, vouched))
    wrong = frozenset(gatherer.wrong)
    sound = (p for p in programs if p.member.where not in wrong)
    gatherer.add(findings_of(RULES, sound, vouched))
    if spec is None:
        return coverages, ()
    wrong = frozenset(gatherer.wrong)
    deliveries = tuple(deliver(spec, p, explained=wrong) for p in packages)
    gatherer.add(findings_of(RULES, deliveries, vouched))
    return coverages, deliveries


def _with_catalogs(
    containers: Iterable[Container], subjects: Iterable[object]
) -> Iterator[tuple[Container, Sequence[JudgedCatalog]]]:
    """Yield every container with the catalogs that lie in it."""
    found: dict[tuple[str, ...], list[JudgedCatalog]] = {}
    for subject in subjects:
        if isinstance(subject, JudgedCatalog):
            found.setdefault(subject.member.where[:-1], []).append(subject)
    for container in containers:
        yield container, found.get(container.where, ())


def judge(
    path: str,
    containers: Sequence[Container],
    *,
    trust: Trust,
    spec: KbSpec | None = None,
    limits: Limits = DEFAULT_LIMITS,
    spool: Callable[[], Spool] | None = None,
    reread: Reread | None = None,
    gathers: bool = False,
) -> PackageReport:
    """Judge one top-level file that `unpack` has opened.

    Args:
        path: As the user gave it.
        trust: What signatures are judged by.
        spec: The article to compare with; None leaves the comparison out.
        spool: Makes room for findings that are too many to hold; None holds
            all of them.
        reread: Unpacks the file once more, where page hashes are to be
            computed; with None they are not compared.
        gathers: Gather the dossier that a page shows as well.
    """
    subjects = tuple(subjects_of(containers, trust, limits))
    unreadable = _unreadable(containers, subjects)
    if unreadable is not None:
        return PackageReport(path=path, unreadable=unreadable)
    programs = tuple(
        judge_programs(
            _with_catalogs(containers, subjects),
            trust,
            limits,
            reread=reread,
            spool=spool,
        )
    )
    gatherer = Gatherer(spool)
    coverages, deliveries = _run(subjects, programs, spec, gatherer)
    report = account(
        path,
        findings=gatherer.finish(),
        containers=tuple(containers),
        catalogs=tuple(s for s in subjects if isinstance(s, JudgedCatalog)),
        seals=tuple(s for s in subjects if isinstance(s, JudgedSeal)),
        programs=programs,
        stores=tuple(s for s in subjects if isinstance(s, PackageStore)),
        documents=tuple(s for s in subjects if isinstance(s, Document)),
        coverages=coverages,
        deliveries=deliveries,
        has_crls=bool(trust.crls),
        has_spec=spec is not None,
    )
    return replace(
        report,
        comparisons=_comparisons(deliveries, coverages),
        dossier=_dossier((*subjects, *programs), gatherer.wrong) if gathers else None,
    )


def _comparisons(
    deliveries: Iterable[Delivery], coverages: Iterable[Coverage]
) -> tuple[Comparison, ...]:
    tables = [x for x in zip(deliveries, coverages, strict=False) if x[0].pairs]
    if not tables:
        return ()
    # Slow to import, and only an article needs it.
    from builder.steps.compare import compare_package  # noqa: PLC0415

    return tuple(compare_package(one, other.packages) for one, other in tables)


def _dossier(subjects: Sequence[object], wrong: set[tuple[str, ...]]) -> Dossier:
    # Slow to import, and only pages show it.
    from builder.steps.dossier import gather_dossier  # noqa: PLC0415

    return gather_dossier(subjects, wrong)
