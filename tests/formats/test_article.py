import time
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_article import HEADER, IA64, NOT, X64, X86, glue, make_article

from builder.errors import ArticleError, FormatError, HotfixError, LimitError
from builder.formats.article import parse_article
from builder.formats.spec import parse_spec, serialize_spec
from builder.model.identity import Architecture
from builder.model.kb import FileEntry, KbSpec, Provenance, RegistryChange, Restart
from builder.model.limits import Limits
from builder.model.version import FileVersion

WHEN = datetime(2009, 2, 12, 5, 44, tzinfo=UTC)
ROW = glue("A.inf")
MORE = "Additional files for all supported x64-based versions of "
MUM = "Package_for_kb900123~31bf3856ad364e35~x86~~6.0.1.0.mum"


def refused(data: bytes) -> ArticleError:
    with pytest.raises(ArticleError) as caught:
        parse_article(data)
    return caught.value


def test_every_fact_of_a_made_article_is_read() -> None:
    data = make_article(
        {X86: [ROW], X64: [glue("A.sys", "6.0.6001.22375", "131,040", platform="x64")]},
        replaces="This replaces hotfix 900001 and update KB900002.",
    )
    spec = parse_article(data)
    assert spec == KbSpec(
        number=900123,
        title="A computer stops",
        applies_to=("Windows Server 2008",),
        prerequisites=("Windows Server 2008",),
        restart=Restart.REQUIRED,
        replaces=(900001, 900002),
        registry=RegistryChange.NONE,
        source=Provenance(
            article=900123,
            revision="2",
            created=date(2017, 1, 31),
            published=date(2011, 10, 7),
            sha256=spec.source.sha256,
        ),
        files=(
            FileEntry(
                architecture=Architecture.X86, name="A.inf", size=1024, modified=WHEN
            ),
            FileEntry(
                architecture=Architecture.AMD64,
                name="A.sys",
                size=131040,
                modified=WHEN,
                version=FileVersion(6, 0, 6001, 22375),
                platform=Architecture.AMD64,
            ),
        ),
    )


@pytest.mark.parametrize("ends", [b"\r\n", b"\r"])
def test_line_ends_and_a_byte_order_mark_change_nothing_but_the_hash(
    ends: bytes,
) -> None:
    data = make_article()
    other = b"\xef\xbb\xbf" + data.replace(b"\n", ends)
    assert parse_article(other).files == parse_article(data).files
    assert parse_article(other).title == parse_article(data).title


def test_blanks_around_and_without_breaks_change_nothing() -> None:
    data = make_article()
    lines = data.decode().split("\n")
    other = "\n".join(f"\t{line} ".replace(" ", "\u00a0") for line in lines).encode()
    assert parse_article(other).files == parse_article(data).files


def test_any_buffer_is_read() -> None:
    data = make_article()
    assert parse_article(memoryview(bytearray(data))) == parse_article(data)


def test_lines_between_tables_change_nothing() -> None:
    text = make_article({X86: [ROW, "", glue("B.inf")], IA64: [ROW]}).decode()
    spec = parse_article(text.replace(IA64, f"Some words.\n\n{IA64}").encode())
    assert [(f.architecture.word, f.name) for f in spec.files] == [
        ("x86", "A.inf"),
        ("x86", "B.inf"),
        ("ia64", "A.inf"),
    ]


@pytest.mark.parametrize(
    ("heading", "section", "products"),
    [
        (X86, "x86", ("Windows Server 2008",)),
        (X64, "x64", ("Windows Server 2008",)),
        (IA64, "ia64", ("Windows Server 2008",)),
        (
            "For all supported IA-64-based versions of Windows Server 2008 R2:",
            "ia64",
            ("Windows Server 2008 R2",),
        ),
        (
            MORE + "Windows Vista and of Windows Server 2008",
            "x64",
            ("Windows Vista", "Windows Server 2008"),
        ),
        (
            MORE + "Windows 7, Windows 8, and Windows Server 2008 R2",
            "x64",
            ("Windows 7", "Windows 8", "Windows Server 2008 R2"),
        ),
    ],
)
def test_headings_carry_architecture_and_products(
    heading: str, section: str, products: tuple[str, ...]
) -> None:
    spec = parse_article(make_article({heading: [ROW]}))
    assert [row.architecture.word for row in spec.files] == [section]
    assert spec.applies_to == products


