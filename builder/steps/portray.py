"""Portray what was opened: documents, payload, catalogs, other files."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lxml import etree

from builder.errors import CompressedManifestError, FormatError, LimitError
from builder.formats.assembly import (
    asm,
    child_identities,
    child_identity,
    require_assembly,
)
from builder.formats.msu import parse_properties
from builder.formats.side_by_side import is_side_by_side
from builder.formats.xml import parse_xml
from builder.model.limits import Limits
from builder.model.portrait import BYTES, Part, Portrait
from builder.model.unpacked import Container, Form, Kind, Member
from builder.steps.portray_catalog import names_by_digest, portray_catalog
from builder.steps.portray_file import file_facts, file_part, name_key
from builder.steps.portray_xml import DEPLOYMENT, Scheme, portray_xml

_DIGEST_NAME = re.compile(r"[0-9a-f]{32}\Z", re.ASCII)


@dataclass(slots=True)
class _Opened:
    """A container, and the member of another one that it was opened from."""

    container: Container
    member: Member | None = None


def portray(name: str, containers: Sequence[Container], *, limits: Limits) -> Portrait:
    """Portray one top-level file that `unpack` has opened.

    Args:
        name: As the user gave it.
    """
    native = _architecture(containers, limits)
    opened = {container.where: _Opened(container) for container in containers}
    for container in containers:
        for member in container.members:
            if member.where in opened:
                opened[member.where].member = member
    parts = tuple(_container(one, opened, native, limits) for one in opened.values())
    facts = () if native is None else (("architecture", native),)
    root = Part(
        kind="input", key="", name=name, facts=facts, parts=parts, where=(name,)
    )
    return Portrait(
        name=name, architecture=native, root=root, unread=tuple(_unread(containers))
    )


def _unread(containers: Sequence[Container]) -> Iterator[str]:
    """Say what damage keeps from being compared."""
    for container in containers:
        for error in (container.damage, container.index_damage):
            if error is not None:
                yield f"{'!'.join(container.where)}: {error.reason}"
        for member in container.members:
            if member.damage is not None:
                yield f"{'!'.join(member.where)}: {member.damage.reason}"


def _documents(
    container: Container, limits: Limits
) -> Iterator[tuple[Member, etree._Element | str]]:
    """Yield the documents of a container, parsed, or why they cannot be.

    Of doubles, the last: in place of the first.
    """
    documents = {
        member.key: member
        for member in container.members
        if member.kind in (Kind.MUM, Kind.MANIFEST, Kind.UNATTEND)
        and member.content is not None
    }
    for member in documents.values():
        try:
            root = parse_xml(member.data or b"", limits=limits)
            if container.form is Form.FILE and not is_side_by_side(root):
                require_assembly(root)  # inside a package, its validation says so
            yield member, root
        except CompressedManifestError:
            yield member, "compressed (DCM), not decoded"
        except (FormatError, LimitError) as error:
            yield member, error.reason


def _architecture(containers: Sequence[Container], limits: Limits) -> str | None:
    """Return the architecture of update.mum, else that of the first document."""
    first: str | None = None
    for container in containers:
        for member in container.members:
            if member.kind not in (Kind.MUM, Kind.MANIFEST):
                continue
            if first is not None and member.key != "update.mum":
                continue
            data = member.data
            if data is None:
                continue
            try:
                identity = child_identity(parse_xml(data, limits=limits))
            except (FormatError, LimitError):
                continue
            if identity is not None and identity.architecture is not None:
                if member.key == "update.mum":
                    return identity.architecture.lower()
                first = identity.architecture.lower()
    return first


def _container(
    opened: _Opened,
    others: Mapping[tuple[str, ...], _Opened],
    native: str | None,
    limits: Limits,
) -> Part:
    """Portray one container with its members, but not the containers in it."""
    container = opened.container
    # Read twice, since the trees of all of them are too many to hold.
    aliases = _Aliases.of(root for _, root in _documents(container, limits))
    scheme = Scheme(native=native, alias=aliases.name)
    content = _Content(container=container, scheme=scheme)
    for member, root in _documents(container, limits):
        content.add_document(member, root)
    content.add_files(frozenset(others))
    content.add_catalogs(limits)
    if container.form is Form.FILE:
        return content.parts[0]
    name = container.where[-1]
    start = content.start
    # The outermost ones are each other's, whatever they are called.
    key = name_key(name, native) if len(container.where) > 1 else ""
    return Part(
        kind="container" if start is None else "package set",
        key=key if start is None else start.key,
        name=name.replace("\\", "/").rpartition("/")[2],
        facts=tuple(_container_facts(opened)),
        parts=tuple(content.parts),
        where=container.where,
    )


def _container_facts(opened: _Opened) -> Iterator[tuple[str, str]]:
    container, member = opened.container, opened.member
    yield "signed", "yes" if container.is_signed else "no"
    if container.trailing:
        yield "trailing bytes", f"{container.trailing:,}"
    if container.hidden:
        yield "hidden bytes", f"{container.hidden:,}"
    for name, error in (
        ("damage", container.damage),
        ("index damage", container.index_damage),
    ):
        if error is not None:
            yield name, error.reason
    if member is not None:
        yield "name", member.name
        yield from _document_facts(member)


def _document_facts(member: Member) -> Iterator[tuple[str, str]]:
    if member.modified is not None:
        yield "modified", f"{member.modified:%Y-%m-%dT%H:%M:%S}"
    if member.facts is not None:
        yield BYTES, member.facts.sha256.hex()


@dataclass(frozen=True, slots=True)
class _Aliases:
    """Names of deployments, which are digests of what they install."""

    contents: Mapping[str, str]

    @classmethod
    def of(cls, roots: Iterable[etree._Element | str]) -> "_Aliases":
        contents: dict[str, str] = {}
        for root in roots:
            identity = None if isinstance(root, str) else child_identity(root)
            if isinstance(root, str) or identity is None:
                continue
            name = identity.name.casefold()
            if _DIGEST_NAME.match(name):
                contents[name] = _deployment(root)
        return cls(contents)

    def name(self, name: str) -> str:
        """Return what a name is matched by."""
        return self.contents.get(name, name)


def _deployment(root: etree._Element) -> str:
    """Say what a deployment installs, without versions and architectures."""
    path = f"{asm('dependency')}/{asm('dependentAssembly')}"
    names = {
        identity.name.casefold()
        for element in root.iterfind(path)
        for identity in child_identities(element)
    }
    return DEPLOYMENT + ", ".join(sorted(names))


@dataclass(slots=True, kw_only=True)
class _Content:
    """The parts of a container, as they are found."""

    container: Container
    scheme: Scheme
    parts: list[Part] = field(default_factory=list)
    claimed: set[str] = field(default_factory=set)
    labels: dict[str, str] = field(default_factory=dict)
    members: Mapping[str, Member] = field(init=False)
    start: Part | None = None

    def __post_init__(self) -> None:
        self.members = _by_key(self.container)

    def add_document(self, member: Member, root: etree._Element | str) -> None:
        """Portray a .mum, a .manifest or an unattend document."""
        self.claimed.add(member.key)
        if isinstance(root, str) or root.tag != asm("assembly"):
            self.parts.append(self._other_document(member, root))
            return
        part = portray_xml(root, self.scheme)
        if part.kind == "component":
            part = replace(part, parts=tuple(self._with_payload(member, part)))
        part = replace(
            _placed(part, member.where),
            facts=(*part.facts, *_document_facts(member)),
        )
        self.labels[member.key] = f"{part.kind} {part.key}"
        if member.key == "update.mum" or (part.kind == "package" and not self.start):
            self.start = part
        self.parts.append(part)

    def _other_document(self, member: Member, root: etree._Element | str) -> Part:
        facts = [*file_facts(member)]
        parts: tuple[Part, ...] = ()
        if isinstance(root, str):
            facts.append(("unreadable", root))
        else:
            inner = _placed(portray_xml(root, self.scheme), member.where)
            facts = [*inner.facts, *_document_facts(member)]
            parts = inner.parts
        part = file_part(member, self.scheme.native, kind=member.kind.value)
        return replace(part, facts=tuple(facts), parts=parts)

    def _with_payload(self, member: Member, part: Part) -> Iterator[Part]:
        """Add to each file of a component what lies in its folder."""
        folder = member.key.removesuffix(".manifest")
        for child in part.parts:
            if child.kind != "file":
                yield child
                continue
            source = child.fact("sourceName") or child.fact("name") or ""
            path = f"{folder}\\{source.casefold().replace('/', chr(92))}"
            payload = self.members.get(path)
            if payload is None:
                yield replace(child, facts=(*child.facts, ("payload", "absent")))
                continue
            self.claimed.add(path)
            self.labels[path] = f"{part.key} {child.key}"
            facts = (*child.facts, *file_facts(payload))
            yield replace(child, facts=facts, where=payload.where, line=None)

    def add_files(self, opened: frozenset[tuple[str, ...]]) -> None:
        """Portray what no document describes and what is no open container."""
        for member in self.container.members:
            if member.kind is Kind.CATALOG or member.key in self.claimed:
                continue
            if member.where in opened:
                continue
            part = file_part(member, self.scheme.native, kind="file")
            if member.kind is Kind.PROPERTIES and member.data is not None:
                part = _properties(part, member)
            self.labels.setdefault(member.key, part.key)
            self.parts.append(part)

    def add_catalogs(self, limits: Limits) -> None:
        """Portray the catalogs: what they list, by the names it has here."""
        names = names_by_digest(self.container, self.labels)
        for member in self.container.members:
            if member.kind is Kind.CATALOG:
                own = self.labels.get(f"{member.key.removesuffix('.cat')}.mum")
                part = file_part(member, self.scheme.native, kind="catalog")
                if own is not None:
                    part = replace(part, key=f"of {own}")
                self.parts.append(portray_catalog(part, member, names, limits=limits))


def _by_key(container: Container) -> Mapping[str, Member]:
    found: dict[str, Member] = {}
    for member in container.members:
        found.setdefault(member.key, member)
    return found


def _placed(part: Part, where: tuple[str, ...]) -> Part:
    """Say of a part, and of all in it, in which file it is written."""
    parts = tuple(p if p.where else _placed(p, where) for p in part.parts)
    return replace(part, parts=parts, where=where)


def _properties(part: Part, member: Member) -> Part:
    try:
        properties = parse_properties(member.data or b"")
    except (FormatError, LimitError):
        return part
    kept = tuple(fact for fact in part.facts if fact[0] == "modified")
    return replace(part, kind="properties", facts=(*properties.items(), *kept))
