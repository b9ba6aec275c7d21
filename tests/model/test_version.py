import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.model.version import FileVersion

part = st.integers(0, 0xFFFF)
versions = st.builds(FileVersion, part, part, part, part)


@given(versions)
def test_parse_inverts_str(version: FileVersion) -> None:
    assert FileVersion.parse(str(version)) == version


@given(versions, versions)
def test_versions_compare_as_numbers(first: FileVersion, second: FileVersion) -> None:
    assert (first < second) == (tuple(first) < tuple(second))


def test_ten_is_above_nine() -> None:
    assert FileVersion.parse("6.0.10.0") > FileVersion.parse("6.0.9.65535")


@pytest.mark.parametrize(
    "text",
    [
        *("", "6", "6.0.1", "6.0.1.2.3", "6.0.1.", ".6.0.1", "6.0.1.-1", "6.0.1.+1"),
        *("6.0.1.65536", "6.0.1.100000", "6.0.1.a", " 6.0.1.2", "6.0.1.2\n", "6,0,1,2"),
        *("6.0.1.\u0662", "6.0.1.1_0", "6.0.1." + "9" * 5000),
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not four numbers|above 65535"):
        FileVersion.parse(text)
