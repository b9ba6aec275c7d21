from dataclasses import replace

import pytest
from make_subjects import PLACE, mum

from builder.model.finding import Hit
from builder.model.subject import SchemaFault
from builder.rules.hf102_schema_violated import check


@pytest.mark.silent
def test_a_document_in_its_schema_is_silent() -> None:
    assert list(check(mum())) == []


@pytest.mark.exact
def test_every_fault_is_a_hit() -> None:
    faults = tuple(
        SchemaFault(line=line, path="/assembly", message="is wrong") for line in (3, 4)
    )
    document = mum(file="x.mum", faults=faults)
    assert list(check(document)) == [
        Hit(where=(*PLACE, "x.mum"), message="/assembly: is wrong", line=line)
        for line in (3, 4)
    ]


@pytest.mark.boundary
def test_what_is_wrong_with_one_element_is_one_hit() -> None:
    """A misspelt attribute is unknown, and the right one is absent."""
    path = "/assembly/package"
    unknown = SchemaFault(line=3, path=path, message="'a' is not allowed")
    absent = SchemaFault(line=3, path=path, message="'b' is missing")
    (hit,) = check(mum(faults=(unknown, absent)))
    assert hit.message == f"{path}: 'a' is not allowed; 'b' is missing"
    for other in (replace(absent, line=4), replace(absent, path=f"{path}/parent")):
        assert len(list(check(mum(faults=(unknown, other))))) == 2
