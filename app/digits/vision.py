"""OpenCV, fetched with the first picture that is read, and what several stages do with it."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from app.digits.reading import Grey

Picture = TypeVar("Picture", bound=npt.NDArray[np.uint8])


@cache
def opencv() -> Any:
    """The library, on one thread: requests come side by side, and each is short."""
    import cv2

    cv2.setNumThreads(1)
    return cv2


def resized(picture: Picture, scale: float) -> Picture:
    """The picture `scale` times as large, at least one pixel each way: averaged when smaller, smooth when larger."""
    cv = opencv()
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    way = cv.INTER_AREA if scale < 1 else cv.INTER_CUBIC
    result: Picture = cv.resize(picture, size, interpolation=way)
    return result


def shrunk(picture: Picture, side: int) -> Picture:
    """The picture with a longer side of at most `side` pixels."""
    scale = side / max(picture.shape[:2])
    return resized(picture, scale) if scale < 1 else picture


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
