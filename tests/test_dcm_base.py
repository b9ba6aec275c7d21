"""`--dcm-base`: compressed manifests in packages, in folders and alone."""

import json
from pathlib import Path

import pytest
from make_delta_package import Target, cabinet, delta_package
from make_pa30 import compress_manifest
from projects import hotfix

from builder.errors import DeltaError
from builder.model.identity import AssemblyIdentity, keyform
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.steps.expand import Base, expand, text_of


def manifest(version: str, name: str = "Microsoft-Windows-Example") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
        '<assembly xmlns="urn:schemas-microsoft-com:asm.v3" manifestVersion="1.0" '
        'copyright="Copyright (c) Microsoft Corporation. All Rights Reserved.">\r\n'
        f'  <assemblyIdentity name="{name}" version="{version}" '
        'processorArchitecture="amd64" language="neutral" buildType="release" '
        'publicKeyToken="31bf3856ad364e35" versionScope="nonSxS"/>\r\n'
        "</assembly>\r\n"
    ).encode()


TEXT = manifest("6.3.9600.17031")
# The base of one build, and that of another, in which a version differs.
RIGHT = manifest("6.3.9600.16384", "Microsoft-Windows-Base")
WRONG = RIGHT.replace(b"31bf3856ad364e35", b"0123456789abcdef")
NAME = (
    keyform(
        AssemblyIdentity(
            name="Microsoft-Windows-Example",
            version="6.3.9600.17031",
            architecture="amd64",
            language="neutral",
            public_key_token="31bf3856ad364e35",
            version_scope="nonSxS",
        )
    )
    + ".manifest"
)
PACKED = compress_manifest(RIGHT, TEXT)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "base.xml"
    path.write_bytes(RIGHT)
    return path


@pytest.fixture
def bases(tmp_path: Path) -> Path:
    folder = tmp_path / "bases"
    folder.mkdir()
    (folder / "8.0.xml").write_bytes(WRONG)
    (folder / "8.1.xml").write_bytes(RIGHT)
    (folder / "notes.txt").write_bytes(b"no base at all")
    return folder


def candidates(*data: bytes) -> list[Base]:
    return [Base(name=f"base {n}", data=text) for n, text in enumerate(data)]


def test_a_manifest_is_found_packed() -> None:
    assert len(PACKED) < len(TEXT)
    assert PACKED.startswith(b"DCM\x01PA30")


def test_the_base_that_makes_the_name_of_the_file_counts() -> None:
    for order in ((WRONG, RIGHT), (RIGHT, WRONG)):
        text, base = expand(PACKED, NAME, candidates(*order), limits=DEFAULT_LIMITS)
        assert text == TEXT
        assert base.data == RIGHT


def test_bases_that_cannot_be_told_apart_decode_nothing() -> None:
    with pytest.raises(DeltaError) as caught:
        expand(PACKED, "x.manifest", candidates(WRONG, RIGHT), limits=DEFAULT_LIMITS)
    assert caught.value.reason == "base 0 and base 1 give different texts"
    # The same base twice is one base.
    twice = candidates(RIGHT, RIGHT, b"junk")
    assert expand(PACKED, "x.manifest", twice, limits=DEFAULT_LIMITS)[0] == TEXT


def test_a_hash_in_the_delta_decides_alone() -> None:
    packed = compress_manifest(RIGHT, b"no XML", hashed=True)
    order = candidates(WRONG, RIGHT[:4], b"no XML, but a base of it", RIGHT)
    text, _ = expand(packed, NAME, order, limits=DEFAULT_LIMITS)
    assert text == b"no XML"


def test_a_base_that_does_not_fit_is_named() -> None:
    with pytest.raises(DeltaError) as caught:
        expand(PACKED, NAME, candidates(b"short"), limits=DEFAULT_LIMITS)
    assert caught.value.reason.startswith("base 0 is not its base: a match starts")
    with pytest.raises(DeltaError) as caught:
        expand(PACKED, NAME, candidates(b"short", b""), limits=DEFAULT_LIMITS)
    assert caught.value.reason == "none of 2 base manifests fits"


def test_a_text_is_a_document_and_bounded_like_one() -> None:
    limits = Limits(held=len(TEXT) - 1)
    text = text_of(PACKED, NAME, candidates(RIGHT), limits=limits)
    assert text.data == PACKED
    assert "the limit is" in (text.waits or "")


