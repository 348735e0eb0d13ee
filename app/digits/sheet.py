"""The sheet of paper in a picture that shows more: a table around it, a scanner's lid, the frame of a board."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from app.digits.paper import COLOURLESS
from app.digits.reading import Colours, Grey
from app.digits.vision import most_colour, opencv, shrunk, square

Corners = npt.NDArray[np.float32]
"""Upper left, upper right, lower right, lower left; shape (4, 2), each x and y."""

SEARCHED = 200
"""Pixels of the longer side on which the sheet is looked for."""
CUTS = 7
"""Levels of grey that are tried to tell the sheet from what is around it."""
SMALLEST, LARGEST = 0.08, 0.97
"""Of the picture: how much of it a sheet covers."""
FILLS = 0.9
"""Of its hull: so much a sheet fills, but for the ink that touches its edge."""
FOUR_SIDED = 0.88
"""Of its hull: so much of it lies in the best quadrilateral."""
BESIDE = 3
"""Pixels, of the searched picture: so far inside and outside of an edge are the levels compared."""
DARKER, MUCH_DARKER = 0.85, 0.4
"""Of the level inside: around the sheet it is darker than the first; no shadow makes paper as dark as the second."""
SEEN = 0.7
"""Of an edge: so much of it must be seen."""
COLOUR_SHARE = 900
"""Levels for a full change of colour: yellow and grey paper are 0.18 apart."""
DIM = 10
"""Levels added to each channel, because colours of dark pixels are noise."""
SHRUNK = 0.02
"""Of its size: so far from its edges is the sheet cut, because edges are seldom quite straight."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A sheet, and where it was.

    Attributes:
        pixels: the sheet alone, seen from straight above, shape (height, width, 3).
        back: a matrix of shape (3, 3), from a place on it to one in the picture.
    """

    pixels: Colours
    back: npt.NDArray[np.float64]

    def in_picture(self, left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
        """The same of the box around what a box on the sheet shows of the picture."""
        ends = np.array([[[left, top], [right, top], [left, bottom], [right, bottom]]], np.float64)
        around = opencv().perspectiveTransform(ends, self.back)[0]
        (first, upper), (last, lower) = around.min(axis=0).tolist(), around.max(axis=0).tolist()
        return first, upper, last, lower


def sheet(pixels: Colours, luminance: Grey) -> Sheet | None:
    """The largest sheet that is lighter than what is around it; None where the picture shows none.

    Args:
        pixels: of shape (height, width, 3).
        luminance: the same picture's, of shape (height, width).
    """
    small = shrunk(luminance, SEARCHED)
    if min(small.shape) < SEARCHED // 6:
        return None
    corners = _corners(opencv().medianBlur(small, 5))
    if corners is None:
        coloured = shrunk(pixels, SEARCHED)
        if most_colour(coloured) >= COLOURLESS:
            corners = _corners(_colour_apart(coloured))
    if corners is None:
        return None
    return _from_above(pixels, corners * (np.array(luminance.shape[::-1]) / small.shape[::-1]).astype(np.float32))


def _colour_apart(pixels: Colours) -> Grey:
    """How much the colour of each pixel, whatever its luminance, differs from the border's; even paper has 100."""
    cv = opencv()
    smooth = cv.GaussianBlur(pixels, (5, 5), 0).astype(np.float32) + DIM
    tint = smooth / smooth.sum(axis=2, keepdims=True)
    border = np.concatenate([tint[0], tint[-1], tint[:, 0], tint[:, -1]])
    apart = np.sqrt(((tint - np.median(border, axis=0)) ** 2).sum(axis=2))
    levels: Grey = np.minimum(255, 100 + COLOUR_SHARE * apart).astype(np.uint8)
    return levels


def _corners(levels: Grey) -> Corners | None:
    """Of the largest sheet."""
    low, high = np.percentile(levels, (2, 98))
    best, chosen = 0.0, None
    for cut in np.linspace(low, high, CUTS + 2)[1:-1]:
        for region in _regions((levels > cut).astype(np.uint8)):
            corners = _quadrilateral(region)
            if corners is None:
                continue
            area = float(opencv().contourArea(corners))
            if area > best and _stands_out(levels, corners):
                best, chosen = area, corners
    return chosen


def _regions(light: Grey) -> list[Any]:
    """The outlines of light regions that are large enough, holes filled."""
    cv = opencv()
    opened = cv.morphologyEx(light, cv.MORPH_OPEN, square(5))
    outlines, _ = cv.findContours(opened, cv.RETR_EXTERNAL, cv.CHAIN_APPROX_SIMPLE)
    return [outline for outline in outlines if SMALLEST < cv.contourArea(outline) / light.size < LARGEST]


def _quadrilateral(outline: Any) -> Corners | None:
    """The corners of a region that has four straight sides."""
    cv = opencv()
    hull = cv.convexHull(outline)
    area = cv.contourArea(hull)
    if cv.contourArea(outline) < FILLS * area:
        return None
    around = cv.arcLength(hull, True)
    for share in (0.01, 0.02, 0.03, 0.045, 0.06, 0.08):
        simple = cv.approxPolyDP(hull, share * around, True)[:, 0].astype(np.float32)
        if len(simple) <= 4:
            break
    if len(simple) != 4 or cv.contourArea(simple) < FOUR_SIDED * area:
        return None
    middle = simple.mean(axis=0)
    turned = np.arctan2(*(simple - middle).T[::-1])
    simple = simple[np.argsort(turned)]  # y points down: clockwise
    first = int(simple.sum(axis=1).argmin())
    corners: Corners = np.roll(simple, -first, axis=0)
    return corners


def _stands_out(levels: Grey, corners: Corners) -> bool:
    """Whether what is beside the sheet's sides is clearly darker, as no shadow on it would be."""
    height, width = levels.shape
    middle = corners.mean(axis=0)
    seen, ratios = 0, []
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        along = end - start
        normal = np.array([-along[1], along[0]]) / max(1.0, float(np.hypot(*along)))
        normal *= np.sign((middle - start) @ normal)
        points = start + np.linspace(0.05, 0.95, 30)[:, None] * along
        outside = np.rint(points - BESIDE * normal).astype(int)
        within = ((outside >= 0) & (outside < (width, height))).all(axis=1)
        if within.mean() < 0.5:  # the picture ends here
            continue
        inside = np.rint(points + BESIDE * normal).astype(int)[within].clip(0, (width - 1, height - 1))
        outside = outside[within]
        ratio = (levels[outside[:, 1], outside[:, 0]] + 1.0) / (levels[inside[:, 1], inside[:, 0]] + 1.0)
        if (ratio < DARKER).mean() < SEEN:
            return False
        seen += 1
        ratios.append(float(np.median(ratio)))
    return seen > 1 or (seen == 1 and ratios[0] < MUCH_DARKER)


def _from_above(pixels: Colours, corners: Corners) -> Sheet:
    """The sheet with these corners as a picture of its own, about as large as it was."""
    cv = opencv()
    inner = corners + (corners.mean(axis=0) - corners) * SHRUNK * 2
    sides = np.hypot(*(inner - np.roll(inner, -1, axis=0)).T)
    width, height = max(8, round(float(sides[0::2].mean()))), max(8, round(float(sides[1::2].mean())))
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    back = cv.getPerspectiveTransform(flat, inner.astype(np.float32))
    ways = cv.INTER_LINEAR | cv.WARP_INVERSE_MAP
    seen: Colours = cv.warpPerspective(pixels, back, (width, height), flags=ways, borderMode=cv.BORDER_REPLICATE)
    return Sheet(seen, back)
