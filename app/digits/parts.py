"""Connected parts of the ink, and how much each looks like writing."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from app.digits.paper import Flat
from app.digits.reading import Box, Grey
from app.digits.vision import Connected, depths, opencv, ridge, square

Labels = npt.NDArray[np.int32]

MOST = 120
"""Parts that are looked at, the largest first: a page of digits has fewer."""
LEAST_AREA = 2e-5
"""Of the picture: smaller parts are specks. A digit of 3 % of the height, one pixel thin, is twice as large."""
FAINTEST, NOISES = 7.0, 4.0
"""Ink differs from the paper by more levels than this, and by more standard deviations of the paper."""
CUT = 0.42
"""Of a part's own strength: its edge is where it has fallen to this, a little below half for faint pencil."""
SPANNING = 0.5
"""Of the picture: a part whose box is larger may be ruled lines with the digit on them, fainter than it."""
FILLED = 0.72
"""Of its box: no digit but a 1, which is narrow, covers more."""
WIDE = 40
"""Strokes wider than this part of the picture's longer side may have soft edges."""
EDGE = 0.3
"""Of how much a part is darker than the paper: so much it must become lighter close to an edge of ink."""
ALONE, CUT_OUT = 0.9, 3
"""Of all ink: a part that has so much and touches so many sides of a picture is a digit that was cut out closely."""
SIDES = (1.0, 0.6, 0.25, 0.1, 0.05)
"""What is left of the merit of a part that touches so many sides of the picture: tables and fingers do."""


@dataclass(frozen=True, slots=True)
class Part:
    """One connected part.

    Attributes:
        label: its number in the labelled picture.
        box: where it is.
        area: its pixels.
        contrast: how much its ink differs from the paper on average, 0 to 255.
        stroke: how wide its strokes are, pixels.
        depth: how far its innermost pixel is from its edge, pixels.
        sides: how many sides of the picture it touches.
        support: how much of its edge is an edge in the picture, 0 to 1: shadows have none.
        merit: how much it looks like writing, 0 to about 1.
    """

    label: int
    box: Box
    area: int
    contrast: float
    stroke: float
    depth: float
    sides: int
    support: float
    merit: float

    @property
    def rank(self) -> float:
        """What is most likely the writing of a picture has most of it: strong ink before faint, much like writing."""
        return self.merit * self.contrast


def ink_mask(flat: Flat) -> Grey:
    """255 where there is ink, else 0: each connected part is cut by its own strength."""
    cv = opencv()
    floor = max(FAINTEST, NOISES * flat.noise)
    soft = cv.GaussianBlur(flat.ink, (3, 3), 0) if max(flat.ink.shape) > 300 else flat.ink
    count, labels, stats, _ = cv.connectedComponentsWithStats((soft > floor).astype(np.uint8), connectivity=8)
    cuts = np.full(count, 255, np.uint8)
    for label in _largest(stats, LEAST_AREA * soft.size):
        x, y, w, h, _ = stats[label]
        inside = soft[y : y + h, x : x + w][labels[y : y + h, x : x + w] == label]
        # Where lines join everything, the digit is a small part of all ink.
        nth = int((0.98 if w * h > SPANNING * soft.size else 0.9) * (len(inside) - 1))
        cuts[label] = min(254.0, max(floor, CUT * float(np.partition(inside, nth)[nth])))
    mask: Grey = cv.morphologyEx(cv.compare(soft, cuts[labels], cv.CMP_GT), cv.MORPH_CLOSE, square(3))
    return mask


def parts(ink: Connected, flat: Flat, on_one_level: bool) -> list[Part]:
    """The parts of the ink, largest first, without frames. `on_one_level`: paper is taken to be of one level."""
    labels = _largest(ink.stats, max(4, LEAST_AREA * ink.mask.size))
    alone = ALONE * int(ink.stats[1:, 4].sum()) if on_one_level else math.inf
    found = (_part(label, ink.stats[label], ink.labels, flat, alone) for label in labels)
    return [part for part in found if part]


