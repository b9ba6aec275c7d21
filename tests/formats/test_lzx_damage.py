"""The LZX decoder, in both of its forms, on streams that are wrong."""

import time

import pytest
from compiled_forms import FORMS
from lzx_forms import decoder_of
from make_lzx import (
    ALIGNED,
    FRAME,
    UNCOMPRESSED,
    VERBATIM,
    BitWriter,
    Block,
    Encoder,
    Token,
    babble,
    canonical_codes,
    code_depths,
    encode,
    three_kinds,
)

from builder.errors import CabError
from builder.formats.lzx import LzxDecoder

SIZE = 1500


@pytest.fixture(params=FORMS, scope="module")
def decoder(request: pytest.FixtureRequest) -> type[LzxDecoder]:
    return decoder_of(request.param)


def refused(
    decoder: type[LzxDecoder], frame: bytes, size: int = 100, *, wim: bool = False
) -> CabError:
    with pytest.raises(CabError) as caught:
        decoder(15, wim=wim).decode(frame, size)
    return caught.value


def bits(*fields: tuple[int, int], tail: bytes = bytes(200)) -> bytes:
    """Write a stream by hand, after the bit for "no calls are translated"."""
    out = BitWriter()
    out.put(0, 1)
    for value, count in fields:
        out.put(value, count)
    out.align()
    return bytes(out.data) + tail


def pretree(*depths: int) -> list[tuple[int, int]]:
    return [(depth, 4) for depth in (*depths, *(0 for _ in range(20 - len(depths))))]


def with_trees(
    main: list[int], long: list[int], low: list[int] | None = None, tail: bytes = b""
) -> bytes:
    """Begin a block of 100 bytes with trees that no encoder would write."""
    encoder = Encoder(window_bits=15)
    encoder.begin(0)
    encoder.put_header(VERBATIM if low is None else ALIGNED, 100)
    for depth in low or []:
        encoder.out.put(depth, 3)
    encoder.put_trees(main + [0] * (len(encoder.main) - len(main)), long)
    encoder.finish()
    return encoder.frames[0] + tail + bytes(100)


EVEN = [8] * 256
NONE = [0] * 249


def test_a_stream_cut_at_any_byte_is_refused(decoder: type[LzxDecoder]) -> None:
    (frame,) = three_kinds(SIZE)
    assert len(decoder(16).decode(frame, SIZE)) == SIZE
    for size in range(len(frame)):
        with pytest.raises(CabError):
            decoder(16).decode(frame[:size], SIZE)


def test_bytes_after_the_frame_are_refused(decoder: type[LzxDecoder]) -> None:
    (frame,) = three_kinds(SIZE)
    for more in range(1, 5):
        with pytest.raises(CabError, match=f"{more} bytes more than its frame"):
            decoder(16).decode(frame + bytes(more), SIZE)


def test_bytes_inside_an_uncompressed_block_are_counted(
    decoder: type[LzxDecoder],
) -> None:
    data = babble(2 * FRAME)
    first, _ = encode(data, 15, Block(kind=UNCOMPRESSED, size=2 * FRAME))
    with pytest.raises(CabError, match="1 bytes more than its frame"):
        decoder(15).decode(first + b"x", FRAME)
    with pytest.raises(CabError, match="ends too early"):
        decoder(15).decode(first[:-1], FRAME)


@pytest.mark.parametrize("size", [-1, 0, FRAME + 1, 1 << 70])
def test_a_frame_of_impossible_size_is_refused(
    decoder: type[LzxDecoder], size: int
) -> None:
    assert "not 1 to 32768" in refused(decoder, bytes(100), size).reason
    assert "not 1 to 32768" in refused(decoder, bytes(100), size, wim=True).reason


def test_nothing_follows_a_short_frame(decoder: type[LzxDecoder]) -> None:
    stream = decoder(16)
    stream.decode(three_kinds(SIZE)[0], SIZE)
    with pytest.raises(CabError, match="follows the last one"):
        stream.decode(three_kinds(SIZE)[0], SIZE)


def test_nothing_follows_an_error(decoder: type[LzxDecoder]) -> None:
    stream = decoder(16)
    with pytest.raises(CabError):
        stream.decode(b"", FRAME)
    with pytest.raises(CabError, match="follows the last one"):
        stream.decode(three_kinds(SIZE)[0], SIZE)


def test_an_error_says_where_from_the_start_of_the_file(
    decoder: type[LzxDecoder],
) -> None:
    with pytest.raises(CabError) as caught:
        decoder(15).decode(bits((0, 3), (100, 24)), 100, offset=5000)
    assert caught.value.offset == 5000
    with pytest.raises(CabError) as caught:
        decoder(15).decode(bits((VERBATIM, 3), (100, 24)), 100, offset=5000)
    assert caught.value.offset == 5000 + 108 // 16 * 2  # behind 1 + 27 + 80 bits


