"""What the networks that come with Gradwalk can do: how often they are right, and whether their probabilities are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from engine.augment import (
    BOX,
    CANVAS,
    REACH,
    Amounts,
    Distortion,
    Grey,
    blurred,
    distorted,
    framed,
    linear,
    warped,
    widened,
)
from engine.data import SIDE, Dataset, Labels, Rows, rows
from engine.op import Array
from engine.train import PIXELS, Scores, scores

CHUNK = 100
SEED = 2
BINS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
"""Edges between which probabilities are compared with how often they were right."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change, the same for all pictures, but for its direction.

    Attributes:
        says: what it is, for the card.
        turn: degrees. slant: pixels to the side a pixel upwards. stretch: logarithm of width over height.
        width: pixels by which the edges of strokes move out. size: longer side of the ink.
        noise: standard deviation. blur: how often each pixel is blended with its neighbours.
    """

    says: str
    turn: float = 0.0
    slant: float = 0.0
    stretch: float = 0.0
    width: float = 0.0
    size: float = BOX
    noise: float = 0.0
    blur: int = 0


VARIANTS: Mapping[str, Change | Distortion | None] = MappingProxyType(
    {
        "plain": None,
        "turned": Change("turned by 15 degrees, to the left or to the right", turn=15),
        "slanted": Change("slanted by 0.35, to the left or to the right", slant=0.35),
        "stretched": Change("wider or narrower by a third", stretch=0.3),
        "thick": Change("strokes 2.4 pixels thicker", width=1.2),
        "thin": Change("strokes 1.8 pixels thinner, where they are thicker than that", width=-0.9),
        "small": Change("ink in 17 instead of 20 pixels", size=17),
        "large": Change("ink in 22 instead of 20 pixels", size=22),
        "noisy": Change("noise with standard deviation 0.15", noise=0.15),
        "blurred": Change("blurred three times", blur=3),
        "distorted": Distortion(whole=0),
    }
)
"""What is made of MNIST's test pictures before they are read."""


def varied(pictures: Dataset, change: Change | Distortion | None) -> Rows:
    """Rows of the pictures after a change; the same numbers every time."""
    given = rows(pictures.images)
    if change is None:
        return given
    generator = np.random.default_rng(SEED)
    parts = [given[start : start + CHUNK].reshape(-1, SIDE, SIDE) for start in range(0, len(given), CHUNK)]
    make = distorted if isinstance(change, Distortion) else changed
    made = np.concatenate([make(part, change, generator) for part in parts])  # type: ignore[arg-type]
    return rows(np.rint(made * 255).astype(np.uint8)).reshape(-1, PIXELS)


def changed(pictures: Grey, change: Change, generator: np.random.Generator) -> Grey:
    """Pictures of shape (n, 28, 28) after a change; half of them are turned, slanted and stretched the other way."""
    count = len(pictures)
    side = np.where(generator.random(count) < 0.5, -1, 1).astype(np.float32)

    def all_of(value: float) -> Amounts:
        return np.full(count, value, np.float32)

    maps = linear(np.deg2rad(change.turn) * side, change.slant * side, change.stretch * side)
    sheet = warped(pictures, maps, np.zeros((count, 2, CANVAS, CANVAS), np.float32))
    result = framed(widened(sheet, all_of(change.width * CANVAS / REACH)), all_of(change.size), all_of(0), all_of(0))
    for _ in range(change.blur):
        blurred(result, all_of(0.25))
    result += generator.standard_normal(result.shape, np.float32) * np.float32(change.noise)
    return np.clip(result, 0, 1, out=result)


def reliability(found: Scores, labels: Labels) -> list[dict[str, float]]:
    """How often each range of probabilities was right; ranges without pictures are left out."""
    right = found.predictions == labels
    place = np.clip(np.searchsorted(BINS, found.confidence, side="right") - 1, 0, len(BINS) - 2)
    table = []
    for n in range(len(BINS) - 1):
        if count := int((place == n).sum()):
            means = float(found.confidence[place == n].mean()), float(right[place == n].mean())
            table.append({"from": BINS[n], "pictures": count, "said": round(means[0], 4), "right": round(means[1], 4)})
    return table


def calibration_error(found: Scores, labels: Labels, bins: int = 15) -> float:
    """Expected calibration error: how far probabilities are from how often they are right, on average over pictures.

    Source: Guo et al., On Calibration of Modern Neural Networks, ICML 2017; ranges of equal width.
    """
    right = (found.predictions == labels).astype(np.float64)
    place = np.minimum((found.confidence * bins).astype(np.int64), bins - 1)
    gaps = np.bincount(place, found.confidence - right, bins)
    return float(np.abs(gaps).sum() / len(labels))


def measured(logits: Array, labels: Labels) -> dict[str, Any]:
    """What is written down of a network on one variant."""
    found = scores(logits, labels)
    return {
        "accuracy": round(float(np.mean(found.predictions == labels)), 6),
        "loss": round(float(found.losses.mean()), 5),
        "calibration_error": round(calibration_error(found, labels), 5),
        "reliability": reliability(found, labels),
    }
