import pytest
from make_subjects import PLACE, identity, mum

from builder.model.finding import Hit
from builder.model.subject import SchemaFault
from builder.rules.hf201_identity_malformed import check


@pytest.mark.silent
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"version": "0.0.0.0"},
        {"version": "65535.65535.65535.65535"},
        {"architecture": "arm64.x86"},
        {"architecture": "AMD64"},
        {"language": "sr-Latn-RS"},
        {"public_key_token": "31BF3856AD364E35"},
    ],
)
def test_right_identities_are_silent(changes: dict[str, str]) -> None:
    assert list(check(mum(identity(**changes)))) == []


@pytest.mark.exact
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": " "}, "name is empty"),
        ({"version": None}, "version is absent"),
        ({"version": "1.2.3"}, "version '1.2.3' is not four numbers with dots"),
        ({"version": "1.2.3.65536"}, "version '1.2.3.65536' has a part above 65535"),
        ({"architecture": None}, "processorArchitecture is absent"),
        ({"architecture": "x64"}, "processorArchitecture 'x64' is unknown"),
        ({"language": None}, "language is absent"),
        ({"language": "e"}, "language 'e' is malformed"),
        ({"language": "*"}, "language '*' is malformed"),
        ({"public_key_token": None}, "publicKeyToken is absent"),
        (
            {"public_key_token": "31bf3856ad364e3"},
            "publicKeyToken '31bf3856ad364e3' is not 16 hexadecimal digits",
        ),
    ],
)
def test_each_attribute_is_judged(changes: dict[str, str | None], message: str) -> None:
    document = mum(identity(**{"line": 3, **changes}), file="x.mum")  # type: ignore[arg-type]  # line is a number
    assert list(check(document)) == [
        Hit(where=(*PLACE, "x.mum"), message=message, line=3)
    ]


def test_an_identity_that_the_schema_refuses_is_silent() -> None:
    """HF102 reports it."""
    path = "/assembly/assemblyIdentity"
    fault = SchemaFault(line=3, path=path, message="is wrong")
    assert list(check(mum(identity(version=None), faults=(fault,)))) == []


def test_a_schema_fault_elsewhere_hides_nothing() -> None:
    fault = SchemaFault(line=3, path="/assembly/package", message="is wrong")
    assert len(list(check(mum(identity(version=None), faults=(fault,))))) == 1


@pytest.mark.boundary
@pytest.mark.parametrize(
    ("attribute", "right", "wrong"),
    [
        ("version", "0.0.0.65535", "0.0.0.65536"),
        ("version", "1.2.3.4", "1.2.3.4.5"),
        ("public_key_token", "0" * 16, "0" * 17),
        ("public_key_token", "f" * 16, "f" * 15 + "g"),
        ("language", "qps", "qpsx"),
        ("language", "en-us", "en_us"),
        ("architecture", "arm64.x86", "arm64.arm"),
    ],
)
def test_the_last_right_value_and_the_first_wrong_one(
    attribute: str, right: str, wrong: str
) -> None:
    assert list(check(mum(identity(**{attribute: right})))) == []
    assert len(list(check(mum(identity(**{attribute: wrong}))))) == 1
