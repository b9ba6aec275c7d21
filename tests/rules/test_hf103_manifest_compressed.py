from make_subjects import PLACE, manifest, member

from builder.model.finding import Hit
from builder.model.subject import Document
from builder.rules.hf103_manifest_compressed import check


def test_a_plain_manifest_is_silent() -> None:
    assert list(check(manifest())) == []


def test_a_compressed_manifest_is_named() -> None:
    document = Document(member=member("x.manifest"), is_compressed=True)
    assert list(check(document)) == [
        Hit(
            where=(*PLACE, "x.manifest"),
            message="compressed manifest (DCM) was not decoded, so not checked",
        )
    ]
