from make_subjects import PLACE, delivery, member

from builder.model.finding import Hit
from builder.rules.hf305_file_not_in_article import check


def test_nothing_unlisted_is_silent() -> None:
    assert list(check(delivery())) == []


def test_each_unlisted_member_is_named() -> None:
    made = delivery(unlisted=(member("update.mum"), member("a\\b.dll")))
    assert list(check(made)) == [
        Hit(where=(*PLACE, name), message="is not listed in KB967724")
        for name in ("update.mum", "a\\b.dll")
    ]
