"""Characters that no fact may contain."""

import re

_REFUSED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def refused(text: str, start: int = 0) -> re.Match[str] | None:
    """Find the first character that is no part of a name or a sentence.

    These are control characters, line separators, characters that reverse
    the order of what a reader sees, lone surrogates and noncharacters.  XML
    cannot say most of them; patterns and terminals are misled by the others.
    """
    return _REFUSED.search(text, start)
