"""Cabinets that we write, read by others; cabinets of others, read by us."""

import hashlib
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cab_judges import EXTRACT, TEST, ask, extract, need

from builder.formats.cab import parse_cab
from builder.formats.cab_members import unpack_members
from builder.formats.cab_pack import CabSource, pack_cab
from builder.model.cabinet import MSZIP, STORED, Compression, Deflate, Method

pytestmark = pytest.mark.oracle

WHEN = datetime(2009, 2, 12, 5, 44, 2)  # noqa: DTZ001 - cabinets know no zone
RANDOM = random.Random(4)
NOISE = RANDOM.randbytes(150_000)
PACKAGES = Path(__file__).parents[3] / "shared" / "data" / "packages"

CASES: dict[str, dict[str, bytes]] = {
    "an empty file": {"empty.txt": b""},
    "one byte": {"one.txt": b"1"},
    "one block": {"block.bin": b"text " * 6553 + b"end"},
    "one block and a byte": {"block.bin": b"t" * 32769},
    "incompressible": {"noise.bin": NOISE},
    "empty files around": {"a": b"", "b": NOISE[:70_000], "c": b"", "d": b"d"},
    "history": {"a.bin": NOISE[:30_000], "b.bin": NOISE[:30_000]},
    "folders in names": {"x86_mpio\\mpio.sys": NOISE[:9], "update.mum": b"<a/>"},
    "names that are not ASCII": {"käse €.txt": b"1", "日本\\語.txt": b"2"},
    "2,000 files": {
        f"d{n % 7}\\f{n:04}.txt": RANDOM.randbytes(n % 97) * (n % 5)
        for n in range(2000)
    },
}
COMPRESSIONS = [STORED, MSZIP]


def source(
    name: str, data: bytes, *, modified: datetime = WHEN, known: bool = True
) -> CabSource:
    return CabSource(
        name=name,
        modified=modified,
        chunks=lambda: [data],
        size=len(data) if known else None,
    )


def write_cab(
    path: Path,
    files: dict[str, bytes],
    compression: Compression,
    *,
    known: bool = True,
    deflate: Deflate = Deflate.ZLIB,
) -> None:
    members = [source(name, data, known=known) for name, data in files.items()]
    with path.open("wb") as sink:
        pack_cab(
            members, sink=sink, compression=compression, deflate=deflate, threads=2
        )


def seen_by(tool: str, cab: Path, out: Path) -> dict[str, bytes]:
    return {
        name.replace("/", "\\"): path.read_bytes()
        for name, path in extract(tool, cab=cab, out=out).items()
    }


@pytest.mark.parametrize("tool", EXTRACT)
@pytest.mark.parametrize("compression", COMPRESSIONS, ids=str)
@pytest.mark.parametrize("case", CASES)
def test_others_extract_what_we_packed(
    tmp_path: Path, case: str, compression: Compression, tool: str
) -> None:
    cab = tmp_path / "a.cab"
    write_cab(cab, CASES[case], compression)
    assert seen_by(tool, cab, tmp_path / "out") == CASES[case]


@pytest.mark.parametrize("tool", EXTRACT)
@pytest.mark.parametrize("case", CASES)
def test_others_extract_what_zlib_ng_packed(
    tmp_path: Path, case: str, tool: str
) -> None:
    cab = tmp_path / "a.cab"
    write_cab(cab, CASES[case], MSZIP, deflate=Deflate.ZLIB_NG)
    assert seen_by(tool, cab, tmp_path / "out") == CASES[case]


@pytest.mark.parametrize("tool", TEST)
@pytest.mark.parametrize("compression", COMPRESSIONS, ids=str)
@pytest.mark.parametrize("case", CASES)
def test_others_find_no_fault(
    tmp_path: Path, case: str, compression: Compression, tool: str
) -> None:
    cab = tmp_path / "a.cab"
    write_cab(cab, CASES[case], compression)
    answer = ask(TEST[tool], cab=cab)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "WARNING" not in answer.stdout + answer.stderr


@pytest.mark.parametrize("tool", EXTRACT)
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("compression", COMPRESSIONS, ids=str)
def test_others_extract_several_folders(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    compression: Compression,
    tool: str,
    *,
    known: bool,
) -> None:
    monkeypatch.setattr("builder.formats.cab_pack._MAX_FOLDER", 3 * 32768)
    monkeypatch.setattr("builder.formats.cab_pack._ROOMY_FOLDER", 32768)
    files = {f"f{n}.bin": NOISE[: 7 * n * n * n] * 2 for n in range(18)}
    cab = tmp_path / "a.cab"
    write_cab(cab, files, compression, known=known)
    assert len(parse_cab(cab.read_bytes()).folders) > 3
    assert seen_by(tool, cab, tmp_path / "out") == files


@pytest.mark.parametrize("tool", ["cabextract", "7z", "bsdtar"])
def test_others_see_our_dates(tmp_path: Path, tool: str) -> None:
    """All three take the cabinet's time as local, which is UTC here."""
    cab = tmp_path / "a.cab"
    write_cab(cab, {"a.txt": b"hello"}, MSZIP)
    (path,) = extract(tool, cab=cab, out=tmp_path / "out").values()
    moment = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    assert moment.replace(tzinfo=None) == WHEN


def test_others_list_our_dates_and_attributes(tmp_path: Path) -> None:
    cab = tmp_path / "a.cab"
    write_cab(cab, {"a.txt": b"hello"}, MSZIP)
    listing = ask(["7z", "l", "-slt", "{cab}"], cab=cab).stdout
    fields = dict(re.findall(r"^(\w[\w ]*) = (.*)$", listing, re.MULTILINE))
    assert fields["Path"] == "a.txt"
    assert fields["Modified"].startswith("2009-02-12 05:44:02")
    assert (fields["Attributes"], fields["Method"]) == ("A", "MSZip")


