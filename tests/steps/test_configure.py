"""A configuration leaves out, weighs and counts; nothing vanishes."""

from make_reports import finding

from builder.model.finding import Ignored, PackageReport, Severity, Verdict
from builder.model.settings import Ignore, Settings
from builder.steps.configure import Configured, configure

ERROR = finding("dist/a.msu", "in.cab", rule="HF503")
OTHER = finding("dist/a.msu", "x86\\ntfs.sys", rule="HF501")
NOTE = finding("dist/a.msu", rule="HF507", severity=Severity.NOTE)
PACKAGE = PackageReport(path="dist/a.msu", findings=(ERROR, OTHER, NOTE))


def configured(package: PackageReport = PACKAGE, **settings: object) -> Configured:
    return configure(package, Settings(source="h.toml", **settings), str)  # type: ignore[arg-type]  # as given


def test_no_decision_changes_nothing() -> None:
    done = configured()
    assert done.package is PACKAGE
    assert done.used == done.due == frozenset()


def test_what_is_left_out_is_counted_and_named() -> None:
    ignore = Ignore(rule="HF5", reason="ours", path="dist/*.msu!in.cab", line=7)
    done = configured(ignores=(ignore,))
    assert list(done.package.findings) == [OTHER, NOTE]
    assert len(done.package.findings) == 2
    assert done.package.ignored == (
        Ignored(rule="HF503", reason="ours", source="h.toml:7", count=1),
    )
    assert done.used == done.due == {ignore}


def test_the_verdict_is_that_of_what_is_kept() -> None:
    ignores = (Ignore(rule="HF503", reason="a"), Ignore(rule="HF501", reason="b"))
    assert configured(ignores=ignores[:1]).package.verdict() is Verdict.INVALID
    assert configured(ignores=ignores).package.verdict() is Verdict.VALID


def test_members_are_named_with_slashes() -> None:
    ignore = Ignore(rule="HF501", reason="x", path="**!x86/*.sys", line=1)
    assert configured(ignores=(ignore,)).used == {ignore}


def test_rules_that_are_not_selected_are_counted_too() -> None:
    done = configured(select=("HF501", "file-size"))
    assert list(done.package.findings) == [OTHER]
    assert [(i.rule, i.reason, i.count) for i in done.package.ignored] == [
        ("HF503", "not selected", 1),
        ("HF507", "not selected", 1),
    ]


def test_names_mean_rules_as_ids_do() -> None:
    done = configured(ignores=(Ignore(rule="file-size-differs", reason="all"),))
    assert list(done.package.findings) == []


def test_the_longest_beginning_sets_the_severity_and_it_is_said() -> None:
    severities = (("HF501", Severity.WARNING), ("HF5", Severity.NOTE))
    done = configured(severities=severities)
    assert [f.severity for f in done.package.findings] == ["note", "warning", "note"]
    assert done.package.count(Severity.ERROR) == 0
    assert done.package.configured == (
        "1 of HF501: warning instead of error (h.toml)",
        "1 of HF503: note instead of error (h.toml)",
    )


def test_findings_can_be_read_again() -> None:
    findings = configured(ignores=(Ignore(rule="HF507", reason="x"),)).package.findings
    assert list(findings) == list(findings) == [ERROR, OTHER]
    assert ERROR in findings
    assert NOTE not in findings


def test_an_entry_for_other_files_is_not_due() -> None:
    here = Ignore(rule="HF9", reason="x", path="dist/**", line=1)
    there = Ignore(rule="HF9", reason="x", path="manifests/kb1", line=2)
    everywhere = Ignore(rule="HF9", reason="x", line=3)
    done = configured(ignores=(here, there, everywhere))
    assert done.due == {here, everywhere}
    assert done.used == frozenset()


def test_an_entry_for_a_file_in_a_folder_that_was_given_is_due() -> None:
    below = Ignore(rule="HF9", reason="x", path="manifests/kb1/x86", line=1)
    for path in (".", "manifests", "manifests/kb1", "manifests/kb1/x86/update.mum"):
        package = PackageReport(path=path)
        assert configured(package, ignores=(below,)).due == {below}
