"""One target of a genuine package that cannot be made: one finding, or a sentence.

All others are restored and verified, and no rule finds the same fault again.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import new
from pathlib import Path

import pytest
from delta_packages import open_package
from make_delta_package import cabinet
from projects import hotfix

from builder.formats.cix import INDEX_NAME
from builder.formats.pa30 import parse_pa30_header
from builder.model.cix import IndexTarget

pytestmark = [pytest.mark.genuine, pytest.mark.oracle]
NAME = "Windows6.1-KB2584475-x86"
FILES, DELTAS = 34, 12


@dataclass(frozen=True, slots=True)
class Package:
    """The members of the package, by the names that its index gives them."""

    members: dict[str, bytes]
    targets: tuple[IndexTarget, ...]

    def target(self, ending: str) -> IndexTarget:
        """Return the last file of a name that nothing else is based on."""
        bases = {target.basis for target in self.targets}
        (*_, found) = (
            target
            for target in self.targets
            if target.name.endswith(ending) and target.id not in bases
        )
        return found

    def changed(self, target: IndexTarget, data: bytes | None) -> dict[str, bytes]:
        """Put other bytes for a target's source, which the index vouches for."""
        assert target.source is not None
        assert target.source.hash is not None
        members = dict(self.members)
        if data is None:
            del members[target.source.name]
            return members
        members[target.source.name] = data
        known = target.source.hash
        text = members[INDEX_NAME].decode()
        start = text.index(f'id="{target.id}"')
        start = text.index("<Source", start)
        end = text.index("</Source>", start)
        digest = new(known.algorithm, data).hexdigest()
        source = text[start:end].replace(known.digest.hex(), digest)
        text = text[:start] + source.replace('"RAW"', '"PA30"') + text[end:]
        return members | {INDEX_NAME: text.encode()}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    opened = open_package(NAME, tmp_path_factory.mktemp("cause"))
    members = {
        name.replace("/", "\\"): path.read_bytes()
        for name, path in opened.members.items()
    }
    return Package(members, opened.index.targets)


def judged(members: dict[str, bytes], folder: Path, code: int) -> str:
    path = folder / f"{NAME}.cab"
    path.write_bytes(cabinet(members))
    return hotfix("validate", path, code=code).output


def findings(text: str) -> list[str]:
    return re.findall(r": (?:error|warning) (HF\d+)", text)


def test_the_package_is_sound_as_it_is(package: Package, tmp_path: Path) -> None:
    text = judged(package.members, tmp_path, 0)
    assert findings(text) == []
    assert f"{FILES} files of" in text


BROKEN: dict[str, Callable[[bytes], bytes | None]] = {
    "cut": lambda data: data[:-40],
    "changed": lambda data: data[:-20] + bytes([data[-20] ^ 0x10]) + data[-19:],
    "of no known format": lambda data: b"XXXX" + data[4:],
    "absent": lambda _: None,
}


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("ending", [".inf", ".cat", ".manifest", "update.mum"])
def test_a_broken_target_is_one_finding(
    how: str, ending: str, package: Package, tmp_path: Path
) -> None:
    target = package.target(ending)
    assert target.source is not None
    data = BROKEN[how](package.members[target.source.name])
    text = judged(package.changed(target, data), tmp_path, 1)
    assert findings(text) == ["HF411"]
    assert f"{target.name}" in text
    assert f"{FILES - 1} files of" in text


@pytest.mark.parametrize("kind", [b"PA31", b"PA19"])
@pytest.mark.parametrize("ending", [".inf", ".sys", ".cat", ".manifest", "update.mum"])
def test_a_target_of_another_format_is_a_warning(
    kind: bytes, ending: str, package: Package, tmp_path: Path
) -> None:
    target = package.target(ending)
    text = judged(package.changed(target, kind + bytes(200)), tmp_path, 0)
    assert findings(text) == ["HF411"]
    assert "warning HF411 target-not-restored: 1 file not restored" in text
    assert f"a {kind.decode()} delta is not decoded" in text
    assert f"{FILES - 1} files of" in text


def test_an_executable_that_does_not_come_out_is_a_warning(
    package: Package, tmp_path: Path
) -> None:
    """Its delta promises another MD5: perhaps its transforms are not known."""
    target = package.target(".sys")
    assert target.source is not None
    data = package.members[target.source.name]
    digest = parse_pa30_header(data).digest
    changed = data.replace(digest, digest[::-1])
    assert changed != data
    text = judged(package.changed(target, changed), tmp_path, 0)
    assert findings(text) == ["HF411"]
    assert "warning HF411 target-not-restored: 1 file not restored" in text
    assert "what the delta does to its executable is not known in full" in text
    assert f"{FILES - 1} files of" in text


def test_what_rests_on_a_broken_basis_is_a_sentence(
    package: Package, tmp_path: Path
) -> None:
    """All deltas of the package form a tree; its root has no basis."""
    (root,) = (
        target
        for target in package.targets
        if target.source is not None
        and target.source.type == "PA30"
        and target.basis is None
    )
    text = judged(package.changed(root, b"XXXX"), tmp_path, 1)
    assert findings(text) == ["HF411"]
    assert text.count(f"it rests on {root.name}, which is damaged") == 1
    assert f"{FILES - DELTAS} files of" in text
    assert f"{DELTAS - 1} files of" in text
