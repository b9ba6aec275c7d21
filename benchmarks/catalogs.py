"""Verify 2,000 small catalogs of one signer, as a cumulative update has them.

`python -m benchmarks.catalogs`, from the root of the project.  Each lists four
files.  Compared with the same where every chain is built and judged anew, and
with osslsigncode, which is started once for each of the first hundred.

All numbers are processor time of one core for each catalog.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha1
from pathlib import Path

from benchmarks.measure import run
from builder.formats.chain import forget_chains
from builder.formats.cms_build import sign_catalog
from builder.formats.ctl_member import derive_list_id, flat_member
from builder.formats.verify import verify_catalog
from builder.keys import development_signer
from builder.model.catalog import Catalog

AT = datetime(2026, 1, 1, tzinfo=UTC)
_LISTED = 4
_STARTED = 100  # of osslsigncode


def made(count: int, keys: Path) -> tuple[list[bytes], bytes]:
    """Return signed catalogs, and the root that vouches for them, as DER."""
    signer = development_signer(keys)
    catalogs = []
    for number in range(count):
        contents = (b"%d of %d" % (part, number) for part in range(_LISTED))
        digests = (sha1(c, usedforsecurity=False).digest() for c in contents)
        listed = tuple(sorted(map(flat_member, digests), key=lambda m: m.tag))
        catalog = Catalog(
            version=1, list_id=derive_list_id(listed), issued=AT, members=listed
        )
        catalogs.append(sign_catalog(catalog, signer))
    return catalogs, signer.certificates[-1]


def verified(
    catalogs: list[bytes], anchor: bytes, before: Callable[[], None] = lambda: None
) -> float:
    """Verify catalogs; return the seconds for each."""
    start = time.process_time()
    for data in catalogs:
        before()
        verify_catalog(data, anchors=(anchor,), at=AT)
    return (time.process_time() - start) / len(catalogs)


def osslsigncode(places: list[Path], root: Path) -> float:
    """Verify catalogs with osslsigncode; return the seconds for each."""
    words = ["osslsigncode", "verify", "-ignore-crl", "-CAfile", root, "-in"]
    return sum(run([*words, place]).work for place in places) / len(places)


def main() -> None:
    """Measure, and print a table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.catalogs")
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        catalogs, anchor = made(options.count, work)
        places = [work / f"{at}.cat" for at in range(min(_STARTED, len(catalogs)))]
        for place, data in zip(places, catalogs, strict=False):
            place.write_bytes(data)
        acts: dict[str, Callable[[], float]] = {
            "hotfix": lambda: verified(catalogs, anchor),
            "hotfix, each chain anew": lambda: verified(
                catalogs, anchor, forget_chains
            ),
            "`osslsigncode verify`": lambda: osslsigncode(places, work / "root.pem"),
        }
        rounds = [
            {what: act() for what, act in acts.items()} for _ in range(options.rounds)
        ]
    best = {what: min(times[what] for times in rounds) for what in acts}
    sys.stdout.write("| what | milliseconds each | times ours |\n|---|---|---|\n")
    for what, seconds in best.items():
        ratio = seconds / best["hotfix"]
        sys.stdout.write(f"| {what} | {1000 * seconds:.2f} | {ratio:.1f} |\n")


if __name__ == "__main__":
    main()
