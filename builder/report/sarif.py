"""Reports as SARIF 2.1.0, which code hosts show beside the code.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0
plus Errata 01.
"""

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from builder.model.escaped import printable
from builder.model.finding import Finding, PackageReport, Report
from builder.model.rule import PAGES, Rule, page_url
from builder.report.json import indented
from builder.report.rule_page import family, render_rule, render_rule_help
from builder.report.text import below, decisions, place

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
    "sarif-schema-2.1.0.json"
)

Json = dict[str, Any]
Where = tuple[str, ...]


def uri_of(path: str) -> str:
    """Return a path as a URI reference: relative ones stay relative.

    Args:
        path: With slashes or, below a drive, with backslashes.
    """
    path = path.replace("\\", "/")
    is_drive = len(path) > 2 and path[1:3] == ":/" and path[0].isalpha()
    text = quote(path, safe="/", errors="surrogateescape")
    if is_drive:
        return f"file:///{path[0]}:{text.removeprefix(quote(path[:2]))}"
    return f"file://{text}" if path.startswith("/") else text


class _Places:
    """Numbers the files, as artifacts and as logical locations alike."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.indexes: dict[Where, int] = {}

    def uri(self, where: Where) -> str:
        """Return the URI of a file, as seen from the file around it."""
        if len(where) > 1:
            return uri_of(where[-1].lstrip("/\\"))
        return uri_of(below(where[0], self.root))

    def index(self, where: Where) -> int:
        """Return the number of a file; those around it are numbered before."""
        known = self.indexes.get(where)
        if known is None:
            if len(where) > 1:
                self.index(where[:-1])
            known = self.indexes[where] = len(self.indexes)
        return known

    def artifacts(self) -> list[Json]:
        shown: list[Json] = []
        for where in self.indexes:
            item: Json = {"location": {"uri": self.uri(where)}}
            if len(where) > 1:
                item["parentIndex"] = self.indexes[where[:-1]]
            else:
                item["roles"] = ["analysisTarget"]
            shown.append(item)
        return shown

    def logical(self) -> list[Json]:
        shown: list[Json] = []
        for where in self.indexes:
            item: Json = {
                "name": printable(where[-1]),
                "fullyQualifiedName": printable("!".join(where)),
                "kind": "module" if len(where) == 1 else "member",
            }
            if len(where) > 1:
                item["parentIndex"] = self.indexes[where[:-1]]
            shown.append(item)
        return shown


def _physical(where: Where, places: _Places) -> Json:
    index = places.index(where)
    return {"artifactLocation": {"uri": places.uri(where), "index": index}}


def _locations(finding: Finding, places: _Places) -> Json:
    """Point to the file that was given, and from there to the one inside.

    Code hosts show nothing without a line of the file that was given, so it is
    the first one where the finding has none; the exact place is the related one.
    """
    hit = finding.hit
    index = places.index(hit.where)
    is_nested = len(hit.where) > 1
    line = 1 if is_nested or hit.line is None else hit.line
    outer = _physical(hit.where[:1], places) | {"region": {"startLine": line}}
    name = printable("!".join(hit.where))
    logical = {"fullyQualifiedName": name, "index": index}
    shown: Json = {
        "locations": [{"physicalLocation": outer, "logicalLocations": [logical]}]
    }
    if is_nested or hit.offset is not None:
        inner = _physical(hit.where, places)
        if hit.offset is not None:
            inner["region"] = {"byteOffset": hit.offset, "byteLength": 0}
        elif hit.line is not None:
            inner["region"] = {"startLine": hit.line}
        message = {"text": _sentence(place(finding))}
        shown["relatedLocations"] = [
            {"id": 1, "physicalLocation": inner, "message": message}
        ]
    return shown


def _fingerprint(finding: Finding, seen: Counter[str]) -> Json:
    """Tell a finding from all others, and know it again in the next run.

    Lines, offsets and words may change without being another finding.
    """
    key = "\0".join((finding.rule, *finding.hit.where))
    digest = sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    seen[digest] += 1
    # The first name is the one that GitHub reads.
    text = f"{digest}:{seen[digest]}"
    return {"primaryLocationLineHash": text, "ruleAndPlace/v1": text}


def _sentence(text: str) -> str:
    text = printable(text)
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _result(
    finding: Finding, ranks: dict[str, int], places: _Places, seen: Counter[str]
) -> Json:
    inner = "!".join(finding.hit.where[1:])
    text = f"{inner}: {finding.hit.message}" if inner else finding.hit.message
    shown: Json = {"ruleId": finding.rule}
    if finding.rule in ranks:
        shown["ruleIndex"] = ranks[finding.rule]
    shown |= {"level": finding.severity.value, "message": {"text": _sentence(text)}}
    shown |= _locations(finding, places)
    shown["partialFingerprints"] = _fingerprint(finding, seen)
    if finding.answers:
        codes = [str(answer.hresult) for answer in finding.answers]
        shown["properties"] = {"windows": codes}
    return shown


def _descriptor(rule: Rule) -> Json:
    (_, checks), *_ = rule.paragraphs
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": checks},
        "help": {"text": render_rule_help(rule), "markdown": render_rule(rule)},
        "helpUri": page_url(rule.id),
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": {
            "tags": [family(rule.id).lower()],
            "since": rule.since,
            "problem.severity": rule.severity.value.replace("note", "recommendation"),
            "precision": "very-high",
        },
    }


def _notifications(package: PackageReport, places: _Places) -> Iterator[Json]:
    """Say what could not be read and what was not checked."""
    where = (package.path,)
    # No results: GitHub would show those that carry a suppression, too.
    told = [("note", sentence) for sentence in decisions(package)]
    told += [("note", f"Not checked: {text}") for text in package.not_checked]
    if package.unreadable is not None:
        told.append(("error", package.unreadable))
    for level, text in told:
        yield {
            "level": level,
            "message": {"text": _sentence(text)},
            "locations": [{"physicalLocation": _physical(where, places)}],
        }


def _driver(rules: tuple[Rule, ...], version: str) -> Json:
    return {
        "name": "hotfix",
        "fullName": f"hotfix-builder {version}",
        "version": version,
        "semanticVersion": version,
        "informationUri": PAGES,
        "rules": [_descriptor(rule) for rule in rules],
    }


def _invocation(report: Report, places: _Places) -> Json:
    """Say whether everything could be read; numbers the files that were given."""
    for package in report.packages:
        places.index((package.path,))
    return {
        "executionSuccessful": all(p.unreadable is None for p in report.packages),
        "toolExecutionNotifications": [
            told
            for package in report.packages
            for told in _notifications(package, places)
        ],
    }


def render_sarif(
    report: Report, rules: tuple[Rule, ...], *, version: str, root: str = ""
) -> Iterator[str]:
    """Render a report as SARIF in ASCII with a final line end, in pieces.

    Args:
        rules: All of them: what was looked for is part of the answer.
        version: Of the program that judged.
        root: The folder of the repository; names below it become relative to it.
    """
    places, seen = _Places(root), Counter[str]()
    ranks = {rule.id: rank for rank, rule in enumerate(rules)}
    yield f'{{\n  "$schema": "{_SCHEMA}",\n  "version": "2.1.0",\n  "runs": [\n    '
    before = {
        "tool": {"driver": _driver(rules, version)},
        "invocations": [_invocation(report, places)],
        "columnKind": "unicodeCodePoints",
    }
    yield indented(before, 2).removesuffix("\n    }")
    yield ',\n      "results": ['
    between = ""
    for package in report.packages:
        for finding in package.findings:
            result = _result(finding, ranks, places, seen)
            yield f"{between}\n        {indented(result, 4)}"
            between = ","
    yield "\n      ],\n    " if between else "],\n    "
    after = {"artifacts": places.artifacts(), "logicalLocations": places.logical()}
    yield indented(after, 2).removeprefix("{\n    ")
    yield "\n  ]\n}\n"
