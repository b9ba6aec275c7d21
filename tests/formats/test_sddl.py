"""Security descriptors as text; what is refused stands among the bad recipes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.formats.sddl import sddl_fault


@pytest.mark.parametrize(
    "text",
    [
        "D:P(A;;FA;;;SY)(A;;FA;;;BA)",
        "O:SYG:SYD:PAI(A;CIIO;GRGX;;;BU)",
        "O:S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464D:P",
        "D:PAI(A;CI;CCLCSWRPRC;;;S-1-15-2-1)S:(AU;FASA;0x000D0116;;;WD)",
        "D:(OA;;RP;4828cc14-1437-45bc-9b07-ad6f015e5f28;;AN)",
        'D:(XA;;FX;;;S-1-1-0;(@User.Title=="PM (a)" && (@User.Rank > 1)))',
        'S:(RA;;;;;WD;("Project",TS,0,"Windows","SQL"))(ML;;NW;;;LW)',
        "o:syd:(a;;fa;;;wd)",
        "D:NO_ACCESS_CONTROL",
    ],
)
def test_what_windows_reads_is_no_fault(text: str) -> None:
    assert sddl_fault(text) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('D:(XA;;FX;;;WD;(@User.Title=="PM)', "entry 1 of D: is not closed"),
        ("D:(A;;FA;;;SY)S:(AU;;FA;;;SY)D:", "D: stands twice"),
        ("D:(A;;F;;;SY)", "entry 1 of D: has the rights 'F'"),
        ("D:(A;;FA;;;SY)(A;;0x1FFFFFFFF;;;SY)", "entry 2 of D: has the rights"),
        ("D:(" + "(" * 4000, "entry 1 of D: is not closed"),
    ],
)
def test_the_fault_and_its_place_are_told(text: str, fault: str) -> None:
    assert (sddl_fault(text) or "").startswith(fault)


@given(st.text('OGDSPAIRFWX:;()-1"0xé ', max_size=60))
def test_every_text_is_answered(text: str) -> None:
    fault = sddl_fault(text)
    assert fault is None or len(fault) < 200
