"""Put an article's table beside a package, or beside another article."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from builder.formats.rows import MONTHS
from builder.model.comparison import Cell, Comparison, Mark, Row
from builder.model.identity import Architecture
from builder.model.kb import FileEntry, KbSpec
from builder.model.keyform import Outcome
from builder.model.machine import MACHINES, machine_word
from builder.model.subject import Delivery, PackageSet
from builder.model.unpacked import Member
from builder.model.version import FileVersion
from builder.rules.times import minute, offset
from builder.steps.witness import Witnesses, solved, verdict

ABSENT = "Not applicable"


def printed_version(version: FileVersion | None) -> str:
    """Print a version as articles do."""
    return ABSENT if version is None else str(version)


def printed_platform(platform: Architecture | None) -> str:
    """Print a platform as articles do."""
    if platform is None:
        return ABSENT
    return "IA-64" if platform is Architecture.IA64 else platform.word


def printed_date(moment: datetime) -> str:
    """Print the date of a moment as articles do."""
    return f"{moment.day:02}-{MONTHS[moment.month - 1]}-{moment.year}"


def _equal(column: str, promised: str, observed: str) -> Cell:
    mark = Mark.EQUAL if promised == observed else Mark.DIFFERS
    return Cell(column=column, promised=promised, observed=observed, mark=mark)


def _unchecked(
    column: str, promised: str, reason: str, observed: str | None = None
) -> Cell:
    return Cell(
        column=column,
        promised=promised,
        observed=observed,
        mark=Mark.UNCHECKED,
        reason=reason,
    )


def _worst(cells: Iterable[Cell]) -> Mark:
    marks = {cell.mark for cell in cells}
    for mark in (Mark.MISSING, Mark.UNLISTED, Mark.DIFFERS):
        if mark in marks:
            return mark
    return Mark.UNCHECKED if marks == {Mark.UNCHECKED} else Mark.EQUAL


def _printed(entry: FileEntry) -> list[tuple[str, str]]:
    """Return the cells of a row as its article prints them."""
    cells = [
        ("File name", entry.name),
        ("File version", printed_version(entry.version)),
        ("File size", f"{entry.size:,}"),
        ("Date", printed_date(entry.modified)),
        ("Time", f"{entry.modified:%H:%M}"),
        ("Platform", printed_platform(entry.platform)),
    ]
    if entry.sp_requirement is not None:
        cells.append(("SP requirement", entry.sp_requirement))
    if entry.branch is not None:
        cells.append(("Service branch", entry.branch))
    return cells


def _alone(entry: FileEntry, mark: Mark, notes: tuple[str, ...] = ()) -> Row:
    """Return the row of an entry that has nothing beside it."""
    is_promised = mark is Mark.MISSING
    return Row(
        section=entry.architecture.word,
        product=entry.product,
        mark=mark,
        cells=tuple(
            Cell(
                column=column,
                promised=text if is_promised else None,
                observed=None if is_promised else text,
                mark=mark,
            )
            for column, text in _printed(entry)
        ),
        notes=notes,
    )


class _Table:
    """The comparison of one delivery; holds what all of its rows need."""

    def __init__(self, delivery: Delivery, packages: PackageSet) -> None:
        self._delivery = delivery
        self._witnesses = Witnesses.of(packages, delivery)
        self._shift = offset(delivery)
        followers = Counter(
            _difference(entry, member) == self._shift
            for entry, member in delivery.pairs
            if member is not None and member.modified is not None
        )
        self._follow, self._stray = followers[True], followers[False]

    def rows(self) -> Iterator[Row]:
        for entry, member in self._delivery.pairs:
            notes = tuple(self._notes(entry, member))
            if member is None:
                yield _alone(entry, Mark.MISSING, notes)
                continue
            cells = tuple(self._cells(entry, member))
            yield Row(
                section=entry.architecture.word,
                product=entry.product,
                mark=_worst(cells),
                cells=cells,
                notes=notes,
            )
        for member in self._delivery.unlisted:
            yield self._unlisted(member)

    def times(self) -> str:
        """Say which reading of the container's times fits."""
        total = self._follow + self._stray
        if not total:
            return "no times to compare: the container gives none for these rows"
        if not self._follow:
            return f"no reading of the times fits: {total} rows differ from UTC"
        zone = _zone(self._shift) if self._shift else "UTC"
        text = f"the container's times are {zone}: {self._follow} of {total} rows fit"
        return text + (f", {self._stray} do not" if self._stray else "")

    def _notes(self, entry: FileEntry, member: Member | None) -> Iterator[str]:
        solution = solved(entry.name)
        if solution is None:
            return
        yield f"the key {solution}"
        if member is None and solution.outcome is Outcome.NO_FIT:
            yield "the article's file name is the odd one out: its own key denies it"

    def _cells(self, entry: FileEntry, member: Member) -> Iterator[Cell]:
        texts = dict(_printed(entry))
        yield _equal("File name", entry.name, entry.name)
        reason = str(member.damage) if member.damage is not None else member.waits
        yield self._version(entry, member, texts["File version"], reason)
        yield self._size(entry, member, texts["File size"])
        yield from self._moment(entry, member, texts)
        yield self._platform(entry, member, texts["Platform"], reason)
        for column in ("SP requirement", "Service branch"):
            if column in texts:
                yield _unchecked(column, texts[column], "a package does not say")

    def _version(
        self, entry: FileEntry, member: Member, text: str, reason: str | None
    ) -> Cell:
        column = "File version"
        pe = member.facts.pe if member.facts is not None else None
        version = pe.version if pe is not None else None
        if entry.version is None:
            if version is None:
                return _equal(column, text, text)
            words = f"the article gives none; the file has {version}"
            return _unchecked(column, text, words, str(version))
        if member.facts is None:
            return _unchecked(column, text, reason or "the file was not unpacked")
        damage = pe.version_damage if pe is not None else member.facts.damage
        if version is None and damage is not None:
            return _unchecked(column, text, damage)
        if version == entry.version:
            return _equal(column, text, text)
        facts = tuple(self._witnesses.version(entry, member))
        return Cell(
            column=column,
            promised=text,
            observed="no version" if version is None else str(version),
            mark=Mark.DIFFERS,
            odd=verdict(entry.version, facts, shown="file version"),
        )

    def _size(self, entry: FileEntry, member: Member, text: str) -> Cell:
        if member.size == entry.size:
            return _equal("File size", text, text)
        facts = tuple(self._witnesses.size(member))
        return Cell(
            column="File size",
            promised=text,
            observed=f"{member.size:,}",
            mark=Mark.DIFFERS,
            odd=verdict(entry.size, facts, shown="file size"),
        )

    def _moment(
        self, entry: FileEntry, member: Member, texts: dict[str, str]
    ) -> Iterator[Cell]:
        if member.modified is None:
            for column in ("Date", "Time"):
                yield _unchecked(column, texts[column], "the container gives no time")
            return
        seen = _shifted(minute(member.modified), self._shift)
        pairs = (("Date", printed_date(seen)), ("Time", f"{seen:%H:%M}"))
        odd = None
        if seen != minute(entry.modified.replace(tzinfo=None)) and self._follow > 1:
            odd = (
                f"this row is the odd one out: {self._follow} other rows follow the "
                "reading of the times"
            )
        for column, text in pairs:
            cell = _equal(column, texts[column], text)
            yield cell if cell.mark is Mark.EQUAL else _with_odd(cell, odd)

    def _platform(
        self, entry: FileEntry, member: Member, text: str, reason: str | None
    ) -> Cell:
        column = "Platform"
        if entry.platform is None:
            return _equal(column, text, text)
        if member.facts is None:
            return _unchecked(column, text, reason or "the file was not unpacked")
        pe = member.facts.pe
        if pe is not None and pe.machine in MACHINES[entry.platform]:
            return _equal(column, text, text)
        facts = tuple(self._witnesses.platform(member))
        return Cell(
            column=column,
            promised=text,
            observed="no program" if pe is None else machine_word(pe.machine),
            mark=Mark.DIFFERS,
            odd=verdict(entry.platform.word, facts, shown="platform"),
        )

    def _unlisted(self, member: Member) -> Row:
        pe = member.facts.pe if member.facts is not None else None
        texts = {
            "File name": member.name,
            "File version": printed_version(pe.version if pe is not None else None),
            "File size": f"{member.size:,}",
        }
        if member.modified is not None:
            seen = _shifted(member.modified, self._shift)
            texts |= {"Date": printed_date(seen), "Time": f"{seen:%H:%M}"}
        solution = solved(member.key.rpartition("\\")[2])
        architecture = self._delivery.architecture
        return Row(
            section=architecture.word if architecture is not None else "",
            product=None,
            mark=Mark.UNLISTED,
            cells=tuple(
                Cell(column=column, promised=None, observed=text, mark=Mark.UNLISTED)
                for column, text in texts.items()
            ),
            notes=() if solution is None else (f"the key {solution}",),
        )


