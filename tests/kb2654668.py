"""The file tables of KB2654668, written out by hand from the article.

Nothing here was produced by the parser: it is what the parser is judged by.
"""

from datetime import UTC, date, datetime

from builder.model.identity import Architecture
from builder.model.kb import (
    FileEntry,
    KbSpec,
    Provenance,
    RegistryChange,
    Restart,
    ServiceBranch,
)
from builder.model.version import FileVersion

X86, X64, IA64 = Architecture.X86, Architecture.AMD64, Architecture.IA64
QUEUE = "microsoft-windows-msmq-queuemanager-core_31bf3856ad364e35_6.0.6002.22774_none"
TOKEN = "31bf3856ad364e35_6.0.6002.22774_none"


def library(section: Architecture, size: int, clock: tuple[int, int]) -> FileEntry:
    """Return the row of the only program."""
    return FileEntry(
        architecture=section,
        name="Mqqm.dll",
        size=size,
        modified=datetime(2012, 1, 9, *clock, tzinfo=UTC),
        version=FileVersion(6, 0, 6002, 22774),
        platform=section,
    )


def document(
    section: Architecture, name: str, size: int, clock: tuple[int, int] = (20, 11)
) -> FileEntry:
    """Return the row of a .mum or a .manifest."""
    return FileEntry(
        architecture=section,
        name=name,
        size=size,
        modified=datetime(2012, 1, 9, *clock, tzinfo=UTC),
    )


ROWS = (
    library(X86, 931328, (15, 32)),
    library(X64, 1520128, (18, 26)),
    library(IA64, 3009536, (15, 4)),
    document(X86, "Update.mum", 2795),
    document(
        X86,
        f"X86_c1405dd11ac0d934ee6b23f26ededc0b_{TOKEN}_01fc21a3e690a8d8.manifest",
        710,
    ),
    document(X86, f"X86_{QUEUE}_81e055217612a96b.manifest", 9378, (16, 2)),
    document(
        X64,
        f"Amd64_c13315506438db7dd12b9e290856df97_{TOKEN}_d5f948d71828e1ef.manifest",
        714,
    ),
    document(X64, f"Amd64_{QUEUE}_ddfef0a52e701aa1.manifest", 9706, (18, 44)),
    document(X64, "Update.mum", 2817),
    document(
        IA64,
        f"Ia64_5c4af70a31d9670a1da220c06be3a2d8_{TOKEN}_2f54071bed908687.manifest",
        712,
    ),
    document(IA64, f"Ia64_{QUEUE}_81e1f9177610b267.manifest", 9684, (15, 20)),
    document(IA64, "Update.mum", 1578),
)

SPEC = KbSpec(
    number=2654668,
    title=(
        "Access Denied when you perform transaction remote receive on Message Queuing "
        "4.0 queue"
    ),
    applies_to=("Windows Server 2008", "Windows Vista"),
    prerequisites=(
        "Windows Vista Service Pack 2",
        "Windows Server 2008 Service Pack 2",
    ),
    restart=Restart.NONE,
    replaces=(),
    registry=RegistryChange.NONE,
    source=Provenance(
        article=2654668,
        revision=None,
        created=None,
        published=None,
        sha256="0225946dfa0ef17254c8555709d00a2acc595550f9c62d84cf2e0e77ecc0f2e7",
        reviewed=date(2020, 7, 24),
    ),
    files=ROWS,
    branches=(
        ServiceBranch(
            versions="6.0.6002.22xxx",
            product="Windows Vista and Windows Server 2008",
            level="SP2",
            branch="LDR",
        ),
    ),
)
