"""Documents made wrong in one way, for judging schemas and rules."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from lxml import etree

from builder.errors import XmlError
from builder.formats.manifest import component_of
from builder.formats.mum import package_of
from builder.model.package import Component, Package

ENUMERATED = frozenset(
    (
        "action",
        "applicabilityEvaluation",
        "buildCompare",
        "buildType",
        "completelyOfflineCapable",
        "contained",
        "dependencyType",
        "deviceInstallRequired",
        "discoverable",
        "disposition",
        "elevate",
        "errorControl",
        "integrate",
        "manifestVersion",
        "operationHint",
        "owner",
        "pageHash",
        "performDeviceInstallsPriorToReboot",
        "PETrust",
        "position",
        "processorArchitecture",
        "ranking",
        "releaseType",
        "resourceType",
        "restart",
        "revisionCompare",
        "serviceCompare",
        "sidType",
        "start",
        "valueType",
        "versionScope",
        "Algorithm",
    )
)


class Damage(StrEnum):
    """One way to make a document wrong."""

    DROP_ATTRIBUTE = "drop attribute"
    MISSPELL_VALUE = "misspell value"
    MISSPELL_ATTRIBUTE = "misspell attribute"
    MISSPELL_ELEMENT = "misspell element"
    MOVE_ELEMENT = "move element"
    DOUBLE = "double element"
    STRANGE_ELEMENT = "strange element"
    STRANGE_ATTRIBUTE = "strange attribute"


Key = tuple[Damage, str, str | None]
"""A damage, the path of its element without positions, and its attribute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """A document that differs from a genuine one in one way.

    Attributes:
        path: Of the element that was damaged, without positions.
        attribute: That was damaged, or None.
        key: Of the damage; the same in every document.
    """

    damage: Damage
    path: str
    attribute: str | None
    root: etree._Element

    @property
    def key(self) -> Key:
        return self.damage, self.path, self.attribute


def value_of(root: etree._Element, kind: str) -> Package | Component | None:
    """Read a damaged document as rules see it; None where nobody can."""
    try:
        if kind == "mum":
            return package_of(root)
        return component_of(root, has_sections=False)
    except XmlError:
        return None


def path_of(element: etree._Element) -> str:
    """Return the local names from the root, such as "/assembly/package"."""
    names = [etree.QName(element).localname]
    names += [etree.QName(ancestor).localname for ancestor in element.iterancestors()]
    return "/" + "/".join(reversed(names))


def mutations(
    root: etree._Element, wanted: Callable[[Key], bool]
) -> Iterator[Mutation]:
    """Yield the mutations of a document whose key is wanted."""
    for index, element in enumerate(root.iter(etree.Element)):
        path = path_of(element)
        for damage, attribute in _damages(element):
            if wanted((damage, path, attribute)):
                damaged = copy.deepcopy(root)
                at = next(_nth(damaged, index))
                _apply(at, damage, attribute)
                yield Mutation(
                    damage=damage, path=path, attribute=attribute, root=damaged
                )


def _nth(root: etree._Element, index: int) -> Iterator[etree._Element]:
    for at, element in enumerate(root.iter(etree.Element)):
        if at == index:
            yield element


def _damages(element: etree._Element) -> Iterator[tuple[Damage, str | None]]:
    for attribute in map(str, element.attrib):
        yield Damage.DROP_ATTRIBUTE, attribute
        yield Damage.MISSPELL_ATTRIBUTE, attribute
        if attribute in ENUMERATED:
            yield Damage.MISSPELL_VALUE, attribute
    yield Damage.MISSPELL_ELEMENT, None
    yield Damage.STRANGE_ELEMENT, None
    yield Damage.STRANGE_ATTRIBUTE, None
    if element.getparent() is not None:
        yield Damage.MOVE_ELEMENT, None
        yield Damage.DOUBLE, None


def _apply(element: etree._Element, damage: Damage, attribute: str | None) -> None:
    name = etree.QName(element)
    match damage:
        case Damage.DROP_ATTRIBUTE:
            del element.attrib[str(attribute)]
        case Damage.MISSPELL_ATTRIBUTE:
            element.set(f"{attribute}s", element.attrib.pop(str(attribute)))
        case Damage.MISSPELL_VALUE:
            element.set(str(attribute), f"{element.get(str(attribute))}s")
        case Damage.MISSPELL_ELEMENT:
            element.tag = f"{{{name.namespace or ''}}}{name.localname}s"
        case Damage.STRANGE_ELEMENT:
            etree.SubElement(element, f"{{{name.namespace or ''}}}strange")
        case Damage.STRANGE_ATTRIBUTE:
            element.set("strange", "true")
        case _:
            _rearrange(element, damage)


def _rearrange(element: etree._Element, damage: Damage) -> None:
    parent = element.getparent()
    assert parent is not None
    if damage is Damage.DOUBLE:
        parent.insert(parent.index(element), copy.deepcopy(element))
        return
    grandparent = parent.getparent()
    sibling = element.getprevious()
    if sibling is None:
        sibling = element.getnext()
    parent.remove(element)
    if damage is Damage.MOVE_ELEMENT:
        home = grandparent if grandparent is not None else sibling
        if home is None:
            element.append(copy.deepcopy(element))
            parent.append(element)
        else:
            home.append(element)
