"""Strokes that some hands add and others do not: the flag and the foot of a 1, the bar across a 7.

The people whose digits are in MNIST seldom wrote them; much of the world does.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.augment import INK, Amounts, Grey
from engine.data import Labels

Points = npt.NDArray[np.float32]
"""Places as (row, column), of shape (n, 2), in pixels from the middle of the upper left one."""


def with_serifs(pictures: Grey, labels: Labels, share: float, generator: np.random.Generator) -> Grey:
    """Copies of pictures (n, 28, 28) in which this share of the ones and sevens has a stroke more."""
    result = pictures.copy()
    lucky = generator.random(len(pictures)) < share
    for digit, add in ((1, _flag_and_foot), (7, _bar)):
        chosen = np.flatnonzero(lucky & (labels == digit) & (pictures.max((1, 2)) > INK))
        if chosen.size:
            result[chosen] = add(pictures[chosen], generator)
    return result


def _flag_and_foot(pictures: Grey, generator: np.random.Generator) -> Grey:
    """A flag down to the left from the top, the longer the steeper: a 7's bar is long and flat. Some have a foot, too.

    MNIST's ones lean to the right. Hands that write flags write the stem upright: half of these stand so.
    """
    count = len(pictures)
    pictures = straightened(pictures, np.minimum(_between(0, 2, count, generator), 1))
    first, last = _ends(pictures)
    length = np.maximum(np.hypot(*(last - first).T), 1)
    width = _width(pictures, length)
    share = _between(0.18, 0.68, count, generator)
    flattest = 12 + 44 * (share - np.float32(0.18))
    angle = np.deg2rad(flattest + (65 - flattest) * _between(0, 1, count, generator))
    reach = length * share
    tip = first + np.stack([np.sin(angle) * reach, -np.cos(angle) * reach], 1)
    result = stroked(pictures, first, tip, width)
    footed = generator.random(count) < 0.3
    half = (length * _between(0.12, 0.28, count, generator))[:, None]
    along = half * _direction(_between(-8, 8, count, generator))
    return np.where(footed[:, None, None], stroked(result, last - along, last + along, width), result)


def _bar(pictures: Grey, generator: np.random.Generator) -> Grey:
    """A short bar across the stem, near half its height."""
    count = len(pictures)
    first, last = _ends(pictures)
    height = np.maximum(last[:, 0] - first[:, 0], 1)
    row = first[:, 0] + height * _between(0.44, 0.62, count, generator)
    line = pictures[np.arange(count), row.astype(np.int64)]
    column = line @ np.arange(line.shape[1], dtype=np.float32) / np.maximum(line.sum(1), np.float32(1e-3))
    middle: Points = np.array([row, column]).T
    along = (height * _between(0.12, 0.24, count, generator))[:, None] * _direction(_between(-20, 12, count, generator))
    return stroked(pictures, middle - along, middle + along, _width(pictures, 1.6 * height))


def straightened(pictures: Grey, share: Amounts) -> Grey:
    """The pictures, slanted so that their ink leans to a side by this share less; their middle row stays."""
    first, last = _ends(pictures)
    lean = share * (last - first)[:, 1] / np.maximum((last - first)[:, 0], 1)
    side = pictures.shape[1]
    line = np.arange(side, dtype=np.float32)
    place = np.clip(line + (lean[:, None] * (line - line.mean()))[:, :, None], 0, np.float32(side - 1.001))
    left = place.astype(np.int64)
    before, after = (np.take_along_axis(pictures, at, 2) for at in (left, left + 1))
    result: Grey = before + (place - left).astype(np.float32) * (after - before)
    return result


def stroked(pictures: Grey, start: Points, end: Points, width: Amounts) -> Grey:
    """The pictures with a straight stroke, its ends round, as dark as their darkest pixel."""
    side = pictures.shape[1]
    place: Grey = np.moveaxis(np.mgrid[:side, :side], 0, -1).astype(np.float32)
    way = (end - start)[:, None, None]
    off = place - start[:, None, None]
    along = (off * way).sum(-1) / np.maximum((way**2).sum(-1), np.float32(1e-6))
    far = np.hypot(*np.moveaxis(off - np.clip(along, 0, 1)[..., None] * way, -1, 0))
    cover = np.clip(width[:, None, None] / 2 + np.float32(0.5) - far, 0, 1)
    result: Grey = np.maximum(pictures, cover * pictures.max((1, 2))[:, None, None])
    return result


def _ends(pictures: Grey) -> tuple[Points, Points]:
    """The middle of the ink in its uppermost and in its lowest row."""
    ink: npt.NDArray[np.bool_] = np.greater(pictures, INK)
    rows = np.asarray(ink.any(2))
    side = rows.shape[1]
    numbers = np.arange(len(pictures))
    places = []
    for row in (rows.argmax(1), side - 1 - rows[:, ::-1].argmax(1)):
        line = ink[numbers, row]
        places.append(np.stack([row, line @ np.arange(side) / line.sum(1)], 1).astype(np.float32))
    return places[0], places[1]


def _width(pictures: Grey, length: Amounts) -> Amounts:
    """How wide strokes of this length in all must be to have so much ink, within what pens do."""
    result: Amounts = np.clip(pictures.sum((1, 2)) / length, 1.2, 4)
    return result


def _direction(degrees: Amounts) -> Points:
    """Steps to the right, turned by an angle clockwise."""
    return np.stack([np.sin(np.deg2rad(degrees)), np.cos(np.deg2rad(degrees))], 1)


def _between(low: float, high: float, count: int, generator: np.random.Generator) -> Amounts:
    return generator.random(count, np.float32) * np.float32(high - low) + np.float32(low)
