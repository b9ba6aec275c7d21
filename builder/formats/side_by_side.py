"""Manifests of side-by-side assemblies (asm.v1): the names of asm.v3 for theirs.

Packages carry such manifests for the common controls, GDI+ and their like, and
for policies that redirect from one version to another.

Source: Microsoft's documentation of assembly manifests and of publisher
configuration files; manifests of Windows that are published.
"""

from copy import deepcopy
from typing import Final

from lxml import etree

from builder.formats.assembly import ASM_V1, ASM_V3

_OLDER: Final = f"{{{ASM_V1}}}"
_LATER: Final = f"{{{ASM_V3}}}"


def is_side_by_side(root: etree._Element) -> bool:
    """Tell whether a document is the manifest of a side-by-side assembly."""
    return root.tag == f"{_OLDER}assembly"


def in_later_names(root: etree._Element) -> etree._Element:
    """Return a copy with the names that other manifests have for the same things.

    Elements of asm.v1 are then of asm.v3, and attributes that such a manifest
    borrows from asm.v3, such as `sourceName`, stand without a namespace.
    """
    copy = deepcopy(root)
    for element in copy.iter(etree.Element):
        tag = str(element.tag)
        if tag.startswith(_OLDER):
            element.tag = _LATER + tag.removeprefix(_OLDER)
        for name, value in element.items():
            own = str(name).removeprefix(_LATER)
            if own != name and own not in element.attrib:
                element.set(own, value)
    return copy
