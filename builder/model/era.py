"""What packages of one Windows version have in common: a table, not code.

An article does not print these values; they were read off genuine packages of
the same era.  A recipe may replace those that belong to the publisher.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from builder.model.identity import Architecture


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A kind of Windows that a package level is for.

    Attributes:
        parent: The package that has to be installed.
        version: Of the parent, at level 0 (the release as first shipped).
        title: As the property list of a .msu names it.
    """

    parent: str
    version: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Era:
    """The conventions of one Windows version.

    Attributes:
        name: Such as "6.1".
        prefix: Of the names of .msu and .cab files.
        editions: By the word in a package name: "…_sc_0" is Server Core.
        os_versions: The OSAttr value of catalogs.
        servicing_stack: Version of the installer assembly.
        architectures: That this Windows runs on.
        root_is_marked: update.mum starts with a byte order mark.
        manifests_stand_alone: The declaration of component manifests says so.
        catalog_version: Of the member lists.
        parent_compare: How versions of parents compare: build and service.
        parent_scope: The versionScope of parents, where they have one.
        parent_name: The package that nearly every edition has.
        parent_version: Of it, as first shipped.
    """

    name: str
    prefix: str
    product: str
    editions: Mapping[str, Edition]
    os_versions: str
    servicing_stack: str
    architectures: frozenset[Architecture] = frozenset(
        {Architecture.X86, Architecture.AMD64, Architecture.IA64}
    )
    root_is_marked: bool = False
    manifests_stand_alone: bool = False
    catalog_version: int = 1
    parent_compare: str | None = None
    parent_scope: str | None = None
    parent_name: str = "Microsoft-Windows-Foundation-Package"
    parent_version: str


_NONE: Mapping[str, Edition] = MappingProxyType({})
_PARENT_6_0 = "Microsoft-Windows-Foundation-Package"
# All systems up to the era: so say 40 genuine catalogs of 6.0, 19 of 6.1 and 61
# of 6.3.
_SYSTEMS_6_0 = "2:5.1,2:5.2,2:6.0"
_SYSTEMS_6_1 = f"{_SYSTEMS_6_0},2:6.1"
_SYSTEMS_6_3 = f"{_SYSTEMS_6_1},2:6.2,2:6.3"
_CLIENTS = frozenset({Architecture.X86, Architecture.AMD64, Architecture.ARM})

ERA_6_0 = Era(
    name="6.0",
    prefix="Windows6.0",
    product="Windows 6.0",
    editions=MappingProxyType(
        {
            "client": Edition(
                parent=_PARENT_6_0, version="6.0.6000.16386", title="Windows Vista"
            ),
            "server": Edition(
                parent=_PARENT_6_0,
                version="6.0.6001.18000",
                title="Windows Server 2008",
            ),
            "sc": Edition(
                parent="Microsoft-Windows-ServerCore-Package",
                version="6.0.6001.18000",
                title="Windows Server 2008 Server Core",
            ),
        }
    ),
    os_versions=_SYSTEMS_6_0,
    servicing_stack="6.0.0.0",
    parent_scope="nonSxS",
    parent_version="6.0.6001.18000",
)
"""Windows Vista and Server 2008.

Source: KB2999226 for that era; the lengths of KB967724's twelve .mum files
fit these parents and no shorter or longer ones.
"""

ERA_6_1 = Era(
    name="6.1",
    prefix="Windows6.1",
    product="Windows 6.1",
    editions=_NONE,
    os_versions=_SYSTEMS_6_1,
    servicing_stack="6.0.0.0",
    root_is_marked=True,
    parent_compare="EQ",
    parent_version="6.1.7600.16385",
)
"""Windows 7 and Server 2008 R2.  Source: KB2584475."""

ERA_6_2 = Era(
    name="6.2",
    prefix="Windows8-RT",
    product="Windows 6.2",
    editions=_NONE,
    os_versions=f"{_SYSTEMS_6_1},2:6.2",
    servicing_stack="6.0.0.0",
    architectures=_CLIENTS,
    root_is_marked=True,
    manifests_stand_alone=True,
    catalog_version=2,
    parent_compare="EQ",
    parent_version="6.2.9200.16384",
)
"""Windows 8 and Server 2012.

Source: inferred from the eras before and after; the names of its packages are
published in articles.
"""

ERA_6_3 = Era(
    name="6.3",
    prefix="Windows8.1",
    product="Windows 6.3",
    editions=_NONE,
    os_versions=_SYSTEMS_6_3,
    servicing_stack="6.0.0.0",
    architectures=_CLIENTS,
    root_is_marked=True,
    manifests_stand_alone=True,
    catalog_version=2,
    parent_compare="EQ",
    parent_version="6.3.9600.16384",
)
"""Windows 8.1 and Server 2012 R2.  Source: KB2937592, KB2938772."""

ERA_10_0 = Era(
    name="10.0",
    prefix="Windows10.0",
    product="Windows 10.0",
    editions=_NONE,
    os_versions=_SYSTEMS_6_3,
    servicing_stack="10.0.0.0",
    architectures=frozenset({*_CLIENTS, Architecture.ARM64}),
    root_is_marked=True,
    manifests_stand_alone=True,
    catalog_version=2,
    parent_compare="EQ",
    parent_version="10.0.10240.16384",
)
"""Windows 10 and 11, as far as packages hold no deltas.

Source: inferred from the era before; catalogs of 2015 to 2023 keep its OSAttr.
"""

ERAS: Mapping[str, Era] = MappingProxyType(
    {era.name: era for era in (ERA_6_0, ERA_6_1, ERA_6_2, ERA_6_3, ERA_10_0)}
)
"""Every era, by its name."""
