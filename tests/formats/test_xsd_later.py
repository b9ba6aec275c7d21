"""The schemas over what manifests of Windows 10 and 11 hold."""

import pytest
from lxml import etree

from builder.formats.xml import parse_xml
from builder.formats.xsd import validate
from builder.model.subject import SchemaFault

IDENTITY = (
    'version="10.0.26100.1" processorArchitecture="amd64" language="neutral" '
    'buildType="release" publicKeyToken="31bf3856ad364e35"'
)
HASH = (
    '<v:hash xmlns:v="urn:schemas-microsoft-com:asm.v2" '
    'xmlns:d="http://www.w3.org/2000/09/xmldsig#"><d:Transforms><d:Transform '
    'Algorithm="urn:schemas-microsoft-com:HashTransforms.Identity"/></d:Transforms>'
    '<d:DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha256"/>'
    f"<d:DigestValue>{'A' * 43}=</d:DigestValue></v:hash>"
)


def manifest_with(inner: str) -> tuple[SchemaFault, ...]:
    text = (
        '<assembly xmlns="urn:schemas-microsoft-com:asm.v3" manifestVersion="1.0" '
        f'description="a"><assemblyIdentity name="a" {IDENTITY}/>{inner}</assembly>'
    )
    return validate(parse_xml(text.encode()), "manifest", length=len(text))


SERVICE = (
    '<memberships><categoryMembership><id name="a" version="1.0.0.0" '
    'publicKeyToken="365143bb27e7ac8b" typeName="Service" versionScope="nonSxS"/>'
    '<categoryInstance subcategory="a"><serviceData name="%s" displayName="a" '
    'errorControl="ignore" imagePath="a" start="demand" type="win32UserShareProcess" '
    'launchProtected="windows"><failureActions resetPeriod="1"><actions/>'
    '</failureActions><serviceTrigger action="start" subtype="a" type="b">'
    '<triggerData type="binary" value="00"/></serviceTrigger></serviceData>'
    "</categoryInstance></categoryMembership></memberships>"
)


def test_memberships_may_repeat_but_not_their_services() -> None:
    assert manifest_with(SERVICE % "a" + SERVICE % "b") == ()
    (fault,) = manifest_with(SERVICE % "a" + SERVICE % "a")
    assert fault.message.startswith("element 'serviceData': occurs twice (service: ")


LATER = [
    '<appxRegistration a="b"/>',
    "<bcdedit><x/></bcdedit>",
    '<counters xmlns:x="urn:x" x:y="z"><provider/></counters>',
    '<firewallRule Action="Allow" Name="a"/><firewallRule Action="Block" Name="b"/>',
    "<genericCommands><genericCommand arguments='a'/></genericCommands>",
    "<HTTPAI><AddUrl url='a'/></HTTPAI>",
    "<imaging><sysprepInformation/></imaging>",
    "<instrumentation><events><provider/></events><counters/></instrumentation>",
    (
        '<migration settingsVersion="1" scope="a"><migXml xmlns=""><x/></migXml>'
        "<machineSpecific><migXml/></machineSpecific><plugin/></migration>"
    ),
    '<mvid value="a"/>',
    "<networkComponents><protocolDriver/></networkComponents>",
    (
        '<registryKeys><registryKey keyName="HKEY_USERS\\a" perUserVirtualization="b">'
        '<registryValue name="a" valueType="REG_SZ" value="" mutable="true"/>'
        '<overridable name="a"/><securityDescriptor name="a"/><systemProtection/>'
        "</registryKey></registryKeys>"
    ),
    "<Transforms><TransformInvoke/></Transforms>",
    (
        "<trustInfo><security><requestedPrivileges><requestedExecutionLevel/>"
        "</requestedPrivileges></security></trustInfo>"
    ),
]
"""Content of public manifests of Windows 10 and 11, by its names."""


