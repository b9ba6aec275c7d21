"""PA30 deltas written bit by bit; nothing here is taken from the builder."""

import hashlib
import struct
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import cache

RAW, I386, AMD64 = 1, 2, 8
E8 = 1
MD5 = 0x8003


class Bits:
    """A bit stream, least significant bit first, behind its three-bit prefix."""

    def __init__(self) -> None:
        self.text = "000"

    def bits(self, value: int, count: int) -> "Bits":
        assert 0 <= value < 1 << count
        self.text += f"{value:0{count}b}"[::-1] if count else ""
        return self

    def number(self, value: int) -> "Bits":
        value %= 1 << 64
        nibbles = max((value.bit_length() + 3) // 4, 1)
        return self.bits(1 << nibbles - 1, nibbles).bits(value, 4 * nibbles)

    def code(self, symbol: int, lengths: Sequence[int]) -> "Bits":
        code, length = codes(tuple(lengths))[symbol], lengths[symbol]
        self.text += f"{code:0{length}b}"
        return self

    def block(self, data: bytes) -> "Bits":
        self.number(len(data))
        self.text += "0" * (-len(self.text) % 8)
        for byte in data:
            self.bits(byte, 8)
        return self

    def done(self) -> bytes:
        padding = -len(self.text) % 8
        text = f"{padding:03b}"[::-1] + self.text[3:] + "0" * padding
        return bytes(int(text[at : at + 8][::-1], 2) for at in range(0, len(text), 8))


@cache
def codes(lengths: tuple[int, ...]) -> dict[int, int]:
    """Number the symbols: the longest codes get the smallest values."""
    found: dict[int, int] = {}
    code = 0
    for length in range(max(lengths), 0, -1):
        for symbol, own in enumerate(lengths):
            if own == length:
                found[symbol] = code
                code += 1
        code //= 2
    return found


def default(count: int) -> list[int]:
    """Give the lengths of a code without tables."""
    bits = (count - 1).bit_length()
    short = (1 << bits) - count
    return [bits - 1] * short + [bits] * (count - short)


MAIN, LENGTHS, ALIGNED = default(600), default(256), default(16)
FORMAT = [8] * 248 + [7] * 4


class Patch(Bits):
    """A patch with default tables, unless tables are written first."""

    def __init__(
        self, *, rift: Sequence[tuple[int, int]] = (), tables: bool = False
    ) -> None:
        super().__init__()
        self.main, self.lengths, self.aligned = MAIN, LENGTHS, ALIGNED
        write_rift(self, rift)
        if not tables:
            self.bits(1, 1)

    def literals(self, data: bytes) -> "Patch":
        for byte in data:
            self.code(byte, self.main)
        return self

    def match(
        self, slot: int, length: int, *distance: tuple[int, int], low: int | None = None
    ) -> "Patch":
        """Write a match; `distance` is numbers with their widths in bits."""
        small = length - 1 if 2 <= length <= 8 else 0
        self.code(256 + 8 * slot + small, self.main)
        for value, count in distance:
            self.bits(value, count)
        if low is not None:
            self.code(low, self.aligned)
        if small == 0 and length <= 263:
            self.code(length - 8, self.lengths)
        elif small == 0:
            self.code(0, self.lengths)
            width = (length - 8).bit_length() - 1
            self.bits(1 << width - 8, width - 7)
            self.bits(length - 8 - (1 << width), width)
        return self

    def far(self, distance: int, length: int) -> "Patch":
        """Write a match by its distance."""
        if distance <= 3:
            return self.match(distance + 7, length)
        width = distance.bit_length() - 2
        number = 2 * (width + 1) + (distance >> width & 1)
        rest = distance & (1 << width) - 1
        numbers = [(rest, width)]
        low = None
        if width >= 4:
            numbers, low = [(rest >> 4, width - 4)], rest & 15
        escape = [(0, 1), (number - 36, 2)]
        if number >= 48:
            escape = [(1, 1), (1, 1), (number - 48, 4)]
        elif number >= 40:
            escape = [(1, 1), (0, 1), (number - 40, 3)]
        if number <= 35:
            return self.match(number + 7, length, *numbers, low=low)
        return self.match(7, length, *escape, *numbers, low=low)


def write_signed(out: Bits, value: int) -> None:
    """Write a number in an integer format of equal lengths."""
    magnitude = value if value >= 0 else -1 - value
    symbol, rest, width = magnitude, 0, 0
    if magnitude > 3:
        width = magnitude.bit_length() - 2
        symbol = 2 * (width + 1) + (magnitude >> width & 1)
        rest = magnitude & (1 << width) - 1
    out.code(symbol + (126 if value < 0 else 0), FORMAT)
    out.bits(rest, width)


def write_rift(out: Bits, entries: Sequence[tuple[int, int]]) -> None:
    """Write pairs of source and target."""
    out.bits(1 if entries else 0, 1)
    if not entries:
        return
    for _ in range(2):
        out.bits(0, 8).bits(0, 8).bits(248, 8).bits(7, 4)
    out.number(len(entries))
    source = shift = 0
    for at, to in entries:
        write_signed(out, at - source)
        write_signed(out, to - at - shift)
        source, shift = at, to - at


def preprocess(
    *,
    base: int,
    stamp: int = 0,
    offsets: Sequence[tuple[int, int]] = (),
    moves: Sequence[tuple[int, int]] = (),
) -> bytes:
    """Write the preprocess buffer of an executable."""
    out = Bits()
    out.bits(base & 0xFFFF_FFFF, 32).bits(base >> 32, 32).bits(0, 32).bits(stamp, 32)
    write_rift(out, offsets)
    out.bits(0, 1)
    write_rift(out, moves)
    return out.bits(0, 1).done()


def make_delta(
    patch: bytes,
    target: bytes,
    *,
    file_type: int = RAW,
    flags: int = 0x20000,
    head: bytes = b"",
    algorithm: int = MD5,
    digest: bytes | None = None,
    size: int | None = None,
) -> bytes:
    """Write a delta; its hash is right unless another one is given."""
    out = Bits()
    numbers = (0xF, file_type, flags, len(target) if size is None else size, algorithm)
    for number in numbers:
        out.number(number)
    if digest is None:
        digest = hashlib.md5(target).digest()
    out.block(digest).block(head).block(patch)
    return b"PA30" + struct.pack("<Q", 0) + out.done()


def insert(data: bytes) -> bytes:
    """Write a patch that needs no source."""
    return Patch().literals(data).done()


def differ(basis: bytes, target: bytes) -> bytes:
    """Write a patch that copies what basis and target share, in their order."""
    patch = Patch()
    at = 0
    matcher = SequenceMatcher(None, basis, target, autojunk=False)
    for source, start, size in matcher.get_matching_blocks():
        keep = size if size > 1 else 0
        patch.literals(target[at : start if keep else start + size])
        if keep:
            patch.far(len(basis) + start - source, size)
        at = start + size
    return patch.done()


def compress_manifest(base: bytes, text: bytes, *, hashed: bool = False) -> bytes:
    """Write a DCM manifest: as in genuine ones, without a hash of the text."""
    patch = differ(base, text)
    if hashed:
        return b"DCM\x01" + make_delta(patch, text)
    return b"DCM\x01" + make_delta(patch, text, algorithm=0, digest=b"")
