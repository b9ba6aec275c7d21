"""What is installed is what lies here, and the sizes that keep it small."""

import ast
import importlib
import sys
import tomllib
from importlib.metadata import entry_points, requires
from importlib.resources import files
from pathlib import Path

import pytest
from projects import ROOT

SOURCES = sorted((ROOT / "builder").rglob("*.py"))
CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def test_every_folder_with_modules_is_in_the_list_of_packages() -> None:
    found = {".".join(p.relative_to(ROOT).parent.parts) for p in SOURCES}
    listed = set(CONFIGURATION["tool"]["setuptools"]["packages"])
    assert listed == found | {"builder.schemas"}


def test_every_schema_is_package_data() -> None:
    shipped = {p.name for p in files("builder.schemas").iterdir()}
    lying = {
        p.name for p in (ROOT / "schemas").iterdir() if p.suffix in (".xsd", ".json")
    }
    assert {"mum.xsd", "manifest.xsd", "kb.schema.json"} <= lying <= shipped


def test_the_command_is_installed() -> None:
    (command,) = entry_points(group="console_scripts", name="hotfix")
    assert command.value == "builder.cli:main"
    assert callable(command.load())


def imported() -> set[str]:
    """Return the names of all top-level modules that the builder imports."""
    found: set[str] = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found


def test_every_dependency_is_imported_and_declared() -> None:
    names = {"pyopenssl": "OpenSSL"}
    declared = {
        names.get(name, name)
        for line in CONFIGURATION["project"]["dependencies"]
        for name in [line.partition(">")[0].strip()]
    }
    assert requires("hotfix-builder")
    foreign = {n for n in imported() if n not in sys.stdlib_module_names}
    assert foreign - {"builder", "rich", "zlib_ng"} == declared


# One loop over tokens or symbols: calls in it cost a fifth of the speed.
LONGER = {"_decode_tokens": 60, "decode_symbols": 85}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_modules_and_functions_stay_small(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
            # The signature of a command is as long as its list of options.
            assert length <= LONGER.get(node.name, 40), node.name


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_module_says_what_it_is(path: Path) -> None:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    if name.endswith("__main__"):
        return
    module = importlib.import_module(name.removesuffix(".__init__"))
    assert (module.__doc__ or "").strip().endswith((".", ":", "?", "}", ")"))
