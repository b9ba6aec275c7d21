"""Assembly identities, and the names that the side-by-side store makes of them."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache


class Architecture(StrEnum):
    """A processor architecture, spelled as manifests spell it."""

    X86 = "x86"
    AMD64 = "amd64"
    IA64 = "ia64"
    WOW64 = "wow64"
    ARM = "arm"
    ARM64 = "arm64"
    ARM64_X86 = "arm64.x86"
    MSIL = "msil"

    @property
    def word(self) -> str:
        """The word of KB specifications and folders: "x64" for amd64."""
        return "x64" if self is Architecture.AMD64 else self.value

    @classmethod
    def of(cls, text: str | None) -> "Architecture | None":
        """Find the architecture that a manifest spells `text`, in any case."""
        return _BY_SPELLING.get((text or "").lower())

    @classmethod
    def of_word(cls, word: str) -> "Architecture":
        """Find the architecture that `word` names; raise ValueError otherwise."""
        for architecture in cls:
            if architecture.word == word:
                return architecture
        raise ValueError(f"{word!r} is no architecture")


_BY_SPELLING = {architecture.value: architecture for architecture in Architecture}


@dataclass(frozen=True, slots=True, kw_only=True)
class AssemblyIdentity:
    """The attributes that name an assembly, as text, exactly as written.

    A value read from a foreign manifest may be wrong in every attribute:
    rules judge it, the constructor does not.  None: the attribute is absent.

    Attributes:
        line: 1-based line where it was written; no part of what it is.
    """

    name: str
    version: str | None = None
    architecture: str | None = None
    language: str | None = None
    public_key_token: str | None = None
    type: str | None = None
    version_scope: str | None = None
    build_type: str | None = None
    line: int | None = field(default=None, compare=False, repr=False)


_MASK32 = 0xFFFF_FFFF
_MASK64 = 0xFFFF_FFFF_FFFF_FFFF
_LANE_FACTOR = 0x1003F
_LANE_WEIGHTS = (0x1E5FFFFFD27, 0xFFFFFFDC00000051, 0x1FFFFFFF7, 1)
_STEP = 0x1FFFFFFF7
_LONGEST_KNOWN = 100  # characters of what is remembered when it is asked again
_SUFFIX = ".manifest"
_DROPPED = re.compile(r"[^A-Za-z0-9.\-_]")


def _hash(text: str) -> int:
    return _known(text) if len(text) <= _LONGEST_KNOWN else _computed(text)


# Identities share all but their names.
@lru_cache(maxsize=1 << 12)
def _known(text: str) -> int:
    return _computed(text)


def _computed(text: str) -> int:
    units = memoryview(text.lower().encode("utf-16-le", "surrogatepass")).cast("H")
    total = 0
    for index, weight in enumerate(_LANE_WEIGHTS):
        lane = 0
        for code in units[index::4]:
            lane = (lane * _LANE_FACTOR + code) & _MASK32
        total += lane * weight
    return total & _MASK64


def culture(identity: AssemblyIdentity) -> str:
    """Return the culture as names print it: "none" where it is neutral."""
    language = (identity.language or "").lower()
    return "none" if language in ("", "neutral") else language


def side_by_side_key(identity: AssemblyIdentity) -> int:
    """Compute the 64-bit key at the end of a side-by-side name.

    Source: observed; it reproduces 343 of 343 genuine manifest names.
    """
    attributes = (
        ("name", identity.name),
        ("culture", culture(identity)),
        ("type", identity.type),
        ("version", identity.version),
        ("publicKeyToken", identity.public_key_token),
        ("processorArchitecture", identity.architecture),
        ("versionScope", identity.version_scope),
    )
    key = 0
    for name, value in attributes:
        if value is not None and value.lower() != "none":
            pair = _hash(value) + _STEP * _hash(name)
            key = (pair + _STEP * key) & _MASK64
    return key


def _shortened(text: str, *, limit: int, keep: int) -> str:
    return text if len(text) <= limit else f"{text[:keep]}..{text[-keep:]}"


def keyform(identity: AssemblyIdentity) -> str:
    """Return the side-by-side name: the manifest's file name without its suffix.

    An absent public key token prints as "none"; an absent version as nothing.

    Source: observed on 343 genuine manifests, shortened names included.
    """
    return manifest_name(identity).removesuffix(_SUFFIX)


def manifest_name(identity: AssemblyIdentity) -> str:
    """Return the file name of a component's manifest, with its suffix."""
    is_usual = len(identity.name) + len(identity.language or "") <= _LONGEST_KNOWN
    return _known_name(identity) if is_usual else _manifest_name(identity)


def _manifest_name(identity: AssemblyIdentity) -> str:
    name = _shortened(_DROPPED.sub("", identity.name), limit=40, keep=19)
    parts = (
        identity.architecture or "none",
        name,
        identity.public_key_token or "none",
        identity.version or "",
        _shortened(culture(identity), limit=8, keep=3),
        f"{side_by_side_key(identity):016x}",
    )
    return "_".join(parts).lower() + _SUFFIX


# A component is named by each that depends on it, and rules ask again, one after
# the other: room for those of the largest packages, about 300 bytes each.
_known_name = lru_cache(maxsize=1 << 18)(_manifest_name)


def package_name(identity: AssemblyIdentity) -> str:
    """Return the name of a package as the servicing stack files it.

    "Name~token~architecture~language~version"; a neutral language is empty.
    """
    language = "" if culture(identity) == "none" else identity.language
    parts = (
        identity.name,
        identity.public_key_token,
        identity.architecture,
        language,
        identity.version,
    )
    return "~".join(part or "" for part in parts)
