"""One digit brought into MNIST's form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.digits.reading import Grey

FINE = 8
"""Fine pixels for each pixel of 28x28: strokes are widened and thinned on fine ones."""
BOX = 20
"""Pixels of the longer side of a digit in MNIST."""
SIDE = 28
THINNEST, THICKEST = 2.1, 3.4
"""How wide MNIST's strokes are, in pixels of 28x28: about a fifth and nine tenths of its digits are below."""
SLANT = 0.25
"""Slant, as the tangent of its angle, up to which a digit stays as it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Formed:
    """The ways of one digit to 28x28: each 255 for ink on black."""

    strokes: Grey
    upright: Grey | None
    fitted: Grey
    centred: Grey
    width: float
    new_width: float
    slant: float


def form(soft: Grey) -> Formed:
    """A digit cut out, 255 for full ink, as MNIST has it."""

    fine = _fine(soft)
    body = (fine > 127).astype(np.uint8)
    if not body.any():
        body = (fine >= fine.max()).astype(np.uint8)
    width = _stroke(body)
    strokes, new_width = _with_width(body, width)
    slant = _slant(strokes)
    upright = _sheared(strokes, slant - np.sign(slant) * SLANT) if abs(slant) > SLANT else None
    fitted = _fitted(strokes if upright is None else upright)
    return Formed(strokes, upright, fitted, _centred(fitted), width / FINE, new_width / FINE, slant)


def _fine(soft: Grey) -> Grey:
    import cv2

    side = BOX * FINE
    height, width = soft.shape
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if scale < 1:
        return cv2.resize(soft, size, interpolation=cv2.INTER_AREA)
    grown = cv2.resize(soft, size, interpolation=cv2.INTER_CUBIC)
    return cv2.GaussianBlur(grown, (0, 0), max(0.5, 0.35 * scale)) if scale > 1.5 else grown


def _stroke(body: Grey) -> float:
    import cv2

    depth = cv2.distanceTransform(cv2.copyMakeBorder(body, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 5)
    ridge = depth[(depth >= cv2.dilate(depth, np.ones((3, 3), np.uint8))) & (depth > 0)]
    return max(1.0, 2 * float(np.median(ridge)) - 1)


def _with_width(body: Grey, width: float) -> tuple[Grey, float]:
    """The body, 0 or 1, with strokes as wide as MNIST's, 0 to 255, and their width in fine pixels."""
    import cv2

    longer = max(body.shape)
    margin = int(THICKEST * FINE) + 2
    framed = cv2.copyMakeBorder(body, margin, margin, margin, margin, cv2.BORDER_CONSTANT)

    def needed(target: float) -> float:  # so that it holds after the wider digit is fitted again
        share = target / BOX
        return (share * longer - width) / (2 * (1 - share))

    grow = needed(THINNEST)
    if grow > 0.5:
        away = cv2.distanceTransform(1 - framed, cv2.DIST_L2, 5)
        return _ramp(grow + 0.5 - away), width + 2 * grow
    shrink = -needed(THICKEST)
    if shrink > 0.5:
        depth = cv2.distanceTransform(framed, cv2.DIST_L2, 5)
        shrink = min(shrink, 0.3 * width)
        return _ramp(depth - shrink), width - 2 * shrink
    return framed * np.uint8(255), width


def _ramp(distance: np.ndarray) -> Grey:
    return (np.clip(distance, 0, 1) * 255).astype(np.uint8)


def _slant(strokes: Grey) -> float:
    import cv2

    moments = cv2.moments(strokes)
    return moments["mu11"] / moments["mu02"] if moments["mu02"] > 0 else 0.0


def _sheared(strokes: Grey, by: float) -> Grey:
    import cv2

    height, width = strokes.shape
    extra = int(abs(by) * height / 2) + 1
    matrix = np.array([[1, -by, extra + by * height / 2], [0, 1, 0]], np.float32)
    return cv2.warpAffine(strokes, matrix, (width + 2 * extra, height), flags=cv2.INTER_LINEAR)


def _fitted(strokes: Grey) -> Grey:
    import cv2

    rows, columns = np.nonzero(strokes > 127)
    if not len(rows):
        rows, columns = np.nonzero(strokes >= strokes.max())
    cut = strokes[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    scale = BOX / max(cut.shape)
    size = (max(1, round(cut.shape[1] * scale)), max(1, round(cut.shape[0] * scale)))
    return cv2.resize(cut, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)


def _centred(fitted: Grey) -> Grey:
    import cv2

    moments = cv2.moments(fitted)
    x, y = moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]
    height, width = fitted.shape
    left = min(max(round(SIDE / 2 - 0.5 - x), 0), SIDE - width)
    top = min(max(round(SIDE / 2 - 0.5 - y), 0), SIDE - height)
    picture = np.zeros((SIDE, SIDE), np.uint8)
    picture[top : top + height, left : left + width] = fitted
    return picture