def _largest(stats: Labels, least: float) -> list[int]:
    """The labels of the largest parts of at least so many pixels, largest first."""
    areas = stats[1:, 4]
    order = np.argsort(-areas, kind="stable")[:MOST] + 1
    return [int(label) for label in order if stats[label, 4] >= least]


def _part(label: int, stats: Labels, labels: Labels, flat: Flat, alone: float) -> Part | None:
    cv = opencv()
    x, y, w, h, area = (int(number) for number in stats)
    height, width = labels.shape
    window = (slice(y, y + h), slice(x, x + w))
    inside = (labels[window] == label).astype(np.uint8)
    depth = depths(inside)
    middle = ridge(depth)
    stroke = max(1.0, 2 * float(middle.mean()) - 0.5)
    if _is_frame(inside, stroke):
        return None
    touched = (x <= 1, y <= 1, x + w >= width - 1, y + h >= height - 1)
    edge = (inside > 0) & (cv.erode(inside, square(3), borderType=cv.BORDER_CONSTANT, borderValue=0) == 0)
    for cut, touches in zip((np.s_[:, :2], np.s_[:2], np.s_[:, -2:], np.s_[-2:]), touched, strict=True):
        if touches:
            edge[cut] = False
    fall = float(cv.subtract(flat.paper[window], flat.image[window])[inside > 0].mean())
    nearby = flat.rise if stroke > max(width, height) / WIDE else flat.step
    support = float((nearby[window][edge] >= EDGE * fall).mean()) if edge.any() else 0.3
    contrast = float(flat.ink[window][inside > 0].mean())
    deepest = float(depth.max())
    part = Part(label, Box(x, y, w, h), area, contrast, stroke, deepest, sum(touched), support, 0.0)
    uneven = float(middle.std() / middle.mean())
    cut_out = area >= alone and part.sides >= CUT_OUT
    return replace(part, merit=_merit(part, uneven, max(labels.shape), cut_out))


def _merit(part: Part, uneven: float, side: int, cut_out: bool) -> float:
    """How much a part looks like writing: the product of what speaks for each of its properties.

    Of one that was `cut_out` closely it says nothing that it touches the sides of the picture and is as long as it.
    """
    _, _, w, h = part.box
    long = max(w, h)
    merit = part.support**2 * math.pow(part.contrast / 255, 0.75) * (1 if cut_out else SIDES[part.sides])
    merit *= math.pow(min(1.0, long / (0.3 * side)), 0.3)
    slender = part.stroke / long
    merit *= 1.0 if slender < 0.25 else max(0.2, 1 - (slender - 0.25) * 3)
    # In units of the square of its width: 1 for a blob, more than 4 for nearly any stroke.
    merit *= min(1.0, max(0.2, (part.area / (4 * part.depth**2) - 1) / 4))
    merit /= 1 + max(0.0, uneven - 0.35) * 2
    if part.area > FILLED * w * h and min(w, h) > 0.4 * side:  # a sheet of paper, a patch
        merit *= 0.1
    if long > 0.6 * side and slender < 0.02 and not cut_out:  # an edge of the paper, a ruled line
        merit *= 0.15
    if long > 0.5 * side and min(w, h) < 0.12 * long:
        merit *= 0.3
    if w > 2.5 * h:  # a dash
        merit *= 0.4
    if long > 6 * min(w, h) and slender < 0.02:  # longer and thinner than any 1
        merit *= 0.2
    return merit


def _is_frame(inside: Grey, stroke: float) -> bool:
    """Whether nearly all of a part lies along the four sides of its box."""
    h, w = inside.shape
    near = int(min(h, w) * 0.06 + 1.5 * stroke)
    if near < 1 or min(h, w) < 6 * near or stroke > 0.08 * min(h, w):
        return False
    core = int(inside[near : h - near, near : w - near].sum())
    bands = (inside[:near].any(0), inside[h - near :].any(0), inside[:, :near].any(1), inside[:, w - near :].any(1))
    return bool(core < 0.15 * int(inside.sum()) and min(float(band.mean()) for band in bands) > 0.85)
