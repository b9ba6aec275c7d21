"""Cabinets of many files, and delta packages with their index, for tests."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from make_cab import File, Folder, make_cab, stored, zipped

FILETIME = 129_000_000_000_000_000  # 2009-10-14T13:20:00Z


def cabinet(*folders: dict[str, bytes], packed: bool = True) -> bytes:
    """Lay out a cabinet whose folders hold these files."""
    table: list[File] = []
    laid: list[Folder] = []
    for number, files in enumerate(folders):
        offset = 0
        for name, data in files.items():
            table.append(
                File(name=name.encode(), size=len(data), offset=offset, folder=number)
            )
            offset += len(data)
        body = b"".join(files.values())
        laid.append((zipped if packed else stored)(body) if body else Folder())
    return make_cab(*table, folders=tuple(laid))


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A `File` of an index; None is replaced by what is right or left out."""

    id: str
    name: str
    data: bytes
    kind: str | None = "RAW"
    source: str | None = None
    source_data: bytes | None = None
    basis: str | None = None
    size: int | None = None
    digest: str | None = None
    source_digest: str | None = None


def index(targets: Iterable[Target]) -> bytes:
    """Spell the index of some targets."""
    files = "".join(map(_file, targets))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Container name="a.cab" type="CAB" '
        'length="1" version="1" xmlns="urn:ContainerIndex"><Description/>'
        f"<Files>{files}</Files></Container>"
    ).encode()


def _file(target: Target) -> str:
    size = len(target.data) if target.size is None else target.size
    digest = target.digest or hashlib.sha1(target.data).hexdigest()
    inner = ""
    if target.kind is not None:
        data = target.data if target.source_data is None else target.source_data
        known = target.source_digest or hashlib.sha1(data).hexdigest()
        inner = (
            f'<Source type="{target.kind}" name="{target.source or target.name}">'
            f'<Hash alg="SHA1" value="{known}"/></Source>'
        )
    if target.basis is not None:
        inner += f'<Basis file="{target.basis}"/>'
    return (
        f'<File id="{target.id}" name="{target.name}" length="{size}" '
        f'time="{FILETIME}" attr="32"><Hash alg="SHA1" value="{digest}"/>'
        f"<Delta>{inner}</Delta></File>"
    )


def delta_package(targets: Iterable[Target], members: dict[str, bytes]) -> bytes:
    """Lay out a cabinet with the index of `targets` and with `members`."""
    return cabinet({"_manifest_.cix.xml": index(targets), **members})
