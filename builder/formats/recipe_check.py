"""What a schema cannot say of a recipe: names that meet, values that fit."""

import re
from collections.abc import Iterable, Iterator

from builder.errors import LimitError, XmlError
from builder.formats.json_text import Document, Path
from builder.formats.recipe_places import check_places, check_time
from builder.formats.xml import parse_xml
from builder.model.names import unsafe
from builder.model.package import RegistryKey, RegistryValue
from builder.model.recipe import Recipe, RecipeComponent, RecipeFile, RecipePackage

_NUMBER = r"(0x[0-9A-Fa-f]{1,%d})|[0-9]{1,%d}"
_VALUES = {
    "REG_DWORD": (re.compile(_NUMBER % (8, 10)), "0x0000000a", 1 << 32),
    "REG_QWORD": (re.compile(_NUMBER % (16, 20)), "0x000000000000000a", 1 << 64),
    "REG_DWORD_BIG_ENDIAN": (
        re.compile(_NUMBER % (8, 10)),
        "0x0000000a",
        1 << 32,
    ),
    **{
        name: (re.compile(r"([0-9A-Fa-f]{2})*"), "0a0b", None)
        for name in (
            *("REG_BINARY", "REG_NONE", "REG_RESOURCE_LIST"),
            *("REG_FULL_RESOURCE_DESCRIPTOR", "REG_RESOURCE_REQUIREMENTS_LIST"),
        )
    },
    "REG_MULTI_SZ": (re.compile(r'(""|"[^"]+"(,"[^"]+")*)?'), '"one","two"', None),
}


def check_recipe(document: Document, recipe: Recipe) -> None:
    """Hold a recipe to what makes a package.

    Raises:
        SpecError: It contradicts itself; the first place is named.
    """
    _check_whole(document, recipe)
    _check_levels(document, recipe)
    _refuse_doubles(
        document,
        (
            (("components", at), _key(component))
            for at, component in enumerate(recipe.components)
        ),
    )
    levels = {level.name for level in recipe.levels}
    for at, component in enumerate(recipe.components):
        path = ("components", at)
        _check_component(document, path, component)
        for number, name in enumerate(component.levels):
            if name not in levels:
                known = ", ".join(sorted(levels)) or "none"
                place = (*path, "levels", number)
                document.fail(place, f"is {name!r}; the levels are: {known}")
    _check_packages(document, recipe.packages)


def _key(component: RecipeComponent) -> tuple[object, ...]:
    return (
        component.name.casefold(),
        component.version,
        component.architecture,
        frozenset(component.architectures),
        component.identity,
        component.branch,
    )


def _refuse_doubles(
    document: Document, keyed: Iterable[tuple[Path, object]], *, shown: int = -1
) -> None:
    first: dict[object, Path] = {}
    for path, key in keyed:
        before = first.setdefault(key, path)
        if before != path:
            place = f"{before[shown - 1]}[{before[shown]}]"
            document.fail(path, f"is the same as {place}")


def _check_whole(document: Document, recipe: Recipe) -> None:
    era = recipe.conventions
    check_time(document, ("time",), recipe.time)
    for at, package in enumerate(recipe.packages):
        check_time(document, ("packages", at, "time"), package.time)
    for at, architecture in enumerate(recipe.architectures):
        if architecture not in era.architectures:
            document.fail(
                ("architectures", at),
                f"is {architecture.word}; Windows {era.name} does not run on it",
            )
    _refuse_doubles(
        document,
        ((("architectures", at), a) for at, a in enumerate(recipe.architectures)),
    )
    if not recipe.support_link.startswith(("http://", "https://")):
        document.fail(
            ("support_link",),
            f"is {recipe.support_link!r}, which starts with neither http nor https",
        )
    if recipe.components and recipe.package_version is None:
        document.fail(("components",), "needs package_version beside it")
    for name in ("levels", "parents", "packages"):
        if getattr(recipe, name) and not recipe.components:
            document.fail((name,), "needs components beside it")
    if recipe.packages and (recipe.levels or recipe.parents):
        other = "levels" if recipe.levels else "parents"
        document.fail(("packages",), f"and {other} exclude each other")
    for at, parent in enumerate(recipe.parents):
        _need_names(document, ("parents", at, "identities"), parent.identities)


def _check_levels(document: Document, recipe: Recipe) -> None:
    _refuse_doubles(
        document,
        (
            (("levels", at), level.name.casefold())
            for at, level in enumerate(recipe.levels)
        ),
    )
    before: set[str] = set()
    for at, level in enumerate(recipe.levels):
        if level.within is not None and level.within not in before:
            document.fail(
                ("levels", at, "within"),
                f"is {level.within!r}, which is no level before this one",
            )
        before.add(level.name)
        for number, parent in enumerate(level.parents):
            path = ("levels", at, "parents", number, "identities")
            _need_names(document, path, parent.identities)


def _need_names(
    document: Document,
    path: Path,
    identities: Iterable[tuple[tuple[str, str | None], ...]],
) -> None:
    for at, identity in enumerate(identities):
        if not dict(identity).get("name"):
            document.fail((*path, at), "lacks name")


