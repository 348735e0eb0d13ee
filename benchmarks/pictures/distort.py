"""Pictures as people have them, made from 28x28 ones whose digit is known: rotated, thick, on paper, as a phone's JPEG.

Every picture is the file's bytes, and depends on the glyph and on the generator given, on nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from app.digits.reading import Colours, Grey

Ink = npt.NDArray[np.float32]
"""How much ink lies on each pixel, from 0 to 1, of shape (height, width)."""

SIDE = 280
"""Pixels of a plain upscaled picture: each of the 28 becomes ten."""

PHONE = (2016, 1512)
"""Height and width of the phone's picture, held upright."""

TURNS = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
"""EXIF orientation -> how the stored pixels are turned, so that a viewer who honours it sees them upright."""

COARSE = 4
"""Light changes slowly: it is worked out for every so many pixels."""

ORIENTATION = 0x0112

AROUND = ((1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1))
"""Shifts that bring a pixel's eight neighbours to its place, clockwise from the one above."""


@dataclass(frozen=True, slots=True)
class Distortion:
    """A kind of picture.

    Attributes:
        name: a few words.
        make: the bytes of a file, from a 28x28 with bright ink on black.
        share: how many are made, as a multiple of the number asked for; large ones take long.
    """

    name: str
    make: Callable[[Grey, np.random.Generator], bytes]
    share: float = 1.0


def png(pixels: npt.NDArray[np.uint8]) -> bytes:
    """A PNG of grey levels, of colours or of colours with opacity."""
    return _file(Image.fromarray(pixels), "PNG")


def ink_of(glyph: Grey, side: int = SIDE) -> Ink:
    """The glyph's ink, enlarged smoothly."""
    large = cv2.resize(glyph.astype(np.float32) / 255, (side, side), interpolation=cv2.INTER_CUBIC)
    return np.clip(large, 0, 1).astype(np.float32)


def on_white(ink: Ink) -> Grey:
    """Black ink on white."""
    return np.rint(255 * (1 - ink)).astype(np.uint8)


def placed(ink: Ink, height: int, width: int, top: int, left: int) -> Ink:
    """The ink on a larger sheet; what would lie outside is cut off."""
    sheet = np.zeros((height, width), np.float32)
    rows, columns = min(ink.shape[0], height - top), min(ink.shape[1], width - left)
    sheet[top : top + rows, left : left + columns] = ink[:rows, :columns]
    return sheet


def somewhere(ink: Ink, height: int, width: int, rng: np.random.Generator) -> Ink:
    """The ink on a larger sheet, anywhere on it."""
    top, left = (int(rng.integers(0, free + 1)) for free in (height - ink.shape[0], width - ink.shape[1]))
    return placed(ink, height, width, top, left)


def turned(ink: Ink, degrees: float) -> Ink:
    """Turned about its centre, anticlockwise."""
    height, width = ink.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(ink, matrix, (width, height), flags=cv2.INTER_LINEAR), np.float32)


