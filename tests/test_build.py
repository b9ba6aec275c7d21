"""`hotfix build`: what it writes, what it refuses, and that it is the same twice."""

import errno
import json
import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from projects import ARCHITECTURES, LEDGER, anchor, hotfix, msu, outside

from builder.cli import orders
from builder.formats.cab import parse_cab
from builder.formats.stand_in import LABEL
from builder.model.finding import PackageReport
from builder.steps.archive import ArchiveFile
from builder.steps.judge import judge

STAND_IN = ("build", LEDGER, "--stand-in")


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="session")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stand-ins as files."""
    folder = tmp_path_factory.mktemp("labelled")
    hotfix("stand-in", LEDGER, "-o", folder)
    return folder


@pytest.fixture(scope="session")
def payload(labelled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files without the label, as a maker's payload would lie."""
    folder = tmp_path_factory.mktemp("payload")
    shutil.copytree(labelled, folder, dirs_exist_ok=True)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    for path in files:
        data = path.read_bytes()
        for encoding in ("ascii", "utf-16-le"):
            label = LABEL.encode(encoding)
            data = data.replace(label, LABEL.upper().encode(encoding))
        path.write_bytes(data)
    return folder


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A specification without an inventory, free to be changed."""
    folder = tmp_path / "spec"
    folder.mkdir()
    shutil.copy(LEDGER / "kb.json", folder)
    return folder


def test_each_architecture_gets_a_package_and_an_anchor(built: Path) -> None:
    names = [f"{word}/Windows6.0-KB967724-{word}" for word in ARCHITECTURES]
    promised = {f"kb967724/{n}{s}" for n in names for s in (".msu", ".anchor.pem")}
    assert set(digests(built)) == promised


@pytest.mark.parametrize("word", ARCHITECTURES)
def test_each_package_is_valid_under_its_anchor(built: Path, word: str) -> None:
    result = hotfix(
        *("validate", msu(built, word), "--kb", LEDGER),
        *("--trust-anchor", anchor(built, word)),
    )
    assert (
        "valid: 0 errors, 0 warnings, 4 notes; 15 of 17 files checked" in result.output
    )
    assert "7 of 7 rows of KB967724 compared" in result.output


def test_the_printed_line_validates_the_package(
    tmp_path: Path, signer_folder: Path
) -> None:
    options = ("--arch", "x86", "--dev-sign", "--dev-keys", signer_folder)
    result = hotfix(*STAND_IN, *options, "-o", tmp_path / "o u t")
    line = result.output.splitlines()[-1].strip()
    assert line.startswith("hotfix validate ")
    hotfix(*shlex.split(line)[1:])


@pytest.mark.parametrize("compression", ["none", "mszip", "mszip-ng"])
def test_the_same_input_gives_the_same_bytes_in_any_surroundings(
    tmp_path: Path, signer_folder: Path, compression: str
) -> None:
    places = [
        {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "America/Caracas", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"},
    ]
    made = []
    for number, place in enumerate(places):
        folder = tmp_path / f"out {number}"
        old = os.umask(0o077 if number else 0o002)
        try:
            done = outside(
                *STAND_IN,
                *("--dev-sign", "--dev-keys", signer_folder, "-o", folder),
                *("--jobs", number + 1, "--compression", compression),
                **place,
            )
        finally:
            os.umask(old)
        assert done.returncode == 0, done.stderr
        made.append(digests(folder))
    assert made[0] == made[1]
    assert len(made[0]) == 6


def test_a_build_in_this_process_and_one_outside_agree(
    built: Path, tmp_path: Path, signer_folder: Path
) -> None:
    options = ("--dev-sign", "--dev-keys", signer_folder, "-o", tmp_path)
    done = outside(*STAND_IN, *options)
    assert done.returncode == 0, done.stderr
    assert digests(tmp_path) == digests(built)


def test_the_time_is_an_argument(tmp_path: Path) -> None:
    by_option, by_epoch, latest = (tmp_path / name for name in ("a", "b", "c"))
    options = ("--unsigned", "--arch", "x86", "-o")
    moment = "2020-01-02T03:04:06Z"
    hotfix(*STAND_IN, "--time", moment, *options, by_option)
    done = outside(*STAND_IN, *options, by_epoch, SOURCE_DATE_EPOCH="1577934246")
    assert done.returncode == 0, done.stderr
    hotfix(*STAND_IN, *options, latest)
    assert digests(by_option) == digests(by_epoch)
    assert digests(by_option) != digests(latest)
    dates = {f.modified for f in parse_cab(msu(latest, "x86").read_bytes()).files}
    assert [str(date) for date in dates] == ["2009-02-12 18:35:00"]


def test_one_architecture_alone_gives_the_same_package(
    built: Path, tmp_path: Path, signer_folder: Path
) -> None:
    options = ("--arch", "ia64", "--dev-sign", "--dev-keys", signer_folder)
    hotfix(*STAND_IN, *options, "-o", tmp_path)
    assert msu(tmp_path, "ia64").read_bytes() == msu(built, "ia64").read_bytes()
    assert len(digests(tmp_path)) == 2


def test_files_as_payload_give_what_stand_ins_give(
    spec: Path, payload: Path, tmp_path: Path
) -> None:
    """Apart from the label."""
    out = tmp_path / "out"
    options = ("--unsigned", "--compression", "none", "-o")
    hotfix("build", spec, "--payload", payload, *options, out)
    hotfix("build", spec, "--stand-in", *options, tmp_path / "labelled")
    one, two = (msu(f, "x86").read_bytes() for f in (out, tmp_path / "labelled"))
    assert b"Stand-in=" in two
    assert b"Stand-in=" not in one


def test_labelled_files_are_no_payload(
    spec: Path, labelled: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    options = ("--unsigned", "-o", out)
    failed = hotfix("build", spec, "--payload", labelled, *options, code=3)
    assert "is a labelled stand-in; build with --stand-in" in failed.output
    assert not out.exists()


def test_flat_payload_is_taken_for_exactly_one_architecture(
    spec: Path, payload: Path, tmp_path: Path
) -> None:
    options = ("--unsigned", "-o", tmp_path / "out", "--payload", payload / "x86")
    hotfix("build", spec, "--arch", "x86", *options)
    failed = hotfix("build", spec, *options, code=3)
    assert "has no folder x86" in failed.output


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = hotfix(*STAND_IN, "--unsigned", "--dry-run", "-o", out)
    assert "dry run: nothing was written" in result.output
    assert not out.exists()


def test_the_ledger_is_written_when_asked_for(spec: Path, tmp_path: Path) -> None:
    hotfix("build", spec, "--stand-in", "--unsigned", "-o", tmp_path / "out")
    assert [path.name for path in spec.iterdir()] == ["kb.json"]
    options = ("--stand-in", "--unsigned", "--update-ledger", "-o", tmp_path / "out")
    hotfix("build", spec, *options)
    assert digests(spec) == digests(LEDGER)


def test_another_payload_than_the_ledger_needs_a_word(
    payload: Path, spec: Path, tmp_path: Path
) -> None:
    shutil.copytree(LEDGER, spec, dirs_exist_ok=True)
    files = tmp_path / "files"
    shutil.copytree(payload, files)
    inf = files / "x86" / "Mpio.inf"
    inf.write_bytes(inf.read_bytes().replace(b"[Version]", b"[VERSION]"))
    options = ("--unsigned", "-o", tmp_path / "out", "--payload", files)
    refused = hotfix("build", spec, *options, code=3)
    assert "inventory.json describes stand-ins" in refused.output
    hotfix("build", spec, *options, "--update-ledger")
    assert b'"stand_in": false' in (spec / "inventory.json").read_bytes()
    assert digests(spec) != digests(LEDGER)
    inf.write_bytes(inf.read_bytes().replace(b"[VERSION]", b"[version]"))
    refused = hotfix("build", spec, *options, code=3)
    assert "x86/mpio.inf is another file than inventory.json" in refused.output
    mixed = ("--stand-in", "--update-ledger", "--arch", "x86", "--unsigned")
    refused = hotfix("build", spec, *mixed, "-o", tmp_path / "out", code=3)
    assert "would mix stand-ins and real files" in refused.output


def damage_size(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def damage_version(path: Path) -> None:
    data = path.read_bytes()
    # 6001.22375, little-endian, low word first: dwFileVersionLS.
    fixed = b"\xbd\x04\xef\xfe"
    at = data.index(fixed) + 12
    path.write_bytes(data[:at] + b"\x66\x57" + data[at + 2 :])


def damage_machine(path: Path) -> None:
    data = path.read_bytes()
    at = int.from_bytes(data[0x3C:0x40], "little") + 4
    path.write_bytes(data[:at] + b"\x00\x02" + data[at + 2 :])


def damage_format(path: Path) -> None:
    path.write_bytes(b"#" * path.stat().st_size)


def remove(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (damage_size, "x86/Mpio.sys: has 107,505 bytes; the article says 107,504"),
        (damage_version, "has version 6.0.6001.22374; the article says 6.0.6001.22375"),
        (damage_machine, "is built for IA-64; the article says x86"),
        (damage_format, "is no program file; the article says x86"),
        (remove, "has no file Mpio.sys"),
    ],
)
def test_a_payload_that_is_not_promised_is_refused(
    payload: Path, spec: Path, tmp_path: Path, change: object, reason: str
) -> None:
    files = tmp_path / "files"
    shutil.copytree(payload, files)
    assert callable(change)
    change(files / "x86" / "Mpio.sys")
    options = ("--payload", files, "--unsigned", "-o", tmp_path / "out")
    refused = hotfix("build", spec, *options, code=3)
    assert reason.replace("/", os.sep, 1) in refused.output or reason in refused.output
    assert refused.output.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_an_ia64_file_in_the_x86_folder_is_refused(
    payload: Path, spec: Path, tmp_path: Path
) -> None:
    text = (spec / "kb.json").read_text("utf-8")
    (spec / "kb.json").write_text(text.replace('"size": 107504', '"size": 290272'))
    files = tmp_path / "files"
    shutil.copytree(payload, files)
    shutil.copy(files / "ia64" / "Mpio.sys", files / "x86" / "Mpio.sys")
    options = ("--payload", files, "--unsigned", "-o", tmp_path / "out")
    refused = hotfix("build", spec, *options, code=3)
    assert "Mpio.sys: is built for IA-64; the article says x86" in refused.output


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--stand-in"],
        ["--unsigned"],
        ["--stand-in", "--payload", ".", "--unsigned"],
        ["--stand-in", "--unsigned", "--dev-sign"],
        ["--stand-in", "--sign-cert", "x.pem"],
        ["--stand-in", "--sign-key", "x.pem"],
        ["--stand-in", "--unsigned", "--dev-keys", "x"],
        ["--stand-in", "--dev-sign", "--password-file", "x"],
        ["--stand-in", "--unsigned", "--password-file", "x"],
        ["--stand-in", "--unsigned", "--time", "yesterday"],
        ["--stand-in", "--unsigned", "--time", "2009-02-12T05:44:00"],
        ["--stand-in", "--unsigned", "--time", "1970-01-01T00:00:00Z"],
        ["--stand-in", "--unsigned", "--arch", "mips"],
    ],
)
def test_wrong_usage_exits_with_2(words: list[str], tmp_path: Path) -> None:
    hotfix("build", LEDGER, *words, "-o", tmp_path / "out", code=2)
    assert not (tmp_path / "out").exists()


def test_a_wrong_epoch_is_wrong_usage(tmp_path: Path) -> None:
    options = ("--unsigned", "-o", tmp_path / "out")
    done = outside(*STAND_IN, *options, SOURCE_DATE_EPOCH="soon")
    assert done.returncode == 2
    assert "SOURCE_DATE_EPOCH" in done.stderr


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"restart": "required"', '"restart": "maybe"', "kb.json:10: restart"),
        ('"kb": 967724', '"kb": 967725', "967725"),
        ('"size": 1421', '"size": 1420', "kb.json: Package_for_kb967724_sc_0~"),
        ('"size": 1421', '"size": 1420', "is drafted with 1,421 bytes"),
        ("{", "[", "kb.json"),
        ('"size": 107504', '"size": 12', "kb.json!x86/Mpio.sys: a portable"),
        ("_kb967724_sc_0~", "_kb967724_xx_0~", "kb.json: Package_for_kb967724_xx_0~"),
    ],
)
def test_a_bad_specification_is_one_clear_line(
    spec: Path, tmp_path: Path, old: str, new: str, reason: str
) -> None:
    text = (spec / "kb.json").read_text("utf-8")
    (spec / "kb.json").write_text(text.replace(old, new, 1), "utf-8")
    out = tmp_path / "out"
    refused = hotfix("build", spec, "--stand-in", "--unsigned", "-o", out, code=3)
    assert reason in refused.output
    assert refused.output.startswith("hotfix: error: ")
    assert refused.output.count("\n") == 1
    assert not out.exists()


def test_an_existing_link_is_not_written_through(tmp_path: Path) -> None:
    target = msu(tmp_path, "x86")
    target.parent.mkdir(parents=True)
    target.symlink_to(tmp_path / "elsewhere")
    options = ("--unsigned", "--arch", "x86", "-o", tmp_path)
    refused = hotfix(*STAND_IN, *options, code=3)
    assert "is no regular file; not replaced" in refused.output
    assert not (tmp_path / "elsewhere").exists()


def test_a_linked_folder_in_the_output_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "goal").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "kb967724").symlink_to(tmp_path / "goal")
    options = ("--unsigned", "--arch", "x86", "-o")
    refused = hotfix(*STAND_IN, *options, tmp_path / "out", code=3)
    assert "kb967724: is a link on the way; not followed" in refused.output
    (tmp_path / "link").symlink_to(tmp_path / "goal")
    hotfix(*STAND_IN, *options, tmp_path / "link")
    assert msu(tmp_path / "goal", "x86").exists()


def test_a_target_in_the_way_stops_the_build_before_it_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "build", None)  # it would fail
    msu(tmp_path, "ia64").mkdir(parents=True)
    refused = hotfix(*STAND_IN, "--unsigned", "-o", tmp_path, code=3)
    assert "is no regular file; not replaced" in refused.output


def test_on_a_full_disk_the_old_packages_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hotfix(*STAND_IN, "--unsigned", "--arch", "x86", "-o", tmp_path)
    before = digests(tmp_path)
    calls = iter([None, None])
    fsync = os.fsync

    def full(descriptor: int) -> None:
        try:
            next(calls)
        except StopIteration:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from None
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    options = ("--unsigned", "--time", "2010-01-01T00:00:00Z", "-o", tmp_path)
    refused = hotfix(*STAND_IN, *options, code=3)
    assert "no space left on device" in refused.output
    assert digests(tmp_path) == before
    assert [path.name for path in (tmp_path / "kb967724").iterdir()] == ["x86"]


def test_names_of_the_output_cannot_forge_lines(tmp_path: Path) -> None:
    options = ("--unsigned", "--arch", "x86", "-o", tmp_path / "a\nb\x1b[31m")
    output = hotfix(*STAND_IN, *options).output
    assert "\x1b" not in output
    assert "a\\nb\\x1b[31m" in output


def test_an_unsigned_package_is_not_announced_as_valid(tmp_path: Path) -> None:
    output = hotfix(*STAND_IN, "--unsigned", "--arch", "x86", "-o", tmp_path).output
    assert "unsigned: hotfix validate finds HF502 and exits with 1" in output
    result = hotfix("validate", msu(tmp_path, "x86"), "--kb", LEDGER, code=1)
    assert "error HF502" in result.output


def test_the_ledger_says_what_differs(tmp_path: Path) -> None:
    spec = tmp_path / "ledger"
    shutil.copytree(LEDGER, spec)
    data = json.loads((spec / "inventory.json").read_bytes())
    size = data["files"][0]["size"]
    data["files"][0]["size"] = size + 1
    (spec / "inventory.json").write_text(json.dumps(data), "utf-8")
    options = ("--stand-in", "--unsigned", "-o", tmp_path / "out")
    refused = hotfix("build", spec, *options, code=3)
    assert f"({size:,} bytes, there {size + 1:,})" in refused.output


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ignores file modes")
def test_the_development_key_is_private(built: Path, signer_folder: Path) -> None:
    assert built.is_dir()
    assert (signer_folder / "leaf.key").stat().st_mode & 0o077 == 0


def test_what_was_built_is_judged_as_any_package_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Findings may go to a spool, and page hashes have the files once more."""
    seen: set[str] = set()

    class Listing:
        @contextmanager
        def writing(self, where: tuple[str, ...], file: ArchiveFile) -> Iterator[None]:
            del file
            seen.add(where[-1])
            yield

    def judged(*given: Any, **how: Any) -> PackageReport:
        how["reread"](Listing())
        how["spool"]().write(b"found")
        return judge(*given, **how)

    monkeypatch.setattr(orders, "judge", judged)
    said = hotfix(*STAND_IN, "--unsigned", "--arch", "x86", "-o", tmp_path).output
    assert {"update.mum", "update.cat"} < seen
    assert "error HF502" not in said
