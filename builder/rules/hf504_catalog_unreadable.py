"""A catalog cannot be read.

What it checks: that a .cat file is PKCS #7 SignedData over a certificate trust
list, in strict DER.

Why it matters: Windows cannot use the file, and nothing that it should cover
is covered.

How to fix it: build or download the package again.

Source: X.690; RFC 5652; lists as observed in genuine catalogs.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.hresult import CRYPT_FILE_ERROR, Answer
from builder.model.subject import JudgedCatalog
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.windows import KB947821


def check(judged: JudgedCatalog) -> Iterator[Hit]:
    """Yield why the catalog could not be read."""
    error = judged.error
    if error is not None:
        yield Hit(where=judged.member.where, message=error.reason, offset=error.offset)


RULE = Rule(
    id="HF504",
    name="catalog-unreadable",
    severity=Severity.ERROR,
    subject=JudgedCatalog,
    check=check,
    since="0.1",
    page=__doc__,
    answers=(Answer(hresult=CRYPT_FILE_ERROR, source=KB947821),),
    yields=Yields.TO_SEAL,
    outweighed=Severity.WARNING,
)
