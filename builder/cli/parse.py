"""`hotfix parse`."""

from pathlib import Path

import click

from builder import store
from builder.cli.options import FILE
from builder.cli.sources import number_in, read_text_document
from builder.errors import reading
from builder.formats.article import Given, read_article
from builder.formats.settle import NO_EVIDENCE, idle
from builder.formats.spec import serialize_spec
from builder.model.escaped import printable
from builder.model.identity import Architecture
from builder.opening import open_package
from builder.report.explanation import render_explanation
from builder.steps.beside import evidence_of

_ARCHITECTURES = ("x86", "x64", "ia64", "arm", "arm64")


@click.command(name="parse")
@click.argument("article", type=FILE)
@click.option(
    "-o", "--output", metavar="FILE", type=FILE, help="Write kb.json to this file."
)
@click.option(
    "--explain", is_flag=True, help="Print how each row was read instead of kb.json."
)
@click.option(
    "--evidence",
    "package",
    metavar="PKG",
    type=FILE,
    help="Settle rows by the names, sizes and versions in this package.",
)
@click.option(
    "--kb",
    "number",
    type=click.IntRange(1000, 999_999_999),
    help="Number of an article that does not state it.",
)
@click.option(
    "--arch",
    "word",
    type=click.Choice(_ARCHITECTURES),
    help="Architecture of tables whose headings name none.",
)
def command(
    *,
    article: Path,
    output: Path | None,
    explain: bool,
    package: Path | None,
    number: int | None,
    word: str | None,
) -> None:
    """Read the tables and facts of a KB ARTICLE into kb.json.

    The article may be flattened text, HTML, Markdown, a CSV or TSV list, or a
    kb.json; "-" is standard input.  Prints to standard output without -o.
    Only facts are kept: names, versions, sizes, dates, products; no sentence of
    the article.  A row that can be read in several ways is resolved by its
    siblings, or by a package given with --evidence, or reported with all
    readings.

    Exits with 3 if the article cannot be read.
    """
    data = read_text_document(article)
    evidence = NO_EVIDENCE
    if package is not None:
        evidence = evidence_of(open_package(package), source=package.name)
    given = Given(
        number=number,
        guess=number_in(article),
        section=None if word is None else Architecture.of_word(word),
    )
    with reading(str(article)):
        reader = read_article(data, evidence=evidence, given=given)
        if package is not None:
            why = idle(reader.rows, evidence)
            if why is not None:
                note = f"hotfix: {package} settles no row: {why}"
                click.echo(printable(note), err=True)
        if explain:
            click.echo(render_explanation(reader.rows), nl=False)
        spec = reader.specification()
    document = serialize_spec(spec)
    if output is None:
        if not explain:
            click.echo(document.decode("utf-8"), nl=False)
        return
    store.write_document(output, document)
    words = sorted({entry.architecture.word for entry in spec.files})
    count = len(spec.files)
    line = f"{output}: KB{spec.number}, {count} files for {', '.join(words)}"
    click.echo(printable(line))
