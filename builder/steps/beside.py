"""A file that `unpack` has opened, for articles: its tables and its evidence."""

from collections.abc import Iterator, Sequence

from builder.formats.settle import Evidence
from builder.model.comparison import Comparison
from builder.model.kb import KbSpec
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.model.subject import PackageSet
from builder.model.unpacked import Container, Kind
from builder.model.version import FileVersion
from builder.steps.compare import compare_package
from builder.steps.deliver import deliver
from builder.steps.read_document import read_document

_DOCUMENTS = (Kind.MUM, Kind.MANIFEST)


def _packages(
    containers: Sequence[Container], limits: Limits
) -> Iterator[tuple[PackageSet, bool]]:
    """Yield each container with documents, and whether it is a package."""
    for container in containers:
        documents = tuple(
            read_document(member, data, limits=limits)
            for member in container.members
            if member.kind in _DOCUMENTS and (data := member.data) is not None
        )
        is_package = any(d.member.kind is Kind.MUM for d in documents)
        if container.is_cabinet:
            packages = PackageSet(container=container, documents=documents, catalogs=())
            yield packages, is_package


def compare_containers(
    spec: KbSpec, containers: Sequence[Container], *, limits: Limits = DEFAULT_LIMITS
) -> tuple[Comparison, ...]:
    """Put the article's tables beside every package in a file.

    A cabinet without any .mum is compared as far as names go, where it is all
    that there is.
    """
    found = tuple(_packages(containers, limits))
    chosen = [packages for packages, is_package in found if is_package]
    if not chosen:
        chosen = [packages for packages, _ in found[-1:]]
    return tuple(
        compare_package(deliver(spec, packages), packages) for packages in chosen
    )


def evidence_of(containers: Sequence[Container], *, source: str) -> Evidence:
    """Take sizes and versions of all files, by the names that articles print.

    Args:
        source: What reasons call the file.
    """
    sizes: dict[str, set[int]] = {}
    versions: dict[str, set[FileVersion]] = {}
    for container in containers:
        for member in container.members:
            name = member.key.rpartition("\\")[2]
            sizes.setdefault(name, set()).add(member.size)
            pe = member.facts.pe if member.facts is not None else None
            if pe is not None and pe.version is not None:
                versions.setdefault(name, set()).add(pe.version)
    return Evidence(
        source=source,
        sizes={name: frozenset(found) for name, found in sizes.items()},
        versions={name: frozenset(found) for name, found in versions.items()},
    )
