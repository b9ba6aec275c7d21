"""The documentation site; `make docs` builds it and takes no warning."""

from importlib.metadata import version as _version

from sphinx.application import Sphinx

project = "hotfix"
author = "The hotfix-builder authors"
project_copyright = author
release = version = _version("hotfix-builder")
today = f"version {release}"  # manual pages are dated; ours by their version

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_click",
]
source_suffix = {".md": "markdown"}
exclude_patterns = ["profiles"]
myst_heading_anchors = 3

autodoc_default_options = {"members": True}
autodoc_member_order = "bysource"
autodoc_typehints = "description"
napoleon_google_docstring = True
napoleon_use_ivar = True

html_theme = "furo"
html_title = f"hotfix {release}"
html_copy_source = False
html_show_sphinx = False

man_pages = [
    (
        "reference/commands",
        "hotfix",
        "build Windows servicing packages from KB articles, and prove packages",
        author,
        1,
    )
]


def _list_rules(_app: Sphinx, name: str, source: list[str]) -> None:
    """Put the rules below their index; its text is written by the rules."""
    if name == "rules/README":
        source[0] += "\n```{toctree}\n:hidden:\n:glob:\n\nHF*\n```\n"


def setup(app: Sphinx) -> None:
    """Connect to the events of the build."""
    app.connect("source-read", _list_rules)
