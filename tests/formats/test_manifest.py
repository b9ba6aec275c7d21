import base64
import hashlib
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.errors import CompressedManifestError, XmlError
from builder.formats.manifest import (
    DEPLOYMENT,
    MANIFEST,
    MANIFEST_STANDALONE,
    parse_manifest,
    serialize_manifest,
)
from builder.formats.xml import XmlStyle
from builder.model.identity import AssemblyIdentity
from builder.model.package import (
    Component,
    Dependency,
    Membership,
    PackagedFile,
    StringTable,
)

SHA256 = "http://www.w3.org/2000/09/xmldsig#sha256"


def identity(name: str, *, version: str, architecture: str = "x86") -> AssemblyIdentity:
    return AssemblyIdentity(
        name=name,
        version=version,
        architecture=architecture,
        language="neutral",
        public_key_token="31bf3856ad364e35",
        build_type="release",
        version_scope="nonSxS",
    )


def driver(name: str, *, version: str, architecture: str = "x86") -> AssemblyIdentity:
    built = identity(name, version=version, architecture=architecture)
    return replace(built, type="driverUpdate")


def file(name: str, digest: str, *, import_path: str | None) -> PackagedFile:
    return PackagedFile(
        name=name,
        source_name=name,
        import_path=import_path,
        digest=base64.b64decode(digest),
        digest_method=SHA256,
        is_inf=name.endswith(".inf"),
    )


SDBUS = Component(
    identity=driver("sdbus.inf", version="6.1.7600.21058"),
    dependencies=(
        Dependency(
            identity=replace(
                identity("sdbus.inf.Resources", version="6.1.7600.21058"),
                language="*",
                build_type=None,
            ),
            discoverable="no",
            resource_type="Resources",
            dependency_type="prerequisite",
            build_filter="",
        ),
    ),
    files=(
        file(
            "sdbus.inf",
            "6oR41aObtqhncTqq03KU5LVpYRaczCa6YgDuuNa3qos=",
            import_path="$(build.nttree)\\driver_infs\\",
        ),
        file(
            "sdbus.sys",
            "n9qz1VY8BTs0+xMn653TF7Xjaa4PzgHd6nultndaHkA=",
            import_path="$(build.nttree)\\",
        ),
    ),
    is_deployment=True,
)


def test_a_genuine_driver_manifest_is_written_from_its_values() -> None:
    """Length and digest are those of Microsoft's file in KB2584475."""
    data = serialize_manifest(SDBUS, MANIFEST)
    assert len(data) == 2075
    assert hashlib.sha256(data).hexdigest() == (
        "af3b4a9d9eaed915f126a2cbc9972c52e33cbf9b16d10f23f936052fcc0fe2ed"
    )


@pytest.mark.parametrize(
    ("architecture", "published"), [("x86", 1659), ("amd64", 1661), ("ia64", 1660)]
)
def test_the_early_driver_form_has_the_lengths_of_the_article(
    architecture: str, published: int
) -> None:
    """KB967724: no dependency, no import path of the INF, no build type.

    A fit, not a proof: no genuine driver manifest of 6.0.6001 was seen.
    """
    empty = base64.b64encode(bytes(32)).decode()
    component = Component(
        identity=replace(
            driver("mpio.inf", version="6.0.6001.22375", architecture=architecture),
            build_type=None,
        ),
        files=(
            file("mpio.inf", empty, import_path=None),
            file("mpio.sys", empty, import_path="$(build.nttree)\\"),
        ),
        is_deployment=True,
    )
    assert len(serialize_manifest(component, MANIFEST)) == published


def deployment(
    name: str, dependencies: tuple[str, ...], *, of: str, version: str
) -> Component:
    def dependency(architecture: str) -> Dependency:
        return Dependency(
            identity=identity(of, version=version, architecture=architecture),
            discoverable="false",
            dependency_type="install",
        )

    return Component(
        identity=identity(name, version=version, architecture=dependencies[0]),
        dependencies=tuple(map(dependency, dependencies)),
        is_deployment=True,
    )


@pytest.mark.parametrize(
    ("of", "version", "architectures", "published"),
    [
        ("Microsoft-Windows-LSA", "6.1.7600.20667", ("x86",), 691),
        ("Microsoft-Windows-LSA", "6.1.7600.20667", ("amd64", "wow64"), 1032),
        (
            "Microsoft-Windows-MSMQ-QueueManager-Core",
            "6.0.6002.22774",
            ("x86",),
            710,
        ),
        (
            "Microsoft-Windows-MSMQ-QueueManager-Core",
            "6.0.6002.22774",
            ("ia64",),
            712,
        ),
    ],
)
def test_deployments_have_the_lengths_of_their_articles(
    of: str, version: str, architectures: tuple[str, ...], published: int
) -> None:
    """KB981506 and KB2654668."""
    component = deployment("0" * 32, architectures, of=of, version=version)
    assert len(serialize_manifest(component, DEPLOYMENT)) == published


def test_a_genuine_deployment_is_written_from_its_values() -> None:
    """Length and digest are those of Microsoft's file in KB2999226."""
    version = "6.0.6002.19488"
    first = deployment(
        "293825bf951bb33953364e080fe669d4",
        ("x86",),
        of="Microsoft-Windows-UCRT",
        version=version,
    )
    second = deployment(
        "", ("x86",), of="Microsoft-Windows-UniversalCRT-APIfwd-Vista", version=version
    )
    both = replace(first, dependencies=(*first.dependencies, *second.dependencies))
    data = serialize_manifest(both, DEPLOYMENT)
    assert len(data) == 1049
    assert hashlib.sha256(data).hexdigest() == (
        "1b1984ae6f2642e79c336a58bdc13e89651fd838654de67429b431ed8ebe87f6"
    )


