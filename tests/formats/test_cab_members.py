"""Members of cabinets: the right bytes, once, and damage where it is."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from make_cab import Data, File, Folder, make_cab, mszip, stored, zipped

from builder.errors import CabError, LimitError, UnsupportedError
from builder.formats.cab import parse_cab
from builder.formats.cab_decoders import decoder
from builder.formats.cab_members import group_members, unpack_folder, unpack_members
from builder.model.cabinet import STORED, CabFile
from builder.model.limits import DEFAULT_LIMITS, Limits

NOISE = random.Random(2).randbytes(100_000)


def unpacked(data: bytes, limits: Limits = DEFAULT_LIMITS) -> dict[str, bytes]:
    members = unpack_members(parse_cab(data), data, limits=limits)
    return {file.name: b"".join(chunks) for file, chunks in members}


def cut(*sizes: int, folder: int = 0) -> list[File]:
    """Lay files of these sizes side by side."""
    files, offset = [], 0
    for number, size in enumerate(sizes):
        name = f"{folder}-{number}".encode()
        files.append(File(name=name, size=size, offset=offset, folder=folder))
        offset += size
    return files


@pytest.mark.parametrize("folder", [stored, zipped])
def test_members_have_their_bytes(folder: Callable[[bytes], Folder]) -> None:
    sizes = (0, 1, 32767, 32768, 0, 34464)
    data = make_cab(*cut(*sizes), folders=(folder(NOISE),))
    offset, wanted = 0, {}
    for number, size in enumerate(sizes):
        wanted[f"0-{number}"] = NOISE[offset : offset + size]
        offset += size
    assert unpacked(data) == wanted


def test_chunks_have_at_most_32_kib_and_none_is_empty() -> None:
    data = make_cab(*cut(0, 50_000, 50_000), folders=(zipped(NOISE),))
    members = unpack_members(parse_cab(data), data)
    sizes = [[len(chunk) for chunk in chunks] for _, chunks in members]
    assert sizes == [[], [32768, 17232], [15536, 32768, 1696]]


def test_folders_start_afresh() -> None:
    """The second folder does not see the history of the first."""
    same = NOISE[:40_000]
    files = cut(40_000) + cut(40_000, folder=1)
    data = make_cab(*files, folders=(zipped(same), zipped(same)))
    assert unpacked(data) == {"0-0": same, "1-0": same}


def test_members_come_in_the_order_of_their_bytes() -> None:
    files = cut(3, 4) + cut(5, folder=1)
    data = make_cab(*files[::-1], folders=(stored(b"abcdefg"), stored(b"hijkl")))
    assert list(unpacked(data).items()) == [
        ("0-0", b"abc"),
        ("0-1", b"defg"),
        ("1-0", b"hijkl"),
    ]


def test_bytes_of_no_file_are_passed_over() -> None:
    data = make_cab(
        File(name=b"a", size=2, offset=1),
        File(name=b"b", size=1, offset=5),
        folders=(stored(b"-ab--c-"),),
    )
    assert unpacked(data) == {"a": b"ab", "b": b"c"}


def test_many_small_files_of_one_block_are_cut_out_of_it() -> None:
    data = make_cab(*cut(*[1] * 32768), folders=(zipped(NOISE[:32768]),))
    assert b"".join(unpacked(data).values()) == NOISE[:32768]


# Callers that do not drain


def names_and_first_bytes(data: bytes, take: int) -> list[tuple[str, bytes]]:
    seen = []
    for file, chunks in unpack_members(parse_cab(data), data):
        first = b"".join(chunk for _, chunk in zip(range(take), chunks, strict=False))
        seen.append((file.name, first[:4]))
    return seen


@pytest.mark.parametrize("take", [1, 2, 9])
def test_what_is_left_of_a_member_does_not_reach_the_next(take: int) -> None:
    data = make_cab(*cut(70_000, 10_000, 20_000), folders=(zipped(NOISE),))
    assert names_and_first_bytes(data, take) == [
        ("0-0", NOISE[:4]),
        ("0-1", NOISE[70_000:70_004]),
        ("0-2", NOISE[80_000:80_004]),
    ]


def test_an_iterator_is_empty_once_its_turn_is_over() -> None:
    data = make_cab(*cut(50_000, 50_000), folders=(zipped(NOISE),))
    members = unpack_members(parse_cab(data), data)
    _, first = next(members)
    assert next(first) == NOISE[:32768]
    _, second = next(members)
    assert list(first) == []
    assert b"".join(second) == NOISE[50_000:]


def test_a_closed_iterator_does_no_harm() -> None:
    data = make_cab(*cut(50_000, 50_000), folders=(zipped(NOISE),))
    members = unpack_members(parse_cab(data), data)
    _, first = next(members)
    next(first)
    assert hasattr(first, "close")
    first.close()
    assert b"".join(next(members)[1]) == NOISE[50_000:]


def test_damage_that_nobody_reads_is_found() -> None:
    folder = zipped(NOISE)
    last = replace(folder.blocks[-1], checksum=1)
    folder = replace(folder, blocks=(*folder.blocks[:-1], last))
    data = make_cab(*cut(10), folders=(folder,))
    with pytest.raises(CabError, match="the checksum is"):
        list(unpack_members(parse_cab(data), data))


# Damage


def damaged(blocks: tuple[Data, ...]) -> tuple[CabError, dict[str, bytes]]:
    data = make_cab(
        *cut(30_000, 30_000, 20_000), folders=(Folder(blocks=blocks, kind=1),)
    )
    seen: dict[str, bytes] = {}

    def unpack() -> None:
        for file, chunks in unpack_members(parse_cab(data), data):
            seen[file.name] = b""
            for chunk in chunks:
                seen[file.name] += chunk

    with pytest.raises(CabError) as caught:
        unpack()
    return caught.value, seen


def test_what_comes_before_the_damage_is_delivered() -> None:
    one, two, three = zipped(NOISE[:80_000]).blocks
    error, seen = damaged((one, replace(two, checksum=1), three))
    assert "the checksum is" in error.reason
    assert error.offset == 44 + 3 * 20 + 8 + len(one.packed)
    assert seen == {"0-0": NOISE[:30_000], "0-1": NOISE[30_000:32768]}


def test_damage_in_a_stream_is_placed_in_the_cabinet() -> None:
    one, two, three = zipped(NOISE[:80_000]).blocks
    error, _ = damaged((one, replace(two, packed=two.packed + b"!"), three))
    assert error.reason == "1 bytes after the deflate stream"
    start = 44 + 3 * 20 + 8 + len(one.packed) + 8
    assert error.offset == start + len(two.packed)


def test_a_failed_folder_fails_again_the_same_way() -> None:
    folder = Folder(blocks=(Data(packed=b"CK", unpacked=5),), kind=1)
    data = make_cab(*cut(2, 3), folders=(folder,))
    members = unpack_members(parse_cab(data), data)
    _, chunks = next(members)
    reasons = []
    for again in (chunks, members):
        with pytest.raises(CabError) as caught:
            next(iter(again))
        reasons.append((caught.value.reason, caught.value.offset))
    assert reasons == [("a block unpacks to 0, not 5 bytes", 92)] * 2


def test_other_folders_survive() -> None:
    bad = Folder(blocks=(Data(packed=b"CK", unpacked=5),), kind=1)
    data = make_cab(*cut(5), *cut(5, folder=1), folders=(bad, stored(b"hello")))
    cabinet = parse_cab(data)
    first, second = group_members(cabinet)
    with pytest.raises(CabError):
        list(unpack_folder(cabinet, first, data))
    ((file, chunks),) = whole(unpack_folder(cabinet, second, data))
    assert (file.name, chunks) == ("1-0", b"hello")


def whole(
    members: Iterator[tuple[CabFile, Iterator[bytes]]],
) -> list[tuple[CabFile, bytes]]:
    return [(file, b"".join(chunks)) for file, chunks in members]


def test_folders_without_files_are_not_unpacked() -> None:
    bad = Folder(blocks=(Data(packed=b"CK", unpacked=5),), kind=1)
    data = make_cab(*cut(5, folder=1), folders=(bad, stored(b"hello")))
    assert unpacked(data) == {"1-0": b"hello"}


@pytest.mark.parametrize("length", [58, 60, 70, 76])
def test_data_that_shrank_since_it_was_parsed_is_refused(length: int) -> None:
    data = make_cab(*cut(5), folders=(stored(b"hello"),))
    cabinet = parse_cab(data)
    with pytest.raises(CabError, match="cut off"):
        whole(unpack_members(cabinet, data[:length]))


def test_a_folder_that_is_shorter_than_parsed_is_refused() -> None:
    data = make_cab(*cut(5), folders=(stored(b"hello"),))
    cabinet = parse_cab(data)
    other = make_cab(*cut(5), folders=(stored(b"hell"),), tail=b"!")
    with pytest.raises(CabError, match="ends before its last file does") as caught:
        whole(unpack_members(cabinet, other))
    assert caught.value.offset == cabinet.folders[0].data_end


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (0x1472, "Quantum:20 compression is not decoded"),
    ],
)
def test_what_is_not_decoded_is_refused_by_name(kind: int, reason: str) -> None:
    data = make_cab(*cut(5), folders=(replace(stored(b"hello"), kind=kind),))
    with pytest.raises(UnsupportedError) as caught:
        unpacked(data)
    assert (caught.value.reason, caught.value.offset) == (reason, 44 + 20)


def test_a_stored_block_of_another_size_is_refused() -> None:
    with pytest.raises(CabError, match="stored block of 3 bytes announces 4"):
        decoder(STORED).decode(b"abc", 4)


# Limits


def bomb(blocks: int) -> bytes:
    """Pack zeros as well as deflate can, every block with history."""
    zeros = bytes(32768)
    first = Data(packed=mszip(zeros), unpacked=32768)
    folder = Folder(blocks=(first,) * blocks, kind=1)
    return make_cab(File(name=b"b", size=blocks * 32768), folders=(folder,))


def test_a_bomb_is_refused_by_its_ratio() -> None:
    limits = Limits(ratio=100, ratio_from=65536)
    assert len(unpacked(bomb(2), limits)["b"]) == 65536
    with pytest.raises(LimitError, match="more than 100 times as many"):
        unpacked(bomb(3), limits)


def test_a_ratio_within_the_limit_passes() -> None:
    limits = Limits(ratio=2000, ratio_from=0)
    assert unpacked(bomb(50), limits)["b"] == bytes(50 * 32768)


def test_the_sum_of_all_folders_is_limited() -> None:
    data = make_cab(
        *cut(5), *cut(5, folder=1), folders=(stored(b"hello"), stored(b"world"))
    )
    assert len(unpacked(data, Limits(unpacked=10))) == 2
    with pytest.raises(LimitError, match="unpacks to 10 bytes, 9 are allowed"):
        unpacked(data, Limits(unpacked=9))


def test_one_folder_is_limited_as_well() -> None:
    data = make_cab(*cut(5), folders=(stored(b"hello"),))
    cabinet = parse_cab(data)
    (group,) = group_members(cabinet)
    with pytest.raises(LimitError, match="unpacks to 5 bytes, 4 are allowed"):
        whole(unpack_folder(cabinet, group, data, limits=Limits(unpacked=4)))
