from hashlib import sha1, sha256

import pytest

from builder.formats.ctl_member import members_v2
from builder.model.catalog import MemberForm


def test_a_file_of_version_2_is_listed_by_both_digests() -> None:
    digests = sha1(b"x").digest(), sha256(b"x").digest()
    twin, member = members_v2(*digests, form=MemberForm.FLAT)
    assert (twin.tag, twin.digest, twin.kind) == (digests[0], None, 2)
    assert (member.tag, member.digest, member.kind) == (digests[1], digests[1], 2)
    twin, member = members_v2(*digests, form=MemberForm.PE_IMAGE)
    assert (twin.kind, member.kind, member.link) == (0, 0, "")


@pytest.mark.parametrize(
    ("sizes", "form"),
    [
        ((20, 20), MemberForm.FLAT),
        ((32, 32), MemberForm.FLAT),
        ((20, 32), MemberForm.OTHER),
    ],
)
def test_what_is_no_member_is_refused(sizes: tuple[int, int], form: MemberForm) -> None:
    one, two = map(bytes, sizes)
    with pytest.raises(ValueError, match=r"digests|form"):
        members_v2(one, two, form=form)
