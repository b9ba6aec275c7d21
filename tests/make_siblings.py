"""Small siblings for rules, made from keyword arguments."""

from base64 import b64encode

from builder.model.change import Change, FactChange, Side, Way
from builder.model.portrait import Part
from builder.model.siblings import FilePair, Oddity, Sibling, Siblings

Facts = dict[str, tuple[str | None, str | None]]


def sibling(
    architecture: str | None = "x86",
    *,
    identifier: str | None = "KB1",
    parents: tuple[str, ...] = (),
) -> Sibling:
    return Sibling(
        name=f"{architecture}.msu",
        architecture=architecture,
        identifier=identifier,
        parents=frozenset(parents),
    )


X86, X64, IA64 = sibling(), sibling("amd64"), sibling("ia64")


def oddity(
    kind: str = "package",
    facts: Facts | None = None,
    *,
    way: Way = Way.CHANGED,
    key: str = "a~*~none",
    name: str = "A",
    inside: tuple[str, ...] = (),
    odd: Sibling = X64,
    others: tuple[Sibling, ...] = (X86,),
    where: tuple[str, ...] = ("amd64.msu", "a.mum"),
) -> Oddity:
    """An oddity of a part, in the odd sibling's file `where`, line 3."""
    side = Side(where=where, line=3)
    is_missing = way is Way.REMOVED
    return Oddity(
        odd=odd,
        others=others,
        change=Change(
            way=way,
            kind=kind,
            path=("a.cab", *inside, name),
            kinds=("package set", *inside, kind),
            key=key,
            facts=tuple(
                FactChange(name=fact, first=first, second=second)
                for fact, (first, second) in (facts or {}).items()
            ),
            first=Side(where=("x86.msu", "a.mum")),
            second=None if is_missing else side,
            beside=Side(where=where) if is_missing else None,
        ),
    )


def siblings(*oddities: Oddity, files: tuple[FilePair, ...] = ()) -> Siblings:
    return Siblings(members=(X86, X64), oddities=oddities, files=files)


def file(
    *, where: str, machine: str | None = None, sha256: bytes = b"a", promised: bytes
) -> Part:
    facts = [("hash/DigestValue", b64encode(promised).decode())]
    if machine is not None:
        facts.append(("machine", machine))
    facts.append(("sha256", sha256.hex()))
    return Part(
        kind="file", key="a.sys", name="a.sys", facts=tuple(facts), where=(where, "a")
    )


def pair(one: Part, other: Part) -> Siblings:
    return siblings(files=(FilePair(first=X86, second=X64, one=one, other=other),))
