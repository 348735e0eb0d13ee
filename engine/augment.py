"""Pictures of digits as other hands, pens and cameras would have made them; every number comes from the generator.

    rows = distorted(pictures, Distortion(), np.random.default_rng(0))

A picture goes the way of a real drawing: its strokes are bent (`warped`), drawn with another pen (`widened`), brought
into MNIST's form as a drawing would be (`framed`), and suffer on the way (`worn`). Grey levels are float32 from 0, the
paper, to 1, full ink; lengths are in pixels of 28x28 pictures.

Source: Simard, Steinkraus and Platt, Best Practices for Convolutional Neural Networks Applied to Visual Document
Analysis, ICDAR 2003; Ciresan et al., Deep, Big, Simple Neural Nets for Handwritten Digit Recognition, 2010.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.data import SIDE

Grey = npt.NDArray[np.float32]
"""Grey levels from 0 to 1, of shape (n, height, width)."""

Amounts = npt.NDArray[np.float32]
"""A number for each picture, of shape (n,)."""

BOX = 20.0
"""Longer side of the ink in MNIST's form, in pixels."""

CANVAS = 48
"""Height and width of the sheet that strokes are bent and widened on: finer than the picture that comes of it."""

REACH = 34.0
"""What the sheet shows, in pixels of the picture: strokes that were bent outwards still are on it."""

INK = 0.2
"""From this grey level on a pixel is ink where the ink is measured."""

BORDER = 2
KNOTS = 9


@dataclass(frozen=True, slots=True)
class Distortion:
    """How strong each change is; at 0 it is none. Pictures are drawn from the range each by itself.

    Attributes:
        whole: share of the pictures that stay as they are.
        turn: standard deviation of the angle, in degrees; three of them are the most.
        slant: standard deviation of the shear, pixels to the side a pixel upwards.
        stretch: standard deviation of the logarithm of width over height.
        bend: standard deviation of the elastic displacement, in pixels.
        smooth: standard deviation of the Gaussian that makes the displacement smooth, in pixels.
        thin, thick: the most by which the edges of strokes move in and out, in pixels.
        size: the most by which the longer side of the ink misses 20 pixels, as a share.
        shift: standard deviation of where the centre of mass lies, in pixels.
        blur: the most that each neighbour gives to a pixel.
        contrast: the most by which grey levels are stretched, and by which their exponent differs from 1.
        grain, noise: share of the pictures that are noisy, and the noise's standard deviation.
        damage: share of the pictures that lose a bit, and of those that get a speck.
    """

    whole: float = 0.1
    turn: float = 9.0
    slant: float = 0.16
    stretch: float = 0.14
    bend: float = 0.9
    smooth: float = 4.5
    thin: float = 0.9
    thick: float = 1.2
    size: float = 0.08
    shift: float = 0.45
    blur: float = 0.2
    contrast: float = 0.6
    grain: float = 0.1
    noise: float = 0.08
    damage: float = 0.06


class Frame(NamedTuple):
    """Where the ink of each picture lies, in pixels: its longer side, and its centre of mass."""

    length: Amounts
    rows: Amounts
    columns: Amounts


def distorted(pictures: Grey, distortion: Distortion, generator: np.random.Generator) -> Grey:
    """Pictures of shape (n, 28, 28), each changed by itself; the same generator state gives the same pictures."""
    count, d = len(pictures), distortion

    def normal(deviation: float) -> Amounts:
        drawn = generator.standard_normal(count, np.float32)
        return np.clip(drawn, -3, 3) * np.float32(deviation)

    def between(low: float, high: float) -> Amounts:
        return generator.random(count, np.float32) * np.float32(high - low) + np.float32(low)

    maps = linear(np.deg2rad(normal(d.turn)), normal(d.slant), normal(d.stretch))
    sheet = warped(pictures, maps, bends(count, d.bend, d.smooth, generator))
    sheet = widened(sheet, between(-d.thin, d.thick) * np.float32(CANVAS / REACH))
    size = BOX * (1 + between(-d.size, d.size))
    result = framed(sheet, size, normal(d.shift), normal(d.shift))
    result = worn(result, d, generator)
    whole = generator.random(count) < d.whole
    result[whole] = pictures[whole]
    return result


# -- strokes ----------------------------------------------------------------------------------------------------------


