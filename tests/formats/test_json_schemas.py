"""The JSON Schemas themselves: strict, described, safe in every engine."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from builder.errors import SpecError
from builder.formats.json_schema import validate_json
from builder.formats.json_text import Document, parse_json, serialize_json
from builder.formats.schema import schema

SCHEMAS = Path(__file__).parents[2] / "schemas"
NAMES = sorted(path.name for path in SCHEMAS.glob("*.schema.json"))
assert NAMES, "no JSON Schemas found"
PLAIN = {"custody.schema.json"}  # nothing in it has a form of its own


def parts(value: object) -> Iterator[dict[str, Any]]:
    """Yield every object inside a schema."""
    match value:
        case dict():
            yield value
            for child in value.values():
                yield from parts(child)
        case list():
            for child in value:
                yield from parts(child)


def test_all_of_them_are_there() -> None:
    assert NAMES == [
        "applicability.schema.json",
        "catalog.schema.json",
        "comparison.schema.json",
        "custody.schema.json",
        "difference.schema.json",
        "inventory.schema.json",
        "kb.schema.json",
        "profile.schema.json",
        "recipe.schema.json",
        "report.schema.json",
        "tree.schema.json",
        "verification.schema.json",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_ships_with_the_builder(name: str) -> None:
    assert schema(name) == (SCHEMAS / name).read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_a_schema_in_the_one_form(name: str) -> None:
    value = parse_json(schema(name)).value
    Draft202012Validator.check_schema(value)
    assert serialize_json(value) == schema(name)


@pytest.mark.parametrize("name", NAMES)
def test_every_object_is_closed_and_every_property_described(name: str) -> None:
    found = 0
    for part in parts(json.loads(schema(name))):
        if part.get("type") == "object":
            assert part["additionalProperties"] is False
            for named, rule in part["properties"].items():
                assert rule["description"], named
                found += 1
    assert found


def test_every_property_of_a_recipe_shows_how_it_is_written() -> None:
    """Examples, or few values, for an editor; all of them are valid."""
    whole = json.loads(schema("recipe.schema.json"))
    shown = 0
    for part in parts(whole):
        for named, rule in part.get("properties", {}).items():
            if not isinstance(rule, dict) or named == "$comment":
                continue
            is_listed = "enum" in rule or rule.get("type") == "boolean"
            assert is_listed or rule["examples"], named
            judge = Draft202012Validator({**rule, "$defs": whole["$defs"]})
            for example in rule.get("examples", ()):
                assert judge.is_valid(example), (named, example)
                shown += 1
    assert shown > 110


@pytest.mark.parametrize("name", NAMES)
def test_a_pattern_ends_where_the_text_ends(name: str) -> None:
    """A dollar sign lets a final line end pass in Python; a lookahead does not."""
    found = [part for part in parts(json.loads(schema(name))) if "pattern" in part]
    assert bool(found) == (name not in PLAIN)
    for part in found:
        if not isinstance(part["pattern"], str):
            continue
        pattern = re.compile(part["pattern"])
        assert part["pattern"].startswith("^")
        assert part["pattern"].endswith(r"(?![\s\S])")
        assert "\\d" not in part["pattern"]
        assert "\\w" not in part["pattern"]
        for example in part["examples"]:
            assert pattern.search(example), example
            assert not pattern.search(example + "\n")
            assert not pattern.search("\n" + example)


SCHEMA = "https://hotfix-builder.invalid/schemas/report-1.schema.json"
FINDING = {
    "rule": "HF301",
    "name": "file-size-differs",
    "severity": "error",
    "where": ["a.msu", "a.cab", "Mpio.sys"],
    "message": "1 byte; the article says 2",
    "line": 1,
    "offset": 0,
}
SUMMARY = {
    "error": 1,
    "warning": 0,
    "note": 0,
    "files": 3,
    "checked": 2,
    "not_checked": 1,
}
ANSWER = {
    "path": "a.msu",
    "verdict": "invalid",
    "findings": [FINDING],
    "summary": SUMMARY,
    "notes": {"verified": ["Sizes."], "inferred": [], "not_checked": []},
}
UNREADABLE = ANSWER | {"verdict": "unreadable", "findings": [], "error": "no cabinet"}


def report(*packages: object) -> Document:
    value = {"schema": SCHEMA, "packages": packages}
    return parse_json(serialize_json(value))


def test_a_report_is_accepted() -> None:
    least = {key: FINDING[key] for key in FINDING if key not in ("line", "offset")}
    bare = {key: ANSWER[key] for key in ANSWER if key != "notes"}
    for packages in (
        (),
        (ANSWER, UNREADABLE),
        (bare | {"findings": [least], "verdict": "valid"},),
    ):
        validate_json("report.schema.json", report(*packages))


@pytest.mark.parametrize(
    ("package", "reason"),
    [
        (ANSWER | {"verdict": "good"}, "packages[0].verdict is 'good', not one of"),
        (
            ANSWER | {"error": "x"},
            "packages[0].verdict is 'invalid', not 'unreadable'",
        ),
        (UNREADABLE | {"error": ""}, "packages[0].error is ''"),
        (ANSWER | {"verdict": "unreadable"}, "packages[0] lacks error"),
        (ANSWER | {"findings": [FINDING | {"line": 0}]}, "packages[0].findings[0].lin"),
        (ANSWER | {"findings": [FINDING | {"rule": "HF3"}]}, "packages[0].findings[0]"),
        (ANSWER | {"findings": [FINDING | {"severity": "bad"}]}, "packages[0].finding"),
        (ANSWER | {"findings": [FINDING | {"page": ""}]}, "packages[0].findings[0].pa"),
        (ANSWER | {"summary": SUMMARY | {"note": -1}}, "packages[0].summary.note is"),
        (ANSWER | {"summary": {}}, "packages[0].summary lacks error, warning, note"),
    ],
)
def test_a_wrong_report_is_refused(package: object, reason: str) -> None:
    with pytest.raises(SpecError) as caught:
        validate_json("report.schema.json", report(package))
    assert caught.value.reason.startswith(reason)


def test_a_report_says_which_shape_it_has() -> None:
    with pytest.raises(SpecError, match="schema is 'x'"):
        validate_json(
            "report.schema.json", parse_json(b'{"schema": "x", "packages": []}')
        )


def test_long_values_are_shortened_in_messages() -> None:
    document = parse_json(serialize_json({"company": "x" * 600}))
    with pytest.raises(SpecError) as caught:
        validate_json("recipe.schema.json", document)
    assert len(str(caught.value)) < 150


def test_many_faults_end_in_one() -> None:
    document = parse_json(serialize_json({f"n{n}": n for n in range(20_000)}))
    with pytest.raises(SpecError, match=r"^input:2: n0 is not a known name$"):
        validate_json("recipe.schema.json", document)
