"""What is seen inside a member just now: its layers in histograms, its weight maps, its batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.protocol import BatchParts, Histogram, LayerParts, Maps
from app.summary import histogram, maps
from engine.op import Array
from engine.train import PIXELS, Training, scores

SHOWN_MAPS = 20
SHOWN_PICTURES = 24

FLAT = 0.1
"""A unit is saturated where its activation's slope is below this share of the steepest."""


def layers(training: Training) -> list[LayerParts]:
    """Every layer's weights, their gradients, and what the layer handed on in the latest training step."""
    found = []
    passes = training.activations()
    for index, layer in enumerate(training.layers):
        hidden = index < len(training.layers) - 1
        sums, after = passes[index] if passes else (None, None)
        grad = layer.weight.grad
        found.append(
            LayerParts(
                name=f"Layer {index + 1}",
                weights=distribution(layer.weight.data),
                gradients=None if grad is None else distribution(np.asarray(grad)),
                activations=None if after is None else distribution(after),
                dead=None if after is None or not hidden else dead(training.recipe.activation, after),
                saturated=None
                if sums is None or after is None or not hidden
                else flat(training.recipe.activation, after),
            )
        )
    return found


def distribution(array: Array) -> Histogram:
    """The finite numbers of an array in 32 bins."""
    numbers = array.ravel(order="K")
    with np.errstate(all="ignore"):
        if not np.isfinite(total := float(np.sum(numbers, dtype=np.float64))):
            numbers = numbers[np.isfinite(numbers)]
            total = float(np.sum(numbers, dtype=np.float64))
        if not numbers.size:
            return Histogram(counts=histogram(numbers, 0.0), largest=0.0, mean=0.0, std=0.0)
        std = float(numbers.std())
        if not np.isfinite(std):  # squares of such numbers are beyond float32
            std = float(numbers.std(dtype=np.float64))
        largest = float(max(numbers.max(), -numbers.min()))
    return Histogram(counts=histogram(numbers, largest), largest=largest, mean=total / numbers.size, std=std)


def dead(activation: str, after: Array) -> float | None:
    """Share of the units that are 0 for the whole batch, so that no gradient reaches their weights; ReLU only."""
    return float(np.mean(~(after > 0).any(axis=0))) if activation == "relu" else None


def flat(activation: str, after: Array) -> float | None:
    """Share of the activations where the slope is small beside its largest; sigmoid and tanh only."""
    if activation == "sigmoid":
        return float(np.mean(after * (1 - after) < FLAT * 0.25))
    if activation == "tanh":
        return float(np.mean(1 - after * after < FLAT))
    return None


def weight_maps(training: Training) -> tuple[Maps, Maps | None]:
    """The first layer's weights as pictures, a unit each, and their gradients."""
    weight = training.layers[0].weight
    grad: Any = weight.grad
    return rows_as_maps(weight.data), None if grad is None else rows_as_maps(np.asarray(grad))


def rows_as_maps(rows: Array) -> Maps:
    """The first rows as 8-bit pictures; what is not finite is shown as 0."""
    shown = rows[:SHOWN_MAPS]
    shown = np.where(np.isfinite(shown), shown, 0)
    pixels, scale, zero = maps(shown, float(np.abs(shown).max()))
    return Maps(count=len(shown), of=len(rows), pixels=pixels, scale=scale, zero=zero)


def batch(training: Training) -> BatchParts | None:
    """Pictures of the latest training step and what was said of them; None where there has been none."""
    if training.latest is None:
        return None
    seen, logits = training.latest
    indices, labels = seen.indices[:SHOWN_PICTURES], seen.labels[:SHOWN_PICTURES]
    found = scores(logits[: len(indices)], labels)
    return BatchParts(
        of=len(seen.indices),
        indices=indices.tolist(),
        labels=labels.tolist(),
        predictions=found.predictions.tolist(),
        confidence=found.confidence.tolist(),
        losses=found.losses.tolist(),
        pixels=training.data.images[indices].reshape(-1, PIXELS).tobytes(),
    )
