"""Chains of custody as markup and data: pick a file, see its links."""

from collections.abc import Iterator
from typing import Any

from builder.model.custody import LinkKind, LinkState
from builder.model.dossier import MOST_CHAINS, Dossier
from builder.model.escaped import printable
from builder.report.markup import STEP
from builder.report.text import counted

_KINDS = [kind.value for kind in LinkKind]
_STATES = [state.value for state in LinkState]


class _Table:
    """Values, each once, by number."""

    def __init__(self) -> None:
        self.values: dict[Any, int] = {}

    def number(self, value: object) -> int:
        return self.values.setdefault(value, len(self.values))


def custody_data(dossier: Dossier) -> dict[str, Any]:
    """Return all chains as tables that share what they have in common.

    Returns:
        "kinds", "states": words.  "texts": strings.  "links": numbers of kind
        and state, then of the texts of the clause and its details.  "chains":
        numbers of the texts of containers and file name, and of the links.
    """
    texts, links = _Table(), _Table()

    def text(value: str) -> int:
        return texts.number(printable(value))

    chains = []
    for chain in dossier.chains:
        numbers = [
            links.number(
                (
                    _KINDS.index(link.kind.value),
                    _STATES.index(link.state.value),
                    text(link.says),
                    *map(text, link.details),
                )
            )
            for link in chain.links
        ]
        place = f" {STEP} ".join(chain.where[1:-1])
        chains.append([text(place), text(chain.where[-1]), numbers])
    return {
        "kinds": _KINDS,
        "states": _STATES,
        "texts": list(texts.values),
        "links": list(links.values),
        "chains": chains,
    }


def custody_markup(dossier: Dossier, name: str) -> Iterator[str]:
    """Yield the picker; the script fills it.

    Args:
        name: Begins every id.
    """
    if not dossier.chains:
        yield "<p>There is no file inside to follow.</p>"
        return
    broken = sum(chain.broken is not None for chain in dossier.chains)
    total = counted(len(dossier.chains), "file")
    word = f"{broken:,} with a broken link" if broken else "no link is broken"
    yield f"<p>{total}: {word}.</p>"
    yield f'<div class="custody" id="{name}-custody" hidden><div class="picker">'
    yield f'<label for="{name}-find">Find a file or digest</label>'
    yield f'<input type="search" id="{name}-find" autocomplete="off">'
    if 0 < broken < len(dossier.chains):
        yield (
            f'<label class="check"><input type="checkbox" id="{name}-broken"> '
            "only broken chains</label>"
        )
    yield f'<label for="{name}-file">Files</label>'
    yield f'<select id="{name}-file" size="10"></select>'
    yield '<p class="count" role="status"></p></div>'
    yield '<div class="chain" aria-live="polite"></div></div>'
    yield (
        f'<p id="{name}-plain">Picking a file needs scripts; '
        "<code>hotfix trace FILE PACKAGE</code> prints its chain.</p>"
    )
    if dossier.chains_left_out:
        left_out = counted(dossier.chains_left_out, "file")
        yield (
            f'<p class="note">{left_out} not shown: files of cabinets that are no '
            f"package, such as WSUSSCAN.cab, and those beyond {MOST_CHAINS:,}, "
            "files with findings before others.</p>"
        )
