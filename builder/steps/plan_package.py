"""What every package of a family says, however the family was found."""

from datetime import datetime

from builder.model.identity import AssemblyIdentity
from builder.model.package import Package, Parent, Update
from builder.model.recipe import Recipe


def family_package(
    identity: AssemblyIdentity,
    *,
    recipe: Recipe,
    number: int,
    restart: str,
    modified: datetime,
    is_leaf: bool,
    parents: tuple[Parent, ...] = (),
    updates: tuple[Update, ...] = (),
) -> Package:
    """Return a package with the attributes that all of a family have.

    Args:
        number: Of the article.
        restart: As the leaf shall say it; levels above it say "possible", as
            in KB2584475.
        modified: In UTC.
        is_leaf: The package holds components.
    """
    stamp = f"{modified:%Y-%m-%dT%H:%M:%SZ}"
    return Package(
        identity=identity,
        identifier=f"KB{number}",
        release_type=recipe.release_type,
        restart=restart if is_leaf else "possible",
        applicability_evaluation=None if is_leaf else "deep",
        description=recipe.description_of(number),
        display_name=recipe.display_name,
        company=recipe.company,
        copyright=recipe.copyright,
        support_information=recipe.support_information_of(number),
        created=stamp,
        updated=stamp,
        parents=parents,
        installer=AssemblyIdentity(
            name="Microsoft-Windows-ServicingStack",
            version=str(recipe.installer_version),
            language="neutral",
            architecture=identity.architecture,
            version_scope="nonSxS",
            public_key_token=recipe.public_key_token,
        ),
        updates=updates,
    )
