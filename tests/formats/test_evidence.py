"""Evidence comes out of the procedure, and the pinned roots are what they say."""

import ast
from hashlib import sha1, sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import MD5

import builder
from builder.errors import SignatureError, SignatureFault
from builder.formats import microsoft_roots as roots
from builder.formats.distinguished_name import common_names
from builder.formats.microsoft_roots import (
    DISTRUSTED,
    FINGERPRINTS,
    default_anchors,
    microsoft_roots,
)

PACKAGE = Path(builder.__file__).parent
MAKERS = {
    "VerifiedCatalog": {"formats/verify.py"},
    "VerifiedFile": {"formats/authenticode.py"},
    "VerifiedMembers": {"formats/verify.py"},
    "VerifiedSignature": {"formats/signature.py"},
    "VerifiedTimestamp": {"formats/timestamp.py"},
}


def makers(name: str) -> set[str]:
    """The modules that call a class of this name."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(
            isinstance(node, ast.Call) and name in ast.unparse(node.func).split(".")
            for node in ast.walk(tree)
        ):
            found.add(path.relative_to(PACKAGE).as_posix())
    return found


@pytest.mark.parametrize("name", MAKERS)
def test_evidence_is_made_by_the_procedure_alone(name: str) -> None:
    assert makers(name) == MAKERS[name]


OLDEST, *LATER = default_anchors()


def test_the_oldest_pinned_root_is_found_by_its_well_known_fingerprint() -> None:
    """Its signature by MD5 says nothing; nobody asks it."""
    assert sha1(OLDEST).hexdigest() == "a43489159a520f0d93d032ccaf37e7fe20a8b419"
    certificate = x509.load_der_x509_certificate(OLDEST)
    assert isinstance(certificate.signature_hash_algorithm, MD5)
    assert len(DISTRUSTED) == 3


@pytest.mark.parametrize("raw", LATER)
def test_a_pinned_root_signed_itself_and_is_in_the_table(raw: bytes) -> None:
    """But nobody relies on that signature: an anchor is compared by its octets."""
    certificate = x509.load_der_x509_certificate(raw)
    key = certificate.public_key()
    assert isinstance(key, RSAPublicKey)
    assert key.key_size == 4096
    assert certificate.signature_hash_algorithm is not None
    key.verify(
        certificate.signature,
        certificate.tbs_certificate_bytes,
        PKCS1v15(),
        certificate.signature_hash_algorithm,
    )
    assert sha256(raw).hexdigest() in FINGERPRINTS
    start = f"{certificate.not_valid_before_utc:%Y-%m-%d}"
    end = f"{certificate.not_valid_after_utc:%Y-%m-%d}"
    assert roots.__doc__ is not None
    assert f"{start} to {end}" in roots.__doc__


def test_the_names_of_the_table_are_those_of_the_certificates() -> None:
    names = [common_names(root.subject) for root in microsoft_roots()]
    assert names == [(name,) for name, _, _ in roots._ROOTS]  # noqa: SLF001  # the table
    assert len(FINGERPRINTS) == len(names) == 4


def test_a_root_that_was_changed_is_refused() -> None:
    name, fingerprint, _ = roots._ROOTS[0]  # noqa: SLF001  # the table
    text = roots._ROOTS[1][2]  # noqa: SLF001  # the table
    with pytest.raises(SignatureError) as caught:
        roots._root(name, fingerprint, text)  # noqa: SLF001  # what reads the table
    assert caught.value.fault is SignatureFault.ANCHOR
