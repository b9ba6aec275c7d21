"""`hotfix compare`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import click

from builder.cli.options import FILE
from builder.cli.outputs import Output, format_options, publish
from builder.cli.sources import is_package, read_promise
from builder.errors import StoreError
from builder.model.comparison import Comparison
from builder.opening import open_package
from builder.report.table_html import render_tables_html
from builder.report.table_json import render_tables_json
from builder.report.table_text import render_table
from builder.steps.beside import compare_containers
from builder.steps.compare import compare_articles


def _text(comparisons: tuple[Comparison, ...]) -> str:
    return "\n".join(map(render_table, comparisons))


_STYLES: Mapping[str, Callable[[tuple[Comparison, ...]], str]] = MappingProxyType(
    {"text": _text, "json": render_tables_json, "html": render_tables_html}
)


@click.command(name="compare")
@click.argument("article", type=FILE)
@click.argument("other", metavar="PKG|ARTICLE", type=FILE)
@format_options(_STYLES)
@click.pass_context
def command(
    ctx: click.Context, *, article: Path, other: Path, outputs: tuple[Output, ...]
) -> None:
    """Put an ARTICLE's tables beside a package, or beside another article.

    Prints a table like the article's own with a mark for each cell: equal,
    differs, missing in the package, not in the article, not checkable.  Says
    which reading of the package's times fits, what the keys in names prove,
    and, where several independent facts agree against one cell, who is wrong.

    Exits with 0 if all that was compared is equal, 1 if something differs or is
    missing, 3 if an input cannot be read.
    """
    spec = read_promise(article)
    if is_package(other):
        comparisons = compare_containers(spec, open_package(other))
        if not comparisons:
            raise StoreError(str(other), "holds no package to compare with")
    else:
        names = (str(article), str(other))
        comparisons = (compare_articles(spec, read_promise(other), names=names),)
    publish(outputs, lambda style, **_: _STYLES[style](comparisons))
    is_clean = all(one.is_clean and one.rows for one in comparisons)
    ctx.exit(0 if is_clean else 1)
