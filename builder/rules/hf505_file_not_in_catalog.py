"""A file of the package is listed in no catalog.

What it checks: every file except the catalogs is a member of some catalog of
the package: program files by image hash, all others by the hash of their
bytes.

Why it matters: the signature says nothing about such a file, and Windows
refuses it.

How to fix it: sign the catalogs again after the last change; if the package
was downloaded, it was changed on the way.

Source: observed in genuine packages without delta compression: none missing.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.hresult import NO_SIGNATURE, Answer
from builder.model.subject import delta_target
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.coverage import (
    Coverage,
    has_damaged_catalog,
    is_told_if_unlisted,
)
from builder.rules.windows import CHECKSUR


def check(coverage: Coverage) -> Iterator[Hit]:
    """Yield each file that no catalog lists."""
    packages = coverage.packages
    if not packages.catalogs and not has_damaged_catalog(packages):
        message = "the package has no catalog"
        yield Hit(where=packages.container.where, message=message)
        return
    if not is_told_if_unlisted(packages):
        return
    promised = {promise.path for promise in packages.promised}
    compressed = {d.member.where for d in packages.documents if d.is_compressed}
    for member in coverage.uncovered:
        is_delta = delta_target(member.key) in promised  # HF413
        is_text_listed = member.where in compressed  # perhaps: HF103
        is_known = is_delta or is_text_listed or member.where in coverage.explained
        if not is_known:
            yield Hit(where=member.where, message="no catalog lists this file")


RULE = Rule(
    id="HF505",
    name="file-not-in-catalog",
    severity=Severity.ERROR,
    subject=Coverage,
    check=check,
    since="0.1",
    page=__doc__,
    answers=(Answer(hresult=NO_SIGNATURE, source=CHECKSUR),),
    yields=Yields.TO_SEAL,
)
