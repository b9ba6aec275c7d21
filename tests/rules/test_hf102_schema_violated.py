from make_subjects import PLACE, mum

from builder.model.finding import Hit
from builder.model.subject import SchemaFault
from builder.rules.hf102_schema_violated import check


def test_a_document_in_its_schema_is_silent() -> None:
    assert list(check(mum())) == []


def test_every_fault_is_a_hit() -> None:
    faults = tuple(
        SchemaFault(line=line, path="/assembly", message="is wrong") for line in (3, 4)
    )
    document = mum(file="x.mum", faults=faults)
    assert list(check(document)) == [
        Hit(where=(*PLACE, "x.mum"), message="/assembly: is wrong", line=line)
        for line in (3, 4)
    ]
