from builder.model.recipe import Recipe
from builder.model.version import FileVersion


def test_the_defaults_are_those_of_era_6_0() -> None:
    recipe = Recipe()
    assert recipe.installer_version == FileVersion(6, 0, 0, 0)
    assert recipe.description_of(967724) == "Fix for KB967724"
    assert (
        recipe.support_information_of(967724)
        == "http://support.microsoft.com/?kbid=967724"
    )


def test_braces_that_are_not_the_number_stay() -> None:
    recipe = Recipe(description="{0} {kb} {", support_information="{kb}{kb}")
    assert recipe.description_of(1) == "{0} 1 {"
    assert recipe.support_information_of(2) == "22"
