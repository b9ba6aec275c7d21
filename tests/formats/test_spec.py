import json
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kb967724 import ROWS, SPEC

from builder.errors import HotfixError, LimitError, SpecError
from builder.formats.recipe import parse_recipe, serialize_recipe
from builder.formats.spec import (
    parse_inventory,
    parse_spec,
    serialize_inventory,
    serialize_spec,
)
from builder.model.identity import Architecture
from builder.model.inventory import Facts, ImageHash, Inventory, ObservedFile, PeFacts
from builder.model.kb import FileEntry, KbSpec, Provenance, RegistryChange, Restart
from builder.model.limits import Limits
from builder.model.names import unsafe
from builder.model.recipe import Recipe
from builder.model.version import FileVersion

LEDGER = Path(__file__).parents[2] / "manifests" / "kb967724" / "kb.json"
GOOD = serialize_spec(SPEC)


def changed(*path: str | int, to: object) -> bytes:
    """Return the specification with one value changed."""
    value = json.loads(GOOD)
    here: Any = value
    for part in path[:-1]:
        here = here[part]
    here[path[-1]] = to
    return json.dumps(value, indent=2).encode()


def refused(data: bytes) -> SpecError:
    with pytest.raises(SpecError) as caught:
        parse_spec(data)
    return caught.value


def test_the_ledger_holds_the_table_of_the_article() -> None:
    data = LEDGER.read_bytes()
    assert parse_spec(data) == SPEC
    assert serialize_spec(SPEC) == data
    assert len(ROWS) == 21


def test_a_specification_is_written_in_one_form() -> None:
    spec = KbSpec(
        number=900123,
        title="It st\u00f6ps",
        applies_to=("Windows Server 2008",),
        prerequisites=(),
        restart=Restart.POSSIBLE,
        replaces=(900001,),
        registry=None,
        source=Provenance(
            article=None, revision=None, created=None, published=None, sha256="0" * 64
        ),
        files=(
            FileEntry(
                architecture=Architecture.AMD64,
                name="A.sys",
                size=1,
                modified=datetime(2009, 2, 12, 5, 44, tzinfo=UTC),
                version=FileVersion(6, 0, 6001, 22375),
                platform=Architecture.X86,
                branch="LDR",
                sp_requirement="SP2",
            ),
        ),
    )
    text = f"""\
{{
  "kb": 900123,
  "title": "It st\u00f6ps",
  "applies_to": [
    "Windows Server 2008"
  ],
  "prerequisites": [],
  "restart": "possible",
  "replaces": [
    900001
  ],
  "registry": null,
  "source": {{
    "article": null,
    "revision": null,
    "created": null,
    "published": null,
    "sha256": "{"0" * 64}"
  }},
  "files": [
    {{
      "architecture": "x64",
      "name": "A.sys",
      "version": "6.0.6001.22375",
      "size": 1,
      "modified": "2009-02-12T05:44:00Z",
      "platform": "x86",
      "branch": "LDR",
      "sp_requirement": "SP2"
    }}
  ]
}}
"""
    assert serialize_spec(spec).decode() == text
    assert parse_spec(text.encode()) == spec


