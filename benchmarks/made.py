"""A package of any size, the same bytes every time."""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from builder.formats.cab_pack import CabSource, pack_cab
from builder.formats.cms_build import unsigned_catalog
from builder.formats.ctl_member import derive_list_id, flat_member
from builder.formats.manifest import serialize_manifest
from builder.formats.mum import serialize_mum
from builder.model.catalog import Catalog
from builder.model.identity import AssemblyIdentity, keyform
from builder.model.package import (
    Component,
    Package,
    PackagedFile,
    Reference,
    Update,
)

_TOKEN = "31bf3856ad364e35"  # noqa: S105 - a public key token is public
_WHEN = datetime(2009, 2, 12, 5, 44, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The payload: files of one size that pack about as well as programs.

    Attributes:
        size: Of each file, in bytes.
    """

    files: int
    size: int

    def read(self, number: int) -> bytes:
        """Make one file: phrases of random bytes in a random order."""
        source = random.Random(number)  # noqa: S311 - the same bytes every time
        phrases = _phrases()
        picked = source.choices(phrases, k=2 * self.size // 24)
        return b"".join(picked)[: self.size].ljust(self.size, b"\0")

    def name(self, number: int) -> str:
        """Return the name of one file."""
        return f"file{number:05}.bin"


def _phrases(cache: list[bytes] = []) -> list[bytes]:  # noqa: B006 - made once
    if not cache:
        source = random.Random(0)  # noqa: S311 - the same bytes every time
        cache += [source.randbytes(source.randint(4, 64)) for _ in range(4096)]
    return cache


def _documents(content: Content) -> dict[str, bytes]:
    component = AssemblyIdentity(
        name="Bench",
        version="6.0.6001.22375",
        architecture="amd64",
        language="neutral",
        public_key_token=_TOKEN,
        version_scope="nonSxS",
    )
    digests = [
        hashlib.new(name, content.read(number)).digest()
        for number in range(content.files)
        for name in ("sha1", "sha256")
    ]
    stem = keyform(component)
    manifest = serialize_manifest(
        Component(
            identity=component,
            files=tuple(
                PackagedFile(
                    name=content.name(number),
                    source_name=content.name(number),
                    destination_path="$(runtime.system32)\\",
                    import_path="$(build.nttree)\\",
                    digest=digests[2 * number + 1],
                    digest_method="http://www.w3.org/2000/09/xmldsig#sha256",
                )
                for number in range(content.files)
            ),
        )
    )
    mum = serialize_mum(_package(component))
    listed = [hashlib.sha1(data).digest() for data in (manifest, mum)]
    listed += digests[::2]
    members = tuple(sorted(map(flat_member, listed), key=lambda member: member.tag))
    catalog = Catalog(
        version=1, list_id=derive_list_id(members), issued=_WHEN, members=members
    )
    return {
        "update.mum": mum,
        "update.cat": unsigned_catalog(catalog),
        f"{stem}.manifest": manifest,
    }


def _package(component: AssemblyIdentity) -> Package:
    return Package(
        identity=AssemblyIdentity(
            name="Package_for_KB1",
            version="6.0.1.0",
            architecture="amd64",
            language="neutral",
            public_key_token=_TOKEN,
        ),
        identifier="KB1",
        release_type="Hotfix",
        updates=(
            Update(
                name="1-1_neutral_GDR",
                references=(Reference(kind="component", identity=component),),
            ),
        ),
    )


def _chunks(data: bytes) -> Iterator[bytes]:
    yield data


def sources(content: Content) -> list[CabSource]:
    """Return the whole package, ready to be packed."""
    documents = _documents(content)
    folder = next(n for n in documents if n.endswith(".manifest"))[: -len(".manifest")]
    files = {name: partial(_chunks, data) for name, data in documents.items()}
    sizes = {name: len(data) for name, data in documents.items()}
    for number in range(content.files):
        name = f"{folder}\\{content.name(number)}"
        files[name] = partial(_payload, content, number)
        sizes[name] = content.size
    when = _WHEN.replace(tzinfo=None)
    return [
        CabSource(name=name, modified=when, chunks=chunks, size=sizes[name])
        for name, chunks in files.items()
    ]


def _payload(content: Content, number: int) -> Iterator[bytes]:
    yield content.read(number)


def write_package(path: Path, content: Content, *, threads: int) -> int:
    """Write the package as a cabinet; return its size in bytes."""
    with path.open("wb") as sink:
        return pack_cab(sources(content), sink=sink, threads=threads).size
