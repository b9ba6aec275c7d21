"""Which version of Windows a product's name stands for."""

import re

_VERSIONS: tuple[tuple[str, tuple[int, int]], ...] = (
    ("server 2008 r2", (6, 1)),
    ("server 2008", (6, 0)),
    ("vista", (6, 0)),
    ("server 2012 r2", (6, 3)),
    ("server 2012", (6, 2)),
    ("rt 8.1", (6, 3)),
    ("rt", (6, 2)),
    ("8.1", (6, 3)),
    ("8", (6, 2)),
    ("7", (6, 1)),
    ("xp", (5, 1)),
    ("server 2003", (5, 2)),
    ("2000", (5, 0)),
    ("server 2016", (10, 0)),
    ("server 2019", (10, 0)),
    ("server 2022", (10, 0)),
    ("server 2025", (10, 0)),
    ("10", (10, 0)),
    ("11", (10, 0)),
)
_WORDS = dict(_VERSIONS)
_PRODUCT = re.compile(
    r"\bwindows ("
    + "|".join(re.escape(word) for word, _ in _VERSIONS)
    + r")(?![0-9a-z])"
)


def windows_versions(text: str) -> frozenset[tuple[int, int]]:
    """Return major and minor version of every Windows that a text names.

    Source: the table of versions in the documentation of VERSIONINFO and
    GetVersionEx; the packages of an era carry them in their own version.
    """
    return frozenset(_WORDS[word] for word in _PRODUCT.findall(text.casefold()))
