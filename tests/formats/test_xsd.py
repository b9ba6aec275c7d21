from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from mutations import mutations, value_of

from builder.formats import xsd
from builder.formats.manifest import MANIFEST, serialize_manifest
from builder.formats.mum import serialize_mum
from builder.formats.xml import parse_xml
from builder.formats.xsd import FAULTS, SHIPPED, SchemaKind, validate
from builder.formats.xsd_doubles import may_have_doubles
from builder.model.identity import AssemblyIdentity
from builder.model.package import (
    Applicable,
    Component,
    Dependency,
    Directory,
    Membership,
    Package,
    PackagedFile,
    Parent,
    Reference,
    RegistryKey,
    RegistryValue,
    Service,
    StringTable,
    Update,
)
from builder.model.subject import SchemaFault

SCHEMAS = Path(__file__).parents[2] / "schemas"
SHA256 = "http://www.w3.org/2000/09/xmldsig#sha256"
OWN = AssemblyIdentity(
    name="Package_for_KB967724",
    version="6.0.1.0",
    architecture="x86",
    language="neutral",
    public_key_token="31bf3856ad364e35",
)
DRIVER = replace(
    OWN,
    name="mpio.inf",
    type="driverUpdate",
    build_type="release",
    version_scope="nonSxS",
)
PACKAGE = Package(
    identity=OWN,
    identifier="KB967724",
    release_type="Hotfix",
    restart="required",
    created="2009-02-12T18:31:00Z",
    parents=(Parent(identities=(OWN,)),),
    updates=(
        Update(
            name="1",
            references=(
                Reference(
                    kind="driver", identity=DRIVER, inf="mpio.inf", ranking="normal"
                ),
            ),
            applicable=(
                Applicable(
                    identities=(DRIVER,), target="updateDriver", elevate="install"
                ),
            ),
        ),
    ),
)
FILE = PackagedFile(
    name="mpio.inf",
    source_name="mpio.inf",
    digest=bytes(32),
    digest_method=SHA256,
    is_inf=True,
)
COMPONENT = Component(
    identity=replace(DRIVER, build_type=None),
    files=(FILE,),
    dependencies=(
        Dependency(identity=OWN, discoverable="no", dependency_type="install"),
    ),
    is_deployment=True,
)


def faults_of_package(package: Package) -> tuple[SchemaFault, ...]:
    return validate(parse_xml(serialize_mum(package)), "mum")


def faults_of_component(component: Component) -> tuple[SchemaFault, ...]:
    return validate(parse_xml(serialize_manifest(component, MANIFEST)), "manifest")


def test_what_we_write_follows_the_schemas() -> None:
    assert faults_of_package(PACKAGE) == ()
    assert faults_of_component(COMPONENT) == ()


def test_a_fault_names_line_path_and_what_is_expected() -> None:
    assert faults_of_package(replace(PACKAGE, restart="maybe")) == (
        SchemaFault(
            line=4,
            path="/assembly/package",
            message=(
                "attribute 'restart' of 'package': the value 'maybe' is not an "
                "element of the set {'possible', 'required'}"
            ),
        ),
    )


def test_a_missing_element_names_those_that_may_come() -> None:
    (fault,) = faults_of_package(
        replace(PACKAGE, updates=(Update(name="1", references=()),))
    )
    assert fault.path == "/assembly/package/update"
    assert fault.message == (
        "element 'update': missing child element(s); expected is one of "
        "(customInformation, applicable, selectable, package, component, driver, "
        "capability)"
    )


def test_a_double_is_told_in_words() -> None:
    (fault,) = faults_of_component(replace(COMPONENT, files=(FILE, FILE)))
    assert fault.path == "/assembly/file[2]"
    assert fault.message.startswith("element 'file': occurs twice (file: ")


def test_a_wrong_value_that_a_constraint_looks_at_is_told_once() -> None:
    text = (
        b'<assembly xmlns="urn:schemas-microsoft-com:asm.v3" manifestVersion="1.0">'
        b'<assemblyIdentity name="a" version="6.0.6002.1" language="neutral"'
        b' processorArchitecture="x86" publicKeyToken="31bf3856ad364e35"'
        b' buildType="release" versionScope="nonSxS"/>'
        b'<dependency discoverable="FALSE"><dependentAssembly>'
        b'<assemblyIdentity name="b" version="6.0 .6002.1" language="neutral"'
        b' processorArchitecture="x86" publicKeyToken="31bf3856ad364e35"/>'
        b"</dependentAssembly></dependency></assembly>"
    )
    messages = [fault.message for fault in validate(parse_xml(text), "manifest")]
    assert [message.partition(":")[0] for message in messages] == [
        "attribute 'discoverable' of 'dependency'",
        "attribute 'version' of 'assemblyIdentity'",
    ]


