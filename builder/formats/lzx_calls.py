"""Calls in x86 code, whose targets LZX packs as absolute addresses.

Source: [MS-PATCH], "E8 Call Translation".
"""

from typing import Final

COMPILED: Final = not __file__.endswith((".py", ".pyc"))
# The same for this module alone, which makes it an integer of C.
_COMPILED: Final = COMPILED

# From here on, in output bytes, calls are left as they are.
_END: Final = 1 << 30


def restore_calls(frame: bytearray, start: int, size: int) -> None:
    """Turn the targets of calls (E8) back into relative ones, in place.

    Args:
        frame: Its last ten bytes begin no call.
        start: Where the frame begins in what is unpacked, in bytes.
        size: Of the file that the encoder had in mind, from the stream.
    """
    view, last = frame, len(frame) - 10 if start < _END else 0
    place = _find_call(frame, view, 0, last)
    while place < last:
        target = view[place + 1] | view[place + 2] << 8 | view[place + 3] << 16
        target |= (view[place + 4] ^ 0x80) - 0x80 << 24
        here = start + place
        if -here <= target < size:
            target += size if target < 0 else -here
            for index in range(place + 1, place + 5):
                view[index] = target & 0xFF
                target >>= 8
        place = _find_call(frame, view, place + 5, last)


def _find_call(frame: bytearray, view: bytearray, first: int, last: int) -> int:
    """Find the next E8 before `last`; `view` is what C reads `frame` by."""
    if not _COMPILED:
        place = frame.find(0xE8, first, last) if first < last else -1
        return place if place >= 0 else last
    while first < last and view[first] != 0xE8:
        first += 1
    return first
