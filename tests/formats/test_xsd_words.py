"""Sentences about what leaves a schema: people can read them."""

import re
from pathlib import Path

import pytest
from lxml import etree

from builder.formats.xml import parse_xml
from builder.formats.xsd import SHIPPED, SchemaKind, validate
from builder.formats.xsd_words import Words, sentence, words_of

SCHEMAS = Path(__file__).parents[2] / "schemas"
XS = "{http://www.w3.org/2001/XMLSchema}"
NONE = Words(patterns={}, types={})


def test_namespaces_are_left_out_of_sentences() -> None:
    text = "Element '{urn:a}b': Not {urn:a}c. Expected is ( {urn:a}d )."
    assert sentence(text, NONE) == "element 'b': not c; expected is (d)"
    assert sentence("Something else.", NONE) == "Something else"


def test_what_has_no_words_is_told_as_the_library_tells_it() -> None:
    text = "Element 'a': [facet 'pattern'] The value 'b' is not accepted by the pattern"
    assert sentence(f"{text} 'c'.", NONE) == (
        "element 'a': the value 'b' is not accepted by the pattern 'c'"
    )


def simple_types() -> list[tuple[str, etree._Element]]:
    found = [
        (name, simple)
        for name in sorted(SHIPPED)
        for simple in etree.parse(SCHEMAS / name).getroot().iterfind(f"{XS}simpleType")
    ]
    assert len(found) > 40
    return found


@pytest.mark.parametrize(
    ("schema", "simple"),
    simple_types(),
    ids=lambda part: part if isinstance(part, str) else str(part.get("name")),
)
def test_whatever_a_value_has_to_be_is_said_in_words(
    schema: str, simple: etree._Element
) -> None:
    """A wrong value of every simple type, in a schema of its own."""
    space = str(simple.getroottree().getroot().get("targetNamespace"))
    source = (
        f'<xs:schema xmlns:xs="{XS[1:-1]}" xmlns="{space}" targetNamespace="{space}">'
        f'<xs:include schemaLocation="{schema}"/><xs:element name="probe">'
        f'<xs:complexType><xs:attribute name="a" type="{simple.get("name")}"/>'
        "</xs:complexType></xs:element></xs:schema>"
    )
    base = (SCHEMAS / "probe.xsd").as_uri()
    known = etree.XMLSchema(etree.fromstring(source, base_url=base))
    words = words_of(etree.parse(SCHEMAS / name).getroot() for name in sorted(SHIPPED))
    told = []
    for value in ("", "!wrong!"):
        probe = etree.fromstring(f'<probe xmlns="{space}" a="{value}"/>')
        if not known.validate(probe):
            told += [sentence(entry.message, words) for entry in known.error_log]
    assert told
    for message in told:
        said = re.fullmatch(
            "attribute 'a' of 'probe': (is empty|'(!wrong!)?' is not .+"
            "|the value '(!wrong!)?' is not an element of the set {.+}"
            "|the value '' has a length of '0'; this differs from the allowed length "
            "of '[0-9]+')",
            message,
        )
        assert said, message
        assert not re.search(r"pattern|union type|atomic type|\\", message), message


MUM = (
    '<assembly xmlns="urn:schemas-microsoft-com:asm.v3" manifestVersion="1.0" '
    'creationTimeStamp="2009-02-12T18:31:00Z"><assemblyIdentity name="a" '
    'version="6.0.1.0" processorArchitecture="x86" language="neutral" '
    'publicKeyToken="31bf3856ad364e35"/><package identifier="a" '
    'releaseType="Hotfix"><packageExtended packageSize="1"/></package></assembly>'
)
MANIFEST = (
    '<assembly xmlns="urn:schemas-microsoft-com:asm.v3" manifestVersion="1.0">'
    '<assemblyIdentity name="a" version="6.0.1.0" processorArchitecture="x86" '
    'language="neutral" publicKeyToken="31bf3856ad364e35"/>'
    '<dependency discoverable="no"><dependentAssembly><assemblyIdentity name="b" '
    'version="6.0.1.0" processorArchitecture="x86" language="*" '
    'publicKeyToken="31bf3856ad364e35"/></dependentAssembly></dependency>'
    '<file name="a" sourceName="a"><v:hash xmlns:v="urn:schemas-microsoft-com:asm.v2" '
    'xmlns:d="http://www.w3.org/2000/09/xmldsig#"><d:Transforms><d:Transform '
    'Algorithm="urn:schemas-microsoft-com:HashTransforms.Identity"/></d:Transforms>'
    '<d:DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha256"/>'
    f"<d:DigestValue>{'A' * 43}=</d:DigestValue></v:hash></file>"
    '<registryKeys><registryKey keyName="HKEY_USERS"/></registryKeys></assembly>'
)


@pytest.mark.parametrize(
    ("kind", "old", "new", "said"),
    [
        (
            "mum",
            'version="6.0.1.0"',
            'version="6.0.1.65536"',
            (
                "attribute 'version' of 'assemblyIdentity': '6.0.1.65536' is not four "
                "numbers from 0 to 65535, such as 6.1.7601.17514"
            ),
        ),
        (
            "mum",
            "31bf3856ad364e35",
            "31bf",
            (
                "attribute 'publicKeyToken' of 'assemblyIdentity': '31bf' is not 16 "
                "hexadecimal digits"
            ),
        ),
        (
            "mum",
            "2009-02-12T18:31:00Z",
            "2009-02-12",
            (
                "attribute 'creationTimeStamp' of 'assembly': '2009-02-12' is not a "
                "time in UTC, such as 2009-02-12T18:31:00Z"
            ),
        ),
        (
            "mum",
            'identifier="a"',
            'identifier=""',
            "attribute 'identifier' of 'package': is empty",
        ),
        (
            "mum",
            'packageSize="1"',
            'packageSize="-1"',
            (
                "attribute 'packageSize' of 'packageExtended': '-1' is not a whole "
                "number from 0 to 18446744073709551615"
            ),
        ),
        (
            "manifest",
            'language="*"',
            'language="e"',
            (
                "attribute 'language' of 'assemblyIdentity': 'e' is not neutral, * or "
                "the name of a language, such as en-US"
            ),
        ),
        (
            "manifest",
            "AAAA",
            "",
            "element 'DigestValue': '" + "A" * 39 + "=' is not Base64 of a SHA-1 or "
            "SHA-256 digest",
        ),
        (
            "manifest",
            "HKEY_USERS",
            "HKU",
            (
                "attribute 'keyName' of 'registryKey': 'HKU' is not the name of a "
                "registry key that starts with HKEY_"
            ),
        ),
    ],
)
def test_a_wrong_value_is_told_once_and_in_words(
    kind: SchemaKind, old: str, new: str, said: str
) -> None:
    text = MUM if kind == "mum" else MANIFEST
    assert old in text
    assert validate(parse_xml(text.encode()), kind) == ()
    (fault,) = validate(parse_xml(text.replace(old, new, 1).encode()), kind)
    assert fault.message == said
