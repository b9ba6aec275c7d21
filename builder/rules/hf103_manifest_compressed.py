"""A manifest is compressed and was not decoded.

What it checks: whether a manifest starts with `DCM`, the mark of a delta
against a base manifest that the package does not carry, and no base that was
given decodes it.  It is a note where somebody vouches for its bytes: a verified
catalog beside it that lists them, if they go on like a delta, the publisher's
signature over the cabinet, or the index of a delta package.  Elsewhere it is a
warning.  Given alone, such a
file is unreadable.  Those of one cabinet or folder that wait for the same reason
are one finding.

Why it matters: nothing inside such a manifest was checked: neither its
schema nor its identity nor the digests of its files.

How to fix it: give the base manifest of the Windows build, which is a resource
of its wcp.dll, with `--dcm-base`.  Otherwise nothing where it is a note;
elsewhere take the package from where its catalogs come from.

Source: observed in images of Windows 8.1 and later; known of features on demand
and cumulative updates of Windows 8 and later.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.subject import (
    Document,
    JudgedCatalog,
    Opened,
    PackageSet,
    PackageStore,
)
from builder.model.unpacked import Form, Member
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.coverage import member_digest

_DELTA = b"DCM\x01PA"


def _listed(catalogs: tuple[JudgedCatalog, ...]) -> frozenset[bytes]:
    return frozenset(
        member_digest(entry)
        for judged in catalogs
        if judged.verified is not None and judged.catalog is not None
        for entry in judged.catalog.members
    )


def _is_vouched(document: Document, listed: frozenset[bytes]) -> bool:
    member = document.member
    if member.facts is None:
        return False
    if member.promise is not None:
        return True  # it was compared when it was restored
    is_listed = not listed.isdisjoint((member.facts.sha1, member.facts.sha256))
    return is_listed and (member.data or b"").startswith(_DELTA)


def _groups(opened: Opened) -> Iterator[PackageSet | PackageStore]:
    yield from opened.packages
    yield from opened.stores


def check(opened: Opened) -> Iterator[Hit]:
    """Yield a warning, or a note, at the first of those that wait alike."""
    if opened.containers[0].form is Form.FILE:
        return  # unreadable
    listed = {
        group.container.where: _listed(group.catalogs) for group in _groups(opened)
    }
    alike: dict[tuple[tuple[str, ...], bool, str | None], list[Member]] = {}
    for document in opened.documents:
        if document.is_compressed:
            member = document.member
            container = member.where[:-1]
            is_vouched = _is_vouched(document, listed.get(container, frozenset()))
            key = (container, is_vouched, member.waits)
            alike.setdefault(key, []).append(member)
    for (_, is_vouched, waits), members in alike.items():
        yield Hit(
            where=members[0].where,
            message=_message(len(members), waits),
            severity=Severity.NOTE if is_vouched else None,
        )


def _message(count: int, waits: str | None) -> str:
    message = (
        "compressed manifest (DCM) was not decoded, so not checked"
        if count == 1
        else f"{count:,} compressed manifests (DCM) were not decoded, so not checked; "
        "this is the first"
    )
    return message if waits is None else f"{message}: {waits}"


RULE = Rule(
    id="HF103",
    name="manifest-compressed",
    severity=Severity.WARNING,
    subject=Opened,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_SEAL,
)