def _check_component(
    document: Document, path: Path, component: RecipeComponent
) -> None:
    if component.wow64 and component.architecture is not None:
        document.fail((*path, "wow64"), "goes with the package's own architecture only")
    _check_folder(document, (*path, "folder"), component.folder)
    if component.inf is not None:
        _check_driver(document, path, component)
    _check_files(document, (*path, "files"), component.files, component.inf)
    _check_registry(document, (*path, "registry_keys"), component.registry_keys)
    _check_named(document, path, component)
    check_places(document, path, component)
    for at, resource in enumerate(component.resources):
        place = (*path, "resources", at)
        _check_folder(document, (*place, "folder"), resource.folder or "")
        _check_files(document, (*place, "files"), resource.files, None)
        _check_registry(document, (*place, "registry_keys"), resource.registry_keys)
    for at, lines in enumerate(component.fragments):
        _check_fragment(document, (*path, "fragments", at), lines)


def _check_folder(document: Document, path: Path, folder: str) -> None:
    reason = unsafe(folder) if folder else None
    if reason is not None:
        document.fail(path, f"is {folder!r}, which no folder can be named: {reason}")


def _check_driver(document: Document, path: Path, component: RecipeComponent) -> None:
    inf = (component.inf or "").casefold()
    names = {file.name.casefold() for file in component.files}
    if inf not in names:
        document.fail((*path, "inf"), f"is {component.inf!r}, which is no file of it")
    if component.wow64:
        document.fail((*path, "wow64"), "and inf exclude each other")
    if component.name.casefold() != inf:
        document.fail((*path, "name"), f"is not that of the INF, {component.inf!r}")


def _check_files(
    document: Document, path: Path, files: tuple[RecipeFile, ...], inf: str | None
) -> None:
    for at, file in enumerate(files):
        for name in ("name", "source"):
            text = getattr(file, name)
            reason = None if text is None else unsafe(text)
            if reason is not None:
                place = (*path, at, name)
                document.fail(
                    place, f"is {text!r}, which no file can be named: {reason}"
                )
        if inf is None and file.destination is None:
            document.fail((*path, at), "lacks destination; only drivers have none")
        if inf is not None and file.destination is not None:
            document.fail((*path, at, "destination"), "is not for drivers")
    _refuse_doubles(
        document,
        (
            (
                (*path, at),
                ((file.destination or "").casefold(), file.name.casefold()),
            )
            for at, file in enumerate(files)
        ),
    )


def _check_registry(
    document: Document, path: Path, keys: tuple[RegistryKey, ...]
) -> None:
    _refuse_doubles(
        document,
        (
            ((*path, at), key.name.rstrip("\\").casefold())
            for at, key in enumerate(keys)
        ),
    )
    for at, key in enumerate(keys):
        place = (*path, at, "values")
        _refuse_doubles(
            document,
            (
                ((*place, number), value.name.casefold())
                for number, value in enumerate(key.values)
            ),
        )
        for number, value in enumerate(key.values):
            _check_value(document, (*place, number, "value"), value)


def _check_value(document: Document, path: Path, value: RegistryValue) -> None:
    rule = _VALUES.get(value.type)
    if rule is None:
        return
    pattern, example, limit = rule
    if pattern.fullmatch(value.value) is None:
        shown = value.value if len(value.value) <= 60 else value.value[:57] + "..."
        document.fail(path, f"is {shown!r}; a {value.type} is written like {example!r}")
    if limit is not None and int(value.value, 0 if "x" in value.value else 10) >= limit:
        document.fail(path, f"is {value.value}, too large for a {value.type}")


def _check_named(document: Document, path: Path, component: RecipeComponent) -> None:
    """Refuse two things of one name in the lists that need names."""
    named = {
        "services": (x.name for x in component.services),
        "security_descriptors": (x.name for x in component.security_descriptors),
        "directories": (x.path for x in component.directories),
        "string_tables": (x.culture for x in component.string_tables),
        "resources": (x.language for x in component.resources),
    }
    for name, keys in named.items():
        _refuse_doubles(
            document,
            (((*path, name, at), key.casefold()) for at, key in enumerate(keys)),
        )


def _check_fragment(document: Document, path: Path, lines: tuple[str, ...]) -> None:
    text = "\n".join(lines)
    if not text.startswith("<") or text.startswith(("<?", "<!")):
        document.fail(path, "does not start with its element")
    try:
        parse_xml(text.encode("utf-8"))
    except (XmlError, LimitError) as error:
        at = min(error.line or 1, len(lines)) - 1
        document.fail((*path, at), "is no well-formed element")


def _check_packages(document: Document, packages: tuple[RecipePackage, ...]) -> None:
    if not packages:
        return
    if (
        sum((package.file or "").casefold() == "update.mum" for package in packages)
        != 1
    ):
        document.fail(("packages",), "needs exactly one with the file update.mum")
    for path, name in _names(packages):
        if not dict(name).get("name"):
            document.fail(path, "lacks name")
    _refuse_doubles(
        document,
        (
            (("packages", at), (package.file or package.name).casefold())
            for at, package in enumerate(packages)
        ),
    )


def _names(
    packages: tuple[RecipePackage, ...],
) -> Iterator[tuple[Path, tuple[tuple[str, str | None], ...]]]:
    for at, package in enumerate(packages):
        for number, parent in enumerate(package.parents):
            path: Path = ("packages", at, "parents", number, "identities")
            for index, identity in enumerate(parent.identities):
                yield (*path, index), identity
        for number, update in enumerate(package.updates):
            path = ("packages", at, "updates", number)
            for index, reference in enumerate(update.references):
                yield (*path, "references", index, "identity"), reference.identity
            for index, condition in enumerate(update.applicable):
                place = (*path, "applicable", index, "identities")
                for one, identity in enumerate(condition.identities):
                    yield (*place, one), identity
