"""A delta package as large as those of Windows 8.1, made from a genuine one."""

import sys
from copy import deepcopy
from pathlib import Path
from xml.etree import ElementTree as ET

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from delta_packages import open_package
from make_delta_package import cabinet

_PACKAGE = "Windows6.0-KB2999226-x64"
_INDEX = "_manifest_.cix.xml"
_SPACE = "{urn:ContainerIndex}"
_LEAST = 15_000
"""Bytes of a target that is taken, with all that it rests on."""


def _taken(files: list[ET.Element]) -> list[ET.Element]:
    """Return the larger targets of deltas, and what they rest on."""
    by_id = {file.get("id"): file for file in files}
    taken: set[str | None] = set()
    for file in files:
        if _source(file) is None or int(file.get("length", "0")) < _LEAST:
            continue
        at: ET.Element | None = file
        while at is not None and at.get("id") not in taken:
            taken.add(at.get("id"))
            basis = at.find(f".//{_SPACE}Basis")
            at = None if basis is None else by_id[basis.get("file")]
    return [file for file in files if file.get("id") in taken]


def _source(file: ET.Element) -> ET.Element | None:
    return file.find(f".//{_SPACE}Source[@type='PA30']")


def write_large(path: Path, work: Path, *, times: int) -> int:
    """Write a stored cabinet that holds the same targets many times.

    Args:
        work: A folder to take the genuine package apart in.
        times: Each set is 2.6 MB, of which 2.3 MB come out of 22 deltas.

    Returns:
        Bytes of all targets.
    """
    members = open_package(_PACKAGE, work).members
    text = members[_INDEX].read_text("utf-8")
    root = ET.fromstring(text)  # noqa: S314  of a package that is known
    files = next(root.iter(f"{_SPACE}Files"))
    taken = _taken(list(files))
    files[:] = []
    deltas: dict[str, bytes] = {}
    for number in range(times):
        for file in map(deepcopy, taken):
            file.set("id", f"{file.get('id')}.{number}")
            file.set("name", f"{number}\\{file.get('name')}")
            basis, source = file.find(f".//{_SPACE}Basis"), _source(file)
            if basis is not None:
                basis.set("file", f"{basis.get('file')}.{number}")
            if source is not None:
                name = source.get("name", "")
                source.set("name", f"{number}\\{name}")
                deltas[f"{number}\\{name}"] = members[name].read_bytes()
            files.append(file)
    ET.register_namespace("", _SPACE[1:-1])
    index = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    path.write_bytes(cabinet({_INDEX: index, **deltas}, packed=False))
    return sum(int(file.get("length", "0")) for file in files)
