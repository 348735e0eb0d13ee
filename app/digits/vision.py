"""OpenCV, fetched with the first picture that is read, and what several stages do with it."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from app.digits.reading import Grey

Picture = TypeVar("Picture", bound=npt.NDArray[np.uint8])


MOST_WHOLE = 8
"""The largest whole number by which pictures are made smaller in one go."""


@cache
def opencv() -> Any:
    """The library, on one thread: requests come side by side, and each is short."""
    import cv2

    cv2.setNumThreads(1)
    return cv2


def resized(picture: Picture, scale: float) -> Picture:
    """The picture `scale` times as large, at least one pixel each way: averaged when smaller, smooth when larger."""
    cv = opencv()
    height, width = picture.shape[:2]
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    # By a whole number it is several times quicker, and what then is left to do is small.
    for whole in range(min(MOST_WHOLE, int(1 / scale)), 1, -1):
        if width % whole == 0 == height % whole:
            picture = cv.resize(picture, (width // whole, height // whole), interpolation=cv.INTER_AREA)
            break
    way = cv.INTER_AREA if scale < 1 else cv.INTER_CUBIC
    result: Picture = cv.resize(picture, size, interpolation=way)
    return result


def shrunk(picture: Picture, side: int) -> Picture:
    """The picture with a longer side of at most `side` pixels."""
    scale = side / max(picture.shape[:2])
    return resized(picture, scale) if scale < 1 else picture


def most_colour(pixels: Picture) -> int:
    """The largest difference between the channels of any pixel of a picture of shape (height, width, 3)."""
    cv = opencv()
    red, green, blue = cv.split(pixels)  # reducing an axis of three takes NumPy fifty times as long
    most = cv.subtract(cv.max(cv.max(red, green), blue), cv.min(cv.min(red, green), blue))
    return int(most.max())


class Connected(NamedTuple):
    """Ink, and which of its connected parts each pixel belongs to.

    Attributes:
        mask: 255 for ink, else 0, of shape (height, width).
        labels: 0 for paper, else the number of the part, of the same shape.
        stats: of each part, and of the paper first: left, top, width, height, area.
    """

    mask: Grey
    labels: npt.NDArray[np.int32]
    stats: npt.NDArray[np.int32]


def connected(mask: Grey) -> Connected:
    """The connected parts of the ink; pixels that meet at a corner are connected."""
    _, labels, stats, _ = opencv().connectedComponentsWithStats(mask, connectivity=8)
    return Connected(mask, labels, stats)


def square(side: int) -> Grey:
    """A neighbourhood of side x side pixels."""
    return np.ones((side, side), np.uint8)


def depths(inside: Grey) -> npt.NDArray[np.float32]:
    """How far each pixel that is not 0 is from the outside, in pixels; outside the picture is outside.

    The result has one more pixel on each side.
    """
    cv = opencv()
    framed = cv.copyMakeBorder(inside, 1, 1, 1, 1, cv.BORDER_CONSTANT, value=0)
    depth: npt.NDArray[np.float32] = cv.distanceTransform(framed, cv.DIST_L2, 5)
    return depth


def ridge(depth: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The depths along the middle of the strokes: where no neighbour is deeper."""
    deepest: npt.NDArray[np.bool_] = depth >= opencv().dilate(depth, square(3))
    return np.extract(deepest & (depth > 0), depth)
