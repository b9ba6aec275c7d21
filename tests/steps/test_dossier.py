"""Dossiers: the graph, the chains and the signatures that a page shows."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from made_packages import Parts, build_parts, is_leaf, judged
from make_pki import simple_signer
from make_reports import branching_documents, gathered
from make_subjects import identity, mum, reference
from projects import SHARED, hotfix, need_shared

from builder.api import open_package
from builder.cli.trust import chosen_trust
from builder.model.custody import LinkKind, LinkState
from builder.model.dossier import MOST_CHAINS, MOST_EDGES, Dossier
from builder.model.finding import PackageReport
from builder.model.identity import Architecture
from builder.model.limits import DEFAULT_LIMITS
from builder.model.package import Reference, Update
from builder.steps.judge import judge
from builder.steps.relate import relate
from builder.steps.trace import trace

GENUINE = sorted((SHARED / "packages").glob("*")) or [SHARED / "packages" / "none"]


@pytest.fixture(scope="module")
def parts() -> Parts:
    return build_parts(Architecture.X86, simple_signer())


def dossier_of(report: PackageReport) -> Dossier:
    assert report.dossier is not None
    return report.dossier


def test_the_graph_of_kb967724_leads_from_update_mum_to_the_driver(
    parts: Parts,
) -> None:
    graph = dossier_of(gathered(parts)).graph
    assert graph.nodes[0].where is not None
    assert graph.nodes[0].where[-1] == "update.mum"
    mums = [e.name for e in parts.inner if e.name.endswith((".mum", ".manifest"))]
    present = [n.where[-1] for n in graph.nodes if n.where is not None]
    assert sorted(present) == sorted(mums)
    drivers = [edge for edge in graph.edges if edge.kind == "driver"]
    assert [graph.nodes[e.target].title for e in drivers] == ["mpio.inf"]
    assert all(is_leaf(graph.nodes[e.source].name) for e in drivers)
    parents = [node for node in graph.nodes if node.kind == "parent"]
    assert {node.where for node in parents} == {None}
    assert {graph.nodes[e.source].kind for e in graph.edges if e.kind == "parent"} == {
        "parent"
    }


def test_every_file_of_a_built_package_has_an_unbroken_chain(parts: Parts) -> None:
    dossier = dossier_of(gathered(parts))
    assert len(dossier.chains) == len(parts.inner) + len(parts.outer)
    assert dossier.chains_left_out == 0
    inner = [chain for chain in dossier.chains if len(chain.where) == 3]
    assert len(inner) == len(parts.inner)
    for chain in inner:
        assert chain.broken is None
        assert chain.links[-1].kind is LinkKind.ROOT
    outside = [chain for chain in dossier.chains if len(chain.where) == 2]
    for chain in outside:
        assert [link.state for link in chain.links][1:] == [LinkState.UNCHECKED]


def test_a_file_with_a_finding_comes_first_and_its_chain_is_broken(
    parts: Parts,
) -> None:
    changed = parts.copy()
    program = changed.find("mpio.sys")
    program.data = program.data[:-1] + b"x"
    dossier = dossier_of(gathered(changed))
    first = dossier.chains[0]
    assert first.where[-1] == program.name
    assert first.broken is not None
    assert first.broken.kind is LinkKind.MANIFEST


def test_catalogs_are_described_with_signer_and_root(parts: Parts) -> None:
    signed = dossier_of(gathered(parts)).signed
    names = sorted(e.name for e in parts.inner if e.name.endswith(".cat"))
    assert sorted(one.where[-1] for one in signed) == names
    for one in signed:
        assert (one.kind, one.version) == ("catalog", 1)
        assert one.entries
        assert one.signature is not None
        assert one.signature.chain[-1].common_name == "test root"


def test_a_catalog_that_is_not_believed_says_why(parts: Parts) -> None:
    changed = parts.copy()
    update = changed.find("update.cat")
    update.data = update.data[:-1]
    (one,) = (
        s for s in dossier_of(gathered(changed)).signed if s.where[-1] == "update.cat"
    )
    assert one.signature is None
    assert one.fault is not None
    assert one.fault.startswith("unreadable: ")


def test_nothing_is_gathered_where_no_page_asks(parts: Parts) -> None:
    plain, full = judged(parts), gathered(parts)
    assert plain.dossier is None
    assert plain == replace(full, dossier=None)


def test_what_is_beyond_the_bound_is_counted_and_farthest_from_the_start() -> None:
    documents = branching_documents(60)
    graph = relate(documents, most=20)
    assert len(graph.nodes) == 20
    assert graph.left_out == 40
    assert graph.nodes[0].where == documents[0].member.where
    whole = relate(documents)
    assert whole.nodes[:20] == graph.nodes
    assert whole.left_out == 0


def test_a_hostile_number_of_references_is_bounded() -> None:
    def everyone(own: int) -> Update:
        return Update(
            name="x",
            references=tuple(
                Reference(kind="package", identity=identity(f"Package_{n}"))
                for n in range(90)
                if n != own
            ),
        )

    documents = [mum(identity(f"Package_{n}"), everyone(n)) for n in range(90)]
    graph = relate(documents)
    assert len(graph.edges) == MOST_EDGES
    assert graph.edges_left_out == 90 * 89 - MOST_EDGES


def test_a_cycle_and_a_package_that_is_not_there_are_drawn() -> None:
    one, two = identity("Package_1"), identity("Package_2")
    missing = identity("Package_3")
    graph = relate(
        [mum(one, reference(two)), mum(two, reference(one), reference(missing))]
    )
    assert [node.title for node in graph.nodes] == [
        "Package_1",
        "Package_2",
        "Package_3",
    ]
    assert graph.nodes[2].where is None
    ends = [(edge.source, edge.target) for edge in graph.edges]
    assert ends == [(0, 1), (1, 0), (1, 2)]


@pytest.mark.genuine
@pytest.mark.parametrize("path", GENUINE, ids=lambda path: path.name)
def test_chains_of_genuine_packages_are_those_that_trace_finds(path: Path) -> None:
    package = need_shared(path)
    trust = chosen_trust(anchors=(), crls=(), at=None, policy=None)
    containers = open_package(package)
    report = judge(
        "x", containers, spec=None, trust=trust, limits=DEFAULT_LIMITS, gathers=True
    )
    dossier = dossier_of(report)
    assert 0 < len(dossier.chains) <= MOST_CHAINS
    assert all(chain.broken is None for chain in dossier.chains)
    names = [chain for chain in dossier.chains if "\\" in chain.where[-1]][:3]
    assert names
    for chain in names:
        assert chain in trace(chain.where[-1], containers, trust=trust)


@pytest.mark.genuine
def test_page_hashes_are_links_and_signed_programs_are_listed(tmp_path: Path) -> None:
    package = need_shared(SHARED / "packages" / "Windows6.0-KB2999226-x86.msu")
    file = tmp_path / "report.html"
    hotfix("validate", package, "--format", f"html:{file}")
    page = file.read_text("utf-8")
    block = page.partition('id="data">')[2].partition("</script>")[0]
    (data,) = json.loads(block)
    custody = data["custody"]
    pages = custody["kinds"].index(LinkKind.PAGES.value)
    links = [link for link in custody["links"] if link[0] == pages]
    assert links
    assert {custody["states"][link[1]] for link in links} == {LinkState.HOLDS.value}
    assert page.count("(a program file)") == 86
