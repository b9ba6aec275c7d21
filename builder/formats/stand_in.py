"""Stand-ins: files that keep every promise of a table row but the content.

They say plainly, in every line, that they are not the real files.
"""

from collections.abc import Iterator

from builder.errors import PlanError
from builder.formats.pe_blank import BlankImage, serialize_blank
from builder.model.kb import FileEntry
from builder.model.machine import NATIVE

LABEL = "hotfix stand-in, not the real file"

_CHUNK = 1 << 16
_LINE_END = b"\r\n"
_COMMENT = b"; " + LABEL.encode("ascii") + _LINE_END
_INF_HEAD = _COMMENT + b'\r\n[Version]\r\nSignature="$Windows NT$"\r\n\r\n'
_TEXT_LINE = LABEL.encode("ascii") + _LINE_END
_SHORTEST_COMMENT = len(b";" + _LINE_END)
_NO_PAYLOAD = (".mum", ".manifest")


def stand_in(entry: FileEntry) -> Iterator[bytes]:
    """Make the stand-in of one file, in chunks of at most 64 KiB.

    - A version or a platform makes a portable executable for the machine of
      the platform, else of the section that the row stands in.
    - An .inf without them makes an INF with a version section and comments.
    - Any other name makes text.
    - A promise of 0 bytes makes an empty file.

    Raises:
        PlanError: The promised size cannot carry the label, or is too large
            for a portable executable, or the row is a .mum or .manifest:
            those are drafted, never stood in for.
    """
    suffix = entry.name.casefold()
    if suffix.endswith(_NO_PAYLOAD):
        raise PlanError("a manifest is drafted, not payload")
    if entry.version is not None or entry.platform is not None:
        return serialize_blank(
            BlankImage(
                machine=NATIVE[entry.platform or entry.architecture],
                size=entry.size,
                name=entry.name,
                label=LABEL,
                version=entry.version,
            )
        )
    if suffix.endswith(".inf"):
        return _inf(entry)
    return _text(entry)


def _require(entry: FileEntry, smallest: int) -> None:
    if 0 < entry.size < smallest:
        raise PlanError(
            "a stand-in that carries its label has at least "
            f"{smallest:,} bytes, not {entry.size:,}"
        )


def _inf(entry: FileEntry) -> Iterator[bytes]:
    _require(entry, len(_INF_HEAD) + _SHORTEST_COMMENT)
    if not entry.size:
        return iter(())
    room = entry.size - len(_INF_HEAD)
    count, rest = divmod(room - _SHORTEST_COMMENT, len(_COMMENT))
    # The last comment takes up what is left: from 3 bytes to a line and 2.
    last = b";" + b"-" * rest + _LINE_END
    return _with_lines(_INF_HEAD, line=_COMMENT, count=count, end=last)


def _text(entry: FileEntry) -> Iterator[bytes]:
    _require(entry, len(_TEXT_LINE))
    count, rest = divmod(entry.size, len(_TEXT_LINE))
    return _with_lines(b"", line=_TEXT_LINE, count=count, end=_TEXT_LINE[:rest])


def _with_lines(
    start: bytes, *, line: bytes, count: int, end: bytes
) -> Iterator[bytes]:
    per_chunk = _CHUNK // len(line)
    if start:
        yield start
    for _ in range(count // per_chunk):
        yield line * per_chunk
    if rest := line * (count % per_chunk) + end:
        yield rest
