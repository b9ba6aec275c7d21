"""Restoring a delta package: order, memory, damage."""

import hashlib
from contextlib import AbstractContextManager, nullcontext
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_index import make_file, make_index
from make_pa30 import Patch, insert, make_delta

from builder.errors import FormatError, LimitError
from builder.formats.cix import parse_index
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.steps.decode import Job, Outcome, outcome_of
from builder.steps.restore import How, Restored, restore


class Room:
    """A spool in memory that knows how many there are."""

    made = 0

    def __init__(self) -> None:
        type(self).made += 1
        self.data = bytearray()

    def write(self, data: bytes, /) -> int:
        self.data += data
        return len(data)

    def buffer(self) -> memoryview:
        return memoryview(self.data).toreadonly()


class Package:
    """Members of a cabinet and the files of their index."""

    def __init__(self) -> None:
        self.members: dict[str, bytes] = {}
        self.files: list[str] = []
        self.reads: list[str] = []

    def read(self, name: str) -> bytes:
        self.reads.append(name)
        if name not in self.members:
            raise FormatError("no such member")
        return self.members[name]

    def raw(self, number: int, data: bytes) -> None:
        self.members[str(number)] = data
        self.files.append(make_file(number, data, source="RAW"))

    def copy(self, number: int, data: bytes, basis: int) -> None:
        self.files.append(make_file(number, data, basis=basis))

    def delta(self, number: int, data: bytes, basis: bytes, source: int | None) -> None:
        """Keep the front of the basis as far as it is the same."""
        same = 0
        while same < min(len(basis), len(data)) and basis[same] == data[same]:
            same += 1
        patch = Patch()
        if same > 1:
            patch.match(3, same)
        else:
            same = 0
        packed = make_delta(patch.literals(data[same:]).done(), data)
        self.members[str(number)] = packed
        self.files.append(
            make_file(number, data, source="PA30", packed=packed, basis=source)
        )

    def restored(self, limits: Limits = DEFAULT_LIMITS) -> list[Restored]:
        index = parse_index(make_index(self.files))
        return list(restore(index, read=self.read, spool=Room, limits=limits))


def shown(made: list[Restored]) -> dict[str, tuple[How, bytes | None]]:
    return {
        item.target.id: (item.how, None if item.data is None else bytes(item.data))
        for item in made
    }


def family() -> Package:
    package = Package()
    package.copy(4, b"second", 2)
    package.delta(2, b"second", b"first", 1)
    package.raw(1, b"first")
    package.delta(3, b"secondly", b"second", 4)
    package.delta(5, b"alone", b"", None)
    return package


def test_every_target_is_made_once_from_what_it_is_based_on() -> None:
    package = family()
    assert shown(package.restored()) == {
        "1": (How.RAW, b"first"),
        "2": (How.DELTA, b"second"),
        "3": (How.DELTA, b"secondly"),
        "4": (How.COPY, b"second"),
        "5": (How.DELTA, b"alone"),
    }
    assert sorted(package.reads) == ["1", "2", "3", "5"]


def test_what_has_no_room_in_memory_goes_to_a_spool() -> None:
    Room.made = 0
    plain = shown(family().restored())
    assert Room.made == 0
    assert shown(family().restored(Limits(bases=0))) == plain
    # 2, and its copy 4; nothing waits for the others.
    assert Room.made == 2


def test_a_chain_of_a_thousand_deltas_holds_one_basis_at_a_time() -> None:
    package = Package()
    before = b"x" * 50
    package.raw(0, before)
    for number in range(1, 1001):
        data = before[:-1] + b"%d" % number
        package.delta(number, data[-50:].rjust(50, b"x"), before, number - 1)
        before = data[-50:].rjust(50, b"x")
    Room.made = 0
    made = package.restored(Limits(bases=100))
    assert [item.damage for item in made] == [None] * 1001
    assert Room.made == 0


def test_those_nobody_waits_for_come_before_the_longest_chain() -> None:
    package = Package()
    package.raw(1, b"root")
    package.copy(2, b"root", 1)
    package.copy(3, b"root", 2)
    package.copy(4, b"root", 1)
    assert [item.target.id for item in package.restored()] == ["1", "4", "2", "3"]


def test_one_damaged_target_does_not_keep_the_others_back() -> None:
    package = family()
    broken = bytearray(package.members["2"])
    broken[-1] ^= 0xFF
    package.members["2"] = bytes(broken)
    made = {item.target.id: item for item in package.restored()}
    assert str(made["2"].damage).startswith("folder\\file2: the sha1 is ")
    assert [made[number].blocked for number in "12345"] == [
        False,
        False,
        True,
        True,
        False,
    ]
    assert str(made["4"].damage) == (
        "folder\\file4: it rests on folder\\file2, which is damaged"
    )
    assert made["5"].data == b"alone"


@pytest.mark.parametrize(
    ("file", "member", "reason"),
    [
        (make_file(1, b"abc", source="RAW"), None, "no such member"),
        (make_file(1, b"abc", source="RAW"), b"abd", "the sha1 is"),
        (
            make_file(1, b"abc", source="RAW", packed=b"abcd"),
            b"abcd",
            "4 bytes; the index promises 3",
        ),
        (make_file(1, b"abc", source="RAW", packed=b"abd"), b"abd", "the sha1 is"),
        (make_file(1, b"abc", source="PA19"), b"abc", "a source of the type 'PA19'"),
        (make_file(1, b"abc", source="PA30"), b"abc", "signature is b'abc'"),
    ],
)
def test_what_differs_from_the_index_is_damage(
    file: str, member: bytes | None, reason: str
) -> None:
    package = Package()
    package.files.append(file)
    if member is not None:
        package.members["1"] = member
    (made,) = package.restored()
    assert made.data is None
    assert made.damage is not None
    assert made.damage.reason.startswith(reason)
    assert made.damage.source == ("folder\\file1",)
    assert not made.blocked


