"""Ask signify, in an environment of its own, for the verdict on each argument.

Prints a JSON object of file names and results.  A first argument --anchor=PEM
names the only root that is trusted.  Run by another interpreter than the tests':
signify is a judge, never a dependency.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

# oscrypto 1.3.0 looks for a version with one digit behind the second dot.
_NARROW, _WIDE = r"\b(\d\.\d\.\d[a-z]*)\b", r"\b(\d\.\d\.\d+[a-z]*)\b"
_search = re.search


def _wider(pattern: Any, *rest: Any) -> Any:
    return _search(_WIDE if pattern == _NARROW else pattern, *rest)


def load() -> tuple[Any, Any]:
    """Return signify's AuthenticodeFile and FileSystemCertificateStore."""
    re.search = _wider  # type: ignore[assignment]  # what the shim is for
    from signify.authenticode import (  # type: ignore[import-not-found,unused-ignore]  # of the other environment
        AuthenticodeFile,
    )
    from signify.x509 import (  # type: ignore[import-not-found,unused-ignore]  # the same
        FileSystemCertificateStore,
    )

    re.search = _search
    return AuthenticodeFile, FileSystemCertificateStore


def main() -> None:
    files, stores = load()
    verdicts = {}
    names, trust = sys.argv[1:], {}
    if names[0].startswith("--anchor="):
        place = Path(names.pop(0).removeprefix("--anchor="))
        store = stores(place, trusted=True)
        trust["trusted_certificate_store"] = store
    for name in names:
        with Path(name).open("rb") as file:
            try:
                result, _ = files.from_stream(file).explain_verify(**trust)
                verdict = result.name
            except Exception as error:  # noqa: BLE001  # every failure is a verdict
                verdict = type(error).__name__
        verdicts[Path(name).name] = verdict
    json.dump(verdicts, sys.stdout)


if __name__ == "__main__":
    main()
