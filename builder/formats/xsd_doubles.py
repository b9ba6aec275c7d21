"""What occurs once in a document of a schema: a look that needs no schema.

To ask the XML library for it takes longer than all the rest of a schema: it
looks at every element for the sake of these constraints.
"""

from collections.abc import Callable
from typing import Any, cast

from lxml import etree

from builder.formats.assembly import ASM_V3
from builder.model.package import Component, Package, PackagedFile

MUM = ("update-name", "update-reference", "parent-identity")
"""Names of the constraints that are looked at here, in the schema of a .mum."""

MANIFEST = (
    *("once", "file", "dependency", "directory", "service", "mof", "task"),
    *("file-once", "signature", "string-id", "registry-value"),
)
"""Names of the constraints that are looked at here, in that of a .manifest."""


def may_have_doubles(root: etree._Element, value: Package | Component | None) -> bool:
    """Tell whether the constraints of a schema have to be looked at.

    Args:
        root: Of a document that keeps its schema otherwise.
        value: What was read from it, a component without its sections;
            without a value the answer is yes.
    """
    if isinstance(value, Package):
        return _has_doubled_updates(value)
    return value is None or _has_doubled_parts(root, value)


def _occurs_twice(names: list[str]) -> bool:
    return len(set(names)) < len(names)


def _has_doubled_updates(package: Package) -> bool:
    updates = package.updates
    parents = [one.name for parent in package.parents for one in parent.identities]
    return (
        any(len(update.references) > 1 for update in updates)
        or _occurs_twice([update.name for update in updates])
        or _occurs_twice(parents)
    )


def _has_doubled_parts(root: etree._Element, component: Component) -> bool:
    files, dependencies = component.files, component.dependencies
    # the identity, and what occurs once
    others = 1 + len(component.others)
    others += component.is_deployment + component.is_resource_cached
    return (
        len(root) != len(files) + len(dependencies) + others
        or _occurs_twice([file.name for file in files])
        or _occurs_twice([dependency.identity.name for dependency in dependencies])
        or (any(map(_has_more, files)) and bool(_of_file(root)))
        or any(_DOUBLED[name](root) for name in component.others if name in _DOUBLED)
    )


def _has_more(file: PackagedFile) -> bool:
    """Tell whether there is something beside the digest of a file."""
    return (
        file.is_inf
        or file.is_signature_described
        or file.security_descriptor is not None
    )


def _path(path: str) -> etree.XPath:
    return etree.XPath(path, namespaces={"a": ASM_V3}, smart_strings=False)


def _texts(path: str) -> Callable[[etree._Element], bool]:
    """Return what tells whether a text occurs twice, wherever it stands."""
    found = _path(path)
    return lambda root: _occurs_twice(cast("list[str]", found(root)))


_of_file = _path(
    "boolean(a:file[a:infFile[2] or a:securityDescriptor[2]"
    " or a:signatureInfo[2] or a:signatureInfo/a:signatureDescriptor[2]])"
)
_keys = _path("a:registryKeys/a:registryKey[a:registryValue[2]]")


def _has_doubled_values(root: etree._Element) -> bool:
    keys: Any = _keys(root)
    return any(_occurs_twice([value.get("name", "") for value in key]) for key in keys)


# By the name of a section.
_DOUBLED: dict[str, Callable[[etree._Element], bool]] = {
    "directories": _texts("a:directories/a:directory/@destinationPath"),
    "localization": _texts(
        "a:localization/a:resources/a:stringTable/a:string/@id",
    ),
    "memberships": _texts(
        "a:memberships/a:categoryMembership/a:categoryInstance/a:serviceData/@name"
    ),
    "registryKeys": _has_doubled_values,
    "taskScheduler": lambda _: True,
}
