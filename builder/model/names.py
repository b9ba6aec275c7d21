"""Names of container members: which of them may become paths."""

import re

_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"]
    + [f"{device}{n}" for device in ("com", "lpt") for n in "0123456789¹²³"]
)
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')


def unsafe(name: str) -> str | None:
    """Return why `name` must not become a path below a folder, or None.

    Both slashes separate parts.  The rules are those of Windows, which are
    the strictest of the systems that unpack packages.
    """
    parts = name.replace("/", "\\").split("\\")
    is_doubtful = _FORBIDDEN.search(name) is not None
    for part in parts:
        if not part:
            return "an empty part, so a root or a doubled separator"
        bad = _FORBIDDEN.search(part) if is_doubtful else None
        if bad is not None:
            return f"the character {bad[0]!r}"
        if part[-1] in ". ":
            if part in (".", ".."):
                return f"the part {part!r}"
            return f"the part {part!r} ends in {part[-1]!r}"
        if part.partition(".")[0].rstrip(" ").casefold() in _DEVICES:
            return f"the reserved device name {part!r}"
    return None
