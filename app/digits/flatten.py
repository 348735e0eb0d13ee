"""A decoded image of any mode -> red, green and blue on paper, as small as wanted, upright."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np
from PIL import Image, ImageChops

from app.digits.reading import Colours

DEEP = 257
"""A grey level of 8 bits stands for so many of 16."""

VISIBLE = 32
"""Ink that differs less from its paper, in every colour, is taken for ink of the paper's own colour."""

UPRIGHT: dict[int, Callable[[Colours], Colours]] = {
    1: lambda pixels: pixels,
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: pixels[::-1].swapaxes(0, 1),
    7: lambda pixels: pixels[::-1, ::-1].swapaxes(0, 1),
    8: lambda pixels: pixels[:, ::-1].swapaxes(0, 1),
}
"""What undoes each of EXIF's orientations."""


def fitting(width: int, height: int, side: int) -> tuple[int, int]:
    """Width and height of a picture whose longer side is at most `side`; it never grows.

    >>> fitting(4000, 3000, 1400), fitting(28, 20, 1400), fitting(5000, 1, 1400)
    ((1400, 1050), (28, 20), (1400, 1))
    """
    scale = min(1, side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def smaller(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The image with 8 bits a channel, as L, LA, RGB or RGBA, brought to `size` by averaging over areas.

    Averages weigh colours by their opacity, and keep every line: one pixel of black in four makes dark grey of them.
    """
    plain = _plain(image)
    return plain if plain.size == size else plain.resize(size, Image.Resampling.BOX)


def flatten(image: Image.Image) -> Colours:
    """Of an image in L, LA, RGB or RGBA, shape (height, width, 3), what is transparent put on white paper.

    Where nothing is then to be seen because the ink is as white, on black.
    """
    if image.mode in ("LA", "RGBA"):
        on_white = _on("white", image)
        on_black = _on("black", image) if _contrast(on_white) < VISIBLE else on_white
        image = on_black if _contrast(on_black) >= VISIBLE else on_white
    return np.asarray(image.convert("RGB"))


def upright(pixels: Colours, orientation: int) -> Colours:
    """The pixels as the camera was held, by EXIF's orientation from 1 to 8."""
    return np.ascontiguousarray(UPRIGHT[orientation](pixels))


def _plain(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        levels = np.asarray(image)
        return Image.fromarray((levels.clip(0, 0xFFFF) // DEEP).astype(np.uint8))
    if image.mode in ("LA", "RGBA"):
        return image
    if image.mode in ("PA", "La", "RGBa") or image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode == "CMYK" and "adobe" not in image.info:
        image = ImageChops.invert(image)  # Pillow takes every CMYK for Adobe's, which is stored inverted
    return image if image.mode in ("L", "RGB") else image.convert("L" if image.mode == "1" else "RGB")


def _on(paper: str, image: Image.Image) -> Image.Image:
    colours = image.convert("RGBA")
    sheet = Image.new("RGB", image.size, paper)
    sheet.paste(colours, mask=colours)
    return sheet


def _contrast(image: Image.Image) -> int:
    """The largest difference within a channel of red, green and blue."""
    return max(high - low for low, high in cast("tuple[tuple[int, int], ...]", image.getextrema()))
