"""Documents are the same wherever they are kept."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from made_packages import AT, Memory, build_parts
from make_pki import simple_signer

from builder.model.content import bytes_of
from builder.model.identity import Architecture
from builder.model.limits import DEFAULT_LIMITS
from builder.model.trust import Trust
from builder.model.unpacked import Container, Kind
from builder.steps.judge import judge
from builder.steps.spool import Keeper, Kept
from builder.steps.unpack import unpack


@given(st.lists(st.binary(max_size=9), max_size=20), st.integers(0, 40))
def test_what_is_kept_comes_back(texts: list[bytes], most: int) -> None:
    keeper = Keeper(Memory, most=most)
    kept = [keeper.keep(text) for text in texts]
    assert [bytes_of(content) for content in kept] == texts
    held = sum(len(content) for content in kept if isinstance(content, bytes))
    assert held <= most


def test_behind_the_first_that_is_spooled_all_are() -> None:
    keeper = Keeper(Memory, most=4)
    kept = [keeper.keep(text) for text in (b"123", b"45", b"6")]
    assert [isinstance(content, Kept) for content in kept] == [False, True, True]


def test_reading_does_not_end_keeping() -> None:
    keeper = Keeper(Memory, most=0)
    first = keeper.keep(b"first")
    assert bytes_of(first) == b"first"
    second = keeper.keep(b"second")
    assert [bytes_of(first), bytes_of(second)] == [b"first", b"second"]


def test_threads_share_one_keeper() -> None:
    keeper = Keeper(Memory, most=0)
    texts = [Random(n).randbytes(n) for n in range(400)]
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(keeper.keep, texts))
    assert [bytes_of(content) for content in kept] == texts


def test_a_package_is_judged_alike_with_its_documents_in_a_spool() -> None:
    package = build_parts(Architecture.X86, simple_signer()).pack()
    reports = []
    for most in (DEFAULT_LIMITS.held_in_memory, 0):
        limits = replace(DEFAULT_LIMITS, held_in_memory=most)
        containers = unpack("a.msu", package, limits=limits, spool=Memory)
        assert _is_spooled(containers) == (most == 0)
        trust = Trust(anchors=(), crls=(), at=AT)
        reports.append(judge("a.msu", containers, trust=trust, limits=limits))
    assert reports[0] == reports[1]


def _is_spooled(containers: tuple[Container, ...]) -> bool:
    """Tell whether documents lie in a spool."""
    contents = [
        member.content
        for container in containers
        for member in container.members
        if member.kind in (Kind.MUM, Kind.MANIFEST, Kind.CATALOG)
    ]
    assert contents
    spooled = {isinstance(content, Kept) for content in contents}
    assert len(spooled) == 1
    return spooled.pop()
