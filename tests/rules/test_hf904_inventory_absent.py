import pytest
from make_subjects import kb_spec, ledger

from builder.model.finding import Hit, Severity
from builder.rules.hf904_inventory_absent import RULE, check


@pytest.mark.silent
def test_an_inventory_is_silent() -> None:
    assert list(check(ledger(has_inventory=True))) == []


def test_an_unreadable_specification_is_silent() -> None:
    """HF901 reports it."""
    assert list(check(ledger(spec=None))) == []


@pytest.mark.boundary
def test_a_folder_where_nothing_was_built_is_a_warning() -> None:
    assert list(check(ledger(spec=kb_spec()))) == [
        Hit(
            where=("kb1",),
            message="no inventory.json: nothing was built yet",
            severity=Severity.WARNING,
        )
    ]


@pytest.mark.exact
def test_xml_without_an_inventory_is_an_error() -> None:
    written = {"x86/update.mum": b""}
    assert list(check(ledger(spec=kb_spec(), written=written))) == [
        Hit(
            where=("kb1",),
            message="no inventory.json: the manifests were not drafted again",
        )
    ]
    assert RULE.severity is Severity.ERROR
