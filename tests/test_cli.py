"""The command line: help, exit codes, and what each command prints."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from projects import ARTICLE, LEDGER, anchor, hotfix, msu, need_shared, outside

from builder.cli import main
from builder.cli.group import _COMMANDS, cli
from builder.formats.schema import schema
from builder.model.limits import DEFAULT_LIMITS
from builder.rules import RULES
from builder.steps.unpack import unpack
from builder.store import Scratch

INF = "mpio.inf_31bf3856ad364e35_6.0.6001.22375_none"
VECTORS = {
    f"x86_{INF}_1d75cf30a8a61bd0": (
        *("--name", "mpio.inf", "--version", "6.0.6001.22375", "--arch", "x86"),
        *("--token", "31bf3856ad364e35", "--type", "driverUpdate"),
        *("--scope", "nonSxS"),
    ),
    f"amd64_{INF}_79946ab461038d06": (
        *("--name", "mpio.inf", "--version", "6.0.6001.22375", "--arch", "x64"),
        *("--token", "31bf3856ad364e35", "--type", "driverUpdate"),
        *("--scope", "nonSxS", "--culture", "neutral"),
    ),
    "amd64_microsoft.windows.common-controls_6595b64144ccf1df_6.0.19041.1110"
    "_none_60b5254171f9507e": (
        *("--name", "Microsoft.Windows.Common-Controls", "--arch", "amd64"),
        *("--version", "6.0.19041.1110", "--token", "6595b64144ccf1df"),
        *("--type", "win32"),
    ),
}


@pytest.mark.parametrize("name", sorted(_COMMANDS))
def test_every_command_has_help_and_its_name_in_the_table(name: str) -> None:
    assert hotfix(name, "--help").output.startswith("Usage: ")
    command = cli.get_command(None, name)  # type: ignore[arg-type]  # not used
    assert command is not None
    assert command.name == name


@pytest.mark.parametrize("name", sorted(_COMMANDS))
def test_every_command_starts_in_a_process_of_its_own(name: str) -> None:
    """Here everything is imported already; circles show in a new process only."""
    module = _COMMANDS[name][0]
    done = subprocess.run(
        [sys.executable, "-c", f"import {module}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def test_help_lists_every_command_and_the_exit_codes() -> None:
    text = hotfix("--help").output
    assert all(f"  {name}" in text for name in _COMMANDS)
    assert "70 a bug in hotfix" in text


def test_help_imports_no_heavy_library() -> None:
    code = (
        "import sys, builder.cli.group as g; "
        "g.cli.main(['--help'], standalone_mode=False)"
    )
    heavy = "('lxml', 'cryptography', 'jsonschema')"
    check = f"; print(*(m for m in {heavy} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code + check], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == ""


def test_validate_imports_nothing_that_other_commands_alone_need() -> None:
    code = "import sys, builder.cli.validate"
    unused = "('jsonschema', 'builder.steps.portray', 'builder.steps.compare')"
    check = f"; print(*(m for m in {unused} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code + check], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == ""


def test_an_unknown_command_is_wrong_usage() -> None:
    hotfix("biuld", code=2)


def test_a_bug_exits_with_70(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cli, "main", fail)
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 70


@pytest.mark.parametrize("name", VECTORS)
def test_keyform_prints_published_names(name: str) -> None:
    assert hotfix("keyform", *VECTORS[name]).output == f"{name}\n"


def test_keyform_says_what_a_name_proves() -> None:
    name = f"Ia64_{INF}_1d777326a8a424cc.manifest"
    text = hotfix("keyform", "--solve", name).output
    assert text == f"{name}: proves type=driverUpdate, versionScope=nonSxS\n"
    shown = json.loads(hotfix("keyform", "--solve", name, "--json").output)
    assert shown["proofs"] == [
        {"type": "driverUpdate", "culture": "none", "version_scope": "nonSxS"}
    ]


def test_keyform_exits_with_1_if_nothing_fits() -> None:
    name = f"ia64_{INF}_1d777326a8a424cd.manifest"
    assert "no combination" in hotfix("keyform", "--solve", name, code=1).output


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--name", "x"],
        ["--solve", "x"],
        ["--solve", "x", "--arch", "x86"],
        ["--name", "x", "--version", "1.0.0.0", "--arch", "vax"],
        ["--name", "x", "--version", "1.0.0.0", "--arch", "x86", "--json"],
        ["--name", "x", "--version", "1.0", "--arch", "x86"],
        ["--name", "x", "--version", "1.0.0.65536", "--arch", "x86"],
        ["--name", "x", "--version", "1.0.0.0", "--arch", "x86", "--token", "none"],
    ],
)
def test_keyform_refuses_wrong_usage(words: list[str]) -> None:
    hotfix("keyform", *words, code=2)


def test_rules_are_listed_and_explained() -> None:
    listed = hotfix("rules").output.splitlines()
    assert [line.split()[0] for line in listed] == [rule.id for rule in RULES]
    page = hotfix("rules", "hf301").output
    assert page.startswith("HF301 file-size-differs (error, since 0.1)\n")
    assert "How to fix it" in page
    assert hotfix("rules", "file-size-differs").output == page
    hotfix("rules", "HF999", code=2)


@pytest.mark.parametrize(
    "code",
    ["0x800f081f", "800F081F", "-2146498529", "2148468767", "cbs_e_source_missing"],
)
def test_rules_are_found_by_what_windows_answers(code: str) -> None:
    first, _, *lines = hotfix("rules", "--hresult", code).output.splitlines()
    assert first.startswith("0x800f081f CBS_E_SOURCE_MISSING: ")
    assert {"HF203", "HF208"} <= {line.split()[0] for line in lines}
    page = hotfix("rules", "HF208").output
    assert "Windows' answer:\n  0x800f081f CBS_E_SOURCE_MISSING" in page


def test_a_code_without_rules_is_said_and_words_are_wrong_usage() -> None:
    refused = hotfix("rules", "--hresult", "0x80004005", code=1)
    assert "no rule stands behind 0x80004005" in refused.output
    hotfix("rules", "--hresult", "CBS_E_NO_SUCH_THING", code=2)
    hotfix("rules", "HF208", "--hresult", "0x800f081f", code=2)


@pytest.mark.genuine
def test_parse_gives_the_kb_json_of_the_ledger(tmp_path: Path) -> None:
    article = need_shared(ARTICLE)
    document = (LEDGER / "kb.json").read_bytes()
    assert CliRunner().invoke(cli, ["parse", str(article)]).stdout_bytes == document
    hotfix("parse", article, "-o", tmp_path / "new" / "kb.json")
    assert (tmp_path / "new" / "kb.json").read_bytes() == document


def test_parse_refuses_what_is_no_article(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"Dear all, no table here.\n")
    refused = hotfix("parse", path, "-o", tmp_path / "kb.json", code=3)
    assert refused.output.count("\n") == 1
    assert not (tmp_path / "kb.json").exists()


def test_stand_ins_have_the_promised_sizes_and_times(tmp_path: Path) -> None:
    hotfix("stand-in", LEDGER, "-o", tmp_path)
    seen = {
        path.relative_to(tmp_path).as_posix(): (
            path.stat().st_size,
            path.stat().st_mtime,
        )
        for path in tmp_path.rglob("*.*")
    }
    assert seen == {
        "x86/Mpio.inf": (3760, 1234399860.0),
        "x86/Mpio.sys": (107504, 1234417440.0),
        "x64/Mpio.inf": (3768, 1234400160.0),
        "x64/Mpio.sys": (131040, 1234419480.0),
        "ia64/Mpio.inf": (3764, 1234396200.0),
        "ia64/Mpio.sys": (290272, 1234414260.0),
    }


def validate_json(*words: object, code: int) -> dict[str, object]:
    document = json.loads(
        hotfix("validate", *words, "--format", "json", code=code).output
    )
    Draft202012Validator(json.loads(schema("report.schema.json"))).validate(document)
    assert isinstance(document, dict)
    return document


def test_the_json_report_follows_its_schema(built: Path, tmp_path: Path) -> None:
    junk = tmp_path / "junk.msu"
    junk.write_bytes(b"MSCF")
    good = msu(built, "x64")
    document = validate_json(good, junk, "--kb", LEDGER, code=3)
    packages = document["packages"]
    assert isinstance(packages, list)
    assert [p["verdict"] for p in packages] == ["invalid", "unreadable"]
    assert packages[0]["summary"]["error"] == 6  # no anchor was given, six catalogs
    assert {f["rule"] for f in packages[0]["findings"] if f["severity"] == "error"} == {
        "HF503"
    }


def test_without_an_anchor_nothing_is_trusted(built: Path) -> None:
    output = hotfix("validate", msu(built, "x86"), code=1).output
    assert "HF503 anchor-not-accepted" in output


def test_each_kind_of_file_is_validated_alone(built: Path, tmp_path: Path) -> None:
    package = msu(built, "x86")
    containers = unpack(
        package.name, package.read_bytes(), limits=DEFAULT_LIMITS, spool=Scratch
    )
    options = ("--trust-anchor", anchor(built, "x86"))
    seen = set()
    for member in containers[1].members:
        suffix = Path(member.name).suffix
        if member.data is not None and suffix not in seen:
            seen.add(suffix)
            path = tmp_path / member.name
            path.write_bytes(member.data)
            assert "valid: 0 errors" in hotfix("validate", path, *options).output
    assert seen == {".mum", ".cat", ".manifest"}


def test_quiet_leaves_errors_and_verdicts(built: Path) -> None:
    lines = hotfix(
        *("validate", "-q", msu(built, "x86"), "--kb", LEDGER),
        *("--trust-anchor", anchor(built, "x86")),
    ).output.splitlines()
    assert len(lines) == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"MZ" + bytes(62), "is a program file"),
        (b"PK\x03\x04", "is a ZIP archive"),
        (b"hello", "is no .msu, .cab, .cat, .mum or .manifest"),
        (b"MSCF" + bytes(60), "at byte"),
    ],
)
def test_what_is_no_package_is_unreadable(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "a.msu"
    path.write_bytes(content)
    output = hotfix("validate", path, code=3).output
    assert output.count(str(path)) in (1, 2)  # a byte offset goes with its place
    assert "unreadable" in output
    assert reason in output


def test_a_missing_file_and_a_folder_are_unreadable(tmp_path: Path) -> None:
    assert "no such file" in hotfix("validate", tmp_path / "gone", code=3).output


def test_a_missing_anchor_is_an_error(built: Path, tmp_path: Path) -> None:
    options = ("--trust-anchor", tmp_path / "gone.pem")
    assert "gone.pem" in hotfix("validate", msu(built, "x86"), *options, code=3).output


def test_names_cannot_forge_lines_of_the_report(tmp_path: Path) -> None:
    path = tmp_path / "a.mum"
    path.write_bytes(b'<assembly xmlns="urn:x\x1b[31m"/>')
    done = outside("validate", path)
    assert "\x1b" not in done.stdout
    assert done.returncode == 3
