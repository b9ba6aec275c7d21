"""Where a recipe installs things: macros, keys and names that Windows knows."""

import re
from collections.abc import Iterator
from datetime import datetime

from builder.formats.json_text import Document, Path
from builder.formats.sddl import sddl_fault
from builder.model.names import unsafe
from builder.model.package import RegistryKey
from builder.model.recipe import RecipeComponent, RecipeFile, RecipeResource

_MACROS = (
    *("bootDrive", "systemDrive", "systemRoot", "windows", "windir", "system32"),
    *("system", "drivers", "help", "inf", "fonts", "wbem", "appPatch", "sysWow64"),
    *("mui", "commonFiles", "commonFilesX86", "programFiles", "programFilesX86"),
    *("programData", "userProfile", "public", "startMenu", "documentSettings"),
    *("documentsSettings", "sharedData", "apps", "clipAppLicenseInstall"),
)
"""After "runtime.".  Source: Microsoft, "Windows Universal OEM Package Schema";
`windir`, `public` and `documentsSettings` stand in manifests of Windows."""

_KNOWN = frozenset(f"runtime.{name}".casefold() for name in _MACROS)
_PLACE = re.compile(r"\$\((?P<macro>[^)]*)\)\\(?P<folder>.*)")
_NO_NAME = re.compile(r'[\\/:*?"<>|,=]')
"""What no name of an assembly has, as it parts names and paths."""

_EARLIEST, _LATEST = 1980, 2107
"""Years of files in cabinets.  Source: [MS-CAB], CFFILE.date."""

_LONGEST_KEY = 255
"""Characters of one key's name.  Source: Microsoft, "Registry Element Size
Limits"."""


def check_places(document: Document, path: Path, component: RecipeComponent) -> None:
    """Hold what a component installs to names that Windows knows.

    Raises:
        SpecError: The first that it does not know; the place is named.
    """
    bad = _NO_NAME.search(component.name)
    if bad is not None:
        reason = f"is {component.name!r}; no component has {bad[0]!r} in its name"
        document.fail((*path, "name"), reason)
    _check_files(document, (*path, "files"), component.files)
    _check_keys(document, (*path, "registry_keys"), component.registry_keys)
    for at, directory in enumerate(component.directories):
        _check_place(document, (*path, "directories", at, "path"), directory.path)
    for at, service in enumerate(component.services):
        if re.search(r"[\\/]", service.name):
            place = (*path, "services", at, "name")
            document.fail(place, f"is {service.name!r}; no service has a slash in it")
    for at, resource in enumerate(component.resources):
        place = (*path, "resources", at)
        _check_files(document, (*place, "files"), resource.files)
        _check_keys(document, (*place, "registry_keys"), resource.registry_keys)
    _check_descriptors(document, path, component)


def _check_files(document: Document, path: Path, files: tuple[RecipeFile, ...]) -> None:
    first: dict[str, int] = {}
    for at, file in enumerate(files):
        if file.destination is not None:
            _check_place(document, (*path, at, "destination"), file.destination)
        check_time(document, (*path, at, "time"), file.time)
        source = (file.source or file.name).casefold()
        before = first.setdefault(source, at)
        if before != at:
            reason = f"has the source of files[{before}]; give one of them another"
            document.fail((*path, at), reason)


def check_time(document: Document, path: Path, time: datetime | None) -> None:
    """Refuse a time that no cabinet can hold.

    Raises:
        SpecError: It is before 1980 or after 2107.
    """
    if time is not None and not _EARLIEST <= time.year <= _LATEST:
        reason = f"is of {time.year}; cabinets hold {_EARLIEST} to {_LATEST}"
        document.fail(path, reason)


def _check_place(document: Document, path: Path, place: str) -> None:
    found = _PLACE.fullmatch(place)
    if found is None:  # the schema says so better
        return
    if found["macro"].casefold() not in _KNOWN:
        known = ", ".join(_MACROS)
        document.fail(path, f"is {place!r}; a macro is runtime. and one of {known}")
    folder = found["folder"].removesuffix("\\")
    reason = unsafe(folder) if folder else None
    if reason is not None:
        document.fail(path, f"is {place!r}, which no folder can be named: {reason}")


def _check_keys(document: Document, path: Path, keys: tuple[RegistryKey, ...]) -> None:
    for at, key in enumerate(keys):
        parts = key.name.removesuffix("\\").split("\\")
        if not all(parts):
            document.fail((*path, at, "name"), f"is {key.name!r}, with an empty part")
        if max(map(len, parts)) > _LONGEST_KEY:
            reason = f"has a part longer than {_LONGEST_KEY} characters"
            document.fail((*path, at, "name"), reason)


def _check_descriptors(
    document: Document, path: Path, component: RecipeComponent
) -> None:
    defined = {one.name for one in component.security_descriptors}
    for at, one in enumerate(component.security_descriptors):
        fault = sddl_fault(one.sddl)
        if fault is not None:
            place = (*path, "security_descriptors", at, "sddl")
            document.fail(place, f"is no security descriptor: {fault}")
    # A fragment may define more than we have names for.
    written = "\n".join(line for lines in component.fragments for line in lines)
    if "securityDescriptorDefinition" in written:
        return
    for place, name in _references(path, component):
        if name is not None and name not in defined:
            known = ", ".join(sorted(defined)) or "none"
            reason = f"is {name!r}; security_descriptors has: {known}"
            document.fail((*place, "security_descriptor"), reason)
    for number, resource in enumerate(component.resources):
        for place, name in _references((*path, "resources", number), resource):
            if name is not None:
                reason = f"is {name!r}; the part of one language has no descriptors"
                document.fail((*place, "security_descriptor"), reason)


def _references(
    path: Path, part: RecipeComponent | RecipeResource
) -> Iterator[tuple[Path, str | None]]:
    """Yield what refers to a descriptor of its component."""
    for at, file in enumerate(part.files):
        yield (*path, "files", at), file.security_descriptor
    for at, key in enumerate(part.registry_keys):
        yield (*path, "registry_keys", at), key.security_descriptor
    if isinstance(part, RecipeComponent):
        for at, directory in enumerate(part.directories):
            yield (*path, "directories", at), directory.security_descriptor
