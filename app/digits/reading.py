"""What is found in a picture: its digits as MNIST would have them, and every stage on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
"""Grey levels of shape (height, width)."""

Colours = npt.NDArray[np.uint8]
"""Red, green and blue of shape (height, width, 3)."""

WORKING_SIDE = 1_008
"""Pixels of the longer side of a picture that is read; larger ones are made smaller first.

A quarter of what many phones' cameras make: so much smaller a JPEG can be decoded.
"""


class Box(NamedTuple):
    """A part of a picture, in pixels from its upper left corner."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """The picture, or one digit of it, as it stands after one stage.

    Attributes:
        name: the stage's, the same for every picture.
        title: a few words.
        says: what was done and what was found, in one sentence, with its numbers.
        pixels: what to look at, 255 white; digits from `fitted` on are as MNIST has them, ink bright on black.
        digit: which digit of the reading it belongs to; None: the whole picture.
    """

    name: str
    title: str
    says: str
    pixels: Grey
    digit: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """One digit.

    Attributes:
        box: where its ink is, in the picture that was read.
        line: which line of writing it stands on, from 0.
        picture: 28x28, ink bright on black, as MNIST made its own: fitted into 20x20, its centre of mass in the centre.
        doubt: why it may be no single clear digit; empty where nothing speaks against it.
    """

    box: Box
    line: int
    picture: Grey
    doubt: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What was read in a picture.

    Attributes:
        digits: in reading order: line by line, from left to right.
        stages: from the picture as it came to each digit's 28x28.
        problem: why there is no digit; empty where there is one.
    """

    digits: tuple[Found, ...]
    stages: tuple[Stage, ...]
    problem: str = ""
