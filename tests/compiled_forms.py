"""Compiled forms of modules: the installed ones, or those left under build/.

`python -m build --wheel` leaves them there.  One that is older than its source
is none.
"""

import os
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import NoReturn

import pytest

import builder.formats

ROOT = Path(__file__).parent.parent
SOURCES = Path(builder.formats.__path__[0])
FORMS = ("plain", "compiled")


def load(names: tuple[str, ...], paths: list[Path]) -> ModuleType:
    """Load modules that import one another, beside those in use; give the last."""
    full = [f"builder.formats.{name}" for name in names]
    in_use = {name: sys.modules.pop(name, None) for name in full}
    try:
        for name, path in zip(full, paths, strict=True):
            spec = spec_from_file_location(name, path)
            assert spec is not None
            assert spec.loader is not None
            sys.modules[name] = module = module_from_spec(spec)
            spec.loader.exec_module(module)
    finally:
        for name, former in in_use.items():
            if former is not None:
                sys.modules[name] = former
    return module


def load_plain(names: tuple[str, ...]) -> ModuleType:
    """Load the sources, whatever form is in use."""
    return load(names, [SOURCES / f"{name}.py" for name in names])


def load_built(names: tuple[str, ...], *, pattern: str) -> ModuleType | None:
    """Load compiled modules, none older than any source of `pattern`."""
    newest = max(path.stat().st_mtime for path in SOURCES.glob(pattern))
    for folder in sorted(ROOT.glob("build/lib*/builder/formats")):
        for suffix in EXTENSION_SUFFIXES:
            paths = [folder / f"{name}{suffix}" for name in names]
            if all(path.is_file() for path in paths):
                oldest = min(path.stat().st_mtime for path in paths)
                if oldest >= newest:
                    return load(names, paths)
    return None


def do_without(what: str) -> NoReturn:
    """Skip, or fail where the compiled form must be there."""
    reason = f"no compiled {what}; `python -m build --wheel` makes one"
    if os.environ.get("HOTFIX_REQUIRE_COMPILED") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
