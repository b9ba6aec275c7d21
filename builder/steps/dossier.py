"""What lies in a file to the dossier that its page shows."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from builder.model.custody import Custody, Link, LinkKind, LinkState
from builder.model.dossier import (
    LONGEST,
    MOST_CHAINS,
    MOST_SIGNED,
    Dossier,
    Signed,
)
from builder.model.subject import (
    Document,
    JudgedCatalog,
    JudgedProgram,
    JudgedSeal,
    PackageSet,
)
from builder.model.unpacked import Container, Member
from builder.steps.links import fault_links, signature_links
from builder.steps.register import Register
from builder.steps.relate import relate
from builder.steps.trace import chain_of, file_link

_Place = tuple[str, ...]


def gather_dossier(subjects: Sequence[object], wrong: Collection[_Place]) -> Dossier:
    """Gather graph, chains of custody and signatures, each up to its bound.

    Args:
        subjects: What `subjects_of` and `judge_programs` have yielded for one
            top-level file.
        wrong: Places with an error; they come first among the chains.
    """
    documents = [s for s in subjects if isinstance(s, Document)]
    catalogs = [s for s in subjects if isinstance(s, JudgedCatalog)]
    seals = [s for s in subjects if isinstance(s, JudgedSeal)]
    programs = [s for s in subjects if isinstance(s, JudgedProgram)]
    containers = [s for s in subjects if isinstance(s, Container)]
    follow = _Follower(containers, documents, catalogs, seals, programs)
    pairs = list(follow.pairs(containers))
    pairs.sort(key=lambda pair: pair[1].where not in wrong)
    chains = (follow.chain(container, member) for container, member in pairs)
    files = sum(len(container.members) for container in containers)
    signed = [*map(_signed_container, seals), *map(_signed_catalog, catalogs)]
    signed += [_signed_program(program) for program in programs if program.is_signed]
    return Dossier(
        graph=relate(documents),
        chains=tuple(map(_short, islice(chains, MOST_CHAINS))),
        chains_left_out=files - min(len(pairs), MOST_CHAINS),
        signed=tuple(signed[:MOST_SIGNED]),
        signed_left_out=max(0, len(signed) - MOST_SIGNED),
    )


class _Follower:
    """Makes chains; what a container says of its files is indexed once."""

    def __init__(
        self,
        containers: Iterable[Container],
        documents: Iterable[Document],
        catalogs: Iterable[JudgedCatalog],
        seals: Iterable[JudgedSeal],
        programs: Iterable[JudgedProgram],
    ) -> None:
        self._registers: dict[_Place, Register] = {}
        parts: dict[_Place, tuple[list[Document], list[JudgedCatalog]]] = {}
        for document in documents:
            parts.setdefault(document.member.where[:-1], ([], []))[0].append(document)
        for catalog in catalogs:
            parts.setdefault(catalog.member.where[:-1], ([], []))[1].append(catalog)
        for container in containers:
            if container.where in parts:
                read, lists = parts[container.where]
                packages = PackageSet(
                    container=container, documents=tuple(read), catalogs=tuple(lists)
                )
                self._registers[container.where] = Register.of(packages)
        self._seals = {seal.container.where: seal for seal in seals}
        self._pages = {
            program.member.where: program.pages
            for program in programs
            if program.pages is not None
        }

    def pairs(
        self, containers: Sequence[Container]
    ) -> Iterator[tuple[Container, Member]]:
        """Yield the files of packages, then those that lie beside packages.

        What lies in other cabinets, such as WSUSSCAN.cab, is left out: there
        is one link to each of these files, its cabinet's own.
        """
        for container in containers:
            if container.where in self._registers:
                for member in container.members:
                    yield container, member
        outermost = containers[0]
        if outermost.is_cabinet and outermost.where not in self._registers:
            for member in outermost.members:
                yield outermost, member

    def chain(self, container: Container, member: Member) -> Custody:
        register = self._registers.get(container.where)
        if register is not None:
            return chain_of(register, member, self._pages.get(member.where))
        links = tuple(self._outside(container, member))
        return Custody(where=member.where, links=links)

    def _outside(self, container: Container, member: Member) -> Iterator[Link]:
        """Yield the links of a file that is not part of a package."""
        if member.facts is not None:
            yield file_link(member, member.facts)
        elif member.damage is not None:
            says = f"it could not be unpacked: {member.damage.reason}"
            yield Link(kind=LinkKind.FILE, state=LinkState.BROKEN, says=says)
        else:
            says = f"{member.size:,} bytes; its files are judged one by one"
            yield Link(kind=LinkKind.FILE, state=LinkState.UNCHECKED, says=says)
        seal = self._seals.get(container.where)
        name = container.where[-1].rpartition("/")[2]
        if seal is None:
            says = f"no catalog lists it, and {name} carries no signature"
            yield Link(kind=LinkKind.MEMBER, state=LinkState.UNCHECKED, says=says)
            return
        says = f"no catalog lists it; {name} carries a signature of its own"
        yield Link(kind=LinkKind.MEMBER, state=LinkState.ABSENT, says=says)
        if seal.verified is not None:
            yield from signature_links(seal.verified.signature)
        elif seal.fault is not None:
            yield from fault_links(seal.fault)


def _short(chain: Custody) -> Custody:
    """Cut what a hostile package may have made long."""
    links = tuple(
        replace(
            link,
            says=link.says[:LONGEST],
            details=tuple(detail[:LONGEST] for detail in link.details),
        )
        for link in chain.links
    )
    return replace(chain, links=links)


def _signed_catalog(judged: JudgedCatalog) -> Signed:
    catalog, verified = judged.catalog, judged.verified
    fault = None
    if judged.fault is not None:
        fault = f"{judged.fault.fault}: {judged.fault.reason}"
    elif judged.error is not None:
        fault = f"unreadable: {judged.error.reason}"
    return Signed(
        where=judged.member.where,
        kind="catalog",
        version=None if catalog is None else catalog.version,
        entries=None if catalog is None else len(catalog.members),
        issued=None if catalog is None else catalog.issued,
        signature=None if verified is None else verified.signature,
        fault=fault,
    )


def _signed_program(judged: JudgedProgram) -> Signed:
    verified, fault = judged.verified, judged.fault
    return Signed(
        where=judged.member.where,
        kind="program file",
        signature=None if verified is None else verified.signature,
        fault=judged.waits if fault is None else f"{fault.fault}: {fault.reason}",
    )


def _signed_container(judged: JudgedSeal) -> Signed:
    verified, fault = judged.verified, judged.fault
    return Signed(
        where=judged.container.where,
        kind=judged.container.form.value,
        signature=None if verified is None else verified.signature,
        fault=None if fault is None else f"{fault.fault}: {fault.reason}",
    )
