"""Profiles of systems (JSON), and names of packages as systems file them."""

import re
from dataclasses import dataclass

from builder.errors import SpecError
from builder.formats.buffer import Buffer
from builder.formats.json_schema import validate_json
from builder.formats.json_text import parse_json
from builder.formats.json_value import parse_value
from builder.model.applicability import (
    State,
    System,
    SystemComponent,
    SystemPackage,
)
from builder.model.identity import Architecture, AssemblyIdentity
from builder.model.version import FileVersion

SCHEMA = "https://hotfix-builder.invalid/schemas/profile-1.schema.json"
"""Names the shape; the address is not meant to be fetched."""

_PACKAGE = re.compile(
    r"(?P<name>[^~]+)~(?P<token>[^~]*)~(?P<architecture>[^~]*)~(?P<language>[^~]*)"
    r"~(?P<version>[^~]+)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Component:
    name: str
    version: FileVersion
    architecture: Architecture | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Profile:
    schema: str
    name: str
    architecture: Architecture
    installed: tuple[str, ...]
    staged: tuple[str, ...] = ()
    components: tuple[_Component, ...] | None = None


def parse_profile(data: Buffer) -> System:
    """Read a profile.

    Raises:
        SpecError: Not JSON, not of the schema, or a name of no package.
        LimitError: Larger than texts may be.
    """
    document = parse_json(data)
    validate_json("profile.schema.json", document)
    profile = parse_value(_Profile, document)
    packages = [
        SystemPackage(identity=_identity(name), state=state)
        for names, state in (
            (profile.installed, State.INSTALLED),
            (profile.staged, State.STAGED),
        )
        for name in names
    ]
    return System(
        name=profile.name,
        architecture=profile.architecture,
        packages=tuple(packages),
        components=_components(profile),
    )


def _components(profile: _Profile) -> tuple[SystemComponent, ...] | None:
    if profile.components is None:
        return None
    return tuple(
        SystemComponent(
            name=component.name,
            version=component.version,
            architecture=component.architecture and component.architecture.value,
        )
        for component in profile.components
    )


def parse_package_name(name: str) -> AssemblyIdentity | None:
    """Read "Name~token~architecture~language~version"; None if it is no such name."""
    match = _PACKAGE.fullmatch(name)
    if match is None:
        return None
    return AssemblyIdentity(
        name=match["name"],
        version=match["version"],
        architecture=match["architecture"],
        language=match["language"] or "neutral",
        public_key_token=match["token"],
    )


def _identity(name: str) -> AssemblyIdentity:
    identity = parse_package_name(name)
    if identity is None:
        raise SpecError(f"{name!r} is no name of a package")
    return identity