@pytest.mark.parametrize("section", LATER)
def test_sections_of_later_systems_are_known(section: str) -> None:
    assert manifest_with(section) == ()
    name = etree.QName(etree.fromstring(f"<a>{section}</a>")[0]).localname
    misspelt = section.replace(f"<{name}", f"<{name}s").replace(
        f"</{name}", f"</{name}s"
    )
    assert manifest_with(misspelt)


BESIDE = (
    '<link destination="a"/><link destination="b"/><gac/>'
    '<y:resfile xmlns:y="urn:schemas-microsoft-com:rescache.v1"/>'
    '<signatureInfo><signatureDescriptor PETrust="true" pageHash="true"/>'
    '<signatureDescriptor DRMLevel="1300"/></signatureInfo>'
)


def file_with(inner: str) -> tuple[SchemaFault, ...]:
    return manifest_with(
        f'<file name="a" sourceName="a" writeableType="b">{inner}{HASH}</file>'
    )


def test_files_of_later_systems_have_more_beside_their_hash() -> None:
    assert file_with(BESIDE) == ()
    assert file_with(BESIDE.replace("<gac/>", "<gacs/>"))


@pytest.mark.parametrize(
    "once",
    [
        '<securityDescriptor name="a"/>',
        '<signatureInfo><signatureDescriptor PETrust="true"/></signatureInfo>',
        "<infFile/>",
    ],
)
def test_what_a_file_has_once_does_not_occur_twice(once: str) -> None:
    assert file_with(once) == ()
    assert file_with(once * 2)


def test_the_same_signature_is_not_asked_for_twice() -> None:
    one = '<signatureDescriptor PETrust="true" pageHash="true"/>'
    assert file_with(f"<signatureInfo>{one}</signatureInfo>") == ()
    assert file_with(f"<signatureInfo>{one * 2}</signatureInfo>")


PARENT = f'<parent buildCompare="GE"><assemblyIdentity name="%s" {IDENTITY}/></parent>'
COMPONENT_OF = (
    f'<component><assemblyIdentity name="%s" {IDENTITY} versionScope="nonSxS"/>'
    "</component>"
)
STANDALONE = (
    '<parent integrate="standalone" set="a" disposition="detect">'
    f'<assemblyIdentity name="a" {IDENTITY}/></parent>'
)
APPLICABLE = (
    '<applicable disposition="staged"><updateComponent elevate="install">'
    f'<assemblyIdentity name="%s" {IDENTITY} versionScope="nonSxS"/>'
    "</updateComponent></applicable>"
)
LATER_PACKAGES = [
    (
        '<m:customInformation xmlns:m="urn:schemas-microsoft-com:asm.v3" '
        'PackageFormat="PSFX"><m:OptionalFeatures/></m:customInformation>'
        f'<localizedStrings><string language="de-DE"/></localizedStrings>{PARENT % "a"}'
        f"{PARENT % 'b'}<declareCapability><capability/></declareCapability>"
    ),
    STANDALONE,
    (
        '<update name="a"><selectable disposition="staged"><detectNone default="true"/>'
        "</selectable></update>"
    ),
    (
        '<update name="a"><applicable disposition="detect"><detectUpdate>'
        '<update name="b"/></detectUpdate></applicable><selectable/>'
        f"{COMPONENT_OF % 'a'}</update>"
    ),
    f'<update name="a">{COMPONENT_OF % "a"}{COMPONENT_OF % "b"}</update>',
    (
        '<update name="a"><applicable disposition="detect"><detectUpdate>'
        '<update name="b"/></detectUpdate></applicable><applicable disposition='
        '"detect"><detectUpdate><update name="c"/></detectUpdate></applicable>'
        '<capability><capabilityIdentity name="a" version="1.0"/></capability>'
        "</update>"
    ),
]


def package_with(
    inner: str, attributes: str = 'targetPartition="mainos"'
) -> tuple[SchemaFault, ...]:
    text = (
        '<assembly xmlns="urn:schemas-microsoft-com:asm.v3" manifestVersion="1.0">'
        f'<assemblyIdentity name="a" {IDENTITY}/><package identifier="a" '
        f'releaseType="OnDemand Pack" {attributes}>{inner}</package>'
        "</assembly>"
    )
    return validate(parse_xml(text.encode()), "mum")


