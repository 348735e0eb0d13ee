"""Printed lines taken out of the ink: ruled and squared paper, and the boxes of forms."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from app.digits.reading import Grey
from app.digits.vision import Connected, connected, opencv, square

THIN = 75
"""Printed lines are thinner than this part of the picture's longer side."""
LEAST_THIN = 6
"""Pixels, that a line may be thick in any picture."""
LEAN = 8.0
"""Degrees that lines may lean."""
COVERED, SPANNED = 0.45, 0.85
"""Of the width of the paper, or of the box: so much of a line is seen, and so far its ends are apart."""
RULES, SIDES = 3, 2
"""Parallel lines that make ruled paper, and that make a box in each direction."""
APART = 0.02
"""Of the longer side: parallel lines are farther apart than this."""
MOST_LINES = 400
"""Lines that are looked at, the clearest first."""
BOX = 0.08
"""Of the longer side of the picture: no box of a form is smaller."""
INSIDE = 0.3
"""Of a box: what is written in it is as tall, and so nothing is taken from digits that are angular themselves."""


def without_ruling(mask: Grey) -> Connected:
    """The mask, 255 for ink, without printed lines; the strokes that cross them stay whole."""
    thick = max(LEAST_THIN, round(max(mask.shape) / THIN))
    lines = _lines(mask, thick, RULES) | _lines(mask.T, thick, RULES).T
    left: Grey = np.where(lines, np.uint8(0), mask)
    found = connected(left)
    _, labels, stats = found
    least = BOX * max(mask.shape)
    emptied_any = False
    for label in range(1, len(stats)):
        x, y, width, height, _ = stats[label]
        if min(width, height) < least or not _is_hollow(stats[label]):
            continue
        window = left[y : y + height, x : x + width]
        own = np.where(labels[y : y + height, x : x + width] == label, np.uint8(255), np.uint8(0))
        across, down = _lines(own, thick, SIDES), _lines(own.T, thick, SIDES).T
        if across.any() and down.any():
            emptied = np.where(across | down, np.uint8(0), window)
            if _tallest(emptied) >= INSIDE * height:
                window[:] = emptied
                emptied_any = True
    return connected(left) if emptied_any else found


def _is_hollow(stats: npt.NDArray[np.int32]) -> bool:
    return bool(stats[4] < 0.4 * stats[2] * stats[3])


def _tallest(mask: Grey) -> int:
    """The height of the tallest thing that is more than the rest of a line."""
    cv = opencv()
    return int(connected(cv.morphologyEx(mask, cv.MORPH_CLOSE, square(3))).stats[1:, 3].max(initial=0))


def _lines(mask: Grey, thick: int, least: int) -> npt.NDArray[np.bool_]:
    """The pixels of lines from left to right, none if there are fewer than `least` lines."""
    cv = opencv()
    mask = np.ascontiguousarray(mask)
    height, width = mask.shape
    none: npt.NDArray[np.bool_] = np.zeros(mask.shape, np.bool_)
    solid = cv.morphologyEx(mask, cv.MORPH_OPEN, np.ones((thick + 1, 1), np.uint8))
    thin: Grey = cv.subtract(mask, solid)
    if cv.countNonZero(thin) < least * COVERED * width:
        return none
    lean = np.radians(LEAN)
    upright = np.pi / 2
    found = cv.HoughLines(
        thin, 1, np.radians(0.5), max(1, int(COVERED * width)), min_theta=upright - lean, max_theta=upright + lean
    )
    if found is None:
        return none
    x = np.arange(width)
    middles: list[float] = []
    bands = np.zeros_like(mask)
    near = cv.dilate(thin, np.ones((3, 1), np.uint8))
    for rho, theta in found[:MOST_LINES, 0]:
        y = np.rint((rho - x * np.cos(theta)) / np.sin(theta)).astype(np.intp)
        within = (y >= 0) & (y < height)
        covered = np.flatnonzero(near[y[within], x[within]])
        if len(covered) < COVERED * width or covered[-1] - covered[0] < SPANNED * width:
            continue
        cv.line(bands, (0, int(y[0])), (width - 1, int(y[-1])), 255, thick + 2)
        middle = float(y[width // 2])
        if all(abs(middle - other) > APART * max(height, width) + thick for other in middles):
            middles.append(middle)
    if len(middles) < least:
        return none
    lines: npt.NDArray[np.bool_] = (thin > 0) & (bands > 0)
    return lines
