"""The LZX decoder, in both of its forms, on streams that are right."""

import random
import struct
from collections.abc import Iterator

import pytest
from compiled_forms import FORMS, ROOT, SOURCES
from lzx_forms import decoder_of, load_form
from make_lzx import (
    ALIGNED,
    FRAME,
    SLOTS,
    UNCOMPRESSED,
    VERBATIM,
    WIM_CALL_SIZE,
    Block,
    Encoder,
    Token,
    canonical_codes,
    encode,
    frame_sizes,
)

from builder.errors import CabError
from builder.formats.lzx import LzxDecoder

WINDOWS = tuple(SLOTS)


@pytest.fixture(params=FORMS, scope="module")
def decoder(request: pytest.FixtureRequest) -> type[LzxDecoder]:
    return decoder_of(request.param)


def prose(size: int, seed: int = 1) -> bytes:
    """Make bytes with matches near and far, calls, and literals of every value."""
    chance = random.Random(seed)  # the same on every run
    words = [
        b"cabinet ",
        b"folder",
        b"\xe8\x10\x20\0\0",
        b"\xe8\xf0\xff\xff\xff",
        b"zzzzzz" * 9,
    ]
    words += [bytes([chance.randrange(256)]) for _ in range(30)]
    out = bytearray()
    while len(out) < size:
        out += chance.choice(words)
        if chance.random() < 0.01:
            at = chance.randrange(len(out))
            out += out[at : at + chance.randrange(400)]
    return bytes(out[:size])


def unpack(
    decoder: type[LzxDecoder], window_bits: int, frames: list[bytes], size: int
) -> bytes:
    stream = decoder(window_bits)
    sizes = frame_sizes(size)
    return b"".join(
        stream.decode(frame, part) for frame, part in zip(frames, sizes, strict=True)
    )


def cut(size: int, *kinds: int) -> Iterator[Block]:
    """Cover `size` bytes with blocks of uneven sizes, in turns."""
    turn = 0
    while size:
        part = min(size, (7001, 40_000, 333)[turn % 3])
        yield Block(kind=kinds[turn % len(kinds)], size=part)
        size -= part
        turn += 1


def literals(data: bytes) -> list[Token]:
    return [Token(symbol=byte) for byte in data]


@pytest.mark.parametrize("window_bits", WINDOWS)
@pytest.mark.parametrize("call_size", [0, WIM_CALL_SIZE])
def test_every_window_unpacks_every_kind_of_block(
    decoder: type[LzxDecoder], window_bits: int, call_size: int
) -> None:
    data = prose(100_001)
    blocks = cut(len(data), VERBATIM, UNCOMPRESSED, ALIGNED, ALIGNED)
    frames = encode(data, window_bits, *blocks, call_size=call_size)
    assert unpack(decoder, window_bits, frames, len(data)) == data


@pytest.mark.parametrize("kind", [VERBATIM, ALIGNED, UNCOMPRESSED])
@pytest.mark.parametrize("size", [1, 2, 3, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME])
def test_a_single_block_may_have_any_size(
    decoder: type[LzxDecoder], kind: int, size: int
) -> None:
    data = prose(size)
    frames = encode(data, 16, Block(kind=kind, size=size))
    assert unpack(decoder, 16, frames, size) == data


@pytest.mark.parametrize("first", [1, 30, 31, 32])
@pytest.mark.parametrize("second", [FRAME - 32, FRAME - 31, FRAME, FRAME + 1])
def test_an_uncompressed_block_may_end_anywhere_in_a_frame(
    decoder: type[LzxDecoder], first: int, second: int
) -> None:
    """After one of odd length, or one cut oddly by a frame, words move by a byte."""
    data = prose(90_000)
    blocks = (
        Block(kind=VERBATIM, size=first),
        Block(kind=UNCOMPRESSED, size=second),
        Block(kind=UNCOMPRESSED, size=100),
        Block(kind=ALIGNED, size=len(data) - first - second - 100),
    )
    frames = encode(data, 17, *blocks)
    assert unpack(decoder, 17, frames, len(data)) == data


def test_the_byte_after_an_odd_block_may_come_with_the_next_frame(
    decoder: type[LzxDecoder],
) -> None:
    data = prose(40_000)
    blocks = (
        Block(kind=UNCOMPRESSED, size=1),
        Block(kind=UNCOMPRESSED, size=FRAME - 1),
        Block(kind=VERBATIM, size=len(data) - FRAME),
    )
    first, second = encode(data, 15, *blocks)
    frames = [first[:-1], first[-1:] + second]
    assert unpack(decoder, 15, frames, len(data)) == data


