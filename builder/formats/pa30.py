"""PA30, the delta format of Windows update packages.

A delta holds a header, a preprocess buffer for executables, and a patch.
The source of an executable is transformed first, so that what moves between
two builds (addresses, calls, relocations) has moved already when the patch
copies it.

Source: observed in Vista to 8.1 packages.
"""

import hashlib
from dataclasses import dataclass

from builder.errors import DeltaError, LimitError, UnknownTransformError
from builder.formats.buffer import Buffer
from builder.formats.pa30_bits import BitReader
from builder.formats.pa30_codec import decode_patch
from builder.formats.pa30_image import (
    AMD64,
    ARM,
    ARM64,
    I386,
    IA64,
    Image,
    parse_image,
)
from builder.formats.pa30_reported import is_x86
from builder.formats.pa30_rift import Rift
from builder.formats.pa30_source import (
    parse_preprocess,
    prepare_source,
    readings_of,
    unsure_transforms,
)
from builder.formats.pa30_x86 import restore_calls
from builder.model.delta import DeltaFlags, DeltaHeader, FileType, Reading
from builder.model.limits import DEFAULT_LIMITS, Limits

_START = 12
# ALG_ID, hashlib's name, bytes.  Source: [MS-WCCE] and wincrypt.h, ALG_ID.
_ALGORITHMS: dict[int, tuple[str | None, int]] = {
    0: (None, 0),
    0x8003: ("md5", 16),
    0x8004: ("sha1", 20),
    0x800C: ("sha256", 32),
}
# Machines of the executables that are coded so.
_MACHINES = {
    FileType.I386: (I386,),
    FileType.CLI4_I386: (I386,),
    FileType.IA64: (IA64,),
    FileType.AMD64: (AMD64,),
    FileType.CLI4_AMD64: (AMD64,),
    FileType.CLI4_ARM: ARM,
    FileType.CLI4_ARM64: (ARM64,),
}
_E8 = int(DeltaFlags.E8)  # as a plain number, which is quicker
_NOT_KNOWN = "what the delta does to its executable is not known in full"
_REFUSED = {
    b"PA19": "a PA19 delta: the older format is not supported",
    b"PA31": "a PA31 delta: the format of Windows 10 is not supported",
}


