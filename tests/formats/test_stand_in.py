"""Stand-ins keep every promise of a row, and say what they are."""

import re
from datetime import UTC, datetime

import pefile
import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_pe import image_hash

from builder.errors import PlanError
from builder.formats.facts import observe
from builder.formats.pe_blank import BlankImage, serialize_blank
from builder.formats.stand_in import LABEL, stand_in
from builder.model.identity import Architecture
from builder.model.kb import FileEntry
from builder.model.machine import NATIVE
from builder.model.version import FileVersion

VERSION = FileVersion(6, 0, 6001, 22375)
MPIO = (
    (Architecture.X86, 107_504, 0x14C),
    (Architecture.AMD64, 131_040, 0x8664),
    (Architecture.IA64, 290_272, 0x200),
)


def row(
    name: str,
    size: int,
    *,
    architecture: Architecture = Architecture.X86,
    version: FileVersion | None = None,
    platform: Architecture | None = None,
) -> FileEntry:
    return FileEntry(
        architecture=architecture,
        name=name,
        size=size,
        modified=datetime(2009, 2, 12, 5, 44, tzinfo=UTC),
        version=version,
        platform=platform,
    )


def bytes_of(entry: FileEntry) -> bytes:
    chunks = list(stand_in(entry))
    assert max(map(len, chunks), default=0) <= 65_536
    return b"".join(chunks)


@pytest.mark.parametrize(("architecture", "size", "machine"), MPIO)
def test_a_driver_keeps_size_machine_and_version(
    architecture: Architecture, size: int, machine: int
) -> None:
    entry = row(
        "Mpio.sys",
        size,
        architecture=architecture,
        version=VERSION,
        platform=architecture,
    )
    facts = observe(stand_in(entry))
    assert facts.pe is not None
    assert (facts.size, facts.pe.machine, facts.pe.version) == (size, machine, VERSION)
    assert (facts.pe.signed, facts.pe.version_damage) == (False, None)


@pytest.mark.parametrize("architecture", Architecture)
def test_a_version_without_a_platform_takes_the_machine_of_its_section(
    architecture: Architecture,
) -> None:
    entry = row("a.exe", 4096, architecture=architecture, version=VERSION)
    facts = observe(stand_in(entry))
    assert facts.pe is not None
    assert facts.pe.machine == NATIVE[architecture]


def test_the_platform_column_wins_over_the_section() -> None:
    entry = row(
        "a.dll",
        4096,
        architecture=Architecture.AMD64,
        version=VERSION,
        platform=Architecture.X86,
    )
    facts = observe(stand_in(entry))
    assert facts.pe is not None
    assert facts.pe.machine == 0x14C


def test_a_platform_without_a_version_makes_a_pe_file_without_one() -> None:
    entry = row("a.dll", 1024, platform=Architecture.IA64)
    facts = observe(stand_in(entry))
    assert facts.pe is not None
    assert (facts.pe.machine, facts.pe.version) == (0x200, None)
    assert facts.pe.version_damage is None


@pytest.mark.parametrize("size", [3760, 3768, 3764])
def test_an_inf_keeps_its_size_and_is_a_plain_inf(size: int) -> None:
    data = bytes_of(row("Mpio.inf", size))
    assert len(data) == size
    text = data.decode("ascii")
    assert text.count("\n") == text.count("\r\n")
    lines = text.split("\r\n")
    assert lines.pop() == ""
    assert lines[0] == f"; {LABEL}"
    meant = [line for line in lines if line and not line.startswith(";")]
    assert meant == ["[Version]", 'Signature="$Windows NT$"']


@given(st.integers(82, 3000))
def test_an_inf_has_any_size_and_only_comments_behind_its_section(size: int) -> None:
    data = bytes_of(row("A.INF", size))
    assert len(data) == size
    head, _, rest = data.partition(b'$Windows NT$"\r\n\r\n')
    assert head.startswith(f"; {LABEL}\r\n".encode())
    assert re.fullmatch(rb"(;[^\r\n]*\r\n)+", rest)


