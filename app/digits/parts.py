"""Connected parts of the ink, and which of them may be digits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.digits.paper import Flat
from app.digits.reading import Box, Grey

Labels = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Part:
    """One connected part.

    Attributes:
        label: its number in the labelled picture.
        box: where it is.
        area: its pixels.
        contrast: how strong its ink is, 0 to 255.
        stroke: how wide its strokes are, pixels.
        sides: how many sides of the picture it touches.
        merit: how much it looks like writing, 0 to about 1.
    """

    label: int
    box: Box
    area: int
    contrast: float
    stroke: float
    sides: int
    merit: float


def ink_mask(flat: Flat) -> Grey:
    """255 where there is ink, else 0: each connected part is cut at half of its own strength."""
    import cv2

    floor = max(7.0, 4.0 * flat.noise)
    ink = flat.ink
    soft = cv2.GaussianBlur(ink, (3, 3), 0) if max(ink.shape) > 300 else ink
    low = (soft > floor).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(low, connectivity=8)
    least = max(4, 2e-5 * ink.size)
    cut = np.full(count, 255, np.uint8)
    for label in np.nonzero(stats[:, 4] >= least)[0]:
        if label == 0:
            continue
        x, y, w, h, _ = stats[label]
        inside = soft[y : y + h, x : x + w][labels[y : y + h, x : x + w] == label]
        cut[label] = max(floor, 0.42 * np.percentile(inside, 90))
    return cv2.compare(soft, cut[labels], cv2.CMP_GT)


def parts(mask: Grey, flat: Flat) -> tuple[list[Part], Labels]:
    """The parts of a mask, and their labels of shape (height, width)."""
    import cv2

    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    height, width = mask.shape
    least = max(4, 2e-5 * mask.size)
    found = []
    big = [label for label in range(1, count) if stats[label, 4] >= least]
    big.sort(key=lambda label: -stats[label, 4])
    for label in big[:150]:
        x, y, w, h, area = (int(v) for v in stats[label])
        inside = (labels[y : y + h, x : x + w] == label).astype(np.uint8)
        contrast = float(flat.ink[y : y + h, x : x + w][inside > 0].mean())
        depth = cv2.distanceTransform(cv2.copyMakeBorder(inside, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 3)
        ridge = depth[(depth >= cv2.dilate(depth, np.ones((3, 3), np.uint8))) & (depth > 0)]
        stroke = max(1.0, 2 * float(np.mean(ridge)) - 0.5)
        spread = float(np.std(ridge) / np.mean(ridge))
        sides = (x <= 1) + (y <= 1) + (x + w >= width - 1) + (y + h >= height - 1)
        if _is_frame(inside, stroke):
            continue
        merit = _merit(w, h, area, contrast, stroke, spread, sides, width, height, float(depth.max()))
        found.append(Part(label, Box(x, y, w, h), area, contrast, stroke, sides, merit))
    return found, labels


def _merit(
    w: int,
    h: int,
    area: int,
    contrast: float,
    stroke: float,
    spread: float,
    sides: int,
    width: int,
    height: int,
    depth: float,
) -> float:
    long = max(w, h)
    merit = (contrast / 255) ** 0.5
    merit *= min(1.0, long / (0.06 * max(width, height))) ** 0.5
    merit *= (1.0, 0.6, 0.25, 0.1, 0.05)[sides]
    if (w > 0.9 * width and sides and width > 1.5 * height) or (h > 0.97 * height and sides >= 2):
        merit *= 0.5
    slender = stroke / long
    merit *= 1.0 if slender < 0.3 else max(0.05, 1 - (slender - 0.3) * 3)
    merit *= 1 / (1 + max(0.0, spread - 0.35) * 2)
    if w > 2.5 * h:  # a dash, a line
        merit *= 0.4
    if long > 6 * min(w, h) and slender < 0.02:  # longer and thinner than any 1
        merit *= 0.2
    return merit


def _is_frame(inside: Grey, stroke: float) -> bool:
    """Whether nearly all of a part lies along the four sides of its box."""
    h, w = inside.shape
    near = int(min(h, w) * 0.06 + 1.5 * stroke)
    if min(h, w) < 6 * near or stroke > 0.08 * min(h, w):
        return False
    core = int(inside[near : h - near, near : w - near].sum())
    sides = (
        inside[:near].any(0).mean(),
        inside[h - near :].any(0).mean(),
        inside[:, :near].any(1).mean(),
        inside[:, w - near :].any(1).mean(),
    )
    return core < 0.15 * inside.sum() and min(sides) > 0.85
