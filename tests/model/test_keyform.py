import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.model.identity import AssemblyIdentity, keyform
from builder.model.keyform import (
    LONG_CULTURES,
    SCOPES,
    TYPES,
    Outcome,
    PrintedName,
    Proof,
    parse_keyform,
    solve,
)

TOKEN = "31bf3856ad364e35"
PUBLISHED = (
    f"X86_mpio.inf_{TOKEN}_6.0.6001.22375_none_1d75cf30a8a61bd0.manifest",
    f"Amd64_mpio.inf_{TOKEN}_6.0.6001.22375_none_79946ab461038d06.manifest",
    f"Ia64_mpio.inf_{TOKEN}_6.0.6001.22375_none_1d777326a8a424cc.manifest",
)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_driver_proves_what_the_article_never_prints(name: str) -> None:
    solution = solve(name)
    assert solution.outcome is Outcome.SOLVED
    assert solution.proofs == (
        Proof(type="driverUpdate", culture="none", version_scope="nonSxS"),
    )
    assert str(solution) == "proves type=driverUpdate, versionScope=nonSxS"


def test_absent_attributes_are_proven_too() -> None:
    stack = f"amd64_microsoft-windows-servicingstack_{TOKEN}_10.0.19041.1_none_"
    assert (
        str(solve(stack + "bf506ecc66a800df")) == "proves no type, versionScope=nonSxS"
    )
    controls = (
        "amd64_microsoft.windows.common-controls_6595b64144ccf1df"
        "_6.0.19041.1110_none_60b5254171f9507e"
    )
    assert str(solve(controls)) == "proves type=win32, no versionScope"


def test_the_parts_are_as_printed() -> None:
    assert parse_keyform("arm64.x86_a_b.c_none__none_00000000000000FF") == PrintedName(
        architecture="arm64.x86",
        name="a_b.c",
        public_key_token=None,
        version=None,
        culture="none",
        key=255,
    )


def test_a_shortened_name_cannot_be_solved_but_with_its_full_name() -> None:
    identity = AssemblyIdentity(
        name="Microsoft-Windows-MSMQ-QueueManager-Core-Extended",
        version="6.0.6002.22774",
        architecture="x86",
        public_key_token=TOKEN,
        version_scope="nonSxS",
    )
    printed = keyform(identity)
    assert printed.startswith("x86_microsoft-windows-m..nager-core-extended_")
    assert str(solve(printed)) == "cannot be solved: the name was shortened"
    assert solve(printed).outcome is Outcome.SHORTENED
    solution = solve(printed, full_name=identity.name)
    assert str(solution) == "proves no type, versionScope=nonSxS"
    assert solve(printed, full_name="Another").outcome is Outcome.NO_FIT


def test_a_misprinted_key_fits_nothing() -> None:
    solution = solve(PUBLISHED[0].replace("1bd0", "1bd1"))
    assert (solution.outcome, solution.proofs) == (Outcome.NO_FIT, ())
    assert str(solution).startswith("no combination of type, culture and versionScope")


def test_a_dropped_character_needs_the_full_name() -> None:
    identity = AssemblyIdentity(name="A (b)", version="1.0.0.0", architecture="x86")
    assert solve(keyform(identity)).outcome is Outcome.NO_FIT
    assert solve(keyform(identity), full_name="A (b)").outcome is Outcome.SOLVED


@pytest.mark.parametrize(
    "text",
    [
        *("", "mpio.inf", "package_for_kb967724~31bf3856ad364e35~x86~~6.0.1.0.mum"),
        *("x86_a_b_c_1d75cf30a8a61bd0", "x86__b_1.0.0.0_none_1d75cf30a8a61bd0"),
        *("x86_a_b_1.0.0.0_none_1d75cf30a8a61bd", "x86_a_b_1_none_1d75cf30a8a61bdg"),
        *("_a_b_1_none_1d75cf30a8a61bd0", "x86_a_b_1_none_\u0661d75cf30a8a61bd0"),
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"side-by-side name|hexadecimal"):
        solve(text)


identities = st.builds(
    AssemblyIdentity,
    name=st.from_regex(r"[A-Za-z0-9.\-_]{1,40}", fullmatch=True),
    version=st.none() | st.from_regex(r"[0-9]{1,5}(\.[0-9]{1,5}){3}", fullmatch=True),
    architecture=st.sampled_from(
        ["x86", "amd64", "ia64", "wow64", "arm64.x86", "msil"]
    ),
    language=st.sampled_from([None, "neutral", "en-US", "x-none", *LONG_CULTURES]),
    public_key_token=st.none() | st.from_regex(r"[0-9a-f]{16}", fullmatch=True),
    type=st.sampled_from(TYPES),
    version_scope=st.sampled_from(SCOPES),
)


@given(identities)
def test_every_name_that_was_not_shortened_is_solved(
    identity: AssemblyIdentity,
) -> None:
    language = (identity.language or "").lower()
    proof = Proof(
        type=identity.type,
        culture="none" if language in ("", "neutral") else language,
        version_scope=identity.version_scope,
    )
    solution = solve(keyform(identity) + ".manifest")
    assert solution.outcome is Outcome.SOLVED
    assert solution.proofs == (proof,)


@given(st.text(max_size=80) | st.text("abx86_.-~0", max_size=80))
def test_any_text_is_solved_or_refused(text: str) -> None:
    try:
        assert str(solve(text))
    except ValueError as error:
        assert str(error)  # noqa: PT017 - either outcome is right
