"""Two documents carry the same identity.

What it checks: no two .mum files and no two manifests of a container share
an identity, unless one is `update.mum` and the other its copy under the full
name.

Why it matters: the servicing stack files one of them; which one is not
defined.

How to fix it: remove one of the two, or give it its own name or version.

Source: observed: no genuine package carries an identity twice.  Service packs
are known to carry the copy.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.identity import manifest_name, package_name
from builder.model.subject import PackageSet
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.hf202_name_differs_from_identity import promised_name


def _is_copy(key: str, other: str, name: str) -> bool:
    """Tell whether two files are one, or `update.mum` and its full name."""
    keys = {key, other.casefold()}
    return len(keys) == 1 or keys == {"update.mum", f"{name}.mum"}


def check(packages: PackageSet) -> Iterator[Hit]:
    """Yield each document whose identity an earlier one carries."""
    first: dict[str, str] = {}
    named = [(d, package_name(p.identity)) for d, p in packages.packages]
    named += [(d, manifest_name(c.identity)) for d, c in packages.components]
    for document, made in named:
        if promised_name(document) is not None:
            continue  # HF202: one cause, one finding
        name = made.removesuffix(".manifest")
        key = name.casefold()
        if key in first and not _is_copy(document.member.key, first[key], key):
            yield Hit(
                where=document.member.where,
                message=f"has the identity of {first[key]}: {name}",
            )
        first.setdefault(key, document.member.name)


RULE = Rule(
    id="HF205",
    name="identity-doubled",
    severity=Severity.ERROR,
    subject=PackageSet,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_SEAL,
)
