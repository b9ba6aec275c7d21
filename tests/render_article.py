"""Tables rendered to every shape of article; no sentence is Microsoft's."""

from collections.abc import Callable, Mapping, Sequence
from html import escape

from builder.formats.rows import MONTHS
from builder.model.identity import Architecture
from builder.model.kb import FileEntry

WORDS = {
    None: "Not Applicable",
    Architecture.X86: "x86",
    Architecture.AMD64: "x64",
    Architecture.IA64: "IA-64",
}
HEADINGS = {
    Architecture.X86: "For all supported x86-based versions of Windows 7",
    Architecture.AMD64: "For all supported x64-based versions of Windows 7",
    Architecture.IA64: "For all supported IA-64-based versions of Windows 7",
}
COLUMNS = ("File name", "File version", "File size", "Date", "Time", "Platform")
NUMBER = 900123
TITLE = "A computer stops"
FOOT = "Article ID : 900123"
Sections = Mapping[Architecture, Sequence[FileEntry]]


def cells(entry: FileEntry) -> tuple[str, ...]:
    """Return the cells of a row as articles print them."""
    when = entry.modified
    return (
        entry.name,
        "Not Applicable" if entry.version is None else str(entry.version),
        f"{entry.size:,}",
        f"{when.day:02}-{MONTHS[when.month - 1]}-{when.year}",
        f"{when.hour:02}:{when.minute:02}",
        WORDS[entry.platform],
    )


def sectioned(entries: Sequence[FileEntry]) -> Sections:
    """Return the entries by architecture, in their order."""
    found: dict[Architecture, list[FileEntry]] = {}
    for entry in entries:
        found.setdefault(entry.architecture, []).append(entry)
    return found


def _text(sections: Sections, table: Callable[[Sequence[FileEntry]], str]) -> bytes:
    body = "\n\n".join(
        f"{HEADINGS[section]}\n{table(rows)}" for section, rows in sections.items()
    )
    return f"{TITLE}\n\nSummary\n\n{body}\n\nStatus\n\n{FOOT}\n".encode()


def flattened(sections: Sections) -> bytes:
    def table(rows: Sequence[FileEntry]) -> str:
        return "\n".join(["".join(COLUMNS), *("".join(cells(row)) for row in rows)])

    return _text(sections, table)


def flattened_vertical(sections: Sections) -> bytes:
    def table(rows: Sequence[FileEntry]) -> str:
        return "\n\n".join(
            "\n".join(map("".join, zip(COLUMNS, cells(row), strict=True)))
            for row in rows
        )

    return _text(sections, table)


def tabbed(sections: Sections) -> bytes:
    def table(rows: Sequence[FileEntry]) -> str:
        return "\n".join(["\t".join(COLUMNS), *("\t".join(cells(row)) for row in rows)])

    return _text(sections, table)


def cell_per_line(sections: Sections) -> bytes:
    def table(rows: Sequence[FileEntry]) -> str:
        return "\n".join([*COLUMNS, *(cell for row in rows for cell in cells(row))])

    return _text(sections, table)


def markdown(sections: Sections) -> bytes:
    def table(rows: Sequence[FileEntry]) -> str:
        lines = [f"|{'|'.join(COLUMNS)}|", "|---" * 6 + "|"]
        lines += [f"|{'|'.join(map(_escaped, cells(row)))}|" for row in rows]
        return "\n".join(lines)

    body = "\n\n".join(
        f"### {HEADINGS[section]}\n\n{table(rows)}"
        for section, rows in sections.items()
    )
    return f"# {TITLE}\n\n_Original KB number:_ &nbsp; {NUMBER}\n\n{body}\n".encode()


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in "\\`*[]<>|&" else c for c in text)


def markdown_vertical(sections: Sections) -> bytes:
    def table(rows: Sequence[FileEntry]) -> str:
        lines = []
        for row in rows:
            for name, cell in zip(COLUMNS, cells(row), strict=True):
                lines.append(f"| {name}|{_escaped(cell)}|")
                if len(lines) == 1:
                    lines.append("|---|---|")
            lines.append("||")
        return "\n".join(lines)

    body = "\n\n".join(
        f"### {HEADINGS[section]}\n\n{table(rows)}"
        for section, rows in sections.items()
    )
    return f"# {TITLE}\n\nOriginal KB number: {NUMBER}\n\n{body}\n".encode()


def _page(sections: Sections, table: Callable[[Sequence[FileEntry]], str]) -> bytes:
    body = "\n".join(
        f"<h4>{HEADINGS[section]}</h4>\n{table(rows)}"
        for section, rows in sections.items()
    )
    return (
        f"<!DOCTYPE html>\n<html><head><title>x</title></head><body><h1>{TITLE}</h1>\n"
        f"{body}\n<p>{FOOT}</p></body></html>\n"
    ).encode()


def html(sections: Sections) -> bytes:
    def table(rows: Sequence[FileEntry]) -> str:
        head = "".join(f"<th>{name}</th>" for name in COLUMNS)
        body = "\n".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells(row))}</tr>"
            for row in rows
        )
        return f"<table><tr>{head}</tr>\n{body}</table>"

    return _page(sections, table)


def html_vertical(sections: Sections) -> bytes:
    def table(rows: Sequence[FileEntry]) -> str:
        return "\n".join(
            "<table>"
            + "".join(
                f"<tr><td><p>{name}</p></td><td><p>{escape(cell)}</p></td></tr>"
                for name, cell in zip(COLUMNS, cells(row), strict=True)
            )
            + "</table>"
            for row in rows
        )

    return _page(sections, table)


def delimited(sections: Sections, *, mark: str = ",") -> bytes:
    lines = []
    for section, rows in sections.items():
        lines.append([HEADINGS[section], *[""] * 5])
        lines.append(list(COLUMNS))
        lines += [list(cells(row)) for row in rows]
        lines.append([""] * 6)
    return "\r\n".join(mark.join(map(_quoted, line)) for line in lines).encode()


def _quoted(text: str) -> str:
    return f'"{text}"' if any(c in text for c in ',;\t"') else text


def delimited_by_tabs(sections: Sections) -> bytes:
    return delimited(sections, mark="\t")


def delimited_by_semicolons(sections: Sections) -> bytes:
    return delimited(sections, mark=";")


SHAPES: Mapping[str, Callable[[Sections], bytes]] = {
    shape.__name__: shape
    for shape in (
        *(flattened, flattened_vertical, tabbed, cell_per_line, markdown),
        *(markdown_vertical, html, html_vertical, delimited, delimited_by_tabs),
        delimited_by_semicolons,
    )
}
