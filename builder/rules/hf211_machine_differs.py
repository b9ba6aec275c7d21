"""A program file is built for another machine than its component.

What it checks: the machine number of each PE file against the processor
architecture of the component that installs it.

Why it matters: the file installs and does not run.  The most frequent cause
is that the folders of two architectures were swapped.

How to fix it: pack the build for this architecture.

Source: the PE/COFF machine types; observed in genuine packages.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.machine import MACHINES, machine_word
from builder.model.subject import PackageSet
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.payload import is_another


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
        if allowed is not None and facts.pe.machine not in allowed:
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
