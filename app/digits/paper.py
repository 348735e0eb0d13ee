"""The paper under the ink: its level at every pixel, and how much each pixel differs from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.digits.reading import Colours, Grey
from app.digits.vision import most_colour, opencv, resized, shrunk, square

PAPER_SIDE = 160
"""Pixels of the longer side on which the paper is estimated: it is smooth, and thin ink vanishes from it."""
COLOURLESS = 24
"""Levels between the channels of a pixel, up to which it is grey: what JPEG does to the colours of grey ink."""
LUMINANCE_SHARE = 0.6
"""Ink differs in luminance if the direction of its difference has this part in common with grey; else it is colour."""
DARKEST_PAPER = 40
"""Levels. Darker paper is taken as this light when ink is measured relative to it, or its noise would be ink."""
EVEN_LEVELS = 10
"""A border is of one colour where it differs by no more levels from its median."""
WHOLE = 1.0
"""The reach at which everything is looked at as ink: the paper is one level, its border's."""
FRAME = 0.04
"""Of the shorter side: a frame along the border of a picture is thinner than this."""
SMALL_STROKE = 0.06
"""Of the shorter side: strokes thinner than this show by themselves whether they are darker than what is around."""
NOISY = 6.0
"""Levels, one standard deviation: noisier ink is made smoother."""
NOISES = 2
"""Ink differs from the paper by more mean deviations of the paper than this."""
CUBES = np.arange(256, dtype=np.float64) ** 3
CERTAIN = 0.85
"""No single sign of whether ink is dark is trusted more than this: holes of thick digits are thin, too."""


@dataclass(frozen=True, slots=True, eq=False)
class Flat:
    """A picture without its paper. All pictures here are of shape (height, width).

    Attributes:
        ink: how much each pixel differs from the paper, from 0 (paper) to 255.
        paper: the estimated paper.
        image: what was flattened, turned to its negative where ink is lighter, so that ink is darker than paper.
        step: how much lighter the lightest pixel nearby is: an edge of ink has one.
        rise: the same in a wider neighbourhood, for wide strokes, whose edges may be soft.
        noise: one standard deviation of `ink` where there is paper.
    """

    ink: Grey
    paper: Grey
    image: Grey
    step: Grey
    rise: Grey
    noise: float


def grey(pixels: Colours) -> Grey:
    """One level for each pixel of shape (height, width): luminance, if ink differs from the paper in it.

    Ink that stands out by its colour alone is seen along the direction in which it differs from the paper.
    """
    cv = opencv()
    luminance: Grey = cv.cvtColor(pixels, cv.COLOR_RGB2GRAY)
    small = shrunk(pixels, PAPER_SIDE)
    if most_colour(small) < COLOURLESS:
        return luminance
    window = min(small.shape[:2]) // 3 * 2 + 1
    paper = np.dstack([cv.medianBlur(np.ascontiguousarray(small[..., channel]), window) for channel in range(3)])
    apart = small.astype(np.float32) - paper
    distance = (apart**2).sum(axis=2)
    strongest = apart[distance >= np.quantile(distance, 0.98)]
    direction = np.linalg.eigh(strongest.T @ strongest)[1][:, -1].astype(np.float32)
    if abs(direction.sum()) / np.sqrt(3) > LUMINANCE_SHARE:
        return luminance
    direction *= np.sign(direction.sum()) or 1
    offset = 128 - float(np.median(small.reshape(-1, 3) @ direction))
    weights = np.append(direction, offset)[None].astype(np.float32)
    along: Grey = np.clip(cv.transform(pixels.astype(np.float32), weights), 0, 255).astype(np.uint8)
    return along


