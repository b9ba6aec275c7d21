"""Do the work of `benchmarks.catalog` in one process, and say what it took.

Prints processor seconds, the least of several rounds; imports are not counted.
Run by the interpreter that has the installed package.
"""

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from builder import store
from builder.formats.facts import observe
from builder.formats.pem import CERTIFICATE, parse_pem
from builder.formats.verify import verify_members
from builder.model.limits import DEFAULT_LIMITS
from builder.steps.membership import find_member


def call(work: Path, at: datetime) -> int:
    """Verify the catalog, hash every file, and return how many it lists."""
    anchors = parse_pem((work / "keys" / "root.pem").read_bytes(), CERTIFICATE)
    data = store.read_document(work / "big.cat", limit=DEFAULT_LIMITS.held)
    index = verify_members(data, anchors=anchors, at=at).index
    seen = (observe(store.chunks_of(path)) for path in (work / "files").iterdir())
    return sum(find_member(index, facts) is not None for facts in seen)


def main() -> None:
    """Measure several rounds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("files", type=int)
    parser.add_argument("rounds", type=int)
    options = parser.parse_args()
    at = datetime(2026, 1, 1, tzinfo=UTC)
    took = []
    for _ in range(options.rounds):
        start = time.process_time()
        if call(options.work, at) != options.files:
            sys.exit("a file was not found")
        took.append(time.process_time() - start)
    sys.stdout.write(f"{min(took)}\n")


if __name__ == "__main__":
    main()