def linear(angle: Amounts, slant: Amounts, stretch: Amounts) -> Grey:
    """Matrices (n, 2, 2) from (row, column) on the sheet to the picture, both from their middle; areas stay.

    Args:
        angle: counter-clockwise, in radians.
        slant: pixels to the right a pixel upwards.
        stretch: logarithm of width over height.
    """
    cos, sin, half = np.cos(angle), np.sin(angle), np.exp(stretch / 2)
    rotation = np.stack([np.stack([cos, sin], -1), np.stack([-sin, cos], -1)], -2)
    one, zero = np.ones_like(slant), np.zeros_like(slant)
    shear = np.stack([np.stack([one, zero], -1), np.stack([slant, one], -1)], -2)
    scale = np.stack([np.stack([half, zero], -1), np.stack([zero, 1 / half], -1)], -2)
    matrices: Grey = (scale @ shear @ rotation).astype(np.float32)
    return matrices


def bends(count: int, strength: float, smooth: float, generator: np.random.Generator) -> Grey:
    """Smooth random displacements of shape (n, 2, 48, 48), in pixels, with this standard deviation: Simard's fields.

    The noise that is smoothed lies on a coarse grid; under a Gaussian wider than its mesh nobody can tell.
    """
    knots = generator.standard_normal((count, 2, KNOTS, KNOTS), np.float32)
    spread = np.float32(strength) * smoothing(smooth)
    field: Grey = np.matmul(spread, np.matmul(knots, smoothing(smooth).T))
    return field


@cache
def smoothing(deviation: float) -> Grey:
    """The matrix (48, 9) from noise on the grid to a smooth line; the line's variance is 1 everywhere."""
    places = (np.arange(CANVAS) + 0.5) * REACH / CANVAS
    knots = np.linspace(0, REACH, KNOTS)
    bumps = np.exp(-((places[:, None] - knots) ** 2) / (2 * deviation**2))
    bumps /= np.sqrt((bumps**2).sum(1, keepdims=True))
    return np.ascontiguousarray(bumps, np.float32)


def warped(pictures: Grey, maps: Grey, bend: Grey) -> Grey:
    """The pictures (n, 28, 28) on the sheet, (n, 48, 48): bilinear between pixels, paper beyond the edge.

    Args:
        maps: as `linear` gives them, (n, 2, 2).
        bend: how far from there, (n, 2, 48, 48), in pixels.
    """
    count, side = len(pictures), SIDE + 2 * BORDER
    source = np.zeros((count, side, side), np.float32)
    source[:, BORDER:-BORDER, BORDER:-BORDER] = pictures
    line = (((np.arange(CANVAS) + 0.5) / CANVAS - 0.5) * REACH).astype(np.float32)
    middle = np.float32((side - 1) / 2)
    weights, corner = [], np.zeros((count, CANVAS, CANVAS), np.int32)
    for axis in (0, 1):
        place = (maps[:, axis, 0, None] * line)[:, :, None] + (maps[:, axis, 1, None] * line)[:, None, :]
        place += bend[:, axis]
        place += middle
        np.clip(place, 0, side - 1.001, out=place)
        whole = place.astype(np.int32)
        place -= whole
        weights.append(place)
        corner *= side
        corner += whole
    corner += (np.arange(count, dtype=np.int32) * side * side)[:, None, None]
    flat, (down, right) = source.reshape(-1), weights
    upper, lower = flat[corner], flat[corner + side]
    upper += right * (flat[corner + 1] - upper)
    lower += right * (flat[corner + (side + 1)] - lower)
    lower -= upper
    lower *= down
    upper += lower
    return upper


def widened(sheet: Grey, amounts: Amounts) -> Grey:
    """The sheet with the edges of strokes moved out by so many of its pixels, in where the number is negative.

    Grey dilation and erosion by a cross of 5 pixels; a part of a pixel is a blend. The darkest pixel stays as dark.
    """
    result = sheet.copy()
    peak = sheet.max((1, 2))
    for sign, extreme in ((1, np.maximum), (-1, np.minimum)):
        left = np.float32(sign) * amounts
        while (chosen := np.flatnonzero(left > 0)).size:
            x = result[chosen]
            y = x.copy()
            for near, far in (
                (np.s_[:, 1:], np.s_[:, :-1]),
                (np.s_[:, :-1], np.s_[:, 1:]),
                (np.s_[:, :, 1:], np.s_[:, :, :-1]),
                (np.s_[:, :, :-1], np.s_[:, :, 1:]),
            ):
                extreme(y[near], x[far], out=y[near])
            y -= x
            y *= np.minimum(left[chosen], 1)[:, None, None]
            x += y
            result[chosen] = x
            left = left - 1
    result *= (peak / np.maximum(result.max((1, 2)), np.float32(1e-3)))[:, None, None]
    return np.minimum(result, 1, out=result)


# -- MNIST's form -----------------------------------------------------------------------------------------------------