def test_a_delta_may_be_right_by_itself_and_wrong_by_the_index() -> None:
    """The hash of the delta's own header is not enough."""
    packed = make_delta(insert(b"abd"), b"abd")
    package = Package()
    package.members["1"] = packed
    package.files.append(make_file(1, b"abc", source="PA30", packed=packed))
    (made,) = package.restored()
    assert made.damage is not None
    digest = hashlib.sha1(b"abd").hexdigest()
    assert made.damage.reason.startswith(f"the sha1 is {digest}")


def test_a_copy_of_another_size_or_hash_is_damage() -> None:
    package = Package()
    package.raw(1, b"abc")
    package.files.append(make_file(2, b"abd", basis=1))
    package.files.append(make_file(3, b"abcd", basis=1))
    package.files.append(make_file(4, b"abc", basis=1, algorithm="SHA256"))
    made = {item.target.id: item for item in package.restored()}
    assert [made[number].damage is None for number in "1234"] == [
        True,
        False,
        False,
        True,
    ]


def test_targets_above_the_limit_together_are_refused_before_any_is_made() -> None:
    package = family()
    index = parse_index(make_index(package.files))
    with pytest.raises(LimitError, match="the targets have 30 bytes"):
        restore(index, read=package.read, spool=Room, limits=Limits(unpacked=29))
    assert package.reads == []


class Scrambled:
    """A decoder that has finished in any order, and watches what it is given."""

    def __init__(self, ahead: int, random: Random) -> None:
        self.ahead = ahead
        self.random = random
        self.begun: list[tuple[int, Job]] = []
        self.most = 0

    def begin(self, turn: int, job: Job) -> None:
        self.begun.append((turn, job))
        self.most = max(self.most, len(self.begun))

    def finished(self, *, wait: bool) -> list[tuple[int, Outcome]]:
        assert self.begun or not wait, "it would wait for ever"
        self.random.shuffle(self.begun)
        count = self.random.randint(1 if wait else 0, len(self.begun))
        done, self.begun = self.begun[:count], self.begun[count:]
        return [(turn, outcome_of(job)) for turn, job in done]


SIZE = 60
COST = SIZE + 1024  # of a target without a basis, before its turn


def forest(parents: list[int | None], kinds: list[str]) -> Package:
    """Make a package whose targets have these parents, which come before them."""
    package = Package()
    data: list[bytes] = []
    for number, (parent, kind) in enumerate(zip(parents, kinds, strict=True)):
        if kind == "copy" and parent is not None:
            data.append(data[parent])
            package.copy(number, data[-1], parent)
            continue
        basis = b"" if parent is None else data[parent]
        data.append((basis[:-4] or b"x" * (SIZE - 4)) + b"%04d" % number)
        if kind == "raw":
            package.raw(number, data[-1])
            continue
        package.delta(number, data[-1], basis, parent)
        if kind == "damaged":
            packed = bytearray(package.members[str(number)])
            packed[-1] ^= 0xFF
            package.members[str(number)] = bytes(packed)
    return package


def told(item: Restored) -> tuple[object, ...]:
    data = None if item.data is None else bytes(item.data)
    damage = None if item.damage is None else (str(item.damage), type(item.damage))
    return item.target.id, item.how, data, damage, item.blocked


KINDS = st.sampled_from(["delta", "delta", "delta", "copy", "raw", "damaged"])


@given(
    st.lists(st.tuples(st.integers(-1, 10), KINDS), min_size=1, max_size=12),
    st.randoms(use_true_random=False),
    st.sampled_from([0, 2 * COST, 5 * COST, 100 * COST]),
    st.sampled_from([0, SIZE, 100 * SIZE]),
)
@settings(deadline=None)
def test_neither_targets_nor_their_order_depend_on_what_is_done_first(
    shape: list[tuple[int, str]], random: Random, ahead: int, bases: int
) -> None:
    parents = [
        None if parent < 0 or parent >= number else parent
        for number, (parent, _) in enumerate(shape)
    ]
    package = forest(parents, [kind for _, kind in shape])
    limits = Limits(bases=bases)
    one_by_one = [told(item) for item in package.restored(limits)]
    decoder = Scrambled(ahead, random)
    index = parse_index(make_index(package.files))
    made = restore(
        index,
        read=package.read,
        spool=Room,
        limits=limits,
        decoders=lambda _: nullcontext(decoder),
    )
    assert [told(item) for item in made] == one_by_one
    assert not decoder.begun
    # One is begun in any case.
    assert decoder.most <= max(1, ahead // COST)


@pytest.mark.parametrize(
    ("ahead", "most"),
    [
        (0, 1),
        (COST, 1),
        (2 * COST, 2),
        (3 * COST - 1, 2),
        (8 * COST, 8),
        (999 * COST, 9),
    ],
)
def test_deltas_are_begun_before_their_turn_while_there_is_room(
    ahead: int, most: int
) -> None:
    package = forest([None] * 9, ["delta"] * 9)
    decoder = Scrambled(ahead, Random(1))
    sizes = []

    def watched(size: int) -> AbstractContextManager[Scrambled]:
        sizes.append(size)
        return nullcontext(decoder)

    index = parse_index(make_index(package.files))
    made = list(restore(index, read=package.read, spool=Room, decoders=watched))
    assert len(made) == 9
    assert decoder.most == most
    assert sizes == [9 * SIZE]
