"""JSON documents from strangers: one strict reader that knows lines, one writer.

The reader takes what RFC 8259 calls interoperable, and less: UTF-8 without a
byte order mark, no duplicate names, whole numbers only, no characters that
`builder.model.text` refuses, bounded in depth, size and count.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from builder.errors import LimitError, SpecError
from builder.formats.buffer import Buffer
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.model.text import refused

Path = tuple[str | int, ...]
"""Where a value is: names and indexes from the outside in."""

_DEEPEST = 16
_DIGITS = 16
"""Of the longest number; 2**53, the last whole number everybody agrees on."""

_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]|\n', re.DOTALL)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[^\s"\[\]{},:]+|[\[\]{},:\n]', re.DOTALL)
_OPENED: dict[str, tuple[int | None]] = {"{": (None,), "[": (0,)}
_NEUTRAL = str.maketrans("", "", "\t\n\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A JSON document that was read, with its text to find places in.

    Attributes:
        value: dict, list, str, int, bool and None only.
        text: What it was read from.
    """

    value: Any = field(repr=False)
    text: str = field(repr=False)

    def line(self, path: Path) -> int:
        """Return the 1-based line on which the value, or its name, starts."""
        return self.lines([path]).get(path, 1)

    def lines(self, paths: Iterable[Path]) -> dict[Path, int]:
        """Return the line of each path that is found, in one pass."""
        wanted = set(paths)
        found: dict[Path, int] = {}
        for place in _places(self.text):
            if place.path in wanted:
                found.setdefault(place.path, place.line)
        return found

    def fail(self, path: Path, reason: str) -> NoReturn:
        """Raise the error of the value at `path`."""
        raise SpecError(f"{spell(path)} {reason}", line=self.line(path))


def spell(path: Path) -> str:
    """Spell a path as people do, such as "files[3].size"."""
    text = "".join(
        f"[{part}]" if isinstance(part, int) else f".{_shown(part)}" for part in path
    )
    return text.removeprefix(".") or "the document"


def _shown(name: str) -> str:
    name = name if len(name) <= 80 else name[:77] + "..."
    return name if refused(name) is None else repr(name)


class _RefusedError(Exception):
    """Stops the parser; the place is found by a second look."""


def parse_json(data: Buffer, *, limits: Limits = DEFAULT_LIMITS) -> Document:
    """Read a JSON document strictly.

    Raises:
        SpecError: It is not such a document; `line` is the place.
        LimitError: It has more than `limits.text` bytes, or more objects and
            lists than four times `limits.members`.
    """
    if len(data) > limits.text:
        raise LimitError(f"{len(data):,} bytes; a document may have {limits.text:,}")
    text = _decode(bytes(data))
    _measure(text, limits)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_float=_refuse,
            parse_constant=_refuse,
        )
    except json.JSONDecodeError as error:
        raise SpecError(f"no JSON: {error.msg}", line=error.lineno) from error
    except _RefusedError as error:
        raise _first_fault(text) from error
    document = Document(value=value, text=text)
    _check_text(document)
    return document


def _decode(data: bytes) -> str:
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise SpecError(
            "the document starts with a byte order mark; save it as UTF-8 without one",
            line=1,
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SpecError(
            "this is not UTF-8 text",
            line=data.count(b"\n", 0, error.start) + 1,
            offset=error.start,
        ) from error


def _measure(text: str, limits: Limits) -> None:
    """Bound depth and count before anything is built."""
    depth = count = 0
    line = 1
    for match in _BRACKET.finditer(text):
        match match[0]:
            case "{" | "[":
                depth += 1
                count += 1
            case "}" | "]":
                depth -= 1
            case "\n":
                line += 1
        if depth > _DEEPEST:
            raise SpecError(f"nested deeper than {_DEEPEST} levels", line=line)
        if count > 4 * limits.members:
            raise LimitError("too many objects and lists", line=line)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _RefusedError
    return value


def _whole(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise _RefusedError
    return int(digits)


def _refuse(_: str) -> NoReturn:
    raise _RefusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A name or a value in the text.

    Attributes:
        token: As written; an opening bracket for objects and lists.
    """

    path: Path
    line: int
    token: str
    is_name: bool


def _places(text: str) -> Iterator[_Place]:
    """Walk over the names and values of a text in its order.

    The text need not be JSON: what is found up to the first fault is right.
    """
    line = 1
    path: list[str | int | None] = []  # None: an object that waits for a name
    for match in _TOKEN.finditer(text):
        token = match[0]
        match token:
            case "\n":
                line += 1
            case ":":
                continue
            case "," if path:
                last = path[-1]
                path[-1] = last + 1 if isinstance(last, int) else None
            case "]" | "}":
                del path[-1:]
            case _ if path and path[-1] is None:
                path[-1] = _name(token)
                yield _Place(path=_frozen(path), line=line, token=token, is_name=True)
            case _:
                yield _Place(path=_frozen(path), line=line, token=token, is_name=False)
                path.extend(_OPENED.get(token, ()))


def _frozen(path: Iterable[str | int | None]) -> Path:
    return tuple(part for part in path if part is not None)


def _name(token: str) -> str:
    try:
        return str(json.loads(token))
    except (json.JSONDecodeError, RecursionError):
        return token


def _first_fault(text: str) -> SpecError:
    """Find what stopped the parser: a doubled name or a number."""
    names: set[Path] = set()
    for place in _places(text):
        reason = None
        if place.is_name:
            reason = "is given twice" if place.path in names else None
            names.add(place.path)
        elif place.token[0] not in '"[{tfn':
            reason = _number_fault(place.token)
        if reason is not None:
            return SpecError(f"{spell(place.path)} {reason}", line=place.line)
    return SpecError("no JSON that is understood", line=1)


def _number_fault(token: str) -> str | None:
    if not token.removeprefix("-").isdigit():
        return f"is {token[:20]!r}; numbers are whole here"
    if len(token) > _DIGITS:
        return f"is a number of {len(token)} digits"
    return None


def _check_text(document: Document) -> None:
    """Refuse names and texts with characters that no fact may contain."""
    # Nearly every document is clean as a whole; the walk finds the place.
    text = document.text
    if "\\" not in text and refused(text.translate(_NEUTRAL)) is None:
        return
    waiting: list[tuple[Path, Any]] = [((), document.value)]
    while waiting:
        path, value = waiting.pop()
        match value:
            case dict():
                for name, child in value.items():
                    _check_one(document, (*path, name), name)
                    waiting.append(((*path, name), child))
            case list():
                waiting.extend(((*path, at), child) for at, child in enumerate(value))
            case str():
                _check_one(document, path, value)


def _check_one(document: Document, path: Path, text: str) -> None:
    found = refused(text)
    if found is not None:
        document.fail(path, f"contains the character U+{ord(found[0]):04X}")


def serialize_json(value: object) -> bytes:
    """Write a document the one way: two blanks, LF, a final line end, UTF-8.

    Names keep the order of the value.
    """
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    return text.encode("utf-8") + b"\n"
