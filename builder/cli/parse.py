"""`hotfix parse`."""

from pathlib import Path

import click

from builder import store
from builder.cli.options import FILE
from builder.errors import reading
from builder.formats.article import parse_article
from builder.formats.spec import serialize_spec


@click.command(name="parse")
@click.argument("article", type=FILE)
@click.option(
    "-o", "--output", metavar="FILE", type=FILE, help="Write kb.json to this file."
)
def command(*, article: Path, output: Path | None) -> None:
    """Read the tables and facts of a KB ARTICLE into kb.json.

    Prints to standard output without -o.  Only facts are kept: names, versions,
    sizes, dates, products; no sentence of the article.  A row that can be read
    in several ways is resolved by its siblings or reported with all readings.

    Exits with 3 if the article cannot be read.
    """
    data = store.read_document(article)
    with reading(str(article)):
        spec = parse_article(data)
    document = serialize_spec(spec)
    if output is None:
        click.echo(document.decode("utf-8"), nl=False)
        return
    store.write_document(output, document)
    words = sorted({entry.architecture.word for entry in spec.files})
    count = len(spec.files)
    click.echo(f"{output}: KB{spec.number}, {count} files for {', '.join(words)}")
