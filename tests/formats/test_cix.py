"""Container indexes: what they say, and what is refused."""

import hashlib
import time

import pytest
from make_index import make_file, make_index

from builder.errors import DeltaError, FormatError, LimitError, XmlError
from builder.formats.cix import parse_index
from builder.model.cix import ContainerIndex, IndexHash, IndexSource, IndexTarget
from builder.model.limits import Limits


def sha1(data: bytes) -> IndexHash:
    return IndexHash(algorithm="sha1", digest=hashlib.sha1(data).digest())


def refused(*files: str) -> DeltaError:
    with pytest.raises(DeltaError) as caught:
        parse_index(make_index(files))
    return caught.value


def test_an_index_is_a_value() -> None:
    files = (
        make_file(35, b"one", source="PA30", member="0", packed=b"delta"),
        make_file(36, b"two", source="PA30", member="1", packed=b"other", basis=35),
        make_file(37, b"two", basis=36),
    )

    def target(
        number: str, data: bytes, source: IndexSource | None, basis: str | None
    ) -> IndexTarget:
        return IndexTarget(
            id=number,
            name=f"folder\\file{number}",
            size=3,
            hash=sha1(data),
            filetime=129610494321355684,
            attributes=32,
            source=source,
            basis=basis,
            line=2,
        )

    first = IndexSource(type="PA30", name="0", hash=sha1(b"delta"))
    second = IndexSource(type="PA30", name="1", hash=sha1(b"other"))
    assert parse_index(make_index(files)) == ContainerIndex(
        name="kb1.cab",
        type="CAB",
        version="1",
        size=1234,
        targets=(
            target("35", b"one", first, None),
            target("36", b"two", second, "35"),
            target("37", b"two", None, "36"),
        ),
    )


def test_a_basis_may_stand_behind_its_user() -> None:
    index = parse_index(
        make_index([make_file(1, b"a", basis=2), make_file(2, b"a", source="RAW")])
    )
    assert [target.basis for target in index.targets] == ["2", None]


def test_names_and_types_are_kept_as_written() -> None:
    name = "..\\..\\C:/Windows\\con"
    index = parse_index(make_index([make_file(1, b"", name=name, source="PA99")]))
    target = index.targets[0]
    assert target.name == name
    assert target.source is not None
    assert target.source.type == "PA99"


def test_hashes_are_sha1_or_sha256() -> None:
    index = parse_index(
        make_index([make_file(1, b"x", source="RAW", algorithm="SHA256")])
    )
    promised = index.targets[0].hash
    assert promised == IndexHash(
        algorithm="sha256", digest=hashlib.sha256(b"x").digest()
    )


GOOD = make_file(1, b"x", source="RAW")


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (GOOD.replace('id="1"', ""), "File has no id"),
        (GOOD.replace('id="1"', 'id=""'), "File has no id"),
        (GOOD.replace('length="1"', 'length="-1"'), "length '-1' is no number"),
        (GOOD.replace('length="1"', 'length="1e3"'), "length '1e3' is no number"),
        (GOOD.replace('length="1"', 'length="\u0661"'), "length '\u0661' is no"),
        (GOOD.replace('length="1"', f'length="{1 << 63}"'), "length 9223372036854775"),
        (GOOD.replace('length="1"', f'length="{"9" * 5000}"'), "length '99999"),
        (GOOD.replace('attr="32"', 'attr="4294967296"'), "attr 4294967296 is too"),
        (GOOD.replace('alg="SHA1"', 'alg="MD5"'), "hash 'MD5' is unknown"),
        (make_file(1, b"x", source="RAW", digest="00" * 19), "a SHA1 is 40 hex"),
        (make_file(1, b"x", source="RAW", digest="0x" * 20), "a SHA1 is 40 hex"),
        (make_file(1, b"x", source="RAW", digest="00 " * 20), "a SHA1 is 40 hex"),
        (make_file(1, b"x", basis=1), "File 1 is its own basis"),
        (GOOD.replace("<Delta>", '<Hash alg="SHA1" value=""/><Delta>'), "File has 2 H"),
        (GOOD.replace("</Delta>", "</Delta><Delta/>"), "File has 2 Delta elements"),
        (GOOD + GOOD, "two files have the id '1'"),
        (GOOD.replace("<Hash", "<Hush", 1), "a File without a Hash"),
    ],
)
def test_an_index_that_lies_is_refused(file: str, reason: str) -> None:
    error = refused(file)
    assert error.reason.startswith(reason)
    assert error.line == 2


def test_bases_that_go_round_are_refused() -> None:
    files = [make_file(at, b"x", basis=(at + 1) % 50) for at in range(50)]
    assert refused(*files).reason.endswith("is its own basis")


def test_a_long_chain_is_followed_without_recursion_in_linear_time() -> None:
    count = 5_000
    files = [make_file(at, b"x", basis=at + 1) for at in range(count)]
    files.append(make_file(count, b"x", source="RAW"))
    started = time.process_time()
    index = parse_index(make_index(files))
    assert len(index.targets) == count + 1
    assert time.process_time() - started < 20


def test_a_root_of_another_kind_is_refused() -> None:
    with pytest.raises(DeltaError, match="not a container index"):
        parse_index(b"<Container/>")


def test_a_document_type_is_refused() -> None:
    with pytest.raises(XmlError):
        parse_index(b"<!DOCTYPE Container><Container/>")


def test_more_files_than_the_limit_are_refused() -> None:
    files = [make_file(at, b"x", source="RAW") for at in range(3)]
    with pytest.raises(LimitError, match="3 files in an index"):
        parse_index(make_index(files), limits=Limits(members=2))


def test_an_index_may_say_all_of_every_file() -> None:
    """As the index of a rollup does, whose files outnumber all other markup."""
    files = [make_file(0, b"first", source="RAW")]
    files += [
        make_file(n, b"%d" % n, source="PA30", packed=b"delta", basis=n - 1)
        for n in range(1, 2_000)
    ]
    data = make_index(files)
    limits = Limits(members=2_000, markup=1_000)
    assert len(parse_index(data, limits=limits).targets) == 2_000
    with pytest.raises(LimitError, match="tags and attributes"):
        parse_index(data, limits=Limits(members=1_000, markup=1_000))


def test_an_index_without_files_has_no_targets() -> None:
    assert parse_index(b'<Container xmlns="urn:ContainerIndex"/>').targets == ()


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_a_cut_index_is_refused(cut: int) -> None:
    data = make_index([GOOD])
    assert len(data) > 400
    with pytest.raises(FormatError):
        parse_index(data[:cut])
