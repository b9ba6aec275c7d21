"""Signatures as they are found on files, before anybody has judged them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

CABINET: Final = "cabinet"
IMAGE: Final = "pe-image"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A signature on a file, with what is needed to judge it without the file.

    Attributes:
        kind: `CABINET` or `IMAGE`.
        signature: SignedData as DER, nothing else.
        digests: Of the file, as its format defines them, by algorithm; a
            program file whose size is no multiple of 8 has two.
        pages: Tables of page hashes computed from the file, by algorithm; only
            those that the signature speaks of.
        padding: Octets behind the signature beyond the zeros that fill up to a
            multiple of 8 (CVE-2013-3900).
    """

    kind: str
    signature: bytes = field(repr=False)
    digests: Mapping[str, tuple[bytes, ...]]
    pages: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    padding: int = 0
