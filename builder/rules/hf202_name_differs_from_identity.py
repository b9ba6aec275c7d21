"""A document's file name is not the name that its identity makes.

What it checks: a .manifest is named by its side-by-side name, key included; a
.mum by name, token, architecture, language and version.  `update.mum` and
`update-bf.mum` are free names.

Why it matters: the servicing stack computes the name from the identity and
looks for that file.  A name that does not follow means that the identity or
the name was changed by hand.

How to fix it: `hotfix keyform` prints the right name for an identity.

Source: observed on 343 of 343 genuine manifests and all genuine .mum files; the
key fits 75 of 75 more names of components from Windows Vista to Windows 11.
"""

from collections.abc import Iterator

from builder.model.finding import Hit, Severity
from builder.model.hresult import IDENTITY_MISMATCH, Answer
from builder.model.identity import manifest_name, package_name
from builder.model.package import Package
from builder.model.subject import Document
from builder.model.unpacked import Kind
from builder.model.vouched import Yields
from builder.rules.core import Rule
from builder.rules.hf201_identity_malformed import faults, schema_speaks
from builder.rules.windows import CHECKSUR

_FREE = ("update.mum", "update-bf.mum")


def promised_name(document: Document) -> str | None:
    """Return the name that the identity makes, where the file has another one."""
    if document.value is None:
        return None
    name = document.member.key.rpartition("\\")[2]
    if document.member.kind is Kind.MUM and name in _FREE:
        return None
    identity = document.value.identity
    if isinstance(document.value, Package):
        promised = f"{package_name(identity)}.mum"
    else:
        promised = manifest_name(identity)
    return None if name == promised.casefold() else promised


def is_misnamed(document: Document) -> bool:
    """Tell whether the name does not follow from a sound identity."""
    if promised_name(document) is None or document.value is None:
        return False
    # HF102, HF201: one cause, one finding
    return not schema_speaks(document) and not any(faults(document.value))


def check(document: Document) -> Iterator[Hit]:
    """Yield a hit if the name does not follow from a sound identity."""
    if document.value is not None and is_misnamed(document):
        yield Hit(
            where=document.member.where,
            message=f"the identity inside makes the name {promised_name(document)}",
            line=document.value.identity.line,
        )


RULE = Rule(
    id="HF202",
    name="name-differs-from-identity",
    severity=Severity.ERROR,
    subject=Document,
    check=check,
    since="0.1",
    page=__doc__,
    answers=(Answer(hresult=IDENTITY_MISMATCH, source=CHECKSUR),),
    yields=Yields.TO_SEAL,
)
