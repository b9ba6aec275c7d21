"""Packages laid out as published ones of Windows 10 and 11 are."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from made_packages import Entry, cabinet_of, catalog_of, signed

from builder.model.identity import AssemblyIdentity, keyform, package_name
from builder.model.signer import Signer

_MODIFIED = datetime(2021, 6, 1, 12)  # noqa: DTZ001  # cabinets have no zone
_TOKEN = "31bf3856ad364e35"
_CONTROLS = "6595b64144ccf1df"
_V3 = "urn:schemas-microsoft-com:asm.v3"
_DECLARATION = '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r\n'
_HASH = (
    '<asmv2:hash xmlns:asmv2="urn:schemas-microsoft-com:asm.v2" '
    'xmlns:dsig="http://www.w3.org/2000/09/xmldsig#"><dsig:Transforms>'
    '<dsig:Transform Algorithm="urn:schemas-microsoft-com:HashTransforms.Identity" />'
    "</dsig:Transforms><dsig:DigestMethod "
    'Algorithm="http://www.w3.org/2000/09/xmldsig#sha256" />'
    "<dsig:DigestValue>{}</dsig:DigestValue></asmv2:hash>"
)


def package(
    name: str,
    *,
    version: str = "10.0.19041.1",
    architecture: str = "amd64",
    language: str = "neutral",
) -> AssemblyIdentity:
    """Return the identity of a package, as the component builder writes it."""
    return AssemblyIdentity(
        name=name,
        version=version,
        architecture=architecture,
        language=language,
        public_key_token=_TOKEN,
        build_type="release",
    )


def component(
    name: str, *, architecture: str = "amd64", language: str = "neutral"
) -> AssemblyIdentity:
    """Return the identity of a component."""
    return AssemblyIdentity(
        name=name,
        version="10.0.19041.1",
        architecture=architecture,
        language=language,
        public_key_token=_TOKEN,
        build_type="release",
        version_scope="nonSxS",
    )


def side_by_side(name: str, language: str | None = None) -> AssemblyIdentity:
    """Return the identity of a side-by-side assembly."""
    return AssemblyIdentity(
        name=name,
        version="6.0.19041.1110",
        architecture="x86",
        language=language,
        public_key_token=_CONTROLS,
        type="win32",
    )


def written(identity: AssemblyIdentity) -> str:
    """Write an identity as an element."""
    attributes = {
        "name": identity.name,
        "version": identity.version,
        "processorArchitecture": identity.architecture,
        "language": identity.language,
        "buildType": identity.build_type,
        "publicKeyToken": identity.public_key_token,
        "versionScope": identity.version_scope,
        "type": identity.type,
    }
    words = " ".join(f'{k}="{v}"' for k, v in attributes.items() if v is not None)
    return f"<assemblyIdentity {words} />"


def brings(identity: AssemblyIdentity, contained: str | None = None) -> str:
    """Write an update with one reference."""
    if identity.version_scope is not None:
        inner = f"<component>{written(identity)}</component>"
    else:
        said = "" if contained is None else f' contained="{contained}"'
        inner = f'<package{said} integrate="hidden">{written(identity)}</package>'
    name = f"{identity.name}_{identity.language}"
    return f'<update name="{name}">{inner}</update>'


def under(identity: AssemblyIdentity, how: str) -> str:
    """Write a parent."""
    return f"<parent {how}>{written(identity)}</parent>"


def resources(of: AssemblyIdentity) -> str:
    """Write a dependency on the resources of a component, in any language."""
    any_language = component(
        f"{of.name}.Resources", architecture=of.architecture or "", language="*"
    )
    return (
        '<dependency discoverable="no" resourceType="Resources"><dependentAssembly>'
        f"{written(any_language)}</dependentAssembly></dependency>"
    )


def cabinet_with(files: Mapping[str, bytes]) -> bytes:
    """Pack files by their names."""
    return cabinet_of(
        [Entry(name=n, modified=_MODIFIED, data=d) for n, d in files.items()]
    )


@dataclass(kw_only=True)
class Layout:
    """The files of a package, by name; all but catalogs, which signing makes."""

    files: dict[str, bytes] = field(default_factory=dict)

    def add_package(
        self,
        own: AssemblyIdentity,
        content: str,
        *,
        identifier: str,
        release_type: str,
        attributes: str = "",
        file: str | None = None,
    ) -> None:
        """Add a .mum."""
        text = (
            f'<assembly xmlns="{_V3}" manifestVersion="1.0" copyright="ours">'
            f'{written(own)}<package identifier="{identifier}" '
            f'releaseType="{release_type}" {attributes}>{content}</package></assembly>'
        )
        name = file or f"{package_name(own)}.mum"
        self.files[name] = (_DECLARATION + text).encode()

    def add_deployment(
        self, own: AssemblyIdentity, *installs: AssemblyIdentity
    ) -> None:
        """Add the manifest of a deployment."""
        self._add(
            own,
            f'<deployment xmlns="{_V3}" />'
            + "".join(
                '<dependency discoverable="yes"><dependentAssembly '
                f'dependencyType="install">{written(one)}</dependentAssembly>'
                "</dependency>"
                for one in installs
            ),
        )

    def add_component(
        self, own: AssemblyIdentity, *names: str, more: str = "", deltas: str = ""
    ) -> None:
        """Add a component with its files, or with deltas in folders."""
        content = ""
        for name in names:
            data = f"{name} of {own}".encode()
            digest = b64encode(sha256(data).digest()).decode()
            content += (
                f'<file name="{name}" destinationPath="$(runtime.system32)\\" '
                f'sourceName="{name}" importPath="a" sourcePath=".\\">'
                f"{_HASH.format(digest)}</file>"
            )
            if not deltas:
                self.files[f"{keyform(own)}\\{name}"] = data
            for kind in deltas:
                self.files[f"{keyform(own)}\\{kind}\\{name}"] = b"PA30" + data
        self._add(own, content + more)

    def add_side_by_side(self, own: AssemblyIdentity, name: str) -> None:
        """Add a side-by-side assembly with one file, in asm.v1."""
        data = f"{name} of {own}".encode()
        digest = b64encode(sha256(data).digest()).decode()
        text = (
            '<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0" '
            f'xmlns:cmiv2="{_V3}" cmiv2:copyright="ours"><noInheritable />'
            f'{written(own)}<file name="{name}" cmiv2:importPath="a" '
            f'cmiv2:sourceName="">{_HASH.format(digest)}</file></assembly>'
        )
        self.files[f"{keyform(own)}.manifest"] = (_DECLARATION + text).encode()
        self.files[f"{keyform(own)}\\{name}"] = data

    def _add(self, own: AssemblyIdentity, content: str) -> None:
        text = (
            f'<assembly xmlns="{_V3}" manifestVersion="1.0" copyright="ours">'
            f"{written(own)}{content}</assembly>"
        )
        self.files[f"{keyform(own)}.manifest"] = (_DECLARATION + text).encode()

    def pack(self, signer: Signer) -> bytes:
        """Sign and pack: a catalog for each .mum; the last one's lists all else."""
        mums = [name for name in self.files if name.endswith(".mum")]
        rest = [data for name, data in self.files.items() if name not in mums]
        found = dict(self.files)
        for name in mums:
            listed = [self.files[name], *(rest if name == mums[-1] else [])]
            catalog = catalog_of(listed, name)
            found[name.removesuffix(".mum") + ".cat"] = signed(catalog, signer)
        return cabinet_with(found)
