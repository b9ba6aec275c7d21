import pytest
from make_subjects import PLACE, identity, member, mum, package_set

from builder.model.finding import Hit, Severity
from builder.model.lookalike import disguise, shape
from builder.rules.hf213_name_looks_alike import check

P = "\u0440"  # Cyrillic, looks like p
O_GREEK = "\u03bf"


@pytest.mark.parametrize(
    "name",
    [
        "mpio.sys",
        "Microsoft-Windows-UCRT",
        "\u00dcbersicht.txt",
        "\u4f7f\u3044\u65b9.txt",
        "\u0447\u0438\u0442\u0430\u0439.txt",
        "\u10d0\u10d1.dll",
    ],
)
def test_a_name_in_one_language_is_what_it_is(name: str) -> None:
    assert disguise(name) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (f"m{P}io.sys", "CYRILLIC SMALL LETTER ER among Latin letters"),
        (f"{O_GREEK}penssl.dll", "GREEK SMALL LETTER OMICRON among Latin letters"),
        ("\u0440\u0430\u0441", "letters of another script that look like Latin"),
        ("mpio\u200b.sys", "the invisible character U+200B"),
        ("evil\u202egpj.exe", "the invisible character U+202E"),
        ("\uff4dpio.sys", "characters that stand for ASCII ones"),
    ],
)
def test_a_disguise_is_named(name: str, reason: str) -> None:
    assert (disguise(name) or "").startswith(reason)


def test_names_that_people_confuse_have_one_shape() -> None:
    assert shape("Client1") == shape("CLIENTl")
    assert shape("modern") == shape("modem")
    assert shape("C0RE") == shape("core")
    assert shape("client2") != shape("clientl")


@pytest.mark.silent
def test_different_names_are_silent() -> None:
    documents = mum(identity("Package_1")), mum(identity("Package_2"))
    assert list(check(package_set(*documents))) == []


@pytest.mark.exact
def test_two_names_of_one_shape_are_a_warning() -> None:
    documents = mum(identity("Client1")), mum(identity("Clientl"))
    (hit,) = check(package_set(*documents))
    assert hit.severity is Severity.WARNING
    assert hit.message == "the name Clientl looks like Client1"
    assert hit.where == documents[1].member.where


def test_another_case_is_no_other_name() -> None:
    """HF205 reports identities that fold together."""
    documents = mum(identity("Client")), mum(identity("CLIENT", version="1.0.0.0"))
    assert list(check(package_set(*documents))) == []


def test_a_disguised_identity_and_file_are_errors() -> None:
    document = mum(identity(f"{P}ackage"), file="update.mum")
    payload = member(f"a\\m{P}io.sys")
    reason = "the name has CYRILLIC SMALL LETTER ER among Latin letters"
    assert list(check(package_set(document, payload=(payload,)))) == [
        Hit(where=(*PLACE, "update.mum"), message=reason),
        Hit(where=payload.where, message=reason),
    ]


@pytest.mark.boundary
@pytest.mark.parametrize(
    "name", ["Stra\u00dfe.txt", "\u0131\u015f\u0131k.txt", "caf\u00e9"]
)
def test_latin_letters_beyond_ascii_are_no_disguise(name: str) -> None:
    assert disguise(name) is None
    assert list(check(package_set(payload=(member(name),)))) == []


def test_names_of_files_are_compared_where_one_is_not_ascii() -> None:
    """Genuine packages have files such as `a1.dll` and `al.dll`."""
    plain = member("client1.txt"), member("clientl.txt")
    assert list(check(package_set(payload=plain))) == []
    accents = member("caf\u00e9.txt"), member("cafe\u0301.txt")
    (hit,) = check(package_set(payload=(*plain, *accents)))
    assert (hit.where, hit.severity) == (accents[1].where, Severity.WARNING)


def test_a_document_is_told_once_and_its_catalog_with_it() -> None:
    document = mum(identity(f"{P}ackage"))
    catalog = member(document.member.name.replace(".mum", ".cat"))
    (hit,) = check(package_set(document, payload=(catalog,)))
    assert hit.where == document.member.where


def test_names_that_fold_together_are_told_elsewhere() -> None:
    """HF402 reports the second."""
    kelvin = member("k.txt"), member("\u212a.txt")
    assert list(check(package_set(payload=kelvin))) == []
    assert len(list(check(package_set(payload=kelvin[1:])))) == 1
