"""Wine's installer accepts the component hotfixes that recipes make.

It reads packages, manifests and cabinets with a reading of its own, puts files
where runtime macros lead, and writes registry values.  Wine 8 writes every
REG_DWORD as 0, so that numbers are compared as there or not.  It installs what
is for x86 into SysWOW64 of a 64-bit prefix.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cab_judges import need
from projects import hotfix

from builder.formats.spec import parse_spec
from builder.formats.stand_in import LABEL, stand_in

pytestmark = pytest.mark.oracle

VALUES = [
    {"name": "", "type": "REG_SZ", "value": "the default"},
    {"name": "Text", "type": "REG_SZ", "value": 'a "quoted" & <marked> text'},
    {"name": "Folder", "type": "REG_EXPAND_SZ", "value": "%SystemRoot%\\Example"},
    {"name": "Bytes", "type": "REG_BINARY", "value": "0a0bff"},
    {"name": "Number", "type": "REG_DWORD", "value": "0x00000007"},
]
SEEN = {
    "@": '"the default"',
    '"Text"': '"a \\"quoted\\" & <marked> text"',
    '"Folder"': 'str(2):"%SystemRoot%\\\\Example"',
    '"Bytes"': "hex:0a,0b,ff",
}
KEY = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Hotfix Example"


class Prefix:
    """A fresh Windows folder of Wine, with a server of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.windows = folder / "prefix" / "drive_c" / "windows"
        self._environment = os.environ | {
            "WINEPREFIX": str(folder / "prefix"),
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml=;winemenubuilder.exe=",
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "DISPLAY": "",
            "http_proxy": "http://127.0.0.1:9",
            "https_proxy": "http://127.0.0.1:9",
        }
        self._asked = 0

    def run(self, *words: str | Path) -> int:
        """Run a program; what it prints goes to a file, as it outlives pipes."""
        self._asked += 1
        with (self.folder / f"{self._asked}.log").open("wb") as log:
            return subprocess.run(
                words,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=self._environment,
                check=False,
                timeout=180,
            ).returncode

    def registry(self, key: str) -> dict[str, str]:
        """Return what the registry's file has below a key."""
        # The server writes its file when it ends.
        self.run("wineserver", "-k")
        self.run("wineserver", "-w")
        text = (self.folder / "prefix" / "system.reg").read_text("utf-8", "replace")
        name = re.escape(key.replace("\\", "\\\\"))
        section = rf"^\[{name}\] [0-9]+\n(?P<body>.*?)(?:\n\n|\Z)"
        found = re.search(section, text, re.MULTILINE | re.DOTALL)
        if found is None:
            return {}
        lines = (line.partition("=") for line in found["body"].split("\n"))
        return {left: right for left, sign, right in lines if sign}


@contextmanager
def prefix(folder: Path) -> Iterator[Prefix]:
    for tool in ("wine", "wineserver"):
        need(tool)
    folder.mkdir()
    made = Prefix(folder)
    try:
        assert made.run("wine", "wineboot", "--init") == 0
        yield made
    finally:
        made.run("wineserver", "-k")


@pytest.fixture(scope="module")
def specification(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A component hotfix for x86 and x64, with a twin for 32-bit programs."""
    folder = tmp_path_factory.mktemp("specification")
    time = ("--time", "2020-01-02T03:04:00Z")
    hotfix("new", "KB900321", "-o", folder, "--era", "6.1", *time)
    recipe = folder / "kb900321" / "recipe.json"
    value: dict[str, Any] = json.loads(recipe.read_text("utf-8"))
    (component,) = value["components"]
    component["registry_keys"] = [{"name": KEY, "values": VALUES}]
    component["files"].append(
        {"name": "example.txt", "destination": "$(runtime.windows)\\Example\\"}
    )
    recipe.write_text(json.dumps(value), "utf-8")
    return folder / "kb900321"


@pytest.fixture(scope="module")
def payload(specification: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files that differ for each architecture."""
    folder = tmp_path_factory.mktemp("payload")
    spec = parse_spec((specification / "kb.json").read_bytes())
    for word, number in (("x86", 0), ("x64", 1), ("wow64", 2)):
        (folder / word).mkdir()
        data = b"".join(stand_in(spec.files[number]))
        for encoding in ("ascii", "utf-16-le"):  # labelled files are refused
            label = LABEL.encode(encoding)
            data = data.replace(label, LABEL.upper().encode(encoding))
        (folder / word / "example.dll").write_bytes(data)
        (folder / word / "example.txt").write_text(f"for {word}\n")
    return folder


@pytest.fixture(scope="module")
def packages(
    specification: Path,
    payload: Path,
    signer_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    folder = tmp_path_factory.mktemp("packages")
    hotfix(
        *("build", specification, "--payload", payload, "-o", folder),
        *("--dev-sign", "--dev-keys", signer_folder),
    )
    return folder / "kb900321"


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def install(prefix: Prefix, packages: Path, word: str) -> None:
    package = packages / word / f"Windows6.1-KB900321-{word}.msu"
    assert wusa(prefix, package) == 0


def wusa(prefix: Prefix, package: Path) -> int:
    # A path that starts with a slash would be an option.
    shutil.copy(package, prefix.folder)
    return prefix.run("wine", "wusa.exe", package.name, "/quiet", "/norestart")


def test_a_package_for_x64_brings_both_files_and_the_key(
    packages: Path, payload: Path, tmp_path: Path
) -> None:
    with prefix(tmp_path / "wine") as wine:
        assert not (wine.windows / "system32" / "example.dll").exists()
        install(wine, packages, "x64")
        for place, word in (("system32", "x64"), ("syswow64", "wow64")):
            installed = wine.windows / place / "example.dll"
            assert digest(installed) == digest(payload / word / "example.dll")
        text = (wine.windows / "Example" / "example.txt").read_text()
        assert text in ("for x64\n", "for wow64\n")
        seen = wine.registry("Software\\Hotfix Example")
        assert {name: seen.get(name) for name in SEEN} == SEEN
        assert seen['"Number"'].startswith("dword:")


def test_a_package_for_x86_brings_its_file_and_its_key(
    packages: Path, payload: Path, tmp_path: Path
) -> None:
    with prefix(tmp_path / "wine") as wine:
        install(wine, packages, "x86")
        installed = [
            wine.windows / place / "example.dll" for place in ("syswow64", "system32")
        ]
        found = [path for path in installed if path.exists()]
        assert found
        expected = digest(payload / "x86" / "example.dll")
        assert {digest(path) for path in found} == {expected}
        keys = [
            wine.registry(f"{place}\\Hotfix Example")
            for place in ("Software", "Software\\Wow6432Node")
        ]
        seen = next(key for key in keys if key)
        assert {name: seen.get(name) for name in SEEN} == SEEN


def test_a_package_without_its_payload_is_refused(
    packages: Path, tmp_path: Path
) -> None:
    """The judge can say no: what it says otherwise means something."""
    package = tmp_path / "Windows6.1-KB900321-x64.msu"
    whole = (packages / "x64" / package.name).read_bytes()
    package.write_bytes(whole[: len(whole) // 2])
    with prefix(tmp_path / "wine") as wine:
        assert wusa(wine, package) != 0
        assert not (wine.windows / "system32" / "example.dll").exists()
