"""Other people's verdicts on genuine catalogs, beside ours.

Where they differ, the reason stands in a table; there is no other difference.
"""

import json
import os
import subprocess
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import pytest
from pe_judges import need, need_signify

from builder.errors import SignatureError
from builder.formats.cms import parse_signed_data
from builder.formats.microsoft_roots import default_anchors
from builder.formats.pem import CERTIFICATE, serialize_pem
from builder.formats.verify import verify_catalog
from builder.model.catalog import VerifiedCatalog
from builder.model.trust import AUTHENTICODE

pytestmark = [pytest.mark.genuine, pytest.mark.oracle]

ROOT = Path(__file__).parents[2]
CATALOGS = ROOT.parent / "shared" / "data" / "catalogs"
AT = datetime(2026, 11, 23, tzinfo=UTC)
FILES = sorted(CATALOGS.glob("*.cat"))
NUMBERS = [path.name[:2] for path in FILES] or ["none"]

# osslsigncode believes a file when any of its signatures holds, and the nested
# one of a driver tested by Microsoft does.
OSSLSIGNCODE_DIFFERS = {"16"}
# signify accepts all roots of Microsoft's programme, and stamps of any date.
SIGNIFY_DIFFERS = {"08", "16", "17"}

each_catalog = pytest.mark.parametrize("path", FILES or [None], ids=NUMBERS)


@pytest.fixture(autouse=True)
def _there_is_data() -> None:
    if not FILES:
        pytest.skip("there are no catalogs in ../shared/data")
    assert len(FILES) == 18


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("roots") / "microsoft.pem"
    pems = (serialize_pem(raw, CERTIFICATE) for raw in default_anchors())
    path.write_bytes(b"".join(pems))
    return path


@lru_cache(maxsize=32)
def ours(path: Path) -> VerifiedCatalog | None:
    data = path.read_bytes()
    try:
        return verify_catalog(
            data, anchors=default_anchors(), at=AT, policy=AUTHENTICODE
        )
    except SignatureError:
        return None


@each_catalog
def test_osslsigncode_comes_to_our_verdict(path: Path, roots: Path) -> None:
    done = subprocess.run(
        [
            need("osslsigncode"), "verify", "-ignore-crl", "-CAfile", roots,
            "-TSA-CAfile", roots, "-in", path,
        ],
        check=False, capture_output=True, timeout=60,
    )  # fmt: skip
    agrees = (done.returncode == 0) == (ours(path) is not None)
    assert agrees == (path.name[:2] not in OSSLSIGNCODE_DIFFERS)


@each_catalog
def test_openssl_comes_to_our_verdict(path: Path, roots: Path, tmp_path: Path) -> None:
    """It knows nothing of time stamps, so it is told the time that we found."""
    found = ours(path)
    if found is None:
        pytest.skip("it is refused for what openssl does not judge, or unsigned")
    content = tmp_path / "content"
    content.write_bytes(parse_signed_data(path.read_bytes()).content)
    changed = tmp_path / "changed"
    changed.write_bytes(content.read_bytes() + b"x")
    for detached, accepted in ((content, True), (changed, False)):
        done = subprocess.run(
            [
                need("openssl"), "smime", "-verify", "-inform", "DER", "-in", path,
                "-content", detached, "-binary", "-CAfile", roots, "-purpose", "any",
                "-attime", str(int(found.judged_at.timestamp())),
                "-auth_level", "0", "-out", os.devnull,
            ],
            check=False, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert (done.returncode == 0) == accepted, done.stderr


def test_signify_comes_to_our_verdicts() -> None:
    done = subprocess.run(
        [need_signify(), ROOT / "tests" / "signify_judge.py", *FILES],
        check=False, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    theirs = json.loads(done.stdout)
    assert len(theirs) == len(FILES)
    differ = {
        path.name[:2]
        for path in FILES
        if (theirs[path.name] == "OK") != (ours(path) is not None)
    }
    assert differ == SIGNIFY_DIFFERS
