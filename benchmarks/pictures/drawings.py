"""Drawings of digits as the way of the pen, and the pictures they make.

benchmarks/drawings.json lists drawings. `digit` is what was meant; `hand`, `pen` (thin, medium, thick) and `note` say
how it is drawn. `strokes` is a list of strokes, each from pen down to pen up: a list of points [x, y] from 0 to 1 of
the pad, from its upper left corner. The pen runs through a stroke's points on a smooth curve (Catmull and Rom's), and
makes a sharp corner at a point that stands there twice. Each was drawn for this benchmark, none is made from another.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from app.digits.reading import Grey

FILE = Path(__file__).resolve().parent.parent / "drawings.json"
PENS = {"thin": 0.03, "medium": 0.06, "thick": 0.1}
"""Width of the line of the page's pens, as a share of the pad's side."""

FINE_BITS = 4
"""Lines begin and end on sixteenths of a pixel."""

Pen = Literal["thin", "medium", "thick"]
Way = npt.NDArray[np.float64]
"""Points of shape (n, 2): x and y, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A digit as somebody draws it; the fields are the file's."""

    digit: int
    hand: str
    pen: Pen
    note: str
    strokes: tuple[tuple[tuple[float, float], ...], ...]


def drawings(file: Path = FILE) -> tuple[Drawing, ...]:
    """All drawings of the file, in its order."""
    listed = json.loads(file.read_text(encoding="utf-8"))
    return tuple(
        Drawing(**{**drawing, "strokes": tuple(tuple(map(tuple, stroke)) for stroke in drawing["strokes"])})
        for drawing in listed
    )


def way(stroke: tuple[tuple[float, float], ...], points: int = 8) -> Way:
    """The pen's way along a stroke: so many points between two of the stroke's."""
    parts = [curve(part, points) for part in _between_corners(np.array(stroke, np.float64))]
    return np.concatenate(parts)


def curve(points: Way, between: int) -> Way:
    """Catmull and Rom's curve through points of shape (n, 2), n at least 2; a straight line through two."""
    ends = 2 * points[[0, -1]] - points[[1, -2]]
    p = np.concatenate([ends[:1], points, ends[1:]])
    t = np.linspace(0, 1, between, endpoint=False)[:, None]
    pieces = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False)
    ]
    return np.asarray(np.clip(np.concatenate([*pieces, points[-1:]]), 0, 1), np.float64)


def picture(drawing: Drawing, side: int = 360) -> Grey:
    """What the drawing looks like: black on white, of shape (side, side)."""
    sheet = np.full((side, side), 255, np.uint8)
    width = max(1, round(PENS[drawing.pen] * side))
    for stroke in drawing.strokes:
        for start, end in pairwise(np.rint(way(stroke) * side * 2**FINE_BITS).astype(int).tolist()):
            cv2.line(sheet, start, end, 0, width, cv2.LINE_AA, shift=FINE_BITS)
    return sheet


def _between_corners(points: Way) -> list[Way]:
    """The stroke cut in two wherever a point stands twice."""
    corners = [i + 1 for i, (a, b) in enumerate(pairwise(points.tolist())) if a == b]
    return [part for part in np.split(points, corners) if len(part) > 1]
