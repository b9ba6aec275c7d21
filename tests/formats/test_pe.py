"""Headers and version resources, where no stream is needed to ask."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_pe import Part, make_pe, version_block

from builder.errors import PeError, PlanError
from builder.formats.pe import PeHeaders, Section, Span, headers_length, parse_headers
from builder.formats.pe_version import FIXED_END, parse_version, serialize_version
from builder.model.version import FileVersion

FILE = make_pe(
    Part(address=0x1000, start=0x400, data=bytes(16)),
    Part(address=0x2000, start=0, data=b""),
    plus=True,
    machine=0x8664,
    resources=(0x1000, 16),
    certificates=(0x410, 8),
)


def test_the_headers_say_where_things_are() -> None:
    assert parse_headers(FILE) == PeHeaders(
        machine=0x8664,
        checksum=Span(start=152, end=156),
        security=Span(start=232, end=240),
        certificates=Span(start=0x410, end=0x418),
        resources=0x1000,
        is_managed=False,
        sections=(
            Section(address=0x1000, virtual_size=16, raw=Span(start=0x400, end=0x410)),
        ),
        end=64 + 24 + 240 + 80,
    )


@pytest.mark.parametrize("plus", [False, True])
def test_a_header_of_the_runtime_makes_a_program_managed(*, plus: bool) -> None:
    made = make_pe(plus=plus, runtime=(0x2008, 72))
    assert parse_headers(made).is_managed
    assert not parse_headers(make_pe(plus=plus)).is_managed
    assert not parse_headers(make_pe(plus=plus, directories=14)).is_managed


@given(st.integers(0, 407))
def test_the_length_of_the_headers_is_told_step_by_step(known: int) -> None:
    length = headers_length(FILE[:known])
    assert known < length <= 408
    assert headers_length(FILE) == 408


def test_too_few_bytes_are_an_error() -> None:
    with pytest.raises(PeError) as caught:
        parse_headers(FILE[:407])
    assert caught.value.reason == "ends inside the headers, which need 408 bytes"


@pytest.mark.parametrize("address", [0, 0xFFF, 0x1010, 0x2000, 0xFFFF_FFFF])
def test_an_address_outside_the_bytes_of_all_sections_is_an_error(address: int) -> None:
    with pytest.raises(PeError, match=f"address {address:#x} lies in no section"):
        parse_headers(FILE).section_of(address)


@given(st.builds(FileVersion, *[st.integers(0, 0xFFFF)] * 4))
def test_a_version_survives_and_is_laid_out_as_by_hand(version: FileVersion) -> None:
    data = serialize_version(version, [("Comments", "text")])
    assert parse_version(data[:FIXED_END]) == version
    by_hand = version_block(*version)
    assert data[2:56] == by_hand[2:56]
    assert parse_version(by_hand) == version
    assert int.from_bytes(data[:2], "little") == len(data)


@given(st.binary(max_size=91))
def test_a_short_version_resource_is_an_error(data: bytes) -> None:
    with pytest.raises(PeError) as caught:
        parse_version(data, at=7)
    assert caught.value.reason == f"a version resource of {len(data)} bytes"
    assert caught.value.offset == 7


def test_a_string_may_have_255_units_and_no_more() -> None:
    version = FileVersion(1, 2, 3, 4)
    assert serialize_version(version, [("Comments", "x" * 255)])
    with pytest.raises(PlanError, match="Comments is longer than 255 characters"):
        serialize_version(version, [("Comments", "\N{GRINNING FACE}" * 128)])
