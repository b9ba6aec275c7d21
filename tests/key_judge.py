"""Side-by-side keys, computed once more from the published constants alone."""

import struct


def key(*attributes: tuple[str, str]) -> str:
    """Compute the key of an identity from its attributes, in their order."""

    def text_hash(text: str) -> int:
        lanes = [0, 0, 0, 0]
        for at, unit in enumerate(text.lower().encode("utf-16-le")[::2]):
            lanes[at % 4] = (lanes[at % 4] * 65599 + unit) % 2**32
        factors = (0x1E5FFFFFD27, 0xFFFFFFDC00000051, 0x1FFFFFFF7, 1)
        return sum(a * b for a, b in zip(lanes, factors, strict=True)) % 2**64

    total = 0
    for name, value in attributes:
        pair = text_hash(value) + 0x1FFFFFFF7 * text_hash(name)
        total = (pair + 0x1FFFFFFF7 * total) % 2**64
    return struct.pack(">Q", total).hex()
