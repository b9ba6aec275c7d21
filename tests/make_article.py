"""Articles in flattened text, made from values; no sentence is Microsoft's."""

from collections.abc import Iterable, Mapping

HEADER = "File nameFile versionFile sizeDateTimePlatform"
X86 = "Windows Server 2008, x86-based version"
X64 = "Windows Server 2008, x64-based version"
IA64 = "Windows Server 2008, Itanium-based version"
NOT = "Not Applicable"


def glue(
    name: str,
    version: str = NOT,
    size: str = "1,024",
    when: str = "12-Feb-200905:44",
    platform: str = NOT,
) -> str:
    """Glue the cells of a row as flattened text does."""
    return f"{name}{version}{size}{when}{platform}"


def make_article(
    tables: Mapping[str, Iterable[str]] | None = None,
    *,
    title: str = "A computer stops",
    prerequisites: str = "Windows Server 2008 has to run.",
    restart: str = "You must restart the computer afterwards.",
    replaces: str = "Nothing else is replaced: this does not replace any hotfix.",
    registry: str = "The registry does not have to be changed.",
    info: str = "Article ID : 900123\nRevision : 2\n"
    "Created on : 1/31/2017\nPublished on : 10/7/2011",
) -> bytes:
    """Return an article; without tables it has one row."""
    if tables is None:
        tables = {X86: [glue("A.inf")]}
    body = "\n\n".join(
        "\n".join([heading, HEADER, *rows]) for heading, rows in tables.items()
    )
    text = (
        f"Notice: an archive copy.\n\n{title}\n\n\nSymptoms\n\nIt stops.\n\n"
        f"Prerequisites\n\n{prerequisites}\n\nRestart requirement\n\n{restart}\n\n"
        f"Hotfix replacement information\n\n{replaces}\n\n"
        f"Registry information\n\n{registry}\n\nFile information\n\n{body}\n\n"
        f"Status\n\nKnown.\n\nArticle Info\n{info}\n"
    )
    return text.encode()
