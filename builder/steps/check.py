"""Check a specification's folder: schemas, regeneration, rules."""

from collections.abc import Callable, Collection, Iterator, Mapping
from types import MappingProxyType

from builder.errors import FormatError, LimitError, LocatedError, PlanError
from builder.formats.json_order import arrange_json
from builder.formats.json_text import parse_json
from builder.formats.recipe import parse_recipe
from builder.formats.spec import parse_inventory, parse_spec
from builder.model.finding import Finding, PackageReport, Severity
from builder.model.identity import Architecture
from builder.model.inventory import Facts, Inventory
from builder.model.kb import FileEntry, KbSpec
from builder.model.ledger import Ledger
from builder.model.limits import DEFAULT_LIMITS
from builder.model.recipe import Recipe
from builder.model.subject import Document
from builder.model.unpacked import Kind, Member
from builder.rules import RULES
from builder.rules.core import in_order, run
from builder.rules.hf901_specification_invalid import RULE as HF901
from builder.rules.hf902_inventory_stale import RULE as HF902
from builder.steps.draft import draft, draft_packages
from builder.steps.plan import architectures_of, plan
from builder.steps.read_document import read_document

KB, INVENTORY, RECIPE = "kb.json", "inventory.json", "recipe.json"
SUFFIXES = (".mum", ".manifest")
_READERS: Mapping[str, tuple[str, Callable[[bytes], object]]] = MappingProxyType(
    {
        KB: ("kb.schema.json", parse_spec),
        RECIPE: ("recipe.schema.json", parse_recipe),
        INVENTORY: ("inventory.schema.json", parse_inventory),
    }
)
_UNREADABLE = (FormatError, LimitError, PlanError)


def _documents(where: str, files: Mapping[str, bytes]) -> Iterator[Document]:
    """Read the XML of the folder."""
    for name, data in files.items():
        if name.endswith(SUFFIXES):
            kind = Kind.MUM if name.endswith(".mum") else Kind.MANIFEST
            member = Member(
                where=(f"{where}/{name}",),
                name=name.rpartition("/")[2],
                kind=kind,
                size=len(data),
            )
            yield read_document(member, data, limits=DEFAULT_LIMITS)


def _drafted(
    spec: KbSpec, recipe: Recipe, inventory: Inventory | None, written: Collection[str]
) -> Iterator[tuple[str, bytes]]:
    """Draft every architecture again; manifests as far as digests are known."""
    observed: dict[Architecture, dict[str, Facts]] = {}
    for file in inventory.files if inventory else ():
        known = observed.setdefault(file.architecture, {})
        known[file.key] = file.facts
    for architecture in architectures_of(spec, recipe):
        planned = plan(spec, architecture, recipe=recipe)
        if architecture in observed:
            artefacts = draft(planned, observed[architecture])
        elif any(name.startswith(f"{architecture.word}/") for name in written):
            artefacts = draft_packages(planned)
        else:
            continue  # not built yet
        for artefact in artefacts:
            yield f"{architecture.word}/{artefact.name}", artefact.data


def _lines(data: bytes, count: int) -> tuple[int | None, ...]:
    paths = [("files", at) for at in range(count)]
    lines = parse_json(data).lines(paths)
    return tuple(lines.get(path) for path in paths)


class _Reader:
    """Reads the JSON files of a folder; collects what cannot be read."""

    def __init__(self, where: str, files: Mapping[str, bytes]) -> None:
        self.where = where
        self.files = files
        self.errors: list[tuple[str, LocatedError]] = []

    def spec(self) -> KbSpec | None:
        try:
            return parse_spec(self.files[KB])
        except _UNREADABLE as error:
            self.errors.append((f"{self.where}/{KB}", error))
            return None

    def recipe(self) -> Recipe | None:
        try:
            data = self.files.get(RECIPE)
            return Recipe() if data is None else parse_recipe(data)
        except _UNREADABLE as error:
            self.errors.append((f"{self.where}/{RECIPE}", error))
            return None

    def inventory(self) -> Inventory | None:
        try:
            data = self.files.get(INVENTORY)
            return None if data is None else parse_inventory(data)
        except _UNREADABLE as error:
            self.errors.append((f"{self.where}/{INVENTORY}", error))
            return None

    def drafted(
        self, spec: KbSpec | None, recipe: Recipe | None, inventory: Inventory | None
    ) -> dict[str, bytes]:
        if spec is None or recipe is None:
            return {}
        try:
            for architecture in architectures_of(spec, recipe):
                plan(spec, architecture, recipe=recipe)
            return dict(_drafted(spec, recipe, inventory, self.files))
        except _UNREADABLE as error:
            name = RECIPE if recipe.components else KB
            self.errors.append((f"{self.where}/{name}", error))
            return {}

    def undrafted(
        self, spec: KbSpec | None, recipe: Recipe | None, drafted: Mapping[str, bytes]
    ) -> frozenset[str]:
        """Return the manifests that are planned and were not drafted."""
        if spec is None or recipe is None or not drafted:
            return frozenset()
        return frozenset(
            name
            for architecture in architectures_of(spec, recipe)
            for made in plan(spec, architecture, recipe=recipe).components
            if (name := f"{architecture.word}/{made.stem}.manifest") not in drafted
        )

    def promised(
        self, spec: KbSpec | None, recipe: Recipe | None
    ) -> dict[tuple[Architecture, str], FileEntry | None] | None:
        """Return what the recipe's plan says of the payload, if there is one."""
        if spec is None or recipe is None or not recipe.components or self.errors:
            return None
        return {
            (architecture, file.key): file.entry
            for architecture in architectures_of(spec, recipe)
            for file in plan(spec, architecture, recipe=recipe).payload
        }


