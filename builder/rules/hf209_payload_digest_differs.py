"""A file has another digest than its manifest says.

What it checks: the SHA-256 (or SHA-1) of each payload file against the
`DigestValue` of its `file` element, which is as long as the `DigestMethod` makes
it.  A value of a length that neither has is HF102.  Where
a catalog lists the file, and none lists the manifest, the manifest is to blame:
HF505.

Why it matters: Windows computes the same digest and refuses the component.

How to fix it: pack the file that the manifest was written for, or draft the
manifest again and sign a new catalog.

Source: asmv2:hash, 798 of 798 genuine digests are SHA-256 of the whole file.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.hresult import FILE_HASH_MISMATCH, Answer
from builder.model.subject import PackageSet, PromisedFile
from builder.model.unpacked import Member
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.coverage import all_listed, is_told_if_unlisted, listed_digests
from builder.rules.payload import digest_like, is_another
from builder.rules.windows import KB947821

_SIZES = {"sha1": 20, "sha256": 32}


def _accused(packages: PackageSet) -> Iterator[PromisedFile]:
    """Yield the files that are wrong, and not what their manifest says of them.

    Where catalogs list a file and not its manifest, the manifest was changed:
    HF505.
    """
    found = [promise for promise in packages.promised if is_another(promise)]
    is_told = found and packages.catalogs and is_told_if_unlisted(packages)
    listed = all_listed(packages) if is_told else frozenset()
    for promise in found:
        file = promise.member and _is_listed(promise.member, listed)
        if not file or _is_listed(promise.document.member, listed):
            yield promise


def _is_listed(member: Member, listed: frozenset[bytes]) -> bool:
    return any(digest in listed for digest, _ in listed_digests(member))


def _misnamed(packages: PackageSet) -> Iterator[Hit]:
    """Yield each digest that is of another method than stands beside it."""
    for promise in packages.promised:
        digest, method = promise.file.digest, promise.file.digest_method
        size = None if method is None else _SIZES.get(method.rpartition("#")[2])
        if digest is None or size is None or len(digest) == size:
            continue
        if len(digest) in _SIZES.values():  # else HF102
            yield Hit(
                where=promise.document.member.where,
                message=f"the digest of {promise.file.name} has {len(digest)} bytes; "
                f"one by {method} has {size}",
                line=promise.file.line,
            )


def check(packages: PackageSet) -> Iterator[Hit]:
    """Yield each file whose digest differs, or is of another method."""
    yield from _misnamed(packages)
    for promise in _accused(packages):
        member, digest = promise.member, promise.file.digest
        if member is None or member.facts is None or digest is None:
            continue
        seen = digest_like(member.facts, digest) or b""
        yield Hit(
            where=member.where,
            message=f"digest {seen.hex()}; the manifest says {digest.hex()}",
        )


RULE = Rule(
    id="HF209",
    name="payload-digest-differs",
    severity=Severity.ERROR,
    subject=PackageSet,
    check=check,
    since="0.1",
    page=__doc__,
    answers=(Answer(hresult=FILE_HASH_MISMATCH, source=KB947821),),
    yields=Yields.TO_SEAL,
)
