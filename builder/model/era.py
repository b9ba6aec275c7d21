"""What packages of one Windows version have in common: a table, not code.

An article does not print these values; they were read off genuine packages of
the same era.  A recipe may replace those that belong to the publisher.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


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
        prefix: Of the names of .msu and .cab files.
        editions: By the word in a package name: "…_sc_0" is Server Core.
        os_versions: The OSAttr value of catalogs.
        servicing_stack: Version of the installer assembly.
    """

    prefix: str
    product: str
    editions: Mapping[str, Edition]
    os_versions: str
    servicing_stack: str


ERA_6_0 = Era(
    prefix="Windows6.0",
    product="Windows 6.0",
    editions=MappingProxyType(
        {
            "client": Edition(
                parent="Microsoft-Windows-Foundation-Package",
                version="6.0.6000.16386",
                title="Windows Vista",
            ),
            "server": Edition(
                parent="Microsoft-Windows-Foundation-Package",
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
    os_versions="2:5.1,2:5.2,2:6.0,2:6.1",
    servicing_stack="6.0.0.0",
)
"""Windows Vista and Server 2008.

Source: KB2999226 for that era; the lengths of KB967724's twelve .mum files
fit these parents and no shorter or longer ones.
"""
