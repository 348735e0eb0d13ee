"""Printed lines taken out of the ink: ruled and squared paper, and the boxes of forms."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from app.digits.reading import Grey
from app.digits.vision import Connected, connected, opencv, square

Marked = npt.NDArray[np.bool_]
"""Of shape (height, width): which pixels are meant."""

THIN = 75
"""Printed lines are thinner than this part of the picture's longer side."""
LEAST_THIN = 6
"""Pixels, that a line may be thick in any picture."""
LEAN = 8.0
"""Degrees that lines may lean."""
COVERED, SPANNED = 0.45, 0.85
"""Of the width of the paper, or of the box: so much of a line is seen, and so far its ends are apart."""
WHOLE_COVERED, WHOLE_SPANNED = 0.7, 0.97
"""The same of a line that is printed even where it is the only one."""
TIGHT = 0.9
"""Of the height of the mask: where ink is as high, it may be a digit that was cut out closely, and a line its bar."""
RULES, SIDES = 3, 2
"""Parallel lines that make ruled paper, and that make a box in each direction."""
STRONGER, LEVELS = 1.5, 4
"""Times the strength of a line, and levels above that: what is stronger on it is the pen that crosses it."""
APART = 0.02
"""Of the longer side: parallel lines are farther apart than this."""
MOST_LINES = 400
"""Lines that are looked at, the clearest first."""
BOX = 0.08
"""Of the longer side of the picture: no box of a form is smaller."""
INSIDE = 0.3
"""Of a box: what is written in it is as tall, and so nothing is taken from digits that are angular themselves."""


def without_ruling(mask: Grey, ink: Grey) -> Connected:
    """The mask without printed lines; the strokes that cross them, or run along in them, stay whole.

    Args:
        mask: 255 for ink, of shape (height, width).
        ink: how much each pixel differs from the paper, of the same shape.
    """
    thick = max(LEAST_THIN, round(max(mask.shape) / THIN))
    across = _lines(mask, ink, thick, RULES, alone=True)
    down = _lines(mask.T, ink.T, thick, RULES, alone=True).T
    left: Grey = np.where(across | down, np.uint8(0), mask)
    found = connected(left)
    _, labels, stats = found
    least = BOX * max(mask.shape)
    emptied_any = False
    for label in range(1, len(stats)):
        x, y, width, height, _ = stats[label]
        if min(width, height) < least or not _is_hollow(stats[label]):
            continue
        window, strength = (picture[y : y + height, x : x + width] for picture in (left, ink))
        own = np.where(labels[y : y + height, x : x + width] == label, np.uint8(255), np.uint8(0))
        across, down = _lines(own, strength, thick, SIDES), _lines(own.T, strength.T, thick, SIDES).T
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


def _lines(mask: Grey, ink: Grey, thick: int, least: int, alone: bool = False) -> Marked:
    """The pixels of lines from left to right, without those of pens that are stronger.

    Args:
        mask: 255 for ink.
        ink: how strong it is.
        thick: pixels; lines are thinner.
        least: fewer lines are none.
        alone: but for those that span the whole mask.
    """
    cv = opencv()
    mask, ink = np.ascontiguousarray(mask), np.ascontiguousarray(ink)
    height, width = mask.shape
    none: Marked = np.zeros(mask.shape, np.bool_)
    solid = cv.morphologyEx(mask, cv.MORPH_OPEN, np.ones((thick + 1, 1), np.uint8))
    thin: Grey = cv.subtract(mask, solid)
    if cv.countNonZero(thin) < (WHOLE_COVERED if alone else least * COVERED) * width:
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
    lines: list[tuple[int, int, int, bool]] = []
    near, strongest = (cv.dilate(picture, np.ones((3, 1), np.uint8)) for picture in (thin, ink))
    for rho, theta in found[:MOST_LINES, 0]:
        y = np.rint((rho - x * np.cos(theta)) / np.sin(theta)).astype(np.intp)
        on = np.flatnonzero((y >= 0) & (y < height) & (near[y.clip(0, height - 1), x] > 0))
        if len(on) < COVERED * width or on[-1] - on[0] < SPANNED * width:
            continue
        whole = len(on) >= WHOLE_COVERED * width and on[-1] - on[0] >= WHOLE_SPANNED * width
        limit = min(255, int(STRONGER * float(np.median(strongest[y[on], on]))) + LEVELS)
        lines.append((int(y[0]), int(y[-1]), limit, whole))
        middle = float(y[width // 2])
        if all(abs(middle - other) > APART * max(height, width) + thick for other in middles):
            middles.append(middle)
    if len(middles) < least:
        inked = np.flatnonzero(mask.any(axis=1))
        loose = inked[-1] - inked[0] < TIGHT * height
        lines = [line for line in lines if alone and loose and line[-1]]
    limits = np.zeros_like(mask)
    for first, last, limit, _ in reversed(lines):  # so that the clearest count where they cross
        cv.line(limits, (0, first), (width - 1, last), limit, thick + 2)
    on_lines: Marked = (thin > 0) & (limits > 0)
    pens = cv.dilate((on_lines & (ink > limits)).astype(np.uint8), square(3))
    ruled: Marked = on_lines & (pens == 0)
    return ruled