def test_plain_manifests_stay_as_they_are() -> None:
    assert text_of(TEXT, NAME, candidates(RIGHT), limits=DEFAULT_LIMITS).data == TEXT
    assert text_of(PACKED, NAME, (), limits=DEFAULT_LIMITS).data == PACKED


def test_a_manifest_alone_is_judged_like_a_plain_one(
    tmp_path: Path, base: Path
) -> None:
    path = tmp_path / NAME
    path.write_bytes(PACKED)
    assert "compressed manifest" in hotfix("validate", path, code=3).output
    output = hotfix("validate", path, "--dcm-base", base).output
    assert "1 compressed manifest (DCM) decoded with base.xml" in output
    other = tmp_path / NAME.replace("amd64", "x86")
    other.write_bytes(PACKED)
    output = hotfix("validate", other, "--dcm-base", base, code=1).output
    assert f"the identity inside makes the name {NAME}" in output


def test_a_manifest_alone_that_no_base_fits_is_unreadable(
    tmp_path: Path, base: Path
) -> None:
    path = tmp_path / NAME
    path.write_bytes(PACKED)
    base.write_bytes(b"short")
    output = hotfix("validate", path, "--dcm-base", base, code=3).output
    assert "compressed (DCM); base.xml is not its base" in output


def test_validate_decodes_inside_packages(tmp_path: Path, bases: Path) -> None:
    path = tmp_path / "p.cab"
    path.write_bytes(cabinet({NAME: PACKED, "other.manifest": b"DCM\x01PA30"}))

    def found(*options: object) -> dict[str, list[str]]:
        words = ("validate", path, "--format", "json", *options)
        (package,) = json.loads(hotfix(*words, code=1).output)["packages"]
        places: dict[str, list[str]] = {}
        for finding in package["findings"]:
            places.setdefault(finding["rule"], []).append(finding["message"])
        return places

    both = "2 compressed manifests (DCM) were not decoded, so not checked"
    assert found()["HF103"] == [f"{both}; this is the first"]
    unread = "compressed manifest (DCM) was not decoded, so not checked"
    assert found("--dcm-base", bases)["HF103"] == [
        f"{unread}: compressed (DCM); none of 3 base manifests fits"
    ]


def test_inspect_shows_the_component_and_its_base(tmp_path: Path, bases: Path) -> None:
    path = tmp_path / "p.cab"
    path.write_bytes(cabinet({NAME: PACKED}))
    assert "component" not in hotfix("inspect", path).output
    output = hotfix("inspect", path, "--dcm-base", bases).output
    assert f"component {NAME.removesuffix('.manifest')}: version" in output
    assert "decoded with 8.1.xml" in output


def test_extract_writes_the_text_unless_raw(tmp_path: Path, base: Path) -> None:
    path = tmp_path / "p.cab"
    path.write_bytes(cabinet({NAME: PACKED, "a.manifest": b"DCM\x01", "b": b"DCM\x01"}))
    hotfix("extract", path, tmp_path / "text", "--dcm-base", base)
    assert (tmp_path / "text" / NAME).read_bytes() == TEXT
    assert (tmp_path / "text" / "a.manifest").read_bytes() == b"DCM\x01"
    assert (tmp_path / "text" / "b").read_bytes() == b"DCM\x01"
    hotfix("extract", path, tmp_path / "raw", "--dcm-base", base, "--raw")
    assert (tmp_path / "raw" / NAME).read_bytes() == PACKED


def test_targets_of_deltas_are_decoded_too(tmp_path: Path, base: Path) -> None:
    path = tmp_path / "p.cab"
    target = Target(id="1", name=NAME, data=PACKED)
    path.write_bytes(delta_package([target], {NAME: PACKED}))
    hotfix("extract", path, tmp_path / "out", "--dcm-base", base)
    assert (tmp_path / "out" / NAME).read_bytes() == TEXT


def test_bases_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(PACKED)
    (tmp_path / "none").mkdir()
    hotfix("validate", path, "--dcm-base", tmp_path / "absent", code=3)
    result = hotfix("validate", path, "--dcm-base", tmp_path / "none", code=2)
    assert "holds no file" in result.stderr