def test_the_schema_of_an_editor_is_accepted_and_not_kept() -> None:
    data = GOOD.replace(b"{", b'{"$schema": "../kb.schema.json",', 1)
    assert parse_spec(data) == SPEC


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (("kb",), "967724", "kb is '967724', not a number"),
        (("kb",), 999, "kb is 999, below 1000"),
        (("kb",), True, "kb is true, not a number"),
        (("title",), "", "title is '', which is not written like"),
        (("title",), "x" * 501, "title is 'xxx"),
        (("restart",), "maybe", "restart is 'maybe', not one of required, possible"),
        (("registry",), 1, "registry is 1, not one of required, none, null"),
        (("replaces",), [1.0], "replaces[0] is '1.0'; numbers are whole here"),
        (("source",), None, "source is null, not an object"),
        (("source", "sha256"), "A" * 64, "source.sha256 is 'AAA"),
        (("source", "created"), "2011-02-29", "source.created is '2011-02-29', a day"),
        (("source", "created"), "2011-2-9", "source.created is '2011-2-9', which is"),
        (("source", "more"), 1, "source.more is not a known name"),
        (("files",), {}, "files is an object of 0, not a list"),
        (("files", 3, "size"), "1", "files[3].size is '1', not a number"),
        (("files", 3, "size"), -1, "files[3].size is -1, below 0"),
        (("files", 3, "size"), 2**32, "files[3].size is 4294967296, above 4294967295"),
        (("files", 3, "version"), "6.0.1", "files[3].version is '6.0.1', which is not"),
        (("files", 3, "version"), "6.0.01.2", "files[3].version is '6.0.01.2', which"),
        (("files", 3, "version"), "6.0.1.65536", "files[3].version is no version"),
        (("files", 3, "version"), 6, "files[3].version is 6, not text or null"),
        (
            ("files", 3, "modified"),
            "2009-02-30T00:00:00Z",
            "files[3].modified is '2009-02-30T00:00:00Z', a time that does not exist",
        ),
        (
            ("files", 3, "modified"),
            "2009-02-12T24:00:00Z",
            "files[3].modified is '2009-02-12T24:00:00Z', a time that does not exist",
        ),
        (("files", 3, "modified"), "1979-12-31T00:00:00Z", "files[3].modified is '"),
        (("files", 3, "architecture"), "amd64", "files[3].architecture is 'amd64'"),
        (("files", 3, "platform"), "ia64", "files[3].platform is ia64, which"),
        (("files", 3, "name"), "../a", "files[3].name is '../a', which is not"),
        (("files", 3, "name"), "a.", "files[3].name is 'a.', which is not"),
        (("files", 3, "name"), "nul.sys", "files[3].name is 'nul.sys', which no"),
        (("files", 3, "name"), "a\n", "files[3].name contains the character U+000A"),
        (("files", 3), {}, "files[3] lacks architecture, name, version"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_path_and_line(
    path: tuple[str | int, ...], value: object, reason: str
) -> None:
    data = changed(*path, to=value)
    error = refused(data)
    assert error.reason.startswith(reason)
    assert error.line is not None
    named = data.decode().split("\n")[error.line - 1].strip()
    if isinstance(path[-1], str) and " key " not in reason and path != ("replaces",):
        assert named.startswith(f'"{path[-1]}": ')
    else:
        assert named.rstrip(",") in ("{", "{}", "1.0")


def test_the_first_fault_in_the_text_is_named() -> None:
    data = changed("files", 3, "size", to="1").replace(b'"x86"', b'"x87"')
    assert refused(data).reason == (
        "files[0].architecture is 'x87', not one of x86, x64, ia64, arm, arm64"
    )


def test_a_document_above_the_limit_is_refused() -> None:
    with pytest.raises(LimitError):
        parse_spec(GOOD, limits=Limits(text=100))


def test_5000_files_stay_usable() -> None:
    files = tuple(replace(ROWS[1], name=f"F{n}.sys") for n in range(5000))
    data = serialize_spec(replace(SPEC, files=files))
    begin = time.process_time()
    assert parse_spec(data).files == files
    assert time.process_time() - begin < 5


PE = PeFacts(
    machine=0x14C,
    version=FileVersion(6, 0, 6001, 22375),
    signed=False,
    sha1=ImageHash(padded=b"\1" * 20, unpadded=b"\1" * 20),
    sha256=ImageHash(padded=b"\2" * 32, unpadded=b"\3" * 32),
)
INVENTORY = Inventory(
    number=967724,
    stand_in=True,
    files=(
        ObservedFile(
            architecture=Architecture.X86,
            name="Mpio.inf",
            facts=Facts(size=5, sha1=b"\4" * 20, sha256=b"\5" * 32, damage="cut off"),
        ),
        ObservedFile(
            architecture=Architecture.X86,
            name="Mpio.sys",
            facts=Facts(size=6, sha1=b"\6" * 20, sha256=b"\7" * 32, pe=PE),
        ),
    ),
)
INVENTORY_TEXT = f"""\
{{
  "kb": 967724,
  "stand_in": true,
  "files": [
    {{
      "architecture": "x86",
      "name": "Mpio.inf",
      "size": 5,
      "sha1": "{"04" * 20}",
      "sha256": "{"05" * 32}",
      "damage": "cut off"
    }},
    {{
      "architecture": "x86",
      "name": "Mpio.sys",
      "size": 6,
      "sha1": "{"06" * 20}",
      "sha256": "{"07" * 32}",
      "pe": {{
        "machine": "0x014c",
        "version": "6.0.6001.22375",
        "signed": false,
        "image_hashes": {{
          "sha1": "{"01" * 20}",
          "sha256": "{"02" * 32}",
          "sha256_unpadded": "{"03" * 32}"
        }}
      }}
    }}
  ]
}}
"""


def test_an_inventory_is_written_in_one_form() -> None:
    assert serialize_inventory(INVENTORY).decode() == INVENTORY_TEXT
    assert parse_inventory(INVENTORY_TEXT.encode()) == INVENTORY


def test_a_program_without_a_version_is_kept() -> None:
    pe = replace(PE, version=None, version_damage="the resources are cut off")
    file = replace(INVENTORY.files[1], facts=replace(INVENTORY.files[1].facts, pe=pe))
    inventory = replace(INVENTORY, files=(file,))
    assert parse_inventory(serialize_inventory(inventory)) == inventory


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("Mpio.sys", "mpio.INF", 13, "files[1] has the key of files[0]"),
        ("true", "null", 3, "stand_in is null, not true or false"),
        ("0x014c", "332", 20, "files[1].pe.machine is '332', which is not written"),
        ("04", "4", 9, "files[0].sha1 is '4444"),
        ("22375", "99999", 21, "files[1].pe.version is no version: '6.0.6001.99999'"),
        ("Mpio.inf", "a|b", 7, "files[0].name is 'a|b'"),
        ('"pe"', '"elf"', 19, "files[1].elf is not a known name"),
    ],
)
def test_a_fault_in_an_inventory_is_named(
    old: str, new: str, line: int, reason: str
) -> None:
    with pytest.raises(SpecError) as caught:
        parse_inventory(INVENTORY_TEXT.replace(old, new).encode())
    assert caught.value.reason.startswith(reason)
    assert caught.value.line == line


