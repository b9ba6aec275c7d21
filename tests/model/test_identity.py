import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.model.identity import (
    Architecture,
    AssemblyIdentity,
    culture,
    keyform,
    package_name,
    side_by_side_key,
)

TOKEN = "31bf3856ad364e35"


def driver(architecture: str) -> AssemblyIdentity:
    return AssemblyIdentity(
        name="mpio.inf",
        version="6.0.6001.22375",
        architecture=architecture,
        language="neutral",
        public_key_token=TOKEN,
        type="driverUpdate",
        version_scope="nonSxS",
    )


@pytest.mark.parametrize(
    ("identity", "key"),
    [
        (driver("x86"), 0x1D75CF30A8A61BD0),
        (driver("amd64"), 0x79946AB461038D06),
        (driver("ia64"), 0x1D777326A8A424CC),
        (
            AssemblyIdentity(
                name="Microsoft-Windows-ServicingStack",
                version="10.0.19041.1",
                architecture="amd64",
                public_key_token=TOKEN,
                version_scope="nonSxS",
            ),
            0xBF506ECC66A800DF,
        ),
        (
            AssemblyIdentity(
                name="Microsoft.Windows.Common-Controls",
                version="6.0.19041.1110",
                architecture="amd64",
                public_key_token="6595b64144ccf1df",
                type="win32",
            ),
            0x60B5254171F9507E,
        ),
    ],
)
def test_the_known_keys_come_out(identity: AssemblyIdentity, key: int) -> None:
    assert side_by_side_key(identity) == key
    assert keyform(identity).endswith(f"_{key:016x}")


def test_a_whole_name_comes_out() -> None:
    assert keyform(driver("ia64")) == (
        "ia64_mpio.inf_31bf3856ad364e35_6.0.6001.22375_none_1d777326a8a424cc"
    )


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("a" * 40, "a" * 40),
        ("a" * 20 + "b" * 21, "a" * 19 + ".." + "b" * 19),
        ("A (b)\u00e9/c_d-e.f", "abc_d-e.f"),
        ("(" * 10 + "a" * 40, "a" * 40),
    ],
)
def test_names_are_cleaned_first_and_shortened_then(name: str, printed: str) -> None:
    identity = AssemblyIdentity(name=name, version="1.0.0.0", architecture="x86")
    assert keyform(identity).startswith(f"x86_{printed}_none_1.0.0.0_none_")


@pytest.mark.parametrize(
    ("language", "printed"),
    [
        *((None, "none"), ("", "none"), ("neutral", "none"), ("Neutral", "none")),
        *(("en-US", "en-us"), ("qps-ploc", "qps-ploc"), ("sr-Latn-CS", "sr-..-cs")),
    ],
)
def test_cultures_are_shortened_above_8(language: str | None, printed: str) -> None:
    identity = AssemblyIdentity(name="a", version="1.0.0.0", language=language)
    assert keyform(identity).split("_")[4] == printed


def test_a_neutral_language_and_none_at_all_have_one_key() -> None:
    keys = {
        side_by_side_key(AssemblyIdentity(name="a", language=language))
        for language in (None, "", "neutral", "NEUTRAL")
    }
    assert len(keys) == 1
    assert side_by_side_key(AssemblyIdentity(name="a", language="en-us")) not in keys


def test_an_attribute_that_says_none_is_absent() -> None:
    absent = side_by_side_key(AssemblyIdentity(name="a"))
    none = AssemblyIdentity(
        name="a", version="None", type="NONE", version_scope="none", architecture="none"
    )
    assert side_by_side_key(none) == absent


def test_the_line_of_an_identity_is_no_part_of_it() -> None:
    identity = AssemblyIdentity(name="a", line=1)
    assert identity == AssemblyIdentity(name="a", line=2)
    assert keyform(identity) == keyform(AssemblyIdentity(name="a"))


def test_a_package_is_filed_by_five_parts() -> None:
    identity = AssemblyIdentity(
        name="Package_for_KB967724",
        version="6.0.1.0",
        architecture="x86",
        language="neutral",
        public_key_token=TOKEN,
    )
    assert package_name(identity) == f"Package_for_KB967724~{TOKEN}~x86~~6.0.1.0"


def test_a_language_pack_is_filed_under_its_language() -> None:
    assert package_name(AssemblyIdentity(name="a", language="de-DE")) == "a~~~de-DE~"
    assert culture(AssemblyIdentity(name="a", language="de-DE")) == "de-de"


def test_every_architecture_is_found_by_its_word() -> None:
    assert [Architecture.of_word(a.word) for a in Architecture] == list(Architecture)
    assert Architecture.of_word("x64") is Architecture.AMD64
    with pytest.raises(ValueError, match="'amd64' is no architecture"):
        Architecture.of_word("amd64")


texts = st.text(max_size=60)
identities = st.builds(
    AssemblyIdentity,
    name=texts,
    version=st.none() | texts,
    architecture=st.none() | texts,
    language=st.none() | texts,
    public_key_token=st.none() | texts,
    type=st.none() | texts,
    version_scope=st.none() | texts,
)


@given(identities)
def test_any_identity_has_a_key_of_64_bits_and_a_name(
    identity: AssemblyIdentity,
) -> None:
    key = side_by_side_key(identity)
    assert 0 <= key < 1 << 64
    assert keyform(identity).endswith(f"_{key:016x}")
    assert package_name(identity).count("~") >= 4


@given(st.from_regex(r"[A-Za-z0-9.\-_]{1,60}", fullmatch=True))
def test_case_changes_no_name(name: str) -> None:
    lower, upper = (
        AssemblyIdentity(name=text, version="1.0.0.0", architecture="x86")
        for text in (name.lower(), name.upper())
    )
    assert keyform(lower) == keyform(upper)
    assert len(keyform(lower).split("_1.0.0.0_")[0]) <= len("x86__none") + 40
