"""A .mum or .manifest leaves its schema.

What it checks: elements, their order and number, attributes and enumerated
values against `mum.xsd` or `manifest.xsd`.

Why it matters: the servicing stack ignores what it does not know or refuses
the package, depending on the place; a misspelt value is never what was meant.

How to fix it: correct the element that the message names.  If a genuine
package breaks this rule, the schema is too narrow: please report it.

Source: `schemas/*.xsd`, written from observation of genuine packages; there
is no public Microsoft schema of asm.v3.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.hresult import INVALID_ITEM, Answer
from builder.model.subject import Document
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.windows import LOGHUB


def check(document: Document) -> Iterator[Hit]:
    """Yield each place where the document leaves its schema."""
    found: dict[tuple[int, str], list[str]] = {}
    for fault in document.faults:
        # A misspelt attribute is unknown, and the right one is absent.
        found.setdefault((fault.line, fault.path), []).append(fault.message)
    for (line, path), messages in found.items():
        message = f"{path}: {'; '.join(messages)}"
        yield Hit(where=document.member.where, message=message, line=line)


RULE = Rule(
    id="HF102",
    name="schema-violated",
    severity=Severity.ERROR,
    subject=Document,
    check=check,
    since="0.1",
    page=__doc__,
    answers=(Answer(hresult=INVALID_ITEM, source=LOGHUB),),
    yields=Yields.TO_CATALOG,
)
