import pytest
from make_subjects import COMPONENT, FOLDER, PLACE, TOKEN, identity, manifest, mum

from builder.model.finding import Hit
from builder.model.identity import keyform
from builder.rules.hf202_name_differs_from_identity import check

MUM = f"Package_for_KB1~{TOKEN}~x86~~6.0.1.0.mum"


@pytest.mark.silent
@pytest.mark.parametrize(
    "file", [MUM, MUM.lower(), "update.mum", "UPDATE.MUM", "update-bf.mum"]
)
def test_names_from_the_identity_and_free_names_are_silent(file: str) -> None:
    assert list(check(mum(file=file))) == []


def test_a_side_by_side_name_is_silent_in_any_case() -> None:
    assert list(check(manifest(file=f"{FOLDER}.manifest".upper()))) == []


@pytest.mark.exact
def test_another_version_makes_another_name() -> None:
    file = MUM.replace("6.0.1.0", "6.0.1.1")
    assert list(check(mum(file=file))) == [
        Hit(where=(*PLACE, file), message=f"the identity inside makes the name {MUM}")
    ]


def test_another_key_is_another_name() -> None:
    file = f"{FOLDER[:-1]}1.manifest"
    assert list(check(manifest(COMPONENT, file=file))) == [
        Hit(
            where=(*PLACE, file),
            message=f"the identity inside makes the name {FOLDER}.manifest",
        )
    ]


def test_a_malformed_identity_is_silent() -> None:
    """HF201 reports it: one cause, one finding."""
    assert list(check(mum(identity(version="1"), file="x.mum"))) == []


@pytest.mark.boundary
def test_names_are_shortened_from_41_characters_on() -> None:
    """The key is of the whole name, so that a shortened one is no other name."""
    for length, shown in ((40, "n" * 40), (41, f"{'n' * 19}..{'n' * 19}")):
        own = identity("n" * length)
        name = f"{keyform(own)}.manifest"
        assert name.startswith(f"x86_{shown}_")
        assert list(check(manifest(own, file=name))) == []
        other = name.replace(shown, "n" * (81 - length))
        assert len(list(check(manifest(own, file=other)))) == 1