def test_the_same_file_may_lie_in_two_places() -> None:
    placed = [replace(FILE, destination_path=path) for path in ("a\\", "b\\")]
    assert faults_of_component(replace(COMPONENT, files=tuple(placed))) == ()
    doubled = (*placed, placed[0])
    assert len(faults_of_component(replace(COMPONENT, files=doubled))) == 1


def test_defaults_of_the_schema_do_not_enter_the_document() -> None:
    root = parse_xml(serialize_manifest(COMPONENT, MANIFEST))
    before = etree.tostring(root)
    assert validate(root, "manifest") == ()
    assert etree.tostring(root) == before


def test_what_the_library_cannot_compare_is_a_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> tuple[SchemaFault, ...]:
        raise etree.XMLSchemaValidateError("internal error")

    monkeypatch.setattr(xsd, "_found", fail)
    (fault,) = faults_of_package(PACKAGE)
    assert fault.path == "/assembly"
    assert fault.message == ("could not be compared with the schema: internal error")


def test_a_schema_that_is_not_shipped_is_not_looked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere.xsd"
    elsewhere.write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
        '<xs:element name="a"/></xs:schema>'
    )
    source = (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
        f'<xs:include schemaLocation="{elsewhere.as_uri()}"/></xs:schema>'
    )
    assert etree.XMLSchema(etree.fromstring(source)).validate(etree.fromstring("<a/>"))
    monkeypatch.setattr(xsd, "_source", lambda _: source.encode())
    with pytest.raises(etree.XMLSchemaParseError):
        xsd._schema.__wrapped__("mum")  # noqa: SLF001 - past the cache


def changed(text: bytes, old: str, new: str) -> bytes:
    assert old.encode() in text
    return text.replace(old.encode(), new.encode(), 1)


WRONG_IN_MUM = [
    ('manifestVersion="1.0"', 'manifestVersion="1.1"'),
    ('version="6.0.1.0"', 'version="6.0.1"'),
    ('version="6.0.1.0"', 'version="6.0.1.65536"'),
    ('version="6.0.1.0"', 'version="06.0.1.0"'),
    ('processorArchitecture="x86"', 'processorArchitecture="x64"'),
    ('language="neutral"', 'language="*"'),
    ('publicKeyToken="31bf3856ad364e35"', 'publicKeyToken="31bf"'),
    ('releaseType="Hotfix"', 'releaseType="Hotfixes"'),
    ('releaseType="Hotfix" ', ""),
    ('identifier="KB967724"', 'identifier=""'),
    ('integrate="separate"', 'integrate="apart"'),
    ('disposition="detect"', 'disposition="detected"'),
    ('disposition="detect"', 'disposition="detect" buildCompare="LT"'),
    ('disposition="detect"', 'disposition="detect" serviceCompare="=="'),
    ('elevate="install"', 'elevate="installs"'),
    ('ranking="normal"', 'ranking="low"'),
    ('inf="mpio.inf" ', ""),
    ('creationTimeStamp="2009-02-12T18:31:00Z"', 'creationTimeStamp="2009-02-30"'),
    ('type="driverUpdate" ', ""),
    ('type="driverUpdate"', 'type="driver"'),
    ("<applicable ", '<applicable xmlns="urn:other" '),
    ("<update ", "<updates /><update "),
    ("<package ", "<package strange='' "),
]


@pytest.mark.parametrize(("old", "new"), WRONG_IN_MUM)
def test_a_wrong_mum_is_refused(old: str, new: str) -> None:
    text = changed(serialize_mum(PACKAGE), old, new)
    assert validate(parse_xml(text), "mum")


WRONG_IN_MANIFEST = [
    ('discoverable="no"', 'discoverable="maybe"'),
    ('dependencyType="install"', 'dependencyType="require"'),
    (' sourceName="mpio.inf"', ""),
    ("xmldsig#sha256", "xmldsig#md5"),
    ("HashTransforms.Identity", "HashTransforms.Other"),
    ("AAAA", ""),
    ("AAAA", "A\u00e4AA"),
    ("<infFile ", "<infFiles "),
    ("<infFile ", '<infFile xmlns="urn:other" /><infFile '),
    ("<deployment ", "<deployment /><deployment "),
    ("<deployment ", "<deployments /><deployment "),
]


