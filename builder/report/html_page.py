"""The frame of every page: one file, nothing to fetch, nothing that runs."""

from html import escape

from builder.model.escaped import printable

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_FRAME = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>
{style}
</style>
</head>
<body>
{body}
</body>
</html>
"""


def html_text(text: str) -> str:
    """Make what was read harmless in a page, in elements and in attributes."""
    return escape(printable(text), quote=True)


def html_page(title: str, *, style: str, body: str) -> str:
    """Put a body into a page.

    Args:
        style: Our own; nothing that was read.
        body: HTML in which all that was read is escaped.
    """
    return _FRAME.format(policy=_POLICY, title=html_text(title), style=style, body=body)
