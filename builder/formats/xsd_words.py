"""What the XML library says of a document, in words that people read."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lxml import etree

_XS = "{http://www.w3.org/2001/XMLSchema}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the types of schemas expect, in words.

    Attributes:
        patterns: By the pattern.
        types: By the local name of the type.
    """

    patterns: Mapping[str, str]
    types: Mapping[str, str]


_BUILT_IN: Mapping[str, str] = {
    "xs:hexBinary": "pairs of hexadecimal digits",
    "xs:unsignedInt": "a whole number from 0 to 4294967295",
    "xs:unsignedLong": "a whole number from 0 to 18446744073709551615",
}


def words_of(schemas: Iterable[etree._Element]) -> Words:
    """Collect what the `appinfo` of each simple type says."""
    patterns: dict[str, str] = {}
    types = dict(_BUILT_IN)
    for schema in schemas:
        for simple in schema.iterfind(f"{_XS}simpleType"):
            info = simple.findtext(f"{_XS}annotation/{_XS}appinfo")
            if info is not None:
                words = " ".join(info.split())
                types.setdefault(str(simple.get("name")), words)
                for pattern in simple.iterfind(f"{_XS}restriction/{_XS}pattern"):
                    patterns[str(pattern.get("value"))] = words
    return Words(patterns=patterns, types=types)


_NAMESPACE = re.compile(r"\{[^{}\s]*\}(?=[\w*])")
_SUBJECT = re.compile(
    r"Element '(?P<element>[^']*)'"
    r"(?:, attribute '(?P<attribute>[^']*)')?: (?P<rest>.*)",
    re.DOTALL,
)
_FACET = re.compile(r"\[facet '\w+'\] ")
_PATTERN = re.compile(
    r"The value (?P<value>'.*') is not accepted by the pattern '(?P<name>.*)'",
    re.DOTALL,
)
_TYPE = re.compile(
    r"(?P<value>'.*') is not a valid value of the (?:atomic|union) type '(?P<name>.*)'",
    re.DOTALL,
)
_EMPTY = re.compile(
    r"The value '' has a length of '0'; this underruns the allowed minimum length .*"
)
_DOUBLE = re.compile(
    r"Duplicate key-sequence \[(?P<values>.*)\] in unique identity-constraint "
    r"'(?P<name>[^']*)'\.?",
    re.DOTALL,
)
_LONGEST = 400


def sentence(message: str, words: Words) -> str:
    """Turn a message of the XML library into one sentence without namespaces."""
    text = " ".join(_NAMESPACE.sub("", message).split())
    found = _SUBJECT.match(text)
    if found is None:
        return shortened(text.rstrip("."))
    subject = f"element {found['element']!r}"
    if found["attribute"]:
        subject = f"attribute {found['attribute']!r} of {found['element']!r}"
    rest = _expected(_FACET.sub("", found["rest"]).rstrip("."), words)
    double = _DOUBLE.fullmatch(rest)
    if double is not None:
        rest = f"occurs twice ({double['name']}: {double['values']})"
    rest = rest.replace("( ", "(").replace(" )", ")")
    rest = re.sub(r"\. (\w)", lambda match: f"; {match[1].lower()}", rest)
    return shortened(f"{subject}: {rest[:1].lower()}{rest[1:]}")


def _expected(text: str, words: Words) -> str:
    """Say in words what a pattern or a type expects."""
    if _EMPTY.fullmatch(text.replace(". T", "; t")):
        return "is empty"
    for form, known in ((_PATTERN, words.patterns), (_TYPE, words.types)):
        found = form.fullmatch(text)
        if found is not None and found["name"] in known:
            return f"{found['value']} is not {known[found['name']]}"
    return text


def shortened(text: str) -> str:
    """Cut a sentence that is too long for people."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
