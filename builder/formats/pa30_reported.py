"""What others report of the transforms, beside what was observed.

Genuine deltas of Vista to 8.1 come out without it, as far as they could be
had; the hash of a target tells where it is needed.
"""

import re

from builder.formats.pa30_image import I386, Image, parse_image
from builder.formats.pa30_rift import Rift, invert
from builder.formats.pa30_workspace import Workspace


def is_x86(data: bytearray) -> bool:
    """Whether a file is an executable for x86, whose calls are restored."""
    image = parse_image(data)
    return image is not None and image.machine == I386 and not image.is_plus


def section_rift(image: Image) -> Rift:
    """Return the map from file offsets to RVAs."""
    pieces = [(0, 0)]
    pieces += [
        (section.raw, section.rva - section.raw)
        for section in image.sections
        if section.raw and section.rva
    ]
    return Rift(pieces)


def close_tables(work: Workspace) -> None:
    """Keep instructions out of the headers and of what directories name.

    Certificates are taken for a table at an RVA like all others.
    """
    work.close(0, work.image.headers)
    places = invert(section_rift(work.image))
    for rva, size in work.image.directories:
        at = places.map(rva)
        if rva and 0 <= at < work.size:
            work.close(at, size)


def _upper_halves(first: int, last: int) -> re.Pattern[bytes]:
    """Find the upper halves of numbers of 32 bits, from one to another."""
    low, high = first >> 16, last >> 16
    parts = []
    for top in range(low >> 8, (high >> 8) + 1):
        start = max(low - (top << 8), 0)
        end = min(high - (top << 8), 0xFF)
        parts.append(b"[\\x%02x-\\x%02x]\\x%02x" % (start, end, top))
    return re.compile(b"|".join(parts), re.DOTALL)


def map_addresses(work: Workspace) -> None:
    """Move whatever looks like an address, for want of relocations.

    This is said of x86 alone, and of every byte behind the headers.
    """
    image = work.image
    if image.machine != I386 or image.is_plus or image.size < 2:
        return
    first, last = image.base + 1, min(image.base + image.size, 1 << 32) - 1
    halves = _upper_halves(first, last)
    at, end = image.headers, work.size - 4
    while found := halves.search(work.data, at + 2, end + 3):
        at = found.start() - 2
        if not first <= work.u32(at) <= last:
            at += 1
            continue
        if work.closed.find(1, at, at + 4) < 0:
            work.rebase(at, 4)
        at += 4


def cut_table(table: bytes, room: int) -> bytes:
    """Let relocations end with their section, so that the last block says so."""
    out = bytearray(table[:room])
    at = 0
    while at + 8 <= len(out):
        size = int.from_bytes(out[at + 4 : at + 8], "little")
        if at + size > len(out):
            del out[len(out) - (len(out) - at) % 2 :]
            out[at + 4 : at + 8] = (len(out) - at).to_bytes(4, "little")
        at += size
    return bytes(out[:at])
