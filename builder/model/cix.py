"""The index of a delta package: what its targets are made from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexHash:
    """A promised hash.

    Attributes:
        algorithm: "sha1" or "sha256", as hashlib names it.
        digest: 20 or 32 bytes.
    """

    algorithm: str
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSource:
    """The cabinet member that a target comes from.

    Attributes:
        type: As written: "RAW" for the target itself, "PA30" for a delta.
        name: Of the member, as written, backslashes included.
        hash: Of the member; None where the index has none.
    """

    type: str
    name: str
    hash: IndexHash | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexTarget:
    r"""A file that the package stands for.

    Attributes:
        id: Unique in the index.
        name: As written, such as "x86_ucrt…\\ucrtbase.dll"; not a safe path.
        size: In bytes.
        filetime: 100 nanoseconds since 1601; None where absent.
        attributes: DOS attributes; None where absent.
        source: None for a copy of the basis.
        basis: Id of the target that a delta, or a copy, is based on; nobody
            has checked that there is one.
        line: Of the element in the index.
    """

    id: str
    name: str
    size: int
    hash: IndexHash
    filetime: int | None = None
    attributes: int | None = None
    source: IndexSource | None = None
    basis: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerIndex:
    """A container index: one root, no cycles, every basis is a target.

    Attributes:
        name: Of the container before it was made smaller.
        type: As written, such as "CAB".
        size: As written: bytes of that container; None where absent.
        version: As written, such as "1".
        targets: In the order of the document.
    """

    name: str
    type: str
    version: str
    size: int | None
    targets: tuple[IndexTarget, ...]
