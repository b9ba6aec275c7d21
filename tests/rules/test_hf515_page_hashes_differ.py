import pytest
from make_subjects import PLACE, program

from builder.model.custody import Link, LinkKind, LinkState
from builder.model.finding import Hit
from builder.model.subject import JudgedProgram
from builder.rules.hf515_page_hashes_differ import check


def judged(state: LinkState | None) -> JudgedProgram:
    if state is None:
        return JudgedProgram(member=program())
    link = Link(kind=LinkKind.PAGES, state=state, says="a page has another sha1")
    return JudgedProgram(member=program(), pages=link)


@pytest.mark.parametrize("state", [None, LinkState.HOLDS, LinkState.UNCHECKED])
def test_pages_that_agree_or_were_not_compared_are_silent(
    state: LinkState | None,
) -> None:
    assert list(check(judged(state))) == []


def test_another_page_is_a_hit() -> None:
    assert list(check(judged(LinkState.BROKEN))) == [
        Hit(
            where=(*PLACE, program().name),
            message="page hashes: a page has another sha1",
        )
    ]