@pytest.mark.parametrize("inner", LATER_PACKAGES)
def test_packages_of_later_systems_follow_the_schema(inner: str) -> None:
    assert package_with(inner) == ()


@pytest.mark.parametrize(
    "inner",
    [
        PARENT % "a" * 2,
        f'<update name="a">{COMPONENT_OF % "a" * 2}</update>',
        '<update name="a"/>',
        '<update name="a"><selectable/><selectable/></update>',
        '<update name="a"><selectable disposition="staged"/><strange/></update>',
        '<update name="a"><capabilities/></update>',
        f'<update name="a">{APPLICABLE % "a" * 2}{COMPONENT_OF % "a"}</update>',
        "<declareCapability/><declareCapability/>",
        f"<declareCapability/>{PARENT % 'a'}",
    ],
)
def test_wrong_packages_of_later_systems_are_refused(inner: str) -> None:
    assert package_with(inner)


def test_a_servicing_stack_updates_itself_and_stays() -> None:
    attributes = 'restart="possible" selfUpdate="true" permanence="permanent"'
    assert package_with("", attributes) == ()
    assert package_with("", attributes.replace("true", "perhaps"))
    assert package_with("", attributes.replace("selfUpdate", "selfUpdates"))


def test_a_service_pack_says_what_it_costs() -> None:
    extended = (
        '<m:packageExtended xmlns:m="urn:schemas-microsoft-com:asm.v3" '
        'allowedOffline="false" projectionPeakDisk="359" langProjectionPeakDisk="512" '
        'sqmBuildNumber="7601" sqmAttemptAppid="101457923" sqmResultAppid="101457924" '
        'sqmPoqexecAppid="101457925"/>'
    )
    assert package_with(extended) == ()
    assert package_with(extended.replace("359", "much"))
    assert package_with(extended.replace("allowedOffline", "allowedOnline"))


GROUP = (
    '<memberships><categoryMembership><id name="a" version="1.0.0.0" '
    'publicKeyToken="365143bb27e7ac8b" typeName="SvcHost"/><categoryInstance '
    'subcategory="a"><serviceGroup position="last" serviceName="b"/>'
    "</categoryInstance></categoryMembership></memberships>"
)
DIRECTORY = '<directories><directory destinationPath="a" owner="true"/></directories>'


@pytest.mark.parametrize(
    ("section", "old", "new"),
    [
        (GROUP, '"last"', '"any"'),
        (GROUP, "<serviceGroup", '<serviceGroup buildFilter=""'),
        (SERVICE % "a", '"win32UserShareProcess"', '"win32OwnProcess,interactive"'),
        (SERVICE % "a", '"win32UserShareProcess"', '"recognizerDriver"'),
        (SERVICE % "a", "<serviceData", '<serviceData requiredCapabilities="a"'),
        (DIRECTORY, '"true"', '"yes"'),
        (DIRECTORY, "<directory ", '<directory buildFilter="a" '),
        (DIRECTORY, "<directories", '<directories buildFilter="a"'),
        (
            (
                '<dependency discoverable="no" resourceType="Resources">'
                f'<dependentAssembly><assemblyIdentity name="b" {IDENTITY}/>'
                "</dependentAssembly></dependency>"
            ),
            '"Resources"',
            '"resources"',
        ),
        (
            '<migration settingsVersion="0"><migXml xmlns=""/></migration>',
            '<migXml xmlns=""/>',
            "<migxml/>",
        ),
        (
            '<mof name="a"/>',
            'name="a"',
            'name="a" buildFilter="b" compileNativeOnly="true"',
        ),
    ],
)
def test_what_is_written_in_several_ways_is_known_in_each(
    section: str, old: str, new: str
) -> None:
    assert section.count(old) == 1
    assert manifest_with(section) == ()
    assert manifest_with(section.replace(old, new)) == ()


