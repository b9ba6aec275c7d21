from dataclasses import replace

from make_subjects import PLACE, container

from builder.errors import DeltaError
from builder.model.finding import Hit
from builder.rules.hf410_index_unreadable import check


def test_no_index_is_silent() -> None:
    assert list(check(container())) == []


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
