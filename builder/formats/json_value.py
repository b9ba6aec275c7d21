"""JSON <-> frozen dataclasses, led by the types of their fields.

Each name in the JSON is the name of a field.  Pairs of texts are objects,
sequences are lists, versions and architectures are texts.  The schema has
judged the kinds before; what it cannot say is judged on the way.
"""

from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, datetime
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from builder.formats.json_text import Document, Path
from builder.model.identity import Architecture
from builder.model.version import FileVersion

T = TypeVar("T")

TIME = "%Y-%m-%dT%H:%M:%SZ"
"""How documents write a time: in UTC, to the second."""

_NO_NAMES = frozenset({"$schema", "$comment"})


def _version(text: str) -> FileVersion:
    try:
        return FileVersion.parse(text)
    except ValueError as error:
        raise ValueError(f"is no version: {error}") from error


def _time(text: str) -> datetime:
    try:
        return datetime.strptime(text, TIME).replace(tzinfo=UTC)
    except ValueError as error:
        raise ValueError(f"is {text!r}, a time that does not exist") from error


_PARSED: dict[object, Callable[[str], object]] = {
    FileVersion: _version,
    Architecture: Architecture.of_word,
    datetime: _time,
}


def parse_value(
    kind: type[T],
    document: Document,
    path: Path = (),
    value: Any = None,  # noqa: ANN401 - a JSON value has no better static type
) -> T:
    """Turn an object of a document into a dataclass.

    Args:
        kind: The dataclass.
        document: Judged by its schema already.
        path: Of the object.
        value: The object; by default the whole document.

    Raises:
        SpecError: A text is not what its type demands.
    """
    if value is None:
        value = document.value
    hints = get_type_hints(kind)
    given = {
        name: _typed(hints[name], document, (*path, name), child)
        for name, child in value.items()
        if name not in _NO_NAMES
    }
    return kind(**given)


def _typed(hint: Any, document: Document, path: Path, value: Any) -> Any:  # noqa: ANN401 - as above
    if value is None:
        return None
    if get_origin(hint) is UnionType:
        hint = _chosen(hint, value)
    if hint in _PARSED:
        try:
            return _PARSED[hint](value)
        except ValueError as error:
            document.fail(path, str(error))
    if get_origin(hint) is tuple:
        return _sequence(get_args(hint)[0], document, path, value)
    if is_dataclass(hint):
        assert isinstance(hint, type)  # noqa: S101 - of our own classes
        return parse_value(hint, document, path, value)
    return value


def _chosen(hint: Any, value: Any) -> Any:  # noqa: ANN401 - as above
    """Choose the member of a union that a value can become."""
    members = [member for member in get_args(hint) if member is not NoneType]
    if isinstance(value, dict):
        for member in members:
            if is_dataclass(member) and _required(member) <= value.keys():
                return member
    return members[0]


def _required(kind: Any) -> set[str]:  # noqa: ANN401 - as above
    return {field.name for field in fields(kind) if not _has_default(field)}


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING


def _sequence(item: Any, document: Document, path: Path, value: Any) -> Any:  # noqa: ANN401 - as above
    if isinstance(value, dict):
        return tuple(value.items())
    return tuple(
        _typed(item, document, (*path, at), child) for at, child in enumerate(value)
    )


def value_json(value: Any) -> Any:  # noqa: ANN401 - as above
    """Turn a dataclass into JSON; what has its default is left out."""
    if isinstance(value, FileVersion):
        return str(value)
    if isinstance(value, Architecture):
        return value.word
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime(TIME)
    if is_dataclass(value):
        hints = get_type_hints(type(value))
        return {
            field.name: _field_json(hints[field.name], getattr(value, field.name))
            for field in fields(value)
            if not _has_default(field) or getattr(value, field.name) != field.default
        }
    return value


def _field_json(hint: Any, value: Any) -> Any:  # noqa: ANN401 - as above
    if get_origin(hint) is UnionType and value is not None:
        hint = next(m for m in get_args(hint) if m is not NoneType)
    if get_origin(hint) is tuple and isinstance(value, tuple):
        item = get_args(hint)[0]
        if get_origin(item) is tuple and Ellipsis not in get_args(item):
            return dict(value)  # pairs
        return [_field_json(item, child) for child in value]
    return value_json(value)
