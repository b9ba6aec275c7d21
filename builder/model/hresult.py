"""What Windows answers: HRESULT codes, as far as rules stand behind them.

Source: the names and meanings are those of [MS-ERREF] and of the documents
that the rules name.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Hresult:
    """A result code of Windows.

    Attributes:
        code: 32 bits, unsigned; failures have the highest one set.
        symbol: The name in the headers of Windows.
        meaning: In our words, one clause.
    """

    code: int
    symbol: str
    meaning: str

    def __str__(self) -> str:
        return f"{self.code:#010x} {self.symbol}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A claim: Windows answers a fault with this code.

    Attributes:
        source: The public document that the claim rests on.
    """

    hresult: Hresult
    source: str


INVALID_ARGUMENT = Hresult(
    code=0x80070057, symbol="E_INVALIDARG", meaning="an argument is not valid"
)
FILE_CORRUPT = Hresult(
    code=0x80070570,
    symbol="ERROR_FILE_CORRUPT",
    meaning="a file is damaged and cannot be read",
)
XML_PARSE_ERROR = Hresult(
    code=0x800705B9,
    symbol="ERROR_XML_PARSE_ERROR",
    meaning="a document cannot be parsed as XML",
)
FILE_HASH_MISMATCH = Hresult(
    code=0x800736CC,
    symbol="ERROR_SXS_FILE_HASH_MISMATCH",
    meaning="a file is not the one that the manifest of its component describes",
)
ASSEMBLY_MISSING = Hresult(
    code=0x80073701,
    symbol="ERROR_SXS_ASSEMBLY_MISSING",
    meaning="an assembly that is referred to is missing",
)
INVALID_IDENTITY_VALUE = Hresult(
    code=0x8007370A,
    symbol="ERROR_SXS_INVALID_IDENTITY_ATTRIBUTE_VALUE",
    meaning="the value of an identity's attribute is out of range",
)
STORE_CORRUPT = Hresult(
    code=0x80073712,
    symbol="ERROR_SXS_COMPONENT_STORE_CORRUPT",
    meaning="the component store contradicts itself",
)
CRYPT_FILE_ERROR = Hresult(
    code=0x80092003,
    symbol="CRYPT_E_FILE_ERROR",
    meaning="reading a file failed in the cryptographic services",
)
BAD_DIGEST = Hresult(
    code=0x80096010,
    symbol="TRUST_E_BAD_DIGEST",
    meaning="the signature does not fit the bytes",
)
NO_SIGNATURE = Hresult(
    code=0x800B0100,
    symbol="TRUST_E_NOSIGNATURE",
    meaning="there is no signature, or none that holds",
)
EXPIRED = Hresult(
    code=0x800B0101,
    symbol="CERT_E_EXPIRED",
    meaning="a certificate was not valid at the time that counts",
)
UNTRUSTED_ROOT = Hresult(
    code=0x800B0109,
    symbol="CERT_E_UNTRUSTEDROOT",
    meaning="the certificate chain ends in a root that is not trusted",
)
CHAINING = Hresult(
    code=0x800B010A,
    symbol="CERT_E_CHAINING",
    meaning="no certificate chain could be built",
)
REVOKED = Hresult(
    code=0x800B010C, symbol="CERT_E_REVOKED", meaning="a certificate was revoked"
)
WRONG_USAGE = Hresult(
    code=0x800B0110,
    symbol="CERT_E_WRONG_USAGE",
    meaning="a certificate is not meant for this use",
)
INVALID_PACKAGE = Hresult(
    code=0x800F0805,
    symbol="CBS_E_INVALID_PACKAGE",
    meaning="this is no valid Windows package",
)
INVALID_ITEM = Hresult(
    code=0x800F080D,
    symbol="CBS_E_MANIFEST_INVALID_ITEM",
    meaning="a package manifest holds something that does not belong there",
)
IDENTITY_MISMATCH = Hresult(
    code=0x800F0818,
    symbol="CBS_E_IDENTITY_MISMATCH",
    meaning="a package manifest has another identity than the one looked for",
)
NOT_APPLICABLE = Hresult(
    code=0x800F081E,
    symbol="CBS_E_NOT_APPLICABLE",
    meaning="the package is not meant for this system",
)
SOURCE_MISSING = Hresult(
    code=0x800F081F,
    symbol="CBS_E_SOURCE_MISSING",
    meaning="the source of a package or file was not found",
)
COMPONENT_NOT_FOUND = Hresult(
    code=0x800F0982,
    symbol="PSFX_E_MATCHING_COMPONENT_NOT_FOUND",
    meaning="the installed component that a delta applies to was not found",
)
BINARY_MISSING = Hresult(
    code=0x800F0984,
    symbol="PSFX_E_MATCHING_BINARY_MISSING",
    meaning="the installed file that a delta applies to is missing",
)
DELTA_FAILED = Hresult(
    code=0x800F0986,
    symbol="PSFX_E_APPLY_FORWARD_DELTA_FAILED",
    meaning="a delta could not be applied",
)

_HEX = re.compile(r"0x([0-9a-f]{1,8})|([89a-f][0-9a-f]{7})", re.IGNORECASE | re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,10}", re.ASCII)
_WIN32 = 0x80070000


def parse_hresult(text: str) -> int | None:
    """Read a code as people copy it: hexadecimal, decimal, negative.

    Eight digits that start with 8 to F are hexadecimal without a prefix; a
    number below 65536 is an error of Win32, which `dism` prints bare.

    Returns:
        The code, unsigned; None where `text` is no number of 32 bits.
    """
    text = text.strip()
    found = _HEX.fullmatch(text)
    if found is not None:
        code = int(found[1] or found[2], 16)
    elif _DECIMAL.fullmatch(text):
        code = int(text)
    else:
        return None
    if not -(1 << 31) <= code < 1 << 32:
        return None
    code &= 0xFFFF_FFFF
    return code | _WIN32 if 0 < code <= 0xFFFF else code
