"""WIM files as containers: every image's files, and their bytes as streams."""

import hashlib
from collections.abc import Iterator

from builder.errors import LimitError, WimError
from builder.formats.buffer import Buffer
from builder.formats.wim import parse_wim
from builder.formats.wim_resource import check_decoded, unpack_resource
from builder.formats.wim_tree import parse_tree
from builder.model.limits import Limits
from builder.model.unpacked import Form
from builder.model.wim import Wim, WimEntry, WimFile
from builder.steps.archive import Archive, ArchiveFile


def open_wim(data: Buffer, *, limits: Limits) -> Archive:
    """Read the structure of a WIM file, its directory trees included.

    Raises:
        WimError: It is damaged.
        UnsupportedError: Its directory trees are packed in a way that is not
            decoded.
        LimitError: Larger than `limits` allow.
    """
    wim = parse_wim(data, limits=limits)
    entries = {entry.sha1: entry for entry in wim.entries}
    named = []
    for file in _wim_files(wim, data, limits):
        if file.sha1 is not None and file.sha1 not in entries:
            raise WimError(f"the content of {file.name!r} is in no lookup table")
        if not file.is_folder and not file.is_link:
            named.append((file, entries[file.sha1] if file.sha1 else None))
    files = tuple(
        ArchiveFile(
            name=file.name,
            size=entry.resource.unpacked if entry else 0,
            modified=file.modified,
        )
        for file, entry in named
    )

    def streams() -> Iterator[tuple[ArchiveFile, Iterator[bytes]]]:
        for shown, (_, entry) in zip(files, named, strict=True):
            chunks = _checked(wim, entry, data) if entry else iter(())
            yield shown, chunks
            for _ in chunks:  # what the caller left is checked, too
                pass

    return Archive(
        form=Form.WIM,
        packing=str(wim.method),
        files=files,
        groups=(streams,),
        trailing=wim.trailing,
        notes=tuple(_notes(wim)),
    )


def _notes(wim: Wim) -> Iterator[str]:
    """Yield what the tables of a WIM say, without its directory trees."""
    yield f"{len(wim.entries):,} streams in the lookup table"
    for image in wim.info:
        yield (
            f"image {image.index} {image.name or 'without a name'}: "
            f"{image.files or 0:,} files, {image.unpacked or 0:,} bytes"
        )


def _wim_files(wim: Wim, data: Buffer, limits: Limits) -> Iterator[WimFile]:
    """Yield the files of all images; with several, below the image's number."""
    trees = wim.metadata()
    for number, tree in enumerate(trees, start=1):
        resource = tree.resource
        check_decoded(resource, wim.method)
        if resource.unpacked > limits.held:
            raise LimitError(f"a directory tree of {resource.unpacked:,} bytes")
        metadata = b"".join(_checked(wim, tree, data))
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


def _checked(wim: Wim, entry: WimEntry, data: Buffer) -> Iterator[bytes]:
    """Yield a stream, and hold it to the hash that the lookup table gives."""
    digest = hashlib.sha1(usedforsecurity=False)
    for chunk in unpack_resource(
        data, entry.resource, method=wim.method, chunk_size=wim.chunk_size
    ):
        digest.update(chunk)
        yield chunk
    if digest.digest() != entry.sha1:
        raise WimError(
            f"SHA-1 {digest.hexdigest()}; the lookup table says {entry.sha1.hex()}",
            offset=entry.resource.offset,
        )
