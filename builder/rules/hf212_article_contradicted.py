"""A package is named after one article and identified by another.

What it checks: where a package is named like `Package_1_for_KB967724`, its
`identifier` has the same number.

Why it matters: Windows lists the update under the identifier, and removes it
by the name: an administrator finds the wrong article.

How to fix it: correct the identifier, or the name.

Source: observed in all genuine .mum files with such names.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.package import Package
from builder.model.subject import Document
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.number import contradicts_itself


def check(document: Document) -> Iterator[Hit]:
    """Yield a hit if the two numbers differ."""
    package = document.value
    if isinstance(package, Package) and contradicts_itself(package):
        name = package.identity.name
        yield Hit(
            where=document.member.where,
            message=f"identifier {package.identifier} in the package {name}",
            line=package.identity.line,
        )


RULE = Rule(
    id="HF212",
    name="article-contradicted",
    severity=Severity.ERROR,
    subject=Document,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_CATALOG,
)
