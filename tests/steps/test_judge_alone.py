"""What files given alone are judged to be, and what their report says."""

from dataclasses import replace

import pytest
from kb967724 import SPEC
from made_packages import AT, Memory, Parts, build_parts, cabinet_of, judged
from make_pki import simple_signer

from builder.model.finding import PackageReport, Verdict
from builder.model.identity import Architecture
from builder.model.kb import KbSpec
from builder.model.limits import DEFAULT_LIMITS
from builder.model.trust import Trust
from builder.steps.judge import judge
from builder.steps.unpack import unpack


@pytest.fixture(scope="module")
def parts() -> Parts:
    return build_parts(Architecture.X86, simple_signer())


def alone(name: str, data: bytes, *, spec: KbSpec | None = None) -> PackageReport:
    trust = Trust(anchors=(simple_signer().certificates[-1],), crls=(), at=AT)
    containers = unpack(name, data, limits=DEFAULT_LIMITS, spool=Memory)
    return judge(name, containers, spec=spec, trust=trust)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.manifest", b"DCM\x01garbage", "compressed manifest"),
        ("a.mum", b"<assembly>", "a.mum"),
        ("a.mum", b"<!DOCTYPE a []><a/>", "a document type is refused"),
        ("a.mum", b"<a/>", "not a .mum or .manifest"),
        ("a.cat", b"\x30\x00", "a.cat"),
        ("a.cat", b"\x30garbage", "a.cat"),
    ],
)
def test_what_nobody_can_read_is_unreadable(
    name: str, data: bytes, reason: str
) -> None:
    report = alone(name, data)
    assert report.verdict() is Verdict.UNREADABLE
    assert reason in (report.unreadable or "")
    assert name in (report.unreadable or "")


def test_a_catalog_that_can_be_read_is_judged(parts: Parts) -> None:
    data = parts.find("update.cat").data
    assert alone("a.cat", data).verdict() is Verdict.VALID


def test_an_article_for_a_file_alone_is_not_ignored(parts: Parts) -> None:
    data = parts.find("update.cat").data
    report = alone("a.cat", data, spec=SPEC)
    wanted = "the article's tables: there is no package to compare (--kb)"
    assert wanted in report.not_checked


def test_what_an_article_replaces_is_told_and_cannot_be_checked(parts: Parts) -> None:
    spec = replace(SPEC, replaces=(900001, 900002))
    name, data = "a.cab", cabinet_of(parts.inner)
    wanted = "that KB967724 replaces KB900001, KB900002: no package says so"
    assert wanted in alone(name, data, spec=spec).not_checked
    sentences = alone(name, data, spec=SPEC).not_checked
    assert not any("replaces" in sentence for sentence in sentences)


def test_files_that_nothing_signed_covers_are_named(parts: Parts) -> None:
    report = judged(parts.copy())
    (sentence,) = [s for s in report.not_checked if "nothing signed covers" in s]
    assert sentence.endswith(
        ": Windows6.0-KB967724-x86-pkgProperties.txt, Windows6.0-KB967724-x86.xml"
    )


def test_an_inner_cabinet_alone_says_that_it_holds_stand_ins(parts: Parts) -> None:
    report = alone("a.cab", cabinet_of(parts.inner))
    (note,) = [f for f in report.findings if f.rule == "HF406"]
    assert note.hit.message == "2 of 2 payload files are labelled stand-ins"
