"""signify's verdicts on catalogs and programs of our own, beside ours."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from make_catalog import make_catalog, make_new_catalog
from make_pki import NOW, root, simple_signer
from make_seal import signed_program
from pe_judges import need_signify

from builder.errors import LimitError, SignatureError
from builder.formats.authenticode import verify_seal
from builder.formats.cms import parse_signed_data
from builder.formats.cms_build import sign_catalog
from builder.formats.verify import verify_catalog
from builder.model.limits import DEFAULT_LIMITS
from builder.steps.seal import find_seal

pytestmark = pytest.mark.oracle

JUDGE = Path(__file__).parents[1] / "signify_judge.py"
GOOD = {
    "one.cat": sign_catalog(make_catalog(3), simple_signer()),
    "two.cat": sign_catalog(make_new_catalog(3), simple_signer()),
    "a.sys": signed_program(),
}


def accepts(name: str, data: bytes) -> bool:
    anchors = (root().der,)
    try:
        if name.endswith(".cat"):
            verify_catalog(data, anchors=anchors, at=NOW)
        else:
            seal = find_seal(data, limits=DEFAULT_LIMITS)
            verify_seal(seal, anchors=anchors, at=NOW)
    except (SignatureError, LimitError):
        return False
    return True


def covered(name: str, data: bytes) -> Iterator[int]:
    """Yield some places in what is signed, and in the signature."""
    if not name.endswith(".cat"):
        yield from range(1_100, 6_000, 611)
        return
    signed = parse_signed_data(data)
    signature = signed.signers[0].signature
    yield from range(signed.content_inner + 40, signed.content_stop, 97)
    yield from range(data.index(signature), data.index(signature) + 256, 31)


@pytest.mark.parametrize("name", GOOD)
def test_signify_comes_to_our_verdicts(name: str, tmp_path: Path) -> None:
    data = GOOD[name]
    made = {f"right-{name}": data}
    for at in covered(name, data):
        made[f"{at}-{name}"] = data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]
    assert len(made) > 8
    paths = [tmp_path / file for file in made]
    for path in paths:
        path.write_bytes(made[path.name])
    anchor = tmp_path / "root.pem"
    anchor.write_bytes(root().pem)
    done = subprocess.run(
        [need_signify(), JUDGE, f"--anchor={anchor}", *paths],
        check=False, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    theirs = {file: said == "OK" for file, said in json.loads(done.stdout).items()}
    assert theirs == {file: accepts(name, made[file]) for file in made}
    assert [file for file, said in theirs.items() if said] == [f"right-{name}"]
