"""Comparisons for machines: the shape of comparison.schema.json."""

import json
from typing import Any

from builder.model.comparison import Cell, Comparison, Mark, Row

SCHEMA = "https://hotfix-builder.invalid/schemas/comparison-1.schema.json"
"""Names the shape; the address is not meant to be fetched."""


def _cell(cell: Cell) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "column": cell.column,
        "mark": cell.mark.value,
        "promised": cell.promised,
        "observed": cell.observed,
    }
    if cell.reason is not None:
        shown["reason"] = cell.reason
    if cell.odd is not None:
        shown["odd"] = cell.odd
    return shown


def _row(row: Row) -> dict[str, Any]:
    return {
        "section": row.section,
        "product": row.product,
        "name": row.name,
        "mark": row.mark.value,
        "cells": [_cell(cell) for cell in row.cells],
        "notes": list(row.notes),
    }


def comparison_value(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as a value of JSON."""
    return {
        "promised": comparison.promised,
        "observed": comparison.observed,
        "times": comparison.times,
        "notes": list(comparison.notes),
        "summary": {mark.value: comparison.count(mark) for mark in Mark},
        "rows": [_row(row) for row in comparison.rows],
    }


def render_tables_json(comparisons: tuple[Comparison, ...]) -> str:
    """Render comparisons as JSON in ASCII with a final line end."""
    document = {
        "schema": SCHEMA,
        "comparisons": [comparison_value(one) for one in comparisons],
    }
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"
