"""The documents beside the packages in a .msu, of which there is one each."""

import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from builder.errors import FormatError, LimitError
from builder.formats.msu import Unattend, parse_unattend
from builder.model.finding import Hit
from builder.model.subject import Msu
from builder.model.unpacked import Form, Kind, Member

_METADATA = re.compile(r"[^\\]*aggregatedmetadata[^\\]*\.cab")
_OF_DELTAS = "_psfx.txt"  # a second list, about the deltas of the first's package
_T = TypeVar("_T")


def has_outer_documents(msu: Msu) -> bool:
    """Tell whether a container is a .msu with documents beside its packages.

    A package with packages inside has none, and neither has a folder, nor a WIM
    file that is not called so.
    """
    container = msu.container
    is_package = any(member.kind is Kind.MUM for member in container.members)
    is_msu = container.form is Form.CABINET or (
        container.form is Form.WIM and container.where[-1].casefold().endswith(".msu")
    )
    return is_msu and not is_package


def has_metadata(msu: Msu) -> bool:
    """Tell whether metadata in a cabinet says what to install.

    So it is from Windows 10, version 21H2 on; the documents may be missing.
    """
    return any(_METADATA.fullmatch(member.key) for member in msu.container.members)


def documents(msu: Msu, kind: Kind) -> dict[str, Member]:
    """Return the documents of a kind; of names that occur twice, the first."""
    found: dict[str, Member] = {}
    for member in msu.container.members:
        if member.kind is kind:
            found.setdefault(member.key, member)
    return found


def installation(msu: Msu) -> Unattend | None:
    """Return the first installation document; None where HF404 speaks."""
    found = next(iter(documents(msu, Kind.UNATTEND).values()), None)
    if found is None or found.data is None:
        return None
    try:
        return parse_unattend(found.data)
    except (FormatError, LimitError):
        return None


def judge_document(
    msu: Msu,
    kind: Kind,
    words: str,
    parse: Callable[[bytes], _T],
    compare: Callable[[_T, Member], Iterator[Hit]],
) -> Iterator[Hit]:
    """Yield what is wrong with the one document of a kind.

    Args:
        words: What people call the document.
        compare: Yields what the parsed document says wrongly.
    """
    if not has_outer_documents(msu):
        return
    found = documents(msu, kind)
    if not found and not has_metadata(msu):
        yield Hit(where=msu.container.where, message=f"has no {words}")
    seen: set[bool] = set()
    for key, member in found.items():
        of_deltas = key.endswith(_OF_DELTAS)
        is_more = of_deltas in seen
        seen.add(of_deltas)
        if is_more:
            name = words.partition(" (")[0]
            message = f"is one more {name}; a .msu has one"
            yield Hit(where=member.where, message=message)
        elif member.data is not None:
            try:
                document = parse(member.data)
            except (FormatError, LimitError) as error:
                yield Hit(where=member.where, message=error.reason, line=error.line)
                continue
            yield from compare(document, member)
