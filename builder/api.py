"""What the library offers, in one place; `import builder` finds it here.

Functions that are given bytes, and the values that they return, know neither
files nor the clock; `open_package`, `read_anchors`, `read_signer`,
`development_signer` and `Scratch` touch the disk.
"""

from builder.errors import HotfixError, LimitError, SignatureError, SignatureFault
from builder.formats.article import parse_article
from builder.formats.facts import observe
from builder.formats.manifest import parse_manifest, serialize_manifest
from builder.formats.microsoft_roots import default_anchors
from builder.formats.mum import parse_mum, serialize_mum
from builder.formats.recipe import parse_recipe
from builder.formats.spec import parse_spec, serialize_spec
from builder.formats.stand_in import stand_in
from builder.formats.system_profile import parse_profile
from builder.formats.verify import parse_catalog, verify_catalog
from builder.keys import development_signer, read_signer
from builder.model.applicability import Explanation, System
from builder.model.artefact import Artefact
from builder.model.catalog import Catalog, VerifiedCatalog
from builder.model.change import Difference
from builder.model.comparison import Comparison
from builder.model.custody import Custody
from builder.model.finding import (
    Finding,
    PackageReport,
    Report,
    Severity,
    Verdict,
)
from builder.model.identity import Architecture, AssemblyIdentity, keyform
from builder.model.inventory import Facts
from builder.model.kb import FileEntry, KbSpec
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.model.package import Component, Package
from builder.model.plan import Plan
from builder.model.portrait import Portrait
from builder.model.recipe import Recipe
from builder.model.rule import Rule
from builder.model.tree import Node
from builder.model.trust import POLICIES, Trust, TrustPolicy
from builder.model.unpacked import Container, Member
from builder.opening import open_package
from builder.pem_files import read_anchors
from builder.report.applicability import (
    render_applicability,
    render_applicability_json,
)
from builder.report.custody import render_custody, render_custody_json
from builder.report.difference_html import render_difference_html
from builder.report.difference_json import render_difference_json
from builder.report.difference_text import render_difference
from builder.report.github import render_github
from builder.report.json import render_json
from builder.report.junit import render_junit
from builder.report.markdown import render_markdown
from builder.report.page import render_page
from builder.report.sarif import render_sarif
from builder.report.table_html import render_tables_html
from builder.report.table_json import render_tables_json
from builder.report.table_text import render_table
from builder.report.text import render_text
from builder.report.tree import render_tree, render_tree_json
from builder.rules import RULES
from builder.steps.applicability import explain
from builder.steps.beside import compare_containers
from builder.steps.build import Built, Manner, build
from builder.steps.differ import differ
from builder.steps.draft import draft
from builder.steps.inspect import inspect
from builder.steps.judge import judge
from builder.steps.parity import judge_siblings
from builder.steps.plan import architectures_of, plan
from builder.steps.portray import portray
from builder.steps.system_store import system_of
from builder.steps.trace import trace
from builder.store import Scratch

__all__ = [
    "DEFAULT_LIMITS",
    "POLICIES",
    "RULES",
    "Architecture",
    "Artefact",
    "AssemblyIdentity",
    "Built",
    "Catalog",
    "Comparison",
    "Component",
    "Container",
    "Custody",
    "Difference",
    "Explanation",
    "Facts",
    "FileEntry",
    "Finding",
    "HotfixError",
    "KbSpec",
    "LimitError",
    "Limits",
    "Manner",
    "Member",
    "Node",
    "Package",
    "PackageReport",
    "Plan",
    "Portrait",
    "Recipe",
    "Report",
    "Rule",
    "Scratch",
    "Severity",
    "SignatureError",
    "SignatureFault",
    "System",
    "Trust",
    "TrustPolicy",
    "Verdict",
    "VerifiedCatalog",
    "architectures_of",
    "build",
    "compare_containers",
    "default_anchors",
    "development_signer",
    "differ",
    "draft",
    "explain",
    "inspect",
    "judge",
    "judge_siblings",
    "keyform",
    "observe",
    "open_package",
    "parse_article",
    "parse_catalog",
    "parse_manifest",
    "parse_mum",
    "parse_profile",
    "parse_recipe",
    "parse_spec",
    "plan",
    "portray",
    "read_anchors",
    "read_signer",
    "render_applicability",
    "render_applicability_json",
    "render_custody",
    "render_custody_json",
    "render_difference",
    "render_difference_html",
    "render_difference_json",
    "render_github",
    "render_json",
    "render_junit",
    "render_markdown",
    "render_page",
    "render_sarif",
    "render_table",
    "render_tables_html",
    "render_tables_json",
    "render_text",
    "render_tree",
    "render_tree_json",
    "serialize_manifest",
    "serialize_mum",
    "serialize_spec",
    "stand_in",
    "system_of",
    "trace",
    "verify_catalog",
]
