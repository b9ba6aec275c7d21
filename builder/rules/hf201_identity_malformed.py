"""An assembly identity is incomplete or malformed.

What it checks: that the identity of each .mum and .manifest has a name, a
version of four parts from 0 to 65535, a known processor architecture, a
language and a public key token of 16 hexadecimal digits.  A side-by-side
assembly (asm.v1) is neutral without a language.

Why it matters: the servicing stack files and finds assemblies by these five
attributes.  Windows answers a malformed identity with an installation error.

How to fix it: write all five attributes; "neutral" is a language.

Source: FORMATS: all five are present in every genuine package identity.
"""

import re
from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.hresult import INVALID_ARGUMENT, INVALID_IDENTITY_VALUE, Answer
from builder.model.identity import Architecture
from builder.model.package import Component, Package
from builder.model.subject import Document
from builder.model.version import FileVersion
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.windows import CBS_LOGS, KB947821

_TOKEN = re.compile(r"[0-9A-Fa-f]{16}")
_LANGUAGE = re.compile(r"neutral|[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.IGNORECASE)


def faults(value: Package | Component) -> Iterator[str]:
    """Yield a clause for each attribute that is absent or malformed."""
    identity = value.identity
    if not identity.name.strip():
        yield "name is empty"
    if identity.version is None:
        yield "version is absent"
    else:
        try:
            FileVersion.parse(identity.version)
        except ValueError as error:
            yield f"version {error}"
    if identity.architecture is None:
        yield "processorArchitecture is absent"
    elif Architecture.of(identity.architecture) is None:
        yield f"processorArchitecture {identity.architecture!r} is unknown"
    yield from _of_language(value)
    if identity.public_key_token is None:
        yield "publicKeyToken is absent"
    elif not _TOKEN.fullmatch(identity.public_key_token):
        token = identity.public_key_token
        yield f"publicKeyToken {token!r} is not 16 hexadecimal digits"


def _of_language(value: Package | Component) -> Iterator[str]:
    language = value.identity.language
    if language is None:
        if not (isinstance(value, Component) and value.is_side_by_side):
            yield "language is absent"
    elif not _LANGUAGE.fullmatch(language):
        yield f"language {language!r} is malformed"


def schema_speaks(document: Document) -> bool:
    """Tell whether HF102 already complains of the document's own identity."""
    return any(f.path.startswith("/assembly/assemblyIdentity") for f in document.faults)


def check(document: Document) -> Iterator[Hit]:
    """Yield each fault of the document's own identity."""
    if document.value is not None and not schema_speaks(document):
        for fault in faults(document.value):
            yield Hit(
                where=document.member.where,
                message=fault,
                line=document.value.identity.line,
            )


RULE = Rule(
    id="HF201",
    name="identity-malformed",
    severity=Severity.ERROR,
    subject=Document,
    check=check,
    since="0.1",
    page=__doc__,
    answers=(
        Answer(hresult=INVALID_IDENTITY_VALUE, source=KB947821),
        Answer(hresult=INVALID_ARGUMENT, source=CBS_LOGS),
    ),
    yields=Yields.TO_CATALOG,
)
