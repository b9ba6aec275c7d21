import hashlib
from dataclasses import replace

import pytest

from builder.errors import XmlError
from builder.formats.mum import MUM, MUM_BF, MUM_MARKED, parse_mum, serialize_mum
from builder.formats.xml import XmlStyle
from builder.model.identity import AssemblyIdentity
from builder.model.package import Applicable, Package, Parent, Reference, Update

TOKEN = "31bf3856ad364e35"


def package_identity(
    name: str, *, version: str, architecture: str = "x86"
) -> AssemblyIdentity:
    return AssemblyIdentity(
        name=name,
        version=version,
        architecture=architecture,
        language="neutral",
        public_key_token=TOKEN,
    )


def built_identity(
    name: str, *, version: str, architecture: str = "x86"
) -> AssemblyIdentity:
    own = package_identity(name, version=version, architecture=architecture)
    return replace(own, build_type="release", version_scope="nonSxS")


def installer(architecture: str = "x86") -> AssemblyIdentity:
    own = package_identity(
        "Microsoft-Windows-ServicingStack", version="6.0.0.0", architecture=architecture
    )
    return replace(own, version_scope="nonSxS")


def wrapper(
    *,
    kb: int,
    name: str,
    version: str,
    parent: AssemblyIdentity,
    child: str,
    index: int,
    architecture: str = "x86",
    time: str,
    release_type: str,
) -> Package:
    """Make a package that does nothing but bring another one."""
    reference = Reference(
        kind="package",
        identity=package_identity(child, version=version, architecture=architecture),
        integrate="hidden",
    )
    return Package(
        identity=package_identity(name, version=version, architecture=architecture),
        identifier=f"KB{kb}",
        release_type=release_type,
        restart="possible",
        applicability_evaluation="deep",
        description=f"Fix for KB{kb}",
        display_name="default",
        company="Microsoft Corporation",
        copyright="Microsoft Corporation",
        support_information=f"http://support.microsoft.com/?kbid={kb}",
        created=time,
        updated=time,
        parents=(Parent(identities=(parent,)),),
        installer=installer(architecture),
        updates=(
            Update(name=f"{kb}-{index}_neutral_PACKAGE", references=(reference,)),
        ),
    )


KB2999226_SC = wrapper(
    kb=2999226,
    name="Package_for_KB2999226_sc",
    version="6.0.1.6",
    parent=built_identity(
        "Microsoft-Windows-ServerCore-Package", version="6.0.6001.18000"
    ),
    child="Package_for_KB2999226_sc_1",
    index=12,
    time="2015-09-10T14:57:58Z",
    release_type="Update",
)


def test_a_genuine_package_is_written_from_its_values() -> None:
    """Length and digest are those of Microsoft's file in KB2999226."""
    data = serialize_mum(KB2999226_SC)
    assert len(data) == 1429
    assert hashlib.sha256(data).hexdigest() == (
        "f12c8d760a6e6d270fcda2232174c23feed54d13c6e97e5612d446f5280d5271"
    )


def driver_identity(name: str) -> AssemblyIdentity:
    built = built_identity(name, version="6.1.7600.21058")
    return replace(built, type="driverUpdate")


def driver_update(name: str, index: int) -> Update:
    identity = driver_identity(name)
    return Update(
        name=f"2584475-{index}_neutral_LDR",
        references=(
            Reference(
                kind="driver", identity=identity, inf=name, ranking="currentDevices"
            ),
        ),
        applicable=(
            Applicable(
                identities=(identity,), target="updateDriver", elevate="distribution"
            ),
        ),
    )


KB2584475_1 = replace(
    KB2999226_SC,
    identity=package_identity("Package_1_for_KB2584475", version="6.1.1.0"),
    identifier="KB2584475",
    release_type="Hotfix",
    restart="required",
    applicability_evaluation=None,
    description="Fix for KB2584475",
    support_information="http://support.microsoft.com/?kbid=2584475",
    created="2011-09-21T03:12:52Z",
    updated="2011-09-21T03:12:52Z",
    parents=(
        Parent(
            identities=(
                replace(
                    package_identity(
                        "Microsoft-Windows-Client-Drivers-Package",
                        version="6.1.7600.16385",
                    ),
                    build_type="release",
                ),
            ),
            build_compare="EQ",
            service_compare="EQ",
        ),
    ),
    updates=(driver_update("sffdisk.inf", 1), driver_update("sdbus.inf", 2)),
)


def test_a_genuine_driver_leaf_is_written_from_its_values() -> None:
    """Length and digest are those of Microsoft's file in KB2584475."""
    data = serialize_mum(KB2584475_1)
    assert len(data) == 2539
    assert hashlib.sha256(data).hexdigest() == (
        "14d1ad85d3acbac928889adce319a5ddf7df8afe693819b79b54031278b973d4"
    )