def test_the_byte_after_an_odd_block_may_be_missing_at_the_end(
    decoder: type[LzxDecoder],
) -> None:
    (frame,) = encode(b"hello", 15, Block(kind=UNCOMPRESSED, size=5))
    assert decoder(15).decode(frame[:-1], 5) == b"hello"


def test_blocks_of_no_bytes_are_passed_over(decoder: type[LzxDecoder]) -> None:
    data = prose(1000)
    empty = [Block(kind=kind, size=0) for kind in (VERBATIM, UNCOMPRESSED, ALIGNED)]
    frames = encode(data, 15, *empty, Block(kind=VERBATIM, size=1000))
    assert unpack(decoder, 15, frames, 1000) == data


@pytest.mark.parametrize("window_bits", WINDOWS)
@pytest.mark.parametrize("kind", [VERBATIM, ALIGNED])
def test_a_match_reaches_to_the_far_end_of_the_window(
    decoder: type[LzxDecoder], window_bits: int, kind: int
) -> None:
    """Twice, with the window moved on between, and once over a whole window."""
    far = (1 << window_bits) - 3
    data = prose(far, seed=window_bits)
    encoder = Encoder(window_bits=window_bits)
    encoder.begin(0)
    encoder.put_uncompressed(data, 0, far)
    for _ in range(2):
        while len(data) % FRAME > FRAME - 100:
            encoder.put_tokens(kind, literals(b"-"), len(data))
            data += b"-"
        for size in (2, 9, 60):
            encoder.put_tokens(kind, [encoder.match(far, size)], len(data))
            data += data[len(data) - far :][:size]
        filler = prose((1 << window_bits) + 5, seed=3)
        encoder.put_uncompressed(data + filler, len(data), len(filler))
        data += filler
    encoder.finish()
    assert unpack(decoder, window_bits, encoder.frames, len(data)) == data


def test_recent_offsets_are_swapped_and_shifted(decoder: type[LzxDecoder]) -> None:
    """Every slot after every other, with a new offset now and then."""
    chance = random.Random(5)
    data, tokens = bytearray(prose(500)), literals(prose(500))
    encoder = Encoder(window_bits=15)
    for turn in range(2000):
        slot = chance.randrange(4)
        offset = encoder.recent[slot] if slot < 3 else chance.randrange(1, 400)
        size = 2 + turn % 5
        tokens.append(encoder.match(offset, size))
        for _ in range(size):
            data.append(data[-offset])
    encoder.begin(0)
    encoder.put_tokens(ALIGNED, tokens, 0)
    encoder.finish()
    assert {token.symbol >> 3 for token in tokens if token.symbol > 255} > {32, 33, 34}
    assert unpack(decoder, 15, encoder.frames, len(data)) == bytes(data)


def test_matches_of_every_length_repeat_what_they_write(
    decoder: type[LzxDecoder],
) -> None:
    data, tokens = bytearray(b"ab"), literals(b"ab")
    encoder = Encoder(window_bits=15)
    for size in range(2, 258):
        if len(data) % FRAME + size <= FRAME:
            offset = 1 + size % 2
            tokens.append(encoder.match(offset, size))
            for _ in range(size):
                data.append(data[-offset])
    encoder.begin(0)
    encoder.put_tokens(VERBATIM, tokens, 0)
    encoder.finish()
    assert len(tokens) > 250
    assert unpack(decoder, 15, encoder.frames, len(data)) == bytes(data)


def test_codes_of_sixteen_bits_are_found(decoder: type[LzxDecoder]) -> None:
    data = b"".join(bytes([i]) * (1 << i) for i in range(17)) + prose(1000)
    blocks = Block(kind=VERBATIM, size=len(data), matches=False)
    encoder = Encoder(window_bits=15)
    encoder.begin(0)
    encoder.put_tokens(VERBATIM, encoder.tokens(data, 0, blocks), 0)
    encoder.finish()
    assert max(encoder.main) == 16
    assert unpack(decoder, 15, encoder.frames, len(data)) == data


def test_trees_of_code_lengths_may_be_as_deep_as_sixteen(
    decoder: type[LzxDecoder],
) -> None:
    """The pretree too: fifteen bits is what four bits can say."""
    long = [*[3] * 7, *range(4, 17), 16] + [0] * 228
    encoder = Encoder(window_bits=15)
    encoder.begin(0)
    tokens = [Token(symbol=65)] + [encoder.match(1, 9 + rest) for rest in range(21)]
    encoder.put_header(VERBATIM, sum(token.size for token in tokens))
    main = [0] * 496
    main[65] = main[263] = 1
    encoder.put_trees(main, long, deepest=True)
    for token in tokens:
        encoder.out.put(int(token.rest is not None), 1)
        if token.rest is not None:
            encoder.out.put(canonical_codes(long)[token.rest], long[token.rest])
    encoder.finish()
    size = sum(token.size for token in tokens)
    assert decoder(15).decode(encoder.frames[0], size) == b"A" * size