@given(st.integers(36, 200_000))
def test_text_has_any_size_and_says_what_it_is(size: int) -> None:
    data = bytes_of(row("readme.txt", size))
    assert len(data) == size
    line = f"{LABEL}\r\n".encode()
    assert data == (line * (size // len(line) + 1))[:size]


@pytest.mark.parametrize("name", ["a.inf", "a.txt"])
def test_a_promise_of_no_bytes_is_kept(name: str) -> None:
    assert bytes_of(row(name, 0)) == b""


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (row("a.inf", 81), "a stand-in that carries its label has at least 82"),
        (row("a.txt", 35), "a stand-in that carries its label has at least 36"),
        (
            row("a.sys", 1535, version=VERSION),
            "a portable executable that carries its label has 1,536 to",
        ),
        (
            row("a.sys", 1023, platform=Architecture.X86),
            "a portable executable that carries its label has 1,024 to",
        ),
        (
            row("a.sys", 1 << 31, version=VERSION),
            "a portable executable that carries its label has 1,536 to",
        ),
        (
            row("a" * 256, 4096, version=VERSION),
            "OriginalFilename is longer than 255 characters",
        ),
        (row("a.MUM", 1430), "a manifest is drafted, not payload"),
        (row("a.manifest", 1659), "a manifest is drafted, not payload"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_stood_in_for_is_refused_before_a_byte(
    entry: FileEntry, reason: str
) -> None:
    with pytest.raises(PlanError) as caught:
        stand_in(entry)
    assert caught.value.reason.startswith(reason)


@pytest.mark.parametrize("size", [82, 36 * 1820, 36 * 1821 + 7, 300_000])
def test_the_same_row_gives_the_same_bytes(size: int) -> None:
    entry = row("a.inf", size)
    assert bytes_of(entry) == bytes_of(entry)


@given(
    machine=st.sampled_from(sorted(set(NATIVE.values()))),
    size=st.integers(1536, 140_000),
    version=st.builds(FileVersion, *[st.integers(0, 0xFFFF)] * 4),
)
def test_pefile_reads_what_was_written(
    machine: int, size: int, version: FileVersion
) -> None:
    image = BlankImage(
        machine=machine, size=size, name="Mpio.sys", label=LABEL, version=version
    )
    data = b"".join(serialize_blank(image))
    assert len(data) == size
    seen = pefile.PE(data=data)
    fixed = seen.VS_FIXEDFILEINFO[0]
    assert seen.FILE_HEADER.Machine == machine
    assert fixed.FileVersionMS == version.major << 16 | version.minor
    assert fixed.FileVersionLS == version.build << 16 | version.revision
    assert seen.verify_checksum()
    facts = observe([data])
    assert facts.pe is not None
    assert facts.pe.version == version
    assert facts.pe.sha1.padded == image_hash(data, "sha1")
    assert facts.pe.sha256.padded == image_hash(data, "sha256")


@pytest.mark.parametrize(("machine", "plus"), [(0x14C, 0), (0x8664, 1), (0x200, 1)])
def test_pefile_finds_nothing_odd_but_that_there_is_no_code(
    machine: int, plus: int
) -> None:
    image = BlankImage(
        machine=machine, size=107_504, name="Mpio.sys", label=LABEL, version=VERSION
    )
    seen = pefile.PE(data=b"".join(serialize_blank(image)))
    assert seen.OPTIONAL_HEADER.Magic == 0x10B + 0x100 * plus
    assert all("AddressOfEntryPoint" in warning for warning in seen.get_warnings())
    names = [section.Name.rstrip(b"\0") for section in seen.sections]
    assert names == [b".rsrc", b".label"]
    page = seen.OPTIONAL_HEADER.SectionAlignment
    end = 0x200
    for section in seen.sections:
        assert section.VirtualAddress % page == 0
        assert section.PointerToRawData == end
        assert section.SizeOfRawData % seen.OPTIONAL_HEADER.FileAlignment == 0
        end += section.SizeOfRawData
    assert (
        seen.OPTIONAL_HEADER.SizeOfImage
        == -(-section.VirtualAddress // page) * (page)
        + -(-section.SizeOfRawData // page) * page
    )
    assert seen.get_overlay_data_start_offset() == end == 107_504 - 0x1F0


def test_the_strings_name_the_file_and_the_stand_in() -> None:
    image = BlankImage(
        machine=0x14C, size=4096, name="Mpio.sys", label=LABEL, version=VERSION
    )
    seen = pefile.PE(data=b"".join(serialize_blank(image)))
    tables = [
        table
        for block in seen.FileInfo[0]
        for table in getattr(block, "StringTable", ())
    ]
    assert len(tables) == 1
    assert tables[0].LangID == b"040904B0"
    assert tables[0].entries == {
        b"FileDescription": LABEL.encode(),
        b"FileVersion": b"6.0.6001.22375",
        b"OriginalFilename": b"Mpio.sys",
        b"ProductName": LABEL.encode(),
        b"ProductVersion": b"6.0.6001.22375",
    }


def test_every_line_of_the_filling_is_the_label() -> None:
    image = BlankImage(machine=0x14C, size=9001, name="a", label=LABEL, version=VERSION)
    filling = b"".join(serialize_blank(image))[1536:]
    line = f"{LABEL}\r\n".encode()
    assert filling == (line * 999)[: len(filling)]


def test_an_image_of_all_sizes_has_chunks_of_64_kib_at_most() -> None:
    image = BlankImage(
        machine=0x14C, size=1_000_001, name="a", label=LABEL, version=VERSION
    )
    lengths = [len(chunk) for chunk in serialize_blank(image)]
    assert sum(lengths) == 1_000_001
    assert max(lengths) <= 65_536
