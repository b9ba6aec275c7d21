"""How much a hostile input may make us do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds that every reader keeps; the defaults fit genuine packages.

    Attributes:
        members: Files in one container.
        folders: Compressed streams in one cabinet.
        depth: Containers inside containers.
        containers: Opened in one top-level file.
        unpacked: Bytes that one top-level file may unpack to, in total.
        ratio: Unpacked bytes per packed byte, of one cabinet folder and of
            the top-level file with all that is nested in it; judged only once
            more than `ratio_from` bytes have come out.  MSZIP reaches 1,000,
            two layers of it a million; genuine packages stay below 100.
        ratio_from: In bytes.
        spooled: Bytes of inner containers of one top-level file that may be
            copied to the temporary folder, in total.
        held: Bytes of one document (XML, catalog, index) that may be held.
        target: Bytes of one file that a delta restores.
        bases: Bytes of restored files that are held for the deltas based on
            them; what is more goes to a spool.
        held_together: Bytes of all documents of one top-level file: a large
            cumulative update has 30,000 manifests of 10 KB and their catalogs.
        held_in_memory: Bytes of these that are held in memory; what is more
            lies in the temporary folder.
        text: Bytes of one article or JSON document.
        markup: Tags and attributes of one XML document, counted as "<" and
            "=" before it is parsed: a tree costs far more than its text.
    """

    members: int = 200_000
    folders: int = 4_096
    depth: int = 8
    containers: int = 4_096
    unpacked: int = 64 << 30
    ratio: int = 512
    ratio_from: int = 256 << 20
    spooled: int = 16 << 30
    held: int = 64 << 20
    target: int = 1 << 30
    bases: int = 256 << 20
    held_together: int = 1 << 30
    held_in_memory: int = 64 << 20
    text: int = 16 << 20
    markup: int = 2_000_000


DEFAULT_LIMITS = Limits()
