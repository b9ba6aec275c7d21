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
    """

    kind: str
    identity: AssemblyIdentity
    integrate: str | None = None
    contained: str | None = None
    inf: str | None = None
    ranking: str | None = None
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
    """One `dependency` element of a component."""

    identity: AssemblyIdentity
    discoverable: str | None = None
    resource_type: str | None = None
    dependency_type: str | None = None
    build_filter: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A category that a component belongs to; attributes as written."""

    name: str
    version: str | None
    public_key_token: str | None
    type_name: str | None


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
        others: Names of the children that no field here carries, such as
            "registryKeys", each once, in document order.
    """

    identity: AssemblyIdentity
    copyright: str | None = None
    files: tuple[PackagedFile, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    is_deployment: bool = False
    memberships: tuple[Membership, ...] = ()
    string_tables: tuple[StringTable, ...] = ()
    others: tuple[str, ...] = ()
