"""A small LZX encoder: every kind of block, on demand, the same bytes always.

It is written from the description of the format and shares nothing with the
decoder.  What it makes is proved by programs that are not ours, in
oracle/test_lzx_oracle.py.
"""

import heapq
import random
import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from make_cab import Data, File, Folder, make_cab

VERBATIM, ALIGNED, UNCOMPRESSED = 1, 2, 3
FRAME = 32768
SLOTS = {15: 30, 16: 32, 17: 34, 18: 36, 19: 38, 20: 42, 21: 50}
WIM_CALL_SIZE = 12_000_000

EXTRA = [0 if slot < 4 else min(slot // 2 - 1, 17) for slot in range(50)]
BASE = [sum(1 << extra for extra in EXTRA[:slot]) for slot in range(50)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """How to write the next `size` bytes; matches may be switched off."""

    kind: int
    size: int
    matches: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A literal, or a match with what its code and its extra bits say."""

    symbol: int
    size: int = 1
    rest: int | None = None
    extra: int = 0
    value: int = 0


class BitWriter:
    """Bits into 16-bit words, the high bit first, the low byte first."""

    def __init__(self) -> None:
        self.data = bytearray()
        self._bits = 0
        self._count = 0

    def put(self, value: int, count: int) -> None:
        assert 0 <= value < 1 << count or value == count == 0
        self._bits = self._bits << count | value
        self._count += count
        while self._count >= 16:
            self._count -= 16
            self.data += (self._bits >> self._count & 0xFFFF).to_bytes(2, "little")
        self._bits &= (1 << self._count) - 1

    def align(self) -> None:
        """Fill up the word, if one is begun."""
        self.put(0, -self._count % 16)

    def align_for_bytes(self) -> None:
        """Fill up the word, or a whole one if none is begun."""
        self.put(0, 16 - self._count)


def code_depths(counts: Sequence[int], deepest: int) -> list[int]:
    """Lengths of a complete prefix code, none longer than `deepest`."""
    weights = list(counts)
    for symbol in range(len(weights)):
        if sum(weight > 0 for weight in weights) >= 2:
            break
        weights[symbol] = weights[symbol] or 1
    while True:
        heap: list[tuple[int, int, tuple[int, ...]]] = [
            (weight, symbol, (symbol,))
            for symbol, weight in enumerate(weights)
            if weight
        ]
        heapq.heapify(heap)
        depths = [0] * len(weights)
        while len(heap) > 1:
            one, two = heapq.heappop(heap), heapq.heappop(heap)
            for symbol in one[2] + two[2]:
                depths[symbol] += 1
            heapq.heappush(heap, (one[0] + two[0], one[1], one[2] + two[2]))
        if max(depths) <= deepest:
            return depths
        weights = [(weight + 1) // 2 for weight in weights]


def canonical_codes(depths: Sequence[int]) -> list[int]:
    codes, code = [0] * len(depths), 0
    for depth in range(1, 17):
        code <<= 1
        for symbol, its in enumerate(depths):
            if its == depth:
                codes[symbol] = code
                code += 1
    return codes


def depth_tokens(
    former: Sequence[int], depths: Sequence[int]
) -> Iterator[tuple[int, int, int, int | None]]:
    """Pretree codes for a part of a tree: code, extra value, extra bits, code."""
    place = 0
    while place < len(depths):
        run = 1
        while place + run < len(depths) and depths[place + run] == depths[place]:
            run += 1
        change = (former[place] - depths[place]) % 17
        if depths[place] == 0 and run >= 20:
            run = min(run, 51)
            yield 18, run - 20, 5, None
        elif depths[place] == 0 and run >= 4:
            run = min(run, 19)
            yield 17, run - 4, 4, None
        elif run >= 4:
            run = min(run, 5)
            yield 19, run - 4, 1, change
        else:
            run = 1
            yield change, 0, 0, None
        place += run


def put_depths(
    out: BitWriter,
    former: Sequence[int],
    depths: Sequence[int],
    *,
    deepest: bool = False,
) -> None:
    """Write a part of a tree, with a pretree that fits it, or is as deep as can be."""
    tokens = list(depth_tokens(former, depths))
    counts = [0] * 20
    for code, _, _, change in tokens:
        counts[code] += 1
        if change is not None:
            counts[change] += 1
    pre = code_depths(counts, 15)
    if deepest:
        rare = sorted(range(20), key=lambda code: (-counts[code], code))
        ladder = dict(zip(rare, [*range(1, 16), 15], strict=False))
        assert all(code in ladder for code in range(20) if counts[code])
        pre = [ladder.get(code, 0) for code in range(20)]
    codes = canonical_codes(pre)
    for depth in pre:
        out.put(depth, 4)
    for code, value, bits, change in tokens:
        out.put(codes[code], pre[code])
        out.put(value, bits)
        if change is not None:
            out.put(codes[change], pre[change])


def translate_calls(data: bytes, call_size: int, frame_size: int = FRAME) -> bytes:
    """Make the targets of x86 calls absolute, frame by frame."""
    out = bytearray(data)
    for frame in range(0, min(len(data), 1 << 30), frame_size):
        last = min(frame_size, len(data) - frame) - 10
        place = 0
        while place < last:
            if out[frame + place] == 0xE8:
                here = frame + place
                (shift,) = struct.unpack_from("<i", out, here + 1)
                target = here + shift
                if 0 <= target < call_size + here:
                    if target >= call_size:
                        target = shift - call_size
                    struct.pack_into("<i", out, here + 1, target)
                place += 4
            place += 1
    return bytes(out)


@dataclass(slots=True, kw_only=True)
class Encoder:
    """The state that goes from block to block of one folder, or of one chunk."""

    window_bits: int
    wim: bool = False
    recent: list[int] = field(default_factory=lambda: [1, 1, 1])
    main: list[int] = field(default_factory=list)
    long: list[int] = field(default_factory=lambda: [0] * 249)
    out: BitWriter = field(default_factory=BitWriter)
    frames: list[bytes] = field(default_factory=list)
    seen: dict[bytes, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.main = [0] * (256 + 8 * SLOTS[self.window_bits])

    def begin(self, call_size: int) -> None:
        if not self.wim:
            self.out.put(int(call_size > 0), 1)
            if call_size:
                self.out.put(call_size >> 16, 16)
                self.out.put(call_size & 0xFFFF, 16)

    def put_header(self, kind: int, size: int) -> None:
        self.out.put(kind, 3)
        if not self.wim:
            self.out.put(size, 24)
        elif size == FRAME:
            self.out.put(1, 1)
        else:
            self.out.put(0, 1)
            self.out.put(size, 16 if self.window_bits == 15 else 24)

    def put_trees(
        self, main: list[int], long: list[int], *, deepest: bool = False
    ) -> None:
        put_depths(self.out, self.main[:256], main[:256])
        put_depths(self.out, self.main[256:], main[256:])
        put_depths(self.out, self.long, long, deepest=deepest)
        self.main, self.long = main, long

    def put_uncompressed(self, data: bytes, place: int, size: int) -> None:
        self.put_header(UNCOMPRESSED, size)
        self.out.align_for_bytes()
        self.out.data += struct.pack("<3I", *self.recent)
        last = place + size
        while place < last:
            stop = min(last, (place // FRAME + 1) * FRAME)
            self.out.data += data[place:stop]
            place = stop
            if place == last and size & 1:
                self.out.data.append(0)
            self.end_frame(place)

    def put_tokens(self, kind: int, tokens: list[Token], place: int) -> None:
        """Write a verbatim or aligned block of all `tokens`."""
        mains = Counter(token.symbol for token in tokens)
        longs = Counter(token.rest for token in tokens if token.rest is not None)
        lows = Counter(token.value & 7 for token in tokens if token.extra >= 3)
        main = code_depths([mains[symbol] for symbol in range(len(self.main))], 16)
        long = code_depths([longs[s] for s in range(249)], 16) if longs else [0] * 249
        low = code_depths([lows[symbol] for symbol in range(8)], 7)
        self.put_header(kind, sum(token.size for token in tokens))
        if kind == ALIGNED:
            for depth in low:
                self.out.put(depth, 3)
        self.put_trees(main, long)
        codes = canonical_codes(main), canonical_codes(long), canonical_codes(low)
        for token in tokens:
            self.out.put(codes[0][token.symbol], main[token.symbol])
            if token.rest is not None:
                self.out.put(codes[1][token.rest], long[token.rest])
            if kind == ALIGNED and token.extra >= 3:
                self.out.put(token.value >> 3, token.extra - 3)
                self.out.put(codes[2][token.value & 7], low[token.value & 7])
            else:
                self.out.put(token.value, token.extra)
            place += token.size
            self.end_frame(place)

    def end_frame(self, place: int) -> None:
        """Close the frame that ends at `place`, if one does."""
        if place % FRAME == 0 and not self.wim:
            self.finish()

    def finish(self) -> None:
        """Close the frame that is open, if it holds anything."""
        self.out.align()
        if self.out.data:
            self.frames.append(bytes(self.out.data))
        self.out = BitWriter()

    def match(self, offset: int, size: int) -> Token:
        """Say a match by a recent offset where that is possible."""
        head, rest = (size - 2, None) if size < 9 else (7, size - 9)
        if offset in self.recent:
            slot = self.recent.index(offset)
            self.recent[slot], self.recent[0] = self.recent[0], offset
            return Token(symbol=256 + slot * 8 + head, size=size, rest=rest)
        self.recent = [offset, *self.recent[:2]]
        slot = max(s for s in range(3, 50) if BASE[s] <= offset + 2)
        return Token(
            symbol=256 + slot * 8 + head,
            size=size,
            rest=rest,
            extra=EXTRA[slot],
            value=offset + 2 - BASE[slot],
        )

    def tokens(self, data: bytes, place: int, block: Block) -> list[Token]:
        """Say the bytes of one block as literals and greedy matches."""
        found, last = [], place + block.size
        while place < last:
            stop = min(last, (place // FRAME + 1) * FRAME, place + 257)
            offset, size = self._best(data, place, stop) if block.matches else (0, 0)
            if size < 2:
                found.append(Token(symbol=data[place]))
                size = 1
            else:
                found.append(self.match(offset, size))
            for at in range(place, place + size):
                self.seen[data[at : at + 3]] = at
            place += size
        return found

    def _best(self, data: bytes, place: int, stop: int) -> tuple[int, int]:
        best = (0, 0)
        at = self.seen.get(data[place : place + 3], place)
        farthest = min(place, (1 << self.window_bits) - 3)
        for offset in (*self.recent, place - at):
            if not 0 < offset <= farthest:
                continue
            size = 0
            while (
                place + size < stop
                and data[place + size - offset] == data[place + size]
            ):
                size += 1
            if size > best[1]:
                best = offset, size
        return best


def encode(
    data: bytes, window_bits: int, *blocks: Block, call_size: int = 0, wim: bool = False
) -> list[bytes]:
    """Pack `data` into frames; one frame is one chunk if it is for a WIM."""
    encoder = Encoder(window_bits=window_bits, wim=wim)
    encoder.begin(call_size)
    if call_size:
        data = translate_calls(data, call_size, len(data) if wim else FRAME)
    place = 0
    for block in blocks:
        if block.kind == UNCOMPRESSED:
            encoder.put_uncompressed(data, place, block.size)
        else:
            tokens = encoder.tokens(data, place, block)
            encoder.put_tokens(block.kind, tokens, place)
        place += block.size
    assert place == len(data), "the blocks do not cover the data"
    encoder.finish()
    return encoder.frames


def babble(size: int) -> bytes:
    chance = random.Random(7)  # the same on every run
    words = [b"alpha", b"beta ", b"\xe8\1\0\0\0"]
    words += [bytes([chance.randrange(256)]) for _ in range(9)]
    return b"".join(chance.choice(words) for _ in range(size))[:size]


def three_kinds(size: int) -> list[bytes]:
    """Pack `size` bytes into an aligned, an uncompressed and a verbatim block."""
    blocks = (
        Block(kind=ALIGNED, size=size - size // 2),
        Block(kind=UNCOMPRESSED, size=size // 4),
        Block(kind=VERBATIM, size=size // 2 - size // 4),
    )
    return encode(babble(size), 16, *blocks, call_size=1 << 20)


def frame_sizes(size: int) -> list[int]:
    return [min(FRAME, size - place) for place in range(0, size, FRAME)]


def cabinet(frames: Sequence[bytes], window_bits: int, size: int) -> bytes:
    """Lay out a cabinet of one file, `data.bin`."""
    blocks = tuple(
        Data(packed=frame, unpacked=unpacked)
        for frame, unpacked in zip(frames, frame_sizes(size), strict=True)
    )
    folder = Folder(blocks=blocks, kind=3 | window_bits << 8)
    return make_cab(File(name=b"data.bin", size=size), folders=(folder,))
