"""Which reading of a row the article and the given evidence support.

Never by liking: a row that keeps several readings is an error that names them
all.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from builder.errors import ArticleError
from builder.formats.rows import Reading, Row
from builder.model.version import FileVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a package shows about the rows of its article.

    Attributes:
        source: Of the evidence, for the reasons that are given.
        sizes: By folded name, the sizes of the files of that name, in bytes.
        versions: By folded name, the versions of the files of that name.
    """

    source: str = "the package"
    sizes: Mapping[str, frozenset[int]] = field(default_factory=dict)
    versions: Mapping[str, frozenset[FileVersion]] = field(default_factory=dict)


NO_EVIDENCE = Evidence()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A row with what became of it.

    Attributes:
        reading: None where several readings are left.
        reason: Why this reading; or why none.
    """

    row: Row
    reading: Reading | None
    reason: str


def settle(
    rows: Iterable[Row], evidence: Evidence = NO_EVIDENCE
) -> tuple[Reading, ...]:
    """Find the one reading of each row that is supported; see `settle_rows`.

    Raises:
        ArticleError: A row keeps several readings; all of them are named.
    """
    found = []
    for settled in settle_rows(rows, evidence):
        if settled.reading is None:
            raise ArticleError(settled.reason, line=settled.row.line)
        found.append(settled.reading)
    return tuple(found)


def settle_rows(
    rows: Iterable[Row], evidence: Evidence = NO_EVIDENCE
) -> tuple[Settled, ...]:
    """Find for each row the one reading that is supported, and say by what.

    Evidence of the article comes from rows that can be read in one way only:
    a name that another row settles, a version that another row settles, and a
    version in the name of a component manifest.  Rows of one name that are
    still open are compared with each other: a name and version that all of
    them share is evidence too.  A package given beside it decides first: by
    name with size, by name with version, by name.  Where two kinds of evidence
    contradict each other, or support several readings, nothing is settled.
    """
    rows = tuple(rows)
    inner = _Inner.of(rows)
    kept = [_narrowed(row, inner, evidence) for row in rows]
    shared = _shared(readings for readings, _ in kept)
    return tuple(
        _only(row, readings, reasons, shared)
        for row, (readings, reasons) in zip(rows, kept, strict=True)
    )


def idle(rows: Iterable[Settled], evidence: Evidence) -> str | None:
    """Return why a package that was given as evidence settled no row, or None."""
    rows = tuple(rows)
    readings = [reading for settled in rows for reading in settled.row.readings]
    if not any(_is_name_seen(reading, evidence) for reading in readings):
        return "no row of the article names a file in it"
    several = [settled.row for settled in rows if len(settled.row.readings) > 1]
    if not several:
        return "each row can be read in one way only"
    if any(_by_package(row.readings, evidence)[1] for row in several):
        return None
    return "it fits several readings, or none, of each row that has several"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inner:
    """What rows with a single reading say about the others, with their lines."""

    names: Mapping[str, int]
    versions: Mapping[FileVersion, int]
    manifests: Mapping[FileVersion, int]

    @classmethod
    def of(cls, rows: tuple[Row, ...]) -> "_Inner":
        names: dict[str, int] = {}
        versions: dict[FileVersion, int] = {}
        manifests: dict[FileVersion, int] = {}
        for row in rows:
            if len(row.readings) == 1:
                reading = row.readings[0]
                names.setdefault(reading.folded, row.line)
                if reading.version is not None:
                    versions.setdefault(reading.version, row.line)
                for version in _manifest_version(reading):
                    manifests.setdefault(version, row.line)
        return cls(names=names, versions=versions, manifests=manifests)


def _manifest_version(reading: Reading) -> Iterator[FileVersion]:
    parts = reading.folded.removesuffix(".manifest").rsplit("_", 3)
    if reading.folded.endswith(".manifest") and len(parts) == 4:
        try:
            yield FileVersion.parse(parts[1])
        except ValueError:
            return


_Kept = tuple[tuple[Reading, ...], tuple[str, ...]]


def _narrowed(row: Row, inner: _Inner, evidence: Evidence) -> _Kept:
    if len(row.readings) == 1:
        return row.readings, ()
    kept, reasons = _by_package(row.readings, evidence)
    if len(kept) == 1:
        return kept, reasons
    every = kept
    for support, words in _supports(every, inner):
        if support:
            kept = tuple(reading for reading in kept if reading in support)
            reasons = (*reasons, words)
    return (kept, reasons) if kept else (every, ())


def _by_package(readings: tuple[Reading, ...], evidence: Evidence) -> _Kept:
    """Narrow by what a package shows; all stay where it shows nothing."""
    tests = (
        ("has a file of this name and size", _is_size_seen),
        ("has a file of this name and version", _is_version_seen),
        ("has a file of this name", _is_name_seen),
    )
    for words, test in tests:
        kept = tuple(reading for reading in readings if test(reading, evidence))
        if kept:
            reasons = (f"{evidence.source} {words}",)
            return kept, reasons if len(kept) < len(readings) else ()
    return readings, ()


def _is_size_seen(reading: Reading, evidence: Evidence) -> bool:
    return reading.size in evidence.sizes.get(reading.folded, ())


def _is_version_seen(reading: Reading, evidence: Evidence) -> bool:
    return reading.version in evidence.versions.get(reading.folded, ())


def _is_name_seen(reading: Reading, evidence: Evidence) -> bool:
    return reading.folded in evidence.sizes


def _supports(
    readings: tuple[Reading, ...], inner: _Inner
) -> Iterator[tuple[list[Reading], str]]:
    named = [reading for reading in readings if reading.folded in inner.names]
    line = inner.names[named[0].folded] if named else 0
    yield named, f"line {line} settles the name"
    sure = [
        reading
        for reading in readings
        if reading.version in inner.versions or reading.version in inner.manifests
    ]
    words = ""
    if sure and sure[0].version is not None:
        version = sure[0].version
        if version in inner.versions:
            words = f"line {inner.versions[version]} has the version, too"
        else:
            words = f"the manifest of line {inner.manifests[version]} has the version"
    yield sure, words


_Pair = tuple[str, FileVersion | None]


def _shared(kept: Iterable[tuple[Reading, ...]]) -> set[_Pair]:
    """Name and version pairs that every open row of that name could have."""
    rows = Counter[str]()
    pairs = Counter[_Pair]()
    for readings in kept:
        if len(readings) > 1:
            found = {(reading.folded, reading.version) for reading in readings}
            pairs.update(found)
            rows.update({name for name, _ in found})
    return {
        pair for pair, count in pairs.items() if count == rows[pair[0]] and count > 1
    }


def _only(
    row: Row, kept: tuple[Reading, ...], reasons: tuple[str, ...], shared: set[_Pair]
) -> Settled:
    if len(kept) > 1:
        common = [r for r in kept if (r.folded, r.version) in shared]
        if len(common) == 1:
            kept = tuple(common)
            reasons = (
                *reasons,
                "the only version that all rows of the name could have",
            )
    if len(kept) == 1:
        reason = "; ".join(reasons)
        if len(row.readings) == 1:
            reason = row.note
        return Settled(row=row, reading=kept[0], reason=reason)
    ways = "; ".join(map(str, row.readings))
    return Settled(
        row=row,
        reading=None,
        reason=(
            f"the row can be read in {len(row.readings)} ways and nothing else in the "
            f"article decides: {ways}"
        ),
    )
