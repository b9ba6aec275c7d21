"""The files that we call different are those that cabextract finds different."""

from pathlib import Path

import pytest
from cab_judges import ask, need
from made_packages import Memory
from package_changes import LEAF, World, describe_again, dropped, edited, extra, flipped

from builder.model.limits import DEFAULT_LIMITS
from builder.steps.differ import differ
from builder.steps.portray import portray
from builder.steps.unpack import unpack

pytestmark = pytest.mark.oracle

CHANGES = {
    "a program": flipped("mpio.sys", 5_000),
    "an INF": flipped("mpio.inf", 100),
    "a document": edited(f"{LEAF}.mum", "required", "possible", sign=False),
    "one file more": extra("more.txt", sign=False),
    "one file less": dropped("mpio.sys", sign=False),
    "signatures only": describe_again,
}


def extracted(cabinet: bytes, folder: Path) -> dict[str, bytes]:
    """Extract a .msu and the cabinets in it; return what came out."""
    need("cabextract")
    folder.mkdir()
    path = folder.with_suffix(".cab")
    path.write_bytes(cabinet)
    command = ["cabextract", "-q", "-d", "{out}", "{cab}"]
    answer = ask(command, cab=path, out=folder)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    found: dict[str, bytes] = {}
    for file in folder.rglob("*"):
        if file.is_file() and file.suffix != ".cab":
            found[file.relative_to(folder).as_posix()] = file.read_bytes()
    for inner in folder.glob("*.cab"):
        found |= extracted(inner.read_bytes(), folder / inner.stem)
    return found


@pytest.mark.parametrize("name", CHANGES)
def test_cabextract_agrees_which_files_differ(
    world: World, tmp_path: Path, name: str
) -> None:
    good, bad = world.x86.copy(), world.x86.copy()
    CHANGES[name](bad, world)
    ours, theirs = [], []
    for at, parts in enumerate((good, bad)):
        data = parts.pack()
        containers = unpack("a.msu", data, limits=DEFAULT_LIMITS, spool=Memory)
        ours.append(portray("a.msu", containers, limits=DEFAULT_LIMITS))
        theirs.append(extracted(data, tmp_path / str(at)))
    one, other = theirs
    assert len(one) >= 15
    wanted = {path for path in one | other if one.get(path) != other.get(path)}
    changes = differ(*ours).changes
    sides = [c.first or c.second for c in changes if c.kind != "catalog member"]
    found = {s.where[-1].replace("\\", "/") for s in sides if s is not None}
    assert found == wanted
