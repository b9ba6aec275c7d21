"""Every genuine .mum and .manifest in ../shared/data, taken out by cabextract."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from mutations import Damage, Key, mutations, value_of
from pe_judges import need, run

from builder.formats.manifest import (
    DEPLOYMENT,
    MANIFEST,
    MANIFEST_STANDALONE,
    parse_manifest,
    serialize_manifest,
)
from builder.formats.msu import (
    Unattend,
    parse_properties,
    parse_unattend,
    serialize_properties,
    serialize_unattend,
)
from builder.formats.mum import MUM, MUM_BF, MUM_MARKED, parse_mum, serialize_mum
from builder.formats.xml import XmlStyle, parse_xml
from builder.formats.xsd import SchemaKind, validate
from builder.model.identity import keyform, package_name

PACKAGES = Path(__file__).parents[3] / "shared" / "data" / "packages"

pytestmark = [pytest.mark.genuine, pytest.mark.oracle]


@dataclass(frozen=True, slots=True, kw_only=True)
class Genuine:
    """A document of a genuine package."""

    package: str
    name: str
    data: bytes

    @property
    def kind(self) -> SchemaKind:
        return "mum" if self.name.endswith(".mum") else "manifest"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Genuine, ...]:
    if not PACKAGES.is_dir():
        pytest.skip("there is no ../shared/data/packages")
    wanted = (".mum", ".manifest", ".xml", ".txt")
    found = tuple(
        Genuine(package=package.name, name=path.name, data=path.read_bytes())
        for package in sorted(PACKAGES.iterdir())
        for path in all_files(package, tmp_path_factory.mktemp("genuine"))
        if path.suffix in wanted
    )
    assert Counter(file.name.rpartition(".")[2] for file in found) == {
        "mum": 118,
        "manifest": 138,
        "xml": 10,
        "txt": 5,
    }
    return found


def all_files(package: Path, folder: Path) -> Iterator[Path]:
    """Take out what lies in a package and in its inner cabinet."""
    extract(package, folder)
    for inner in sorted(folder.glob("*.cab")):
        if inner.name != "WSUSSCAN.cab":
            extract(inner, folder / inner.stem)
    yield from sorted(path for path in folder.rglob("*") if path.is_file())


def extract(cabinet: Path, folder: Path) -> None:
    run(need("cabextract"), "-q", "-d", folder, cabinet)


def named(files: Iterable[Genuine], suffix: str) -> tuple[Genuine, ...]:
    found = tuple(file for file in files if file.name.endswith(suffix))
    assert found, suffix
    return found


@pytest.fixture(scope="module")
def documents(files: tuple[Genuine, ...]) -> tuple[Genuine, ...]:
    return named(files, ".mum") + named(files, ".manifest")


def test_every_genuine_document_follows_its_schema(
    documents: tuple[Genuine, ...],
) -> None:
    for document in documents:
        faults = validate(parse_xml(document.data), document.kind)
        assert faults == (), (document.package, document.name)


def test_no_genuine_document_follows_the_other_schema(
    documents: tuple[Genuine, ...],
) -> None:
    for document in documents:
        other: SchemaKind = "manifest" if document.kind == "mum" else "mum"
        assert validate(parse_xml(document.data), other), document.name


def style_of_mum(name: str, data: bytes) -> XmlStyle:
    if "_bf~" in name or "-bf" in name:
        return MUM_BF
    return MUM_MARKED if data.startswith(b"\xef\xbb\xbf") else MUM


WITHOUT_FIELDS = {
    ("Windows6.x-HyperVIntegrationServices-x86.cab", "update.mum"),
}
"""Written in another style: attributes in alphabetical order."""


def test_packages_are_written_byte_for_byte(files: tuple[Genuine, ...]) -> None:
    exact: Counter[str] = Counter()
    for file in named(files, ".mum"):
        written = serialize_mum(
            parse_mum(file.data), style_of_mum(file.name, file.data)
        )
        is_exact = written == file.data
        assert is_exact != ((file.package, file.name) in WITHOUT_FIELDS), file.name
        exact[file.package] += is_exact
    assert exact == {
        "Windows6.0-KB2999226-x64.msu": 20,
        "Windows6.0-KB2999226-x86.msu": 20,
        "Windows6.1-KB2584475-x64.msu": 9,
        "Windows6.1-KB2584475-x86.msu": 9,
        "Windows6.x-HyperVIntegrationServices-x86.cab": 0,
        "Windows8.1-KB2937592-x86.msu": 52,
        "Windows8.1-KB2938772-x86.cab": 7,
    }


def test_manifests_are_written_byte_for_byte(files: tuple[Genuine, ...]) -> None:
    exact: Counter[str] = Counter()
    for file in named(files, ".manifest"):
        component = parse_manifest(file.data)
        if component.others:
            exact["has children without a field"] += 1
            continue
        style = next(
            style
            for style in (MANIFEST, MANIFEST_STANDALONE, DEPLOYMENT)
            if file.data.startswith(f"{style.declaration}\r\n".encode())
        )
        assert serialize_manifest(component, style) == file.data, file.name
        is_driver = component.identity.type == "driverUpdate"
        kind = "driver" if is_driver else "component"
        is_pure = component.is_deployment and not is_driver
        exact["deployment" if is_pure else kind] += 1
    assert exact == {
        "deployment": 53,
        "driver": 24,
        "component": 60,
        "has children without a field": 1,
    }


def test_names_follow_from_identities(files: tuple[Genuine, ...]) -> None:
    for file in named(files, ".manifest"):
        identity = parse_manifest(file.data).identity
        assert f"{keyform(identity)}.manifest" == file.name.lower()
    for file in named(files, ".mum"):
        if "~" in file.name:
            identity = parse_mum(file.data).identity
            assert f"{package_name(identity)}.mum".lower() == file.name.lower()


def test_unattend_documents_keep_their_values(files: tuple[Genuine, ...]) -> None:
    found = [
        file
        for file in named(files, ".xml")
        if file.name.startswith("Windows") and file.package.endswith(".msu")
    ]
    assert len(found) == 5
    for file in found:
        unattend = parse_unattend(file.data)
        (package,) = unattend.packages
        name = file.package.removesuffix(".msu")
        assert package.location == f"%configsetroot%\\{name}.CAB"
        assert package.action == "install"
        again = parse_unattend(serialize_unattend(unattend))
        assert again == Unattend(packages=(replace(package, line=4),))


def test_properties_are_written_byte_for_byte(files: tuple[Genuine, ...]) -> None:
    for file in named(files, "-pkgProperties.txt"):
        properties = parse_properties(file.data)
        assert f"-KB{properties['KB Article Number']}-" in file.package
        assert serialize_properties(properties) == file.data


MOST = 2
"""Documents in which the same damage at the same path is tried."""

OPTIONAL: dict[str, str] = {
    # of .mum: missing in some of the 301, or in what other tools write
    "/assembly": (
        "company copyright creationTimeStamp description displayName "
        "lastUpdateTimeStamp supportInformation"
    ),
    # buildType: manifests of 6.0.6001 have no room for it;
    # type: components have none; versionScope: missing in dependencies
    "/assembly/assemblyIdentity": "buildType type versionScope",
    "/assembly/package": "applicabilityEvaluation restart",
    "/assembly/package/packageExtended": (
        "completelyOfflineCapable packageSize performDeviceInstallsPriorToReboot"
    ),
    "/assembly/package/parent": (
        # integrate: features on demand of Windows 11 have none
        "buildCompare disposition integrate revisionCompare serviceCompare"
    ),
    "/assembly/package/parent/assemblyIdentity": "buildType versionScope",
    "/assembly/package/update": "description displayName restart",
    # of manifests
    "/assembly/dependency": "buildFilter resourceType",
    "/assembly/dependency/dependentAssembly": "dependencyType",
    "/assembly/dependency/dependentAssembly/assemblyIdentity": (
        "buildType language versionScope"
    ),
    # policy templates of Windows 11 belong to categories without one
    "/assembly/memberships/categoryMembership/id": "typeName",
    # Microsoft's schema of the sources of manifests does not require them
    "/assembly/memberships/categoryMembership/categoryInstance/serviceData": (
        "errorControl imagePath"
    ),
    "/assembly/memberships/categoryMembership/categoryInstance/serviceGroup": (
        "position"
    ),
    # importPath: manifests of 6.0.6001 have no room for it on the INF
    "/assembly/file": "destinationPath importPath sourcePath",
    # Windows 10 and 11 have descriptors with other attributes
    "/assembly/file/signatureInfo/signatureDescriptor": "PETrust pageHash",
    # Windows 11 names some components by less
    "/assembly/migration/supportedComponents/supportedComponent"
    "/supportedComponentIdentity": "buildType publicKeyToken versionScope",
    "/assembly/registryKeys/registryKey": "owner",
    "/assembly/registryKeys/registryKey/registryValue": "operationHint owner",
    "/assembly/taskScheduler/Task/Actions": "Context",
    "/assembly/taskScheduler/Task/Principals/Principal": "id",
    "/assembly/trustInfo/security/accessControl/securityDescriptorDefinitions"
    "/securityDescriptorDefinition": "description",
}
"""Attributes that are not required; dropping them is no mutation."""

OPEN = (
    "/assembly/package/customInformation",  # other content on Windows 10 and 11
    "/assembly/configuration/configurationSchema/schema",  # an XML Schema
    "/assembly/migration/machineSpecific/migXml",  # rules in no namespace
    "/assembly/taskScheduler/Task/Triggers/BootTrigger",  # [MS-TSCH]
)
"""Content of namespaces that are not ours: what happens there is not seen."""

TOLERATED: dict[Key, str] = {
    (Damage.DOUBLE, "/assembly/memberships/categoryMembership", None): (
        "a component may join the same category twice, as another service"
    ),
    (Damage.DOUBLE, "/assembly/memberships", None): (
        "manifests of Windows 10 and 11 may have several"
    ),
    (Damage.DOUBLE, "/assembly/migration/machineSpecific", None): (
        "manifests of Windows 10 and 11 may have several"
    ),
    (Damage.DOUBLE, "/assembly/registryKeys/registryKey", None): (
        "a key may be named again with other values"
    ),
    (Damage.DOUBLE, "/assembly/taskScheduler/Task/Actions/ComHandler", None): (
        "a task may do the same twice"
    ),
    (Damage.MISSPELL_ELEMENT, "/assembly/rescache", None): (
        "the root is open for elements of other namespaces"
    ),
}
"""What the schemas let pass elsewhere, and why."""


def is_required(key: Key) -> bool:
    damage, path, attribute = key
    is_dropped = damage is Damage.DROP_ATTRIBUTE
    return not (is_dropped and attribute in OPTIONAL.get(path, "").split())


def test_damaged_documents_are_refused(documents: tuple[Genuine, ...]) -> None:
    tried: Counter[Key] = Counter()
    refused: Counter[Key] = Counter()
    for document in documents:
        root = parse_xml(document.data)
        here: set[Key] = set()

        def is_wanted(key: Key, here: set[Key] = here) -> bool:
            is_new = tried[key] < MOST and key not in here and is_required(key)
            here.add(key)
            return is_new

        for mutation in mutations(root, is_wanted):
            tried[mutation.key] += 1
            whole = validate(mutation.root, document.kind)
            value = value_of(mutation.root, document.kind)
            assert validate(mutation.root, document.kind, value=value) == whole
            refused[mutation.key] += bool(whole)
    passed = {key for key in tried if refused[key] < tried[key]}
    unexplained = {
        key for key in passed if key not in TOLERATED and not key[1].startswith(OPEN)
    }
    assert unexplained == set()
    assert set(TOLERATED) <= passed
    assert all(any(key[1].startswith(path) for key in passed) for path in OPEN)
    assert tried.total() > 1_200
    assert refused.total() / tried.total() >= 0.95


@pytest.mark.parametrize("damage", Damage)
def test_every_damage_is_refused_in_asm_v3(
    documents: tuple[Genuine, ...], damage: Damage
) -> None:
    """One document of each package, every element of asm.v3, every attribute."""
    seen: set[tuple[str, str]] = set()
    tried = 0
    for document in documents:
        if (document.package, document.kind) in seen:
            continue
        seen.add((document.package, document.kind))
        root = parse_xml(document.data)

        def is_wanted(key: Key) -> bool:
            return key[0] is damage and key not in TOLERATED and is_required(key)

        for mutation in mutations(root, is_wanted):
            if not mutation.path.startswith(OPEN):
                tried += 1
                assert validate(mutation.root, document.kind), mutation.key
    assert tried > 100
