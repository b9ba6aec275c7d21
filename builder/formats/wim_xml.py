"""The XML data of a WIM file: names and counts of its images."""

from lxml import etree

from builder.errors import FormatError, WimError
from builder.formats.xml import parse_xml
from builder.model.limits import DEFAULT_LIMITS, Limits
from builder.model.wim import WimImageInfo


def parse_wim_xml(
    data: bytes, *, images: int, limits: Limits = DEFAULT_LIMITS
) -> tuple[WimImageInfo, ...]:
    """Read the XML data; a file without any says nothing about its images.

    Args:
        images: How many the header announces.

    Raises:
        WimError: It is no XML data of a WIM, or another number of images.
        LimitError: Larger than `limits` allow.
    """
    if not data:
        return ()
    try:
        root = parse_xml(data, limits=limits)
    except FormatError as error:
        raise WimError(f"the XML data: {error.reason}") from error
    if root.tag != "WIM":
        raise WimError("the XML data is not that of a WIM file")
    found = tuple(_image(element) for element in root.iterfind("IMAGE"))
    if len(found) != images:
        raise WimError(f"the XML data has {len(found)} images, the header {images}")
    return found


def _image(element: etree._Element) -> WimImageInfo:
    index = _number(element.get("INDEX"))
    if index is None:
        raise WimError("the XML data has an image without an index")
    return WimImageInfo(
        index=index,
        name=element.findtext("NAME"),
        description=element.findtext("DESCRIPTION"),
        folders=_number(element.findtext("DIRCOUNT")),
        files=_number(element.findtext("FILECOUNT")),
        unpacked=_number(element.findtext("TOTALBYTES")),
    )


def _number(text: str | None) -> int | None:
    if text is None or not (text.isascii() and text.isdigit() and len(text) < 20):
        return None
    return int(text)
