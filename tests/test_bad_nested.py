"""A .msu of a delta package, wrong in every place, is one clear answer each."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import pytest
from make_delta_package import Target, cabinet, delta_package

from builder.errors import FormatError, HotfixError
from builder.model.finding import PackageReport, Verdict
from builder.model.limits import Limits
from builder.model.trust import Trust
from builder.steps.judge import judge
from builder.steps.unpack import unpack
from builder.store import Scratch

TARGETS = [
    Target(id="1", name="update.mum", data=b"<assembly/>", source="0"),
    Target(id="2", name="x86_a\\a.txt", data=b"a" * 70, source="1"),
]
INNER = delta_package(TARGETS, {"0": b"<assembly/>", "1": b"a" * 70})
UNATTEND = b"<unattend/>"
WHOLE = cabinet({"a.cab": INNER, "a.xml": UNATTEND}, packed=False)
LIMITS = Limits(unpacked=1 << 20, spooled=1 << 20, held=1 << 18)


def judged(data: bytes) -> PackageReport:
    containers = unpack("a.msu", data, limits=LIMITS, spool=Scratch)
    trust = Trust(anchors=(), crls=(), at=datetime(2020, 1, 1, tzinfo=UTC))
    return judge("a.msu", containers, spec=None, trust=trust, limits=LIMITS)


def test_whole_it_is_opened_to_the_last_target() -> None:
    places = {finding.hit.where for finding in judged(WHOLE).findings}
    assert ("a.msu", "a.cab", "update.mum") in places
    rules = {finding.rule for finding in judged(WHOLE).findings}
    assert not rules & {"HF001", "HF410", "HF411"}


def test_cut_off_anywhere_it_is_unreadable_in_one_line() -> None:
    for length in range(len(WHOLE)):
        with pytest.raises(FormatError) as caught:
            judged(WHOLE[:length])
        assert str(caught.value).startswith("a.msu")
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("step", [1, 7])
def test_cut_off_anywhere_inside_is_a_finding(step: int) -> None:
    for length in range(step, len(INNER), 7):
        data = cabinet({"a.cab": INNER[:length], "a.xml": UNATTEND})
        report = judged(data)
        found = [f for f in report.findings if f.rule in ("HF001", "HF407", "HF408")]
        assert found, length
        assert report.verdict() is Verdict.INVALID


def changed(values: tuple[int, ...]) -> Iterator[bytes]:
    for at in range(len(INNER)):
        for value in values:
            data = bytearray(INNER)
            data[at] ^= value
            yield bytes(data)


@pytest.mark.parametrize("value", [0x01, 0x80, 0xFF])
def test_any_byte_that_lies_inside_is_an_answer_and_no_crash(value: int) -> None:
    make = partial(cabinet, packed=False)
    answers = set()
    for inner in changed((value,)):
        try:
            report = judged(make({"a.cab": inner, "a.xml": UNATTEND}))
        except HotfixError as error:
            answers.add(type(error).__name__)
            continue
        assert report.verdict() is not Verdict.VALID
        answers |= {finding.rule for finding in report.findings}
    assert {"HF001", "HF407"} <= answers
