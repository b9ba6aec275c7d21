from make_subjects import kb_spec, ledger

from builder.model.finding import Hit
from builder.rules.hf904_inventory_absent import check


def test_an_inventory_is_silent() -> None:
    assert list(check(ledger(has_inventory=True))) == []


def test_an_unreadable_specification_is_silent() -> None:
    """HF901 reports it."""
    assert list(check(ledger(spec=None))) == []


def test_no_inventory_is_told() -> None:
    assert list(check(ledger(spec=kb_spec()))) == [
        Hit(where=("kb1",), message="no inventory.json: the XML was not drafted again")
    ]
