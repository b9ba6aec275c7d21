"""What a rule is, and where people read about it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from builder.model.finding import Finding, Hit, Severity
from builder.model.hresult import Answer
from builder.model.vouched import Yields

PAGES = "https://hotfix-builder.invalid/docs/rules/"
"""Where docs/rules is published, with a final slash: every finding links there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A check with an identity that outlives its wording.

    Attributes:
        id: "HF301", for ever.
        name: What people read, such as "file-size-differs".
        severity: Of its hits, unless a hit says that it is less bad.
        subject: `check` is shown every value of this type.
        page: The module's docstring: what, why, how to fix, source.
        answers: What Windows says to it, as far as a source says so; of
            several, each to a hit of another kind.
        yields: What evidence that the package is as it was published outweighs
            the rule: its hits are then less bad.
        outweighed: How bad such hits are.
    """

    id: str
    name: str
    severity: Severity
    subject: type
    check: Callable[[Any], Iterable[Hit]]
    since: str
    page: str
    answers: tuple[Answer, ...] = ()
    yields: Yields = Yields.NEVER
    outweighed: Severity = Severity.NOTE

    def finding(self, hit: Hit) -> Finding:
        """Stamp a hit; one that is less bad than the rule has no answer."""
        answers = self.answers if hit.answer is None else (hit.answer,)
        return Finding(
            rule=self.id,
            name=self.name,
            severity=hit.severity or self.severity,
            hit=hit,
            answers=() if hit.severity is not None else answers,
        )

    @property
    def summary(self) -> str:
        """The first line of the page: one sentence."""
        return self.page.strip().partition("\n")[0]

    @property
    def paragraphs(self) -> tuple[tuple[str, str], ...]:
        """The rest of the page: headings such as "Why it matters", and texts."""
        _, *texts = self.page.strip().split("\n\n")
        parts = (" ".join(text.split()).partition(": ") for text in texts)
        return tuple((head, _capital(text)) for head, _, text in parts)

    @property
    def advice(self) -> str:
        """What to do about it, in sentences."""
        return dict(self.paragraphs)["How to fix it"]


def _capital(text: str) -> str:
    """Begin with a capital, unless the first word is a name of XML."""
    first = text.partition(" ")[0].rstrip(",;")
    return text[:1].upper() + text[1:] if first.isalpha() else text


def page_name(rule: str) -> str:
    """Return the name of the file in docs/rules that explains a rule."""
    return f"{rule}.md"


def page_url(rule: str) -> str:
    """Return where a rule is explained, by its id."""
    return PAGES + page_name(rule)
