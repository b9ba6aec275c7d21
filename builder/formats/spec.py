"""kb.json and inventory.json <-> values.

Each document is read strictly, judged by its schema, and then turned into a
value; what a schema cannot say (a day that does not exist, two rows with one
key) is judged on the way.  `$schema` is accepted for editors and not kept.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from builder.formats.buffer import Buffer
from builder.formats.json_schema import validate_json
from builder.formats.json_text import Document, Path, parse_json, serialize_json
from builder.model.identity import Architecture
from builder.model.inventory import Facts, ImageHash, Inventory, ObservedFile, PeFacts
from builder.model.kb import (
    PLATFORMS,
    FileEntry,
    KbSpec,
    Provenance,
    RegistryChange,
    Restart,
    ServiceBranch,
)
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.model.names import unsafe
from builder.model.version import FileVersion

_TIME = "%Y-%m-%dT%H:%M:%SZ"

Json = dict[str, Any]


def parse_spec(data: Buffer, *, limits: Limits = DEFAULT_LIMITS) -> KbSpec:
    """Read a kb.json.

    Raises:
        SpecError: It is not what its schema says, or contradicts itself; the
            message names the place, as in "files[3].size", and `line` too.
        LimitError: It is larger than `limits` allow.
    """
    document = _read(data, "kb.schema.json", limits)
    value = document.value
    files = tuple(
        _entry(document, ("files", at), row) for at, row in enumerate(value["files"])
    )
    return KbSpec(
        number=value["kb"],
        title=value["title"],
        applies_to=tuple(value["applies_to"]),
        prerequisites=tuple(value["prerequisites"]),
        restart=value["restart"] and Restart(value["restart"]),
        replaces=tuple(value["replaces"]),
        registry=value["registry"] and RegistryChange(value["registry"]),
        source=_provenance(document, value["source"]),
        files=files,
        replaced_by=tuple(value.get("replaced_by", ())),
        branches=tuple(ServiceBranch(**row) for row in value.get("branches", ())),
    )


def serialize_spec(spec: KbSpec) -> bytes:
    """Write a kb.json in its one form."""
    optional: Json = {}
    if spec.replaced_by:
        optional["replaced_by"] = spec.replaced_by
    if spec.branches:
        optional["branches"] = [asdict(branch) for branch in spec.branches]
    return serialize_json(
        {
            "kb": spec.number,
            "title": spec.title,
            "applies_to": spec.applies_to,
            "prerequisites": spec.prerequisites,
            "restart": spec.restart and spec.restart.value,
            "replaces": spec.replaces,
            "registry": spec.registry and spec.registry.value,
            **optional,
            "source": _provenance_json(spec.source),
            "files": [_entry_json(row) for row in spec.files],
        }
    )


def _provenance_json(source: Provenance) -> Json:
    return _without_none(
        {"reviewed": source.reviewed and source.reviewed.isoformat()},
        {
            "article": source.article,
            "revision": source.revision,
            "created": source.created and source.created.isoformat(),
            "published": source.published and source.published.isoformat(),
            "sha256": source.sha256,
        },
    )


def _entry_json(row: FileEntry) -> Json:
    return _without_none(
        {
            "branch": row.branch,
            "sp_requirement": row.sp_requirement,
            "product": row.product,
        },
        {
            "architecture": row.architecture.word,
            "name": row.name,
            "version": row.version and str(row.version),
            "size": row.size,
            "modified": row.modified.astimezone(UTC).strftime(_TIME),
            "platform": row.platform and row.platform.word,
        },
    )


def parse_inventory(data: Buffer, *, limits: Limits = DEFAULT_LIMITS) -> Inventory:
    """Read an inventory.json.

    Raises:
        SpecError: It is not what its schema says, or contradicts itself.
        LimitError: It is larger than `limits` allow.
    """
    document = _read(data, "inventory.schema.json", limits)
    value = document.value
    files = tuple(
        _observed(document, ("files", at), row) for at, row in enumerate(value["files"])
    )
    _refuse_doubles(document, ((file.architecture, file.key) for file in files))
    return Inventory(number=value["kb"], stand_in=value["stand_in"], files=files)


def serialize_inventory(inventory: Inventory) -> bytes:
    """Write an inventory.json in its one form."""
    return serialize_json(
        {
            "kb": inventory.number,
            "stand_in": inventory.stand_in,
            "files": [
                _without_none(
                    {
                        "folder": file.folder or None,
                        "damage": file.facts.damage,
                        "pe": file.facts.pe and _pe_json(file.facts.pe),
                    },
                    {
                        "architecture": file.architecture.word,
                        "name": file.name,
                        "size": file.facts.size,
                        "sha1": file.facts.sha1.hex(),
                        "sha256": file.facts.sha256.hex(),
                    },
                )
                for file in inventory.files
            ],
        }
    )


def _read(data: Buffer, schema: str, limits: Limits) -> Document:
    document = parse_json(data, limits=limits)
    validate_json(schema, document)
    return document


def _without_none(optional: Json, required: Json) -> Json:
    present = {name: value for name, value in optional.items() if value is not None}
    return required | present


def _refuse_doubles(document: Document, keys: Iterable[object]) -> None:
    first: dict[object, int] = {}
    for at, key in enumerate(keys):
        before = first.setdefault(key, at)
        if before != at:
            document.fail(("files", at), f"has the key of files[{before}]")


def _version(document: Document, path: Path, text: str | None) -> FileVersion | None:
    if text is None:
        return None
    try:
        return FileVersion.parse(text)
    except ValueError as error:
        document.fail(path, f"is no version: {error}")


def _day(document: Document, path: Path, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        document.fail(path, f"is {text!r}, a day that does not exist")


def _time(document: Document, path: Path, text: str) -> datetime:
    try:
        return datetime.strptime(text, _TIME).replace(tzinfo=UTC)
    except ValueError:
        document.fail(path, f"is {text!r}, a time that does not exist")


def _name(document: Document, path: Path, text: str) -> str:
    reason = unsafe(text)
    if reason is not None:
        document.fail(path, f"is {text!r}, which no file can be named: {reason}")
    return text


def _provenance(document: Document, value: Json) -> Provenance:
    return Provenance(
        article=value["article"],
        revision=value["revision"],
        created=_day(document, ("source", "created"), value["created"]),
        published=_day(document, ("source", "published"), value["published"]),
        sha256=value["sha256"],
        reviewed=_day(document, ("source", "reviewed"), value.get("reviewed")),
    )


def _entry(document: Document, path: Path, row: Json) -> FileEntry:
    architecture = Architecture.of_word(row["architecture"])
    platform = row["platform"] and Architecture.of_word(row["platform"])
    if platform is not None and platform not in PLATFORMS[architecture]:
        document.fail(
            (*path, "platform"),
            f"is {platform.word}, which contradicts the {architecture.word} section",
        )
    return FileEntry(
        architecture=architecture,
        name=_name(document, (*path, "name"), row["name"]),
        size=row["size"],
        modified=_time(document, (*path, "modified"), row["modified"]),
        version=_version(document, (*path, "version"), row["version"]),
        platform=platform,
        branch=row.get("branch"),
        sp_requirement=row.get("sp_requirement"),
        product=row.get("product"),
    )


def _observed(document: Document, path: Path, row: Json) -> ObservedFile:
    pe = row.get("pe")
    folder = row.get("folder", "")
    if folder:
        _name(document, (*path, "folder"), folder)
    return ObservedFile(
        architecture=Architecture.of_word(row["architecture"]),
        folder=folder,
        name=_name(document, (*path, "name"), row["name"]),
        facts=Facts(
            size=row["size"],
            sha1=bytes.fromhex(row["sha1"]),
            sha256=bytes.fromhex(row["sha256"]),
            pe=None if pe is None else _pe(document, (*path, "pe"), pe),
            damage=row.get("damage"),
        ),
    )


def _pe(document: Document, path: Path, value: Json) -> PeFacts:
    hashes = value["image_hashes"]
    return PeFacts(
        machine=int(value["machine"], 16),
        version=_version(document, (*path, "version"), value["version"]),
        signed=value["signed"],
        sha1=_image_hash(hashes, "sha1"),
        sha256=_image_hash(hashes, "sha256"),
        version_damage=value.get("version_damage"),
    )


def _image_hash(hashes: Json, name: str) -> ImageHash:
    padded: str = hashes[name]
    return ImageHash(
        padded=bytes.fromhex(padded),
        unpadded=bytes.fromhex(hashes.get(f"{name}_unpadded", padded)),
    )


def _pe_json(pe: PeFacts) -> Json:
    hashes = {"sha1": pe.sha1.padded.hex(), "sha256": pe.sha256.padded.hex()}
    for name, image in (("sha1", pe.sha1), ("sha256", pe.sha256)):
        if image.padded != image.unpadded:
            hashes[f"{name}_unpadded"] = image.unpadded.hex()
    return {
        "machine": f"{pe.machine:#06x}",
        "version": pe.version and str(pe.version),
        **_without_none({"version_damage": pe.version_damage}, {}),
        "signed": pe.signed,
        "image_hashes": hashes,
    }