class _HashError(DeltaError):
    """The target is made, and is another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Delta:
    header: DeltaHeader
    preprocess: BitReader | None
    patch: BitReader | None

    def restart(self) -> None:
        """Be ready to be read, again perhaps."""
        for stream in (self.preprocess, self.patch):
            if stream is not None:
                stream.restart()


def _parse_digest(reader: BitReader) -> tuple[str | None, bytes]:
    offset = reader.offset()
    identifier = reader.number()
    if identifier not in _ALGORITHMS:
        raise DeltaError(f"hash algorithm {identifier:#x} is unknown", offset=offset)
    algorithm, size = _ALGORITHMS[identifier]
    digest = reader.block()
    if len(digest) != size:
        raise DeltaError(f"a hash of {len(digest)} bytes, not {size}", offset=offset)
    return algorithm, digest


def _check_magic(data: bytes) -> None:
    if data[:4] in _REFUSED:
        raise DeltaError(_REFUSED[data[:4]], offset=0)
    if data[:4] != b"PA30":
        raise DeltaError(f"signature is {data[:4]!r}, not b'PA30'", offset=0)
    if len(data) <= _START:
        raise DeltaError(f"{len(data)} bytes cannot hold a header", offset=4)


def _parse(data: bytes) -> _Delta:
    _check_magic(data)
    reader = BitReader(data[_START:], base=_START)
    file_types = reader.number()
    offset = reader.offset()
    number = reader.number()
    try:
        file_type = FileType(number)
    except ValueError:
        raise DeltaError(f"file type {number} is unknown", offset=offset) from None
    flags = reader.number()
    offset = reader.offset()
    size = reader.number()
    if size < 0:
        raise DeltaError("the target has a negative size", offset=offset)
    algorithm, digest = _parse_digest(reader)
    header = DeltaHeader(
        filetime=int.from_bytes(data[4:_START], "little"),
        file_type=file_type,
        file_types=file_types,
        flags=DeltaFlags(flags),
        size=size,
        algorithm=algorithm,
        digest=digest,
    )
    return _Delta(header=header, preprocess=reader.buffer(), patch=reader.buffer())


def parse_pa30_header(delta: Buffer) -> DeltaHeader:
    """Read what a delta says about its target.

    Raises:
        DeltaError: The header is damaged, or the delta is a PA19 or PA31.
    """
    return _parse(bytes(delta)).header


def _check_size(header: DeltaHeader, most: int, promised: int | None) -> None:
    if promised is not None and header.size != promised:
        raise DeltaError(
            f"the target has {header.size:,} bytes; {promised:,} were promised",
            offset=_START,
        )
    if header.size > most:
        raise LimitError(
            f"the target has {header.size:,} bytes; the limit is {most:,}",
            offset=_START,
        )


def decode_pa30(
    delta: Buffer,
    basis: Buffer = b"",
    *,
    limits: Limits = DEFAULT_LIMITS,
    size: int | None = None,
    most: int | None = None,
) -> bytes:
    """Apply a delta to its basis.

    The hash of the header is verified, where there is one.  A wrong basis
    goes unnoticed without it.

    Args:
        basis: Empty for a delta that needs none.
        size: Bytes that the target has to have, where the caller knows.
        most: Bytes that it may have; `limits.target` where it is None.

    Returns:
        The target.

    Raises:
        DeltaError: The delta is damaged, is not for this basis, or is of a
            kind that is refused by name.
        UnknownTransformError: The target does not come out, and what the
            delta does to its basis is not known for sure.
        LimitError: The target or a table is larger than a limit.
    """
    parsed = _parse(bytes(delta))
    header = parsed.header
    _check_size(header, limits.target if most is None else most, size)
    image = None if header.file_type is FileType.RAW else parse_image(basis)
    unsure = None if image is None else unsure_transforms(image, header.flags)
    if unsure is not None and header.algorithm is None:
        raise UnknownTransformError(f"{unsure}, and the delta has no hash that tells")
    try:
        return bytes(_try_readings(parsed, basis, image))
    except DeltaError as error:
        if image is not None and isinstance(error, _HashError):
            if image.machine not in _MACHINES.get(header.file_type, ()):
                machine = f"the basis is for another machine ({image.machine:#x})"
                raise DeltaError(f"{machine}, and {error.reason}") from error
            # The bits are sound, and still another target comes out.
            unsure = unsure or _NOT_KNOWN
        if unsure is None:
            raise
        reason = f"{unsure}: {error.reason}"
        raise UnknownTransformError(reason, offset=error.offset) from error


def _try_readings(parsed: _Delta, basis: Buffer, image: Image | None) -> bytearray:
    """Decode by each description of the transforms until the hash is right."""
    readings = readings_of(image, parsed.header.flags)
    if parsed.header.algorithm is None:
        readings = readings[:1]
    first: DeltaError | None = None
    for reading in readings:
        try:
            return _decode(parsed, basis, image, reading)
        except DeltaError as error:
            first = first or error
            if image is None and not isinstance(error, _HashError):
                break  # no description makes damaged bits sound
    raise first or DeltaError("no way to read the delta")


def _decode(
    parsed: _Delta, basis: Buffer, image: Image | None, reading: Reading
) -> bytearray:
    """Make the target by one description of the transforms.

    Args:
        image: The headers of the basis, where it is an executable.
    """
    parsed.restart()
    buffer = bytearray(basis)
    header = parsed.header
    rift = Rift()
    if header.file_type is not FileType.RAW:
        if parsed.preprocess is None:
            raise DeltaError("an executable's delta without a preprocess buffer")
        preprocess = parse_preprocess(parsed.preprocess)
        rift = prepare_source(buffer, image, preprocess, header.flags, reading)
    if parsed.patch is not None:
        target = decode_patch(parsed.patch, buffer, header.size, rift=rift)
    elif header.size == 0:
        target = bytearray()
    else:
        raise DeltaError("a delta without a patch")
    if int(header.flags) & _E8:
        if reading is Reading.OBSERVED:
            restore_calls(target, 10)
        elif is_x86(target):
            restore_calls(target, 4)
    _verify(target, header)
    return target


def _verify(target: bytearray, header: DeltaHeader) -> None:
    if header.algorithm is None:
        return
    digest = hashlib.new(header.algorithm, target, usedforsecurity=False).digest()
    if digest != header.digest:
        raise _HashError(
            f"the target's {header.algorithm} is {digest.hex()}; "
            f"the delta promises {header.digest.hex()}"
        )
