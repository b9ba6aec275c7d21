"""A file has another digest than its manifest says.

What it checks: the SHA-256 (or SHA-1) of each payload file against the
`DigestValue` of its `file` element.  A value of another length is HF102.

Why it matters: Windows computes the same digest and refuses the component.

How to fix it: pack the file that the manifest was written for, or draft the
manifest again and sign a new catalog.

Source: asmv2:hash, 798 of 798 genuine digests are SHA-256 of the whole file.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.hresult import FILE_HASH_MISMATCH, Answer
from builder.model.subject import PackageSet
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.payload import digest_like, is_another
from builder.rules.windows import KB947821


def check(packages: PackageSet) -> Iterator[Hit]:
    """Yield each file whose digest differs."""
    for promise in packages.promised:
        member, digest = promise.member, promise.file.digest
        if member is None or member.facts is None or digest is None:
            continue
        if is_another(promise):
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