@pytest.mark.parametrize("call_size", [1, 300, 65_536, (1 << 31) - 1])
def test_calls_become_relative_again(decoder: type[LzxDecoder], call_size: int) -> None:
    """Targets at and around both ends of what is translated, in two frames."""
    shifts = [0, 1, -1, 300, -300, call_size - 1, call_size, call_size - FRAME]
    data = b""
    while len(data) < FRAME + 2000:
        for shift in shifts:
            limits = max(-(1 << 31), min(shift - len(data) % 3, (1 << 31) - 1))
            data += b"\xe8" + struct.pack("<i", limits) + b"\0" * (len(data) % 4)
    frames = encode(data, 15, Block(kind=VERBATIM, size=len(data)), call_size=call_size)
    assert unpack(decoder, 15, frames, len(data)) == data


@pytest.mark.parametrize("size", [1, 9, 10, 11, 15, 16])
def test_the_last_ten_bytes_of_a_frame_hold_no_call(
    decoder: type[LzxDecoder], size: int
) -> None:
    """In eleven bytes of E8, only the first can be a call."""
    (frame,) = encode(
        b"\xe8" * size, 15, Block(kind=VERBATIM, size=size, matches=False)
    )
    assert decoder(15).decode(frame, size) == b"\xe8" * size
    encoder = Encoder(window_bits=15)
    encoder.begin(1 << 16)
    raw = b"\xe8\x20\0\0\0" + b"\xe8" * 11
    encoder.put_tokens(VERBATIM, literals(raw[:size]), 0)
    encoder.finish()
    told = decoder(15).decode(encoder.frames[0], size)
    assert told == raw[:size]  # the first call stands at 0: its target is itself


def test_a_stream_may_come_as_any_kind_of_buffer(decoder: type[LzxDecoder]) -> None:
    data = prose(100)
    (frame,) = encode(data, 15, Block(kind=VERBATIM, size=100))
    for kind in (bytes, bytearray, memoryview):
        assert decoder(15).decode(kind(frame), 100) == data


@pytest.mark.parametrize("window_bits", WINDOWS)
def test_chunks_of_a_wim_stand_alone(
    decoder: type[LzxDecoder], window_bits: int
) -> None:
    size = 1 << window_bits if window_bits < 18 else 1 << 15
    stream = decoder(window_bits, wim=True)
    for seed, part in ((1, size), (2, size), (3, size // 3), (4, size)):
        data = prose(part, seed)
        blocks = cut(part, VERBATIM, UNCOMPRESSED, ALIGNED)
        if seed == 4:
            blocks = iter([Block(kind=VERBATIM, size=part)])
        (chunk,) = encode(data, window_bits, *blocks, call_size=WIM_CALL_SIZE, wim=True)
        assert stream.decode(chunk, part) == data


def test_memory_is_two_windows(decoder: type[LzxDecoder]) -> None:
    """However much comes out; the plain form can be asked directly."""
    data = bytes(40 * FRAME)
    frames = encode(data, 15, *(Block(kind=VERBATIM, size=FRAME) for _ in range(40)))
    stream = decoder(15)
    for frame in frames:
        assert stream.decode(frame, FRAME) == bytes(FRAME)
    history = getattr(stream, "_history", bytearray(1 << 16))
    assert len(history) == 1 << 16


@pytest.mark.parametrize("window_bits", [-1, 0, 14, 22, 1 << 40])
def test_other_windows_are_refused(decoder: type[LzxDecoder], window_bits: int) -> None:
    with pytest.raises(CabError, match="is not 15 to 21"):
        decoder(window_bits)


@pytest.mark.parametrize("form", FORMS)
def test_a_form_knows_what_it_is(form: str) -> None:
    decoder_of(form)
    module = load_form(form)
    assert module is not None
    assert module.COMPILED is (form == "compiled")


def test_nothing_compiled_hides_a_source_of_the_checkout() -> None:
    if SOURCES.parent.parent != ROOT:
        pytest.skip("the builder that runs is installed, not the checkout")
    assert [path.name for path in SOURCES.glob("*.so")] == []
    assert [path.name for path in SOURCES.glob("*.pyd")] == []
