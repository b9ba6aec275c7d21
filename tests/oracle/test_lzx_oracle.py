"""LZX as other programs read it.

What `make_lzx` writes is right, or the tests over it prove nothing; and what
genuine cabinets unpack to is what two other decoders say.
"""

import hashlib
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from cab_judges import need
from compiled_forms import FORMS, ROOT
from lzx_forms import decoder_of, take_apart, unpack, unpack_cabinet
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
    cabinet,
    encode,
)
from make_lzx_wim import make_lzx_wim

from builder.formats.lzx import LzxDecoder

pytestmark = pytest.mark.oracle

DATA = ROOT.parent / "shared" / "data"
# Each prints all the files of a container, one after the other.
PRINT = {
    "cabextract": ["cabextract", "-q", "-p", "{}"],
    "7z": ["7z", "x", "-so", "-bd", "{}"],
    "wimlib-imagex": ["wimlib-imagex", "extract", "--to-stdout", "{}", "1", "data.bin"],
}
CABINET_TOOLS = ("cabextract", "7z")
# LZX cabinets in DATA, those inside of others counted too.
GENUINE = 14


@pytest.fixture(params=FORMS, scope="module")
def decoder(request: pytest.FixtureRequest) -> type[LzxDecoder]:
    return decoder_of(request.param)