@pytest.mark.parametrize(("old", "new"), WRONG_IN_MANIFEST)
def test_a_wrong_manifest_is_refused(old: str, new: str) -> None:
    text = changed(serialize_manifest(COMPONENT, MANIFEST), old, new)
    assert validate(parse_xml(text), "manifest")


SECTIONS = [
    (
        '<configuration><configurationSchema><x:schema xmlns:x="http://www.w3.org/'
        '2001/XMLSchema" targetNamespace="a"/></configurationSchema></configuration>'
    ),
    "<deployment/>",
    "<feature/>",
    '<instrumentation><e:events xmlns:e="urn:e"/></instrumentation>',
    (
        '<localization><resources culture="en-US"><stringTable>'
        '<string id="a" value=""/></stringTable></resources></localization>'
    ),
    '<migration settingsVersion="0"/>',
    '<registryKeys><registryKey keyName="HKEY_LOCAL_MACHINE\\a"/></registryKeys>',
    (
        "<trustInfo><security><accessControl><securityDescriptorDefinitions>"
        '<securityDescriptorDefinition name="a" sddl="b" operationHint="replace"/>'
        "</securityDescriptorDefinitions></accessControl></security></trustInfo>"
    ),
    (
        '<unattendActions><unattendAction executableName="a" passes="b"/>'
        "</unattendActions>"
    ),
    '<rescache xmlns="urn:schemas-microsoft-com:rescache.v1"/>',
]


def manifest_with(inner: str) -> tuple[SchemaFault, ...]:
    text = changed(
        serialize_manifest(replace(COMPONENT, is_deployment=False), MANIFEST),
        "</assembly>",
        f"{inner}</assembly>",
    )
    return validate(parse_xml(text), "manifest")


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_comes_once(section: str) -> None:
    assert manifest_with(section) == ()
    assert [f.message.partition(" (")[0] for f in manifest_with(section * 2)] == [
        f"element '{etree.QName(etree.fromstring(section)).localname}': occurs twice"
    ]


def test_what_a_section_holds_may_not_occur_twice() -> None:
    section = '<directories><directory destinationPath="a" owner="true"/></directories>'
    assert manifest_with(section) == ()
    assert manifest_with(section + section.replace('"a"', '"b"')) == ()
    (fault,) = manifest_with(section * 2)
    assert fault.message.startswith("element 'directory': occurs twice (directory: ")


def test_sections_come_in_any_order() -> None:
    assert manifest_with("".join(SECTIONS)) == ()
    assert manifest_with("".join(reversed(SECTIONS))) == ()


def test_a_foreign_namespace_is_open_at_the_root_only() -> None:
    foreign = '<x:y xmlns:x="urn:foreign"><x:z a="1">b</x:z></x:y>'
    assert manifest_with(foreign) == ()
    assert manifest_with(f"<feature>{foreign}</feature>")


def many(count: int, *, wrong: range) -> bytes:
    """Make a package with many updates, some without what they bring."""
    package = serialize_mum(PACKAGE)
    start = package.index(b"    <update ")
    end = package.index(b"  </package>")
    one = package[start:end]
    updates = (
        b'    <update name="u%d"/>\r\n' % at
        if at in wrong
        else one.replace(b'update name="1"', b'update name="u%d"' % at)
        for at in range(count)
    )
    return package[:start] + b"".join(updates) + package[end:]


def test_a_large_document_is_judged_as_a_small_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = parse_xml(many(900, wrong=range(100, 900, 99)))
    in_pieces = validate(root, "mum")
    monkeypatch.setattr(xsd, "_AT_ONCE", 10**9)
    at_once = validate(root, "mum")
    assert len(at_once) == 9
    assert in_pieces == at_once
    assert at_once[1].path == "/assembly/package/update[200]"


def test_a_large_document_may_be_right() -> None:
    assert validate(parse_xml(many(2_000, wrong=range(0))), "mum") == ()


def test_comments_and_instructions_do_not_shift_the_place() -> None:
    text = many(900, wrong=range(899, 900)).replace(
        b"<package ", b"<!-- <a> > --><?p <b> > ?>\r\n<package ", 1
    )
    (fault,) = validate(parse_xml(text), "mum")
    assert fault.path == "/assembly/package/update[900]"
    assert text.split(b"\r\n")[fault.line - 1].strip() == b'<update name="u899"/>'


