"""Documents to parts: what any .mum or .manifest says, element by element.

Elements that occur once become facts of the part they lie in; elements that
name something, or that are repeated, become parts of their own.  So nothing
that a document says is left out, known element or not.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from lxml import etree

from builder.formats.assembly import parse_identity
from builder.model.identity import AssemblyIdentity, culture
from builder.model.portrait import Part
from builder.model.sharing import shared

Alias = Callable[[str], str]
"""Gives a name that stands for its content another one that can be matched."""

DEPLOYMENT = "deployment of "
"""Starts what deployments are matched by, whose names are digests."""

_IDENTITY = "assemblyIdentity"
_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "categoryMembership": "membership",
        "directory": "directory",
        "registryKey": "registry key",
        "registryValue": "registry value",
        "securityDescriptorDefinition": "security descriptor",
        "serviceData": "service",
        "serviceGroup": "service group",
        "serviceTrigger": "service trigger",
    }
)
# What tells elements of one name apart, in the order of people's words.
_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "directory": ("destinationPath",),
        "file": ("destinationPath", "name"),
        "registryKey": ("keyName",),
        "registryValue": ("name",),
        "resources": ("culture",),
        "securityDescriptorDefinition": ("name",),
        "serviceData": ("name",),
        "serviceGroup": ("serviceName",),
        "serviceTrigger": ("action", "type", "subtype"),
        "string": ("id",),
    }
)
_NUMBERED = frozenset({"parent"})
_BY_IDENTITY = frozenset({"dependency"})
_BY_CONTENT = frozenset({"update", "categoryMembership"})
_PARTS = frozenset(_KEYS) | _NUMBERED | _BY_IDENTITY | _BY_CONTENT
_SEVERAL = frozenset({"parent", "updateComponent", "updateDriver"})
_LONGEST, _DEEPEST = 64, 8
_UPDATE_NAME = re.compile(r"[0-9]+-[0-9]+_(?P<rest>.+)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """How identities are matched.

    Attributes:
        native: The architecture of the package, written "*" in keys.
        alias: Gives deployments, whose names stand for what they install,
            names that can be matched.
    """

    native: str | None = None
    alias: Alias = str

    def key(self, identity: AssemblyIdentity) -> str:
        """Return what an identity is matched by."""
        architecture = (identity.architecture or "").lower()
        if architecture == (self.native or "").lower():
            architecture = "*"
        parts = (self.alias(identity.name.casefold()), architecture, culture(identity))
        return "~".join(parts)


@dataclass(slots=True)
class _Found:
    """What has been found of a part so far."""

    facts: list[tuple[str, str]] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    identities: list[AssemblyIdentity] = field(default_factory=list)


def portray_xml(root: etree._Element, scheme: Scheme) -> Part:
    """Portray an assembly: a package, a component or a deployment."""
    found = _look(root, scheme)
    identity = found.identities[0] if found.identities else AssemblyIdentity(name="")
    is_package = any(_local(child) == "package" for child in root)
    return Part(
        kind="package" if is_package else "component",
        key=scheme.key(identity),
        name=_shown(identity),
        facts=tuple(found.facts),
        parts=tuple(found.parts),
        version=identity.version or "",
        line=root.sourceline,
    )


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _look(element: etree._Element, scheme: Scheme) -> _Found:
    """Take the facts and parts of an element, and of those that fold into it."""
    found = _Found()
    waiting: list[tuple[etree._Element, str]] = [(element, "")]
    while waiting:
        current, prefix = waiting.pop()
        found.facts += [
            shared((prefix + str(name).rpartition("}")[2], str(value)))
            for name, value in current.items()
        ]
        text = (current.text or "").strip()
        if text:
            found.facts.append(shared((prefix.removesuffix("/") or "text", text)))
        counted = Counter(map(_local, current))
        seen: Counter[str] = Counter()
        folded = []
        for child in current:
            name = _local(child)
            if not name:
                continue  # a comment
            seen[name] += 1
            if name == _IDENTITY and counted[name] == 1 and not _keeps(current):
                found.identities.append(parse_identity(child))
                folded.append((child, prefix))
            elif name in _PARTS or counted[name] > 1 or name == _IDENTITY:
                found.parts.append(_part(child, current, seen[name], scheme))
            else:
                folded.append((child, _below(prefix, name)))
        waiting.extend(reversed(folded))
    return found


def _below(prefix: str, name: str) -> str:
    """Lengthen a prefix within bounds: it is written before every fact."""
    steps = [*prefix.split("/")[:-1], name[:_LONGEST]]
    return "/".join(steps[-_DEEPEST:]) + "/"


def _keeps(element: etree._Element) -> bool:
    """Tell whether an element may hold several identities."""
    return _local(element) in _SEVERAL


def _part(
    element: etree._Element, parent: etree._Element, number: int, scheme: Scheme
) -> Part:
    name = _local(element)
    if name == _IDENTITY:
        return _identity(element, parent, scheme)
    found = _look(element, scheme)
    key, shown = _named(element, number, found, scheme)
    version = found.identities[0].version if found.identities else None
    return Part(
        kind=_KINDS.get(name, name),
        key=key,
        name=shown,
        facts=tuple(found.facts),
        parts=tuple(found.parts),
        version=version or "",
        line=element.sourceline,
    )


def _identity(element: etree._Element, parent: etree._Element, scheme: Scheme) -> Part:
    identity = parse_identity(element)
    words = {"parent": "parent package"}
    return Part(
        kind=words.get(_local(parent), "condition"),
        key=scheme.key(identity),
        name=_shown(identity),
        facts=tuple(shared((str(key), str(value))) for key, value in element.items()),
        version=identity.version or "",
        line=element.sourceline,
    )


def _shown(identity: AssemblyIdentity) -> str:
    """Name an identity, with its version: of one name there are often two."""
    return f"{identity.name} {identity.version or ''}".rstrip()


def _named(
    element: etree._Element, number: int, found: _Found, scheme: Scheme
) -> tuple[str, str]:
    """Return what a part is matched by, and what it is called."""
    name = _local(element)
    numbered = f"#{number}"
    if name == "update":
        return _update(element, found, scheme)
    if name == "categoryMembership":
        values = [v for n, v in found.facts if n.startswith("id/")]
        shown = " ".join(v for n, v in found.facts if n in ("id/name", "id/typeName"))
        return " ".join(values).casefold() or numbered, shown or numbered
    if name in _BY_IDENTITY and found.identities:
        identity = found.identities[0]
        return scheme.key(identity), identity.name
    keys = _KEYS.get(name, ())
    values = [value for key in keys if (value := element.get(key)) is not None]
    if values:
        shown = "\\".join([*(v.rstrip("\\") for v in values[:-1]), values[-1]])
        return shown.casefold(), shown
    return numbered, numbered


def _update(element: etree._Element, found: _Found, scheme: Scheme) -> tuple[str, str]:
    """Match an update by what it brings: the numbers in names are counted anew."""
    shown = element.get("name", "")
    match = _UPDATE_NAME.fullmatch(shown)
    if match is None or not found.identities:
        return shown.casefold(), shown
    keys = "+".join(scheme.key(identity) for identity in found.identities)
    return f"{match['rest'].casefold()} {keys}", shown


def walk(part: Part) -> Iterator[Part]:
    """Yield a part and all that it consists of."""
    waiting = [part]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(current.parts))
