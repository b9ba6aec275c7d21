"""Where specifications come from on the disk."""

from dataclasses import dataclass
from pathlib import Path

from builder import store
from builder.errors import StoreError, reading
from builder.formats.article import parse_article
from builder.formats.spec import parse_inventory, parse_recipe, parse_spec
from builder.model.inventory import Inventory
from builder.model.kb import KbSpec
from builder.model.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """A specification's folder in the ledger, read.

    Attributes:
        folder: Where kb.json lies.
        inventory: None where there is no inventory.json yet.
    """

    folder: Path
    spec: KbSpec
    recipe: Recipe
    inventory: Inventory | None


def spec_file(path: Path) -> Path:
    """Return the kb.json that `path` names: the file itself or its folder."""
    return path / "kb.json" if path.is_dir() else path


def read_spec(path: Path) -> KbSpec:
    """Read a kb.json; errors name the file."""
    file = spec_file(path)
    data = store.read_document(file)
    with reading(str(file)):
        return parse_spec(data)


def read_promise(path: Path) -> KbSpec:
    """Read a kb.json, its folder, or an article; the content decides."""
    file = spec_file(path)
    data = store.read_document(file)
    with reading(str(file)):
        is_json = data.lstrip(b" \t\r\n").startswith(b"{")
        return parse_spec(data) if is_json else parse_article(data)


def read_specification(path: Path, recipe: Path | None) -> Specification:
    """Read a specification with what lies beside it in the ledger."""
    file = spec_file(path)
    folder = file.parent
    spec = read_spec(path)
    return Specification(
        folder=folder,
        spec=spec,
        recipe=_read_recipe(folder, recipe),
        inventory=_read_inventory(folder, spec),
    )


def _read_recipe(folder: Path, given: Path | None) -> Recipe:
    file = given or folder / "recipe.json"
    if given is None and not file.exists():
        return Recipe()
    data = store.read_document(file)
    with reading(str(file)):
        return parse_recipe(data)


def _read_inventory(folder: Path, spec: KbSpec) -> Inventory | None:
    file = folder / "inventory.json"
    if not file.exists():
        return None
    data = store.read_document(file)
    with reading(str(file)):
        inventory = parse_inventory(data)
    if inventory.number != spec.number:
        raise StoreError(str(file), f"belongs to KB{inventory.number}")
    return inventory
