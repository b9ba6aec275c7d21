import pytest
from make_subjects import (
    entry,
    facts,
    image,
    inventory,
    kb_spec,
    ledger,
    plain_entry,
)

from builder.model.finding import Hit
from builder.model.inventory import Facts, Inventory
from builder.model.machine import IA64
from builder.rules.hf902_inventory_stale import check

ROW = entry()
RIGHT = facts(size=100, pe=image(b""))
WHERE = ("kb1/inventory.json",)


def hits(found: Inventory | None, *lines: int) -> list[Hit]:
    rows = (ROW, plain_entry("Package_for_KB1.mum"), plain_entry("a.manifest"))
    made = ledger(spec=kb_spec(*rows), inventory=found, inventory_lines=lines)
    return list(check(made))


@pytest.mark.silent
def test_an_inventory_that_fits_is_silent() -> None:
    assert hits(inventory((ROW, RIGHT)), 5) == []


@pytest.mark.boundary
def test_no_inventory_is_silent() -> None:
    """HF904 reports it."""
    assert hits(None) == []


def test_an_unreadable_specification_is_silent() -> None:
    """HF901 reports it."""
    assert list(check(ledger(inventory=inventory()))) == []


@pytest.mark.exact
@pytest.mark.parametrize(
    ("seen", "message"),
    [
        (facts(size=99, pe=image(b"")), "has 99 bytes; the article says 100"),
        (
            facts(size=100, pe=image(b"", machine=IA64)),
            "is built for IA-64; the article says x86",
        ),
        (
            facts(size=100, pe=image(b"", version=None)),
            "has no version; the article says 6.0.6001.22375",
        ),
    ],
)
def test_each_difference_is_told(seen: Facts, message: str) -> None:
    assert hits(inventory((ROW, seen)), 5) == [
        Hit(where=WHERE, message=f"x86/Mpio.sys {message}", line=5)
    ]


def test_a_missing_file_is_told() -> None:
    assert hits(inventory()) == [
        Hit(where=WHERE, message="x86/Mpio.sys is missing; kb.json promises it")
    ]


def test_a_file_too_many_is_told() -> None:
    more = entry("More.sys")
    assert hits(inventory((ROW, RIGHT), (more, RIGHT)), 5, 9) == [
        Hit(where=WHERE, message="x86/More.sys has no row in kb.json", line=9)
    ]


def test_an_inventory_of_another_article_is_told_alone() -> None:
    assert hits(inventory(number=1)) == [
        Hit(where=WHERE, message="belongs to KB1; kb.json is KB967724")
    ]
