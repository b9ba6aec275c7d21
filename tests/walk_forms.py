"""Lists read in two ways: eagerly, and by the walker in one of its forms."""

from functools import cache
from types import ModuleType

import pytest
from compiled_forms import do_without, load_built, load_plain

from builder.errors import CatalogError, LimitError
from builder.formats import ctl_search, ctl_walk
from builder.formats.ctl import parse_ctl
from builder.formats.ctl_entry import require_tag
from builder.formats.ctl_search import ListedMembers
from builder.model.catalog import CatalogMember

MODULES = ("ctl_walk",)
Members = tuple[CatalogMember, ...]


@cache
def load_form(form: str) -> ModuleType | None:
    if form == "plain":
        return load_plain(MODULES)
    if ctl_walk.COMPILED:
        return ctl_walk
    return load_built(MODULES, pattern="ctl_walk.p*")


def use_form(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `list_members` use one form of the walker."""
    module = load_form(form)
    if module is None:
        do_without("walker over catalog members")
    monkeypatch.setattr(ctl_search, "Walker", module.Walker)


def read_eagerly(data: bytes, start: int = 0, stop: int | None = None) -> Members | str:
    """Give every member of a list, or the kind of its refusal."""
    try:
        catalog = parse_ctl(data, start=start, stop=stop)
        for member in catalog.members:
            require_tag(member, catalog.version)
    except (CatalogError, LimitError) as error:
        return type(error).__name__
    return catalog.members


def read_lazily(data: bytes, start: int = 0, stop: int | None = None) -> Members | str:
    """Do the same, judging the list first and making its values later."""
    try:
        listed = list_all(data, start, stop)
    except (CatalogError, LimitError) as error:
        return type(error).__name__
    return tuple(listed)


def list_all(data: bytes, start: int = 0, stop: int | None = None) -> ListedMembers:
    end = len(data) if stop is None else stop
    return ctl_search.list_members(data, start=start, stop=end)
