from dataclasses import replace

import pytest
from make_subjects import PLACE, TOKEN, identity, manifest, mum

from builder.model.finding import Hit
from builder.model.package import Package
from builder.model.subject import Document, SchemaFault
from builder.rules.hf218_installer_implausible import check

STACK = identity(
    "Microsoft-Windows-ServicingStack", version="6.0.0.0", version_scope="nonSxS"
)


def asking(**changes: object) -> Document:
    document = mum(file="update.mum")
    assert isinstance(document.value, Package)
    installer = replace(STACK, line=8, **changes)  # type: ignore[arg-type]  # any field
    return replace(document, value=replace(document.value, installer=installer))


@pytest.mark.silent
def test_the_servicing_stack_is_silent() -> None:
    assert list(check(asking())) == []
    assert list(check(asking(name=STACK.name.upper()))) == []


@pytest.mark.boundary
@pytest.mark.parametrize("version", ["10.0.14393.7692", "10.0.17763.2090"])
def test_the_least_stack_of_windows_10_is_silent(version: str) -> None:
    assert list(check(asking(version=version))) == []
    assert len(list(check(asking(version=version.replace("10.0", "10.1"))))) == 1


def test_no_installer_is_silent() -> None:
    assert list(check(mum())) == []
    assert list(check(manifest())) == []


@pytest.mark.exact
@pytest.mark.parametrize(
    ("attribute", "value", "expected"),
    [
        ("name", "Evil-Stack", "microsoft-windows-servicingstack"),
        ("version", "6.0.0.1", "6.0.0.0"),
        ("language", "en-US", "neutral"),
        ("public_key_token", TOKEN[::-1], TOKEN),
        ("architecture", "amd64", "x86"),
    ],
)
def test_each_other_attribute_is_told(
    attribute: str, value: str, expected: str
) -> None:
    assert list(check(asking(**{attribute: value}))) == [
        Hit(
            where=(*PLACE, "update.mum"),
            message=f"the installer's {attribute} is {value}, not {expected}",
            line=8,
        )
    ]


def test_what_the_schema_refuses_is_told_elsewhere() -> None:
    fault = SchemaFault(line=8, path="/assembly", message="is wrong")
    assert list(check(replace(asking(version="6"), faults=(fault,)))) == []
