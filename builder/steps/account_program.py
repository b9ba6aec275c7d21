"""Say what program files say of themselves, and what became of page hashes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from builder.model.custody import LinkState
from builder.model.subject import JudgedProgram
from builder.steps.links import policy_sentence


def _count(number: int) -> str:
    return "1 program file" if number == 1 else f"{number:,} program files"


def program_sentences(programs: Iterable[JudgedProgram]) -> Iterator[str]:
    """Yield whose signatures inside program files hold, and which pages agree."""
    anchors: Counter[str] = Counter()
    policies: Counter[str] = Counter()
    pages = 0
    for program in programs:
        if program.verified is not None:
            signature = program.verified.signature
            anchors[signature.chain[-1].subject] += 1
            policies[policy_sentence(signature)] += 1
        pages += program.pages is not None and program.pages.state is LinkState.HOLDS
    for anchor, count in anchors.items():
        yield f"{_count(count)} with a signature of its own under {anchor}"
    for sentence, count in policies.items():
        yield f"{_count(count)}: {sentence}"
    if pages:
        yield f"page hashes of {_count(pages)} compared with the catalogs"


def unjudged_sentences(programs: Sequence[JudgedProgram]) -> Iterator[str]:
    """Yield what nobody can say of signatures inside files, and of page hashes."""
    faults = Counter(p.fault.fault for p in programs if p.fault is not None)
    for fault, count in sorted(faults.items()):
        yield f"{_count(count)} with a signature of its own that is refused: {fault}"
    reasons = Counter(p.waits for p in programs if p.waits is not None)
    for reason, count in sorted(reasons.items()):
        yield f"signatures inside {_count(count)}: {reason}"
    count = sum(
        p.pages is not None and p.pages.state is LinkState.UNCHECKED for p in programs
    )
    if count:
        yield f"page hashes of {_count(count)}: the files were not read again"
