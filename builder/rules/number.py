"""Which article a package belongs to."""

import re

from builder.model.package import Package
from builder.model.subject import PackageSet

_IDENTIFIER = re.compile(r"KB([0-9]{1,9})(_BF)?", re.IGNORECASE | re.ASCII)
_NAME = re.compile(
    r"Package(_[0-9]+)?_for_KB([0-9]{1,9})(_.*)?", re.IGNORECASE | re.ASCII
)

_SUPPORT = re.compile(
    r"https?://support\.microsoft\.com/?\?kbid=([0-9]{1,9})", re.IGNORECASE | re.ASCII
)


def number_of(identifier: str | None) -> int | None:
    """Return the number in "KB967724" or "KB967724_BF"; None for all else."""
    found = _IDENTIFIER.fullmatch(identifier or "")
    return int(found[1]) if found else None


def number_of_name(name: str) -> int | None:
    """Return the number in "Package_1_for_KB967724_sc"; None for all else."""
    found = _NAME.fullmatch(name)
    return int(found[2]) if found else None


def contradicts_itself(package: Package) -> bool:
    """Tell whether name and identifier of a package give two numbers."""
    numbers = (number_of_name(package.identity.name), number_of(package.identifier))
    return None not in numbers and numbers[0] != numbers[1]


def number_of_support(text: str | None) -> int | None:
    """Return the number that a link to an article has; None for all else."""
    found = _SUPPORT.fullmatch((text or "").strip())
    return int(found[1]) if found else None


def kb_number(packages: PackageSet) -> int | None:
    """Return the KB number of the root, or else the one that all .mum agree on.

    None where there is none, or where name and identifier contradict.
    """
    root = packages.root
    if root is not None:
        return None if contradicts_itself(root) else number_of(root.identifier)
    numbers = {number_of(package.identifier) for _, package in packages.packages}
    return numbers.pop() if len(numbers) == 1 else None
