"""What was read, made harmless for terminals."""


def printable(text: str) -> str:
    """Escape what could move the cursor or forge lines; keep all else."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in text
    )
