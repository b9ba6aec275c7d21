"""`hotfix build` of several specifications at once."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from projects import LEDGER, hotfix

from builder import store
from builder.formats.stand_in import LABEL

OPTIONS = ("--stand-in", "--unsigned", "-q")


@pytest.fixture(scope="session")
def three(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """A driver hotfix of era 6.0 and two component hotfixes of later ones."""
    folder = tmp_path_factory.mktemp("three")
    shutil.copytree(LEDGER, folder / "kb967724")
    for number, era in ((900_001, "6.1"), (900_002, "6.3")):
        words = ("--era", era, "--time", "2013-02-12T05:44:02Z", "-o", folder)
        hotfix("new", f"KB{number}", *words)
    return tuple(folder / f"kb{n}" for n in (900_002, 967_724, 900_001))


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_together_they_give_what_each_gives_alone(
    three: tuple[Path, ...], tmp_path: Path
) -> None:
    for spec in three:
        hotfix("build", spec, *OPTIONS, "-o", tmp_path / "alone")
    shown = []
    for jobs in (1, 2, 7):
        out = tmp_path / "together"
        result = hotfix("build", *three, *OPTIONS, "-j", jobs, "-o", out)
        shown.append(result.output)
        assert digests(out) == digests(tmp_path / "alone")
    assert len(digests(tmp_path / "alone")) >= 5
    assert len(set(shown)) == 1
    # Verdicts in the order of the command line and the article, then paths.
    names = [line.partition(":")[0].rpartition("/")[2] for line in shown[0].split("\n")]
    packages = [name for name in names if name.endswith(".msu")]
    half = len(packages) // 2
    assert packages[:half] == packages[half:]
    kept = list(dict.fromkeys(name.split("-")[1] for name in packages))
    assert kept == ["KB900002", "KB967724", "KB900001"]


def test_together_they_compare_with_what_was_written(
    three: tuple[Path, ...], tmp_path: Path
) -> None:
    hotfix("build", *three, *OPTIONS, "-o", tmp_path)
    same = hotfix("build", *three, *OPTIONS, "--check", "-o", tmp_path)
    count = same.output.count("is what is built today")
    assert count == len(digests(tmp_path))
    victim = next(tmp_path.rglob("*KB900001*.msu"))
    victim.write_bytes(b"MSCF")
    other = hotfix("build", *three, *OPTIONS, "--check", "-o", tmp_path, code=1)
    assert other.output.count("differs from byte 0x") == 1
    assert other.output.count("is what is built today") == count - 1


def test_one_that_cannot_be_built_keeps_all_back(
    three: tuple[Path, ...], tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(three[2], broken)
    spec = json.loads((broken / "kb.json").read_bytes())
    spec["files"][0]["size"] = 1  # no stand-in is as short
    (broken / "kb.json").write_text(json.dumps(spec), "utf-8")
    out = tmp_path / "out"
    result = hotfix("build", *three[:2], broken, *OPTIONS, "-o", out, code=3)
    (line,) = result.output.splitlines()
    assert f"{broken / 'kb.json'}!x86/example.dll: " in line
    assert not out.exists()


def test_two_for_one_article_are_wrong_usage(
    three: tuple[Path, ...], tmp_path: Path
) -> None:
    again = three[1] / "kb.json"
    result = hotfix("build", three[1], again, *OPTIONS, "-o", tmp_path, code=2)
    assert f"{three[1]} and {again} are both KB967724" in result.output
    words = ("--recipe", three[0] / "recipe.json")
    result = hotfix("build", *three, *words, *OPTIONS, "-o", tmp_path, code=2)
    assert "--recipe goes with one SPEC" in result.output
    assert digests(tmp_path) == {}


@pytest.fixture(scope="session")
def files(three: tuple[Path, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Payload of all three, below a folder for each article."""
    folder = tmp_path_factory.mktemp("files")
    for spec in three:
        hotfix("stand-in", spec, "-o", folder / spec.name)
    found = [path for path in folder.rglob("*") if path.is_file()]
    assert len(found) > 10
    for path in found:
        data = path.read_bytes()
        for encoding in ("ascii", "utf-16-le"):
            label = LABEL.encode(encoding)
            data = data.replace(label, label.upper())
        path.write_bytes(data)
    return folder


def test_payload_lies_below_its_article_and_is_read_once(
    three: tuple[Path, ...],
    files: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: Counter[Path] = Counter()
    read: Counter[Path] = Counter()
    chunks_of = store.chunks_of

    def counted(path: Path) -> Iterator[bytes]:
        opened[path] += 1
        for chunk in chunks_of(path):
            read[path] += len(chunk)
            yield chunk

    monkeypatch.setattr(store, "chunks_of", counted)
    specs = [tmp_path / spec.name for spec in three]
    for spec, copy in zip(three, specs, strict=True):
        shutil.copytree(spec, copy)
        (copy / "inventory.json").unlink(missing_ok=True)  # of stand-ins
    words = ("--payload", files, "--unsigned", "-q", "-o", tmp_path / "out")
    hotfix("build", *specs, *words)
    assert len(opened) > 10
    assert set(opened.values()) == {1}
    assert {path: path.stat().st_size for path in opened} == dict(read)
    gone = files / "kb900001"
    gone.rename(tmp_path / "gone")
    try:
        result = hotfix("build", *specs, *words, code=3)
    finally:
        (tmp_path / "gone").rename(gone)
    assert "kb900001" in result.output
