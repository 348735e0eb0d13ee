"""Finds the digits of a picture."""

from __future__ import annotations

import numpy as np

from app.digits import lines
from app.digits.form import form
from app.digits.paper import Flat, flatten, grey
from app.digits.parts import Labels, ink_mask, parts
from app.digits.reading import Box, Colours, Found, Grey, Reading, Stage

LOOKED_AT = 400
ANALYSED = 480
SMALLEST = 200


def read(pixels: Colours) -> Reading:
    """The digits of an upright picture of shape (height, width, 3)."""
    import cv2

    height, width = pixels.shape[:2]
    given = Stage(
        "given", "As it came", f"{width} by {height} pixels.", _small(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))
    )
    zoom = 1.0
    if max(height, width) < SMALLEST:
        zoom = SMALLEST / max(height, width)
        size = (max(1, round(width * zoom)), max(1, round(height * zoom)))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC)
    levels, luma = grey(pixels)
    if np.ptp(levels) < 8:
        return Reading((), (given,), "There is no ink in this picture.")
    dark, reach = _hypothesis(levels)
    flat = flatten(levels, dark, reach)
    mask = ink_mask(flat)
    found, labels = parts(mask, flat)
    groups = lines.digits(found)
    stages = [
        given,
        Stage("paper", "The paper", f"{'Darker' if dark else 'Lighter'} than the paper is ink.", _small(flat.paper)),
        Stage("flattened", "Without shadows", f"Noise {flat.noise:.1f}.", _small(255 - flat.ink)),
        Stage("ink", "Ink", f"{len(found)} parts.", _small(255 - mask)),
    ]
    if not groups:
        return Reading((), tuple(stages), "There is no ink in this picture.")
    keep = np.zeros(labels.max() + 1, np.uint8)
    keep[[p.label for g in groups for p in g.parts]] = 1
    shown = np.where(mask > 0, np.where(keep[labels] > 0, 0, 190), 255).astype(np.uint8)
    stages.append(Stage("found", "Digits found", f"{len(groups)} digits.", _small(shown)))
    out = []
    for index, (line, group) in enumerate(lines.in_order(groups)):
        soft = _cut(flat, labels, group)
        formed = form(soft)
        stages.append(Stage("cut", "Cut out", "", _small(soft), index))
        stages.append(
            Stage("strokes", "Strokes", f"{formed.width:.1f} to {formed.new_width:.1f}", formed.strokes, index)
        )
        if formed.upright is not None:
            stages.append(Stage("upright", "Upright", f"{formed.slant:.2f}", formed.upright, index))
        stages.append(Stage("fitted", "20 by 20", "", formed.fitted, index))
        stages.append(Stage("centred", "28 by 28", "As the network sees it.", formed.centred, index))
        box = Box(*(int(v / zoom) for v in group.box))
        out.append(Found(box, line, formed.centred))
    return Reading(tuple(out), tuple(stages))


def _hypothesis(levels: Grey) -> tuple[bool, float]:
    import cv2

    scale = ANALYSED / max(levels.shape)
    if scale < 1:
        size = (max(1, round(levels.shape[1] * scale)), max(1, round(levels.shape[0] * scale)))
        levels = cv2.resize(levels, size, interpolation=cv2.INTER_AREA)
    light = _light_share(levels)
    best, chosen = -1.0, (True, 0.35)
    for dark in (True, False):
        flat = flatten(levels, dark, 0.35)
        found, _ = parts(ink_mask(flat), flat)
        merit = max((p.merit for p in found), default=0.0) * max(0.1, light if dark else 1 - light)
        if merit > best:
            best, chosen = merit, (dark, 0.35)
    return chosen


def _light_share(levels: Grey) -> float:
    """How much of the picture, and of its border, is on the lighter side of the middle between light and dark."""
    import cv2

    threshold, split = cv2.threshold(levels, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    edge = np.concatenate([split[0], split[-1], split[:, 0], split[:, -1]])
    return float(split.mean() + edge.mean()) / 2


def _cut(flat: Flat, labels: Labels, group: lines.Group) -> Grey:

    box = group.box
    ys, xs = slice(box.top, box.top + box.height), slice(box.left, box.left + box.width)
    inside = np.isin(labels[ys, xs], [p.label for p in group.parts])
    return np.where(inside, np.uint8(255), np.uint8(0))


def _small(picture: Grey) -> Grey:
    import cv2

    scale = LOOKED_AT / max(picture.shape)
    if scale >= 1:
        return picture
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
