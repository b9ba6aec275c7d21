"""Where specifications come from on the disk."""

import re
from dataclasses import dataclass
from pathlib import Path

from builder import store
from builder.errors import StoreError, reading
from builder.files import naming
from builder.model.inventory import Inventory
from builder.model.kb import KbSpec
from builder.model.limits import DEFAULT_LIMITS
from builder.model.recipe import Recipe

_NUMBER = re.compile(r"(?<![0-9])[1-9][0-9]{5,6}(?![0-9])", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """A specification's folder in the ledger, read.

    Attributes:
        file: The kb.json.
        folder: Where kb.json lies.
        inventory: None where there is no inventory.json yet.
    """

    file: Path
    folder: Path
    spec: KbSpec
    recipe: Recipe
    inventory: Inventory | None


def spec_file(path: Path) -> Path:
    """Return the kb.json that `path` names: the file itself or its folder."""
    with naming(path):
        return path / "kb.json" if path.is_dir() else path


def read_spec(path: Path) -> KbSpec:
    """Read a kb.json; errors name the file."""
    from builder.formats.spec import parse_spec

    file = spec_file(path)
    data = store.read_document(file)
    with reading(str(file)):
        return parse_spec(data)


def read_text_document(path: Path) -> bytes:
    """Read an article or a kb.json; "-" is standard input.

    Raises:
        LimitError: It is larger than a text may be.
    """
    if str(path) == "-":
        return store.read_standard_input(limit=DEFAULT_LIMITS.text)
    return store.read_document(path, limit=DEFAULT_LIMITS.text)


def number_in(path: Path) -> int | None:
    """Return the only number in a file's name that an article could have."""
    found = set(_NUMBER.findall(path.name))
    return int(found.pop()) if len(found) == 1 else None


def read_promise(path: Path) -> KbSpec:
    """Read a kb.json, its folder, or an article; the content decides."""
    from builder.formats.article import Given, parse_article

    file = spec_file(path)
    data = read_text_document(file)
    with reading(str(file)):
        return parse_article(data, given=Given(guess=number_in(file)))


def is_package(path: Path) -> bool:
    """Tell whether a file is a container, and no article."""
    from builder.errors import FormatError
    from builder.model.unpacked import Kind
    from builder.steps.sniff import kind_of_file

    if str(path) == "-":
        return False
    with naming(path):
        if path.is_dir():
            return False
    with store.mapped(path) as data:
        try:
            return kind_of_file(path.name, bytes(data[:64])) is Kind.CABINET
        except FormatError:
            return False


def read_specification(path: Path, recipe: Path | None) -> Specification:
    """Read a specification with what lies beside it in the ledger."""
    file = spec_file(path)
    folder = file.parent
    spec = read_spec(path)
    return Specification(
        file=file,
        folder=folder,
        spec=spec,
        recipe=_read_recipe(folder, recipe),
        inventory=_read_inventory(folder, spec),
    )


def _read_recipe(folder: Path, given: Path | None) -> Recipe:
    file = given or folder / "recipe.json"
    if given is None and not file.exists():
        return Recipe()
    from builder.formats.recipe import parse_recipe

    data = store.read_document(file)
    with reading(str(file)):
        return parse_recipe(data)


def _read_inventory(folder: Path, spec: KbSpec) -> Inventory | None:
    file = folder / "inventory.json"
    if not file.exists():
        return None
    from builder.formats.spec import parse_inventory

    data = store.read_document(file)
    with reading(str(file)):
        inventory = parse_inventory(data)
    if inventory.number != spec.number:
        raise StoreError(str(file), f"belongs to KB{inventory.number}")
    return inventory
