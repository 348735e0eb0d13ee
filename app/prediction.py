"""What networks read in a picture: decoding, reading and the networks in one, each measured."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeVar

import numpy as np

from app.digits.decode import Picture, PictureLimits, decode
from app.digits.reading import Box, Reading
from app.digits.threads import use_one_thread
from app.networks import Network, no_use
from app.settings import Settings
from engine.data import CLASSES, rows
from engine.functional import softmax
from engine.mode import no_grad
from engine.op import Array

T = TypeVar("T")

SURE = 0.5
"""Below this probability the network itself holds it for likelier that its digit is wrong than that it is right."""

UNSURE = "?"


@dataclass(frozen=True, slots=True, eq=False)
class Opinion:
    """What a network says of all digits of a picture.

    Attributes:
        network: whose.
        logits: of shape (digits, 10).
        probabilities: their softmax.
    """

    network: Network
    logits: Array
    probabilities: Array


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What was read.

    Attributes:
        picture: as it was decoded.
        reading: what is in it.
        opinions: of each network that was asked, the main one first.
        milliseconds: what took how long.
    """

    picture: Picture
    reading: Reading
    opinions: tuple[Opinion, ...]
    milliseconds: dict[str, float] = field(default_factory=dict)

    @property
    def digits(self) -> list[int]:
        """The main network's, in reading order."""
        return [int(digit) for digit in self.opinions[0].probabilities.argmax(axis=1)]

    @property
    def chances(self) -> list[float]:
        """The probability of each of them."""
        return [float(chance) for chance in self.opinions[0].probabilities.max(axis=1)]

    @property
    def text(self) -> str:
        """The digits, a line of writing a line; ? where the picture leaves doubt or the network is not sure."""
        found = zip(self.reading.digits, self.digits, self.chances, strict=True)
        lines = groupby(found, key=lambda item: item[0].line)
        return "\n".join(
            "".join(UNSURE if digit.doubt or chance < SURE else str(label) for digit, label, chance in line)
            for _, line in lines
        )

    def box(self, index: int) -> Box:
        """Where a digit is in the picture as it was given, upright, in its pixels."""
        picture, box = self.picture, self.reading.digits[index].box
        left, right = (round(x / picture.scale) for x in (box.left, box.left + box.width))
        top, bottom = (round(y / picture.scale) for y in (box.top, box.top + box.height))
        left, top = min(left, picture.width - 1), min(top, picture.height - 1)
        return Box(left, top, max(1, min(right, picture.width) - left), max(1, min(bottom, picture.height) - top))


def picture_limits(settings: Settings) -> PictureLimits:
    """How large pictures may be."""
    return PictureLimits(settings.picture_megabytes * 1_000_000, settings.picture_megapixels * 1_000_000)


def predict(data: bytes, networks: Sequence[Network], limits: PictureLimits) -> Prediction:
    """Reads the file of a picture; all its digits go through each of the networks as one batch.

    Raises:
        PictureError: it is none that can be read.
        DivergedError: one of the networks says nothing of any picture.
    """
    from app.digits.read import read

    use_one_thread()
    milliseconds: dict[str, float] = {}

    def timed(name: str, work: Callable[[], T]) -> T:
        start = time.perf_counter()
        result = work()
        milliseconds[name] = round((time.perf_counter() - start) * 1_000, 2)
        return result

    picture = timed("decode", lambda: decode(data, limits))
    reading = timed("read", lambda: read(picture.pixels))
    opinions = timed("network", lambda: tuple(_opinion(network, reading) for network in networks))
    return Prediction(picture, reading, opinions, milliseconds)


def _opinion(network: Network, reading: Reading) -> Opinion:
    if not reading.digits:
        nothing = np.empty((0, CLASSES), np.float32)
        return Opinion(network, nothing, nothing)
    logits = network.logits(rows(np.stack([digit.picture for digit in reading.digits])))
    if not np.isfinite(logits).all():
        raise no_use(f"the network {network.id}")
    with no_grad():
        return Opinion(network, logits, softmax(logits).numpy())
