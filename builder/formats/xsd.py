"""The schemas of .mum and .manifest: where a document leaves them.

The schemas travel with the package; nothing is fetched, and no file beside
them is opened.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, Literal, cast

from lxml import etree

from builder.formats.xsd_doubles import MANIFEST, MUM, may_have_doubles
from builder.formats.xsd_words import Words, sentence, shortened, words_of
from builder.model.document import SchemaFault
from builder.model.package import Component, Package

if TYPE_CHECKING:
    from lxml.etree._docloader import _InputDocument  # only the stubs have it

SchemaKind = Literal["mum", "manifest", "asm.v1"]

FAULTS = 100
"""The most faults that are told of one document."""

# Up to here a tree is validated at once; the XML library looks up the place
# of every error among its siblings, which is quadratic in a document where
# everything is wrong.
_AT_ONCE = 10_000
_SHORTEST = 4  # bytes of an element or an attribute
_PIECE = 1 << 16

SHIPPED = frozenset(
    (
        "asm.v1.xsd",
        "asm.v2.xsd",
        "assembly.xsd",
        "manifest.xsd",
        "mum.xsd",
        "rescache.xsd",
        "services.xsd",
        "task.xsd",
        "xmldsig.xsd",
    )
)


class _Shipped(etree.Resolver):
    """Resolve the imports of a schema to the schemas of this package only."""

    def resolve(
        self,
        system_url: str | None,
        public_id: str | None,  # noqa: ARG002 - the signature is lxml's
        context: object,
        /,
    ) -> "_InputDocument | None":
        name = (system_url or "").rpartition("/")[2]
        # with another answer, such as None, the library would open the file
        source = _source(name) if name in SHIPPED else b""
        return self.resolve_string(source, context, base_url=name)


def _source(name: str) -> bytes:
    return files("builder.schemas").joinpath(name).read_bytes()


def _parsed(kind: SchemaKind) -> etree._Element:
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    parser.resolvers.add(_Shipped())
    name = f"{kind}.xsd"
    return etree.fromstring(_source(name), parser, base_url=name)


@cache
def _schema(kind: SchemaKind) -> etree.XMLSchema:
    return etree.XMLSchema(_parsed(kind))


@cache
def _loose(kind: SchemaKind) -> etree.XMLSchema:
    """Return the schema without what it says of doubles in a whole document.

    The XML library looks at every element for the sake of those constraints,
    which is half of its time.
    """
    root = _parsed(kind)
    for name in _DOUBLES[kind]:
        (constraint,) = root.iterfind(f".//{_XS}unique[@name='{name}']")
        parent = constraint.getparent()
        if parent is not None:
            parent.remove(constraint)
    return etree.XMLSchema(root)


def validate(
    root: etree._Element,
    kind: SchemaKind,
    *,
    length: int | None = None,
    value: Package | Component | None = None,
) -> tuple[SchemaFault, ...]:
    """Compare a document with the schema of its kind.

    Args:
        root: As `parse_xml` returns it.
        kind: Of the schema.
        length: Of the document in bytes; counted from the tree where it is
            not given.
        value: What was read from the document, a component without its
            sections: with it the answer takes a third of the time.

    Returns:
        The faults in document order, at most `FAULTS` and one that counts or
        mentions the rest; empty where the document follows the schema.
    """
    try:
        return _limited(_found(root, kind, length, value))
    except (etree.XMLSyntaxError, etree.XMLSchemaValidateError) as error:
        message = f"could not be compared with the schema: {error}"
        return (
            SchemaFault(
                line=root.sourceline or 1,
                path=element_path(root),
                message=shortened(message),
            ),
        )


def _found(
    root: etree._Element,
    kind: SchemaKind,
    length: int | None,
    value: Package | Component | None,
) -> Iterable[SchemaFault]:
    is_short = length is not None and length <= _AT_ONCE * _SHORTEST
    if not is_short and _size(root) > _AT_ONCE:
        return _faults_of_large(root, kind)
    is_read = value is not None and kind in _DOUBLES
    if is_read and _loose(kind).validate(root) and not may_have_doubles(root, value):
        return ()
    schema = _schema(kind)
    return () if schema.validate(root) else _faults(root, schema.error_log)


_count = etree.XPath("count(//*) + count(//@*)")


def _size(root: etree._Element) -> int:
    return int(cast("float", _count(root)))


_XS = "{http://www.w3.org/2001/XMLSchema}"
_DOUBLES: dict[SchemaKind, tuple[str, ...]] = {"manifest": MANIFEST, "mum": MUM}


def _limited(found: Iterable[SchemaFault]) -> tuple[SchemaFault, ...]:
    said = islice(_without_echoes(found), FAULTS + 1)
    kept = tuple(
        replace(fault, message=sentence(fault.message, _words())) for fault in said
    )
    if len(kept) <= FAULTS:
        return kept
    last = kept[FAULTS]
    more = SchemaFault(line=last.line, path=last.path, message="and more from here on")
    return (*kept[:FAULTS], more)


@cache
def _words() -> Words:
    return words_of(etree.fromstring(_source(name)) for name in sorted(SHIPPED))


# What says again, by its type or by a constraint, that a value is wrong.
_ECHOES = ("valid value of the", "No precomputed value available")


def _without_echoes(found: Iterable[SchemaFault]) -> Iterator[SchemaFault]:
    """Drop what says again, by its type, what a facet has said of a value."""
    previous: SchemaFault | None = None
    for fault in found:
        is_echo = (
            previous is not None
            and any(echo in fault.message for echo in _ECHOES)
            and (previous.line, previous.path) == (fault.line, fault.path)
        )
        if not is_echo:
            yield fault
        previous = fault


def _faults(
    root: etree._Element, log: Iterable[etree._LogEntry]
) -> Iterator[SchemaFault]:
    for entry in log:
        yield _fault(_place(root, entry.path or ""), entry)


_STEP = re.compile(r"(?P<name>[^/\[]+)(?:\[(?P<position>[0-9]+)\])?")


def _place(root: etree._Element, path: str) -> etree._Element:
    """Follow a path of the XML library, such as "/*/*[2]/x:hash/x:value[1]".

    "*" stands for any name; a prefix is the document's own, so that XPath
    could not resolve it.
    """
    place = root
    for step in path.split("/")[2:]:
        found = _STEP.fullmatch(step)
        if found is None or found["name"].startswith("@"):
            break
        prefix, _, name = found["name"].rpartition(":")
        same = (
            child
            for child in place.iterchildren(etree.Element)
            if name == "*"
            or ((child.prefix or "") == prefix and etree.QName(child).localname == name)
        )
        position = int(found["position"] or 1)
        child = next(islice(same, position - 1, None), None)
        if child is None:
            break
        place = child
    return place


def _fault(place: etree._Element, entry: etree._LogEntry) -> SchemaFault:
    return SchemaFault(
        line=place.sourceline or entry.line,
        path=element_path(place),
        message=entry.message,
    )


# The library writes ">" as "&gt;" in text and attributes.
_TOKEN = re.compile(
    rb"<!--.*?-->|<\?.*?\?>|(?P<end></[^>]*>)|(?P<start><[^>]*>)|[^<]+", re.DOTALL
)


def _faults_of_large(root: etree._Element, kind: SchemaKind) -> Iterator[SchemaFault]:
    """Validate a large document in pieces, so that it can be left early."""
    text = etree.tostring(root, encoding="utf-8")
    parser = _feed_parser(kind)
    for start in range(0, len(text), _PIECE):
        parser.feed(text[start : start + _PIECE])
        if len(parser.feed_error_log):
            break
    else:
        return
    yield from _faults_by_token(root, text, kind)


def _feed_parser(kind: SchemaKind) -> etree.XMLParser:
    return etree.XMLParser(
        schema=_schema(kind), encoding="utf-8", resolve_entities=False, no_network=True
    )


def _faults_by_token(
    root: etree._Element, text: bytes, kind: SchemaKind
) -> Iterator[SchemaFault]:
    """Tell the place of each fault from the tag that brought it up."""
    parser = _feed_parser(kind)
    open_elements = [root]
    elements = root.iter(etree.Element)
    told = 0
    for token in _TOKEN.finditer(text):
        if token["start"] is not None:
            open_elements.append(next(elements))
        parser.feed(token[0])
        entries = parser.feed_error_log
        if len(entries) > told:
            yield from (
                _fault(open_elements[-1], entry)
                for entry in islice(entries, told, None)
            )
            told = len(entries)
        if token["end"] is not None or token[0].endswith(b"/>"):
            open_elements.pop()


def element_path(node: etree._Element) -> str:
    """Return a path that people read, such as "/assembly/package/update[2]".

    An element that is not the only one of its name has its number.
    """
    parts = []
    current: etree._Element | None = node
    while current is not None:
        name = etree.QName(current).localname
        tag = str(current.tag)
        before = len(list(current.itersiblings(tag, preceding=True)))
        is_only = not before and next(current.itersiblings(tag), None) is None
        parts.append(name if is_only else f"{name}[{before + 1}]")
        current = current.getparent()
    return "/" + "/".join(reversed(parts))
