"""Side-by-side names read backwards: which attributes does a key prove?

The key at the end of a published name hashes attributes that the name does
not print.  Trying the values that are known finds the ones that fit, and with
64 bits a fit is a proof.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from builder.model.identity import AssemblyIdentity, side_by_side_key

TYPES: tuple[str | None, ...] = (
    *(None, "driverUpdate", "dualModeDriver", "win32", "win32-policy"),
    *("genericDriver", "package", "deployment"),
)
"""Values of the type attribute that are tried; None: the attribute is absent."""

SCOPES: tuple[str | None, ...] = ("nonSxS", None, "SxS")
"""Values of versionScope that are tried."""

LONG_CULTURES = (
    *("az-cyrl-az", "az-latn-az", "bs-cyrl-ba", "bs-latn-ba", "ca-es-valencia"),
    *("chr-cher-us", "ha-latn-ng", "iu-cans-ca", "iu-latn-ca", "ku-arab-iq"),
    *("mn-mong-cn", "mn-mong-mn", "pa-arab-pk", "qps-latn-x-sh", "qps-ploca"),
    *("qps-plocm", "quc-latn-gt", "sd-arab-pk", "sr-cyrl-ba", "sr-cyrl-cs"),
    *("sr-cyrl-me", "sr-cyrl-rs", "sr-latn-ba", "sr-latn-cs", "sr-latn-me"),
    *("sr-latn-rs", "tg-cyrl-tj", "tzm-latn-dz", "tzm-tfng-ma", "uz-cyrl-uz"),
    *("uz-latn-uz", "zh-hans-cn", "zh-hant-tw"),
)
"""Cultures above 8 characters, which names print shortened."""

_LONGEST_CULTURE = 8
_KEY = re.compile(r"[0-9a-f]{16}", re.ASCII)
_SHORTENED = re.compile(r".{19}\.\..{19}", re.DOTALL)


class Outcome(StrEnum):
    """What became of the attempt to solve a name."""

    SOLVED = "solved"
    SHORTENED = "shortened"
    NO_FIT = "no-fit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One combination of unprinted attributes that gives the key.

    Attributes:
        type: None: the identity has no type attribute.
        culture: "none" for a neutral language; written out where the name
            shortens it.
        version_scope: None: the identity has no versionScope attribute.
    """

    type: str | None
    culture: str
    version_scope: str | None

    def __str__(self) -> str:
        said = [("type", self.type), ("versionScope", self.version_scope)]
        if self.culture != "none":
            said.insert(1, ("culture", self.culture))
        return ", ".join(
            f"no {name}" if value is None else f"{name}={value}" for name, value in said
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedName:
    """The parts of a side-by-side name, in lower case, as printed.

    Attributes:
        public_key_token: None where the name prints "none".
        version: None where the name prints nothing.
        culture: "none" for a neutral language.
    """

    architecture: str
    name: str
    public_key_token: str | None
    version: str | None
    culture: str
    key: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """What a published name proves.

    Attributes:
        proofs: Every combination that fits; only with the outcome SOLVED.
    """

    printed: PrintedName
    outcome: Outcome
    proofs: tuple[Proof, ...] = ()

    def __str__(self) -> str:
        match self.outcome:
            case Outcome.SOLVED:
                return "proves " + ", or ".join(map(str, self.proofs))
            case Outcome.SHORTENED:
                return "cannot be solved: the name was shortened"
            case Outcome.NO_FIT:
                return (
                    "no combination of type, culture and versionScope fits: "
                    "the identity has others, or the name is misprinted"
                )


def parse_keyform(text: str) -> PrintedName:
    """Split a side-by-side name, with or without ".manifest", into its parts.

    Raises:
        ValueError: It is no such name.
    """
    folded = text.strip().lower().removesuffix(".manifest")
    architecture, _, rest = folded.partition("_")
    parts = rest.rsplit("_", 4)
    if len(parts) != 5 or not all((architecture, parts[0], parts[1], parts[3])):
        raise ValueError(
            "a side-by-side name is architecture_name_token_version_culture_key"
        )
    name, token, version, culture, key = parts
    if not _KEY.fullmatch(key):
        raise ValueError(f"the key {key[:40]!r} is not 16 hexadecimal digits")
    return PrintedName(
        architecture=architecture,
        name=name,
        public_key_token=None if token == "none" else token,  # noqa: S105 - the word
        version=version or None,
        culture=culture,
        key=int(key, 16),
    )


def solve(text: str, *, full_name: str | None = None) -> Solution:
    """Find the unprinted attributes that the key of a published name proves.

    Args:
        text: A side-by-side name, with or without ".manifest".
        full_name: The assembly's name before printing shortened it or dropped
            characters from it, where it is known.

    Raises:
        ValueError: `text` is no side-by-side name.
    """
    printed = parse_keyform(text)
    proofs = tuple(
        Proof(type=type_, culture=culture, version_scope=scope)
        for culture, scope, type_ in product(_cultures(printed), SCOPES, TYPES)
        if _key(printed, full_name, culture, scope, type_) == printed.key
    )
    if proofs:
        outcome = Outcome.SOLVED
    elif full_name is None and _SHORTENED.fullmatch(printed.name):
        outcome = Outcome.SHORTENED
    else:
        outcome = Outcome.NO_FIT
    return Solution(printed=printed, outcome=outcome, proofs=proofs)


def _cultures(printed: PrintedName) -> Iterator[str]:
    if len(printed.culture) != _LONGEST_CULTURE or ".." not in printed.culture:
        yield printed.culture
        return
    start, _, end = printed.culture.partition("..")
    for culture in LONG_CULTURES:
        if culture.startswith(start) and culture.endswith(end):
            yield culture


def _key(
    printed: PrintedName,
    full_name: str | None,
    culture: str,
    scope: str | None,
    type_: str | None,
) -> int:
    return side_by_side_key(
        AssemblyIdentity(
            name=full_name or printed.name,
            version=printed.version,
            architecture=printed.architecture,
            language=culture,
            public_key_token=printed.public_key_token,
            type=type_,
            version_scope=scope,
        )
    )
