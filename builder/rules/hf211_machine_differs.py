"""A program file is built for another machine than its component.

What it checks: the machine number of each PE file against the processor
architecture of the component that installs it.  Programs for the .NET runtime
that say x86 run on every machine, and a `.mui` has no code; a file in a folder
that is named like another machine, such as the `I386` of printer drivers, is
meant for that one.

Why it matters: the file installs and does not run.  The most frequent cause
is that the folders of two architectures were swapped.

How to fix it: pack the build for this architecture.

Source: the PE/COFF machine types; observed in genuine packages.
"""

from collections.abc import Iterator, Mapping

from builder.model.finding import Hit, Severity
from builder.model.inventory import PeFacts
from builder.model.machine import (
    AMD64,
    ARM64,
    ARMNT,
    I386,
    IA64,
    MACHINES,
    machine_word,
)
from builder.model.subject import PackageSet
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.payload import is_another

_FOLDERS: Mapping[str, int] = {
    **dict.fromkeys(("i386", "x86", "w32x86", "win32", "syswow64"), I386),
    **dict.fromkeys(("amd64", "x64", "win64"), AMD64),
    **dict.fromkeys(("ia64",), IA64),
    **dict.fromkeys(("arm",), ARMNT),
    **dict.fromkeys(("arm64",), ARM64),
}


def _is_meant(name: str, pe: PeFacts) -> bool:
    """Tell whether a file is for another machine on purpose."""
    folded = name.casefold()
    if pe.is_managed and pe.machine == I386:
        return True
    if folded.endswith(".mui"):
        return True
    folders = folded.replace("/", "\\").split("\\")[:-1]
    return any(_FOLDERS.get(folder) == pe.machine for folder in folders)


def check(packages: PackageSet) -> Iterator[Hit]:
    """Yield each PE file for the wrong machine."""
    for promise in packages.promised:
        facts = promise.member.facts if promise.member else None
        if promise.member is None or facts is None or facts.pe is None:
            continue
        if is_another(promise):
            continue  # HF209: one cause, one finding
        architecture = (promise.component.identity.architecture or "").lower()
        allowed = MACHINES.get(architecture)
        if allowed is None or facts.pe.machine in allowed:
            continue
        if not _is_meant(promise.file.name, facts.pe):
            yield Hit(
                where=promise.member.where,
                message=(
                    f"built for {machine_word(facts.pe.machine)}; "
                    f"the component is {architecture}"
                ),
            )


RULE = Rule(
    id="HF211",
    name="machine-differs",
    severity=Severity.ERROR,
    subject=PackageSet,
    check=check,
    since="0.1",
    page=__doc__,
    yields=Yields.TO_CATALOG,
)
