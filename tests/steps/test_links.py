"""Links that a failed step breaks, and the names of the steps."""

import re
from pathlib import Path

import pytest

from builder.errors import ChainPlace, SignatureError, SignatureFault
from builder.model.custody import LinkKind, LinkState
from builder.steps.links import fault_links

PROCEDURE = Path(__file__).parents[2] / "docs" / "verification.md"


def broken(
    fault: SignatureFault, place: ChainPlace | None = None
) -> list[tuple[LinkKind, LinkState]]:
    error = SignatureError(fault, "what is wrong")
    error.place = place
    found = list(fault_links(error))
    assert found[-1].says == f"{fault}: what is wrong"
    return [(link.kind, link.state) for link in found]


HOLDS = (LinkKind.SIGNER, LinkState.HOLDS)


def test_the_certificate_at_fault_is_the_broken_link() -> None:
    validity = SignatureFault.VALIDITY
    assert broken(validity, ChainPlace.SIGNER) == [(LinkKind.SIGNER, LinkState.BROKEN)]
    assert broken(validity, ChainPlace.INTERMEDIATE) == [
        HOLDS,
        (LinkKind.INTERMEDIATE, LinkState.BROKEN),
    ]
    assert broken(validity, ChainPlace.ROOT) == [
        HOLDS,
        (LinkKind.ROOT, LinkState.BROKEN),
    ]


@pytest.mark.parametrize("fault", [SignatureFault.ANCHOR, SignatureFault.IMPOSTOR])
def test_a_chain_that_ends_elsewhere_breaks_at_the_root(fault: SignatureFault) -> None:
    assert broken(fault) == [HOLDS, (LinkKind.ROOT, LinkState.BROKEN)]


def test_a_countersignature_breaks_its_own_link() -> None:
    assert broken(SignatureFault.TIMESTAMP) == [
        (LinkKind.SIGNER, LinkState.UNCHECKED),
        (LinkKind.TIMESTAMP, LinkState.BROKEN),
    ]


def test_the_steps_of_the_written_procedure_are_those_that_findings_cite() -> None:
    text = PROCEDURE.read_text(encoding="utf-8")
    steps = re.findall(r"^(\d+)\. \*\*([a-z]+)\*\*: ", text, flags=re.MULTILINE)
    assert [int(number) for number, _ in steps] == list(range(1, len(steps) + 1))
    names = [name for _, name in steps]
    # "key" is said of a key that is to sign, not of a signature.
    assert sorted(names) == sorted(set(SignatureFault) - {SignatureFault.KEY})
