"""How much a hostile input may make us do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds that every reader keeps; the defaults fit genuine packages.

    Attributes:
        members: Files in one container.
        folders: Compressed streams in one cabinet.
        depth: Containers inside containers.
        unpacked: Bytes that one top-level file may unpack to, in total.
        ratio: Unpacked bytes per packed byte of one cabinet folder, judged
            only once `ratio_from` bytes have come out.
        ratio_from: In bytes.
        held: Bytes of one document (XML, catalog, index) that may be held.
    """

    members: int = 200_000
    folders: int = 4_096
    depth: int = 8
    unpacked: int = 64 << 30
    ratio: int = 2_000
    ratio_from: int = 64 << 20
    held: int = 64 << 20


DEFAULT_LIMITS = Limits()
