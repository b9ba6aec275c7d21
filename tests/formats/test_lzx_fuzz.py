"""The LZX decoder, in both of its forms, on streams damaged at random."""

import pytest
from compiled_forms import FORMS
from hypothesis import given, settings
from hypothesis import strategies as st
from lzx_forms import decoder_of
from make_lzx import FRAME, frame_sizes, three_kinds

from builder.errors import CabError
from builder.formats.lzx import LzxDecoder

SIZE = 1500


@pytest.fixture(params=FORMS, scope="module")
def decoder(request: pytest.FixtureRequest) -> type[LzxDecoder]:
    return decoder_of(request.param)


FRAMES = three_kinds(FRAME + SIZE)
DAMAGE = st.lists(
    st.tuples(st.integers(0, len(FRAMES) - 1), st.integers(0), st.integers(1, 255)),
    min_size=1,
    max_size=4,
)


def damaged(changes: list[tuple[int, int, int]]) -> list[bytes]:
    frames = [bytearray(frame) for frame in FRAMES]
    for frame, place, change in changes:
        frames[frame][place % len(frames[frame])] ^= change
    return [bytes(frame) for frame in frames]


def unpack(
    decoder: type[LzxDecoder], frames: list[bytes], *, wim: bool
) -> bytes | tuple[str, int | None]:
    """Give what comes out, be it an error; any other exception fails the test."""
    stream = decoder(16, wim=wim)
    sizes = frame_sizes(FRAME * (len(frames) - 1) + SIZE)
    try:
        return b"".join(map(stream.decode, frames, sizes))
    except CabError as error:
        return error.reason, error.offset


@given(DAMAGE)
@settings(deadline=None)
def test_damage_gives_as_many_bytes_or_one_error(
    decoder: type[LzxDecoder], changes: list[tuple[int, int, int]]
) -> None:
    out = unpack(decoder, damaged(changes), wim=False)
    assert isinstance(out, tuple) or len(out) == FRAME + SIZE


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_any_bytes_give_as_many_bytes_or_one_error(
    decoder: type[LzxDecoder], data: bytes
) -> None:
    for wim in (False, True):
        out = unpack(decoder, [data], wim=wim)
        assert isinstance(out, tuple) or len(out) == SIZE


@given(st.one_of(DAMAGE.map(damaged), st.binary(max_size=400).map(lambda data: [data])))
@settings(deadline=None)
def test_both_forms_give_the_same_bytes_or_reasons(frames: list[bytes]) -> None:
    compiled = decoder_of("compiled")
    for wim in (False, True):
        one = unpack(decoder_of("plain"), frames, wim=wim)
        two = unpack(compiled, frames, wim=wim)
        if isinstance(one, tuple) and isinstance(two, tuple):
            assert one[0] == two[0]
        else:
            assert one == two