def test_a_64_bit_section_may_hold_32_bit_files() -> None:
    row = glue("A.dll", "6.0.6001.22375", "931,328", platform="x86")
    for heading in (X64, IA64):
        spec = parse_article(make_article({heading: [row]}))
        assert spec.files[0].platform is Architecture.X86


@pytest.mark.parametrize(
    ("text", "restart"),
    [
        ("You must restart the computer afterwards.", Restart.REQUIRED),
        ("A restart is required.", Restart.REQUIRED),
        ("You may have to restart the computer.", Restart.POSSIBLE),
        ("A reboot might be needed.", Restart.POSSIBLE),
        ("Restarting is not needed. It never was.", Restart.NONE),
        ("You don\N{RIGHT SINGLE QUOTATION MARK}t have to restart.", Restart.NONE),
        ("No restart is needed.", Restart.NONE),
        ("It needs no restart. If files are in use it may.", Restart.NONE),
        (
            "It does not require a restart. If files are in use it may need a restart.",
            Restart.POSSIBLE,
        ),
        ("You do not have to restart unless a file is in use.", Restart.POSSIBLE),
        (
            "A restart is required. To avoid a restart, stop the service.",
            Restart.REQUIRED,
        ),
    ],
)
def test_the_restart_sentence_is_judged(text: str, restart: Restart) -> None:
    assert parse_article(make_article(restart=text)).restart is restart


@pytest.mark.parametrize(
    ("text", "products"),
    [
        (
            "You need Windows Vista Service Pack 2 (SP2) or Windows 7 SP1.",
            ("Windows Vista Service Pack 2", "Windows 7 Service Pack 1"),
        ),
        (
            "Windows 8.1 or Windows Server 2012 R2",
            ("Windows 8.1", "Windows Server 2012 R2"),
        ),
        ("There are no prerequisites.", ()),
        ("None", ()),
        ("", ()),
    ],
)
def test_prerequisites_are_products(text: str, products: tuple[str, ...]) -> None:
    assert parse_article(make_article(prerequisites=text)).prerequisites == products


@pytest.mark.parametrize(
    ("text", "registry"),
    [
        ("You do not have to change the registry.", RegistryChange.NONE),
        ("You must add a value to the registry.", RegistryChange.REQUIRED),
    ],
)
def test_the_registry_sentence_is_judged(text: str, registry: RegistryChange) -> None:
    assert parse_article(make_article(registry=text)).registry is registry


def test_replaced_bulletins_have_no_number() -> None:
    data = make_article(replaces="This update replaces MS09-050.")
    assert parse_article(data).replaces == ()


def test_articles_that_replace_this_one_are_found() -> None:
    data = make_article().replace(
        b"It stops.", b"It stops.  This was replaced by hotfix 900777 and others."
    )
    assert parse_article(data).replaced_by == (900777,)


def test_sections_that_are_absent_say_nothing() -> None:
    text = make_article().decode()
    for heading in (
        "Prerequisites",
        "Hotfix replacement information",
        "Registry information",
    ):
        text = text.replace(f"{heading}\n", "Summary\n")
    spec = parse_article(text.encode())
    assert (spec.prerequisites, spec.replaces, spec.registry) == ((), (), None)


def test_a_footer_that_is_absent_is_none() -> None:
    spec = parse_article(make_article({X86: [glue(MUM)]}, info=""))
    assert spec.number == 900123
    source = spec.source
    assert (source.article, source.revision) == (None, None)
    assert (source.created, source.published) == (None, None)


@pytest.mark.parametrize("title", ["KB900123: it stops", "It stops (KB900123)"])
def test_a_title_may_state_the_number(title: str) -> None:
    assert parse_article(make_article(title=title, info="")).number == 900123


