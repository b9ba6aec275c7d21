"""Container indexes (`_manifest_.cix.xml`) of delta packages.

Source: observed in Vista to 8.1 packages; urn:ContainerIndex is not published.
"""

from dataclasses import replace

from lxml import etree

from builder.errors import DeltaError, LimitError
from builder.formats.buffer import Buffer
from builder.formats.xml import parse_xml
from builder.model.cix import ContainerIndex, IndexHash, IndexSource, IndexTarget
from builder.model.limits import DEFAULT_LIMITS, Limits

INDEX_NAME = "_manifest_.cix.xml"
"""The name of the index among the members of a cabinet."""

_NAMESPACE = "{urn:ContainerIndex}"
_DIGITS = 20
_MARKUP = 24  # tags and attributes of one file; a rollup has 100,000 files
# The index's word, hashlib's name, bytes.
_ALGORITHMS = {"SHA1": ("sha1", 20), "SHA256": ("sha256", 32)}


def _attribute(element: etree._Element, name: str) -> str:
    value = element.get(name)
    if not value:
        raise DeltaError(f"{_local(element)} has no {name}", line=_line(element))
    return value


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _line(element: etree._Element) -> int | None:
    return element.sourceline


def _number(element: etree._Element, name: str, *, bits: int) -> int:
    text = _attribute(element, name)
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise DeltaError(f"{name} {text[:40]!r} is no number", line=_line(element))
    value = int(text)
    if value >> bits:
        raise DeltaError(f"{name} {value} is too large", line=_line(element))
    return value


def _optional(element: etree._Element, name: str, *, bits: int) -> int | None:
    return None if element.get(name) is None else _number(element, name, bits=bits)


def _only(parent: etree._Element, name: str) -> etree._Element | None:
    """Return the one child of that name, or None."""
    found = parent.findall(_NAMESPACE + name)
    if len(found) > 1:
        raise DeltaError(
            f"{_local(parent)} has {len(found)} {name} elements", line=_line(found[1])
        )
    return found[0] if found else None


def _parse_hash(element: etree._Element) -> IndexHash:
    name = _attribute(element, "alg")
    if name not in _ALGORITHMS:
        raise DeltaError(f"hash {name[:40]!r} is unknown", line=_line(element))
    algorithm, size = _ALGORITHMS[name]
    text = _attribute(element, "value")
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        digest = b""
    if len(digest) != size or len(text) != 2 * size:
        raise DeltaError(
            f"a {name} is {2 * size} hexadecimal digits", line=_line(element)
        )
    return IndexHash(algorithm=algorithm, digest=digest)


def _parse_source(element: etree._Element) -> IndexSource:
    promised = _only(element, "Hash")
    return IndexSource(
        type=_attribute(element, "type"),
        name=_attribute(element, "name"),
        hash=None if promised is None else _parse_hash(promised),
    )


def _parse_target(element: etree._Element) -> IndexTarget:
    promised = _only(element, "Hash")
    if promised is None:
        raise DeltaError("a File without a Hash", line=_line(element))
    delta = _only(element, "Delta")
    source = basis = None
    if delta is not None:
        source, basis = _only(delta, "Source"), _only(delta, "Basis")
    return IndexTarget(
        id=_attribute(element, "id"),
        name=_attribute(element, "name"),
        size=_number(element, "length", bits=63),
        hash=_parse_hash(promised),
        filetime=_optional(element, "time", bits=64),
        attributes=_optional(element, "attr", bits=32),
        source=None if source is None else _parse_source(source),
        basis=None if basis is None else _attribute(basis, "file"),
        line=_line(element),
    )


def _check_bases(targets: dict[str, IndexTarget]) -> None:
    """Refuse bases that go round in circles."""
    sound: set[str] = set()
    for start in targets.values():
        chain: dict[str, None] = {}
        at = start
        while at.id not in sound:
            if at.id in chain:
                raise DeltaError(f"File {at.id} is its own basis", line=at.line)
            chain[at.id] = None
            if at.basis not in targets:
                break
            at = targets[at.basis]
        sound.update(chain)


def parse_index(data: Buffer, *, limits: Limits = DEFAULT_LIMITS) -> ContainerIndex:
    """Read a container index.

    Names and types are kept as written: a name is no safe path, and a type
    may be one that nobody can decode.

    Args:
        limits: `members` bounds the files, and with them tags and attributes;
            `held` the bytes.

    Raises:
        DeltaError: The index is damaged, or contradicts itself.
        XmlError: The bytes are no XML, or XML that is refused.
        LimitError: More than `limits` allows.
    """
    markup = max(limits.markup, _MARKUP * limits.members)
    root = parse_xml(data, limits=replace(limits, markup=markup))
    if root.tag != f"{_NAMESPACE}Container":
        raise DeltaError("not a container index", line=_line(root))
    files = _only(root, "Files")
    elements = [] if files is None else files.findall(f"{_NAMESPACE}File")
    if len(elements) > limits.members:
        raise LimitError(f"{len(elements):,} files in an index")
    targets: dict[str, IndexTarget] = {}
    for element in elements:
        target = _parse_target(element)
        if target.id in targets:
            raise DeltaError(
                f"two files have the id {target.id[:40]!r}", line=target.line
            )
        targets[target.id] = target
    _check_bases(targets)
    return ContainerIndex(
        name=root.get("name") or "",
        type=root.get("type") or "",
        version=root.get("version") or "",
        size=_optional(root, "length", bits=63),
        targets=tuple(targets.values()),
    )
