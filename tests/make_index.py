"""Container indexes written as text."""

import hashlib
from collections.abc import Iterable
from xml.sax.saxutils import quoteattr


def make_file(
    number: int | str,
    data: bytes,
    *,
    name: str | None = None,
    source: str | None = None,
    member: str | None = None,
    packed: bytes | None = None,
    basis: int | str | None = None,
    algorithm: str = "SHA1",
    size: int | str | None = None,
    digest: str | None = None,
) -> str:
    """Write one file; its hashes are right unless others are given."""
    own = digest if digest is not None else digest_of(algorithm, data)
    inner = ""
    if source is not None:
        packed_hash = digest_of(algorithm, data if packed is None else packed)
        inner += (
            f"<Source type={quoteattr(source)} name={quoteattr(member or str(number))}>"
            f'<Hash alg="{algorithm}" value="{packed_hash}"/></Source>'
        )
    if basis is not None:
        inner += f'<Basis file="{basis}"/>'
    length = len(data) if size is None else size
    shown = quoteattr(name or f"folder\\file{number}")
    return (
        f'<File id="{number}" name={shown} length="{length}"'
        ' time="129610494321355684" attr="32">'
        f'<Hash alg="{algorithm}" value="{own}"/><Delta>{inner}</Delta></File>'
    )


def digest_of(algorithm: str, data: bytes) -> str:
    return hashlib.new(algorithm, data).hexdigest()


def make_index(files: Iterable[str]) -> bytes:
    text = "".join(files)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Container name="kb1.cab" type="CAB" length="1234" version="1"'
        f' xmlns="urn:ContainerIndex"><Description/><Files>{text}</Files></Container>'
    ).encode()
