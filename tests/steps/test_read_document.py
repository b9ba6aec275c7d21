"""Many documents are read together, each as if it were alone."""

from collections.abc import Iterator

from builder.model.limits import DEFAULT_LIMITS
from builder.model.unpacked import Kind, Member
from builder.steps.read_document import read_document, read_documents

_START = '<assembly xmlns="urn:schemas-microsoft-com:asm.v3" manifestVersion="1.0"'
_IDENTITY = (
    'version="6.0.1.2" processorArchitecture="x86" language="neutral" '
    'buildType="release" publicKeyToken="31bf3856ad364e35" versionScope="nonSxS"'
)


def _texts(count: int) -> list[tuple[Member, bytes]]:
    """Make documents, of which each fourth is wrong in one of three ways."""
    found = []
    for number in range(count):
        text = f'{_START}><assemblyIdentity name="n{number}" {_IDENTITY}/></assembly>'
        if number % 12 == 0:
            text = text.replace("</assembly>", "")
        elif number % 12 == 4:
            text = text.replace("assemblyIdentity", "assemblyIdentiti")
        elif number % 12 == 8:
            text = text.replace(' language="neutral"', "")
        elif number % 12 == 9:
            text = "DCM\x01"
        name = f"{number}.manifest"
        member = Member(
            where=("a.cab", name), name=name, kind=Kind.MANIFEST, size=len(text)
        )
        found.append((member, text.encode()))
    return found


def test_documents_read_together_are_what_each_is_alone_in_order() -> None:
    for count in (0, 1, 15, 16, 17, 40):
        texts = _texts(count)
        together = list(read_documents(texts, limits=DEFAULT_LIMITS))
        assert [document.member for document in together] == [m for m, _ in texts]
        for document, (member, data) in zip(together, texts, strict=True):
            alone = read_document(member, data, limits=DEFAULT_LIMITS)
            assert alone.value == document.value
            assert alone.faults == document.faults
            assert str(alone.error) == str(document.error)
            assert alone.is_compressed == document.is_compressed
    assert any(d.faults for d in together)
    assert sum(d.error is not None for d in together) == 7
    assert sum(d.is_compressed for d in together) == 3


def test_no_more_large_documents_are_held_than_fit_together() -> None:
    taken = 0

    def texts() -> Iterator[tuple[Member, bytes]]:
        nonlocal taken
        for member, data in _texts(20):
            taken += 1
            yield member, data + b" " * (600 << 10)

    reading = read_documents(texts(), limits=DEFAULT_LIMITS)
    next(reading)
    assert taken == 2
    assert len(list(reading)) == 19


def test_an_error_that_is_kept_holds_nothing_of_the_document() -> None:
    documents = list(read_documents(_texts(40), limits=DEFAULT_LIMITS))
    errors = [document.error for document in documents if document.error is not None]
    assert len(errors) == 7
    for error in errors:
        assert error.__traceback__ is None
        assert error.__cause__ is None
        assert error.__context__ is None
