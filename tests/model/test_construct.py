"""A quick constructor makes what the slow one makes."""

import pickle
from dataclasses import FrozenInstanceError, fields, replace
from typing import Any

import pytest

from builder.model.construct import constructor
from builder.model.identity import AssemblyIdentity
from builder.model.package import Dependency, PackagedFile, Reference, Update
from builder.model.subject import PromisedFile, Referral

CLASSES = (
    *(AssemblyIdentity, Dependency, PackagedFile, Reference, Update),
    *(PromisedFile, Referral),
)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_values_are_those_of_the_class_itself(cls: type[Any]) -> None:
    values = {field.name: f"value of {field.name}" for field in fields(cls)}
    quick = constructor(cls)(*values.values())
    assert type(quick) is cls
    assert quick == cls(**values)
    assert repr(quick) == repr(cls(**values))
    assert hash(quick) == hash(cls(**values))
    assert pickle.loads(pickle.dumps(quick)) == quick
    first = fields(cls)[0].name
    assert getattr(replace(quick, **{first: 0}), first) == 0


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_values_are_frozen(cls: type[Any]) -> None:
    quick = constructor(cls)(*(None for _ in fields(cls)))
    with pytest.raises(FrozenInstanceError):
        setattr(quick, fields(cls)[0].name, 1)


def test_every_field_has_to_be_given() -> None:
    with pytest.raises(TypeError):
        constructor(Dependency)(None)
