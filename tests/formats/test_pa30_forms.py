"""The compiled form of the PA30 decoder does what the sources do."""

import json
import os
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest
from pa30_damage import outcomes

from builder.formats import pa30_codec

ROOT = Path(__file__).parents[2]
COUNT = 300


def compiled_tree() -> Path | None:
    """Find a built tree whose PA30 modules are no older than their sources."""
    sources = Path(pa30_codec.__file__).parent.glob("pa30*.p*")
    newest = max(path.stat().st_mtime for path in sources)
    for suffix in EXTENSION_SUFFIXES:
        for path in sorted(ROOT.glob(f"build/lib*/builder/formats/pa30_codec{suffix}")):
            built = path.parent.glob(f"pa30*{suffix}")
            if min(module.stat().st_mtime for module in built) >= newest:
                return path.parents[2]
    return None


def test_both_forms_give_the_same_targets_and_the_same_errors() -> None:
    """Over damaged deltas, too: what differs there are the types of C."""
    tree = compiled_tree()
    if tree is None:
        reason = "no compiled PA30 decoder; `python -m build --wheel` makes one"
        if os.environ.get("HOTFIX_REQUIRE_COMPILED") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    answer = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "pa30_damage.py"), str(COUNT)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(tree)},
        timeout=300,
    )
    answered = json.loads(answer.stdout)
    assert answered["codec"].startswith(str(tree))
    assert not answered["codec"].endswith(".py")
    assert answered["outcomes"] == outcomes(COUNT)


def test_damage_is_met_by_targets_and_by_errors() -> None:
    """So that the comparison above compares something."""
    found = outcomes(300)
    errors = [outcome for outcome in found if "Error: " in outcome]
    assert 60 < len(errors) < 540
    assert len(set(errors)) > 20
