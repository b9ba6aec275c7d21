"""Let signify do the work of `benchmarks.catalog` in one process.

Prints two numbers of processor seconds: for the signature alone, which reads no
member, and for the whole work.  One table of all members is made from what
signify offers; its own `find_subject` makes that table anew for every file.
Run by an interpreter that has signify, with tests/ on its path.
"""

import sys
import time
from hashlib import sha1
from pathlib import Path

from signify_judge import load


def main() -> None:
    """Measure one round."""
    files, stores = load()
    work, wanted = Path(sys.argv[1]), int(sys.argv[2])
    start = time.process_time()
    trusted = stores(work / "keys" / "root.pem", trusted=True)
    with (work / "big.cat").open("rb") as file:
        catalog = files.from_stream(file)
        result, _ = catalog.explain_verify(trusted_certificate_store=trusted)
    if result.name != "OK":
        sys.exit(f"signify says {result.name}")
    signature = time.process_time() - start
    listed = {
        subject.indirect_data.digest
        for subject in catalog.ctl.subjects
        if subject.indirect_data is not None
    }
    digests = (sha1(path.read_bytes()).digest() for path in (work / "files").iterdir())
    if sum(digest in listed for digest in digests) != wanted:
        sys.exit("a file was not found")
    sys.stdout.write(f"{signature} {time.process_time() - start}\n")


if __name__ == "__main__":
    main()
