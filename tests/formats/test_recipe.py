"""recipe.json: every name is read, and each fault is told with its place."""

import json
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_type_hints

import pytest
from make_recipe import PACKAGES, RECIPE, WRITTEN, changed, text, without

from builder.errors import SpecError
from builder.formats.recipe import parse_recipe, serialize_recipe
from builder.formats.schema import schema
from builder.model.package import ServiceGroup
from builder.model.recipe import Recipe

CORPUS = Path(__file__).parents[1] / "corpus" / "bad_recipes.json"
RECIPES = {"computed": RECIPE, "written": WRITTEN}
BAD = [
    (RECIPES[row["recipe"]], row["path"], row["to"], row["message"])
    for row in json.loads(CORPUS.read_text("utf-8"))
]
"""What is changed in a good recipe, and what is said of it then."""


@pytest.mark.parametrize(("recipe", "path", "to", "message"), BAD)
def test_a_fault_is_told_with_line_place_and_what_was_expected(
    recipe: dict[str, Any], path: list[str | int], to: object, message: str
) -> None:
    with pytest.raises(SpecError) as caught:
        parse_recipe(changed(recipe, *path, to=to))
    assert str(caught.value) == f"input:{message}"


def test_the_table_of_faults_is_long_and_none_is_there_twice() -> None:
    places = {(str(path), str(to)) for _, path, to, _ in BAD}
    assert len(places) == len(BAD) >= 120


@pytest.mark.parametrize(
    ("recipe", "message"),
    [
        (
            without(RECIPE, "package_version"),
            "input:12: components needs package_version beside it",
        ),
        ({"levels": RECIPE["levels"]}, "input:2: levels needs components beside it"),
        ({"parents": []}, None),
        ({"packages": PACKAGES}, "input:2: packages needs components beside it"),
    ],
)
def test_what_needs_something_beside_it_says_so(
    recipe: dict[str, Any], message: str | None
) -> None:
    if message is None:
        assert parse_recipe(text(recipe)) == Recipe()
        return
    with pytest.raises(SpecError) as caught:
        parse_recipe(text(recipe))
    assert str(caught.value) == message


@pytest.mark.parametrize("recipe", [RECIPE, WRITTEN, {}])
def test_a_recipe_that_is_written_again_says_the_same(recipe: dict[str, Any]) -> None:
    value = parse_recipe(text(recipe))
    written = serialize_recipe(value)
    assert parse_recipe(written) == value
    assert serialize_recipe(parse_recipe(written)) == written


def test_the_example_has_a_value_of_every_registry_type() -> None:
    whole = json.loads(schema("recipe.schema.json"))
    types = whole["$defs"]["registry_value"]["properties"]["type"]["enum"]
    recipe: dict[str, Any] = RECIPE
    values = recipe["components"][0]["registry_keys"][0]["values"]
    assert {value["type"] for value in values} == set(types)
    assert len(types) == 12


def test_everything_in_the_example_is_kept() -> None:
    """What is not read would be lost on writing."""
    for recipe in (RECIPE, WRITTEN):
        written = json.loads(serialize_recipe(parse_recipe(text(recipe))))
        assert written == without(recipe, "$comment")


def nested(kind: Any) -> dict[str, Any]:
    """Return the dataclasses that the fields of one hold, by field."""
    found = {}
    for name, hint in get_type_hints(kind).items():
        waiting = [hint]
        while waiting:
            one = waiting.pop()
            if is_dataclass(one):
                found[name] = one
            elif isinstance(one, UnionType) or get_args(one):
                waiting += get_args(one)
    return found


def test_the_schema_names_exactly_what_is_read() -> None:
    whole = json.loads(schema("recipe.schema.json"))
    ends = {"$schema", "$comment"}
    waiting: list[tuple[dict[str, Any], Any]] = [(whole, Recipe)]
    seen = 0
    while waiting:
        rule, kind = waiting.pop()
        names = {field.name for field in fields(kind)}
        assert set(rule["properties"]) - ends == names, kind
        seen += len(names)
        for name, inner in nested(kind).items():
            reference = rule["properties"][name]["items"].get("$ref")
            if reference is None:  # a service, or its place in a group
                word = "service_group" if inner is ServiceGroup else "service"
                reference = f"#/$defs/{word}"
            waiting.append((whole["$defs"][reference.rpartition("/")[2]], inner))
    assert seen > 150
