"""Do the work of `benchmarks.deltas` in one process, and say what it took.

Prints how many targets there are, their bytes, and processor seconds, the least
of several rounds; what is read from the disk before is not counted.  Run by the
interpreter that has the form which is measured.
"""

import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from unittest.mock import patch

from builder.formats.pa30 import decode_pa30
from builder.model.limits import Limits

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from delta_packages import PACKAGES, open_package


def gather() -> list[partial[bytes]]:
    """Return what decodes each target, from bytes that are in memory."""
    calls: list[partial[bytes]] = []

    def listen(data: bytes, basis: bytes, *, limits: Limits, size: int) -> bytes:
        call = partial(decode_pa30, bytes(data), bytes(basis), limits=limits, size=size)
        calls.append(call)
        return call()

    with (
        patch("builder.formats.pa30.decode_pa30", listen),
        tempfile.TemporaryDirectory() as folder,
    ):
        for name in PACKAGES:
            open_package(name, Path(folder)).restored()
    return calls


def main() -> None:
    """Measure several rounds."""
    calls = gather()
    took = []
    for _ in range(int(sys.argv[1])):
        start = time.process_time()
        size = sum(len(call()) for call in calls)
        took.append(time.process_time() - start)
    sys.stdout.write(f"{len(calls)} {size} {min(took)}\n")


if __name__ == "__main__":
    main()
