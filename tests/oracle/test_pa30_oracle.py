"""Instruction lengths against a disassembler that we did not write."""

import re
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cab_judges import need
from delta_packages import open_package

from builder.formats.pa30_amd64 import measure
from builder.formats.pa30_image import parse_image

pytestmark = [pytest.mark.genuine, pytest.mark.oracle]
LINE = re.compile(r"^\s*([0-9a-f]+):\t", re.MULTILINE)


def functions(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield file offsets of the functions in the exception table."""
    image = parse_image(bytearray(data))
    assert image is not None
    rva, size = image.directory(3)

    def offset(address: int) -> int:
        for section in image.sections:
            if section.rva <= address < section.end:
                return address - section.rva + section.raw
        pytest.fail(f"{address:#x} is in no section")

    for entry in range(offset(rva), offset(rva) + size, 12):
        begin, end = struct.unpack_from("<2I", data, entry)
        yield offset(begin), offset(begin) + end - begin


def disassembled(path: Path, begin: int, end: int) -> list[int]:
    command = ["objdump", "-D", "-w", "-b", "binary", "-m", "i386:x86-64"]
    words = [f"--start-address={begin}", f"--stop-address={end}", str(path)]
    answer = subprocess.run(
        [*command, *words], capture_output=True, text=True, check=True, timeout=60
    )
    return [int(place, 16) for place in LINE.findall(answer.stdout)]


def measured(data: bytes, begin: int, end: int) -> list[int]:
    places = []
    while begin < end:
        places.append(begin)
        begin = measure(bytearray(data), begin, end) >> 4
    return places


# The creator's table takes these for instructions without operands.
QUIRKS = (b"\x0f\x1f", b"\x0f\xc3")


def is_quirk(data: bytes, ours: list[int], theirs: list[int]) -> bool:
    """Whether the last common start is that of an instruction known to differ."""
    common = 0
    while ours[common] == theirs[common]:
        common += 1
    place = ours[common - 1]
    return any(quirk in data[place : place + 4] for quirk in QUIRKS)


def test_functions_are_cut_into_the_same_instructions(tmp_path: Path) -> None:
    need("objdump")
    package = open_package("Windows6.1-KB2584475-x64", tmp_path)
    checked = differing = 0
    for item in package.restored():
        if not item.target.name.endswith("sffdisk.sys"):
            continue
        data = bytes(item.data or b"")
        path = tmp_path / "image"
        path.write_bytes(data)
        for begin, end in functions(data):
            ours = measured(data, begin, end)
            theirs = disassembled(path, begin, end)
            if ours != theirs:
                assert is_quirk(data, ours, theirs)
                differing += 1
            checked += 1
    assert checked > 20
    assert differing < checked / 5
