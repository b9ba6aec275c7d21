"""Packages laid out as published ones are: they bring up no error and no warning.

Names and attributes are those of published packages and documents; the files
are made here, and so are the catalogs.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest
from made_packages import AT, Memory, complaints
from published_layouts import (
    Layout,
    brings,
    cabinet_with,
    component,
    package,
    resources,
    side_by_side,
    under,
)

from builder.formats.msu import (
    Servicing,
    Unattend,
    serialize_properties,
    serialize_unattend,
)
from builder.keys import KeySigner, development_signer
from builder.model.finding import PackageReport
from builder.model.identity import AssemblyIdentity
from builder.model.limits import DEFAULT_LIMITS
from builder.model.trust import Trust
from builder.steps.judge import judge
from builder.steps.unpack import unpack

DETECTED = 'buildCompare="GE" disposition="detect" integrate="separate"'
CLIENT = package("Microsoft-Windows-Client-Features-Package")
CONTROLS = "Microsoft.Windows.Common-Controls"


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> KeySigner:
    return development_signer(tmp_path_factory.mktemp("layouts") / "signer")


def on_demand() -> Layout:
    """A feature on demand: every architecture, resources, a side-by-side assembly."""
    layout = Layout()
    feature = component("Microsoft-Windows-WordPad")
    beside = component("Microsoft-Windows-WordPad", architecture="wow64")
    managed = component("Microsoft.WordPad.Managed", architecture="msil")
    german = component("Microsoft-Windows-WordPad.Resources", language="de-DE")
    deployment = component("Microsoft-Windows-WordPad-FoD-Deployment")
    layout.add_package(
        package("Microsoft-Windows-WordPad-FoD-Package"),
        under(CLIENT, DETECTED) + "<declareCapability><capability><capabilityIdentity "
        "name='Microsoft.Windows.WordPad' version='1.0'/></capability>"
        "</declareCapability>" + brings(deployment),
        identifier="KB777778",
        release_type="OnDemand Pack",
        file="update.mum",
    )
    layout.add_deployment(
        deployment, feature, beside, managed, german, side_by_side(CONTROLS, "neutral")
    )
    layout.add_component(feature, "wordpad.txt", more=resources(feature))
    layout.add_component(beside, "wordpad.txt", more=resources(beside))
    layout.add_component(managed, "managed.txt")
    layout.add_component(german, "wordpad.txt.mui")
    layout.add_side_by_side(side_by_side(CONTROLS), "comctl32.txt")
    return layout


def on_demand_for_wow64() -> Layout:
    layout = Layout()
    deployment = component("Microsoft-Windows-WordPad-FoD", architecture="wow64")
    twin = component("Microsoft-Windows-WordPad", architecture="x86")
    layout.add_package(
        package("Microsoft-Windows-WordPad-FoD-Package", architecture="wow64"),
        under(CLIENT, DETECTED) + brings(deployment),
        identifier="KB777778",
        release_type="OnDemand Pack",
        file="update.mum",
    )
    layout.add_deployment(deployment, twin)
    layout.add_component(twin, "wordpad.txt")
    return layout


def capability_alone() -> Layout:
    layout = Layout()
    layout.add_package(
        package("Microsoft-Windows-LanguageFeatures-Fonts-Jpan-Package"),
        "<declareCapability><capability><capabilityIdentity name='Language.Fonts.Jpan' "
        "version='1.0' language='und-Jpan'/></capability></declareCapability>",
        identifier="KB777778",
        release_type="OnDemand Pack",
        file="update.mum",
    )
    return layout


def language_pack() -> Layout:
    """Of a preinstallation environment: packages inside, and some elsewhere."""
    layout = Layout()
    root = package("Microsoft-Windows-WinPE-LanguagePack-Package", language="pt-BR")
    inner = package("Microsoft-Windows-WinPE-SKU-Foundation-Package", language="pt-BR")
    outside = package("Microsoft-Windows-Elsewhere-Package", language="pt-BR")
    deployment = component("Microsoft-Windows-WinPE-LanguagePack", language="pt-BR")
    words = component("Microsoft-Windows-WinPE.Resources", language="pt-BR")
    everything = " ".join(
        f'{part}Compare="EQ"'
        for part in ("build", "distribution", "revision", "service")
    )
    environment = package("Microsoft-Windows-WinPE-Package", version="10.0.19041.5486")
    layout.add_package(
        root,
        under(environment, f'{everything} disposition="detect" integrate="separate"')
        + brings(inner, "true")
        + brings(outside, "false"),
        identifier="WinPE Language Pack",
        release_type="Language Pack",
        file="update.mum",
    )
    layout.add_package(
        inner,
        brings(deployment),
        identifier="WinPE-SKU-Foundation pt-BR",
        release_type="Language Pack",
    )
    layout.add_deployment(deployment, words)
    layout.add_component(words, "winpe.txt.mui")
    return layout


def feature_pack() -> Layout:
    """Features to turn on, one of which lies elsewhere."""
    layout = Layout()
    deployment = component("Microsoft-Hyper-V-Deployment")
    layout.add_package(
        package("Microsoft-Hyper-V-ClientEdition-Package"),
        under(package("Microsoft-Windows-Foundation-Package"), 'integrate="delegate"')
        + '<update name="Microsoft-Hyper-V-All" displayName="a" description="b">'
        '<selectable disposition="staged"><detectNone default="false" /></selectable>'
        '</update><update name="Microsoft-Hyper-V"><applicable disposition="detect">'
        '<detectUpdate><update name="Microsoft-Hyper-V-All" /></detectUpdate>'
        '</applicable><selectable disposition="staged"><detectNone default="true" />'
        "</selectable></update>"
        + brings(package("Microsoft-Hyper-V-Services-Package"), "false")
        + brings(deployment),
        identifier="Microsoft-Hyper-V-ClientEdition",
        release_type="Feature Pack",
        attributes='restart="required"',
        file="update.mum",
    )
    layout.add_deployment(deployment)
    return layout


STACK = (
    '<installerAssembly name="Microsoft-Windows-ServicingStack" version="{}" '
    'language="neutral" processorArchitecture="amd64" versionScope="nonSxS" '
    'publicKeyToken="31bf3856ad364e35" />'
)


def cumulative_update() -> Layout:
    """Parts that are of the type Update, deltas in place of files."""
    layout = Layout()
    version = "19041.1237.1.3"
    parts = [package(f"Package_{n}_for_KB5005565", version=version) for n in (1, 2)]
    layout.add_package(
        package("Package_for_RollupFix", version=version),
        '<m:customInformation xmlns:m="urn:schemas-microsoft-com:asm.v3" '
        'PackageFormat="PSFX" PSFXVersion="2" PSFXDeltaFormat="ForwardOnly" />'
        + under(
            package("Microsoft-Windows-CoreEdition"),
            'revisionCompare="GE" integrate="standalone" disposition="detect"',
        )
        + STACK.format("10.0.17763.2090")
        + "".join(map(brings, parts)),
        identifier="KB5005565",
        release_type="Security Update",
        attributes='restart="possible"',
        file="update.mum",
    )
    for number, part in enumerate(parts):
        deployment = component(f"Part-{number}-Deployment")
        layout.add_package(
            part, brings(deployment), identifier="KB5005565", release_type="Update"
        )
        changed = component(f"Microsoft-Windows-Part-{number}")
        layout.add_deployment(deployment, changed)
        layout.add_component(changed, "part.txt", deltas="fr")
    return layout


def servicing_stack() -> Layout:
    layout = Layout()
    deployment = component("Microsoft-Windows-ServicingStack-Deployment")
    stack = component("Microsoft-Windows-ServicingStack")
    layout.add_package(
        package("Package_for_ServicingStack_1220", version="19041.1220.1.0"),
        under(package("Microsoft-Windows-CoreEdition"), DETECTED)
        + STACK.format("6.0.0.0")
        + brings(deployment),
        identifier="KB5005260",
        release_type="Security Update",
        attributes='restart="possible" selfUpdate="true" permanence="permanent"',
        file="update.mum",
    )
    layout.add_deployment(deployment, stack)
    layout.add_component(stack, "cbscore.txt")
    return layout


LAYOUTS = (
    on_demand,
    on_demand_for_wow64,
    capability_alone,
    language_pack,
    feature_pack,
    cumulative_update,
    servicing_stack,
)


def judged(
    layout: Layout | bytes, signer: KeySigner, name: str = "a.cab"
) -> PackageReport:
    trust = Trust(anchors=(signer.certificates[-1],), crls=(), at=AT)
    data = layout if isinstance(layout, bytes) else layout.pack(signer)
    containers = unpack(name, data, limits=DEFAULT_LIMITS, spool=Memory)
    return judge(name, containers, spec=None, trust=trust)


@pytest.mark.parametrize("make", LAYOUTS)
def test_published_layouts_are_right(
    make: Callable[[], Layout], signer: KeySigner
) -> None:
    report = judged(make(), signer)
    assert complaints(report) == []
    assert len(report.findings) <= 2  # HF413 and HF507, which are true


def update(number: int, name: str) -> tuple[AssemblyIdentity, Layout]:
    layout = Layout()
    own = package(name, version="6.1.1.0")
    deployment = component(f"Deployment-of-{number}")
    layout.add_package(
        own,
        under(package("Microsoft-Windows-Foundation-Package"), DETECTED)
        + brings(deployment),
        identifier=f"KB{number}",
        release_type="Update",
        file="update.mum",
    )
    layout.add_deployment(deployment)
    return own, layout


MANY = (
    (2872035, "Windows6.1-KB2872035-x64.cab", "Package_for_KB2872035"),
    (2872047, "Windows6.1-KB2872047-x64.cab", "Package_for_KB2872047"),
    (3191566, "Windows6.1-KB3191566-x64.cab", "Package_for_KB3191566"),
)
EXPLORER = "Microsoft-Windows-InternetExplorer-Package-TopLevel"
TOOLS = "Microsoft-Windows-RemoteServerAdministrationTools-Client-Package-TopLevel"
OUTER = {
    "Win7AndW2K8R2-KB3191566-x64": (3191566, MANY),
    "IE11-Windows6.1-KB2841134-x64": (
        2841134,
        ((2841134, "IE11-Windows6.1-KB2841134-x64.cab", EXPLORER),),
    ),
    "Windows6.1-KB958830-x64-RefreshPkg": (
        958830,
        ((958830, "Windows6.1-KB958830-x64.cab", TOOLS),),
    ),
    "windows10.0-kb5005565-x64": (
        5005565,
        (
            (5005260, "SSU-19041.1220-x64.cab", "Package_for_ServicingStack_1220"),
            (5005565, "Windows10.0-KB5005565-x64.cab", "Package_for_RollupFix"),
        ),
    ),
}


@pytest.mark.parametrize("name", OUTER)
def test_a_msu_may_install_several_packages_and_features(
    name: str, signer: KeySigner
) -> None:
    number, packages = OUTER[name]
    services: list[Servicing] = []
    entries: dict[str, bytes] = {}
    for inner, cabinet, own in packages:
        identity, layout = update(inner, own)
        entries[cabinet] = layout.pack(signer)
        location = f"%configsetroot%\\{cabinet}"
        services.append(Servicing(identity=identity, location=location))
    properties = {
        "KB Article Number": str(number),
        "Package Type": "Update",
        "Processor Architecture": "amd64",
        "Support Link": f"http://support.microsoft.com?kbid={number}",
    }
    unattend = Unattend(
        packages=tuple(
            replace(s, identity=replace(s.identity, build_type=None)) for s in services
        )
    )
    entries[f"{name}.xml"] = serialize_unattend(unattend)
    entries[f"{name}-pkgProperties.txt"] = serialize_properties(properties)
    report = judged(cabinet_with(entries), signer, f"{name}.msu")
    assert complaints(report) == []


def test_a_side_by_side_assembly_is_judged_like_any_component(
    signer: KeySigner,
) -> None:
    layout = on_demand()
    (name,) = [n for n in layout.files if n.endswith("comctl32.txt")]
    layout.files[name] += b"more"
    (found,) = complaints(judged(layout, signer))
    assert (found.rule, found.hit.where[-1]) == ("HF209", name)
    del layout.files[name]
    (found,) = complaints(judged(layout, signer))
    assert found.rule == "HF208"


def test_a_deployment_without_its_side_by_side_assembly_is_told(
    signer: KeySigner,
) -> None:
    layout = on_demand()
    (name,) = [
        n for n in layout.files if "common-controls" in n and n.endswith(".manifest")
    ]
    del layout.files[name]
    assert {f.rule for f in complaints(judged(layout, signer))} == {"HF204"}


def test_a_package_inside_that_is_missing_is_told(signer: KeySigner) -> None:
    layout = language_pack()
    (name,) = [n for n in layout.files if "SKU-Foundation" in n]
    del layout.files[name]
    assert {f.rule for f in complaints(judged(layout, signer))} == {"HF203"}