def frame(pictures: Grey) -> Frame:
    """Where the ink of each picture lies; a picture without ink has its frame in the middle."""
    height, width = pictures.shape[1:]
    lengths, centres = [], []
    mass = np.maximum(pictures.sum((1, 2)), np.float32(1e-6))
    for axis, side in ((2, height), (1, width)):
        lines = pictures.max(axis) > INK
        first, last = lines.argmax(1), side - 1 - lines[:, ::-1].argmax(1)
        lengths.append((last - first + 1).astype(np.float32))
        places = np.arange(side, dtype=np.float32) + np.float32(0.5) - np.float32(side / 2)
        centres.append(pictures.sum(axis) @ places / mass + np.float32(side / 2))
    return Frame(np.maximum(*lengths), *centres)


def framed(sheet: Grey, size: Amounts, down: Amounts, right: Amounts) -> Grey:
    """Of shape (n, 28, 28), as MNIST frames its digits: the ink fits a square, its centre of mass is in the middle.

    Args:
        sheet: pictures of any height and width.
        size: longer side of the ink in the result, in pixels.
        down, right: how far the centre of mass lies from the middle, in pixels.
    """
    found = frame(sheet)
    step = found.length / size
    rows = averaging(found.rows - step * down, step, sheet.shape[1])
    columns = averaging(found.columns - step * right, step, sheet.shape[2])
    result: Grey = np.matmul(np.matmul(rows, sheet), columns.swapaxes(1, 2))
    return result


def averaging(centre: Amounts, step: Amounts, side: int) -> Grey:
    """Matrices (n, 28, side) that average a line over 28 equal parts, `step` pixels each, around `centre`.

    Parts smaller than a pixel are averaged over a pixel: that is linear interpolation.
    """
    wide = np.maximum(step, 1)[:, None]
    middles = centre[:, None] + step[:, None] * (np.arange(SIDE, dtype=np.float32) - np.float32((SIDE - 1) / 2))
    pixels = np.arange(side, dtype=np.float32)
    upper = np.minimum((middles + wide / 2)[:, :, None], pixels + 1)
    upper -= np.maximum((middles - wide / 2)[:, :, None], pixels)
    np.maximum(upper, 0, out=upper)
    upper /= wide[:, :, None]
    return upper


# -- wear -------------------------------------------------------------------------------------------------------------


def worn(pictures: Grey, distortion: Distortion, generator: np.random.Generator) -> Grey:
    """Pictures (n, 28, 28) that were blurred, copied with another contrast, damaged and photographed; in place."""
    count, d = len(pictures), distortion
    share = generator.random((4, count), np.float32)
    blurred(pictures, share[0] ** 2 * np.float32(d.blur))
    damaged(pictures, d.damage, generator)
    peak = np.maximum(pictures.max((1, 2)), np.float32(1e-3))
    pictures *= np.maximum((1 - np.float32(d.contrast / 2) * share[3]) / peak, 1)[:, None, None]
    exponent = np.exp(np.float32(d.contrast) * (share[1] - np.float32(0.5)))
    gain = 1 + np.float32(d.contrast) * share[2] ** 2
    np.power(np.maximum(pictures, 0, out=pictures), exponent[:, None, None], out=pictures)
    pictures *= gain[:, None, None]
    noisy = np.flatnonzero(generator.random(count) < d.grain)
    pictures[noisy] += generator.standard_normal((len(noisy), SIDE, SIDE), np.float32) * np.float32(d.noise)
    return np.clip(pictures, 0, 1, out=pictures)


def blurred(pictures: Grey, amounts: Amounts) -> None:
    """Each pixel gets so much from each of its neighbours, along rows and then along columns; in place."""
    weight = amounts[:, None, None]
    for before, after in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:, :, :-1], np.s_[:, :, 1:])):
        flow = (pictures[after] - pictures[before]) * weight
        pictures[before] += flow
        pictures[after] -= flow


def damaged(pictures: Grey, share: float, generator: np.random.Generator) -> None:
    """A small round bit is missing from some pictures, and a small speck lies on others; in place."""
    line = np.arange(SIDE, dtype=np.float32)
    for level in (0.0, 1.0):
        chosen = np.flatnonzero(generator.random(len(pictures)) < share)
        place = generator.random((2, len(chosen), 1), np.float32) * np.float32(BOX) + np.float32((SIDE - BOX) / 2)
        radius = generator.random((len(chosen), 1, 1), np.float32) + np.float32(0.6)
        far = np.sqrt((line - place[0])[:, :, None] ** 2 + (line - place[1])[:, None, :] ** 2)
        cover = np.clip(radius + np.float32(0.5) - far, 0, 1)
        pictures[chosen] += cover * (np.float32(level) - pictures[chosen])
