"""What a PA30 delta says about its target."""

from dataclasses import dataclass
from enum import Enum, IntEnum, IntFlag


class FileType(IntEnum):
    """What the creator took the source and the target for.

    The last four tell nothing more about a file without managed code.
    """

    RAW = 0x1
    I386 = 0x2
    IA64 = 0x4
    AMD64 = 0x8
    CLI4_I386 = 0x10
    CLI4_AMD64 = 0x20
    CLI4_ARM = 0x40
    CLI4_ARM64 = 0x80


class DeltaFlags(IntFlag):
    """The transforms of a delta.

    Source: the names of the public header msdelta.h.
    """

    E8 = 0x1
    MARK = 0x2
    IMPORTS = 0x4
    EXPORTS = 0x8
    RESOURCES = 0x10
    RELOCS = 0x20
    I386_SMASHLOCK = 0x40
    I386_JMPS = 0x80
    I386_CALLS = 0x100
    AMD64_DISASM = 0x200
    AMD64_PDATA = 0x400
    IA64_DISASM = 0x800
    IA64_PDATA = 0x1000
    UNBIND = 0x2000
    CLI_DISASM = 0x4000
    CLI_METADATA = 0x8000
    HEADERS = 0x10000
    IGNORE_FILE_SIZE_LIMIT = 0x20000
    IGNORE_OPTIONS_SIZE_LIMIT = 0x40000
    ARM_DISASM = 0x80000
    ARM_PDATA = 0x100000
    CLI4_METADATA = 0x200000
    CLI4_DISASM = 0x400000
    ARM64_DISASM = 0x800000
    ARM64_PDATA = 0x1000000


class Reading(Enum):
    """Descriptions of the transforms of executables, which differ in corners.

    Each may be tried: the hash of the target tells which one holds.
    """

    OBSERVED = "observed"
    """What genuine deltas of native executables needed, every one of them."""

    REPORTED = "reported"
    """What others report, who had deltas of managed executables and later Windows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaHeader:
    """The header of a PA30 delta.

    Attributes:
        filetime: Of the target: 100 nanoseconds since 1601.  The index of a
            package may know better.
        file_type: How the target was coded.
        file_types: What the creator tried, as a set of file types.
        size: Of the target, in bytes.
        algorithm: "md5", "sha1" or "sha256", as hashlib names it; None where
            the delta has no hash of its target.
        digest: Of the target; empty without an algorithm.
    """

    filetime: int
    file_type: FileType
    file_types: int
    flags: DeltaFlags
    size: int
    algorithm: str | None
    digest: bytes
