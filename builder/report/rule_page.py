"""Pages about rules: docs/rules, and the help that SARIF carries."""

from collections.abc import Iterable, Iterator

from builder.model.rule import Rule, page_name

_FAMILIES = {
    "HF0": "Input",
    "HF1": "XML",
    "HF2": "Identities and references",
    "HF3": "The KB article",
    "HF4": "Containers",
    "HF5": "Catalogs and signatures",
    "HF6": "What Windows would do",
    "HF7": "Architectures beside each other",
    "HF9": "The repository",
}


def family(rule: str) -> str:
    """Return what the rules with the same hundreds are about."""
    return _FAMILIES.get(rule[:3], "More")


def render_rule(rule: Rule) -> str:
    """Render a rule's page as Markdown with a final line end."""
    lines = [
        f"# {rule.id} {rule.name}",
        "",
        rule.summary,
        "",
        f"Severity: {rule.severity} · since {rule.since} · {family(rule.id).lower()}",
    ]
    for head, text in rule.paragraphs:
        lines += ["", f"## {head}", "", text]
    if rule.answers:
        lines += ["", "## What Windows answers", ""]
        lines += [
            f"- `{answer.hresult}`: {answer.hresult.meaning}. Source: {answer.source}."
            for answer in rule.answers
        ]
    return "".join(f"{line}\n" for line in lines)


def render_rule_help(rule: Rule) -> str:
    """Render a rule's page as text, a paragraph a line, with a final line end."""
    lines = [rule.summary, *(f"{head}: {text}" for head, text in rule.paragraphs)]
    lines += [f"Windows answers: {answer.hresult}" for answer in rule.answers]
    return "".join(f"{line}\n" for line in lines)


def _index(rules: Iterable[Rule]) -> Iterator[str]:
    yield "# Rules"
    yield ""
    yield "Written by `hotfix rules --docs docs/rules` from the rules themselves."
    known = ""
    for rule in rules:
        if family(rule.id) != known:
            known = family(rule.id)
            yield from ("", f"## {known}", "")
            yield "| rule | name | severity | what it finds |"
            yield "|---|---|---|---|"
        link = f"[{rule.id}]({page_name(rule.id)})"
        yield f"| {link} | {rule.name} | {rule.severity} | {rule.summary} |"


def render_rule_pages(rules: tuple[Rule, ...]) -> dict[str, str]:
    """Render docs/rules: the index and all pages, by file name."""
    pages = {page_name(rule.id): render_rule(rule) for rule in rules}
    return {"README.md": "".join(f"{line}\n" for line in _index(rules))} | pages