def paper(height: int, width: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Lit paper, from 0 to 1, of shape (height, width): blotches, grain, a gradient of light, a shadow's soft edge."""
    coarse = height // COARSE, width // COARSE
    y, x = np.mgrid[0 : 1 : coarse[0] * 1j, 0 : 1 : coarse[1] * 1j]
    angle, edge = rng.uniform(0, 2 * np.pi), rng.uniform(-0.3, 0.3)
    along = (x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle)
    light = 1 - rng.uniform(0.1, 0.35) * (along + 0.5)
    shadow = 1 - rng.uniform(0.1, 0.4) / (1 + np.exp(-(along - edge) / rng.uniform(0.02, 0.1)))
    blotches = cv2.resize(rng.normal(0, 0.03, (12, 12)), coarse[::-1], interpolation=cv2.INTER_CUBIC)
    lit = ((0.93 + blotches) * light * shadow).astype(np.float32)
    grain = np.float32(0.012) * rng.standard_normal((height, width), np.float32)
    smooth = cv2.resize(lit, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(smooth * (1 + grain), 0, 1), np.float32)


def on_paper(ink: Ink, rng: np.random.Generator) -> Colours:
    """Written on lit paper with a pencil or a pen, seen by a camera that is a little out of focus."""
    height, width = ink.shape
    pen = np.array([(0.15, 0.2, 0.55), (0.1, 0.1, 0.1), (0.35, 0.35, 0.37)][rng.integers(3)], np.float32)
    tint = np.array((1, rng.uniform(0.96, 1), rng.uniform(0.86, 1)), np.float32)
    cover = ink * np.float32(rng.uniform(0.75, 0.95))
    light = paper(height, width, rng)[..., None] * tint
    seen = light * (1 - cover[..., None] * (1 - pen))
    seen = cv2.GaussianBlur(seen, (0, 0), max(height, width) / 900)
    return np.rint(255 * np.clip(seen, 0, 1)).astype(np.uint8)


def skeleton(solid: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The middle lines of what is solid, one pixel wide and connected as it was (Zhang and Suen 1984)."""
    image = np.pad(solid, 1).astype(np.uint8)
    inked, inked_before = int(image.sum()), -1
    while inked != inked_before:
        for first in (True, False):
            n = [np.roll(image, shift, (0, 1)) for shift in AROUND]
            neighbours = sum(n[1:], n[0].astype(np.int64))
            crossings = sum(((a == 0) & (b == 1)).astype(np.int64) for a, b in zip(n, [*n[1:], n[0]], strict=True))
            up, right, down, left = n[0], n[2], n[4], n[6]
            free = (up & right & down) | (right & down & left) if first else (up & right & left) | (up & down & left)
            image[(neighbours >= 2) & (neighbours <= 6) & (crossings == 1) & (free == 0)] = 0
        inked, inked_before = int(image.sum()), inked
    return image[1:-1, 1:-1].astype(np.bool_)


def _file(image: Image.Image, kind: str, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _as_it_is(glyph: Grey, rng: np.random.Generator) -> bytes:
    return png(glyph)


def _upscaled(glyph: Grey, rng: np.random.Generator) -> bytes:
    return png(on_white(ink_of(glyph)))


def _rotated(glyph: Grey, rng: np.random.Generator) -> bytes:
    return png(on_white(turned(ink_of(glyph), float(rng.choice((-15, 15))))))


def _small(glyph: Grey, rng: np.random.Generator) -> bytes:
    return png(on_white(somewhere(ink_of(glyph, int(rng.integers(50, 90))), 400, 400, rng)))


def _large(glyph: Grey, rng: np.random.Generator) -> bytes:
    rows, columns = np.nonzero(glyph)
    cut = glyph[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1].astype(np.float32) / 255
    scale = rng.uniform(330, 380) / max(cut.shape)
    size = round(cut.shape[1] * scale), round(cut.shape[0] * scale)
    ink = np.clip(cv2.resize(cut, size, interpolation=cv2.INTER_CUBIC), 0, 1).astype(np.float32)
    return png(on_white(somewhere(ink, 400, 400, rng)))


def _thick(glyph: Grey, rng: np.random.Generator) -> bytes:
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (17, 17))
    return png(on_white(np.asarray(cv2.dilate(ink_of(glyph), brush), np.float32)))


def _thin(glyph: Grey, rng: np.random.Generator) -> bytes:
    """The middle of the strokes, four pixels wide."""
    line = skeleton(ink_of(glyph, 4 * glyph.shape[0]) > 0.4).astype(np.float32)
    large = cv2.resize(cv2.GaussianBlur(line, (0, 0), 0.7), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    return png(on_white(np.clip(4 * large - 0.6, 0, 1).astype(np.float32)))


def _noisy(glyph: Grey, rng: np.random.Generator) -> bytes:
    picture = on_white(ink_of(glyph)).astype(np.float32) * 0.8 + 25
    return png(np.clip(picture + rng.normal(0, 28, picture.shape), 0, 255).astype(np.uint8))


def _inverted(glyph: Grey, rng: np.random.Generator) -> bytes:
    """Light ink on a dark ground that is not black."""
    ground, chalk = rng.uniform(20, 70), rng.uniform(200, 255)
    ink = somewhere(ink_of(glyph, 200), 300, 400, rng)
    return png(np.rint(ground + (chalk - ground) * ink).astype(np.uint8))


def _on_paper(glyph: Grey, rng: np.random.Generator) -> bytes:
    ink = somewhere(turned(ink_of(glyph, int(rng.integers(120, 300))), rng.normal(0, 4)), 480, 640, rng)
    return _file(Image.fromarray(on_paper(ink, rng)), "JPEG", quality=85)


def _phone(glyph: Grey, rng: np.random.Generator) -> bytes:
    """Written on paper, held upright, stored lying or upside down."""
    ink = somewhere(turned(ink_of(glyph, int(rng.integers(300, 900))), rng.normal(0, 4)), *PHONE, rng)
    orientation = int(rng.choice(list(TURNS)))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    image = Image.fromarray(on_paper(ink, rng)).transpose(TURNS[orientation])
    return _file(image, "JPEG", quality=85, exif=exif)


def _transparent(glyph: Grey, rng: np.random.Generator) -> bytes:
    """Dark ink on nothing; where nothing is, the colour behind it is black, as many programs leave it."""
    ink = somewhere(ink_of(glyph, 200), 300, 300, rng)
    colour = rng.integers(0, 110, 3)
    opacity = np.rint(255 * ink)
    layers = [np.where(opacity > 0, level, 0) for level in colour]
    return png(np.stack([*layers, opacity], axis=-1).astype(np.uint8))


DISTORTIONS = (
    Distortion("28x28, white on black", _as_it_is, share=10),
    Distortion("280x280, black on white", _upscaled),
    Distortion("rotated by 15 degrees", _rotated),
    Distortion("small in the picture", _small),
    Distortion("fills the picture", _large),
    Distortion("thick", _thick),
    Distortion("thin", _thin),
    Distortion("noisy", _noisy),
    Distortion("inverted", _inverted),
    Distortion("on paper, in shadow", _on_paper, share=0.5),
    Distortion("1512x2016 JPEG, EXIF", _phone, share=0.2),
    Distortion("RGBA, transparent", _transparent),
)


def distorted(distortion: Distortion, glyph: Grey, seed: int, number: int) -> bytes:
    """The file of the picture of that number: the same for the same seed, whatever else is made."""
    kind = DISTORTIONS.index(distortion)
    return distortion.make(glyph, np.random.default_rng((seed, kind, number)))
