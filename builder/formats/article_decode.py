"""The bytes of an article -> its text."""

import binascii
import re

from builder.errors import ArticleError
from builder.formats.article_blocks import check_text
from builder.formats.shape import binary_shape, is_html, is_mhtml

_CHARSET = re.compile(
    rb"charset\s{0,8}=\s{0,8}[\"']?\s{0,8}"
    rb"(windows-1252|iso-8859-1|latin1|us-ascii)",
    re.IGNORECASE,
)
_HEAD = 4096
_BOUNDARY = re.compile(r"boundary=\"?([^\"\s;]{1,200})", re.ASCII | re.IGNORECASE)
_PART = re.compile(
    r"^content-type:[ \t]*text/html", re.ASCII | re.IGNORECASE | re.MULTILINE
)
_ENCODING = re.compile(
    r"^content-transfer-encoding:[ \t]*([A-Za-z0-9-]{1,40})",
    re.ASCII | re.IGNORECASE | re.MULTILINE,
)


def decode(data: bytes) -> str:
    """Decode an article; line ends become LF, breaks without blanks blanks.

    A saved web archive (MHTML) gives its page.

    Raises:
        ArticleError: It is no text, or holds characters that are none.
    """
    binary = binary_shape(data)
    if binary is not None:
        raise ArticleError(f"this is {binary}, not an article in UTF-8 text", offset=0)
    text = _decoded(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if is_mhtml(text):
        text = _page(text)
    text = text.replace("\N{NO-BREAK SPACE}", " ")
    if not is_html(text):
        # Of a page only what is shown is judged, by its reader: scripts may
        # hold what they like.
        for number, line in enumerate(text.split("\n"), 1):
            check_text(line.replace("\t", " "), number)
    return text


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if _CHARSET.search(data[:_HEAD]):
            return data.decode("cp1252", "replace")
        raise ArticleError(
            "this is not UTF-8 text",
            line=data.count(b"\n", 0, error.start) + 1,
            offset=error.start,
        ) from error


def _page(text: str) -> str:
    """Return the page of a saved web archive.

    Raises:
        ArticleError: There is none.
    """
    part = _PART.search(text)
    if part is None:
        raise ArticleError("this web archive (MHTML) holds no page", line=1)
    start = text.rfind("\n\n", 0, part.start()) + 1
    end = text.find("\n\n", part.end())
    if end < 0:
        raise ArticleError("the page of this web archive (MHTML) is cut off", line=1)
    boundary = _BOUNDARY.search(text[: part.start()])
    stop = text.find(f"\n--{boundary[1]}", end) if boundary else -1
    body = text[end + 2 : stop if stop >= 0 else len(text)].encode()
    encoding = _ENCODING.search(text, start, end)
    word = encoding[1].lower() if encoding else "8bit"
    try:
        if word == "quoted-printable":
            body = binascii.a2b_qp(body)
        elif word == "base64":
            body = binascii.a2b_base64(body)
    except binascii.Error as error:
        raise ArticleError(f"this web archive (MHTML) is damaged: {error}") from error
    page = body.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return page.removeprefix("\ufeff")
