"""JSON documents judged by the JSON Schemas that ship with the builder."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from builder.errors import SpecError
from builder.formats.json_text import Document, Path, parse_json, spell
from builder.formats.schema import schema

_MOST_FAULTS = 100
"""Places looked at before the first one in the text is chosen."""

_KINDS = {
    "object": "an object",
    "array": "a list",
    "string": "text",
    "integer": "a number",
    "boolean": "true or false",
    "null": "null",
}


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(parse_json(schema(name)).value)


def validate_json(name: str, document: Document) -> None:
    """Judge a document by the schema `name`, such as "kb.schema.json".

    Raises:
        SpecError: The schema is violated; the fault that stands first in the
            text is named.
    """
    found = tuple(islice(_faults(name, document.value), _MOST_FAULTS))
    if not found:
        return
    lines = document.lines(path for path, _ in found)
    path, reason = min(found, key=lambda fault: (lines.get(fault[0], 1), fault[1]))
    raise SpecError(f"{spell(path)} {reason}", line=lines.get(path, 1))


def _faults(name: str, value: Any) -> Iterator[tuple[Path, str]]:  # noqa: ANN401
    # a JSON value has no better static type than Any
    for error in _validator(name).iter_errors(value):
        path = tuple(error.absolute_path)
        if error.validator == "additionalProperties":
            for extra in _extras(error):
                yield (*path, extra), "is not a known name"
        else:
            yield path, _reason(error)


def _extras(error: ValidationError) -> Iterator[str]:
    rule: Any = error.schema
    instance: Any = error.instance
    known, patterns = rule.get("properties", {}), rule.get("patternProperties", {})
    return (
        key
        for key in instance
        if key not in known and not any(re.search(p, key) for p in patterns)
    )


def _reason(error: ValidationError) -> str:
    rule: Any = error.schema
    wanted: Any = error.validator_value
    instance: Any = error.instance
    shown = _short(instance)
    match error.validator:
        case "required":
            missing = (name for name in wanted if name not in instance)
            text = f"lacks {', '.join(missing)}"
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            text = f"is {shown}, not {' or '.join(_KINDS[kind] for kind in kinds)}"
        case "enum":
            words = ("null" if word is None else word for word in wanted)
            text = f"is {shown}, not one of {', '.join(words)}"
        case "const":
            text = f"is {shown}, not {wanted!r}"
        case "pattern":
            text = f"is {shown}, which is not written like {rule['examples'][0]!r}"
        case "minimum":
            text = f"is {shown}, below {wanted}"
        case "minItems":
            text = f"is {shown}, shorter than {wanted}"
        case "maximum":
            text = f"is {shown}, above {wanted}"
        case _:
            text = f"is {shown}: {error.validator} is {wanted}"
    return text


def _short(value: Any) -> str:  # noqa: ANN401 - as above
    match value:
        case dict():
            return f"an object of {len(value)}"
        case list():
            return f"a list of {len(value)}"
        case None | True | False:
            return {None: "null", True: "true", False: "false"}[value]
        case str() if len(value) > 60:
            return repr(value[:57] + "...")
        case _:
            return repr(value)
