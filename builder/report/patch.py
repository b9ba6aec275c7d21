"""What would be rewritten, as a unified diff that `patch -p1` and `git apply` take.

Source: the unified format of GNU diffutils, with the prefixes of git.
"""

from collections.abc import Iterator

from builder.model.escaped import printable

_AROUND = 3
"""Lines of context."""


def _common(old: list[bytes], new: list[bytes]) -> int:
    most = min(len(old), len(new))
    return next((n for n in range(most) if old[n] != new[n]), most)


def _line(mark: bytes, line: bytes) -> bytes:
    if line.endswith(b"\n"):
        return mark + line
    return mark + line + b"\n\\ No newline at end of file\n"


def _range(start: int, count: int) -> str:
    return f"{start + 1 if count else start},{count}"


def render_patch(name: str, old: bytes | None, new: bytes) -> Iterator[bytes]:
    """Render the change of one file, in one piece from first to last difference.

    It is not the shortest one; finding that takes time that grows with the square
    of the lines.

    Args:
        name: With slashes.
        old: None where the file is not there yet.
    """
    before = (old or b"").splitlines(keepends=True)
    after = new.splitlines(keepends=True)
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    first = max(0, start - _AROUND)
    last = max(0, end - _AROUND)
    shown = printable(name).lstrip("/")
    source = "/dev/null" if old is None else f"a/{shown}"
    yield f"--- {source}\n+++ b/{shown}\n".encode()
    counts = (len(side) - last - first for side in (before, after))
    ranges = [_range(first, count) for count in counts]
    yield f"@@ -{ranges[0]} +{ranges[1]} @@\n".encode()
    yield from (_line(b" ", line) for line in before[first:start])
    yield from (_line(b"-", line) for line in before[start : len(before) - end])
    yield from (_line(b"+", line) for line in after[start : len(after) - end])
    tail = before[len(before) - end : len(before) - last]
    yield from (_line(b" ", line) for line in tail)