def test_other_numbers_in_a_title_are_other_articles() -> None:
    spec = parse_article(make_article(title="It stops after hotfix 963702 is there"))
    assert spec.number == 900123


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (make_article({X86: []}), 29, "this table has no rows"),
        (make_article({"Some files": [ROW]}), 29, "no heading names the architecture"),
        (
            make_article({X86: [ROW, "B.inf and nothing else"]}),
            31,
            "no table row: 'd nothing else' does not end in a platform",
        ),
        (
            make_article(
                {X86: [glue("A.sys", "6.0.6001.22375", "107,504", platform="IA-64")]}
            ),
            30,
            "the platform column says ia64, but A.sys stands in the x86 section",
        ),
        (
            make_article({X86: [glue(MUM.replace("x86", "amd64"))]}),
            30,
            "the name says amd64",
        ),
        (
            make_article(
                {X64: [glue("Ia64_a_b_6.0.1.2_none_0123456789abcdef.manifest")]}
            ),
            30,
            "the name says ia64",
        ),
        (
            make_article({X86: [glue("A.dll", "6.1.7600.16385", "22,016")]}),
            30,
            "2 ways",
        ),
        (
            make_article({X86: [ROW, "", "Words.", "", glue("B.inf")]}),
            34,
            "a table row outside any table",
        ),
        (make_article(title="KB900124: it stops"), 3, "but 900123 in line"),
        (
            make_article({X86: [glue(MUM.replace("900123", "900124"))]}),
            30,
            "the article's number is 900124 here, but 900123 in line 37",
        ),
        (make_article(info=""), 3, "nothing states the article's number"),
        (make_article(info="Article ID : KB"), 37, "the Article ID 'KB' is no number"),
        (
            make_article(info="Article ID : 900123\nArticle ID : 900124"),
            38,
            "'Article ID' is '900124', but '900123' in line 37",
        ),
        (
            make_article(info="Article ID : 900123\nCreated on : 13/1/2017"),
            38,
            "'13/1/2017' is no date month/day/year",
        ),
        (
            make_article(info="Article ID : 900123\nPublished on : 2/30/2017"),
            38,
            "'2/30/2017' is no date month/day/year",
        ),
        (make_article(restart=""), None, "the restart requirement is not stated"),
        (make_article(restart="It restarts."), 16, "the restart requirement is not"),
        (
            make_article(restart="You must restart.\nYou do not have to restart."),
            17,
            "the restart requirement is none here, but required in line 16",
        ),
        (make_article(prerequisites="A fridge."), 12, "no product that is known"),
        (make_article(replaces="It replaces something."), 20, "no replaced article"),
        (
            make_article(replaces="It replaces 900123."),
            20,
            "the article replaces itself",
        ),
        (
            make_article(replaces="It does not replace hotfix 900001."),
            20,
            "an article is named, but nothing is said to be replaced",
        ),
        (make_article(replaces="Hotfix 900001."), 20, "the replacement information is"),
        (
            make_article(registry="Look at the registry."),
            24,
            "the registry information",
        ),
        (make_article(title=""), 6, "there is no title above"),
        (make_article()[make_article().index(X86.encode()) :], 1, "there is no title"),
        (make_article(title="x" * 501), 3, "501 characters are too many for a title"),
        (make_article(title="It\x00stops"), 3, "the control character U+0000"),
        (make_article(title="It\u202estops"), 3, "the control character U+202E"),
        (make_article(title="It\x85stops"), 3, "the control character U+0085"),
        (make_article().replace(b"It stops", b"It \xff"), 8, "this is not UTF-8 text"),
        (
            make_article().replace(b"Platform", b"PlatformOwner"),
            29,
            "the column 'owner' is not read in glued text",
        ),
        (
            make_article().replace(b"DateTimePlatform", b"TimeDatePlatform"),
            29,
            "the columns are file name, file version, file size, time, date, platform;",
        ),
        (
            make_article().replace(b"DateTimePlatform", b"Date (UTC)Time (UTC)"),
            30,
            "before the platform is no time HH:MM",
        ),
    ],
)
def test_a_fault_is_named_with_its_line(
    data: bytes, line: int | None, reason: str
) -> None:
    error = refused(data)
    assert reason in error.reason
    assert error.line == line


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<!DOCTYPE html><html><body><table>", "table of files in this HTML page"),
        (b"# T\n\n|a|b|\n|---|---|\n|a|b|", "table of files in this Markdown text"),
        (b"File name,File version\na.dll,1.2.3.4\n", "no table of files in this list"),
        (b'{"kb": 1}', "kb is 1, below 1000"),
        (b"A title\n\nand words", "no table of files in this plain text"),
        (b"", "no table of files in this plain text"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart", "MHTML"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"%PDF-1.4", "a PDF document"),
        (b"MSCF\x00\x00\x00\x00", "a cabinet"),
        (b"MZ\x90\x00", "a program"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\xd0\xcf\x11\xe0\xa1", "an old Office document"),
        (b"\xff\xfea\x00", "UTF-16"),
        (b"\xfe\xff\x00a", "UTF-16"),
    ],
)
def test_what_holds_no_tables_is_refused_by_name(data: bytes, reason: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_article(data)
    assert reason in caught.value.reason


def test_rows_of_one_name_are_rows_of_their_own() -> None:
    other = glue("a.INF", size="2,048")
    spec = parse_article(make_article({X86: [ROW, other, ROW]}))
    assert [(row.name, row.size) for row in spec.files] == [
        ("A.inf", 1024),
        ("a.INF", 2048),
        ("A.inf", 1024),
    ]


def test_a_document_above_the_limit_is_refused() -> None:
    data = make_article()
    assert parse_article(data, limits=Limits(text=len(data))) == parse_article(data)
    with pytest.raises(LimitError):
        parse_article(data, limits=Limits(text=len(data) - 1))
    with pytest.raises(LimitError):
        parse_article(data, limits=Limits(members=10))


def test_a_large_article_takes_linear_time() -> None:
    rows = [
        glue(f"F{n}.dll", "6.1.7600.16385", "922,016", platform="x64")
        for n in range(20_000)
    ]
    data = make_article({X64: rows})
    begin = time.process_time()
    assert len(parse_article(data).files) == len(rows)
    assert time.process_time() - begin < 5


@pytest.mark.parametrize(
    "noise",
    [
        "<" * 1_000_000,
        "<!doctype" + " " * 1_000_000,
        "1," * 500_000,
        "File name " * 100_000,
        "File name" + " " * 1_000_000,
        "|" * 1_000_000,
        "Windows 7, " * 90_000,
        "Additional files for all supported x86-based versions of Windows 7 and of "
        * 10_000,
        "2-Feb-20" * 100_000,
        "Not Applicable" * 70_000,
        "\n".join(["Restart requirement"] * 50_000),
        "\n".join(["2-Feb-20" * 100] * 1_000),
        "Article ID" + " " * 1_000_000 + ": 5",
        "restart." * 100_000,
    ],
    ids=lambda noise: noise[:12],
)
def test_noise_is_read_over_in_linear_time(noise: str) -> None:
    data = make_article().replace(b"It stops.", b"It stops.\n\n" + noise.encode())
    begin = time.process_time()
    try:
        parse_article(data)
    except HotfixError as error:
        assert str(error)  # noqa: PT017 - either outcome is right
    assert time.process_time() - begin < 3


BASE = make_article(
    {
        X86: [ROW, glue("A.sys", "6.0.6001.22375", "107,504", platform="x86")],
        X64: [glue("A.inf", size="12"), glue("A.sys", NOT, "9", platform="x64")],
    }
)


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(BASE)),
            st.integers(0, 12),
            st.binary(max_size=6)
            | st.sampled_from([HEADER.encode(), b"\n", b",", b"1"]),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_a_damaged_article_is_read_or_refused(
    damage: list[tuple[int, int, bytes]],
) -> None:
    data = BASE
    for at, length, new in damage:
        data = data[:at] + new + data[at + length :]
    try:
        spec = parse_article(data)
    except HotfixError as error:
        assert str(error)  # noqa: PT017 - either outcome is right
    else:
        assert parse_spec(serialize_spec(spec)) == spec


@given(st.integers(0, len(BASE)))
def test_a_truncated_article_is_read_or_refused(length: int) -> None:
    try:
        spec = parse_article(BASE[:length])
    except HotfixError as error:
        assert str(error)  # noqa: PT017 - either outcome is right
    else:
        assert spec.files
