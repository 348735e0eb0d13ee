"""How a picture is looked at: whether ink is dark, and how wide strokes may be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.digits.paper import WHOLE, Flat, dark_ink, evenness, flatten
from app.digits.parts import Labels, Part, ink_mask, parts
from app.digits.reading import WORKING_SIDE, Grey
from app.digits.ruling import without_ruling
from app.digits.vision import shrunk

ANALYSED = 400
"""Pixels of the longer side on which is found out what is ink and what is paper."""
TALL, WIDE = 120, 6.0
"""Pixels that digits are tall, and their strokes wide, at least when they are cut out; finer is only slower."""
REACHES = (0.35, 0.1, 0.05)
"""Widths of strokes that are tried, of the shorter side: the thickest marker that fills a picture, a pen's, and a
pen's so close to the edge of a shadow that paper must follow it steeply."""
NARROWEST, MARGIN = 0.04, 2.0
"""The least reach, and how much wider it is than the widest place of the strokes."""
NARROW = 0.85
"""What each narrower reach leaves of the merit: it cuts thick strokes into their edges."""
THICK = 0.04
"""Of the shorter side: strokes that are wider would be cut at a pen's reach."""
HALF, EVEN, CLEAN = 0.55, 0.75, 0.97
"""Of the border: where so much has one colour, that may be the paper's, and the rest a digit's that was cut out
closely; from so much on it likely is the paper's, and from so much on very likely."""
DARK = 0.03
"""Merit up to which a thick part is a shadow."""
SHADOWED = 1.5
"""Of the width of its strokes: where a part is deeper, a shadow clings to them."""
UNEVEN = 0.4
"""What is left of the merit where the paper is taken to be uneven, though its border is clean."""
CLEAR = 0.35
"""Merit from which nothing else is tried."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What is seen if ink is dark, or not, and strokes are not wider than `reach`.

    Attributes:
        dark: ink is darker than the paper.
        reach: how wide strokes may be, of the picture's shorter side.
        flat: the picture without its paper.
        mask: 255 for ink, else 0.
        parts: the connected parts of the ink, the largest first.
        labels: which part each pixel belongs to.
    """

    dark: bool
    reach: float
    flat: Flat
    mask: Grey
    parts: list[Part]
    labels: Labels

    @property
    def best(self) -> Part | None:
        """The part that looks most like writing."""
        return max((part for part in self.parts if part.merit > 0), key=lambda part: part.rank, default=None)

    @property
    def merit(self) -> float:
        """Of the best part, less where much other ink looks like none."""
        best = self.best
        if best is None:
            return 0.0
        mass = sum(part.contrast * part.area for part in self.parts)
        clean = sum(part.contrast * part.area * min(1.0, part.merit / best.merit) for part in self.parts) / max(
            mass, 1.0
        )
        return best.merit * (0.3 + 0.7 * clean)


def look(levels: Grey, dark: bool, reach: float, zoom: float) -> Look:
    """What is seen in one way."""
    flat = flatten(levels, dark, reach, zoom)
    ink = without_ruling(ink_mask(flat), flat.ink)
    return Look(dark, reach, flat, ink.mask, parts(ink, flat, reach == WHOLE), ink.labels)


def best_look(levels: Grey, zoom: float) -> tuple[Look, float]:
    """What is seen in the way that finds the part that looks most like writing, and the merit of it.

    Args:
        levels: of shape (height, width).
        zoom: how much larger the picture is than it was given.
    """
    small = shrunk(levels, ANALYSED)
    seen, merit = _best_of(small, zoom)
    reach = _close(seen, min(small.shape))
    fine = shrunk(levels, round(min(WORKING_SIDE, ANALYSED * _magnified(seen))))
    if fine.shape == small.shape and reach == seen.reach:
        return seen, merit
    return look(fine, seen.dark, reach, zoom), merit


def _magnified(seen: Look) -> float:
    """How many times as large the picture should be, so that its writing is tall and its strokes are wide enough."""
    clear = _clear(seen)
    if not clear:
        return np.inf
    return max(1.0, *(max(TALL / part.box.height, WIDE / part.stroke) for part in clear))


def _clear(seen: Look) -> list[Part]:
    """The parts that look like writing nearly as much as the best does."""
    best = seen.best
    return [part for part in seen.parts if best is not None and part.merit > 0.2 * best.merit]


def _close(seen: Look, side: int) -> float:
    """A reach no wider than the strokes that were found need: then paper follows the edges of shadows."""
    clear = _clear(seen)
    if seen.reach == WHOLE or not clear:
        return seen.reach
    # Not by its deepest place alone: a piece of shadow that clings to a stroke is deeper than it.
    widest = max(2 * min(part.depth, part.stroke) for part in clear)
    return min(seen.reach, max(NARROWEST, MARGIN * widest / side))


def _is_thick_writing(part: Part | None, side: int, even: bool) -> bool:
    """Whether a narrower reach would cut a part; shadows are thick, too, where the border of the picture is uneven."""
    if part is None:
        return False
    writing = part.merit > DARK and part.depth < SHADOWED * part.stroke
    return part.stroke > THICK * side and (even or writing)


def _best_of(levels: Grey, zoom: float) -> tuple[Look, float]:
    likely = dark_ink(levels)
    best, chosen = -1.0, None
    even = evenness(levels)
    reaches = (WHOLE, *REACHES) if even > HALF else REACHES
    for dark in (likely >= 0.5, likely < 0.5):
        prior = likely if dark else 1 - likely
        for reach in reaches:
            most = prior * (1 if reach == WHOLE else NARROW ** REACHES.index(reach))
            most *= UNEVEN if even > CLEAN and reach != WHOLE else 1
            if most <= best:  # no merit is above 1
                continue
            seen = look(levels, dark, reach, zoom)
            merit = seen.merit * most
            if merit > best:
                best, chosen = merit, seen
            if merit > CLEAR if reach == WHOLE else _is_thick_writing(seen.best, min(levels.shape), even > EVEN):
                break
    assert chosen is not None
    return chosen, best
