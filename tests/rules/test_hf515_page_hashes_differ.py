from dataclasses import replace

import pytest
from make_subjects import PLACE, program

from builder.model.custody import Link, LinkKind, LinkState
from builder.model.finding import Hit, Severity
from builder.model.subject import JudgedProgram
from builder.model.vouched import NOBODY, Vouched
from builder.rules.core import findings_of
from builder.rules.hf515_page_hashes_differ import RULE, check


def judged(state: LinkState | None) -> JudgedProgram:
    if state is None:
        return JudgedProgram(member=program())
    link = Link(kind=LinkKind.PAGES, state=state, says="a page has another sha1")
    return JudgedProgram(member=program(), pages=link)


@pytest.mark.silent
@pytest.mark.parametrize("state", [None, LinkState.HOLDS, LinkState.UNCHECKED])
def test_pages_that_agree_or_were_not_compared_are_silent(
    state: LinkState | None,
) -> None:
    assert list(check(judged(state))) == []


@pytest.mark.exact
def test_another_page_is_a_hit() -> None:
    assert list(check(judged(LinkState.BROKEN))) == [
        Hit(
            where=(*PLACE, program().name),
            message="page hashes: a page has another sha1",
        )
    ]


@pytest.mark.boundary
@pytest.mark.parametrize("state", LinkState)
def test_only_pages_that_were_compared_and_differ_are_told(state: LinkState) -> None:
    """A signature of its own that does not hold is HF516's."""
    made = replace(judged(state), is_signed=True)
    assert len(list(check(made))) == (state is LinkState.BROKEN)


@pytest.mark.parametrize(
    ("vouched", "severity"),
    [
        (NOBODY, Severity.ERROR),
        (Vouched(listed=frozenset({(*PLACE, "other.sys")})), Severity.ERROR),
        (Vouched(listed=frozenset({(*PLACE, program().name)})), Severity.NOTE),
    ],
)
def test_where_the_publishers_catalog_lists_the_file_it_is_a_note(
    vouched: Vouched, severity: Severity
) -> None:
    (found,) = findings_of((RULE,), (judged(LinkState.BROKEN),), vouched)
    assert found.severity is severity