def _arranged(files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield the JSON documents that can be read, as we write them."""
    for name, (schema, parse) in _READERS.items():
        if name not in files:
            continue
        try:
            value = parse(files[name])
        except _UNREADABLE:
            continue  # HF901 says why
        arranged = arrange_json(schema, parse_json(files[name]).value)
        if parse(arranged) == value:  # an order with a meaning is nobody's layout
            yield name, arranged


def read_ledger(
    where: str, files: Mapping[str, bytes], *, strays: tuple[str, ...] = ()
) -> tuple[Ledger, tuple[Finding, ...]]:
    """Read one folder of the ledger, and judge the XML in it by itself.

    Args:
        where: The folder, as it was given.
        files: kb.json, inventory.json and recipe.json where they are there,
            and the XML by names such as "x86/update.mum".
        strays: Names of all else in the folders of architectures.
    """
    documents = tuple(_documents(where, files))
    findings = run(RULES, documents)
    reader = _Reader(where, files)
    spec, recipe, inventory = reader.spec(), reader.recipe(), reader.inventory()
    drafted = reader.drafted(spec, recipe, inventory)
    count = 0 if inventory is None else len(inventory.files)
    ledger = Ledger(
        where=where,
        spec=spec,
        inventory=inventory,
        has_inventory=INVENTORY in files,
        inventory_lines=_lines(files[INVENTORY], count) if inventory else (),
        written={n: d for n, d in sorted(files.items()) if n.endswith(SUFFIXES)},
        drafted=drafted,
        undrafted=reader.undrafted(spec, recipe, drafted),
        promised=reader.promised(spec, recipe),
        # A file that breaks a rule of its own differs as well: one cause, one
        # finding, and the rule says more.
        judged=frozenset(
            f.hit.where[0].removeprefix(f"{where}/")
            for f in findings
            if f.severity is Severity.ERROR
        ),
        errors=tuple(reader.errors),
        texts={name: data for name, data in files.items() if name in _READERS},
        arranged=dict(_arranged(files)),
        strays=strays,
    )
    return ledger, findings


def check(
    where: str, files: Mapping[str, bytes], *, strays: tuple[str, ...] = ()
) -> PackageReport:
    """Check one folder of the ledger, see `read_ledger`; needs no payload."""
    ledger, findings = read_ledger(where, files, strays=strays)
    return _account(ledger, (*findings, *run(RULES, (ledger,))), files)


def mended(where: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return what has one right answer and is not that, by name.

    These are the generated XML of a specification that can be read and whose
    inventory fits it, and JSON documents in another layout.  Nothing is removed.
    """
    ledger, _ = read_ledger(where, files)
    right = dict(ledger.arranged)
    doubts = {HF901.id, HF902.id}
    if not any(f.rule in doubts for f in run((HF901, HF902), (ledger,))):
        right |= ledger.drafted
    return {
        name: data
        for name, data in right.items()
        if (old := files.get(name)) != data
        and (name in ledger.drafted or old != data.replace(b"\n", b"\r\n"))
    }


def _unchecked(ledger: Ledger, files: Mapping[str, bytes]) -> frozenset[str]:
    """Return the files that were compared with nothing."""
    unread = {path.removeprefix(f"{ledger.where}/") for path, _ in ledger.errors}
    if ledger.spec is None:
        unread.add(INVENTORY)
    for name in ledger.written:
        if not ledger.drafted or name in ledger.undrafted:
            unread.add(name)
    return frozenset(unread.intersection(files))


def _account(
    ledger: Ledger, findings: tuple[Finding, ...], files: Mapping[str, bytes]
) -> PackageReport:
    unchecked = _unchecked(ledger, files)
    not_checked = ["the payload: only its inventory was compared"]
    if unchecked.intersection(ledger.written):
        not_checked.append("generated XML that could not be drafted again")
    same = sum(ledger.written.get(n) == data for n, data in ledger.drafted.items())
    verified = [
        f"{same:,} of {len(ledger.drafted):,} documents drafted again are equal"
    ]
    inferred = []
    if ledger.inventory is not None and ledger.inventory.stand_in:
        inferred.append("the inventory describes stand-ins, not the real payload")
    return PackageReport(
        path=ledger.where,
        findings=in_order(findings),
        files=len(files) + len(ledger.strays),
        checked=len(files) - len(unchecked) + len(ledger.strays),
        verified=tuple(verified) if ledger.drafted else (),
        inferred=tuple(inferred),
        not_checked=tuple(not_checked),
    )
