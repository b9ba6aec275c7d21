"""Packages and components: what .mum and .manifest files say, as values.

These values are planned and written; foreign files are parsed into them as
far as rules need it, and never written back.
"""

from dataclasses import dataclass

from builder.model.identity import AssemblyIdentity


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """A package that has to be present; attributes as written."""

    identities: tuple[AssemblyIdentity, ...]
    integrate: str | None = "separate"
    disposition: str | None = "detect"
    build_compare: str | None = None
    service_compare: str | None = None
    distribution_compare: str | None = None
    revision_compare: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicable:
    """The condition of an update: components or drivers already present.

    Attributes:
        target: "updateComponent" or "updateDriver".
    """

    identities: tuple[AssemblyIdentity, ...]
    target: str
    elevate: str | None = None
    disposition: str | None = "staged"
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What an update brings: a package, a component or a driver.

    Attributes:
        kind: "package", "component" or "driver".
        integrate: Of a package, "hidden" where written.
        contained: Of a package, "false" where it lies elsewhere.
        inf: Of a driver, the name of its INF.
        ranking: Of a driver.
        extended: Attributes of the `driverExtended` of a driver, in writing
            order.
    """

    kind: str
    identity: AssemblyIdentity
    integrate: str | None = None
    contained: str | None = None
    inf: str | None = None
    ranking: str | None = None
    extended: tuple[tuple[str, str], ...] = ()
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One `update` element of a package."""

    name: str
    references: tuple[Reference, ...]
    applicable: tuple[Applicable, ...] = ()
    restart: str | None = None
    description: str | None = None
    display_name: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One .mum file.

    Attributes:
        created: creationTimeStamp as written, such as "2009-02-12T18:31:00Z".
        updated: lastUpdateTimeStamp as written.
        identifier: "KB967724".
        custom: Attributes of `customInformation`, in writing order.
        extended: Attributes of `packageExtended`, in writing order; from 6.3
            on, on update.mum: completelyOfflineCapable and packageSize.
    """

    identity: AssemblyIdentity
    identifier: str | None
    release_type: str | None
    restart: str | None = None
    applicability_evaluation: str | None = None
    description: str | None = None
    display_name: str | None = None
    company: str | None = None
    copyright: str | None = None
    support_information: str | None = None
    created: str | None = None
    updated: str | None = None
    parents: tuple[Parent, ...] = ()
    installer: AssemblyIdentity | None = None
    updates: tuple[Update, ...] = ()
    custom: tuple[tuple[str, str], ...] = ()
    extended: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagedFile:
    r"""One `file` element of a component.

    Attributes:
        name: May contain a path, as in "I386\\UNIDRV.DLL".
        source_name: The name in the component's folder of the cabinet.
        destination_path: Absent for drivers.
        digest: The decoded digest value; None where the element has none.
        digest_method: The algorithm's URI as written.
        is_inf: The element holds an `infFile`.
        security_descriptor: Name of a definition, where one is referred to.
        is_signature_described: The element asks for an embedded signature
            with page hashes (`signatureInfo`).
    """

    name: str
    source_name: str | None = None
    destination_path: str | None = None
    import_path: str | None = None
    source_path: str | None = None
    digest: bytes | None = None
    digest_method: str | None = None
    is_inf: bool = False
    security_descriptor: str | None = None
    is_signature_described: bool = False
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """One `dependency` element of a component.

    Attributes:
        identity: As read, without a line: all who depend on one component may
            share it.
    """

    identity: AssemblyIdentity
    discoverable: str | None = None
    resource_type: str | None = None
    dependency_type: str | None = None
    build_filter: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTrigger:
    """What starts or stops a service; attributes as written.

    Attributes:
        action: "start" or "stop".
        subtype: A braced GUID.
        type: Such as "DeviceInterfaceArrival".
    """

    action: str
    subtype: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service as the service manager keeps it; attributes as written.

    Attributes:
        start: auto, boot, delayedAuto, demand, disabled or system.
        type: win32OwnProcess, win32ShareProcess, kernelDriver and so on.
        error_control: normal, ignore, severe or critical.
        required_privileges: With commas between them, as are the others that
            name several.
        triggers: In writing order.
    """

    name: str
    display_name: str
    image_path: str
    start: str
    type: str
    error_control: str = "normal"
    description: str | None = None
    object_name: str | None = None
    sid_type: str | None = None
    required_privileges: str | None = None
    depend_on_service: str | None = None
    depend_on_group: str | None = None
    group: str | None = None
    triggers: tuple[ServiceTrigger, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceGroup:
    """A service's place in a group that shares one process.

    Attributes:
        group: Such as "LocalServiceNetworkRestricted".
        position: "first" or "last".
    """

    service_name: str
    group: str
    position: str = "last"


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A category that a component belongs to; attributes as written.

    Attributes:
        instances: What the category keeps of the component.
    """

    name: str
    version: str | None
    public_key_token: str | None
    type_name: str | None
    instances: tuple[Service | ServiceGroup, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryValue:
    """One value below a registry key; attributes as written.

    Attributes:
        name: Empty for the default value of the key.
        type: Such as "REG_SZ".
        value: A number as "0x0000000a"; bytes as hexadecimal digits; several
            texts quoted, with commas between them.
        owner: "true" or "false", where written.
    """

    name: str
    type: str
    value: str
    operation_hint: str | None = "replace"
    owner: str | None = "true"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryKey:
    r"""A registry key; attributes as written.

    Attributes:
        name: With a full root, such as "HKEY_LOCAL_MACHINE\\SOFTWARE\\Example".
        security_descriptor: Name of a definition, where one is referred to.
    """

    name: str
    values: tuple[RegistryValue, ...] = ()
    owner: str | None = "false"
    security_descriptor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    r"""A folder that a component makes; attributes as written.

    Attributes:
        path: With a runtime macro, such as "$(runtime.programData)\\Example\\".
        owner: "true" or "false".
    """

    path: str
    owner: str = "true"
    security_descriptor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityDescriptor:
    """A named security descriptor; attributes as written."""

    name: str
    sddl: str
    operation_hint: str = "replace"
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StringTable:
    """Localized strings of one culture, as pairs of id and value."""

    culture: str
    strings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One .manifest file: a component, a driver or a deployment.

    Attributes:
        is_deployment: It has a `deployment` element; drivers have one too.
        is_resource_cached: It has a `rescache` element, as the language
            components from 6.3 on.
        fragments: Elements that no field here carries, to be written after the
            others: each the lines of one element.  Never read.
        others: Names of the children that no field here carries, such as
            "migration", each once, in document order.
        is_side_by_side: It was written in asm.v1, as the common controls and
            policies are: it needs no language, and is never written here.
    """

    identity: AssemblyIdentity
    copyright: str | None = None
    files: tuple[PackagedFile, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    is_deployment: bool = False
    memberships: tuple[Membership, ...] = ()
    directories: tuple[Directory, ...] = ()
    registry_keys: tuple[RegistryKey, ...] = ()
    security_descriptors: tuple[SecurityDescriptor, ...] = ()
    string_tables: tuple[StringTable, ...] = ()
    is_resource_cached: bool = False
    fragments: tuple[tuple[str, ...], ...] = ()
    others: tuple[str, ...] = ()
    is_side_by_side: bool = False
