"""The whole way of a picture, from a file's bytes to the digit that is read in it, and the naive way beside it."""

from __future__ import annotations

from io import BytesIO

import cv2
import numpy as np
from PIL import Image

from app.digits.decode import PictureLimits, decode
from app.digits.read import read
from app.digits.reading import Grey, Reading
from app.networks import Network, built_in
from benchmarks.pictures.score import Verdict
from engine.data import SIDE, rows

LIMITS = PictureLimits(bytes=50_000_000, pixels=100_000_000)


def reading_of(file: bytes) -> Reading:
    """What the program finds in a file."""
    return read(decode(file, LIMITS).pixels)


def naive(file: bytes) -> Grey:
    """What a first attempt does: grey, 28x28, turned over if it is bright. EXIF and transparency are not thought of."""
    grey = np.asarray(Image.open(BytesIO(file)).convert("L"))
    small = np.asarray(cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)
    return 255 - small if small.mean() > 127 else small


def verdict(meant: int, file: bytes) -> Verdict:
    """What all three read in a file that shows one digit."""
    reader, one_layer = built_in("reader"), built_in("one-layer")
    found = reading_of(file).digits
    resized, _ = said(reader, naive(file))
    if len(found) != 1:
        return Verdict(meant, None, 0.0, None, resized)
    digit, chance = said(reader, found[0].picture)
    return Verdict(meant, digit, chance, said(one_layer, found[0].picture)[0], resized)


def said(network: Network, picture: Grey) -> tuple[int, float]:
    """What a network takes a 28x28 for, and the probability it gives."""
    chances = network.probabilities(rows(picture[None]))[0]
    digit = int(chances.argmax())
    return digit, float(chances[digit])
