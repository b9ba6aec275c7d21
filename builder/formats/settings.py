"""Configurations: TOML to `Settings`; every mistake has its place."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from builder.errors import ConfigError
from builder.model.finding import Severity
from builder.model.rule import Rule
from builder.model.settings import Ignore, Settings, means

TABLE = ("tool", "hotfix")
"""Where pyproject.toml holds what hotfix.toml holds at its top."""

_KEYS = (
    "strict",
    "select",
    "ignore",
    "per-path-ignore",
    "severity",
    "trust-anchors",
)
_HEAD = re.compile(r"\s*\[{1,2}\s*(.+?)\s*\]{1,2}\s*(?:#.*)?")
_KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*[=.]""")
_PART = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(?:\.|$)""")


def _lines(text: str) -> dict[tuple[str, ...], int]:
    """Return on which line each key stands, as far as plain reading tells."""
    found: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        head, key = _HEAD.fullmatch(line.rstrip("\r")), _KEY.match(line)
        if head is not None:
            table = tuple("".join(part) for part in _PART.findall(head[1]))
            for length in range(1, len(table) + 1):
                found.setdefault(table[:length], number)
        elif key is not None:
            name = "".join(part for part in key.groups(""))
            found.setdefault((*table, name), number)
    return found


class _Reader:
    """Reads values of a table; knows where each of them stands."""

    def __init__(
        self, text: str, table: tuple[str, ...], rules: Sequence[Rule]
    ) -> None:
        self._lines = _lines(text)
        self._table = table
        self._rules = rules

    def line(self, *keys: str) -> int | None:
        """Return the line of a key, or of the table that it stands in."""
        path = (*self._table, *keys)
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path)

    def error(self, *keys: str, reason: str) -> ConfigError:
        name = ".".join((*self._table, *keys))
        return ConfigError(f"{name} {reason}", line=self.line(*keys))

    def table(self, value: object, *keys: str) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self.error(*keys, reason=f"is {_kind(value)}, not a table")
        return value

    def texts(self, value: object, *keys: str) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self.error(*keys, reason="is no list of strings")
        return tuple(value)

    def rule(self, selector: str, *keys: str) -> str:
        if any(means(selector, rule.id, rule.name) for rule in self._rules):
            return selector
        reason = f"names {selector!r}, which is no rule and begins no id of one"
        raise self.error(*keys, reason=reason)

    def ignores(
        self, value: object, *keys: str, path: str | None = None
    ) -> Iterator[Ignore]:
        for selector, reason in self.table(value, *keys).items():
            self.rule(selector, *keys, selector)
            if not isinstance(reason, str) or not reason.strip():
                wrong = 'needs a reason: HF301 = "why it is left out"'
                raise self.error(*keys, selector, reason=wrong)
            yield Ignore(
                rule=selector,
                reason=" ".join(reason.split()),
                path=path,
                line=self.line(*keys, selector),
            )

    def severities(self, value: object) -> Iterator[tuple[str, Severity]]:
        words = [severity.value for severity in Severity]
        for selector, word in self.table(value, "severity").items():
            self.rule(selector, "severity", selector)
            if word not in words:
                reason = f"is {word!r}, not one of {', '.join(words)}"
                raise self.error("severity", selector, reason=reason)
            yield selector, Severity(word)


def _kind(value: object) -> str:
    words = {bool: "a truth value", str: "a string", list: "a list", int: "a number"}
    return words.get(type(value), "something else")


def _parsed(data: bytes) -> tuple[str, dict[str, Any]]:
    try:
        text = data.decode()
        return text, tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise ConfigError("is not UTF-8", offset=error.start) from error
    except tomllib.TOMLDecodeError as error:
        reason, _, place = str(error).rpartition(" (at ")
        at = re.match("line ([0-9]+)", place)
        line = int(at[1]) if at else text.count("\n") + 1  # "end of document"
        raise ConfigError(f"is no TOML: {reason or place}", line=line) from error
    except RecursionError as error:
        raise ConfigError("is nested too deeply") from error


def parse_settings(
    data: bytes, *, source: str, rules: Sequence[Rule], table: tuple[str, ...] = ()
) -> Settings | None:
    """Read a configuration; None where the table is not there.

    Args:
        source: How reports call the file.
        rules: All of them; selectors have to mean at least one.
        table: The path of the table, `TABLE` in a pyproject.toml.

    Raises:
        ConfigError: No TOML, a key that is not known, a value of another kind,
            an ignore without a reason, or a rule that does not exist.
    """
    text, value = _parsed(data)
    found: Any = value
    reader = _Reader(text, table, rules)
    for name in table:
        if not isinstance(found, dict) or name not in found:
            return None
        found = found[name]
    given = reader.table(found)
    for key in given:
        if key not in _KEYS:
            known = f"is not known; known are {', '.join(_KEYS)}"
            raise reader.error(key, reason=known)
    strict = given.get("strict", False)
    if not isinstance(strict, bool):
        raise reader.error("strict", reason=f"is {_kind(strict)}, not true or false")
    select = reader.texts(given.get("select", []), "select")
    ignores: list[Ignore] = []
    by_path = reader.table(given.get("per-path-ignore", {}), "per-path-ignore")
    for path, entries in by_path.items():
        ignores += reader.ignores(entries, "per-path-ignore", path, path=path)
    ignores += reader.ignores(given.get("ignore", {}), "ignore")
    return Settings(
        source=source,
        strict=strict,
        select=tuple(reader.rule(selector, "select") for selector in select),
        ignores=tuple(ignores),
        severities=tuple(reader.severities(given.get("severity", {}))),
        anchors=reader.texts(given.get("trust-anchors", []), "trust-anchors"),
    )