PUBLISHED = {
    "x86": {"_sc_0": 1421, "_sc": 1422, "_server_0": 1425, "_server": 1430},
    "amd64": {"_sc_0": 1429, "_sc": 1430, "_server_0": 1433, "_server": 1438},
    "ia64": {"_sc_0": 1425, "_sc": 1426, "_server_0": 1429, "_server": 1434},
}


@pytest.mark.parametrize("architecture", PUBLISHED)
@pytest.mark.parametrize("level", ["_sc_0", "_sc", "_server_0", "_server"])
def test_the_lengths_are_those_of_the_article(architecture: str, level: str) -> None:
    edition = "ServerCore" if level.startswith("_sc") else "Foundation"
    is_leaf_next = level.endswith("_0")
    package = wrapper(
        kb=967724,
        name=f"Package_for_KB967724{level}",
        version="6.0.1.0",
        parent=built_identity(
            f"Microsoft-Windows-{edition}-Package",
            version="6.0.6001.18000",
            architecture=architecture,
        ),
        child="Package_1_for_KB967724"
        if is_leaf_next
        else f"Package_for_KB967724{level}_0",
        index=1,
        architecture=architecture,
        time="2009-02-12T18:31:00Z",
        release_type="Hotfix",
    )
    assert len(serialize_mum(package)) == PUBLISHED[architecture][level]


FULL = replace(
    KB2584475_1,
    parents=(
        Parent(
            identities=(package_identity("a", version="1.0.0.0"),),
            integrate="delegate",
            disposition=None,
            build_compare="GE",
            revision_compare="GE",
        ),
    ),
    installer=None,
    updates=(
        Update(
            name="u",
            restart="required",
            description="d",
            display_name="n",
            references=(
                Reference(
                    kind="package",
                    identity=package_identity("p", version="1.0.0.0"),
                    integrate="hidden",
                    contained="false",
                ),
            ),
        ),
    ),
)


@pytest.mark.parametrize("package", [KB2999226_SC, KB2584475_1, FULL])
@pytest.mark.parametrize("style", [MUM, MUM_BF, MUM_MARKED])
def test_parse_inverts_serialize(package: Package, style: XmlStyle) -> None:
    assert without_lines(parse_mum(serialize_mum(package, style))) == package


def without_lines(package: Package) -> Package:
    return replace(
        package,
        parents=tuple(replace(parent, line=None) for parent in package.parents),
        updates=tuple(
            replace(
                update,
                line=None,
                references=tuple(replace(r, line=None) for r in update.references),
                applicable=tuple(replace(a, line=None) for a in update.applicable),
            )
            for update in package.updates
        ),
    )


def test_everything_knows_its_line() -> None:
    package = parse_mum(serialize_mum(KB2584475_1))
    update = package.updates[1]
    assert package.identity.line == 3
    assert package.parents[0].line == 5
    assert package.parents[0].identities[0].line == 6
    assert package.installer is not None
    assert package.installer.line == 8
    assert update.line == 19
    assert update.applicable[0].line == 21
    assert update.applicable[0].identities[0].line == 22
    assert update.references[0].line == 26


ASM = 'xmlns="urn:schemas-microsoft-com:asm.v3"'


def test_a_foreign_package_is_read_as_far_as_it_goes() -> None:
    package = parse_mum(
        f"<assembly {ASM}><assemblyIdentity/><package><update>"
        "<package/><strange/><component><assemblyIdentity name='c'/></component>"
        "</update></package></assembly>".encode()
    )
    assert package.identity == AssemblyIdentity(name="")
    assert package.identifier is None
    assert [r.identity.name for r in package.updates[0].references] == ["c"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "<assembly/>",
            "not a .mum or .manifest: the root is 'assembly' of no namespace",
        ),
        (
            '<assembly xmlns="urn:schemas-microsoft-com:asm.v1"/>',
            (
                "not a .mum or .manifest: the root is 'assembly' of "
                "urn:schemas-microsoft-com:asm.v1"
            ),
        ),
        (
            f"<package {ASM}/>",
            (
                "not a .mum or .manifest: the root is 'package' of "
                "urn:schemas-microsoft-com:asm.v3"
            ),
        ),
        (
            f"<assembly {ASM}><package/></assembly>",
            "the assembly has no assemblyIdentity",
        ),
        (
            f"<assembly {ASM}><assemblyIdentity name='a'/></assembly>",
            "not a .mum: it has no package",
        ),
    ],
)
def test_what_is_no_package_is_an_xml_error(text: str, reason: str) -> None:
    with pytest.raises(XmlError) as caught:
        parse_mum(text.encode())
    assert caught.value.reason == reason
    assert caught.value.line == 1


def test_a_value_that_xml_cannot_hold_is_an_xml_error() -> None:
    with pytest.raises(XmlError):
        serialize_mum(replace(KB2999226_SC, description="\x00"))
