"""Finds the digits of a picture."""

from __future__ import annotations

import numpy as np

from app.digits.reading import Box, Colours, Found, Reading, Stage


def read(pixels: Colours) -> Reading:
    """The digits of an upright picture of shape (height, width, 3)."""
    import cv2

    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    ink = cv2.absdiff(grey, np.full_like(grey, int(np.median(grey))))
    rows, columns = np.nonzero(ink > 80)
    given = Stage("given", "As it came", f"{pixels.shape[1]} by {pixels.shape[0]} pixels.", grey)
    if not len(rows):
        return Reading((), (given,), "There is no ink in this picture.")
    top, left = int(rows.min()), int(columns.min())
    height, width = int(rows.max()) - top + 1, int(columns.max()) - left + 1
    scale = 20 / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(ink[top : top + height, left : left + width], size, interpolation=cv2.INTER_AREA)
    picture = np.zeros((28, 28), np.uint8)
    y, x = (28 - size[1]) // 2, (28 - size[0]) // 2
    picture[y : y + size[1], x : x + size[0]] = small
    found = Found(Box(left, top, width, height), 0, picture)
    return Reading((found,), (given, Stage("centred", "28 by 28", "As the network sees it.", picture, 0)))
