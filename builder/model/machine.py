"""COFF machine numbers and the architectures that they run on."""

from collections.abc import Mapping
from types import MappingProxyType

from builder.model.identity import Architecture

I386 = 0x014C
IA64 = 0x0200
ARMNT = 0x01C4
AMD64 = 0x8664
ARM64 = 0xAA64

MACHINES: Mapping[str, frozenset[int]] = MappingProxyType(
    {
        Architecture.X86: frozenset({I386}),
        Architecture.WOW64: frozenset({I386}),
        Architecture.AMD64: frozenset({AMD64}),
        Architecture.IA64: frozenset({IA64}),
        Architecture.ARM: frozenset({ARMNT}),
        Architecture.ARM64: frozenset({ARM64}),
    }
)
"""Machines that a component's architecture allows; others are not judged."""

NATIVE: Mapping[Architecture, int] = MappingProxyType(
    {
        Architecture.X86: I386,
        Architecture.AMD64: AMD64,
        Architecture.IA64: IA64,
        Architecture.WOW64: I386,
        Architecture.ARM: ARMNT,
        Architecture.ARM64: ARM64,
        Architecture.ARM64_X86: I386,
        Architecture.MSIL: I386,
    }
)
"""The machine number of native files of an architecture."""

_WORDS = {
    I386: "x86",
    IA64: "IA-64",
    ARMNT: "ARM",
    AMD64: "x64",
    ARM64: "ARM64",
}


def machine_word(machine: int) -> str:
    """Return what people call a machine number."""
    return _WORDS.get(machine, f"machine {machine:#06x}")
