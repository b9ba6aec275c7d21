import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.model.hresult import SOURCE_MISSING, parse_hresult


@pytest.mark.parametrize(
    "text",
    [
        "0x800f081f",
        "0X800F081F",
        " 800f081f ",
        "800F081F",
        "-2146498529",
        "2148468767",
    ],
)
def test_a_code_is_read_as_people_copy_it(text: str) -> None:
    assert parse_hresult(text) == SOURCE_MISSING.code == 0x800F081F


def test_eight_digits_from_8_are_hexadecimal() -> None:
    assert parse_hresult("80073712") == 0x80073712


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("14098", 0x80073712),
        ("0x3712", 0x80073712),
        ("2", 0x80070002),
        ("65535", 0x8007FFFF),
        ("65536", 0x10000),
        ("0", 0),
    ],
)
def test_a_small_number_is_an_error_of_win32(text: str, code: int) -> None:
    assert parse_hresult(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0x",
        "0x1800f081f",
        "4294967296",
        "-2147483649",
        "CBS_E_ABORT",
        "\u0663",
        "1.0",
    ],
)
def test_what_is_no_number_of_32_bits_is_none(text: str) -> None:
    assert parse_hresult(text) is None


@given(st.integers(1 << 31, 0xFFFF_FFFF))
def test_all_spellings_of_a_code_are_one(code: int) -> None:
    signed = code - (1 << 32)
    spellings = (f"{code:#x}", f"{code:#010X}", str(signed))
    assert {parse_hresult(text) for text in spellings} == {code}
