"""Where two files part."""

from builder.formats.buffer import Buffer

_CHUNK = 1 << 20


def first_difference(one: Buffer, other: Buffer) -> int | None:
    """Return the offset of the first byte that differs; None: they are equal."""
    with memoryview(one) as left, memoryview(other) as right:
        shorter = min(len(left), len(right))
        for start in range(0, shorter, _CHUNK):
            end = min(start + _CHUNK, shorter)
            if left[start:end] != right[start:end]:
                pairs = zip(left[start:end], right[start:end], strict=True)
                return next(at for at, (a, b) in enumerate(pairs, start) if a != b)
        return None if len(left) == len(right) else shorter