@pytest.mark.parametrize("count", [200, 50_000])
def test_faults_are_counted_up_to_a_bound(count: int) -> None:
    faults = validate(parse_xml(many(count, wrong=range(count))), "mum")
    assert len(faults) == FAULTS + 1
    assert faults[-1].message == "and more from here on"


@pytest.mark.parametrize("kind", ["mum", "manifest"])
@pytest.mark.parametrize(
    "attribute",
    [
        'xsi:type="foo"',
        'xsi:type="xs:string"',
        'xsi:nil="true"',
        'xsi:schemaLocation="urn:schemas-microsoft-com:asm.v3 file:///etc/hostname"',
        'once="deployment"',
    ],
)
def test_attributes_about_schemas_change_nothing(
    kind: SchemaKind, attribute: str
) -> None:
    text = (
        '<assembly xmlns="urn:schemas-microsoft-com:asm.v3" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f"{attribute}><deployment {attribute}/></assembly>"
    )
    assert validate(parse_xml(text.encode()), kind)


@pytest.mark.parametrize("kind", ["mum", "manifest"])
def test_another_root_is_refused(kind: SchemaKind) -> None:
    for text in (
        b"<assembly/>",
        b"<package xmlns='urn:schemas-microsoft-com:asm.v3'/>",
    ):
        (fault,) = validate(parse_xml(text), kind)
        assert fault.path in ("/assembly", "/package")


def test_a_long_value_does_not_make_a_long_sentence() -> None:
    (fault,) = faults_of_package(replace(PACKAGE, restart="x" * 100_000))
    assert len(fault.message) == 400


def test_every_schema_says_that_it_is_observed_and_is_shipped() -> None:
    found = sorted(path.name for path in SCHEMAS.glob("*.xsd"))
    assert found == sorted(SHIPPED)
    for name in found:
        words = " ".join((SCHEMAS / name).read_text("utf-8").split())
        assert "Written from observation" in words, name
        assert "this is not a Microsoft schema" in words, name


ID: dict[str, str] = {
    "name": "Microsoft.Windows.Categories.Services",
    "version": "6.0.0.0",
    "public_key_token": "31bf3856ad364e35",
    "type_name": "Service",
}
SERVICE = Service(
    name="a", display_name="A", image_path="a.exe", start="auto", type="win32OwnProcess"
)
VALUE = RegistryValue(name="a", type="REG_SZ", value="1")


def full() -> Component:
    """Make a component with two of everything that must not occur twice."""
    return replace(
        COMPONENT,
        files=(FILE, replace(FILE, name="b.sys", is_inf=False)),
        dependencies=tuple(
            Dependency(
                identity=replace(OWN, name=name),
                discoverable="no",
                dependency_type="install",
            )
            for name in ("a", "b")
        ),
        directories=(Directory(path="a"), Directory(path="b")),
        memberships=(
            Membership(instances=(SERVICE, replace(SERVICE, name="b")), **ID),
        ),
        registry_keys=(
            RegistryKey(name="HKEY_A", values=(VALUE, replace(VALUE, name="b"))),
            RegistryKey(name="HKEY_B", values=(VALUE,)),
        ),
        string_tables=(
            StringTable(culture="de-DE", strings=(("a", "1"), ("b", "2"))),
            StringTable(culture="en-US", strings=(("c", "1"),)),
        ),
    )


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("manifest", serialize_manifest(full(), MANIFEST)),
        ("manifest", serialize_manifest(COMPONENT, MANIFEST)),
        ("mum", serialize_mum(PACKAGE)),
        ("mum", many(2, wrong=range(0))),
    ],
)
def test_the_short_way_to_a_right_document_lets_no_other_pass(
    kind: SchemaKind, text: bytes
) -> None:
    root = parse_xml(text)
    tried = refused = 0
    value = value_of(root, kind)
    assert not may_have_doubles(root, value)
    assert validate(root, kind, value=value) == ()
    for mutation in mutations(root, lambda _: True):
        value = value_of(mutation.root, kind)
        whole = validate(mutation.root, kind)
        assert validate(mutation.root, kind, value=value) == whole, mutation.key
        tried, refused = tried + 1, refused + bool(whole)
    assert tried > refused > 80


def test_a_short_document_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xsd, "_size", None)
    text = serialize_mum(PACKAGE)
    assert validate(parse_xml(text), "mum", length=len(text)) == ()
    with pytest.raises(TypeError):
        validate(parse_xml(text), "mum", length=10**6)
