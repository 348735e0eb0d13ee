"""The paper under the ink: its colour at every pixel, and how much each pixel differs from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.digits.reading import Colours, Grey

Levels = npt.NDArray[np.float32]

PAPER_SIDE = 160
"""Pixels of the longer side on which the paper is estimated: it is smooth, and ink should vanish from it."""
FAINT_LUMA = 0.6
"""Ink whose difference from the paper is less than this part luminance is looked at along its own colour."""
DARKEST_PAPER = 40
"""Grey levels. Darker paper is taken as this light when ink is measured relative to it, or its noise would be ink."""


@dataclass(frozen=True, slots=True, eq=False)
class Flat:
    """A picture without its paper.

    Attributes:
        ink: how much each pixel differs from the paper, from 0 (paper) to 255, of shape (height, width).
        paper: the estimated paper, grey levels of the same shape.
        dark: whether ink is darker than the paper.
        noise: how much the paper itself differs from its estimate: one standard deviation of `ink` on paper.
    """

    ink: Grey
    paper: Grey
    dark: bool
    noise: float


def grey(pixels: Colours) -> tuple[Grey, bool]:
    """One number for each pixel of shape (height, width), and whether it is luminance.

    Ink that stands out by its colour alone is seen along the direction in which it differs from the paper.
    """
    import cv2

    luma = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    small = _shrunk(pixels, PAPER_SIDE)
    if np.ptp(small, axis=2).max() < 24:
        return luma, True
    window = min(255, min(small.shape[:2]) // 3 * 2 + 1)
    paper = np.dstack([cv2.medianBlur(np.ascontiguousarray(small[..., c]), window) for c in range(3)])
    apart = small.astype(np.float32) - paper
    far = (apart**2).sum(axis=2)
    strong = apart[far >= np.quantile(far, 0.98)]
    spread = strong.T @ strong
    direction = np.linalg.eigh(spread)[1][:, -1].astype(np.float32)
    # Along a direction, luminance counts as much as its share of it: (1, 1, 1) is grey ink on grey paper.
    share = float(abs(direction.sum()) / np.sqrt(3))
    if share > FAINT_LUMA:
        return luma, True
    direction *= np.sign(direction.sum()) or 1
    offset = 128 - float(np.median(small.reshape(-1, 3) @ direction))
    weights = np.append(direction, offset)[None].astype(np.float32)
    return np.clip(cv2.transform(pixels.astype(np.float32), weights), 0, 255).astype(np.uint8), False


def flatten(levels: Grey, dark: bool, reach: float) -> Flat:
    """The picture without paper that is `dark` or not under ink.

    Args:
        levels: of shape (height, width).
        dark: ink is darker than the paper.
        reach: how wide a stroke may be, as a part of the picture's shorter side; wider things count as paper.
    """
    import cv2

    image = levels if dark else 255 - levels
    small = _shrunk(image, PAPER_SIDE)
    size = max(3, round(min(small.shape) * reach) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (size, size))
    low = cv2.morphologyEx(cv2.medianBlur(small, 3), cv2.MORPH_CLOSE, kernel)
    paper = cv2.resize(low, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    below = cv2.subtract(paper, image)
    if dark:  # light falls on ink as on paper, so that what counts is the part of the light it takes away
        lut = np.minimum(255, 255 / np.maximum(np.arange(256), DARKEST_PAPER)).astype(np.float32)
        below = cv2.multiply(below, cv2.LUT(paper, lut), dtype=cv2.CV_8U)
    coarse = _shrunk(below, PAPER_SIDE)
    bias = int(np.median(coarse))
    window = min(255, max(3, min(coarse.shape) // 2 | 1))
    local = cv2.min(cv2.medianBlur(coarse, window), np.full_like(coarse, min(255, 2 * bias + 8)))
    ink = cv2.subtract(below, cv2.resize(local, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR))
    noise = 1.4826 * float(np.median(cv2.absdiff(below, bias)[::3, ::3]))
    return Flat(ink, paper if dark else 255 - paper, dark, noise)


def _shrunk(image: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.uint8]:
    import cv2

    height, width = image.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return image
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)
