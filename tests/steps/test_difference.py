import pytest

from builder.steps.difference import first_difference


@pytest.mark.parametrize(
    ("one", "other", "at"),
    [
        (b"", b"", None),
        (b"abc", b"abc", None),
        (b"abc", b"abd", 2),
        (b"abc", b"ab", 2),
        (b"", b"x", 0),
        (bytes((1 << 20) + 5), bytes((1 << 20) + 4) + b"x", (1 << 20) + 4),
        (bytes(3 << 20), bytes(3 << 20), None),
    ],
)
def test_the_first_byte_that_differs_is_told(
    one: bytes, other: bytes, at: int | None
) -> None:
    assert first_difference(one, other) == at
    assert first_difference(memoryview(other), memoryview(one)) == at
