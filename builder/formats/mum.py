"""Package manifests (.mum): bytes <-> Package.

Source: observed in 301 genuine .mum files.  Eras differ in the values and in
the bytes around them; the order of an identity's attributes follows from its
place and from which attributes it has.
"""

from collections.abc import Iterator

from lxml import etree

from builder.errors import XmlError
from builder.formats.assembly import (
    ASM_V3,
    COMPONENT_ORDER,
    asm,
    child_identities,
    identity_attributes,
    identity_element,
    parse_identity,
    present,
    require_assembly,
)
from builder.formats.buffer import Buffer
from builder.formats.xml import Element, XmlStyle, parse_xml, serialize_xml
from builder.model.construct import constructor
from builder.model.identity import AssemblyIdentity
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.model.package import Applicable, Package, Parent, Reference, Update

_PACKAGE_ORDER = (
    "name",
    "version",
    "language",
    "processorArchitecture",
    "publicKeyToken",
)
_INSTALLER_ORDER = (
    "name",
    "version",
    "language",
    "processorArchitecture",
    "versionScope",
    "publicKeyToken",
)

_PARENT_ORDER = (
    "name",
    "language",
    "version",
    "processorArchitecture",
    "publicKeyToken",
    "buildType",
)

MUM = XmlStyle()
"""The bytes of a .mum, 6.0 to 6.3.  Source: KB2999226, KB2584475, KB2937592."""

MUM_MARKED = XmlStyle(bom=True)
"""`update.mum` from 6.1 on: it starts with a byte order mark."""

MUM_BF = XmlStyle(indent="\t", empty="/>", final_newline=True)
"""The second family of a package, named `_BF`.  Source: KB2999226."""

# Kinds of what an update names, by tag.
_REFERENCES = {asm(kind): kind for kind in ("package", "component", "driver")}
_TARGETS = {asm(kind): kind for kind in ("updateComponent", "updateDriver")}
_APPLICABLE = asm("applicable")

_an_update = constructor(Update)
_reference = constructor(Reference)


def parse_mum(data: Buffer, *, limits: Limits = DEFAULT_LIMITS) -> Package:
    """Read a package manifest, strict about XML and lenient about the rest.

    Attributes are kept as written, and what the value has no field for is
    left out: the schema judges both.  A reference without an identity is
    left out as well.

    Raises:
        XmlError: Not well-formed, not an asm.v3 assembly, or no package.
        LimitError: Larger than `limits` allows.
    """
    return package_of(parse_xml(data, limits=limits))


def package_of(root: etree._Element) -> Package:
    """Read a package from a parsed document.

    Raises:
        XmlError: Not an asm.v3 assembly, or no package.
    """
    identity = require_assembly(root)
    package = root.find(asm("package"))
    if package is None:
        raise XmlError("not a .mum: it has no package", line=root.sourceline)
    installer = package.find(asm("installerAssembly"))
    return Package(
        identity=identity,
        identifier=package.get("identifier"),
        release_type=package.get("releaseType"),
        restart=package.get("restart"),
        applicability_evaluation=package.get("applicabilityEvaluation"),
        description=root.get("description"),
        display_name=root.get("displayName"),
        company=root.get("company"),
        copyright=root.get("copyright"),
        support_information=root.get("supportInformation"),
        created=root.get("creationTimeStamp"),
        updated=root.get("lastUpdateTimeStamp"),
        parents=tuple(map(_parent, package.iterchildren(asm("parent")))),
        installer=None if installer is None else parse_identity(installer),
        updates=tuple(map(_update, package.iterchildren(asm("update")))),
        custom=_extended(package, "customInformation"),
        extended=_extended(package, "packageExtended"),
    )


def _extended(element: etree._Element, name: str) -> tuple[tuple[str, str], ...]:
    tag = asm(name)
    for child in element:
        if child.tag == tag:
            return tuple((str(key), str(value)) for key, value in child.items())
    return ()


def _parent(element: etree._Element) -> Parent:
    return Parent(
        identities=child_identities(element),
        integrate=element.get("integrate"),
        disposition=element.get("disposition"),
        build_compare=element.get("buildCompare"),
        service_compare=element.get("serviceCompare"),
        distribution_compare=element.get("distributionCompare"),
        revision_compare=element.get("revisionCompare"),
        line=element.sourceline,
    )


def _update(element: etree._Element) -> Update:
    references: list[Reference] = []
    applicable: list[Applicable] = []
    for child in element[:]:
        tag = child.tag
        if tag in _REFERENCES:
            references.extend(_references(child, _REFERENCES[tag]))
        elif tag == _APPLICABLE:
            applicable.extend(_applicable(child))
    get = element.get
    return _an_update(
        get("name", ""),
        tuple(references),
        tuple(applicable),
        get("restart"),
        get("description"),
        get("displayName"),
        element.sourceline,
    )


