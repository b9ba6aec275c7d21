"""Delta packages: what members stand for, and indexes that lie."""

from dataclasses import replace
from datetime import datetime

import pytest
from make_delta_package import FILETIME, Target, cabinet, delta_package, index
from make_pa30 import insert, make_delta
from pa30_damage import managed_delta

from builder.errors import LimitError
from builder.model.limits import Limits
from builder.model.unpacked import Container, Kind, Member
from builder.steps.account_delta import restored_sentences, waiting_sentences
from builder.steps.unpack import unpack
from builder.store import Scratch

OLD, NEW = b"<old/>" * 9, b"new bytes of a file " * 9
DELTA = make_delta(insert(NEW), NEW)
RAW = Target(id="1", name="update.mum", data=OLD)
COPY = Target(id="2", name="x\\copy.mum", data=OLD, kind=None, basis="1")
MADE = Target(
    id="3", name="x\\new.sys", data=NEW, kind="PA30", source="7", source_data=DELTA
)
MEMBERS = {"update.mum": OLD, "7": DELTA}


def opened(data: bytes, limits: Limits | None = None) -> Container:
    (container, *_) = unpack("a.cab", data, limits=limits or Limits(), spool=Scratch)
    return container


def read(*targets: Target, members: dict[str, bytes] | None = None) -> Container:
    return opened(delta_package(targets, MEMBERS if members is None else members))


def by_name(container: Container) -> dict[str, Member]:
    return {member.name: member for member in container.members}


def test_targets_take_the_place_of_members() -> None:
    container = read(RAW, COPY, MADE)
    assert [m.name for m in container.members] == [
        "_manifest_.cix.xml",
        "update.mum",
        "x\\copy.mum",
        "x\\new.sys",
    ]
    members = by_name(container)
    assert members["_manifest_.cix.xml"].kind is Kind.INDEX
    assert members["update.mum"].data == OLD
    assert members["update.mum"].facts == members["x\\copy.mum"].facts
    facts = members["x\\new.sys"].facts
    assert facts is not None
    assert facts.size == len(NEW)
    assert container.index_damage is None
    assert not any(m.damage or m.waits for m in container.members)


def test_times_come_from_the_index() -> None:
    assert by_name(read(RAW))["update.mum"].modified == datetime(  # noqa: DTZ001
        2009, 10, 14, 13, 20
    )


def test_the_report_counts_what_was_restored() -> None:
    (sentence,) = restored_sentences([read(RAW, COPY, MADE)])
    assert sentence == (
        "3 files of a.cab restored and checked against its index: 1 as they are, "
        "1 from deltas, 1 copies"
    )


def test_a_delta_that_the_index_does_not_use_is_counted() -> None:
    container = read(RAW)
    assert container.unused == 1
    assert "7" not in by_name(container)
    assert list(waiting_sentences([container])) == [
        "1 delta of a.cab that its index does not use"
    ]


def test_another_member_that_the_index_does_not_name_is_a_member() -> None:
    container = read(RAW, members={**MEMBERS, "extra.txt": b"extra"})
    assert by_name(container)["extra.txt"].facts is not None


def test_an_inner_cabinet_that_the_index_names_is_opened() -> None:
    inner = cabinet({"deep.mum": b"<a/>"})
    target = Target(id="1", name="in.cab", data=inner, source="0")
    containers = unpack(
        "a.cab",
        delta_package([target], {"0": inner}),
        limits=Limits(),
        spool=Scratch,
    )
    assert [c.where for c in containers] == [("a.cab",), ("a.cab", "in.cab")]


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (replace(RAW, source="gone"), "the source 'gone' is not in the package"),
        (replace(COPY, basis="9"), "the basis '9' is no File of the index"),
        (replace(MADE, basis="9"), "the basis '9' is no File of the index"),
        (replace(COPY, basis=None), "the index names neither a source nor a basis"),
        (replace(RAW, size=1), "54 bytes; the index promises 1"),
        (replace(RAW, digest="0" * 40), "the index promises 00000000000000000"),
        (replace(RAW, source_digest="0" * 40), "the index promises 000000000000"),
        (replace(MADE, size=1), "1 were promised"),
        (replace(MADE, digest="0" * 40), "the index promises 00000000000000000"),
        (replace(MADE, source_digest="0" * 40), "the index promises 000000000000"),
    ],
)
def test_an_index_that_lies_is_one_damage(target: Target, reason: str) -> None:
    container = read(target)
    (damaged,) = [m for m in container.members if m.damage is not None]
    assert damaged.name == target.name
    assert damaged.facts is None
    assert damaged.damage is not None
    assert reason in damaged.damage.reason


def test_what_rests_on_a_damage_is_not_reported_again() -> None:
    container = read(replace(RAW, digest="0" * 40), COPY)
    members = by_name(container)
    assert members["update.mum"].damage is not None
    assert members["x\\copy.mum"].damage is None
    assert members["x\\copy.mum"].waits == "it rests on update.mum, which is damaged"


def test_an_empty_file_needs_no_source() -> None:
    empty = replace(COPY, data=b"", basis=None)
    container = read(empty, RAW)
    assert not any(member.damage for member in container.members)
    facts = by_name(container)["x\\copy.mum"].facts
    assert facts is not None
    assert facts.size == 0