@pytest.mark.parametrize("kind", [0, 4, 5, 6, 7])
def test_unknown_kinds_of_block_are_refused(
    decoder: type[LzxDecoder], kind: int
) -> None:
    error = refused(decoder, bits((kind, 3), (100, 24)))
    assert error.reason == f"LZX block has the unknown type {kind}"


@pytest.mark.parametrize(
    "depths", [(), (1,), (1, 1, 1), (2, 2, 2), (15,) * 20, (1, 2, 3, 4, 5, 6, 6, 6)]
)
def test_pretrees_that_are_no_complete_code_are_refused(
    decoder: type[LzxDecoder], depths: tuple[int, ...]
) -> None:
    error = refused(decoder, bits((VERBATIM, 3), (100, 24), *pretree(*depths)))
    assert error.reason == "LZX pretree is not a complete code"


@pytest.mark.parametrize(
    "main", [[0] * 256, [1], [8] * 255, [8] * 257, [1, 1, 1], [*range(1, 17)], [16] * 9]
)
def test_main_trees_that_are_no_complete_code_are_refused(
    decoder: type[LzxDecoder], main: list[int]
) -> None:
    error = refused(decoder, with_trees(main, NONE))
    assert error.reason == "LZX main tree is not a complete code"


@pytest.mark.parametrize("long", [[1], [1, 1, 1], [2, 2, 2], [8] * 249])
def test_length_trees_that_are_no_complete_code_are_refused(
    decoder: type[LzxDecoder], long: list[int]
) -> None:
    long = long + [0] * (249 - len(long))
    error = refused(decoder, with_trees(EVEN, long))
    assert error.reason == "LZX length tree is not a complete code"


@pytest.mark.parametrize("low", [[0] * 8, [1] + [0] * 7, [2] * 8, [7] * 8])
def test_aligned_trees_that_are_no_complete_code_are_refused(
    decoder: type[LzxDecoder], low: list[int]
) -> None:
    error = refused(decoder, with_trees(EVEN, NONE, low))
    assert error.reason == "LZX aligned offset tree is not a complete code"


def test_a_length_without_a_tree_is_refused(decoder: type[LzxDecoder]) -> None:
    """The tree may be empty as long as nothing asks it."""
    main = [8] * 255 + [9] + [0] * 7 + [9]  # symbol 263 says "and a length code"
    assert sum(1 << (16 - depth) for depth in main if depth) == 1 << 16
    encoder = Encoder(window_bits=15)
    encoder.begin(0)
    encoder.put_header(VERBATIM, 100)
    encoder.put_trees(main + [0] * (len(encoder.main) - len(main)), NONE)
    codes = canonical_codes(main)
    encoder.out.put(codes[5], main[5])
    encoder.out.put(codes[263], main[263])
    encoder.finish()
    error = refused(decoder, encoder.frames[0] + bytes(100))
    assert error.reason == "LZX match uses an empty length tree"


@pytest.mark.parametrize("code", [17, 18, 19])
def test_runs_of_code_lengths_stay_in_their_part(
    decoder: type[LzxDecoder], code: int
) -> None:
    """254 lengths, then a run of four at least, where two are left."""
    tree = [0] * 20
    tree[0] = tree[code] = 1
    fields = [(VERBATIM, 3), (100, 24), *pretree(*tree), *[(0, 1)] * 254]
    fields += [(1, 1), (0, {17: 4, 18: 5, 19: 1}[code]), (0, 1)]
    error = refused(decoder, bits(*fields))
    assert error.reason == "LZX code lengths run past their part of the tree"


def test_a_repeated_code_length_is_one(decoder: type[LzxDecoder]) -> None:
    tree = [0] * 20
    tree[17] = tree[19] = 1
    fields = [(VERBATIM, 3), (100, 24), *pretree(*tree), (1, 1), (0, 1), (0, 1)]
    error = refused(decoder, bits(*fields))
    assert error.reason == "LZX code lengths repeat what is none"


@pytest.mark.parametrize("offset", [1, 2, 30_000])
def test_a_match_before_the_first_byte_is_refused(
    decoder: type[LzxDecoder], offset: int
) -> None:
    encoder = Encoder(window_bits=15)
    encoder.begin(0)
    tokens = [Token(symbol=65)] * (offset - 1 if offset < 9 else 0)
    tokens += [encoder.match(offset, 3)] + [Token(symbol=66)] * 9
    encoder.put_tokens(VERBATIM, tokens, 0)
    encoder.finish()
    size = sum(token.size for token in tokens)
    error = refused(decoder, encoder.frames[0], size)
    assert error.reason == "LZX match leaves the window or its block"


