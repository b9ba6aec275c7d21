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
from builder.formats.verify import parse_catalog, verify_catalog
from builder.keys import development_signer, read_signer
from builder.model.artefact import Artefact
from builder.model.catalog import Catalog, VerifiedCatalog
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
from builder.model.recipe import Recipe
from builder.model.trust import POLICIES, Trust, TrustPolicy
from builder.model.unpacked import Container, Member
from builder.opening import open_package
from builder.pem_files import read_anchors
from builder.report.json import render_json
from builder.report.text import render_text
from builder.steps.build import Built, Manner, build
from builder.steps.draft import draft
from builder.steps.judge import judge
from builder.steps.plan import architectures_of, plan
from builder.store import Scratch

__all__ = [
    "DEFAULT_LIMITS",
    "POLICIES",
    "Architecture",
    "Artefact",
    "AssemblyIdentity",
    "Built",
    "Catalog",
    "Component",
    "Container",
    "Facts",
    "FileEntry",
    "Finding",
    "HotfixError",
    "KbSpec",
    "LimitError",
    "Limits",
    "Manner",
    "Member",
    "Package",
    "PackageReport",
    "Plan",
    "Recipe",
    "Report",
    "Scratch",
    "Severity",
    "SignatureError",
    "SignatureFault",
    "Trust",
    "TrustPolicy",
    "Verdict",
    "VerifiedCatalog",
    "architectures_of",
    "build",
    "default_anchors",
    "development_signer",
    "draft",
    "judge",
    "keyform",
    "observe",
    "open_package",
    "parse_article",
    "parse_catalog",
    "parse_manifest",
    "parse_mum",
    "parse_recipe",
    "parse_spec",
    "plan",
    "read_anchors",
    "read_signer",
    "render_json",
    "render_text",
    "serialize_manifest",
    "serialize_mum",
    "serialize_spec",
    "stand_in",
    "verify_catalog",
]
