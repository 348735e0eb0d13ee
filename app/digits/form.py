"""One digit brought into MNIST's form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.digits.reading import Colours, Grey
from app.digits.vision import depths, opencv, resized, ridge

FINE = 8
"""Fine pixels for each pixel of 28x28: strokes are widened and thinned on fine ones."""
BOX = 20
"""Pixels of the longer side of a digit in MNIST."""
SIDE = 28
THINNEST, THICKEST = 1.9, 3.4
"""How wide MNIST's strokes are, in pixels of 28x28: about a fifth and nine tenths of its digits are below."""
FAINT, STRONG = 8, 200
"""Levels: what MNIST's borders stay below, and what its ink reaches."""
MOST_THINNED = 0.3
"""Of a stroke's width, taken off each side at most, so that its thin places hold."""
SLANT = 0.25
"""Slant, as the tangent of its angle, up to which a digit stays as it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Formed:
    """The way of one digit to 28x28, each picture with 255 for ink, on black.

    Attributes:
        strokes: with strokes as wide as MNIST's, fine.
        upright: with less slant; None where it leans little.
        fitted: its longer side 20.
        centred: 28x28.
        width: of its strokes as they came, in pixels of 28x28.
        new_width: as they are now.
        slant: the tangent of the angle by which it leans.
    """

    strokes: Grey
    upright: Grey | None
    fitted: Grey
    centred: Grey
    width: float
    new_width: float
    slant: float

    @property
    def kept(self) -> bool:
        """Whether strokes are as wide as they were."""
        return self.width == self.new_width


def form(soft: Grey) -> Formed:
    """A digit cut out, 255 for full ink, as MNIST has it."""

    fine = _fine(soft)
    body = (fine > 127).astype(np.uint8)
    if not body.any():
        body = (fine >= fine.max()).astype(np.uint8)
    width = _stroke(body)
    strokes, new_width = _with_width(body, width)
    slant = _slant(strokes)
    upright = _sheared(strokes, slant - float(np.sign(slant)) * SLANT) if abs(slant) > SLANT else None
    fitted = _fitted(strokes if upright is None else upright)
    return Formed(strokes, upright, fitted, _centred(fitted), width / FINE, new_width / FINE, slant)


def formed_already(pixels: Colours) -> Grey | None:
    """The 28x28 of a picture that is one of MNIST's, or its negative; None of any other."""
    if pixels.shape[:2] != (SIDE, SIDE) or (pixels != pixels[..., :1]).any():
        return None
    for picture in (pixels[..., 0], 255 - pixels[..., 0]):
        rows, columns = np.nonzero(picture > FAINT)
        if not len(rows) or picture.max() < STRONG:
            continue
        edge = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
        longer = max(int(np.ptp(rows)), int(np.ptp(columns))) + 1
        mass = picture.astype(np.float64)
        centre = [(np.indices(mass.shape)[axis] * mass).sum() / mass.sum() for axis in (0, 1)]
        if edge.max() <= FAINT and abs(longer - BOX) <= 1 and max(abs(c - (SIDE - 1) / 2) for c in centre) <= 1.2:
            return np.ascontiguousarray(picture)
    return None


def _fine(soft: Grey) -> Grey:
    side = BOX * FINE
    height, width = soft.shape
    scale = side / max(height, width)
    grown = resized(soft, scale)
    smooth: Grey = opencv().GaussianBlur(grown, (0, 0), 0.35 * scale) if scale > 1.5 else grown
    return smooth


def _stroke(body: Grey) -> float:
    return max(1.0, 2 * float(np.median(ridge(depths(body)))) - 1)


def _with_width(body: Grey, width: float) -> tuple[Grey, float]:
    """The body, 0 or 1, with strokes as wide as MNIST's, 0 to 255, and their width in fine pixels."""
    cv = opencv()
    longer: int = max(body.shape)
    margin = int(THICKEST * FINE) + 2
    framed: Grey = cv.copyMakeBorder(body, margin, margin, margin, margin, cv.BORDER_CONSTANT, value=0)

    def needed(target: float) -> float:  # so that it holds after the wider digit is fitted again
        share = target / BOX
        grown: float = (share * longer - width) / (2 * (1 - share))
        return grown

    grow = needed(THINNEST)
    if grow > 0.5:
        away = cv.distanceTransform(1 - framed, cv.DIST_L2, 5)
        return _ramp(grow + 0.5 - away), width + 2 * grow
    shrink = -needed(THICKEST)
    if shrink > 0.5:
        depth = cv.distanceTransform(framed, cv.DIST_L2, 5)
        shrink = min(shrink, MOST_THINNED * width)
        return _ramp(depth - shrink), width - 2 * shrink
    return framed * np.uint8(255), width


def _ramp(distance: npt.NDArray[np.float32]) -> Grey:
    return (np.clip(distance, 0, 1) * 255).astype(np.uint8)


def _slant(strokes: Grey) -> float:
    moments = opencv().moments(strokes)
    return float(moments["mu11"] / moments["mu02"]) if moments["mu02"] > 0 else 0.0


def _sheared(strokes: Grey, by: float) -> Grey:
    cv = opencv()
    height, width = strokes.shape
    extra = int(abs(by) * height / 2) + 1
    matrix = np.array([[1, -by, extra + by * height / 2], [0, 1, 0]], np.float32)
    sheared: Grey = cv.warpAffine(strokes, matrix, (width + 2 * extra, height), flags=cv.INTER_LINEAR)
    return sheared


def _fitted(strokes: Grey) -> Grey:
    rows, columns = np.nonzero(strokes > 127)
    if not len(rows):
        rows, columns = np.nonzero(strokes >= strokes.max())
    cut = strokes[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return resized(cut, BOX / max(cut.shape))


def _centred(fitted: Grey) -> Grey:
    moments = opencv().moments(fitted)
    x, y = moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]
    height, width = fitted.shape
    left = min(max(round(SIDE / 2 - 0.5 - x), 0), SIDE - width)
    top = min(max(round(SIDE / 2 - 0.5 - y), 0), SIDE - height)
    picture = np.zeros((SIDE, SIDE), np.uint8)
    picture[top : top + height, left : left + width] = fitted
    return picture
