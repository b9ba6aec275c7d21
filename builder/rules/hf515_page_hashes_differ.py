"""A program file has other page hashes than its catalog says.

What it checks: where a catalog lists a program file with the hashes of its
pages, that they are those of the file: one for its headers, and one for each
page of each section.

Why it matters: the loader compares each page that it reads. A file whose image
hash is listed and whose page hashes are others installs, and does not start.
Microsoft's own catalogs have both from the same file: there it is a note.

How to fix it: make the catalog again from the files as they are.

Source: "Windows Authenticode Portable Executable Signature Format"
(SpcPeImagePageHashes); compared with genuine catalogs.
"""

from collections.abc import Iterator

from builder.model.custody import LinkState
from builder.model.finding import Hit, Severity
from builder.model.subject import JudgedProgram
from builder.model.vouched import Yields
from builder.rules.core import Rule


def check(judged: JudgedProgram) -> Iterator[Hit]:
    """Yield a hit for tables that differ."""
    pages = judged.pages
    if pages is not None and pages.state is LinkState.BROKEN:
        yield Hit(where=judged.member.where, message=f"page hashes: {pages.says}")


RULE = Rule(
    id="HF515",
    name="page-hashes-differ",
    severity=Severity.ERROR,
    subject=JudgedProgram,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_CATALOG,
)
