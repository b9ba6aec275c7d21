"""Facts are the same for any chunks, and hostile files cannot raise or swell."""

import hashlib
import struct
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kb967724 import SPEC
from make_pe import (
    Part,
    image_hash,
    make_pe,
    tree,
    version_block,
)

from builder.formats.facts import Observer, observe
from builder.formats.stand_in import LABEL, stand_in
from builder.model.identity import Architecture
from builder.model.inventory import Facts, ImageHash, PeFacts
from builder.model.kb import FileEntry
from builder.model.version import FileVersion

VERSION = FileVersion(6, 0, 6001, 22375)
BLOCK = version_block(*VERSION)


def with_version(**options: object) -> bytes:
    """Make a file with a version resource in its only section."""
    part = Part(address=0x1000, start=0x400, data=tree(0x1058) + BLOCK)
    return make_pe(part, resources=(0x1000, 180), **options)  # type: ignore[arg-type]  # keyword arguments of make_pe


def pe_of(data: bytes) -> PeFacts:
    facts = observe([data])
    assert facts.damage is None
    assert facts.pe is not None
    return facts.pe


def with_certificates(data: bytes, *, size: int = 256, tail: bytes = b"") -> bytes:
    start = len(data)
    signed = with_version(certificates=(start, size))
    assert len(signed) == start
    return signed + bytes(range(256)) * (size // 256) + tail


SAMPLES = {
    "empty": b"",
    "one byte": b"M",
    "only the magic": b"MZ",
    "text": b"[Version]\r\n" * 9,
    "16-bit": b"MZ".ljust(60, b"\0") + struct.pack("<I", 64) + b"NE".ljust(90, b"\1"),
    "plain": with_version(),
    "64-bit": with_version(plus=True, machine=0x200),
    "odd size": with_version(tail=b"overlay"),
    "signed": with_certificates(with_version()),
    "signed, with a tail": with_certificates(with_version(), tail=b"tail"),
    "truncated": with_version()[:600],
    "headers truncated": with_version()[:200],
    "no security directory": with_version(directories=4),
}


@given(sample=st.sampled_from(sorted(SAMPLES)), data=st.data())
def test_any_split_gives_the_same_facts(sample: str, data: st.DataObject) -> None:
    file = SAMPLES[sample]
    cuts = data.draw(st.lists(st.integers(0, len(file)), max_size=40))
    places = [0, *sorted(cuts), len(file)]
    chunks = [file[start:end] for start, end in pairwise(places)]
    assert observe(chunks) == observe([file])


@pytest.mark.parametrize("sample", sorted(SAMPLES))
def test_single_bytes_give_the_same_facts(sample: str) -> None:
    file = SAMPLES[sample]
    chunks = (file[at : at + 1] for at in range(len(file)))
    assert observe(chunks) == observe([file])


@pytest.mark.parametrize("sample", sorted(SAMPLES))
def test_size_and_flat_hashes_are_those_of_the_whole_file(sample: str) -> None:
    file = SAMPLES[sample]
    facts = observe([bytearray(file[:5]), memoryview(file)[5:]])
    assert (facts.size, facts.sha1, facts.sha256) == (
        len(file),
        hashlib.sha1(file).digest(),
        hashlib.sha256(file).digest(),
    )


@pytest.mark.parametrize(
    "sample",
    [
        "plain",
        "64-bit",
        "odd size",
        "signed",
        "signed, with a tail",
        "no security directory",
    ],
)
def test_image_hashes_agree_with_a_computation_over_the_whole_file(
    sample: str,
) -> None:
    file = SAMPLES[sample]
    facts = pe_of(file)
    for algorithm, seen in (("sha1", facts.sha1), ("sha256", facts.sha256)):
        assert seen == ImageHash(
            padded=image_hash(file, algorithm),
            unpadded=image_hash(file, algorithm, padded=False),
        )


def test_the_facts_of_a_portable_executable() -> None:
    file = SAMPLES["64-bit"]
    assert observe([file]) == Facts(
        size=1024 + 180,
        sha1=hashlib.sha1(file).digest(),
        sha256=hashlib.sha256(file).digest(),
        pe=PeFacts(
            machine=0x200,
            version=VERSION,
            signed=False,
            sha1=ImageHash(
                padded=image_hash(file, "sha1"),
                unpadded=image_hash(file, "sha1", padded=False),
            ),
            sha256=ImageHash(
                padded=image_hash(file, "sha256"),
                unpadded=image_hash(file, "sha256", padded=False),
            ),
        ),
    )


def test_padding_matters_only_where_the_size_is_no_multiple_of_8() -> None:
    even = pe_of(with_version(tail=b"1234"))
    assert (1024 + 180 + 4) % 8 == 0
    assert even.sha1.padded == even.sha1.unpadded
    odd = pe_of(with_version(tail=b"12345"))
    assert odd.sha1.padded != odd.sha1.unpadded


def test_finish_may_be_asked_before_the_end_and_twice() -> None:
    file = SAMPLES["odd size"]
    observer = Observer()
    observer.feed(file[:-3])
    assert observer.finish() == observe([file[:-3]])
    observer.feed(file[-3:])
    assert observer.finish() == observer.finish() == observe([file])


def test_checksum_and_certificates_do_not_change_the_image_hash() -> None:
    file = SAMPLES["signed"]
    other = with_version(checksum=7, certificates=(len(file) - 256, 256)) + bytes(256)
    seen, changed = pe_of(file), pe_of(other)
    assert file != other
    assert (seen.sha1, seen.sha256) == (changed.sha1, changed.sha256)
    assert seen.signed


def test_bytes_behind_the_certificates_change_the_image_hash() -> None:
    seen, longer = (pe_of(SAMPLES[name]) for name in ("signed", "signed, with a tail"))
    assert seen.sha256.padded != longer.sha256.padded


def test_without_a_security_directory_its_place_is_hashed() -> None:
    start = len(with_version(directories=4))
    facts = pe_of(with_version(directories=4, certificates=(start, 8), tail=bytes(8)))
    assert not facts.signed


DAMAGED = {
    "ends inside the headers, which need 64 bytes": b"MZ",
    "ends inside the headers, which need 352 bytes": with_version()[:100],
    "the PE header would lie at byte 0xffffffff (byte 0x3c)": (
        b"MZ".ljust(60, b"\0") + b"\xff\xff\xff\xff" * 9
    ),
    "signature is b'NE\\x01\\x01', not b'PE\\x00\\x00' (byte 0x40)": SAMPLES["16-bit"],
    "1080312 bytes of headers are too many (byte 0x40)": (
        make_pe(*[Part(address=0, start=0, data=b"")] * 27_000)
    ),
    "optional header has the number 0x107 (byte 0x58)": (
        make_pe().replace(b"\x0b\x01", b"\x07\x01", 1)
    ),
    "1 bytes cannot hold an optional header (byte 0x58)": (
        make_pe()[:84] + b"\x01" + make_pe()[85:]
    ),
    "95 bytes cut the optional header short (byte 0x58)": (
        make_pe()[:84] + b"\x5f" + make_pe()[85:]
    ),
    "16 directories overrun the header (byte 0xb4)": (
        make_pe()[:84] + b"\xdf" + make_pe()[85:]
    ),
    "certificate table at 0x40 is in the headers (byte 0xd8)": (
        make_pe(certificates=(64, 8))
    ),
    "certificate table ends at byte 0x408 of 0x407": (
        make_pe(certificates=(1024, 8), tail=b"1234567")
    ),
    "a section ends at byte 0x4b4 of 0x4b3": with_version()[:-1],
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_file_that_starts_like_a_pe_file_and_is_none_says_why(damage: str) -> None:
    file = DAMAGED[damage]
    facts = observe([file])
    assert (facts.damage, facts.pe) == (damage, None)
    assert facts.sha256 == hashlib.sha256(file).digest()


@pytest.mark.parametrize("file", [b"", b"M", b"ZM", b"PE\0\0", b"mz" * 99])
def test_a_file_that_starts_like_no_pe_file_is_no_damage(file: bytes) -> None:
    facts = observe([file])
    assert (facts.pe, facts.damage) == (None, None)


def test_padding_of_a_section_may_be_cut_off() -> None:
    data = tree(0x1058) + BLOCK + bytes(100)
    part = Part(address=0x1000, start=0x400, data=data, virtual_size=180)
    file = make_pe(part, resources=(0x1000, 180))[:-100]
    assert pe_of(file).version == VERSION


def test_more_than_16_directories_count_as_16() -> None:
    assert pe_of(with_version(directories=0xFFFF_FFFF)).version == VERSION


def test_a_file_with_two_directories_has_no_resources_and_is_not_signed() -> None:
    facts = pe_of(with_version(directories=2))
    assert (facts.version, facts.version_damage, facts.signed) == (None, None, False)


def test_raw_starts_are_rounded_down_as_windows_does() -> None:
    part = Part(address=0x1000, start=0x410, data=bytes(180))
    file = bytearray(make_pe(part, resources=(0x1000, 180)))
    file[0x400 : 0x400 + 180] = tree(0x1058) + BLOCK
    assert pe_of(bytes(file)).version == VERSION


def test_small_alignments_are_not_rounded() -> None:
    part = Part(address=0x1000, start=0x410, data=tree(0x1058) + BLOCK)
    file = make_pe(part, resources=(0x1000, 180), alignment=16)
    assert pe_of(file).version == VERSION


@given(
    sample=st.sampled_from(sorted(SAMPLES)),
    changes=st.lists(st.tuples(st.integers(0, 1100), st.integers(0, 255)), max_size=9),
    step=st.integers(1, 700),
)
def test_damage_never_raises_and_never_depends_on_chunks(
    sample: str, changes: list[tuple[int, int]], step: int
) -> None:
    file = bytearray(SAMPLES[sample])
    for at, value in changes:
        if at < len(file):
            file[at] = value
    whole = observe([file])
    assert whole == observe(file[at : at + step] for at in range(0, len(file), step))
    assert whole.sha256 == hashlib.sha256(file).digest()


LABELS = [LABEL.encode("ascii"), LABEL.encode("utf-16-le")]


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("size", [1, 7, 1 << 15, 1 << 20])
@pytest.mark.parametrize("before", [0, 3, (1 << 15) - 5, (1 << 16) - 68])
def test_the_label_is_seen_across_chunks(label: bytes, size: int, before: int) -> None:
    data = bytes(before) + label + bytes(99)
    assert observe(chunked(data, size)).is_stand_in


@pytest.mark.parametrize("label", LABELS)
def test_a_label_far_behind_is_none_of_ours(label: bytes) -> None:
    assert not observe([bytes(1 << 16) + label]).is_stand_in
    assert not observe([label[:-1]]).is_stand_in


def chunked(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


@pytest.mark.parametrize("name", ["mpio.sys", "mpio.inf"])
def test_stand_ins_are_recognised(name: str) -> None:
    (row,) = (e for e in SPEC.files if is_x86(e) and e.name.casefold() == name)
    assert observe(stand_in(row)).is_stand_in


def is_x86(row: FileEntry) -> bool:
    return row.architecture is Architecture.X86
