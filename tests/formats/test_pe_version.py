"""Where the version resource is found, and where it is out of reach."""

import struct
import tracemalloc

import pytest
from make_pe import SUBDIRECTORY, Part, directory, leaf, make_pe, tree, version_block

from builder.formats.facts import observe
from builder.model.inventory import PeFacts
from builder.model.version import FileVersion

VERSION = FileVersion(6, 0, 6001, 22375)
BLOCK = version_block(*VERSION)
WINDOW = 1 << 20


def with_version(**options: object) -> bytes:
    """Make a file with a version resource in its only section."""
    part = Part(address=0x1000, start=0x400, data=tree(0x1058) + BLOCK)
    return make_pe(part, resources=(0x1000, 180), **options)  # type: ignore[arg-type]  # keyword arguments of make_pe


def pe_of(data: bytes) -> PeFacts:
    facts = observe([data])
    assert facts.damage is None
    assert facts.pe is not None
    return facts.pe


def test_a_file_without_resources_has_no_version_and_no_damage() -> None:
    facts = pe_of(make_pe(Part(address=0x1000, start=0x400, data=b"code")))
    assert (facts.version, facts.version_damage) == (None, None)


def test_a_file_with_other_resources_only_has_no_version() -> None:
    part = Part(address=0x1000, start=0x400, data=directory((3, SUBDIRECTORY | 24)))
    facts = pe_of(make_pe(part, resources=(0x1000, 24)))
    assert (facts.version, facts.version_damage) == (None, None)


@pytest.mark.parametrize("empty_level", [1, 2])
def test_an_empty_directory_holds_no_version(empty_level: int) -> None:
    levels = [directory((16, SUBDIRECTORY | 24))]
    if empty_level == 2:
        levels.append(directory((1, SUBDIRECTORY | 48)))
    part = Part(
        address=0x1000, start=0x400, data=b"".join(levels) + directory() + bytes(64)
    )
    facts = pe_of(make_pe(part, resources=(0x1000, 99)))
    assert (facts.version, facts.version_damage) == (None, None)


def test_number_1_and_us_english_come_first() -> None:
    other = version_block(9, 9, 9, 9)
    names = directory((2, SUBDIRECTORY | 0), (1, SUBDIRECTORY | 56))
    tongues = directory((7, 0), (0x409, 88))
    data = directory((16, SUBDIRECTORY | 24)) + names + tongues
    data = data.ljust(88, b"\0") + leaf(0x1000 + 104) + BLOCK + other
    part = Part(address=0x1000, start=0x400, data=data)
    assert pe_of(make_pe(part, resources=(0x1000, 99))).version == VERSION


def test_any_name_and_language_will_do_where_there_is_no_better() -> None:
    data = directory((16, SUBDIRECTORY | 24))
    data += directory((SUBDIRECTORY | 500, SUBDIRECTORY | 48), named=1)
    data += directory((1033 + 1, 72)) + leaf(0x1000 + 88) + BLOCK
    part = Part(address=0x1000, start=0x400, data=data)
    assert pe_of(make_pe(part, resources=(0x1000, 99))).version == VERSION


def place_of_the_block(place: str) -> bytes:
    """Make a file whose version resource lies at a place of some kind."""
    if place == "behind the tree":
        return with_version()
    if place == "before the tree, same section":
        data = BLOCK + tree(0x1000)
        part = Part(address=0x1000, start=0x400, data=data)
        return make_pe(part, resources=(0x1000 + 92, 88))
    if place == "in a later section":
        parts = (
            Part(address=0x1000, start=0x400, data=tree(0x5000)),
            Part(address=0x5000, start=0x800, data=BLOCK),
        )
        return make_pe(*parts, resources=(0x1000, 88))
    if place == "beyond the window":
        data = tree(0x1000 + WINDOW + 5000) + bytes(WINDOW + 5000 - 88) + BLOCK
        part = Part(address=0x1000, start=0x400, data=data)
        return make_pe(part, resources=(0x1000, 88))
    if place == "across the end of the window":
        data = tree(0x1000 + WINDOW - 46) + bytes(WINDOW - 46 - 88) + BLOCK
        part = Part(address=0x1000, start=0x400, data=data)
        return make_pe(part, resources=(0x1000, 88))
    if place == "all of it beyond the window":
        start = 0x1000 + WINDOW + 4096
        data = bytes(WINDOW + 4096) + tree(start + 88) + BLOCK
        part = Part(address=0x1000, start=0x400, data=data)
        return make_pe(part, resources=(start, 88))
    raise AssertionError(place)


@pytest.mark.parametrize(
    "place",
    [
        "behind the tree",
        "before the tree, same section",
        "in a later section",
        "beyond the window",
        "across the end of the window",
        "all of it beyond the window",
    ],
)
@pytest.mark.parametrize("step", [977, 65_536, 1 << 30])
def test_the_version_is_found_wherever_it_can_be_reached(place: str, step: int) -> None:
    file = place_of_the_block(place)
    facts = observe(file[at : at + step] for at in range(0, len(file), step))
    assert facts.pe is not None
    assert (facts.pe.version, facts.pe.version_damage) == (VERSION, None)


