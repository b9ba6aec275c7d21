"""recipe.json <-> Recipe: read strictly, judged by its schema, then by sense."""

from builder.formats.buffer import Buffer
from builder.formats.json_order import arrange_json
from builder.formats.json_schema import validate_json
from builder.formats.json_text import parse_json
from builder.formats.json_value import parse_value, value_json
from builder.formats.recipe_check import check_recipe
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.model.recipe import Recipe

SCHEMA = "recipe.schema.json"


def parse_recipe(data: Buffer, *, limits: Limits = DEFAULT_LIMITS) -> Recipe:
    """Read a recipe.json; what it leaves out has the default.

    Raises:
        SpecError: It is not what its schema says, or contradicts itself; the
            message names the place, as in "components[0].files[1].name".
        LimitError: It is larger than `limits` allow.
    """
    document = parse_json(data, limits=limits)
    validate_json(SCHEMA, document)
    recipe = parse_value(Recipe, document)
    check_recipe(document, recipe)
    return recipe


def serialize_recipe(recipe: Recipe) -> bytes:
    """Write a recipe.json in the order of its schema, without defaults."""
    return arrange_json(SCHEMA, {"$schema": SCHEMA_PLACE, **value_json(recipe)})


SCHEMA_PLACE = "../../schemas/recipe.schema.json"
"""Where an editor finds the schema, seen from a folder of the ledger."""
