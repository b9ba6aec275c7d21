"""What public logs show, and what nobody has published."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.model.applicability import Truth
from builder.model.package import Parent
from builder.model.version import FileVersion
from builder.steps.compare_versions import compare_versions

HOLDS, FAILS, UNKNOWN = Truth.HOLDS, Truth.FAILS, Truth.UNKNOWN
WORDS = st.sampled_from([None, "EQ", "GE", "LE"])
NUMBERS = st.one_of(st.integers(0, 3), st.integers(0, 0xFFFF))
VERSIONS = st.builds(
    FileVersion, st.sampled_from([6, 10]), st.integers(0, 1), NUMBERS, NUMBERS
)
CLAUSES = st.builds(
    lambda build, service, distribution, revision: Parent(
        identities=(),
        build_compare=build,
        service_compare=service,
        distribution_compare=distribution,
        revision_compare=revision,
    ),
    *[WORDS] * 4,
)


def clause(build: str | None = None, revision: str | None = None) -> Parent:
    return Parent(identities=(), build_compare=build, revision_compare=revision)


@pytest.mark.parametrize(
    ("present", "wanted", "build", "revision", "truth"),
    [
        # "parent found" in public logs of Windows 10 and 11
        ("10.0.22621.3130", "10.0.22621.1", "EQ", "GE", HOLDS),
        ("10.0.18362.628", "10.0.18362.1", "GE", "GE", HOLDS),
        ("10.0.1.0", "10.0.1.0", "GE", "GE", HOLDS),
        # between service packs
        ("6.1.7601.17514", "6.1.7600.16385", "EQ", None, FAILS),
        ("6.1.7600.16385", "6.1.7601.17514", "EQ", None, FAILS),
        ("6.1.7601.17514", "6.1.7600.16385", "GE", None, UNKNOWN),
        ("6.1.7601.17514", "6.1.7600.16385", None, None, UNKNOWN),
        ("6.1.7600.16385", "6.1.7600.16386", "GE", "GE", FAILS),
        ("6.1.7600.20000", "6.1.7600.16385", "EQ", "GE", UNKNOWN),
        # boundaries
        ("6.0.6001.18000", "6.0.6001.18000", None, None, HOLDS),
        ("6.1.6001.18000", "6.0.6001.18000", "GE", "GE", FAILS),
        ("10.0.2.1", "10.0.1.1", "GE", None, HOLDS),
        ("10.0.2.1", "10.0.1.2", "GE", "GE", UNKNOWN),
        ("10.0.1.2", "10.0.1.1", "EQ", "EQ", FAILS),
        ("10.0.1.2", "10.0.1.1", "EQ", None, UNKNOWN),
        ("10.0.1.1", "10.0.1.2", "EQ", None, FAILS),
        ("10.0.2.2", "10.0.1.1", "NE", "GE", UNKNOWN),
        ("10.0.1.2", "10.0.1.1", "EQ", "NE", UNKNOWN),
    ],
)
def test_versions_are_compared_as_logs_show_it(
    present: str, wanted: str, build: str | None, revision: str | None, truth: Truth
) -> None:
    versions = (FileVersion.parse(present), FileVersion.parse(wanted))
    found, says = compare_versions(*versions, clause(build, revision))
    assert found is truth, says
    assert says


@given(VERSIONS, CLAUSES)
def test_the_same_version_always_holds(version: FileVersion, asked: Parent) -> None:
    assert compare_versions(version, version, asked)[0] is HOLDS


@given(VERSIONS, VERSIONS, CLAUSES)
def test_a_lower_version_never_holds(
    one: FileVersion, other: FileVersion, asked: Parent
) -> None:
    low, high = sorted((one, other))
    if low != high:
        assert compare_versions(low, high, asked)[0] is not HOLDS


@given(VERSIONS, VERSIONS, CLAUSES)
def test_another_line_of_windows_always_fails(
    one: FileVersion, other: FileVersion, asked: Parent
) -> None:
    if one[:2] != other[:2]:
        assert compare_versions(one, other, asked)[0] is FAILS


@given(VERSIONS, VERSIONS, CLAUSES)
def test_only_ge_accepts_a_higher_number(
    one: FileVersion, other: FileVersion, asked: Parent
) -> None:
    low, high = sorted((one, other))
    truth, _ = compare_versions(high, low, asked)
    if low != high and truth is HOLDS:
        assert "GE" in (asked.build_compare, asked.revision_compare)
