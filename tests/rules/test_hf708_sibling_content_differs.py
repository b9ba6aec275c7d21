import pytest
from make_siblings import oddity, siblings

from builder.model.change import Way
from builder.model.finding import Hit
from builder.rules.hf708_sibling_content_differs import check


@pytest.mark.silent
def test_nothing_odd_is_silent() -> None:
    assert list(check(siblings())) == []


@pytest.mark.exact
def test_another_registry_value_is_reported() -> None:
    odd = oddity(
        "registry value", {"value": ("0x1", "0x2")}, inside=("component", "key")
    )
    assert list(check(siblings(odd))) == [
        Hit(
            where=("amd64.msu", "a.mum"),
            message=(
                "component component > key key > registry value A: value is '0x2', "
                "not '0x1' (x86)"
            ),
            line=3,
        )
    ]


def test_a_service_that_is_not_there_is_reported() -> None:
    odd = oddity("service", way=Way.REMOVED, inside=("component", "membership"))
    (hit,) = check(siblings(odd))
    assert hit.message.endswith("service A is not there; x86 has it")


@pytest.mark.boundary
def test_an_identity_is_silent() -> None:
    """HF702 reports it."""
    assert not list(check(siblings(oddity("component", {"version": ("1", "2")}))))