@pytest.mark.parametrize("step", [1, 50, 977, 1 << 30])
def test_a_version_in_an_earlier_section_is_out_of_reach_for_any_chunks(
    step: int,
) -> None:
    parts = (
        Part(address=0x5000, start=0x400, data=BLOCK),
        Part(address=0x1000, start=0x800, data=tree(0x5000)),
    )
    file = make_pe(*parts, resources=(0x1000, 88))
    facts = observe(file[at : at + step] for at in range(0, len(file), step))
    assert facts.pe is not None
    assert facts.pe.version is None
    assert facts.pe.version_damage == (
        "resources: bytes at 0x400 are out of reach in one forward pass"
    )


def test_a_tree_that_goes_back_beyond_the_window_is_out_of_reach() -> None:
    far = WINDOW + 8192
    data = directory((16, SUBDIRECTORY | far)).ljust(far, b"\0")
    data += directory((1, SUBDIRECTORY | far - 4096)) + bytes(100)
    file = make_pe(Part(address=0x1000, start=0x400, data=data), resources=(0x1000, 24))
    damage = f"resources: bytes at {0x400 + far - 4096:#x} are out of reach"
    for step in (4096, 1 << 30):
        facts = observe(file[at : at + step] for at in range(0, len(file), step))
        assert facts.pe is not None
        assert facts.pe.version_damage == f"{damage} in one forward pass"


BROKEN = {
    "data on the first level": (
        directory((16, 24)) + leaf(0x1000),
        "resource data above the third level",
    ),
    "data on the second level": (
        directory((16, SUBDIRECTORY | 24)) + directory((1, 48)) + leaf(0x1000),
        "resource data above the third level",
    ),
    "a fourth level": (
        directory((16, SUBDIRECTORY | 24))
        + directory((1, SUBDIRECTORY | 48))
        + directory((0x409, SUBDIRECTORY | 72)),
        "a fourth level of resources",
    ),
    "a directory that is its own child": (
        directory((16, SUBDIRECTORY)),
        "a fourth level of resources",
    ),
    "data nowhere": (tree(0x9000), "address 0x9000 lies in no section"),
    "too small": (
        tree(0x1000)[:-16] + leaf(0x1000, 91),
        "a version resource of 91 bytes",
    ),
    "zeros": (tree(0x1058) + bytes(92), "the version resource has no fixed part"),
    "no value": (
        tree(0x1058) + BLOCK[:2] + b"\0" + BLOCK[3:],
        "the version resource has no fixed part",
    ),
    "no signature": (
        tree(0x1058) + BLOCK[:40] + bytes(52),
        "the version resource has no fixed part",
    ),
    "cut short": (tree(0x1058) + BLOCK[:40], "bytes up to 0x4b4 are not in the file"),
    "far away": (
        directory((16, SUBDIRECTORY | 0x7FFF_FFFF)),
        "bytes up to 0x8000040f are not in the file",
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_damaged_version_resource_says_why(kind: str) -> None:
    data, damage = BROKEN[kind]
    part = Part(address=0x1000, start=0x400, data=data)
    facts = pe_of(make_pe(part, resources=(0x1000, 24)))
    assert facts.version is None
    assert facts.version_damage == f"resources: {damage}"


def test_resources_outside_all_sections_say_so() -> None:
    facts = pe_of(make_pe(resources=(0x9000, 24)))
    assert facts.version_damage == "resources: address 0x9000 lies in no section"


def test_the_largest_directories_take_little_memory_and_one_pass() -> None:
    """131,070 entries on each of three levels, 3 MiB of tree in all."""
    entries = [(n | SUBDIRECTORY, SUBDIRECTORY) for n in range(0xFFFF)] * 2
    wide = bytearray(directory(*entries, named=0xFFFF))
    size = len(wide)
    levels = bytearray()
    for number in (16, 1, 0x409):
        level = bytearray(wide)
        target = len(levels) + size
        flag = 0 if number == 0x409 else SUBDIRECTORY
        level[-8:] = struct.pack("<2I", number, target | flag)
        levels += level
    levels += leaf(0x1000 + len(levels) + 16) + BLOCK
    file = make_pe(
        Part(address=0x1000, start=0x400, data=bytes(levels)), resources=(0x1000, 9)
    )
    assert len(file) > 3 * WINDOW
    tracemalloc.start()
    facts = observe(file[at : at + 65_536] for at in range(0, len(file), 65_536))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert facts.pe is not None
    assert facts.pe.version == VERSION
    assert peak < 3 * WINDOW


def test_memory_does_not_grow_with_the_file() -> None:
    part = Part(address=0x1000, start=0x400, data=tree(0x7000_0000).ljust(512))
    section = Part(address=0x2000_0000, start=0x600, data=b"", virtual_size=9)
    start = bytearray(make_pe(part, section, resources=(0x1000, 88)))
    # The second section lies: 1.5 GiB of raw data, to which the tree points.
    at = start.index(b"part", start.index(b"part") + 1)
    struct.pack_into("<2I", start, at + 16, 0x6000_0000, 0x600)
    tracemalloc.start()
    zeros = bytes(1 << 16)
    facts = observe([bytes(start), *[zeros] * 512])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert facts.pe is not None
    assert facts.pe.version_damage == (
        "resources: bytes up to 0x5000065c are not in the file"
    )
    assert peak < 3 * WINDOW
