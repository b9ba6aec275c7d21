"""The configuration of a repository: found, read, applied to a report."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import click

from builder import store
from builder.errors import reading
from builder.files import naming
from builder.formats.settings import TABLE, parse_settings
from builder.model.finding import PackageReport, Report
from builder.model.settings import Ignore, Settings, UnusedIgnores, means
from builder.report.text import below
from builder.rules import RULES
from builder.rules.core import run

NAME, PROJECT = "hotfix.toml", "pyproject.toml"
LEDGER = "HF9"
"""The family of rules that only repositories of specifications are shown to."""
SIBLINGS = "HF7"
"""The family of rules about packages for several architectures."""

_LIMIT = 1 << 20  # bytes of a configuration


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Settings, and the folder that their paths start from.

    Attributes:
        families: Beginnings of the ids of rules that are asked in this run.
    """

    settings: Settings
    folder: Path
    families: frozenset[str]

    def anchors(self, given: tuple[Path, ...]) -> tuple[Path, ...]:
        """Return the files with trust anchors: those given, or the configured."""
        configured = self.settings.anchors
        return given or tuple(self.folder / name for name in configured)

    def _place(self, path: str) -> str:
        """Return a path as patterns see it, from the folder on."""
        return below(_absolute(Path(path)).as_posix(), self.folder.as_posix())

    def _asks(self, ignore: Ignore) -> bool:
        meant = {
            rule.id[:3] for rule in RULES if means(ignore.rule, rule.id, rule.name)
        }
        return not meant.isdisjoint(self.families)

    def applied(self, report: Report) -> Report:
        """Apply the settings; entries that ignore nothing are findings."""
        if self.settings == Settings():
            return report
        from builder.steps.configure import configure

        done = [configure(p, self.settings, self._place) for p in report.packages]
        used = frozenset[Ignore]().union(*(each.used for each in done))
        due = frozenset[Ignore]().union(*(each.due for each in done))
        unused = tuple(
            ignore
            for ignore in self.settings.ignores
            if ignore.line is not None and ignore in due - used and self._asks(ignore)
        )
        source = self.settings.source or ""
        findings = run(RULES, [UnusedIgnores(source=source, ignores=unused)])
        packages = tuple(each.package for each in done)
        if findings:
            packages += (PackageReport(path=source, findings=findings),)
        return replace(report, packages=packages)


def _absolute(path: Path) -> Path:
    """Return a path from the root on; links stay the names that they are."""
    return Path(os.path.normpath(path.absolute()))


def _read(path: Path) -> Settings | None:
    """Read a file; None where it is a pyproject.toml that says nothing of us."""
    data = store.read_document(path, limit=_LIMIT)
    table = TABLE if path.name == PROJECT else ()
    source = below(path.as_posix(), Path.cwd().as_posix())
    with reading(source):
        return parse_settings(data, source=source, rules=RULES, table=table)


def _upward(start: Path) -> Iterator[Path]:
    folder = start if start.is_dir() else start.parent
    for above in (folder, *folder.parents):
        for name in (NAME, PROJECT):
            with naming(above / name):
                if (above / name).is_file():
                    yield above / name


def _found(
    starts: Iterable[Path], strangers: tuple[Path, ...]
) -> tuple[Settings, Path] | None:
    """Return the nearest configuration, that of the first start first.

    Args:
        strangers: Folders that are judged; one of theirs would judge itself.
    """
    for start in starts:
        for path in _upward(start):
            inside = any(path.resolve().is_relative_to(folder) for folder in strangers)
            settings = _read(path) if not inside else None
            if settings is not None:
                return settings, path.parent
            if inside and path.name == NAME:
                click.echo(
                    f"hotfix: {path} lies in what is judged and is not used; "
                    "name it with --config if it is yours",
                    err=True,
                )
    return None


def _selectors(texts: tuple[str, ...], option: str) -> tuple[str, ...]:
    """Split lists at commas; each part has to mean a rule."""
    parts = [part.strip() for text in texts for part in text.split(",")]
    for part in parts:
        if not any(means(part, rule.id, rule.name) for rule in RULES):
            raise click.BadParameter(
                f"{part!r} is no rule and begins no id of one; see hotfix rules",
                param_hint=option,
            )
    return tuple(parts)


def chosen_configuration(
    *,
    config: Path | None,
    isolated: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    paths: tuple[Path, ...],
    families: frozenset[str],
) -> Configuration:
    """Find and read the configuration, and let options outweigh it.

    The working folder's counts.  A repository of specifications that is checked
    from elsewhere has its own; a package that is validated has none: what a
    stranger packed must not tell its judge what to leave out.

    Raises:
        ConfigError: The file is not what it should be.
        StoreError: It cannot be read.
    """
    if config is not None and isolated:
        raise click.UsageError("--config and --isolated exclude each other")
    here = Path.cwd()
    found: tuple[Settings, Path] | None = None
    if config is not None:
        found = _read(config) or Settings(), config.absolute().parent
    elif not isolated and LEDGER in families:
        found = _found((here, *map(_absolute, paths)), ())
    elif not isolated:
        found = _found((here,), tuple(p.resolve() for p in paths if p.is_dir()))
    settings, folder = found or (Settings(), here)
    ignores = tuple(
        Ignore(rule=rule, reason="--ignore") for rule in _selectors(ignore, "--ignore")
    )
    settings = replace(
        settings,
        select=_selectors(select, "--select") or settings.select,
        ignores=(*settings.ignores, *ignores),
    )
    return Configuration(settings=settings, folder=folder, families=families)


def asked_of_packages(*, has_spec: bool, has_siblings: bool) -> frozenset[str]:
    """Return the families of rules that packages are shown to."""
    families = frozenset(rule.id[:3] for rule in RULES) - {LEDGER}
    if not has_siblings:
        families -= {SIBLINGS}
    return families if has_spec else families - {"HF3"}


OPTIONS = (
    click.option(
        "--select",
        metavar="RULE[,RULE]",
        multiple=True,
        help="Report these rules only: ids, their beginnings, or names.  Repeatable.",
    ),
    click.option(
        "--ignore",
        metavar="RULE[,RULE]",
        multiple=True,
        help="Leave these rules out; the report says how often.  Repeatable.",
    ),
    click.option(
        "--config",
        metavar="FILE",
        type=click.Path(path_type=Path, readable=False),
        help="Read this configuration.  [default: the nearest hotfix.toml, or "
        "pyproject.toml with [tool.hotfix], from the working folder upwards]",
    ),
    click.option("--isolated", is_flag=True, help="Read no configuration."),
)
