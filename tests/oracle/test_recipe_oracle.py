"""Packages of every era and architecture from recipes, judged by others."""

import hashlib
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cab_judges import EXTRACT, TEST, ask, extract, need
from key_judge import key
from projects import hotfix

pytestmark = pytest.mark.oracle

PREFIXES = {
    "6.0": ("Windows6.0", ("x86", "x64", "ia64")),
    "6.1": ("Windows6.1", ("x86", "x64", "ia64")),
    "6.2": ("Windows8-RT", ("x86", "x64", "arm")),
    "6.3": ("Windows8.1", ("x86", "x64", "arm")),
    "10.0": ("Windows10.0", ("x86", "x64", "arm", "arm64")),
}
CASES = [(era, word) for era, (_, words) in PREFIXES.items() for word in words]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One package, and what cabextract takes out of its inner cabinet."""

    msu: Path
    anchor: Path
    cab: Path
    files: dict[str, Path]


@pytest.fixture(scope="module")
def made(
    tmp_path_factory: pytest.TempPathFactory, signer_folder: Path
) -> dict[tuple[str, str], Made]:
    """All of them, from one command, signed as packages as well."""
    need("cabextract")
    folder = tmp_path_factory.mktemp("eras")
    specs = []
    for number, (era, (_, words)) in enumerate(PREFIXES.items(), start=900_001):
        chosen = [option for word in words for option in ("--arch", word)]
        time = ("--time", "2020-01-02T03:04:00Z")
        hotfix("new", f"KB{number}", "-o", folder, "--era", era, *chosen, *time)
        specs.append(folder / f"kb{number}")
    signed = ("--dev-sign", "--dev-keys", signer_folder, "--sign-packages")
    hotfix("build", *specs, "--stand-in", *signed, "-q", "-o", folder / "out")
    found = {}
    for spec, (era, (prefix, words)) in zip(specs, PREFIXES.items(), strict=True):
        for word in words:
            stem = f"{prefix}-{spec.name.upper()}-{word}"
            package = folder / "out" / spec.name / word / f"{stem}.msu"
            place = folder / f"{era}-{word}"
            place.mkdir()
            outer = extract("cabextract", cab=package, out=place / "msu")
            cab = outer[f"{stem}.cab"]
            found[era, word] = Made(
                msu=package,
                anchor=package.with_suffix(".anchor.pem"),
                cab=cab,
                files=extract("cabextract", cab=cab, out=place / "cab"),
            )
    return found


def digests(files: dict[str, Path]) -> dict[str, str]:
    return {n: hashlib.sha256(p.read_bytes()).hexdigest() for n, p in files.items()}


def our_files(cab: Path, out: Path) -> dict[str, Path]:
    """Let `hotfix extract` write a cabinet, inner ones left as they are."""
    hotfix("extract", "-q", "--raw", cab, out)
    return {p.relative_to(out).as_posix(): p for p in out.rglob("*") if p.is_file()}


@pytest.mark.parametrize(("era", "word"), CASES)
def test_five_readers_get_the_same_files(
    made: dict[tuple[str, str], Made], tmp_path: Path, era: str, word: str
) -> None:
    one = made[era, word]
    assert len(one.files) >= 7
    for tool in EXTRACT:
        other = extract(tool, cab=one.cab, out=tmp_path / tool)
        assert digests(other) == digests(one.files), tool
        outer = extract(tool, cab=one.msu, out=tmp_path / f"{tool}-msu")
        assert digests(outer)[one.cab.name] == digests({"": one.cab})[""], tool
    assert digests(our_files(one.cab, tmp_path / "ours")) == digests(one.files)
    for command in TEST.values():
        answer = ask(command, cab=one.cab)
        assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize(("era", "word"), CASES)
def test_each_is_valid_to_the_last_warning(
    made: dict[tuple[str, str], Made], era: str, word: str
) -> None:
    one = made[era, word]
    told = hotfix("validate", "--strict", one.msu, "--trust-anchor", one.anchor)
    assert "valid: 0 errors, 0 warnings" in told.output


def run(*words: str | Path) -> tuple[int, str]:
    need(str(words[0]))
    done = subprocess.run(
        [str(word) for word in words],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(("era", "word"), CASES)
def test_osslsigncode_verifies_cabinets_and_programs(
    made: dict[tuple[str, str], Made], era: str, word: str
) -> None:
    one = made[era, word]
    trusted = ("-CAfile", one.anchor)
    for cabinet in (one.msu, one.cab):
        code, said = run("osslsigncode", "verify", *trusted, "-in", cabinet)
        assert code == 0, said
        assert "Signature verification: ok" in said
    programs = [p for n, p in one.files.items() if n.endswith(".dll")]
    assert programs
    catalogs = [p for n, p in one.files.items() if n.endswith(".cat")]
    for program in programs:
        answers = [
            run("osslsigncode", "verify", "-catalog", c, *trusted, "-in", program)
            for c in catalogs
        ]
        good = [said for code, said in answers if code == 0]
        assert good
        assert "Signature verification: ok" in good[0]
        assert len(good) < len(answers)


ORDER = (
    *("name", "culture", "typename", "type", "version", "publickeytoken"),
    *("processorarchitecture", "versionscope"),
)


def identities(made: dict[tuple[str, str], Made]) -> Iterator[tuple[str, str, str]]:
    """Yield era, the name of each manifest and its text; read by no parser of ours."""
    for (era, _), one in made.items():
        for name, path in one.files.items():
            if name.endswith(".manifest"):
                yield era, name, path.read_text("utf-8-sig")


def test_every_manifest_is_named_by_an_independent_computation(
    made: dict[tuple[str, str], Made],
) -> None:
    seen = 0
    for _, name, text in identities(made):
        tag = re.search(r"<assemblyIdentity\b[^>]*>", text)
        assert tag is not None
        given = {n.lower(): v for n, v in re.findall(r'(\w+)="([^"]*)"', tag[0])}
        culture = given.pop("language", "neutral")
        given["culture"] = "none" if culture == "neutral" else culture
        pairs = [(n, given[n]) for n in ORDER if n in given and given[n] != "none"]
        assert name.endswith(f"_{key(*pairs)}.manifest"), (name, pairs)
        seen += 1
    assert seen > len(CASES)


def test_the_file_of_each_recipe_is_the_one_that_the_article_promises(
    made: dict[tuple[str, str], Made],
) -> None:
    for (era, word), one in made.items():
        spec = one.msu.parents[3] / one.msu.parents[1].name / "kb.json"
        rows = json.loads(spec.read_text("utf-8"))["files"]
        sizes = {r["size"] for r in rows if r["architecture"] == word}
        found = {p.stat().st_size for n, p in one.files.items() if n.endswith(".dll")}
        assert found == sizes, (era, word)
