"""Judges that fail in ways of their own; other processes import them by name."""

import os
import time
from pathlib import Path

from builder.cli.siblings import Judged
from builder.model.finding import Finding, Hit, PackageReport, Severity

MANY = 12_345
LONG = 600


def findings_of(path: Path, *, count: int = 1) -> tuple[Finding, ...]:
    """Return findings in their order."""
    return tuple(
        Finding(
            rule="HF301",
            name="file-size-differs",
            severity=Severity.NOTE,
            hit=Hit(where=(str(path),), message="odd", line=line),
        )
        for line in range(1, count + 1)
    )


def finds_many(path: Path) -> Judged:
    """Find more than is held, later ones sooner."""
    if path.name == "0":
        time.sleep(0.3)
    report = PackageReport(path=str(path), findings=findings_of(path, count=MANY))
    return report, None


def dies_at_two(path: Path) -> Judged:
    """End without a word, as a process does that the system kills."""
    if path.name == "2":
        os._exit(9)
    return PackageReport(path=str(path), findings=findings_of(path)), None


def breaks_at_two(path: Path) -> Judged:
    """Fail as nothing should."""
    if path.name == "2":
        raise ZeroDivisionError("of two")
    return PackageReport(path=str(path)), None


def sleeps(path: Path) -> Judged:
    """Say who it is, and wait to be ended."""
    path.write_text(str(os.getpid()), encoding="ascii")
    time.sleep(LONG)
    raise AssertionError("nobody ended it")
