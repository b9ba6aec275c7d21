"""Compute a package family from the components of a recipe."""

from datetime import datetime

from builder.errors import PlanError
from builder.model.identity import Architecture
from builder.model.kb import KbSpec
from builder.model.plan import Plan, PlannedComponent
from builder.model.recipe import Recipe
from builder.steps.plan_family import compute_family
from builder.steps.plan_made import Made, Maker
from builder.steps.plan_written import write_out_family


def plan_recipe(spec: KbSpec, architecture: Architecture, *, recipe: Recipe) -> Plan:
    """Plan one architecture of a recipe with components.

    Raises:
        PlanError: The recipe has nothing for this architecture, names that
            meet, or a version that no package can have.
    """
    era = recipe.conventions
    if architecture not in era.architectures:
        raise PlanError(f"Windows {era.name} does not run on {architecture.word}")
    maker = Maker(
        spec=spec,
        recipe=recipe,
        architecture=architecture,
        latest=_latest(spec, recipe),
    )
    made = maker.components()
    if not made:
        raise PlanError(f"the recipe has no component for {architecture.word}")
    if recipe.packages:
        packages = write_out_family(maker, made)
        planned = tuple(one.planned for one in made)
    else:
        packages, deployments = compute_family(maker, made)
        planned = (*(one.planned for one in made), *deployments)
    _refuse_doubles(planned, made)
    return Plan(
        spec=spec,
        recipe=recipe,
        era=era,
        architecture=architecture,
        packages=packages,
        components=planned,
        latest=maker.latest,
    )


def _latest(spec: KbSpec, recipe: Recipe) -> datetime:
    return recipe.time or max(entry.modified for entry in spec.files)


def _refuse_doubles(
    planned: tuple[PlannedComponent, ...], made: tuple[Made, ...]
) -> None:
    stems: set[str] = set()
    for one in planned:
        if one.stem in stems:
            raise PlanError(f"two components are called {one.stem}")
        stems.add(one.stem)
    for component in made:
        paths: set[str] = set()
        for file in component.planned.payload:
            path = file.path.casefold()
            if path in paths:
                raise PlanError(f"two files lie at {file.path}; give one a source")
            paths.add(path)
