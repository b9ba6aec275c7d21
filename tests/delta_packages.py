"""Genuine delta packages, taken apart by cabextract."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from cab_judges import extract
from projects import SHARED

from builder.formats.cix import INDEX_NAME, parse_index
from builder.model.cix import ContainerIndex
from builder.steps.restore import Restored, restore
from builder.store import Scratch

PACKAGES = {
    "Windows6.0-KB2999226-x64": 86,
    "Windows6.0-KB2999226-x86": 43,
    "Windows6.1-KB2584475-x64": 12,
    "Windows6.1-KB2584475-x86": 12,
    "Windows8.1-KB2937592-x86": 47,
}
"""How many deltas each package has."""


@dataclass(frozen=True, slots=True)
class DeltaPackage:
    """The members of an inner cabinet, by name with slashes, and its index."""

    index: ContainerIndex
    members: dict[str, Path]

    def read(self, name: str) -> bytes:
        return self.members[name.replace("\\", "/")].read_bytes()

    def restored(self) -> list[Restored]:
        return list(restore(self.index, read=self.read, spool=Scratch))


@cache
def open_package(name: str, folder: Path) -> DeltaPackage:
    """Take a package apart below a folder of this run, once."""
    path = SHARED / "packages" / f"{name}.msu"
    if not path.is_file():
        pytest.skip(f"there is no {path.name} in ../shared/data")
    outer = extract("cabextract", cab=path, out=folder / name)
    inner = extract("cabextract", cab=outer[f"{name}.cab"], out=folder / f"{name}-in")
    return DeltaPackage(parse_index(inner[INDEX_NAME].read_bytes()), inner)
