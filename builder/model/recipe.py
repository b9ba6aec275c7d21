"""What an article cannot say about its package."""

from dataclasses import dataclass
from datetime import datetime

from builder.model.era import ERAS, Era
from builder.model.identity import Architecture
from builder.model.package import (
    Directory,
    Membership,
    RegistryKey,
    SecurityDescriptor,
    Service,
    StringTable,
)
from builder.model.version import FileVersion

Overrides = tuple[tuple[str, str | None], ...]
"""Values by the name of their field; None: the attribute is left out.

What is not named has the default of its place.
"""

Attributes = tuple[tuple[str, str], ...]
"""Attributes as an element writes them, in their order."""

_ERA_6_0 = FileVersion(6, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeFile:
    r"""A file that a component installs.

    Attributes:
        name: At its destination.
        destination: A folder with a runtime macro: "$(runtime.system32)\\".
            Drivers have none.
        source: In the component's folder of the payload; None: as `name`.
        is_signature_described: Windows shall ask for an embedded signature.
        time: Of the file in the cabinet, in UTC; None: its row's.
    """

    name: str
    destination: str | None = None
    source: str | None = None
    source_path: str | None = None
    import_path: str | None = None
    security_descriptor: str | None = None
    is_signature_described: bool = False
    time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeDependency:
    """An assembly that a component needs.

    Attributes:
        identity: Attributes of the assembly; by default those of the component.
        dependency_type: "install" or "prerequisite".
        discoverable: "yes", "no" or "false".
    """

    identity: Overrides
    dependency_type: str | None = None
    discoverable: str | None = "no"
    resource_type: str | None = None
    build_filter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeResource:
    """The part of a component that belongs to one language.

    It becomes a component of its own, called "….Resources".

    Attributes:
        language: Such as "en-US".
        folder: Of the payload; None: the component's, then the language.
    """

    language: str
    files: tuple[RecipeFile, ...] = ()
    registry_keys: tuple[RegistryKey, ...] = ()
    string_tables: tuple[StringTable, ...] = ()
    folder: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeComponent:
    """A component, a driver or a deployment.

    Attributes:
        architecture: Of the component; None: that of the package.
        architectures: Of the packages that it lies in; empty: of all.
        wow64: On 64-bit systems a twin for 32-bit programs goes with it.
        branch: "GDR" or "LDR", where packages carry both.
        levels: Names of the levels that bring it; empty: all.
        folder: Of its payload, below that of the architecture; "" for none.
        inf: Name of the INF; the component is a driver then.
        ranking: Of a driver: normal, currentDevices or force.
        is_deployment: It has a `deployment` element, as drivers have.
        identity: Attributes of the identity in place of the defaults.
        copyright: As written; None: there is none.
        elevate: How a component is chosen, in place of the default.
        fragments: Elements for which there is no name here: each the lines of
            one XML element.
    """

    name: str
    version: FileVersion
    architecture: Architecture | None = None
    architectures: tuple[Architecture, ...] = ()
    wow64: bool = False
    branch: str | None = None
    levels: tuple[str, ...] = ()
    folder: str = ""
    inf: str | None = None
    ranking: str = "currentDevices"
    elevate: str | None = None
    is_deployment: bool = False
    identity: Overrides = ()
    copyright: str | None = None
    dependencies: tuple[RecipeDependency, ...] = ()
    files: tuple[RecipeFile, ...] = ()
    memberships: tuple[Membership, ...] = ()
    services: tuple[Service, ...] = ()
    directories: tuple[Directory, ...] = ()
    registry_keys: tuple[RegistryKey, ...] = ()
    security_descriptors: tuple[SecurityDescriptor, ...] = ()
    string_tables: tuple[StringTable, ...] = ()
    resources: tuple[RecipeResource, ...] = ()
    is_resource_cached: bool = False
    fragments: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeParent:
    """Packages of which one has to be installed.

    Attributes:
        identities: Attributes of each in place of the defaults of the era.
        attributes: integrate, disposition, build_compare, service_compare and
            revision_compare in place of the defaults.
    """

    identities: tuple[Overrides, ...]
    attributes: Overrides = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeLevel:
    """A level of the package family, such as RTM, SP1 or server.

    Attributes:
        name: The last part of the package's name: "…_SP1".
        within: Name of the level whose package wraps this one; None: update.mum.
    """

    name: str
    parents: tuple[RecipeParent, ...] = ()
    within: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeCondition:
    """Components or drivers that have to be there before an update applies.

    Attributes:
        target: "updateComponent" or "updateDriver".
    """

    identities: tuple[Overrides, ...]
    target: str = "updateComponent"
    elevate: str | None = "install"
    disposition: str | None = "staged"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeReference:
    """What an update brings.

    Attributes:
        kind: "package", "component" or "driver".
        attributes: integrate, contained, inf and ranking, where written.
        extended: Attributes of `driverExtended`, in writing order.
    """

    kind: str
    identity: Overrides
    attributes: Overrides = ()
    extended: Attributes = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeUpdate:
    """One `update` element of a package.

    Attributes:
        attributes: restart, description and display_name, where written.
    """

    name: str
    references: tuple[RecipeReference, ...]
    applicable: tuple[RecipeCondition, ...] = ()
    attributes: Overrides = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipePackage:
    """One .mum file, written out instead of computed.

    Attributes:
        name: Of the package; "{kb}" stands for the number.
        file: Of the .mum; None: the name as the servicing stack files it.
        style: "normal" or "tabs".
        time: Of its time stamps; None: the time of the build.
        attributes: description, release_type and so on in place of defaults.
        identity: Attributes of its identity in place of the defaults.
        installer: Attributes of the installer assembly; None: there is none.
        parents: Packages that have to be installed; empty: that of the era.
        custom: Attributes of `customInformation`, in writing order.
        extended: Attributes of `packageExtended`, in writing order.
    """

    name: str
    file: str | None = None
    style: str = "normal"
    time: datetime | None = None
    attributes: Overrides = ()
    identity: Overrides = ()
    installer: Overrides | None = ()
    parents: tuple[RecipeParent, ...] = ()
    updates: tuple[RecipeUpdate, ...] = ()
    custom: Attributes = ()
    extended: Attributes = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The choices of a package's maker; the defaults are those of era 6.0.

    In `description`, `support_information` and `support_link` the text "{kb}"
    stands for the number of the article.

    Attributes:
        public_key_token: 16 hexadecimal digits, in lower case.
        release_type: As packages write it, such as "Security Update".
        installer_version: Of the servicing stack that installs the package.
        package_version: None: the names in the article say it.
        era: The Windows version, such as "6.1".
        restart: "required" or "possible"; None: what the article says.
        architectures: Of the packages; empty: those of the article's tables.
        time: Of what nothing else dates, in UTC; None: the article's latest.
        components: Empty: the article alone says what the package brings.
        levels: Of the family that is computed; empty: one level.
        parents: Of update.mum; empty: those of the levels.
        packages: The family written out; empty: it is computed.

    Source of the defaults: observed in the .mum files of KB2999226.
    """

    company: str = "Microsoft Corporation"
    copyright: str = "Microsoft Corporation"
    public_key_token: str = "31bf3856ad364e35"  # noqa: S105 - public by its name
    release_type: str = "Hotfix"
    display_name: str = "default"
    description: str = "Fix for KB{kb}"
    support_information: str = "http://support.microsoft.com/?kbid={kb}"
    support_link: str = "http://support.microsoft.com?kbid={kb}"
    installer_version: FileVersion = _ERA_6_0
    package_version: FileVersion | None = None
    era: str = "6.0"
    restart: str | None = None
    architectures: tuple[Architecture, ...] = ()
    time: datetime | None = None
    components: tuple[RecipeComponent, ...] = ()
    levels: tuple[RecipeLevel, ...] = ()
    parents: tuple[RecipeParent, ...] = ()
    packages: tuple[RecipePackage, ...] = ()

    @property
    def conventions(self) -> Era:
        """The era as a table."""
        return ERAS[self.era]

    def description_of(self, number: int) -> str:
        """Return the description of the packages of one article."""
        return self.description.replace("{kb}", str(number))

    def support_information_of(self, number: int) -> str:
        """Return the support address of the packages of one article."""
        return self.support_information.replace("{kb}", str(number))

    def support_link_of(self, number: int) -> str:
        """Return the support link of the property list of one article."""
        return self.support_link.replace("{kb}", str(number))
