from datetime import timedelta
from itertools import permutations

import pytest
from make_subjects import (
    WHEN,
    entry,
    identity,
    kb_spec,
    member,
    mum,
    package_set,
    plain_entry,
)

from builder.model.kb import FileEntry
from builder.model.unpacked import Member
from builder.steps.deliver import deliver

MINUTES = (0, 10, 70)


def inf(at: int, *, shift: timedelta) -> Member:
    """The same name and size in another component, of another time."""
    moment = (WHEN + timedelta(minutes=at, seconds=9) + shift).replace(tzinfo=None)
    return member(f"x86_mpio.inf_{at}\\mpio.inf", size=100, modified=moment)


def rows(*minutes: int) -> tuple[FileEntry, ...]:
    return tuple(plain_entry(modified=WHEN + timedelta(minutes=at)) for at in minutes)


def paired(entries: tuple[FileEntry, ...], *members: Member) -> list[tuple[int, str]]:
    """Return what each row, by its minutes, was paired with."""
    root = mum(identity("Package_for_KB967724"), file="update.mum")
    made = deliver(kb_spec(*entries), package_set(root, payload=members))
    return [
        (
            (row.modified - WHEN) // timedelta(minutes=1),
            found.key.partition("\\")[0].rpartition("_")[2] if found else "",
        )
        for row, found in made.pairs
    ]


@pytest.mark.parametrize("order", list(permutations(MINUTES)))
@pytest.mark.parametrize("hours", [0, 8, -7])
def test_files_of_one_name_and_size_are_told_apart_by_their_times(
    order: tuple[int, ...], hours: int
) -> None:
    members = [inf(at, shift=timedelta(hours=hours)) for at in MINUTES]
    found = paired(rows(*order), *members)
    assert found == [(at, str(at)) for at in order]


def test_of_several_files_a_row_has_the_one_of_its_time() -> None:
    members = [inf(at, shift=timedelta(0)) for at in MINUTES]
    assert paired(rows(70), *members) == [(70, "70")]


def test_a_row_that_is_printed_twice_shares_its_file() -> None:
    only = inf(0, shift=timedelta(0))
    assert paired(rows(0, 0), only) == [(0, "0"), (0, "0")]


def test_size_counts_for_more_than_time() -> None:
    row = entry("Mpio.inf", version=None, platform=None, size=99)
    other = member("x86_mpio.inf_5\\mpio.inf", size=99, modified=None)
    assert paired((row,), inf(0, shift=timedelta(0)), other) == [(0, "5")]