def printed(tool: str, path: Path) -> bytes:
    need(tool)
    command = [word.format(path) for word in PRINT[tool]]
    done = subprocess.run(command, check=False, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout


def prose(size: int) -> bytes:
    words = [
        b"cabinet ",
        b"folder",
        b"\xe8\x10\x20\0\0",
        b"\xe8\xf0\xff\xff\xff",
        b"z" * 40,
    ]
    out, turn = bytearray(), 1
    while len(out) < size:
        turn = turn * 1103515245 + 12345 & 0x7FFFFFFF
        out += words[turn >> 16 & 7] if turn >> 16 & 7 < 5 else bytes([turn >> 8 & 255])
    return bytes(out[:size])


@cache
def streams() -> list[tuple[str, bytes, int, list[bytes]]]:
    """Make what the decoder and its judges read."""
    return list(make_streams())


def make_streams() -> Iterator[tuple[str, bytes, int, list[bytes]]]:
    """Yield what test_lzx.py feeds the decoder: name, data, window and frames."""
    data = prose(140_001)
    kinds = (VERBATIM, UNCOMPRESSED, ALIGNED, ALIGNED)
    parts = (7001, 40_000, 333, 30_000, 1, 62_000, 0, 666)
    blocks = [Block(kind=kinds[turn % 4], size=part) for turn, part in enumerate(parts)]
    for bits in SLOTS:
        for calls in (0, 300, WIM_CALL_SIZE):
            frames = encode(data, bits, *blocks, call_size=calls)
            yield f"kinds-{bits}-{calls}", data, bits, frames
        yield far_matches(bits, (1 << bits) - 3)
        yield far_matches(bits, (1 << bits) - 4)
    for first, second in (
        (30, FRAME - 31),
        (31, FRAME - 31),
        (1, FRAME),
        (2, FRAME + 1),
    ):
        odd = (
            Block(kind=VERBATIM, size=first),
            Block(kind=UNCOMPRESSED, size=second),
            Block(kind=UNCOMPRESSED, size=100),
            Block(kind=ALIGNED, size=len(data) - first - second - 100),
        )
        yield f"odd-{first}-{second}", data, 17, encode(data, 17, *odd)
    deep = b"".join(bytes([i]) * (1 << i) for i in range(17))
    whole = Block(kind=VERBATIM, size=len(deep), matches=False)
    yield "deep", deep, 15, encode(deep, 15, whole)


def far_matches(window_bits: int, far: int) -> tuple[str, bytes, int, list[bytes]]:
    """Write matches that begin `far` bytes back, after the window went round."""
    data = prose(far)
    encoder = Encoder(window_bits=window_bits)
    encoder.begin(0)
    encoder.put_uncompressed(data, 0, far)
    encoder.put_tokens(VERBATIM, [Token(symbol=45)] * 4, far)
    data += b"----"
    for kind, size in ((VERBATIM, 2), (ALIGNED, 9), (ALIGNED, 257)):
        encoder.put_tokens(kind, [encoder.match(far, size)], len(data))
        data += data[len(data) - far :][:size]
    encoder.finish()
    name = f"far-{window_bits}-{(1 << window_bits) - far}"
    return name, data, window_bits, encoder.frames


@pytest.mark.parametrize("tool", CABINET_TOOLS)
def test_other_programs_read_what_the_encoder_of_the_tests_writes(
    tool: str, tmp_path: Path
) -> None:
    read = 0
    for name, data, window_bits, frames in streams():
        if tool == "7z" and name.startswith("far-") and name.endswith("-3"):
            # 7-Zip 26.02 copies too wide at the farthest offset of all, and
            # says nothing; cabextract and libarchive agree on the bytes.
            continue
        path = tmp_path / f"{name}.cab"
        path.write_bytes(cabinet(frames, window_bits, len(data)))
        assert printed(tool, path) == data, name
        read += 1
    assert read == (33 if tool == "7z" else 40)


def test_the_same_streams_unpack_here(decoder: type[LzxDecoder]) -> None:
    for name, data, window_bits, frames in streams():
        (folder,), _ = take_apart(cabinet(frames, window_bits, len(data)))
        assert unpack(decoder, folder) == data, name


@pytest.mark.parametrize("chunk_bits", [15, 17, 21])
def test_wimlib_reads_the_chunks_of_a_wim_that_the_encoder_writes(
    chunk_bits: int, tmp_path: Path
) -> None:
    """Chunks that test_lzx.py unpacks are such as this encoder writes."""
    size = 1 << chunk_bits
    data = prose(size + size // 3)
    chunks = []
    for place in range(0, len(data), size):
        part = data[place : place + size]
        third = len(part) // 3
        kinds = (
            (VERBATIM, third),
            (UNCOMPRESSED, third),
            (ALIGNED, len(part) - 2 * third),
        )
        blocks = [Block(kind=kind, size=length) for kind, length in kinds]
        if place and chunk_bits == 15:
            blocks = [Block(kind=VERBATIM, size=len(part))]
        chunks += encode(part, chunk_bits, *blocks, call_size=WIM_CALL_SIZE, wim=True)
    path = tmp_path / "made.wim"
    path.write_bytes(make_lzx_wim(data, chunks, size))
    assert printed("wimlib-imagex", path) == data
    stream = decoder_of("plain")(chunk_bits, wim=True)
    sizes = [size, len(data) - size]
    assert b"".join(map(stream.decode, chunks, sizes)) == data


def lzx_cabinets(folder: Path) -> list[Path]:
    """Find every LZX cabinet of the genuine data, those inside others too."""
    if not DATA.is_dir():
        pytest.skip("there is no ../shared/data")
    need("cabextract")
    found = sorted(DATA.glob("lzx/*.cab")) + sorted(DATA.glob("packages/*.cab"))
    for outer in sorted(DATA.glob("packages/*.msu")):
        inside = folder / outer.stem
        subprocess.run(
            ["cabextract", "-q", "-d", inside, outer], check=True, capture_output=True
        )
        found += sorted(inside.glob("*.cab"))
    return found


@pytest.mark.genuine
def test_genuine_cabinets_unpack_to_what_other_programs_say(
    decoder: type[LzxDecoder], tmp_path: Path
) -> None:
    seen = 0
    for path in lzx_cabinets(tmp_path):
        ours = hashlib.sha256(unpack_cabinet(decoder, path.read_bytes())).digest()
        for tool in CABINET_TOOLS:
            theirs = hashlib.sha256(printed(tool, path)).digest()
            assert ours == theirs, f"{path.name} by {tool}"
        seen += 1
    assert seen >= GENUINE
