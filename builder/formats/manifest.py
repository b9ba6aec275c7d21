"""Component, driver and deployment manifests (.manifest): bytes <-> Component.

Source: observed in 343 genuine manifests.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from lxml import etree

from builder.errors import XmlError
from builder.formats.assembly import (
    ASM_V3,
    COMPONENT_ORDER,
    asm,
    identity_element,
    other_identity,
    present,
    require_assembly,
)
from builder.formats.buffer import Buffer
from builder.formats.manifest_sections import (
    SECTIONS,
    parse_directories,
    parse_memberships,
    parse_registry_keys,
    parse_security_descriptors,
    parse_string_tables,
    section_elements,
)
from builder.formats.side_by_side import in_later_names, is_side_by_side
from builder.formats.xml import Element, XmlStyle, parse_xml, serialize_xml
from builder.model.construct import constructor
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.model.package import Component, Dependency, PackagedFile
from builder.model.sharing import shared

ASM_V2 = "urn:schemas-microsoft-com:asm.v2"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
IDENTITY_TRANSFORM = "urn:schemas-microsoft-com:HashTransforms.Identity"

RESCACHE = "urn:schemas-microsoft-com:rescache.v1"
_RESOURCE_CACHE = f"{{{RESCACHE}}}rescache"
_SECTIONS = frozenset(map(asm, SECTIONS))
_CARRIED_WITHOUT = frozenset(
    map(asm, ("assemblyIdentity", "dependency", "deployment", "file"))
) | {_RESOURCE_CACHE}
_CARRIED = _CARRIED_WITHOUT | _SECTIONS


MANIFEST = XmlStyle(declaration='<?xml version="1.0" encoding="UTF-8"?>')
"""Drivers and components, 6.0 and 6.1.  Source: KB2999226, KB2584475."""

MANIFEST_STANDALONE = XmlStyle(
    declaration='<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
)
"""Drivers and components from 6.2 on.  Source: KB2937592, KB2938772."""

DEPLOYMENT = XmlStyle()
"""Deployments of every era.  Source: 53 genuine ones."""


def parse_manifest(data: Buffer, *, limits: Limits = DEFAULT_LIMITS) -> Component:
    """Read a manifest, strict about XML and lenient about the rest.

    Attributes are kept as written; children that the value has no field for
    are named in `others`; a digest that is no base64 becomes None, and a
    dependency without an identity is left out.  The schema judges all that.

    Raises:
        CompressedManifestError: A manifest in the DCM form.
        XmlError: Not well-formed, or neither an asm.v3 assembly nor a
            side-by-side assembly.
        LimitError: Larger than `limits` allows.
    """
    return component_of(parse_xml(data, limits=limits))


def component_of(root: etree._Element, *, has_sections: bool = True) -> Component:
    """Read a component from a parsed document.

    Args:
        has_sections: Otherwise services, registry keys and the like are not
            read, and named in `others`.

    Raises:
        XmlError: Neither an asm.v3 assembly nor a side-by-side assembly.
    """
    if is_side_by_side(root):
        later = _component(in_later_names(root), has_sections=has_sections)
        return replace(later, is_side_by_side=True)
    return _component(root, has_sections=has_sections)


def _component(root: etree._Element, *, has_sections: bool) -> Component:
    identity = require_assembly(root)
    files: list[PackagedFile] = []
    dependencies: list[Dependency] = []
    sections: dict[str, list[etree._Element]] = {}
    for child in root:
        tag = child.tag
        if tag == _FILE:
            files.append(_file(child))
        elif tag == _DEPENDENCY:
            dependencies += _dependencies(child)
        elif isinstance(tag, str):  # no comment
            sections.setdefault(tag, []).append(child)
    carried = _CARRIED if has_sections else _CARRIED_WITHOUT
    others = (tag.rpartition("}")[2] for tag in sections if tag not in carried)
    component = Component(
        identity=identity,
        copyright=root.get("copyright"),
        files=tuple(files),
        dependencies=tuple(dependencies),
        is_deployment=_DEPLOYMENT in sections,
        is_resource_cached=_RESOURCE_CACHE in sections,
        others=tuple(dict.fromkeys(others)),
    )
    return _with_sections(component, sections) if has_sections else component


def _with_sections(
    component: Component, sections: Mapping[str, Sequence[etree._Element]]
) -> Component:

    def inside(name: str) -> Iterator[etree._Element]:
        for section in sections.get(asm(name), ()):
            yield from section.iterchildren(etree.Element)

    return replace(
        component,
        memberships=tuple(parse_memberships(inside("memberships"))),
        directories=tuple(parse_directories(inside("directories"))),
        registry_keys=tuple(parse_registry_keys(inside("registryKeys"))),
        security_descriptors=tuple(parse_security_descriptors(inside("trustInfo"))),
        string_tables=tuple(parse_string_tables(inside("localization"))),
    )


_FILE = asm("file")
_DEPENDENCY = asm("dependency")
_DEPENDENT = asm("dependentAssembly")
_DEPLOYMENT = asm("deployment")
_HASH = f"{{{ASM_V2}}}hash"
_DIGEST_METHOD = f"{{{DSIG}}}DigestMethod"
_DIGEST_VALUE = f"{{{DSIG}}}DigestValue"
_INF_FILE = asm("infFile")
_SECURITY_DESCRIPTOR = asm("securityDescriptor")
_SIGNATURE_INFO = asm("signatureInfo")

_dependency = constructor(Dependency)
_packaged_file = constructor(PackagedFile)


def _file(element: etree._Element) -> PackagedFile:
    # one walk over the children: this is most of the time of a large manifest
    method = digest = descriptor = None
    is_inf = is_signature_described = False
    for child in element[:]:
        tag = child.tag
        if tag == _HASH:
            method, digest = _hash(child)
        elif tag == _INF_FILE:
            is_inf = True
        elif tag == _SECURITY_DESCRIPTOR:
            descriptor = child.get("name")
        elif tag == _SIGNATURE_INFO:
            is_signature_described = True
    get = element.get
    if digest is None and "hash" in element.attrib:
        method, digest = _hash_attribute(element)
    return _packaged_file(
        *shared(
            (
                get("name", ""),
                get("sourceName"),
                get("destinationPath"),
                get("importPath"),
                get("sourcePath"),
            )
        ),
        digest,
        method,
        is_inf,
        descriptor,
        is_signature_described,
        element.sourceline,
    )


def _hash(element: etree._Element) -> tuple[str | None, bytes | None]:
    method = digest = None
    for child in element[:]:
        tag = child.tag
        if tag == _DIGEST_METHOD:
            (method,) = shared((child.get("Algorithm"),))
        elif tag == _DIGEST_VALUE:
            digest = _digest(child.text or "")
    return method, digest


def _hash_attribute(element: etree._Element) -> tuple[str | None, bytes | None]:
    """Read the digest of a side-by-side assembly, which may be an attribute."""
    try:
        digest = bytes.fromhex(element.get("hash", ""))
    except ValueError:
        return None, None
    return f"{DSIG}{element.get('hashalg', 'SHA1').lower()}", digest


def _digest(text: str) -> bytes | None:
    for written in (text, "".join(text.split())):
        try:
            return binascii.a2b_base64(written, strict_mode=True)
        except ValueError:
            continue
    return None


def _dependencies(element: etree._Element) -> Iterator[Dependency]:
    get = element.get
    for dependent in element[:]:
        if dependent.tag == _DEPENDENT:
            identity = other_identity(dependent)
            if identity is not None:
                yield _dependency(
                    identity,
                    *shared(
                        (
                            get("discoverable"),
                            get("resourceType"),
                            dependent.get("dependencyType"),
                            get("buildFilter"),
                        )
                    ),
                    element.sourceline,
                )


def serialize_manifest(component: Component, style: XmlStyle = MANIFEST) -> bytes:
    """Write a manifest, byte for byte as its era does.

    A driver (type "driverUpdate") closes with its `deployment`; any other
    deployment opens with it.

    Raises:
        XmlError: A value holds a character that XML forbids, a fragment is not
            one element, the component has children that no field carries, or
            it is a side-by-side assembly.
    """
    if component.others or component.is_side_by_side:
        what = ", ".join(component.others) or "a side-by-side assembly"
        raise XmlError(f"cannot write {what}")
    attributes = present(
        (
            ("xmlns", ASM_V3),
            ("manifestVersion", "1.0"),
            ("copyright", component.copyright),
        )
    )
    root = Element(
        name="assembly", attributes=attributes, children=tuple(_children(component))
    )
    return serialize_xml(root, style)


def _children(component: Component) -> Iterator[Element]:
    is_driver = component.identity.type == "driverUpdate"
    yield identity_element(component.identity, COMPONENT_ORDER)
    if component.is_deployment and not is_driver:
        yield Element(name="deployment")
    yield from map(_dependency_element, component.dependencies)
    yield from map(_file_element, component.files)
    yield from section_elements(component)
    for lines in component.fragments:
        yield Element(name="fragment", fragment=lines)
    if component.is_resource_cached:
        yield Element(name="rescache", attributes=(("xmlns", RESCACHE),))
    if component.is_deployment and is_driver:
        yield Element(name="deployment", attributes=(("xmlns", ASM_V3),))


def _dependency_element(dependency: Dependency) -> Element:
    dependent = Element(
        name="dependentAssembly",
        attributes=present((("dependencyType", dependency.dependency_type),)),
        children=(identity_element(dependency.identity, COMPONENT_ORDER),),
    )
    attributes = present(
        (
            ("discoverable", dependency.discoverable),
            ("resourceType", dependency.resource_type),
            ("buildFilter", dependency.build_filter),
        )
    )
    return Element(name="dependency", attributes=attributes, children=(dependent,))


def _file_element(file: PackagedFile) -> Element:
    attributes = present(
        (
            ("name", file.name),
            ("destinationPath", file.destination_path),
            ("sourceName", file.source_name),
            ("sourcePath", file.source_path),
            ("importPath", file.import_path),
        )
    )
    return Element(
        name="file", attributes=attributes, children=tuple(_file_children(file))
    )


def _file_children(file: PackagedFile) -> Iterator[Element]:
    if file.is_inf:
        yield Element(name="infFile", attributes=(("xmlns", ASM_V3),))
    if file.security_descriptor is not None:
        name = (("name", file.security_descriptor),)
        yield Element(name="securityDescriptor", attributes=name)
    if file.is_signature_described:
        asked = (("PETrust", "true"), ("pageHash", "true"))
        yield Element(
            name="signatureInfo",
            attributes=(("xmlns", ASM_V3),),
            children=(Element(name="signatureDescriptor", attributes=asked),),
        )
    if file.digest is not None and file.digest_method is not None:
        yield _hash_element(file.digest, file.digest_method)


def _hash_element(digest: bytes, method: str) -> Element:
    dsig = ("xmlns:dsig", DSIG)
    transform = Element(
        name="dsig:Transform", attributes=(("Algorithm", IDENTITY_TRANSFORM),)
    )
    return Element(
        name="asmv2:hash",
        attributes=(("xmlns:asmv2", ASM_V2),),
        children=(
            Element(name="dsig:Transforms", attributes=(dsig,), children=(transform,)),
            Element(name="dsig:DigestMethod", attributes=(dsig, ("Algorithm", method))),
            Element(
                name="dsig:DigestValue",
                attributes=(dsig,),
                text=base64.b64encode(digest).decode("ascii"),
            ),
        ),
    )
