"""Names of genuine manifests, solved: the key proves what the XML says."""

import re
from pathlib import Path

import pytest
from pe_judges import need, run

from builder.model.keyform import Outcome, Proof, solve

pytestmark = [pytest.mark.genuine, pytest.mark.oracle]

PACKAGES = Path(__file__).parents[2].parent / "shared" / "data" / "packages"
NAMES = (
    *("Windows6.0-KB2999226-x64.msu", "Windows6.0-KB2999226-x86.msu"),
    *("Windows6.1-KB2584475-x64.msu", "Windows6.1-KB2584475-x86.msu"),
    *("Windows6.x-HyperVIntegrationServices-x86.cab", "Windows8.1-KB2937592-x86.msu"),
    "Windows8.1-KB2938772-x86.cab",
)
_IDENTITY = re.compile(rb"<assemblyIdentity\s([^>]*)>")
_ATTRIBUTE = re.compile(rb"""(\w+)\s*=\s*["']([^"']*)["']""")


def manifests(package: str, folder: Path) -> dict[str, bytes]:
    """Take the manifests out of a package with a program that is not ours."""
    source = PACKAGES / package
    if not source.is_file():
        pytest.skip(f"there is no {package} in ../shared/data")
    program = need("cabextract")
    run(program, "-q", "-d", folder, source)
    for inner in sorted(folder.glob("*.cab")):
        if inner.name.lower() != "wsusscan.cab":
            run(program, "-q", "-d", folder / "in", inner)
    return {path.name: path.read_bytes() for path in folder.rglob("*.manifest")}


def said(xml: bytes) -> tuple[Proof, str]:
    """Return what the first identity of a manifest says, and its name."""
    match = _IDENTITY.search(xml)
    assert match is not None
    found = {name.decode(): v.decode() for name, v in _ATTRIBUTE.findall(match[1])}
    language = found["language"].lower()
    proof = Proof(
        type=found.get("type"),
        culture="none" if language == "neutral" else language,
        version_scope=found.get("versionScope"),
    )
    return proof, found["name"]


@pytest.mark.parametrize("package", NAMES)
def test_genuine_names_prove_what_their_manifests_say(
    package: str, tmp_path: Path
) -> None:
    found = manifests(package, tmp_path)
    assert found
    for name, xml in found.items():
        proof, full_name = said(xml)
        solution = solve(name)
        if solution.outcome is Outcome.SHORTENED:
            assert len(full_name) > 40
            solution = solve(name, full_name=full_name)
        assert (name, solution.proofs) == (name, (proof,))
