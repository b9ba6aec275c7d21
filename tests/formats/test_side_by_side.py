"""Side-by-side assemblies (asm.v1), as the common controls and policies are.

Names, versions and keys are those of Windows 7 SP1 and Windows 11, which are
published everywhere; the documents are written here.
"""

from hashlib import sha1, sha256

import pytest
from lxml import etree
from make_subjects import member

from builder.errors import XmlError
from builder.formats.manifest import parse_manifest, serialize_manifest
from builder.formats.mum import parse_mum
from builder.formats.side_by_side import in_later_names
from builder.model.identity import keyform
from builder.model.limits import DEFAULT_LIMITS
from builder.model.subject import Document
from builder.rules.hf201_identity_malformed import check as judge_identity
from builder.rules.hf202_name_differs_from_identity import check as judge_name
from builder.steps.read_document import read_document

TOKEN = "6595b64144ccf1df"
DIGEST = "w94NEpcKVF1j0ZnWZ5+bdY0gg0PwkxLxXk8olfiymUQ="
CONTROLS = f"""<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0"
 copyright="ours" xmlns:cmiv2="urn:schemas-microsoft-com:asm.v3" cmiv2:copyright="ours">
  <noInheritable />
  <assemblyIdentity name="Microsoft.Windows.Common-Controls" version="6.0.7601.17514"
   processorArchitecture="x86" publicKeyToken="{TOKEN}" type="win32" />
  <file name="comctl32.dll" cmiv2:importPath="$(build.nttree)\\" cmiv2:sourceName="">
    <windowClass versioned="no">ToolbarWindow32</windowClass>
    <signatureInfo xmlns="urn:schemas-microsoft-com:asm.v3">
      <signatureDescriptor PETrust="true" pageHash="true" />
    </signatureInfo>
    <asmv2:hash xmlns:asmv2="urn:schemas-microsoft-com:asm.v2"
     xmlns:dsig="http://www.w3.org/2000/09/xmldsig#">
      <dsig:Transforms>
        <dsig:Transform Algorithm="urn:schemas-microsoft-com:HashTransforms.Identity" />
      </dsig:Transforms>
      <dsig:DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha256" />
      <dsig:DigestValue>{DIGEST}</dsig:DigestValue>
    </asmv2:hash>
  </file>
  <dependency optional="yes" cmiv2:discoverable="no">
    <dependentAssembly>
      <assemblyIdentity name="Microsoft.Windows.Common-Controls.Resources"
       version="6.0.0.0" processorArchitecture="x86" language="*"
       publicKeyToken="{TOKEN}" type="win32" />
    </dependentAssembly>
  </dependency>
  <memberships>
    <categoryMembership>
      <id name="Microsoft.Windows.Categories" version="1.0.0.0"
       publicKeyToken="365143bb27e7ac8b" typeName="BootRecovery" />
    </categoryMembership>
  </memberships>
</assembly>"""
POLICY = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0">
  <assemblyIdentity type="win32-policy" publicKeyToken="{TOKEN}"
   name="policy.1.1.Microsoft.Windows.GdiPlus" version="1.1.7601.17514"
   processorArchitecture="x86"/>
  <dependency>
    <dependentAssembly>
      <assemblyIdentity type="win32" name="Microsoft.Windows.GdiPlus"
       processorArchitecture="x86" publicKeyToken="{TOKEN}"/>
      <bindingRedirect oldVersion="1.1.0.0-1.1.7601.17513" newVersion="1.1.7601.17514"/>
    </dependentAssembly>
  </dependency>
</assembly>"""
NAME = (
    "x86_microsoft.windows.common-controls_6595b64144ccf1df_6.0.7601.17514_none_"
    "41e6975e2bd6f2b2.manifest"
)


def read(text: str, name: str = NAME) -> Document:
    data = text.encode()
    return read_document(member(name), data, limits=DEFAULT_LIMITS)


def test_the_common_controls_are_a_component_with_their_published_name() -> None:
    component = parse_manifest(CONTROLS.encode())
    assert component.is_side_by_side
    assert f"{keyform(component.identity)}.manifest" == NAME
    (file,) = component.files
    assert (file.name, file.source_name) == ("comctl32.dll", "")
    assert file.digest is not None
    assert len(file.digest) == sha256().digest_size
    assert file.is_signature_described
    (dependency,) = component.dependencies
    assert (dependency.identity.language, dependency.discoverable) == ("*", "no")


@pytest.mark.parametrize("text", [CONTROLS, POLICY])
def test_they_follow_their_schema_and_need_no_language(text: str) -> None:
    document = read(text)
    assert document.error is None
    assert document.faults == ()
    assert list(judge_identity(document)) == []


def test_the_name_is_held_to_the_identity() -> None:
    assert list(judge_name(read(CONTROLS))) == []
    (hit,) = judge_name(read(CONTROLS.replace("6.0.7601.17514", "6.0.7601.17515")))
    assert "6.0.7601.17515" in hit.message


def test_a_digest_may_be_an_attribute() -> None:
    digest = sha1(b"any").hexdigest()
    text = POLICY.replace(
        "<dependency>",
        f'<file name="a.dll" hash="{digest}" hashalg="SHA1"/><dependency>',
    )
    (file,) = parse_manifest(text.encode()).files
    assert (file.digest or b"").hex() == digest
    assert file.digest_method == "http://www.w3.org/2000/09/xmldsig#sha1"
    assert read(text).faults == ()
    (file,) = parse_manifest(text.replace(digest, "no digits").encode()).files
    assert file.digest is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<noInheritable />", "<noInheritance />"),
        ('type="win32" />', 'type="win23" />'),
        ("<memberships>", "<windowKlass/><memberships>"),
        (
            f' publicKeyToken="{TOKEN}" type="win32" />\n  <file',
            ' type="win32" /><file',
        ),
        ('manifestVersion="1.0"', ""),
        ('file name="comctl32.dll"', "file"),
        ('optional="yes"', 'optional="perhaps"'),
        (f"<dsig:DigestValue>{DIGEST}", "<dsig:DigestValue>AAAA"),
        ("xmldsig#sha256", "xmldsig#sha257"),
    ],
)
def test_what_is_wrong_leaves_the_schema(old: str, new: str) -> None:
    assert old in CONTROLS
    assert read(CONTROLS.replace(old, new)).faults


def test_a_language_that_is_written_is_judged() -> None:
    text = CONTROLS.replace(
        'type="win32" />\n  <file', 'type="win32" language="?" />\n  <file'
    )
    (hit,) = judge_identity(read(text))
    assert "language" in hit.message


def test_no_package_is_one() -> None:
    with pytest.raises(XmlError, match=r"not a \.mum or \.manifest"):
        parse_mum(CONTROLS.encode())


def test_none_is_written() -> None:
    with pytest.raises(XmlError, match="side-by-side"):
        serialize_manifest(parse_manifest(POLICY.encode()))


def test_reading_leaves_the_document_as_it_is() -> None:
    root = etree.fromstring(CONTROLS.encode())
    before = etree.tostring(root)
    later = in_later_names(root)
    assert etree.tostring(root) == before
    assert later.tag == "{urn:schemas-microsoft-com:asm.v3}assembly"
    (file,) = later.iterchildren("{*}file")
    assert file.sourceline == root.find("{*}file").sourceline  # type: ignore[union-attr]  # there is one
