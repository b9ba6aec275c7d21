"""Signatures inside program files, and page hashes, where packages are judged."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from make_pe import image_hash
from make_pki import NOW, root
from make_seal import (
    page_subject,
    page_table,
    plain_program,
    signed_program,
)
from make_subjects import container, facts, judged, member

from builder.errors import SignatureFault
from builder.formats import oids
from builder.formats.authenticode import verify_seal
from builder.formats.ctl_member import pe_member
from builder.formats.facts import observe
from builder.formats.pe import TABLE_LIMIT
from builder.formats.pe_seal import image_seal
from builder.model.custody import LinkState
from builder.model.limits import DEFAULT_LIMITS
from builder.model.subject import JudgedCatalog, JudgedProgram
from builder.model.trust import Trust
from builder.model.unpacked import Member
from builder.rules import hf515_page_hashes_differ, hf516_program_signature_broken
from builder.steps import programs
from builder.steps.account_program import program_sentences
from builder.steps.archive import ArchiveFile
from builder.steps.drain import Sink
from builder.steps.programs import Reread, judge_programs
from builder.store import Scratch

TRUST = Trust(anchors=(root().der,), crls=(), at=NOW)


def chunked(data: bytes) -> Iterator[bytes]:
    """Give a file in odd pieces, so that its table comes in several."""
    for start in range(0, len(data), 777):
        yield data[start : start + 777]


def seen(data: bytes, name: str = "x\\a.sys") -> Member:
    made = member(name, data)
    return replace(made, facts=observe(chunked(data)))


def again(*files: tuple[Member, bytes]) -> Reread:
    """Give files to a sink, as unpacking does."""

    def reread(sink: Sink) -> None:
        for known, data in files:
            file = ArchiveFile(name=known.name, size=len(data), modified=None)
            with sink.writing(known.where, file) as write:
                if write is not None:
                    for chunk in chunked(data):
                        write(chunk)

    return reread


def judge(
    *files: tuple[Member, bytes],
    catalogs: tuple[JudgedCatalog, ...] = (),
    trust: Trust = TRUST,
    reread: bool = True,
) -> list[JudgedProgram]:
    held = container(*(known for known, _ in files))
    return list(
        judge_programs(
            [(held, catalogs)],
            trust,
            DEFAULT_LIMITS,
            reread=again(*files) if reread else None,
            spool=Scratch,
        )
    )


def paged(data: bytes, table: bytes, oid: str = oids.PAGE_HASHES_V2) -> JudgedCatalog:
    """A catalog that lists a program with page hashes."""
    pe = observe([data]).pe
    assert pe is not None
    entry = replace(
        pe_member(pe.sha1.padded),
        subject=page_subject(table, oid=oid),
        link=None,
        has_page_hashes=True,
    )
    return judged("a.cat", more=(entry,))


def hits(judged_: JudgedProgram) -> list[tuple[str, str]]:
    return [
        (rule.RULE.id, hit.message)
        for rule in (hf515_page_hashes_differ, hf516_program_signature_broken)
        for hit in rule.check(judged_)
    ]


def test_what_says_nothing_of_itself_is_not_judged() -> None:
    data = plain_program()
    files = [(seen(data), data), (member("x\\a.txt", b"text"), b"text")]
    assert judge(*files, catalogs=(judged("a.cat", files[0][0]),)) == []


def test_a_signature_that_holds_is_evidence() -> None:
    data = signed_program()
    (found,) = judge((seen(data), data))
    assert found.verified is not None
    assert found.verified.signature.chain[-1].sha256
    assert hits(found) == []


def test_the_table_is_found_however_the_file_comes() -> None:
    data = signed_program()
    known = observe([data]).pe
    assert known is not None
    assert known.certificates == data[len(plain_program()) :]
    for size in (1, 7, 4_096, len(data) - 1):
        pieces = [data[at : at + size] for at in range(0, len(data), size)]
        pe = observe(pieces).pe
        assert pe is not None
        assert pe.certificates == known.certificates


def changed(data: bytes) -> bytes:
    return data[:2_000] + bytes([data[2_000] ^ 1]) + data[2_001:]


def damaged(data: bytes) -> bytes:
    """Break the signature value: the last octets before the end."""
    at = len(data) - 40
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def unlike(data: bytes) -> bytes:
    """Another type in the certificate table."""
    at = len(plain_program()) + 6
    return data[:at] + b"\x01" + data[at + 1 :]


@pytest.mark.parametrize(
    ("act", "fault"),
    [
        (changed, SignatureFault.DIGEST),
        (damaged, SignatureFault.SIGNATURE),
        (unlike, SignatureFault.STRUCTURE),
    ],
)
def test_a_broken_signature_is_a_warning(
    act: Callable[[bytes], bytes], fault: SignatureFault
) -> None:
    data = act(signed_program())
    (found,) = judge((seen(data), data))
    assert found.fault is not None
    assert found.fault.fault is fault
    ((rule, message),) = hits(found)
    assert rule == "HF516"
    assert f"its own signature: {fault}: " in message


def test_an_anchor_that_is_not_accepted_is_no_finding() -> None:
    data = signed_program()
    (found,) = judge((seen(data), data), trust=replace(TRUST, anchors=()))
    assert found.fault is not None
    assert found.fault.fault is SignatureFault.ANCHOR
    assert hits(found) == []


def test_octets_behind_a_signature_are_a_note() -> None:
    data = signed_program(padding=b"X" * 64)
    (found,) = judge((seen(data), data))
    assert found.verified is not None
    ((rule, message),) = hits(found)
    assert rule == "HF516"
    assert 64 <= int(message.split()[0]) < 72
    assert "CVE-2013-3900" in message


def test_a_table_too_large_to_hold_is_refused_and_not_held() -> None:
    base = plain_program(certificates=TABLE_LIMIT + 8)
    data = base + bytes(TABLE_LIMIT + 8)
    known = seen(data)
    assert known.facts is not None
    assert known.facts.pe is not None
    assert known.facts.pe.certificates == b""
    (found,) = judge((known, data))
    assert found.fault is not None
    assert found.fault.fault is SignatureFault.STRUCTURE


@pytest.mark.parametrize(
    ("name", "oid"),
    [("sha1", oids.PAGE_HASHES_V1), ("sha256", oids.PAGE_HASHES_V2)],
)
def test_page_hashes_of_catalogs_are_compared(name: str, oid: str) -> None:
    data = plain_program()
    right = paged(data, page_table(data, name), oid)
    (found,) = judge((seen(data), data), catalogs=(right,))
    assert found.pages is not None
    assert found.pages.state is LinkState.HOLDS
    assert not found.is_signed
    assert hits(found) == []
    table = page_table(data, name)
    wrong = paged(data, table[:40] + bytes([table[40] ^ 1]) + table[41:], oid)
    (found,) = judge((seen(data), data), catalogs=(wrong,))
    assert found.pages is not None
    assert found.pages.state is LinkState.BROKEN
    assert hits(found) == [("HF515", f"page hashes: a page has another {name}")]


def test_page_hashes_are_not_compared_where_the_file_is_gone() -> None:
    data = plain_program()
    right = paged(data, page_table(data))
    (found,) = judge((seen(data), data), catalogs=(right,), reread=False)
    assert found.pages is not None
    assert found.pages.state is LinkState.UNCHECKED
    assert hits(found) == []


def test_page_hashes_in_a_signature_are_those_of_the_file() -> None:
    table = page_table(plain_program())
    data = signed_program(pages=table)
    (found,) = judge((seen(data), data))
    assert found.verified is not None
    assert found.verified.pages == 3
    (found,) = judge((seen(data), data), reread=False)
    assert found.verified is None
    assert found.waits is not None
    assert "need the files a second time" in found.waits
    other = signed_program(pages=table[:-40] + b"\1" + table[-39:])
    (found,) = judge((seen(other), other))
    assert found.fault is not None
    assert found.fault.fault is SignatureFault.DIGEST


def test_two_files_of_one_place_with_other_pages_are_broken() -> None:
    """Whichever of the two the catalog means."""
    one, two = plain_program(b"one"), plain_program(b"two")
    files = [(seen(one), one), (seen(two), two)]
    catalog = paged(one, page_table(one))
    (found,) = judge(*files, catalogs=(catalog,))
    assert found.pages is not None
    assert found.pages.state is LinkState.BROKEN


def test_a_long_table_ends_where_the_one_it_is_compared_with_does() -> None:
    """Pages of one byte would make 36 octets for each byte of the file."""
    data = bytearray(plain_program())
    data[64 + 24 + 32 : 64 + 24 + 36] = (2048).to_bytes(4, "little")
    small = bytes(data)
    (found,) = judge(
        (seen(small), small), catalogs=(paged(small, page_table(plain_program())),)
    )
    assert found.pages is not None
    assert found.pages.state is LinkState.BROKEN


def test_more_signatures_than_are_judged_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(programs, "_MOST", 2)
    data = signed_program()
    files = [(seen(data, f"x\\{number}.sys"), data) for number in range(4)]
    found = judge(*files)
    held = [judged_.verified is not None for judged_ in found]
    assert held == [True, True, False, False]
    assert all(judged_.waits is not None for judged_ in found[2:])


def test_facts_compare_without_the_table() -> None:
    data = signed_program()
    pe = observe([data]).pe
    assert pe is not None
    assert facts(data, pe=pe) == facts(data, pe=replace(pe, table=b""))


def test_what_is_signed_by_another_digest_is_named_and_judged_by_itself() -> None:
    digest = image_hash(plain_program(), "sha384")
    data = signed_program(digest=digest, name="sha384")
    (found,) = judge((seen(data), data))
    assert (found.verified, found.fault) == (None, None)
    assert found.waits is not None
    assert "neither SHA-1 nor SHA-256" in found.waits
    seal = image_seal(data)
    assert seal is not None
    verified = verify_seal(seal, anchors=TRUST.anchors, at=NOW)
    assert (verified.algorithm, verified.digest) == ("sha384", digest)


def test_the_report_says_which_policy_was_applied_to_programs() -> None:
    data = signed_program()
    said = list(program_sentences(judge((seen(data), data))))
    assert "1 program file: policy authenticode applied; met: " in said[1]
    assert said[1].endswith("authenticode, development")
