"""WIM files as containers: every image's files, and their bytes as streams."""

import hashlib
from collections.abc import Iterator
from uuid import UUID

from builder.errors import LimitError, WimError
from builder.formats.buffer import Buffer
from builder.formats.wim import parse_wim
from builder.formats.wim_resource import not_decoded, unpack_resource
from builder.formats.wim_tree import parse_tree
from builder.model.limits import Limits
from builder.model.tree import Fact, Node
from builder.model.unpacked import Form
from builder.model.wim import Wim, WimEntry, WimFile, WimImageInfo, WimMethod
from builder.steps.archive import Archive, ArchiveFile


def open_wim(data: Buffer, *, limits: Limits) -> Archive:
    """Read the structure of a WIM file, its directory trees included.

    Where a tree is packed in a way that is not decoded, only the header, the
    XML data and the lookup table are known.

    Raises:
        WimError: It is damaged.
        UnsupportedError: It is one part of several, or pipable.
        LimitError: Larger than `limits` allow.
    """
    wim = parse_wim(data, limits=limits)
    shut = [why for tree in wim.metadata() if (why := not_decoded(tree.resource))]
    named = [] if shut else _named(wim, data, limits)
    files = tuple(_shown(file, entry) for file, entry in named)

    def streams() -> Iterator[tuple[ArchiveFile, Iterator[bytes]]]:
        for shown, (_, entry) in zip(files, named, strict=True):
            chunks = _checked(entry, data) if entry else iter(())
            yield shown, chunks
            if shown.waits is None:
                for _ in chunks:  # what the caller left is checked, too
                    pass

    return Archive(
        form=Form.WIM,
        packing=str(wim.method),
        files=files,
        groups=(streams,),
        trailing=wim.trailing,
        tables=tuple(_tables(wim)),
        waits=f"directory tree: {shut[0]}" if shut else None,
    )


def _named(
    wim: Wim, data: Buffer, limits: Limits
) -> list[tuple[WimFile, WimEntry | None]]:
    """Return the files of all images, each with its content, if it has any."""
    entries = {entry.sha1: entry for entry in wim.entries}
    named = []
    for file in _wim_files(wim, data, limits):
        if file.sha1 is not None and file.sha1 not in entries:
            raise WimError(f"the content of {file.name!r} is in no lookup table")
        if not file.is_folder and not file.is_link:
            named.append((file, entries[file.sha1] if file.sha1 else None))
    return named


def _shown(file: WimFile, entry: WimEntry | None) -> ArchiveFile:
    return ArchiveFile(
        name=file.name,
        size=entry.resource.unpacked if entry else 0,
        modified=file.modified,
        waits=not_decoded(entry.resource) if entry else None,
    )


def _wim_files(wim: Wim, data: Buffer, limits: Limits) -> Iterator[WimFile]:
    """Yield the files of all images; with several, below the image's number."""
    trees = wim.metadata()
    for number, tree in enumerate(trees, start=1):
        if tree.resource.unpacked > limits.held:
            raise LimitError(f"a directory tree of {tree.resource.unpacked:,} bytes")
        metadata = b"".join(_checked(tree, data))
        for file in parse_tree(metadata, limits=limits):
            if len(trees) == 1:
                yield file
            else:
                yield WimFile(
                    name=f"{number}\\{file.name}",
                    attributes=file.attributes,
                    modified=file.modified,
                    sha1=file.sha1,
                    streams=file.streams,
                )


def _checked(entry: WimEntry, data: Buffer) -> Iterator[bytes]:
    """Yield a stream, and hold it to the hash that the lookup table gives."""
    digest = hashlib.sha1(usedforsecurity=False)
    for chunk in unpack_resource(data, entry.resource):
        digest.update(chunk)
        yield chunk
    if digest.digest() != entry.sha1:
        raise WimError(
            f"SHA-1 {digest.hexdigest()}; the lookup table says {entry.sha1.hex()}",
            offset=entry.resource.offset,
        )


def _tables(wim: Wim) -> Iterator[Node]:
    """Describe the header, the XML data and the lookup table."""
    facts: list[tuple[str, Fact]] = [
        ("version", f"{wim.version >> 16}.{wim.version >> 8 & 0xFF}"),
        ("packing", str(wim.method)),
        ("chunk_size", wim.chunk_size),
        ("images", wim.images),
        ("boot_image", wim.boot_index),
    ]
    guid = str(UUID(bytes_le=wim.guid))
    yield Node(kind="header", name=guid, facts=tuple(f for f in facts if f[1] != 0))
    yield from map(_image, wim.info)
    yield Node(
        kind="table",
        name="lookup table",
        facts=(("streams", len(wim.entries)),),
        children=tuple(map(_stream, wim.entries)),
    )


def _image(info: WimImageInfo) -> Node:
    facts: list[tuple[str, Fact | None]] = [
        ("index", info.index),
        ("description", info.description),
        ("folders", info.folders),
        ("files", info.files),
        ("size", info.unpacked),
    ]
    return Node(
        kind="image",
        name=info.name or "without a name",
        facts=tuple((name, value) for name, value in facts if value is not None),
    )


def _stream(entry: WimEntry) -> Node:
    resource = entry.resource
    is_inside = resource.is_solid and not resource.size
    holds_others = resource.is_solid and not is_inside
    facts: list[tuple[str, Fact]] = [
        ("size", resource.unpacked),
        ("packed_size", resource.size),
        ("offset", resource.offset),
        ("packing", str(resource.method)),
        ("solid", resource.is_solid),
        ("directory_tree", resource.is_metadata),
        ("references", entry.references),
    ]
    if resource.method is WimMethod.NONE or is_inside:
        facts = [fact for fact in facts if fact[0] not in ("packed_size", "packing")]
    return Node(
        kind="solid" if holds_others else "stream",
        name=f"at {resource.offset:#x}" if holds_others else entry.sha1.hex(),
        facts=tuple(facts),
    )
