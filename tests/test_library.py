"""The library: what is documented works, and all that is offered is there."""

import doctest
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from projects import ROOT

import builder
from builder import api

_BLOCK = re.compile(r"^```pycon\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_examples_of_the_guide_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guide = (ROOT / "docs" / "library.md").read_text("utf-8")
    blocks = _BLOCK.findall(guide)
    assert len(blocks) > 5
    shutil.copytree(ROOT / "manifests", tmp_path / "manifests")
    monkeypatch.chdir(tmp_path)
    found = doctest.DocTestParser().get_doctest(
        "\n".join(blocks), {}, "docs/library.md", None, 0
    )
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(found, out=told.append)
    assert not runner.failures, "".join(told)
    assert runner.tries > 20


def test_every_name_is_offered_and_described() -> None:
    assert sorted(api.__all__) == sorted(set(api.__all__))
    for name in api.__all__:
        assert getattr(builder, name) is getattr(api, name)
        assert name in dir(builder)
        value = getattr(builder, name)
        assert name.isupper() or value.__doc__, name


def test_what_is_not_offered_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        getattr(builder, "nothing")  # noqa: B009 - the type checker knows better


def test_importing_the_package_imports_nothing_else() -> None:
    code = (
        "import sys; before = set(sys.modules); import builder;"
        "print(*(n for n in set(sys.modules) - before if n.startswith('builder.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


def test_modules_are_imported_without_the_library() -> None:
    """The command line imports some of them before builder.api could be whole."""
    code = "import sys; from builder import store; print('builder.api' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
