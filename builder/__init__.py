"""Build and prove Windows servicing packages; the names are those of `builder.api`.

They are imported when one of them is first asked for, so that importing the
package costs nothing.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder.api import *  # noqa: F403 - the library is this list
else:

    def __getattr__(name: str) -> object:
        """Return what the library offers under a name.

        `from builder import store` asks here first: a module is none of its names.
        """
        if find_spec(f"{__name__}.{name}") is not None:
            raise AttributeError(f"module {__name__!r} has not imported {name!r} yet")
        api = import_module("builder.api")
        if name not in ("__all__", *api.__all__):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(api, name)

    def __dir__() -> list[str]:
        """Return the names, for completion and `help`."""
        return sorted((*globals(), *import_module("builder.api").__all__))
