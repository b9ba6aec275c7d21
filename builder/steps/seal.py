"""Find the signature on a file, whatever its format."""

from builder.errors import FormatError, SignatureError, SignatureFault
from builder.formats.buffer import Buffer
from builder.formats.cab import MAGIC as CABINET_MAGIC
from builder.formats.cab import parse_cab
from builder.formats.cab_seal import cabinet_seal
from builder.formats.pe_seal import image_seal
from builder.model.limits import Limits
from builder.model.seal import Seal

_PROGRAM_MAGIC = b"MZ"


def find_seal(data: Buffer, *, limits: Limits) -> Seal:
    """Take the signature of a cabinet or program file.

    Args:
        data: The whole file.
        limits: What is read at most.

    Raises:
        SignatureError: UNSIGNED: there is none; STRUCTURE: it is damaged, or
            something follows it that it does not cover.
        FormatError: The file is damaged, or of another format.
    """
    head = bytes(memoryview(data)[:4])
    if head == CABINET_MAGIC:
        seal = _cabinet(data, limits)
    elif head.startswith(_PROGRAM_MAGIC):
        seal = image_seal(data)
    else:
        raise FormatError("is no catalog, cabinet or program file", offset=0)
    if seal is None:
        raise SignatureError(SignatureFault.UNSIGNED, "the file is not signed")
    return seal


def _cabinet(data: Buffer, limits: Limits) -> Seal | None:
    cabinet = parse_cab(data, limits=limits)
    if cabinet.trailing:
        raise SignatureError(
            SignatureFault.STRUCTURE,
            f"{cabinet.trailing:,} bytes follow that no signature covers",
            offset=cabinet.size,
        )
    return cabinet_seal(data, cabinet)