@pytest.mark.parametrize(
    ("section", "old", "new"),
    [
        (GROUP, '"last"', '"lasts"'),
        (SERVICE % "a", '"win32UserShareProcess"', '"win32UserShareProcesss"'),
        (SERVICE % "a", '"win32UserShareProcess"', '"process"'),
        (DIRECTORY, '"true"', '"trues"'),
        (DIRECTORY, "<directory ", '<directory buildFilters="a" '),
    ],
)
def test_what_is_misspelt_is_refused(section: str, old: str, new: str) -> None:
    assert section.count(old) == 1
    assert manifest_with(section.replace(old, new))


def test_a_file_may_have_its_digest_in_an_attribute_as_well() -> None:
    text = f'<file name="a" sourceName="a" hash="00ff" hashalg="SHA1">{HASH}</file>'
    assert manifest_with(text) == ()
    assert manifest_with(text.replace('"00ff"', '"00fg"'))


@pytest.mark.parametrize(
    "section",
    [
        "<registryKeys/>",
        (
            '<migration settingsVersion="0"><supportedComponents><supportedComponent>'
            '<assemblyIdentity name="_" version="1.0.0.0"/>'
            '<supportedComponentIdentity language="neutral" name="a" '
            'processorArchitecture="*" settingsVersionRange="0"/>'
            "</supportedComponent></supportedComponents></migration>"
        ),
        (SERVICE % "CNG").replace(' displayName="a"', ""),
        (SERVICE % "a").replace(' typeName="Service"', ""),
        (SERVICE % "a").replace(' errorControl="ignore" imagePath="a"', ""),
        GROUP.replace(' position="last"', ""),
        "<directories/>",
        "<instrumentation/>",
        "<localization/>",
        "<memberships/>",
        "<unattendActions/>",
    ],
)
def test_what_later_systems_leave_out_may_be_left_out(section: str) -> None:
    assert manifest_with(section) == ()


def test_a_file_may_have_its_own_name_as_its_source() -> None:
    text = f'<file name="a" sourceName="">{HASH}</file>'
    assert manifest_with(text) == ()
    assert manifest_with(text.replace(' sourceName=""', ""))


def test_the_scope_of_a_language_pack_has_a_capital() -> None:
    dependency = DEPENDENCY % ""
    assert manifest_with(dependency.replace("nonSxS", "NonSxS")) == ()
    assert manifest_with(dependency.replace("nonSxS", "nonsxs"))


DEPENDENCY = (
    '<dependency discoverable="no"><dependentAssembly dependencyType="install">'
    f'<assemblyIdentity name="b" {IDENTITY} versionScope="nonSxS"/>%s'
    "</dependentAssembly></dependency>"
)
REDIRECT = '<bindingRedirect oldVersion="6.0.0.0-6.0.1.1" newVersion="6.0.1.2"/>'


def test_a_policy_redirects_any_number_of_versions() -> None:
    assert manifest_with(DEPENDENCY % "") == ()
    assert manifest_with(DEPENDENCY % (REDIRECT * 2)) == ()
    assert manifest_with(DEPENDENCY % REDIRECT.replace("oldVersion", "oldVersions"))
    assert manifest_with(REDIRECT)


@pytest.mark.parametrize("first", ["noInherit", "noInheritable"])
def test_an_assembly_for_programs_says_first_that_it_is_not_inherited(
    first: str,
) -> None:
    text = (
        '<assembly xmlns="urn:schemas-microsoft-com:asm.v3" manifestVersion="1.0">'
        f'<{first}/><assemblyIdentity name="a" {IDENTITY} type="win32"/>'
        '<file name="a.dll" sourceName="a.dll"><windowClass>A</windowClass>'
        f'<comClass clsid="{{1}}"><progid>a</progid></comClass>{HASH}</file>'
        '<comInterfaceExternalProxyStub name="I" iid="{1}"/></assembly>'
    )
    assert validate(parse_xml(text.encode()), "manifest") == ()
    late = text.replace(f"<{first}/>", "").replace("<file", f"<{first}/><file")
    assert validate(parse_xml(late.encode()), "manifest")
