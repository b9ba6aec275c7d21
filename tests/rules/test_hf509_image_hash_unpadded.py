import pytest
from make_subjects import PLACE, image, judged, member, package_set

from builder.formats.ctl_member import pe_member
from builder.model.finding import Hit
from builder.rules.coverage import cover
from builder.rules.hf509_image_hash_unpadded import check

PE = image(b"a", is_odd=True)
FILE = member("a.sys", b"a", pe=PE)


@pytest.mark.silent
def test_the_padded_hash_is_silent() -> None:
    packages = package_set(payload=(FILE,), catalogs=(judged("a.cat", FILE),))
    assert list(check(cover(packages))) == []


@pytest.mark.exact
def test_the_other_hash_alone_is_reported() -> None:
    catalog = judged("a.cat", more=(pe_member(PE.sha1.unpadded),))
    packages = package_set(payload=(FILE,), catalogs=(catalog,))
    assert list(check(cover(packages))) == [
        Hit(
            where=(*PLACE, "a.sys"),
            message="the catalog lists its image hash without padding",
        )
    ]


@pytest.mark.boundary
def test_both_hashes_are_silent() -> None:
    catalog = judged("a.cat", FILE, more=(pe_member(PE.sha1.unpadded),))
    packages = package_set(payload=(FILE,), catalogs=(catalog,))
    assert list(check(cover(packages))) == []