@pytest.mark.parametrize("offset", [0, (1 << 15) + 1, 1 << 16, 1 << 31, (1 << 32) - 1])
def test_recent_offsets_of_a_block_are_not_believed(
    decoder: type[LzxDecoder], offset: int
) -> None:
    encoder = Encoder(window_bits=15, recent=[offset, 1, 1])
    encoder.begin(0)
    data = babble(3 * FRAME)
    encoder.put_uncompressed(data, 0, 2 * FRAME)
    encoder.recent = [77, 1, 1]
    encoder.put_tokens(VERBATIM, [encoder.match(77, 3)], 2 * FRAME)
    encoder.finish()
    stream = decoder(15)
    for frame in encoder.frames[:2]:
        stream.decode(frame, FRAME)
    with pytest.raises(CabError, match="leaves the window"):
        stream.decode(encoder.frames[2], 3)


class LyingEncoder(Encoder):
    """Announces one byte less than there is."""

    def put_header(self, kind: int, size: int) -> None:
        Encoder.put_header(self, kind, size - 1)


def test_a_match_over_the_end_of_its_block_is_refused(
    decoder: type[LzxDecoder],
) -> None:
    encoder = LyingEncoder(window_bits=15)
    encoder.begin(0)
    tokens = [Token(symbol=65), encoder.match(1, 9)]
    encoder.put_tokens(VERBATIM, tokens, 0)
    encoder.put_tokens(VERBATIM, [Token(symbol=65)] * 5, 10)
    encoder.finish()
    error = refused(decoder, encoder.frames[0], 13)
    assert error.reason == "LZX match leaves the window or its block"


def test_a_match_over_the_end_of_its_frame_is_refused(
    decoder: type[LzxDecoder],
) -> None:
    encoder = Encoder(window_bits=15)
    encoder.begin(0)
    encoder.put_tokens(VERBATIM, [Token(symbol=65), encoder.match(1, 9)], 0)
    encoder.finish()
    error = refused(decoder, encoder.frames[0], 9)
    assert error.reason == "LZX match leaves the window or its block"


def test_a_chunk_of_a_wim_holds_its_blocks(decoder: type[LzxDecoder]) -> None:
    data = babble(1000)
    (chunk,) = encode(data, 15, Block(kind=VERBATIM, size=1000), wim=True)
    error = refused(decoder, chunk, 999, wim=True)
    assert error.reason == "LZX block of 1000 bytes is longer than its chunk"
    stream = decoder(15, wim=True)
    with pytest.raises(CabError):
        stream.decode(chunk, 999)
    assert len(stream.decode(chunk, 1000)) == 1000  # a chunk is not spoilt by another


@pytest.mark.parametrize("high", [0x8000, 0xFFFF])
def test_a_call_size_that_readers_disagree_about_is_refused(
    decoder: type[LzxDecoder], high: int
) -> None:
    out = BitWriter()
    out.put(1, 1)
    out.put(high, 16)
    out.put(0, 16)
    error = refused(decoder, bytes(out.data) + bytes(100))
    assert error.reason == "LZX size for call translation is beyond 2 GiB"


def tiny_blocks(kind: int) -> bytes:
    """Fill 64 KiB with blocks of one byte, each with the deepest trees."""
    main = [*range(1, 13), *[14] * 3, 15, *[16] * 2] + [0] * (496 - 18)
    assert code_depths([1, 1], 16)[:2] == [1, 1]
    assert sum(1 << (16 - depth) for depth in main if depth) == 1 << 16
    encoder = Encoder(window_bits=15)
    encoder.begin(0)
    while len(encoder.out.data) < 65_000:
        encoder.put_header(kind, 1)
        if kind == UNCOMPRESSED:
            encoder.out.align_for_bytes()
            encoder.out.data += bytes(14)
        else:
            for _ in range(8 if kind == ALIGNED else 0):
                encoder.out.put(3, 3)
            encoder.put_trees(main, NONE)
            encoder.out.put(0, 1)
    encoder.finish()
    return encoder.frames[0]


@pytest.mark.parametrize("kind", [VERBATIM, ALIGNED, UNCOMPRESSED])
def test_a_frame_of_tiny_blocks_takes_bounded_time(
    decoder: type[LzxDecoder], kind: int
) -> None:
    """The most work that 64 KiB can ask for, well under a second."""
    frame = tiny_blocks(kind)
    begin = time.process_time()
    refused(decoder, frame, FRAME)
    assert time.process_time() - begin < 3
