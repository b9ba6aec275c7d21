"""A .mum or .manifest cannot be read as XML.

What it checks: that the document is well-formed XML in UTF-8 or UTF-16,
without a document type, and that its root is an asm.v3 assembly, or one in
asm.v1 for a .manifest, as side-by-side assemblies are.

Why it matters: the servicing stack reads the document before anything else
and refuses the package if it cannot.  A document type is refused because it
can make readers fetch or expand what the file does not contain.

How to fix it: correct the document at the line that is named, or draft it
again with `hotfix build`.

Source: XML 1.0; observed in 301 genuine .mum and 343 genuine manifests, none
of which has a document type.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.hresult import XML_PARSE_ERROR, Answer
from builder.model.subject import Document
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.windows import KB947821


def check(document: Document) -> Iterator[Hit]:
    """Yield why the document could not be read."""
    error = document.error
    if error is not None:
        yield Hit(
            where=document.member.where,
            message=error.reason,
            line=error.line,
            offset=error.offset,
        )


RULE = Rule(
    id="HF101",
    name="xml-unreadable",
    severity=Severity.ERROR,
    subject=Document,
    check=check,
    since="0.1",
    page=__doc__,
    answers=(Answer(hresult=XML_PARSE_ERROR, source=KB947821),),
    yields=Yields.TO_SEAL,
    outweighed=Severity.WARNING,
)
