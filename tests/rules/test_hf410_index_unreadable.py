from dataclasses import replace

import pytest
from make_subjects import PLACE, PROMISE, container, member

from builder.errors import CabError, DeltaError
from builder.model.finding import Hit
from builder.rules.hf410_index_unreadable import check


@pytest.mark.silent
def test_no_index_is_silent() -> None:
    assert list(check(container())) == []


@pytest.mark.exact
def test_a_damaged_index_is_named_with_its_line() -> None:
    damage = DeltaError("File 2 is its own basis", line=4)
    damage.source = ("_manifest_.cix.xml",)
    assert list(check(replace(container(), index_damage=damage))) == [
        Hit(
            where=(*PLACE, "_manifest_.cix.xml"),
            message="File 2 is its own basis",
            line=4,
        )
    ]


@pytest.mark.boundary
def test_damage_of_a_target_is_no_damage_of_the_index() -> None:
    """HF411 reports the target."""
    broken = replace(member("a", damage=CabError("cut off")), promise=PROMISE)
    assert list(check(container(broken))) == []
