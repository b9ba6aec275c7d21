from dataclasses import replace

import pytest
from kb967724 import SPEC, X64, X86

from builder.errors import PlanError
from builder.model.recipe import Recipe
from builder.steps.plan import plan


def test_a_restart_that_is_not_stated_is_not_guessed() -> None:
    with pytest.raises(PlanError, match="does not say whether to restart"):
        plan(replace(SPEC, restart=None), X86, recipe=Recipe())


def test_a_name_that_stands_twice_is_not_guessed() -> None:
    row = next(entry for entry in SPEC.files if entry.architecture is X86)
    doubled = replace(SPEC, files=(*SPEC.files, replace(row, size=row.size + 1)))
    with pytest.raises(PlanError, match=r"lists Mpio\.inf more than once for x86"):
        plan(doubled, X86, recipe=Recipe())
    assert plan(doubled, X64, recipe=Recipe()).packages