def flatten(levels: Grey, dark: bool, reach: float, zoom: float = 1.0) -> Flat:
    """The picture without its paper.

    Args:
        levels: of shape (height, width).
        dark: ink is darker than the paper.
        reach: how wide a stroke may be, as a part of the picture's shorter side; wider things count as paper.
        zoom: how much larger the picture is than it was given: so much wider are its edges.
    """
    cv = opencv()
    image: Grey = levels if dark else 255 - levels
    paper = resized_to(_paper(image, reach), image)
    below = cv.subtract(paper, image)
    if dark:  # a shadow darkens ink as much as paper, so that what counts is the part of the light that ink takes away
        share = np.minimum(255, 255 / np.maximum(np.arange(256), DARKEST_PAPER)).astype(np.float32)
        below = cv.multiply(below, cv.LUT(paper, share), dtype=cv.CV_8U)
    coarse = shrunk(below, PAPER_SIDE)
    bias = int(np.median(coarse)) if reach < WHOLE else 0
    # Closing takes the lightest paper around, so that paper itself is a little below it, more where it is noisier.
    local = np.full_like(coarse, bias)
    if reach < WHOLE:
        window = max(3, min(coarse.shape) // 2 | 1)
        local = np.minimum(cv.medianBlur(coarse, window), np.uint8(min(255, 2 * bias + 8)))
        local = cv.add(local, _more_noise(below, window))
    ink = cv.subtract(below, resized_to(local, image))
    calm = below[::3, ::3] if reach < WHOLE else _border(_within_frame(image, below))
    noise = 1.4826 * float(np.median(abs(calm.astype(np.int16) - bias)))
    smooth = cv.GaussianBlur(image, (3, 3), 0)
    near = 2 * max(1, round(max(image.shape) / 200), round(zoom)) + 1
    wide = near + max(image.shape) // 28
    step, rise = (cv.subtract(cv.dilate(smooth, square(side)), smooth) for side in (near, wide))
    if noise > NOISY:
        ink = cv.GaussianBlur(ink, (0, 0), min(3.0, noise / NOISY))
        noise /= 2
    return Flat(ink, paper, image, step, rise, noise)


def _more_noise(below: Grey, window: int) -> Grey:
    """How much more noise there is in places than in most of the picture, in levels: ink must differ by more there."""
    cv = opencv()
    rough = cv.absdiff(below, cv.blur(below, (5, 5)))
    spread = cv.medianBlur(shrunk(rough, PAPER_SIDE), window)
    more: Grey = cv.subtract(spread, np.full_like(spread, int(np.median(spread))))
    grown: Grey = cv.multiply(more, np.full_like(more, NOISES))
    return grown


def _paper(image: Grey, reach: float) -> Grey:
    cv = opencv()
    small = shrunk(image, PAPER_SIDE)
    if reach >= WHOLE:
        return np.full_like(small, round(float(np.median(_border(_within_frame(image, image))))))
    side = max(3, round(min(small.shape) * reach) | 1)
    closed: Grey = cv.morphologyEx(cv.medianBlur(small, 3), cv.MORPH_CLOSE, square(side))
    return closed


def resized_to(small: Grey, like: Grey) -> Grey:
    """A coarse picture, smoothly as large as another."""
    cv = opencv()
    large: Grey = cv.resize(small, like.shape[::-1], interpolation=cv.INTER_LINEAR)
    return large


def _within_frame(image: Grey, picture: Grey) -> Grey:
    """A picture without the margin in which the image, where paper is lighter than ink, has a thin frame."""
    margin = max(1, round(FRAME * min(image.shape)))
    inner = (slice(margin, -margin), slice(margin, -margin))
    return picture[inner] if np.median(_border(image[inner])) > np.median(_border(image)) else picture


def _border(levels: Grey) -> Grey:
    return np.concatenate([levels[0], levels[-1], levels[:, 0], levels[:, -1]])


def evenness(levels: Grey) -> float:
    """How much of the border of a picture has one colour, from 0 to 1."""
    border = _border(levels).astype(np.int16)
    return float((abs(border - int(np.median(border))) <= EVEN_LEVELS).mean())


def dark_ink(levels: Grey) -> float:
    """How likely ink is darker than its paper, from 0.05 to 0.95.

    Paper is what there is more of, above all along the border, and thin things are ink.
    """
    cv = opencv()
    _, split = cv.threshold(levels, 0, 1, cv.THRESH_BINARY | cv.THRESH_OTSU)
    light = float(np.clip((split.mean() + 2 * _border(split).mean()) / 3, 0.05, 0.95))
    side = max(3, round(SMALL_STROKE * min(levels.shape)) | 1)
    smooth = cv.GaussianBlur(levels, (3, 3), 0)
    # Cubes, so that a few strong pixels of ink count more than much noise; 10 levels everywhere are no sign.
    dark, bright = (
        float(np.bincount(cv.morphologyEx(smooth, way, square(side)).ravel(), minlength=256) @ CUBES)
        + 10**3 * levels.size
        for way in (cv.MORPH_BLACKHAT, cv.MORPH_TOPHAT)
    )
    thin = min(CERTAIN, max(1 - CERTAIN, dark / (dark + bright)))
    both = light * thin / (light * thin + (1 - light) * (1 - thin))
    return min(0.95, max(0.05, both))


def large_enough(pixels: Colours, least: int) -> tuple[Colours, float]:
    """The picture with a longer side of at least `least` pixels, and how much larger it is than it was."""
    zoom = least / max(pixels.shape[:2])
    return (resized(pixels, zoom), zoom) if zoom > 1 else (pixels, 1.0)
