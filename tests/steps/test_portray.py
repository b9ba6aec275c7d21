"""What is held of a package that is compared."""

from collections.abc import Iterator

import pytest
from lxml import etree
from make_subjects import container, identity, member

from builder.formats.manifest import serialize_manifest
from builder.formats.xml import parse_xml
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.model.package import Component
from builder.model.portrait import Part
from builder.model.unpacked import Container
from builder.steps.portray import portray
from builder.steps.portray_xml import Scheme, portray_xml, walk


@pytest.fixture
def package() -> Container:
    documents = (
        serialize_manifest(Component(identity=identity(f"Part-{n}"))) for n in range(9)
    )
    return container(
        *(member(f"part{n}.manifest", data) for n, data in enumerate(documents))
    )


def test_of_many_documents_the_tree_of_one_is_held(
    package: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trees take ten times their text; nobody may hold those of a package."""
    acts: list[str] = []

    def parsing(data: bytes, *, limits: Limits) -> etree._Element:
        acts.append("parse")
        return parse_xml(data, limits=limits)

    def portraying(root: etree._Element, scheme: Scheme) -> Part:
        acts.append("portray")
        return portray_xml(root, scheme)

    monkeypatch.setattr("builder.steps.portray.parse_xml", parsing)
    monkeypatch.setattr("builder.steps.portray.portray_xml", portraying)
    portray("a.cab", (package,), limits=DEFAULT_LIMITS)
    assert acts.count("portray") == 9
    assert acts[-18:] == ["parse", "portray"] * 9


def test_what_documents_repeat_is_held_once(package: Container) -> None:
    root = portray("a.cab", (package,), limits=DEFAULT_LIMITS).root

    def tokens() -> Iterator[tuple[str, str]]:
        for part in walk(root):
            yield from (f for f in part.facts if f[0].endswith("publicKeyToken"))

    found = list(tokens())
    assert len(found) == 9
    assert len({id(fact) for fact in found}) == 1