def test_an_index_may_say_less() -> None:
    """No hash of the source; a time that no clock has shown."""
    text = index([RAW, MADE]).decode()
    start = text.index("<Hash", text.index('<Source type="PA30"'))
    end = text.index("/>", start) + 2
    text = text[:start] + text[end:]
    text = text.replace(f'time="{FILETIME}"', f'time="{(1 << 64) - 1}"', 1)
    container = opened(cabinet({"_manifest_.cix.xml": text.encode(), **MEMBERS}))
    members = by_name(container)
    assert not any(member.damage or member.waits for member in members.values())
    assert members["update.mum"].modified is None
    assert members["x\\new.sys"].modified is not None
    assert members["x\\new.sys"].facts is not None


def test_a_chain_names_the_damage_at_its_start() -> None:
    """So that one cause is one sentence, however many files rest on it."""
    chain = [
        Target(id=str(n), name=f"x\\{n}", data=OLD, kind=None, basis=str(n - 1))
        for n in range(2, 9)
    ]
    container = read(replace(RAW, digest="0" * 40), *chain)
    sentence, _ = waiting_sentences([container])
    assert sentence == (
        "7 files of a.cab, known from the index alone: "
        "it rests on update.mum, which is damaged"
    )


@pytest.mark.parametrize("kind", ["PA19", "PA31", "other"])
def test_a_delta_of_another_kind_waits_with_all_that_rest_on_it(kind: str) -> None:
    data = kind.encode()[:4].ljust(4) + b"..."
    first = replace(MADE, kind=kind, source_data=data)
    second = Target(id="4", name="x\\next", data=NEW, kind=None, basis="3")
    container = read(RAW, first, second, members={"update.mum": OLD, "7": data})
    waiting = [m for m in container.members if m.waits is not None]
    assert [member.name for member in waiting] == ["x\\new.sys", "x\\next"]
    assert not any(m.damage for m in container.members)
    (sentence,) = waiting_sentences([container])
    assert sentence.startswith("2 files of a.cab, known from the index alone: ")


def test_a_pa31_member_behind_a_pa30_word_waits() -> None:
    data = b"PA31" + bytes(20)
    container = read(replace(MADE, source_data=data), members={"7": data})
    (member,) = [m for m in container.members if m.waits is not None]
    assert member.waits == "a PA31 delta is not decoded"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"<Container/>", "not a container index"),
        (b"<no", "Couldn't find end of Start Tag no line 1"),
        (index([RAW, RAW]), "two files have the id '1'"),
        (index([replace(COPY, basis="2")]), "File 2 is its own basis"),
        (
            index([COPY, replace(RAW, kind=None, basis="2")]),
            "File 2 is its own basis",
        ),
    ],
)
def test_an_index_that_cannot_be_used_is_one_damage(text: bytes, reason: str) -> None:
    container = opened(cabinet({"_manifest_.cix.xml": text, **MEMBERS}))
    assert container.index_damage is not None
    assert reason in container.index_damage.reason
    assert {m.name for m in container.members} == {"_manifest_.cix.xml", *MEMBERS}


def test_damage_of_the_cabinet_is_not_that_of_its_targets() -> None:
    data = bytearray(delta_package([RAW, COPY, MADE], MEMBERS))
    data[-1] ^= 1
    container = opened(bytes(data))
    assert container.damage is not None
    assert not any(m.damage for m in container.members)


def test_restored_bytes_count_for_the_limit() -> None:
    data = delta_package([RAW, MADE], MEMBERS)
    text = len(index([RAW, MADE]))
    total = text + sum(map(len, MEMBERS.values())) + len(NEW)
    opened(data, Limits(unpacked=total))
    with pytest.raises(LimitError, match="unpacks to more than"):
        opened(data, Limits(unpacked=total - 1))


def test_the_index_may_come_last() -> None:
    data = cabinet({**MEMBERS, "_manifest_.cix.xml": index([RAW, MADE])})
    assert by_name(opened(data))["x\\new.sys"].facts is not None


def test_members_stay_what_they_are_when_nothing_is_restored() -> None:
    (container,) = unpack(
        "a.cab",
        delta_package([RAW, MADE], MEMBERS),
        limits=Limits(),
        spool=Scratch,
        restores=False,
    )
    assert set(by_name(container)) == {"_manifest_.cix.xml", *MEMBERS}


def test_a_managed_target_that_does_not_come_out_waits() -> None:
    """Nobody here knows whether the delta is wrong, or what is known of it."""
    delta, source = managed_delta(0x600000)
    reason = "transforms of managed (.NET) executables are known by report alone"
    basis = Target(id="1", name="x\\old.dll", data=source, source="5")
    made = Target(
        id="2",
        name="x\\new.dll",
        data=bytes(0x600),
        kind="PA30",
        source="6",
        source_data=delta,
        basis="1",
    )
    copy = Target(id="3", name="y\\new.dll", data=bytes(0x600), kind=None, basis="2")
    container = read(basis, made, copy, members={"5": source, "6": delta})
    members = by_name(container)
    for name in ("x\\new.dll", "y\\new.dll"):
        assert members[name].waits == reason
        assert members[name].damage is None
        assert members[name].facts is None
    (sentence,) = waiting_sentences([container])
    assert sentence == f"2 files of a.cab, known from the index alone: {reason}"
    # A member that is not what the index says is damage, whatever it decodes to.
    lie = replace(made, source_digest="00" * 20)
    members = by_name(read(basis, lie, copy, members={"5": source, "6": delta}))
    assert members["x\\new.dll"].damage is not None
