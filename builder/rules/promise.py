"""Where a payload file is not what its row in the article promises."""

from collections.abc import Iterator
from enum import StrEnum

from builder.model.inventory import Facts
from builder.model.kb import FileEntry
from builder.model.machine import MACHINES, machine_word
from builder.model.subject import Delivery
from builder.model.unpacked import Member


class Aspect(StrEnum):
    """What of a file tells best that it is another one."""

    PLATFORM = "platform"
    VERSION = "version"
    SIZE = "size"


def foremost(delivery: Delivery, entry: FileEntry, member: Member) -> Aspect | None:
    """Return what of a member differs from its row, the most telling first.

    Another build has another platform, or another version, or at least
    another size: one cause, one finding.  None as well where rules about the
    package itself already call the member wrong.
    """
    if member.where in delivery.explained:
        return None
    facts = member.facts
    pe = None if facts is None else facts.pe
    if facts is not None and entry.platform is not None:
        allowed = MACHINES.get(entry.platform, frozenset())
        if pe is None or pe.machine not in allowed:
            return Aspect.PLATFORM
    if facts is not None and entry.version is not None:
        version = None if pe is None else pe.version
        if version != entry.version:
            return Aspect.VERSION
    return Aspect.SIZE if member.size != entry.size else None


def differences(entry: FileEntry, facts: Facts) -> Iterator[str]:
    """Yield a clause for size, machine and version, where each differs."""
    if facts.size != entry.size:
        yield f"has {facts.size:,} bytes; the article says {entry.size:,}"
    pe = facts.pe
    if entry.platform is not None:
        word = entry.platform.word
        if pe is None:
            damage = f" ({facts.damage})" if facts.damage else ""
            yield f"is no program file{damage}; the article says {word}"
        elif pe.machine not in MACHINES[entry.platform]:
            yield f"is built for {machine_word(pe.machine)}; the article says {word}"
    if entry.version is not None:
        version = None if pe is None else pe.version
        if version != entry.version:
            seen = "no version" if version is None else f"version {version}"
            yield f"has {seen}; the article says {entry.version}"