FULL = Component(
    identity=identity("Microsoft-Windows-UCRT", version="6.0.6002.23798"),
    copyright="Copyright (c) Microsoft Corporation. All Rights Reserved.",
    files=(
        PackagedFile(
            name="I386\\a.dll",
            source_name="a.dll",
            destination_path="$(runtime.system32)\\",
            source_path=".\\",
            import_path="$(build.nttree)\\",
            digest=bytes(range(32)),
            digest_method=SHA256,
            security_descriptor="WRP_FILE_DEFAULT_SDDL",
            is_signature_described=True,
        ),
        PackagedFile(name="b.dll"),
    ),
    dependencies=SDBUS.dependencies,
    memberships=(
        Membership(
            name="Microsoft.Windows.Categories",
            version="1.0.0.0",
            public_key_token="365143bb27e7ac8b",
            type_name="BootRecovery",
        ),
    ),
    string_tables=(
        StringTable(culture="en-US", strings=(("displayName2", "Unified CRT"),)),
    ),
)


def without_lines(component: Component) -> Component:
    return replace(
        component,
        files=tuple(replace(file, line=None) for file in component.files),
        dependencies=tuple(replace(d, line=None) for d in component.dependencies),
    )


@pytest.mark.parametrize("component", [SDBUS, FULL])
@pytest.mark.parametrize("style", [MANIFEST, MANIFEST_STANDALONE, DEPLOYMENT])
def test_parse_inverts_serialize(component: Component, style: XmlStyle) -> None:
    written = serialize_manifest(component, style)
    assert without_lines(parse_manifest(written)) == component


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20
).filter(lambda text: "\ufffe" not in text and "\uffff" not in text)


@given(
    st.builds(
        PackagedFile,
        name=TEXTS,
        source_name=st.none() | TEXTS,
        destination_path=st.none() | TEXTS,
        import_path=st.none() | TEXTS,
        source_path=st.none() | TEXTS,
        digest=st.binary(max_size=64),
        digest_method=TEXTS,
        is_inf=st.booleans(),
        security_descriptor=st.none() | TEXTS,
        is_signature_described=st.booleans(),
    )
)
def test_any_file_survives_the_round_trip(written: PackagedFile) -> None:
    component = replace(SDBUS, files=(written,))
    (found,) = parse_manifest(serialize_manifest(component, MANIFEST)).files
    # an empty digest is an empty element
    assert replace(found, line=None) == written


def test_files_and_dependencies_know_their_lines() -> None:
    component = parse_manifest(serialize_manifest(SDBUS, MANIFEST))
    assert component.identity.line == 3
    assert [d.line for d in component.dependencies] == [4]
    assert [f.line for f in component.files] == [9, 19]


ASM = 'xmlns="urn:schemas-microsoft-com:asm.v3"'


def component_with(inner: str) -> Component:
    return parse_manifest(
        f"<assembly {ASM}><assemblyIdentity name='a'/>{inner}</assembly>".encode()
    )


def test_children_without_a_field_are_named_once() -> None:
    component = component_with(
        "<migration/><mof/><mof/><!-- x --><r xmlns='urn:r'/><file xmlns='urn:r'/>"
    )
    assert component.others == ("migration", "mof", "r", "file")


def test_what_no_field_carries_is_never_dropped_in_writing() -> None:
    with pytest.raises(XmlError) as caught:
        serialize_manifest(replace(FULL, others=("trustInfo",)), MANIFEST)
    assert caught.value.reason == "cannot write trustInfo"


@pytest.mark.parametrize("text", ["", "AAAA", " AA\r\n\tAA ", "!", "AAA", "A\u00e4AA"])
def test_a_digest_is_base64_or_none(text: str) -> None:
    (found,) = component_with(
        "<file><h:hash xmlns:h='urn:schemas-microsoft-com:asm.v2'>"
        "<d:DigestValue xmlns:d='http://www.w3.org/2000/09/xmldsig#'>"
        f"{text}</d:DigestValue></h:hash></file>"
    ).files
    good = {"": b"", "AAAA": bytes(3), " AA\r\n\tAA ": bytes(3)}
    assert found.digest == good.get(text)
    assert found.digest_method is None


def test_a_dependency_without_identity_is_left_out() -> None:
    inner = "<dependency/><dependency><dependentAssembly/></dependency>"
    assert component_with(inner).dependencies == ()


def test_a_compressed_manifest_has_an_error_of_its_own() -> None:
    with pytest.raises(CompressedManifestError):
        parse_manifest(b"DCM\x01PA30")


def test_another_namespace_is_an_xml_error() -> None:
    with pytest.raises(XmlError, match=r"not a \.mum or \.manifest"):
        parse_manifest(b"<assembly xmlns='urn:schemas-microsoft-com:asm.v2'/>")


GENUINE_LIKE = serialize_manifest(FULL, MANIFEST)


@given(st.integers(0, len(GENUINE_LIKE) - 1), st.integers(1, 255), st.integers(0, 99))
def test_damage_is_an_xml_error_and_nothing_else(at: int, flip: int, cut: int) -> None:
    raw = bytearray(GENUINE_LIKE)
    raw[at] ^= flip
    del raw[len(raw) - cut :]
    with suppress(XmlError):
        parse_manifest(raw)


def test_those_who_depend_on_one_component_share_its_identity() -> None:
    first, second = (
        parse_manifest(serialize_manifest(one, MANIFEST)).dependencies[0].identity
        for one in (SDBUS, replace(SDBUS, copyright="another document"))
    )
    assert first is second
    assert first.line is None
