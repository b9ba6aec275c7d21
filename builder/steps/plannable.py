"""What an article has to settle before a package can be planned from it alone."""

from builder.errors import PlanError
from builder.model.identity import Architecture
from builder.model.kb import KbSpec


def check_plannable(spec: KbSpec, architecture: Architecture) -> None:
    """Refuse a specification that leaves open what a package needs.

    Articles may list one name twice, for two components; which of them is
    which, only a recipe can say.

    Raises:
        PlanError: The restart is not stated, or a name stands twice.
    """
    if spec.restart is None:
        raise PlanError("the article does not say whether to restart; see kb.json")
    seen: set[str] = set()
    for entry in spec.files:
        if entry.architecture is architecture:
            name = entry.name.casefold()
            if name in seen:
                raise PlanError(
                    f"the article lists {entry.name} more than once for "
                    f"{architecture.word}; a recipe has to name the components"
                )
            seen.add(name)
