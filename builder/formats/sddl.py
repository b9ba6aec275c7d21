"""Security descriptors as text: what Windows would not read in one.

Source: [MS-DTYP] 2.5.1.1, the syntax of the security descriptor description
language.
"""

import re
from collections.abc import Iterator

_SID = re.compile(
    r"S-1-(?:0x[0-9A-F]{1,12}|[0-9]{1,15})(?:-[0-9]{1,10}){1,15}|[A-Z]{2}",
    re.IGNORECASE,
)
"""Two letters stand for a principal; Windows adds to them, so any may."""

_CONTROL = re.compile(r"(?:P|AR|AI|NO_ACCESS_CONTROL)*", re.IGNORECASE)
_GUID = re.compile(r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}", re.IGNORECASE)
_NUMBER = re.compile(r"0x[0-9A-F]{1,8}|[0-9]{1,10}", re.IGNORECASE)
_TYPES = frozenset(
    "A D OA OD AU AL OU OL ML SP TL FL XA XD XU ZA RA".split()  # noqa: SIM905 - as in the source
)
_WITH_MORE = frozenset(("XA", "XD", "XU", "ZA", "RA"))
"""Types with a seventh field: a condition or an attribute of a resource."""

_FLAGS = frozenset(("CI", "OI", "NP", "IO", "ID", "SA", "FA", "TP", "CR"))
_RIGHTS = frozenset(
    (
        *("GA", "GR", "GW", "GX", "RC", "SD", "WD", "WO"),
        *("RP", "WP", "CC", "DC", "LC", "SW", "LO", "DT", "CR"),
        *("FA", "FR", "FW", "FX", "KA", "KR", "KW", "KX", "NR", "NW", "NX"),
    )
)


def sddl_fault(text: str) -> str | None:
    """Return what is wrong in a security descriptor, or None."""
    at, seen = 0, set[str]()
    while at < len(text):
        tag = text[at].upper()
        if tag not in "OGDS" or text[at + 1 : at + 2] != ":":
            return f"O:, G:, D: or S: has to stand before {_shown(text[at:])}"
        if tag in seen:
            return f"{tag}: stands twice"
        seen.add(tag)
        at += 2
        if tag in "OG":
            found = _SID.match(text, at)
            if found is None:
                return f"{tag}: names no principal"
            at = found.end()
            continue
        at = _CONTROL.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing too
        for number, (ace, end) in enumerate(_entries(text, at), start=1):
            fault = "is not closed" if end < 0 else next(_entry_faults(ace), None)
            if fault is not None:
                return f"entry {number} of {tag}: {fault}"
            at = end
    return None


def _entries(text: str, at: int) -> Iterator[tuple[str, int]]:
    """Yield what stands in each pair of brackets, and where it ends; -1: nowhere."""
    while text[at : at + 1] == "(":
        start, depth, is_quoted = at, 0, False
        while at < len(text):
            if text[at] == '"':
                is_quoted = not is_quoted
            elif not is_quoted:
                depth += {"(": 1, ")": -1}.get(text[at], 0)
            at += 1
            if not depth:
                break
        if depth:
            yield text[start + 1 :], -1
            return
        yield text[start + 1 : at - 1], at


def _entry_faults(text: str) -> Iterator[str]:
    fields = text.split(";", 6)
    kind = fields[0].upper()
    if kind not in _TYPES:
        yield f"is of the type {_shown(fields[0])}"
    wanted = 7 if kind in _WITH_MORE else 6
    if len(fields) != wanted:
        yield f"has {len(fields)} fields, not {wanted}"
        return
    if not _made_of(fields[1], _FLAGS):
        yield f"has the flags {_shown(fields[1])}"
    if not _NUMBER.fullmatch(fields[2]) and not _made_of(fields[2], _RIGHTS):
        yield f"has the rights {_shown(fields[2])}"
    for guid in fields[3:5]:
        if guid and not _GUID.fullmatch(guid):
            yield f"has {_shown(guid)} where a GUID belongs"
    if not _SID.fullmatch(fields[5]):
        yield f"is for {_shown(fields[5])}, which is no principal"


def _made_of(text: str, pairs: frozenset[str]) -> bool:
    """Tell whether a text is pairs of letters, one after the other."""
    return len(text) % 2 == 0 and all(
        text[at : at + 2].upper() in pairs for at in range(0, len(text), 2)
    )


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")
