"""Members of containers to parts: what the bytes of a file say."""

import re
from collections.abc import Iterator

from builder.model.machine import machine_word
from builder.model.portrait import Part
from builder.model.unpacked import Member

_WORD = re.compile(
    r"(?<![a-z0-9])(?:x86|x64|amd64|ia64|ia-64|arm|arm64|wow64)(?![a-z0-9])",
    re.IGNORECASE,
)
_WORDS = {"amd64": ("amd64", "x64"), "ia64": ("ia64", "ia-64")}


def name_key(name: str, native: str | None) -> str:
    """Return what a name in a container is matched by.

    Words for the architecture of the package are written "*".
    """
    return own_words(name.casefold().replace("/", "\\").rpartition("\\")[2], native)


def own_words(text: str, native: str | None) -> str:
    """Write the words for the architecture of the package as "*"."""
    own = _WORDS.get(native or "", (native,))
    return _WORD.sub(lambda word: "*" if word[0].lower() in own else word[0], text)


def file_part(member: Member, native: str | None, *, kind: str) -> Part:
    """Portray a file by its name and its bytes."""
    folded = member.key.rpartition("\\")
    folder = name_key(folded[0], native)
    key = (
        f"{folder}\\{name_key(folded[2], native)}"
        if folder
        else name_key(folded[2], native)
    )
    return Part(
        kind=kind,
        key=key,
        name=member.name,
        facts=tuple(file_facts(member)),
        where=member.where,
    )


def file_facts(member: Member) -> Iterator[tuple[str, str]]:
    """Yield what is known of a file: from its bytes, or from an index."""
    yield "size", f"{member.size:,}"
    seen = member.facts
    if seen is not None:
        if seen.pe is not None:
            yield "machine", machine_word(seen.pe.machine)
            if seen.pe.version is not None:
                yield "file version", str(seen.pe.version)
        yield "sha256", seen.sha256.hex()
    elif member.promise is not None:
        yield member.promise.algorithm, member.promise.digest.hex()
    if member.modified is not None:
        yield "modified", f"{member.modified:%Y-%m-%dT%H:%M:%S}"
    if member.damage is not None:
        yield "damage", member.damage.reason
    if member.waits is not None:
        yield "waits", member.waits