def _references(element: etree._Element, kind: str) -> Iterator[Reference]:
    get = element.get
    for identity in child_identities(element):
        yield _reference(
            kind,
            identity,
            get("integrate"),
            get("contained"),
            get("inf"),
            get("ranking"),
            _extended(element, "driverExtended") if len(element) > 1 else (),
            identity.line,
        )


def _applicable(condition: etree._Element) -> Iterator[Applicable]:
    for element in condition:
        tag = element.tag
        if tag in _TARGETS:
            yield Applicable(
                identities=child_identities(element),
                target=_TARGETS[tag],
                elevate=element.get("elevate"),
                disposition=condition.get("disposition"),
                line=element.sourceline,
            )


def serialize_mum(package: Package, style: XmlStyle = MUM) -> bytes:
    """Write a package manifest, byte for byte as genuine ones are written.

    Raises:
        XmlError: A value holds a character that XML forbids.
    """
    attributes = present(
        (
            ("xmlns", ASM_V3),
            ("manifestVersion", "1.0"),
            ("description", package.description),
            ("displayName", package.display_name),
            ("company", package.company),
            ("copyright", package.copyright),
            ("supportInformation", package.support_information),
            ("creationTimeStamp", package.created),
            ("lastUpdateTimeStamp", package.updated),
        )
    )
    children = (
        identity_element(package.identity, _PACKAGE_ORDER),
        _package_element(package),
    )
    root = Element(name="assembly", attributes=attributes, children=children)
    return serialize_xml(root, style)


def _package_element(package: Package) -> Element:
    attributes = present(
        (
            ("identifier", package.identifier),
            ("applicabilityEvaluation", package.applicability_evaluation),
            ("releaseType", package.release_type),
            ("restart", package.restart),
        )
    )
    children = [*_extended_elements("customInformation", package.custom)]
    children += map(_parent_element, package.parents)
    if package.installer is not None:
        installer = identity_attributes(package.installer, _INSTALLER_ORDER)
        children.append(Element(name="installerAssembly", attributes=installer))
    children += map(_update_element, package.updates)
    children += _extended_elements("packageExtended", package.extended)
    return Element(name="package", attributes=attributes, children=tuple(children))


def _parent_element(parent: Parent) -> Element:
    attributes = present(
        (
            ("buildCompare", parent.build_compare),
            ("serviceCompare", parent.service_compare),
            ("distributionCompare", parent.distribution_compare),
            ("revisionCompare", parent.revision_compare),
            ("integrate", parent.integrate),
            ("disposition", parent.disposition),
        )
    )

    children = tuple(
        identity_element(identity, _parent_order(identity))
        for identity in parent.identities
    )
    return Element(name="parent", attributes=attributes, children=children)


def _parent_order(identity: AssemblyIdentity) -> tuple[str, ...]:
    if identity.version_scope is not None:
        return COMPONENT_ORDER
    return _PACKAGE_ORDER if identity.build_type is None else _PARENT_ORDER


def _update_element(update: Update) -> Element:
    attributes = present(
        (
            ("description", update.description),
            ("displayName", update.display_name),
            ("name", update.name),
            ("restart", update.restart),
        )
    )
    children = (
        *map(_applicable_element, update.applicable),
        *map(_reference_element, update.references),
    )
    return Element(name="update", attributes=attributes, children=children)


def _applicable_element(applicable: Applicable) -> Element:
    target = Element(
        name=applicable.target,
        attributes=present((("elevate", applicable.elevate),)),
        children=tuple(
            identity_element(identity, COMPONENT_ORDER)
            for identity in applicable.identities
        ),
    )
    return Element(
        name="applicable",
        attributes=present((("disposition", applicable.disposition),)),
        children=(target,),
    )


def _reference_element(reference: Reference) -> Element:
    attributes = present(
        (
            ("inf", reference.inf),
            ("ranking", reference.ranking),
            ("integrate", reference.integrate),
            ("contained", reference.contained),
        )
    )
    order = _PACKAGE_ORDER if reference.kind == "package" else COMPONENT_ORDER
    identity = identity_element(reference.identity, order)
    extended = _extended_elements("driverExtended", reference.extended)
    return Element(
        name=reference.kind, attributes=attributes, children=(identity, *extended)
    )


def _extended_elements(
    name: str, attributes: tuple[tuple[str, str], ...]
) -> tuple[Element, ...]:
    if not attributes:
        return ()
    declared = ("xmlns:mum2", ASM_V3)
    return (Element(name=f"mum2:{name}", attributes=(declared, *attributes)),)
