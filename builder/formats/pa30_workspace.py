"""The source of an executable's delta while it is transformed.

What a table points to outside the file is skipped, not refused: the transform
only has to do what the creator of the delta did, and the hash of the target
tells whether it has.

Numbers wrap at 64 bits, as they do in the compiled form of this module.
"""

from array import array

from builder.formats.pa30_image import Image
from builder.formats.pa30_rift import Lookup, Rift

_COMPILED = not __file__.endswith((".py", ".pyc"))
_HALF, _WRAP = 1 << 63, 1 << 64
# Longer ranges are marked at once, in both forms.
_SHORT = 64


class Workspace:
    """The bytes of the source, and what is known about them.

    Attributes:
        data: Changed in place; the length stays.
        size: Of the data, in bytes.
        owned: One flag per byte: a transform knows what the byte means.
        closed: One flag per byte, as reported: no instruction reaches into it.
        first: Below it, RVAs are file offsets: the lowest RVA of a section,
            or as reported the size of the headers.
        has_moves: Whether the map of RVAs has any entry.
        reported: Follow what others report of the transforms.
        rift: That map: from the source to the target.
        steady: The same map, for positions that ascend: it keeps its place.
        raw: The data once more, for quick access.
        flags: So with `owned`.
    """

    __slots__ = (
        "base",
        "closed",
        "data",
        "ends",
        "first",
        "flags",
        "has_moves",
        "image",
        "image_size",
        "offsets",
        "owned",
        "raw",
        "reported",
        "rift",
        "rvas",
        "sections",
        "size",
        "steady",
        "target_base",
    )

    def __init__(
        self,
        data: bytearray,
        image: Image,
        rift: Rift,
        *,
        target_base: int,
        reported: bool = False,
    ) -> None:
        """Take the source, its headers and the map of RVAs.

        Args:
            rift: Source RVA to target RVA.
            target_base: Image base of the target, a signed number of 64 bits.
            reported: See `Reading`.
        """
        self.data = data
        self.size = len(data)
        self.image = image
        self.image_size = image.size
        self.first = image.headers if reported else image.first
        self.owned = bytearray(len(data))
        self.closed = bytearray(len(data) if reported else 0)
        self.raw, self.flags = self.data, self.owned
        self.reported = reported
        self.base = image.base
        self.target_base = target_base
        self.has_moves = bool(rift)
        self.rift, self.steady = Lookup(rift), Lookup(rift)
        sections = image.sections
        self.sections = len(sections)
        self.rvas = array("q", [section.rva for section in sections])
        self.ends = array("q", [section.end for section in sections])
        self.offsets = array(
            "q",
            # None of the bytes of an empty section is in the file.
            [section.raw if section.raw_size else -1 for section in sections],
        )

    def offset(self, rva: int) -> int:
        """Return the file offset of an RVA inside a section, or -1."""
        for index in range(self.sections):
            if self.rvas[index] <= rva < self.ends[index]:
                raw = self.offsets[index]
                return raw if raw < 0 else raw + rva - self.rvas[index]
        return -1

    def offset_in_file(self, rva: int) -> int:
        """Return the file offset of an RVA, headers included, or -1."""
        return rva if 0 <= rva < self.first else self.offset(rva)

    def has(self, at: int, size: int) -> bool:
        """Whether a range lies in the file."""
        return 0 <= at <= self.size - size

    def uint(self, at: int, size: int) -> int:
        """Read a number, which the caller knows to be there."""
        if not _COMPILED:
            return int.from_bytes(self.data[at : at + size], "little")
        value = 0
        while size > 0:
            size -= 1
            value = value << 8 | self.raw[at + size]
        return value

    def u32(self, at: int) -> int:
        """Read four bytes, which the caller knows to be there."""
        return self.uint(at, 4)

    def put(self, at: int, value: int, size: int) -> None:
        """Write a number over bytes that are there, cut to their width."""
        if not _COMPILED:
            value &= (1 << 8 * size) - 1
            self.data[at : at + size] = value.to_bytes(size, "little")
            return
        for index in range(size):
            self.raw[at + index] = value >> 8 * index & 0xFF

    def own(self, at: int, size: int) -> None:
        """Mark a range as understood, as far as it lies in the file."""
        low, high = max(at, 0), min(at + size, self.size)
        if _COMPILED and high - low < _SHORT:
            while low < high:
                self.flags[low] = 1
                low += 1
        elif low < high:
            self.owned[low:high] = b"\1" * (high - low)

    def close(self, at: int, size: int) -> None:
        """Own a range, and keep instructions out of it."""
        low, high = max(at, 0), min(at + size, len(self.closed))
        if low < high:
            self.closed[low:high] = b"\1" * (high - low)
        self.own(at, size)

    def is_owned(self, at: int, size: int) -> bool:
        """Whether a transform knows a byte of the range, which is there."""
        if not _COMPILED:
            return self.owned.find(1, at, at + size) >= 0
        while size > 0 and not self.flags[at]:
            at += 1
            size -= 1
        return size > 0

    def field(self, at: int) -> None:
        """Map an RVA in the file; zero stays zero."""
        if self.has(at, 4):
            value = self.uint(at, 4)
            if value:
                self.put(at, self.rift.map(value), 4)
            self.own(at, 4)

    def rebase(self, at: int, size: int) -> None:
        """Map an absolute address in the file."""
        if self.has(at, size):
            value = self.uint(at, size) - self.base
            if not _COMPILED:
                value = (value + _HALF) % _WRAP - _HALF
            self.put(at, self.rift.map(value) + self.target_base, size)
            self.own(at, size)
