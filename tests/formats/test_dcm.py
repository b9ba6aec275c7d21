"""Compressed manifests, as far as they can be made by hand."""

import pytest
from make_pa30 import Patch, compress_manifest, make_delta

from builder.errors import DeltaError, LimitError
from builder.formats.dcm import decode_dcm, is_compressed_manifest
from builder.model.limits import Limits

BASE = b'<assembly manifestVersion="1.0"><file name="x"/></assembly>'
TEXT = BASE[:26] + b"2" + BASE[27:]


def compressed() -> bytes:
    """Write what the format's creator would: no hash, the base as source."""
    patch = Patch().match(3, 26).literals(b"2").match(3, len(BASE) - 27)
    return b"DCM\x01" + make_delta(patch.done(), TEXT, algorithm=0, digest=b"")


def test_a_manifest_is_decoded_with_its_base() -> None:
    assert is_compressed_manifest(compressed())
    assert decode_dcm(compressed(), BASE) == TEXT


def test_a_manifest_without_its_base_is_refused() -> None:
    with pytest.raises(DeltaError) as caught:
        decode_dcm(compressed(), b"")
    assert caught.value.reason == "a match starts outside the buffer"
    assert caught.value.offset is not None
    # The offset counts from the start of the manifest.
    with pytest.raises(DeltaError) as caught:
        decode_dcm(b"DCM\x01PA31" + bytes(40), BASE)
    assert caught.value.offset == 4


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"DCN\x01PA30", "DCN: a delta without a base, not supported"),
        (b"DCD\x01PA30", "DCD: a delta against a file, not supported"),
        (b"DCS\x01", "DCS: LZMS, not supported"),
        (b"DCH\x01", "DCH: a header alone, not supported"),
        (b"<assembly/>", "not a compressed manifest"),
        (b"", "not a compressed manifest"),
    ],
)
def test_other_forms_are_refused_by_name(data: bytes, reason: str) -> None:
    assert not is_compressed_manifest(data)
    with pytest.raises(DeltaError) as caught:
        decode_dcm(data, BASE)
    assert caught.value.reason == reason


def test_a_manifest_is_a_document_and_bounded_like_one() -> None:
    with pytest.raises(LimitError):
        decode_dcm(compressed(), BASE, limits=Limits(held=len(TEXT) - 1))
    assert decode_dcm(compressed(), BASE, limits=Limits(held=len(TEXT))) == TEXT


def test_a_hash_that_differs_has_no_place() -> None:
    """Genuine ones have no hash; one that has tells a base of another build."""
    hashed = compress_manifest(BASE, TEXT, hashed=True)
    assert decode_dcm(hashed, BASE) == TEXT
    with pytest.raises(DeltaError, match="the target's md5 is") as caught:
        decode_dcm(hashed, BASE.upper())
    assert caught.value.offset is None
