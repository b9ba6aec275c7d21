"""Ways to make a good package wrong in one place."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from struct import pack_into

from kb967724 import SPEC, TOKEN
from made_packages import (
    Entry,
    Parts,
    cabinet_of,
    catalog_of,
    entries_of,
    row_of,
    sign_again,
    signed,
)
from make_pki import simple_signer

from builder.formats.cab import parse_cab
from builder.formats.ctl_member import flat_member, pe_member
from builder.formats.facts import observe
from builder.formats.stand_in import stand_in
from builder.keys import KeySigner
from builder.model.cabinet import STORED
from builder.model.identity import Architecture

X86, X64, IA64 = Architecture.X86, Architecture.AMD64, Architecture.IA64
STEM = f"x86_mpio.inf_{TOKEN}_6.0.6001.22375_none_1d75cf30a8a61bd0"
MANIFEST = f"{STEM}.manifest"
LEAF = f"package_1_for_kb967724~{TOKEN}~x86~~6.0.1.0"
SC = f"package_for_kb967724_sc~{TOKEN}~x86~~6.0.1.0"
SC_0 = f"package_for_kb967724_sc_0~{TOKEN}~x86~~6.0.1.0"
SERVER = f"package_for_kb967724_server~{TOKEN}~x86~~6.0.1.0"
CAB = "Windows6.0-KB967724-x86.cab"
UNATTEND = "Windows6.0-KB967724-x86.xml"
CYRILLIC = "m\u0440io.sys"
PROPERTIES = "Windows6.0-KB967724-x86-pkgProperties.txt"
OWN = '<assemblyIdentity name="Package_for_KB967724'


@dataclass(frozen=True, kw_only=True)
class World:
    """The good packages that bad ones are made from."""

    x86: Parts
    x64: Parts
    ia64: Parts
    signer: KeySigner


Change = Callable[[Parts, World], None]


def describe_again(parts: Parts, world: World) -> None:
    """Write the digests of the payload into the manifest, and sign again."""
    del world
    text = parts.find(MANIFEST).data
    for entry in parts.inner:
        if "\\" not in entry.name or entry.name.rpartition("\\")[0] != STEM:
            continue
        name = entry.name.rpartition("\\")[2]
        start = text.index(f'sourceName="{name}"'.encode())
        start = text.index(b'DigestValue xmlns:dsig="http', start)
        start = text.index(b">", start) + 1
        end = text.index(b"<", start)
        text = text[:start] + b64encode(sha256(entry.data).digest()) + text[end:]
    parts.find(MANIFEST).data = text
    sign_again(parts)


def flip(data: bytes, at: int, bits: int = 1) -> bytes:
    changed = bytearray(data)
    changed[at] ^= bits
    return bytes(changed)


def flipped(name: str, at: int) -> Change:
    def change(parts: Parts, _: World) -> None:
        entry = parts.find(name)
        entry.data = flip(entry.data, at)

    return change


def dropped(*names: str, sign: bool = True) -> Change:
    def change(parts: Parts, _: World) -> None:
        parts.drop(*names)
        if sign:
            sign_again(parts)

    return change


def edited(name: str, old: str, new: str, *, sign: bool = True) -> Change:
    def change(parts: Parts, _: World) -> None:
        parts.edit(name, old, new)
        if sign:
            sign_again(parts)

    return change


def rewritten(name: str, data: bytes) -> Change:
    def change(parts: Parts, _: World) -> None:
        parts.find(name).data = data
        sign_again(parts)

    return change


def payload_like(name: str = "mpio.sys", **changes: object) -> Change:
    """Put another stand-in in place, and describe and sign it rightly."""

    def change(parts: Parts, world: World) -> None:
        row = replace(row_of(X86, name), **changes)  # type: ignore[arg-type]  # any field
        parts.find(name).data = b"".join(stand_in(row))
        describe_again(parts, world)

    return change


def payload_bytes(data: bytes, name: str = "mpio.sys") -> Change:
    def change(parts: Parts, world: World) -> None:
        parts.find(name).data = data
        describe_again(parts, world)

    return change


def extra(name: str, *, sign: bool = True) -> Change:
    def change(parts: Parts, _: World) -> None:
        parts.add(name, b"one more file")
        if sign:
            sign_again(parts)

    return change


def beside(name: str, like: str = UNATTEND) -> Change:
    """Add a file to the .msu, with the bytes of another one."""

    def change(parts: Parts, _: World) -> None:
        other = parts.find(like)
        entry = Entry(name=name, modified=other.modified, data=other.data)
        parts.outer.append(entry)

    return change


def second_cabinet(parts: Parts, world: World) -> None:
    """Add a good package that the installation document does not name."""
    other = cabinet_of(world.x64.inner)
    modified = parts.find(CAB).modified
    parts.outer.append(Entry(name="zzz.cab", modified=modified, data=other))


def hide_bytes(cabinet: bytes) -> bytes:
    """Let the table forget a file, whose bytes stay in the folder."""
    packed = entries_of(cabinet)
    packed.insert(0, Entry(name="!", modified=packed[0].modified, data=b"hidden"))
    grown = bytearray(cabinet_of(packed, STORED))
    first = parse_cab(bytes(grown)).files[0]
    size = len(first.raw_name) + 17
    # The first entry goes, room for it stays behind the table; one file less.
    table = grown[first.entry : parse_first_data(bytes(grown))]
    grown[first.entry : first.entry + len(table)] = table[size:] + bytes(size)
    pack_into("<H", grown, 28, len(packed) - 1)
    return bytes(grown)


def signature_lost(cabinet: bytes) -> bytes:
    """Leave nothing of a signature but that the header announces it."""
    prepared = bytearray(cabinet_of(entries_of(cabinet), for_signature=True))
    pack_into("<2I", prepared, 44, len(prepared), 4_096)
    return bytes(prepared)


def renamed(old: str, new: str, *, in_outer: bool = False) -> Change:
    def change(parts: Parts, _: World) -> None:
        parts.find(old).name = new
        if not in_outer:
            sign_again(parts)

    return change


def renamed_package(stem: str, new: str) -> Change:
    def change(parts: Parts, _: World) -> None:
        for suffix in (".mum", ".cat"):
            parts.find(stem + suffix).name = new + suffix
        sign_again(parts)

    return change


def damaged(damage: Callable[[bytes], bytes], **changes: object) -> Change:
    def change(parts: Parts, _: World) -> None:
        parts.damage = damage
        for name, value in changes.items():
            setattr(parts, name, value)

    return change


def in_outer(damage: Callable[[bytes], bytes]) -> Change:
    def change(parts: Parts, _: World) -> None:
        parts.damage_outer = damage

    return change


def catalog(name: str, make: Callable[[Parts, World], bytes]) -> Change:
    def change(parts: Parts, world: World) -> None:
        parts.find(name).data = make(parts, world)

    return change


def moved(shift: timedelta, *names: str) -> Change:
    """Shift the times of the files that the article dates, or of some."""

    def change(parts: Parts, _: World) -> None:
        for entry in parts.inner:
            if not names or entry.name.rpartition("\\")[2] in names:
                entry.modified += shift

    return change


def with_spec(**changes: object) -> Change:
    def change(parts: Parts, _: World) -> None:
        parts.spec = replace(SPEC, **changes)  # type: ignore[arg-type]  # any field

    return change


def both(*changes: Change) -> Change:
    def change(parts: Parts, world: World) -> None:
        for one in changes:
            one(parts, world)

    return change


def moved_payload(parts: Parts, _: World) -> None:
    parts.find("mpio.sys").name = "mpio\\mpio.sys"
    sign_again(parts)


def manifest_with_wrong_key(parts: Parts, _: World) -> None:
    new = STEM[:-1] + "1"
    for entry in parts.inner:
        entry.name = entry.name.replace(STEM, new)
    sign_again(parts)


def second_family(parts: Parts, _: World) -> None:
    parts.add("update-bf.mum", parts.find("update.mum").data + b"\r\n")
    parts.add("update-bf.cat", b"")
    sign_again(parts)


def unreachable_package(parts: Parts, _: World) -> None:
    text = parts.find(f"{SC_0}.mum").data
    name = "package_for_kb967724_sc_1"
    stem = SC_0.replace("package_for_kb967724_sc_0", name)
    parts.add(f"{stem}.mum", text.replace(b"KB967724_sc_0", b"KB967724_sc_1"))
    parts.add(f"{stem}.cat", b"")
    sign_again(parts)


def x64_manifest(parts: Parts, world: World) -> None:
    """Add the x64 component, which nothing refers to."""
    for entry in world.x64.inner:
        if entry.name.startswith("amd64_"):
            parts.inner.append(Entry(**vars(entry)))
    sign_again(parts)


def doubled(name: str, *, as_name: str = "", change: bytes = b"") -> Change:
    def apply(parts: Parts, _: World) -> None:
        entry = parts.find(name)
        sign_again(parts)
        twin = Entry(name=as_name or entry.name, modified=entry.modified, data=b"")
        twin.data = entry.data + change
        parts.inner.append(twin)

    return apply


def swapped_catalogs(parts: Parts, _: World) -> None:
    one, two = parts.find(f"{SC}.cat"), parts.find(f"{SERVER}.cat")
    one.data, two.data = two.data, one.data


def lists_more(parts: Parts, world: World) -> None:
    files = [e.data for e in parts.inner if not e.name.endswith((".cat", ".mum"))]
    listed = [parts.find(f"{LEAF}.mum").data, *files, b"a file that is not there"]
    made = catalog_of(listed, LEAF)
    parts.find(f"{LEAF}.cat").data = signed(made, world.signer)


def lists_less(parts: Parts, world: World) -> None:
    made = catalog_of([parts.find(f"{LEAF}.mum").data], LEAF)
    parts.find(f"{LEAF}.cat").data = signed(made, world.signer)


def lists_unpadded(parts: Parts, world: World) -> None:
    """A program file whose size is no multiple of 8, by the other hash."""
    row = replace(row_of(X86, "mpio.sys"), size=107_505)
    entry = parts.find("mpio.sys")
    entry.data = b"".join(stand_in(row))
    describe_again(parts, world)
    parts.spec = replace(
        SPEC, files=tuple(row if e.key == row.key else e for e in SPEC.files)
    )
    pe = observe([entry.data]).pe
    assert pe is not None
    assert pe.sha1.unpadded != pe.sha1.padded
    files = [e.data for e in parts.inner if e.name.endswith((".inf", ".manifest"))]
    made = catalog_of([parts.find(f"{LEAF}.mum").data, *files], LEAF)
    members = sorted((*made.members, pe_member(pe.sha1.unpadded)), key=lambda m: m.tag)
    made = replace(made, members=tuple(members))
    parts.find(f"{LEAF}.cat").data = signed(made, world.signer)


def other_root(parts: Parts, _: World) -> bytes:
    return signed(catalog_of([parts.find("update.mum").data], ""), simple_signer())


def unsigned(parts: Parts, _: World) -> bytes:
    return signed(catalog_of([parts.find("update.mum").data], ""), None)


def ia64_program(parts: Parts, world: World) -> None:
    parts.find("mpio.sys").data = world.ia64.find("mpio.sys").data
    describe_again(parts, world)


def empty_catalog(_: Parts, world: World) -> bytes:
    made = replace(catalog_of([b""], ""), members=(flat_member(bytes(20)),))
    return signed(made, world.signer)


def without_spec(parts: Parts, _: World) -> None:
    parts.spec = None


def cyrillic_program(parts: Parts, _: World) -> None:
    """Give the program a name with one letter of another script, everywhere."""
    parts.find("mpio.sys").name = f"{STEM}\\{CYRILLIC}"
    for attribute in ("name", "sourceName"):
        parts.edit(MANIFEST, f'{attribute}="mpio.sys"', f'{attribute}="{CYRILLIC}"')
    sign_again(parts)


def without_catalogs(parts: Parts, _: World) -> None:
    parts.inner = [e for e in parts.inner if not e.name.endswith(".cat")]


def payload_only(parts: Parts, _: World) -> None:
    parts.inner = [e for e in parts.inner if "\\" in e.name]


def lying_size(cabinet: bytes) -> bytes:
    """Announce more bytes for the last file than its folder has."""
    changed = bytearray(cabinet)
    entry = cabinet.index(b"update.mum\0") - 16
    pack_into("<I", changed, entry, 70_000_000)
    return bytes(changed)


def overlapping(cabinet: bytes) -> bytes:
    """Let a file start inside the one before it."""
    changed = bytearray(cabinet)
    at = max(file.entry for file in parse_cab(cabinet).files) + 4
    start = int.from_bytes(changed[at : at + 4], "little")
    pack_into("<I", changed, at, start - 10)
    return bytes(changed)


def other_program(parts: Parts, world: World) -> None:
    """A file changed after packing, its digest written into the manifest only."""
    entry = parts.find("mpio.inf")
    entry.data = flip(entry.data, 100)
    kept = {e.name: e.data for e in parts.inner if e.name.endswith(".cat")}
    describe_again(parts, world)
    for name, data in kept.items():
        parts.find(name).data = data


def x86_rows_only_elsewhere() -> object:
    return tuple(e for e in SPEC.files if e.architecture is not X86)


def with_row(**changes: object) -> object:
    """Return the rows with another one for mpio.sys."""
    row = replace(row_of(X86, "mpio.sys"), **changes)  # type: ignore[arg-type]  # any field
    return (*SPEC.files, row)


def flip_tag(data: bytes) -> bytes:
    """Flip a bit in the digest of the first member."""
    return flip(data, data.index(b"\x30\x21\x30\x09\x06\x05\x2b\x0e") + 20)


def parse_first_data(cabinet: bytes) -> int:
    """Return the offset of the first CFDATA, which starts with a checksum."""
    return int.from_bytes(cabinet[36:40], "little")
