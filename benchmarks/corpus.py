"""Manifests of any number, the same bytes every time.

Sizes lie between 5 and 50 KB and are skewed to the small end as those of
genuine manifests are, of which nine tenths are below 5 KB and the largest has
31 KB (138 in three packages): the number of those above a size falls with its
square (Pareto, shape 2), so half of them are below 7 KB and the mean is 9 KB.

What fills them is what fills genuine ones: files with digests, registry keys,
dependencies, and strings.  Packages refer to components, packages of packages
to those, up to one update.mum, so that everything is reached.
"""

import hashlib
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from builder.formats.facts import observe
from builder.formats.manifest import serialize_manifest
from builder.formats.mum import serialize_mum
from builder.model.identity import AssemblyIdentity, keyform, package_name
from builder.model.limits import DEFAULT_LIMITS
from builder.model.package import (
    Component,
    Dependency,
    Package,
    PackagedFile,
    Parent,
    Reference,
    RegistryKey,
    RegistryValue,
    StringTable,
    Update,
)
from builder.model.unpacked import Container, Kind, Member
from builder.steps.spool import Keeper
from builder.store import Scratch

SMALLEST, LARGEST, SHAPE = 5_000, 50_000, 2.0
# What fills components, by its share of the bytes: counted in 343 genuine ones.
_SHARES = {"dependency": 50, "file": 38, "key": 8, "string": 4}
# Bytes of each, of a component without any, and of packages with references.
_BYTES = {"dependency": 318, "file": 688, "key": 481, "string": 67.4}
_EMPTY, _EMPTY_PACKAGE, _REFERENCE = 569, 664, 284
_PAYLOAD = b"what every file of the corpus holds"
_OWN = AssemblyIdentity(
    name="Bench",
    version="6.1.7601.17514",
    architecture="amd64",
    language="neutral",
    public_key_token="31bf3856ad364e35",  # noqa: S106 - it is public
    build_type="release",
    version_scope="nonSxS",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One document and the names of the payload that it promises."""

    name: str
    data: bytes
    payload: tuple[str, ...] = ()


def size_of(source: random.Random) -> int:
    """Draw a size in bytes."""
    share = (SMALLEST / LARGEST) ** SHAPE
    return int(SMALLEST * (1 - source.random() * (1 - share)) ** (-1 / SHAPE))


def corpus(components: int) -> Iterator[Made]:
    """Make components and the packages that hold them, about 6 % more."""
    source = random.Random(components)  # noqa: S311 - the same bytes every time
    held = [replace(_OWN, name=f"Bench-Part-{n:06}") for n in range(components)]
    for at, identity in enumerate(held):
        yield _component(source, identity, held[max(at - 200, 0) : at])
    level, kind = 0, "component"
    while kind == "component" or len(held) > 1:
        groups = list(_groups(source, held))
        held = []
        for at, group in enumerate(groups):
            identity = replace(
                _OWN,
                name=f"Package_{level}_{at:06}_for_KB1",
                build_type=None,
                version_scope=None,
            )
            stem = "update" if len(groups) == 1 else package_name(identity)
            held.append(identity)
            yield Made(name=f"{stem}.mum", data=_package(identity, kind, group))
        level, kind = level + 1, "package"


def _groups(
    source: random.Random, held: list[AssemblyIdentity]
) -> Iterator[list[AssemblyIdentity]]:
    """Cut a list as packages of drawn sizes hold it."""
    at = 0
    while at < len(held):
        count = (size_of(source) - _EMPTY_PACKAGE) // _REFERENCE + 1
        yield held[at : at + count]
        at += count


def _package(
    identity: AssemblyIdentity, kind: str, held: list[AssemblyIdentity]
) -> bytes:
    integrate = "hidden" if kind == "package" else None
    package = Package(
        identity=identity,
        identifier="KB1",
        release_type="Update",
        restart="possible",
        parents=(Parent(identities=(replace(identity, name="Foundation"),)),),
        updates=tuple(
            Update(
                name=f"1-{at}_neutral_GDR",
                references=(Reference(kind=kind, identity=one, integrate=integrate),),
            )
            for at, one in enumerate(held)
        ),
    )
    return serialize_mum(package)


def _component(
    source: random.Random, identity: AssemblyIdentity, others: list[AssemblyIdentity]
) -> Made:
    """Fill a component up to a drawn size, mostly with one kind of content."""
    left = size_of(source) - _EMPTY
    wanted = source.choices(tuple(_SHARES), tuple(_SHARES.values()))[0]
    counts = {
        kind: int(left * (0.7 if kind == wanted else 0.1) / _BYTES[kind])
        for kind in _SHARES
    }
    counts["dependency"] = min(counts["dependency"], len(others))
    spent = sum(count * _BYTES[kind] for kind, count in counts.items())
    counts["file"] += round((left - spent) / _BYTES["file"])
    files = tuple(map(_file, range(counts["file"])))
    component = Component(
        identity=identity,
        copyright="Copyright (c) Benchmark. All Rights Reserved.",
        files=files,
        dependencies=tuple(map(_dependency, others[: counts["dependency"]])),
        registry_keys=tuple(map(_key, range(counts["key"]))),
        string_tables=(_strings(counts["string"]),),
    )
    stem = keyform(identity)
    return Made(
        name=f"{stem}.manifest",
        data=serialize_manifest(component),
        payload=tuple(f"{stem}\\{file.name}" for file in files),
    )


def _file(number: int) -> PackagedFile:
    return PackagedFile(
        name=f"bench{number:03}.dat",
        source_name=f"bench{number:03}.dat",
        destination_path="$(runtime.system32)\\bench\\",
        import_path="$(build.nttree)\\bench\\",
        digest=hashlib.sha256(_PAYLOAD).digest(),
        digest_method="http://www.w3.org/2000/09/xmldsig#sha256",
    )


def _dependency(identity: AssemblyIdentity) -> Dependency:
    return Dependency(identity=identity, discoverable="no", dependency_type="install")


def _key(number: int) -> RegistryKey:
    values = (
        ("", "REG_SZ", "Benchmark"),
        ("Type", "REG_DWORD", "0x00000001"),
        ("Path", "REG_EXPAND_SZ", "%SystemRoot%\\System32\\bench.dll"),
    )
    return RegistryKey(
        name=f"HKEY_LOCAL_MACHINE\\SOFTWARE\\Benchmark\\Part{number:04}\\Settings",
        values=tuple(RegistryValue(name=n, type=t, value=v) for n, t, v in values),
    )


def _strings(count: int) -> StringTable:
    strings = ((f"description{n}", f"What the part {n} does") for n in range(count + 1))
    return StringTable(culture="en-US", strings=tuple(strings))


def container_of(documents: Iterable[Made]) -> Container:
    """Return a package of the documents and their payload, as if unpacked.

    Their texts lie where unpacking puts them: many lie outside our memory,
    where the library would else have to fit the trees of documents in between.
    """
    keeper = Keeper(Scratch, most=DEFAULT_LIMITS.held_in_memory)
    members = tuple(_members(documents, keeper))
    return Container(where=("bench.cab",), members=members)


def _members(documents: Iterable[Made], keeper: Keeper) -> Iterator[Member]:
    payload = observe([_PAYLOAD])
    for made in documents:
        kind = Kind.MUM if made.name.endswith(".mum") else Kind.MANIFEST
        yield Member(
            where=("bench.cab", made.name),
            name=made.name,
            kind=kind,
            size=len(made.data),
            facts=observe([made.data]),
            content=keeper.keep(made.data),
        )
        for name in made.payload:
            yield Member(
                where=("bench.cab", name),
                name=name,
                kind=Kind.OTHER,
                size=len(_PAYLOAD),
                facts=payload,
            )
