"""Every error the builder raises on purpose.

HotfixError
  FormatError        the bytes are not what their format promises
    ArticleError  CabError  CatalogError  ConfigError  DeltaError  PeError
    SpecError  WimError  XmlError
      UnsupportedError (a CabError)  UnknownTransformError (a DeltaError)
  LimitError         an input asks for more than a limit allows
  PlanError          promise and observation cannot be reconciled
  SignatureError     a signature, a chain or a key is not good enough
  StoreError         the file system says no

An exception says that *we* cannot go on; a finding says that the *package*
is wrong.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum


class HotfixError(Exception):
    """The root of the tree; the command line turns it into exit code 3."""


class LocatedError(HotfixError):
    """An error that knows its place in the input.

    Attributes:
        reason: What is wrong, in one clause, without the place.
        offset: Byte offset of the first wrong byte, or None.
        line: 1-based line in a text, or None.
        source: Path through the containers, outermost first.
    """

    def __init__(
        self, reason: str, *, offset: int | None = None, line: int | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset
        self.line = line
        self.source: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = "!".join(self.source) or "input"
        if self.line is not None:
            place += f":{self.line}"
        if self.offset is not None:
            place += f" at byte {self.offset:#x}"
        return f"{place}: {self.reason}"


class FormatError(LocatedError):
    """The bytes are not what their format promises."""


class ArticleError(FormatError):
    """A KB article cannot be read, or contradicts itself."""


class CabError(FormatError):
    """A cabinet is damaged, or uses what is refused by name."""


class UnsupportedError(CabError):
    """A cabinet is sound as far as seen, and nothing here decodes it."""


class CatalogError(FormatError):
    """ASN.1 that is not the catalog, signature or time stamp it should be."""


class ConfigError(FormatError):
    """A hotfix.toml or pyproject.toml is not what it should be."""


class DeltaError(FormatError):
    """A delta or its index is damaged, or uses what is refused by name."""


class UnknownTransformError(DeltaError):
    """A delta transforms its basis in a way that is not known for sure.

    The delta may be sound: nobody here can tell.
    """


class PeError(FormatError):
    """A portable executable is damaged."""


class SpecError(FormatError):
    """A kb.json, inventory.json or recipe.json is not what its schema says."""


class WimError(FormatError):
    """A WIM file is damaged."""


class XmlError(FormatError):
    """XML that is not well-formed, has a doctype, or is no .mum or .manifest."""


class CompressedManifestError(XmlError):
    """A manifest in the compressed form of later systems; it was not decoded."""


class LimitError(LocatedError):
    """An input asks for more than a limit allows."""


class PlanError(LocatedError):
    """A package cannot be computed from its specification and payload."""


class StoreError(HotfixError):
    """The file system says no; the OSError, where there is one, is the cause."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class SignatureFault(StrEnum):
    """The first step of the verification procedure that failed."""

    STRUCTURE = "structure"
    UNSIGNED = "unsigned"
    SIGNER = "signer"
    ATTRIBUTES = "attributes"
    DIGEST = "digest"
    ALGORITHM = "algorithm"
    SIGNATURE = "signature"
    CHAIN = "chain"
    ANCHOR = "anchor"
    IMPOSTOR = "impostor"
    VALIDITY = "validity"
    USAGE = "usage"
    REVOKED = "revoked"
    TIMESTAMP = "timestamp"
    KEY = "key"


class ChainPlace(StrEnum):
    """Where in its chain a certificate stands."""

    SIGNER = "signer"
    INTERMEDIATE = "intermediate"
    ROOT = "root"


class SignatureError(LocatedError):
    """A signature, a chain or a key is not good enough.

    Attributes:
        fault: The step of the procedure that failed.
        place: Of the certificate at fault, where one certificate of the
            signer's chain is.
    """

    place: ChainPlace | None = None

    def __init__(
        self, fault: SignatureFault, reason: str, *, offset: int | None = None
    ) -> None:
        super().__init__(reason, offset=offset)
        self.fault = fault


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Put `name` in front of the source of any located error raised inside."""
    try:
        yield
    except LocatedError as error:
        error.source = (name, *error.source)
        raise


@contextmanager
def refusing(fault: SignatureFault, what: str = "") -> Iterator[None]:
    """Turn a `CatalogError` raised inside into a failed step of the procedure.

    Args:
        fault: The step.
        what: Goes in front of the reason.
    """
    try:
        yield
    except CatalogError as error:
        reason = f"{what}: {error.reason}" if what else error.reason
        raise SignatureError(fault, reason, offset=error.offset) from error
