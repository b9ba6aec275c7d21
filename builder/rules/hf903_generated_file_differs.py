"""A generated file is not what the specification makes.

What it checks: every .mum and .manifest below the folder of an architecture is
drafted again from kb.json, inventory.json and recipe.json, and compared byte
for byte.  Nothing else lies in these folders.

Why it matters: what was reviewed is not what will be built.  Generated files
are never edited: the specification is.

How to fix it: change the specification, then `hotfix check --fix`, or build with
`--update-ledger` where the payload changes, too.

Source: the XML is a function of the JSON files beside it.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.ledger import Ledger
from builder.rules.core import Rule

_SHOWN = 80
"""Characters of a difference."""


def _part(line: bytes, start: int, end: int) -> str:
    """Return what differs in a line, with the word that it is in."""
    first = line.rfind(b" ", 0, start) + 1
    last = line.find(b" ", len(line) - end)
    part = line[first:last] if last >= 0 else line[first:]
    text = part.strip().decode("utf-8", "replace")
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def _difference(written: bytes, drafted: bytes) -> tuple[int, str]:
    """Return the first line that differs, 1-based, and what it should say."""
    old, new = written.split(b"\n"), drafted.split(b"\n")
    for number, (has, makes) in enumerate(zip(old, new, strict=False), 1):
        if has != makes:
            most = min(len(has), len(makes))
            start = next((n for n in range(most) if has[n] != makes[n]), most)
            most -= start
            ends = zip(reversed(has), reversed(makes), strict=False)
            end = next((n for n, (a, b) in enumerate(ends) if a != b), most)
            end = min(end, most)
            seen, right = _part(has, start, end), _part(makes, start, end)
            if seen == right:
                return number, "differs in blanks or line ends only"
            return number, f"has {seen!r}; the specification makes {right!r}"
    return min(len(old), len(new)), "differs in its length"


def check(ledger: Ledger) -> Iterator[Hit]:
    """Yield each file that differs, is missing or is too many."""
    for name in ledger.strays:
        yield _stray(ledger, name)
    if not ledger.drafted:
        return  # HF901 says why, or there is no inventory yet
    for name, drafted in ledger.drafted.items():
        written = ledger.written.get(name)
        where = (f"{ledger.where}/{name}",)
        if written is None:
            yield Hit(where=where, message="is missing; the specification makes it")
        elif written != drafted and name not in ledger.judged:
            line, message = _difference(written, drafted)
            yield Hit(where=where, message=message, line=line)
    for name in ledger.written:
        if name in ledger.undrafted:
            continue  # HF902 and HF904 say why
        if name not in ledger.drafted:
            yield _stray(ledger, name)


def _stray(ledger: Ledger, name: str) -> Hit:
    return Hit(
        where=(f"{ledger.where}/{name}",),
        message="the specification does not make this file",
    )


RULE = Rule(
    id="HF903",
    name="generated-file-differs",
    severity=Severity.ERROR,
    subject=Ledger,
    check=check,
    since="0.1",
    page=__doc__,
)
