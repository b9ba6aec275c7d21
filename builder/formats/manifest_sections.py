"""The sections of a manifest beside its files: services, registry and so on.

Source: observed in 343 genuine manifests.  Attributes of services that were
not counted follow those that were.
"""

from collections.abc import Iterable, Iterator

from lxml import etree

from builder.formats.assembly import asm, present
from builder.formats.xml import Element
from builder.model.package import (
    Component,
    Directory,
    Membership,
    RegistryKey,
    RegistryValue,
    SecurityDescriptor,
    Service,
    ServiceGroup,
    ServiceTrigger,
    StringTable,
)

SECTIONS = (
    "directories",
    "localization",
    "memberships",
    "registryKeys",
    "trustInfo",
)
"""Names of the children of an assembly that this module reads and writes."""

_SERVICE = (
    ("name", "name"),
    ("displayName", "display_name"),
    ("errorControl", "error_control"),
    ("imagePath", "image_path"),
    ("start", "start"),
    ("type", "type"),
    ("description", "description"),
    ("objectName", "object_name"),
    ("sidType", "sid_type"),
    ("requiredPrivileges", "required_privileges"),
    ("dependOnService", "depend_on_service"),
    ("dependOnGroup", "depend_on_group"),
    ("group", "group"),
)
_DEFINITIONS = (
    "trustInfo",
    "security",
    "accessControl",
    "securityDescriptorDefinitions",
    "securityDescriptorDefinition",
)


def _named(elements: Iterable[etree._Element], name: str) -> Iterator[etree._Element]:
    tag = asm(name)
    return (element for element in elements if element.tag == tag)


def _below(elements: Iterable[etree._Element], name: str) -> Iterator[etree._Element]:
    return (child for element in elements for child in _named(element, name))


def parse_memberships(elements: Iterable[etree._Element]) -> Iterator[Membership]:
    """Read the children of `memberships`; a category without an id is left out."""
    for category in _named(elements, "categoryMembership"):
        named = next(_named(category, "id"), None)
        if named is not None:
            yield Membership(
                name=named.get("name", ""),
                version=named.get("version"),
                public_key_token=named.get("publicKeyToken"),
                type_name=named.get("typeName"),
                instances=tuple(_instances(category)),
            )


def _instances(category: etree._Element) -> Iterator[Service | ServiceGroup]:
    for instance in category.iterchildren(asm("categoryInstance")):
        for element in instance.iterchildren(asm("serviceData"), asm("serviceGroup")):
            if element.tag == asm("serviceData"):
                yield _service(element)
            else:
                yield ServiceGroup(
                    service_name=element.get("serviceName", ""),
                    group=instance.get("subcategory", ""),
                    position=element.get("position", ""),
                )


def _service(element: etree._Element) -> Service:
    get = element.get
    return Service(
        name=get("name", ""),
        display_name=get("displayName", ""),
        image_path=get("imagePath", ""),
        start=get("start", ""),
        type=get("type", ""),
        error_control=get("errorControl", ""),
        description=get("description"),
        object_name=get("objectName"),
        sid_type=get("sidType"),
        required_privileges=get("requiredPrivileges"),
        depend_on_service=get("dependOnService"),
        depend_on_group=get("dependOnGroup"),
        group=get("group"),
        triggers=tuple(
            ServiceTrigger(
                action=trigger.get("action", ""),
                subtype=trigger.get("subtype", ""),
                type=trigger.get("type", ""),
            )
            for trigger in element.iterchildren(asm("serviceTrigger"))
        ),
    )


def parse_directories(elements: Iterable[etree._Element]) -> Iterator[Directory]:
    """Read the children of `directories`: folders that a component makes."""
    for element in _named(elements, "directory"):
        yield Directory(
            path=element.get("destinationPath", ""),
            owner=element.get("owner", ""),
            security_descriptor=_descriptor_name(element),
        )


def _descriptor_name(element: etree._Element) -> str | None:
    found = next(_named(element, "securityDescriptor"), None)
    return None if found is None else found.get("name", "")


def parse_registry_keys(elements: Iterable[etree._Element]) -> Iterator[RegistryKey]:
    """Read the children of `registryKeys`."""
    for element in _named(elements, "registryKey"):
        yield RegistryKey(
            name=element.get("keyName", ""),
            owner=element.get("owner"),
            security_descriptor=_descriptor_name(element),
            values=tuple(
                RegistryValue(
                    name=value.get("name", ""),
                    type=value.get("valueType", ""),
                    value=value.get("value", ""),
                    operation_hint=value.get("operationHint"),
                    owner=value.get("owner"),
                )
                for value in _named(element, "registryValue")
            ),
        )