def _with_odd(cell: Cell, odd: str | None) -> Cell:
    return Cell(
        column=cell.column,
        promised=cell.promised,
        observed=cell.observed,
        mark=cell.mark,
        odd=odd,
    )


def _difference(entry: FileEntry, member: Member) -> timedelta:
    assert member.modified is not None  # noqa: S101 - the callers have looked
    return minute(member.modified) - minute(entry.modified.replace(tzinfo=None))


def _shifted(moment: datetime, shift: timedelta) -> datetime:
    """Return a local time in UTC; at the ends of time, as it is."""
    try:
        return moment - shift
    except OverflowError:
        return moment


def _zone(shift: timedelta) -> str:
    minutes = int(shift.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"local, UTC{'+' if minutes > 0 else '-'}{hours:02}:{rest:02}"


def compare_package(delivery: Delivery, packages: PackageSet) -> Comparison:
    """Compare the rows that `deliver` has paired with members."""
    table = _Table(delivery, packages)
    notes: tuple[str, ...] = ()
    if not delivery.pairs:
        words = f"KB{delivery.number}" if delivery.number is not None else "unknown"
        architecture = delivery.architecture
        place = architecture.word if architecture is not None else "no architecture"
        notes = (f"the tables do not fit: the package is {words} for {place}",)
    return Comparison(
        promised=f"KB{delivery.spec.number}",
        observed="!".join(delivery.where),
        times=table.times(),
        rows=tuple(table.rows()),
        notes=notes,
    )


def compare_articles(
    promised: KbSpec, observed: KbSpec, *, names: Sequence[str]
) -> Comparison:
    """Compare two articles, or two revisions of one.

    Args:
        names: What to call the two.
    """
    others = _partners(promised.files, observed.files)
    rows = [
        _alone(entry, Mark.MISSING)
        if at is None
        else _beside(entry, observed.files[at])
        for entry, at in zip(promised.files, others, strict=True)
    ]
    met = set(others)
    rows += [
        _alone(entry, Mark.UNLISTED)
        for at, entry in enumerate(observed.files)
        if at not in met
    ]
    return Comparison(
        promised=names[0],
        observed=names[1],
        times="both articles give UTC",
        rows=tuple(rows),
        notes=tuple(_facts(promised, observed)),
    )


def _partners(
    promised: Sequence[FileEntry], observed: Sequence[FileEntry]
) -> list[int | None]:
    """Give each row the place of one of its key: an equal one, else the next."""
    found: list[int | None] = [None] * len(promised)
    taken: set[int] = set()
    for is_equal in (True, False):
        waiting: dict[object, list[int]] = {}
        for at in range(len(observed) - 1, -1, -1):
            if at not in taken:
                key = observed[at] if is_equal else observed[at].key
                waiting.setdefault(key, []).append(at)
        for at, entry in enumerate(promised):
            line = waiting.get(entry if is_equal else entry.key)
            if found[at] is None and line:
                partner = line.pop()
                found[at] = partner
                taken.add(partner)
    return found


def _beside(entry: FileEntry, other: FileEntry) -> Row:
    texts = dict(_printed(other))
    cells = tuple(
        _equal(column, text, texts.get(column, ABSENT))
        for column, text in _printed(entry)
    )
    return Row(
        section=entry.architecture.word,
        product=entry.product,
        mark=_worst(cells),
        cells=cells,
    )


def _facts(promised: KbSpec, observed: KbSpec) -> Iterator[str]:
    """Yield a sentence for each fact besides the tables that differs."""
    for name in (
        *("number", "title", "applies_to", "prerequisites", "restart"),
        *("replaces", "replaced_by", "registry"),
    ):
        one, two = getattr(promised, name), getattr(observed, name)
        if one != two:
            word = name.replace("_", " ")
            yield f"the {word} differs: {_shown(one)}; {_shown(two)}"


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return "not stated" if value is None else str(value)
