"""Colours of the page: text stands out from its ground, in light and in dark."""

import re
from importlib.resources import files

import pytest

STYLE = files("builder.report").joinpath("page.css").read_text("utf-8")
COLOURS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([a-z-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\);", STYLE
    )
}
PAIRS = [
    *(
        (text, ground)
        for text in ("text", "muted", "link")
        for ground in ("ground", "panel")
    ),
    *((word, f"{word}-ground") for word in ("error", "warning", "note", "ok")),
    *((word, "panel") for word in ("error", "warning", "note", "ok")),
    *(("text", f"{word}-ground") for word in ("error", "warning", "ok", "mark")),
    ("muted", "error-ground"),
    ("muted", "warning-ground"),
]


def luminance(colour: str) -> float:
    """Return the relative luminance; source: WCAG 2.2, its definition."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_is_the_one_of_the_guidelines() -> None:
    assert contrast("000000", "ffffff") == 21
    assert contrast("777777", "ffffff") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(text: str, ground: str, scheme: int) -> None:
    """Source: WCAG 2.2, success criterion 1.4.3 (level AA)."""
    assert contrast(COLOURS[text][scheme], COLOURS[ground][scheme]) >= 4.5


def test_every_colour_is_one_of_the_table() -> None:
    rest = re.sub(r":root \{.*?\}", "", STYLE, count=1, flags=re.DOTALL)
    assert not re.findall(r"#[0-9a-f]{3,6}\b|rgb|hsl", rest)
    assert set(re.findall(r"var\(--([a-z-]+)\)", STYLE)) <= {*COLOURS, "mono"}