def parse_security_descriptors(
    elements: Iterable[etree._Element],
) -> Iterator[SecurityDescriptor]:
    """Read the children of `trustInfo`: what a component defines."""
    first, *rest = _DEFINITIONS[1:]
    found = _named(elements, first)
    for name in rest:
        found = _below(found, name)
    for element in found:
        yield SecurityDescriptor(
            name=element.get("name", ""),
            sddl=element.get("sddl", ""),
            operation_hint=element.get("operationHint", ""),
            description=element.get("description"),
        )


def parse_string_tables(elements: Iterable[etree._Element]) -> Iterator[StringTable]:
    """Read the children of `localization`: strings of a component."""
    for resources in _named(elements, "resources"):
        strings = _below(_named(resources, "stringTable"), "string")
        yield StringTable(
            culture=resources.get("culture", ""),
            strings=tuple((s.get("id", ""), s.get("value", "")) for s in strings),
        )


def section_elements(component: Component) -> Iterator[Element]:
    """Draft the sections that a component has, in the order of genuine ones."""
    if component.memberships:
        yield _section("memberships", map(_membership, component.memberships))
    if component.directories:
        yield _section("directories", map(_directory, component.directories))
    if component.registry_keys:
        yield _section("registryKeys", map(_registry_key, component.registry_keys))
    if component.security_descriptors:
        definitions = tuple(map(_definition, component.security_descriptors))
        yield _nested(_DEFINITIONS[:-1], definitions)
    if component.string_tables:
        yield _section("localization", map(_resources, component.string_tables))


def _section(name: str, children: Iterator[Element]) -> Element:
    return Element(name=name, children=tuple(children))


def _nested(names: tuple[str, ...], children: tuple[Element, ...]) -> Element:
    first, *rest = names
    if rest:
        children = (_nested(tuple(rest), children),)
    return Element(name=first, children=children)


def _membership(membership: Membership) -> Element:
    attributes = present(
        (
            ("name", membership.name),
            ("version", membership.version),
            ("publicKeyToken", membership.public_key_token),
            ("typeName", membership.type_name),
        )
    )
    named = Element(name="id", attributes=attributes)
    instances = map(_instance, membership.instances)
    return Element(name="categoryMembership", children=(named, *instances))


def _instance(instance: Service | ServiceGroup) -> Element:
    if isinstance(instance, Service):
        values = ((xml, getattr(instance, name)) for xml, name in _SERVICE)
        triggers = tuple(
            Element(
                name="serviceTrigger",
                attributes=(
                    ("action", trigger.action),
                    ("subtype", trigger.subtype),
                    ("type", trigger.type),
                ),
            )
            for trigger in instance.triggers
        )
        data = Element(
            name="serviceData", attributes=present(values), children=triggers
        )
        return Element(name="categoryInstance", children=(data,))
    place = Element(
        name="serviceGroup",
        attributes=(
            ("position", instance.position),
            ("serviceName", instance.service_name),
        ),
    )
    return Element(
        name="categoryInstance",
        attributes=(("subcategory", instance.group),),
        children=(place,),
    )


def _descriptor(name: str | None) -> tuple[Element, ...]:
    if name is None:
        return ()
    return (Element(name="securityDescriptor", attributes=(("name", name),)),)


def _directory(directory: Directory) -> Element:
    return Element(
        name="directory",
        attributes=(
            ("destinationPath", directory.path),
            ("owner", directory.owner),
        ),
        children=_descriptor(directory.security_descriptor),
    )


def _registry_key(key: RegistryKey) -> Element:
    values = tuple(
        Element(
            name="registryValue",
            attributes=present(
                (
                    ("name", value.name),
                    ("valueType", value.type),
                    ("value", value.value),
                    ("operationHint", value.operation_hint),
                    ("owner", value.owner),
                )
            ),
        )
        for value in key.values
    )
    return Element(
        name="registryKey",
        attributes=present((("keyName", key.name), ("owner", key.owner))),
        children=(*values, *_descriptor(key.security_descriptor)),
    )


def _definition(descriptor: SecurityDescriptor) -> Element:
    attributes = present(
        (
            ("name", descriptor.name),
            ("sddl", descriptor.sddl),
            ("operationHint", descriptor.operation_hint),
            ("description", descriptor.description),
        )
    )
    return Element(name="securityDescriptorDefinition", attributes=attributes)


def _resources(table: StringTable) -> Element:
    strings = tuple(
        Element(name="string", attributes=(("id", id_), ("value", value)))
        for id_, value in table.strings
    )
    return Element(
        name="resources",
        attributes=(("culture", table.culture),),
        children=(Element(name="stringTable", children=strings),),
    )