@pytest.mark.parametrize("tool", EXTRACT)
def test_others_notice_damage_where_we_do(tmp_path: Path, tool: str) -> None:
    """So the checksums that we write are the ones that others compare."""
    cab = tmp_path / "a.cab"
    write_cab(cab, {"noise.bin": NOISE}, STORED)
    data = bytearray(cab.read_bytes())
    data[-9] ^= 1
    cab.write_bytes(data)
    out = tmp_path / "out"
    out.mkdir()
    assert ask(EXTRACT[tool], cab=cab, out=out).returncode != 0


@pytest.mark.parametrize("flag", ["-c", "-cz"])
def test_we_unpack_what_gcab_packed(tmp_path: Path, flag: str) -> None:
    need("gcab")
    files = {"a.bin": NOISE, "b.txt": b"text " * 50_000, "c.bin": NOISE[:1]}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    cab = tmp_path / "a.cab"
    words = ["gcab", *(["-z"] if "z" in flag else []), "-n", "-c", "{cab}"]
    answer = ask([*words, *(str(tmp_path / name) for name in files)], cab=cab)
    assert answer.returncode == 0, answer.stderr
    data = cab.read_bytes()
    cabinet = parse_cab(data)
    method = Method.MSZIP if "z" in flag else Method.NONE
    assert cabinet.folders[0].compression.method is method
    seen = {
        file.name: b"".join(chunks) for file, chunks in unpack_members(cabinet, data)
    }
    assert seen == files


# Genuine packages


def packages(pattern: str) -> Iterator[Path]:
    if not PACKAGES.is_dir():
        pytest.skip("no genuine packages: ../shared/data/packages is absent")
    found = sorted(PACKAGES.glob(pattern))
    assert found
    yield from found


@pytest.mark.genuine
def test_genuine_signatures_are_where_others_see_extra_bytes() -> None:
    seen = {}
    for path in packages("*"):
        data = path.read_bytes()
        cabinet = parse_cab(data)
        answer = ask(["cabextract", "-l", "{cab}"], cab=path)
        extra = re.search(r"possible (\d+) extra bytes", answer.stdout + answer.stderr)
        ours = 0 if cabinet.signature is None else cabinet.signature.size
        assert ours == (int(extra[1]) if extra else 0), path.name
        assert cabinet.trailing == 0, path.name
        assert max(folder.data_end for folder in cabinet.folders) == cabinet.size
        seen[path.name] = ours
    assert sorted(size > 0 for size in seen.values()) == [False, *[True] * 6]


@pytest.mark.genuine
def test_genuine_packages_have_the_members_that_others_list() -> None:
    for path in packages("*"):
        cabinet = parse_cab(path.read_bytes())
        listing = ask(["cabextract", "-l", "{cab}"], cab=path).stdout
        rows = re.findall(
            r"^ *(\d+) \| ([\d.]+ [\d:]+) \| (.*)$", listing, re.MULTILINE
        )
        ours = [
            (
                str(file.size),
                file.modified and file.modified.strftime("%d.%m.%Y %H:%M:%S"),
                file.name.replace("\\", "/"),
            )
            for file in cabinet.files
        ]
        assert ours == rows, path.name


@pytest.mark.genuine
def test_genuine_outer_packages_unpack_to_the_bytes_that_others_see(
    tmp_path: Path,
) -> None:
    for path in packages("*.msu"):
        data = path.read_bytes()
        cabinet = parse_cab(data)
        assert {folder.compression for folder in cabinet.folders} == {MSZIP}
        ours = {}
        for file, chunks in unpack_members(cabinet, data):
            digest = hashlib.sha256()
            for chunk in chunks:
                digest.update(chunk)
            ours[file.name] = digest.hexdigest()
        theirs = extract("cabextract", cab=path, out=tmp_path / path.stem)
        assert len(theirs) == 4
        assert ours == {
            name: hashlib.sha256(member.read_bytes()).hexdigest()
            for name, member in theirs.items()
        }


@pytest.mark.genuine
def test_genuine_inner_cabinets_parse_as_signed_lzx(tmp_path: Path) -> None:
    seen = 0
    for path in packages("*.msu"):
        for member in extract(
            "cabextract", cab=path, out=tmp_path / path.stem
        ).values():
            if member.suffix.lower() != ".cab":
                continue
            cabinet = parse_cab(member.read_bytes())
            assert {str(folder.compression) for folder in cabinet.folders} == {"LZX:21"}
            assert cabinet.signature is not None
            assert cabinet.trailing == 0
            seen += 1
    assert seen == 10


@pytest.mark.genuine
def test_a_genuine_package_is_packed_again_for_others(tmp_path: Path) -> None:
    """The same members, dates and attributes, written by us, read by others."""
    path = next(packages("*KB2584475-x86.msu"))
    data = path.read_bytes()
    cabinet = parse_cab(data)
    members, files = [], {}
    for file, chunks in unpack_members(cabinet, data):
        files[file.name] = b"".join(chunks)
        assert file.modified is not None
        members.append(source(file.name, files[file.name], modified=file.modified))
    cab = tmp_path / "again.msu"
    with cab.open("wb") as sink:
        pack_cab(members, sink=sink)
    again = parse_cab(cab.read_bytes())
    assert [replace(file, entry=0) for file in again.files] == [
        replace(file, entry=0) for file in cabinet.files
    ]
    assert seen_by("cabextract", cab, tmp_path / "out") == files
