"""A specification to start from: it builds as it stands, from stand-ins."""

from collections.abc import Iterable
from datetime import datetime

from builder.formats.json_text import serialize_json
from builder.formats.recipe import SCHEMA_PLACE
from builder.formats.spec import serialize_spec
from builder.model.era import ERAS, Era
from builder.model.identity import Architecture
from builder.model.kb import FileEntry, KbSpec, Provenance, Restart
from builder.model.version import FileVersion

_SIZE = 4096
_WITH_TWINS = (Architecture.AMD64, Architecture.IA64, Architecture.ARM64)
_NO_DOCUMENT = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""SHA-256 of no bytes."""


def _version(era: Era) -> FileVersion:
    major, minor, build, _ = FileVersion.parse(era.parent_version)
    return FileVersion(major, minor, build, 20000)


def _rows(
    era: Era, architectures: Iterable[Architecture], modified: datetime
) -> Iterable[FileEntry]:
    for architecture in architectures:
        platforms = [architecture]
        if architecture in _WITH_TWINS:
            platforms.append(Architecture.X86)
        for platform in platforms:
            yield FileEntry(
                architecture=architecture,
                name="example.dll",
                size=_SIZE,
                modified=modified,
                version=_version(era),
                platform=platform,
            )


def skeleton(
    number: int,
    *,
    era: str,
    architectures: tuple[Architecture, ...],
    modified: datetime,
) -> dict[str, bytes]:
    """Return kb.json and recipe.json of a component hotfix to start from.

    Args:
        number: Of the article.
        era: Such as "6.1".
        architectures: Of the packages.
        modified: Of the example's file, in UTC.
    """
    conventions = ERAS[era]
    spec = KbSpec(
        number=number,
        title=f"Replace this by the title of KB{number}",
        applies_to=(conventions.product,),
        prerequisites=(),
        restart=Restart.POSSIBLE,
        replaces=(),
        registry=None,
        source=Provenance(
            article=None,
            revision=None,
            created=None,
            published=None,
            sha256=_NO_DOCUMENT,
        ),
        files=tuple(_rows(conventions, architectures, modified)),
    )
    return {"kb.json": serialize_spec(spec), "recipe.json": _recipe(conventions)}


def _recipe(era: Era) -> bytes:
    major, minor, *_ = _version(era)
    return serialize_json(
        {
            "$schema": SCHEMA_PLACE,
            "$comment": "docs/recipes.md explains every name; an editor that knows "
            "JSON Schema does so too.  kb.json holds the article's table: each file "
            "below is held to its row.",
            "era": era.name,
            "package_version": f"{major}.{minor}.1.0",
            "components": [_component(str(_version(era)))],
        }
    )


def _component(version: str) -> dict[str, object]:
    return {
        "$comment": "One component: what is installed, replaced and repaired "
        "together.  wow64 adds a twin for 32-bit programs on 64-bit systems; its "
        "payload lies in the folder wow64.",
        "name": "Example-Widget",
        "version": version,
        "wow64": True,
        "files": [{"name": "example.dll", "destination": "$(runtime.system32)\\"}],
        "registry_keys": [
            {
                "name": "HKEY_LOCAL_MACHINE\\SOFTWARE\\Example",
                "values": [
                    {"name": "Version", "type": "REG_SZ", "value": version},
                    {"name": "Level", "type": "REG_DWORD", "value": "0x00000001"},
                ],
            }
        ],
    }