def test_an_empty_recipe_has_the_defaults() -> None:
    assert parse_recipe(b'{"$schema": "recipe.schema.json"}') == Recipe()


def test_a_recipe_is_written_in_one_form() -> None:
    recipe = Recipe(
        release_type="Security Update", package_version=FileVersion(6, 0, 1, 2)
    )
    text = """\
{
  "$schema": "../../schemas/recipe.schema.json",
  "package_version": "6.0.1.2",
  "release_type": "Security Update"
}
"""
    assert serialize_recipe(recipe).decode() == text
    assert parse_recipe(text.encode()) == recipe
    assert parse_recipe(serialize_recipe(Recipe())) == Recipe()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"release_type": "hotfix"}', "release_type is 'hotfix', not one of Hotfix"),
        (b'{"public_key_token": "31BF3856AD364E35"}', "public_key_token is '31BF"),
        (b'{"installer_version": null}', "installer_version is null, not text"),
        (b'{"installer_version": "6.0.0.70000"}', "installer_version is no version"),
        (b'{"compony": "x"}', "compony is not a known name"),
        (b'{"company": "x\\n"}', "company contains the character U+000A"),
        (b'{"company": " "}', "company is ' ', which is not written like"),
        (b"[]", "the document is a list of 0, not an object"),
    ],
)
def test_a_fault_in_a_recipe_is_named(data: bytes, reason: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_recipe(data)
    assert caught.value.reason.startswith(reason)
    assert caught.value.line == 1


texts = st.from_regex(r"[a-zA-Z0-9 \u00e9]{0,20}[a-zA-Z\u00e9]", fullmatch=True)
numbers = st.integers(1000, 999_999_999)
versions = st.builds(FileVersion, *[st.integers(0, 0xFFFF)] * 4)
days = st.dates(date(1980, 1, 1), date(2107, 12, 31))
times = st.datetimes(
    datetime(1980, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
    datetime(2107, 12, 31),  # noqa: DTZ001 - as above
    timezones=st.just(UTC),
).map(lambda when: when.replace(microsecond=0))
sections = st.sampled_from([Architecture.X86, Architecture.AMD64, Architecture.IA64])
file_names = texts.map(str.strip).filter(lambda name: unsafe(name) is None)


@st.composite
def entries(draw: st.DrawFn) -> FileEntry:
    section = draw(sections)
    return FileEntry(
        architecture=section,
        name=draw(file_names),
        size=draw(st.integers(0, 0xFFFFFFFF)),
        modified=draw(times),
        version=draw(st.none() | versions),
        platform=draw(st.sampled_from([None, section, Architecture.X86])),
        branch=draw(st.none() | texts),
        sp_requirement=draw(st.none() | texts),
    )


specs = st.builds(
    KbSpec,
    number=numbers,
    title=texts,
    applies_to=st.lists(texts, min_size=1, max_size=3).map(tuple),
    prerequisites=st.lists(texts, max_size=3).map(tuple),
    restart=st.sampled_from(Restart),
    replaces=st.lists(numbers, max_size=3).map(tuple),
    registry=st.none() | st.sampled_from(RegistryChange),
    source=st.builds(
        Provenance,
        article=st.none() | numbers,
        revision=st.none() | texts,
        created=st.none() | days,
        published=st.none() | days,
        sha256=st.binary(min_size=32, max_size=32).map(bytes.hex),
    ),
    files=st.lists(
        entries(), min_size=1, max_size=4, unique_by=lambda entry: entry.key
    ).map(tuple),
)


@given(specs)
def test_parse_inverts_serialize_for_specifications(spec: KbSpec) -> None:
    assert parse_spec(serialize_spec(spec)) == spec


@given(
    st.sampled_from([GOOD, INVENTORY_TEXT.encode(), serialize_recipe(Recipe())]),
    st.data(),
)
def test_damaged_documents_are_read_or_refused(
    document: bytes, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(document)))
    length = data.draw(st.integers(0, 20))
    new = data.draw(st.binary(max_size=4) | st.sampled_from([b"null", b"{", b"[1]"]))
    for parse in (parse_spec, parse_inventory, parse_recipe):
        try:
            value = parse(document[:at] + new + document[at + length :])
        except HotfixError as error:
            assert str(error)  # noqa: PT017 - either outcome is right
        else:
            assert isinstance(value, KbSpec | Inventory | Recipe)
