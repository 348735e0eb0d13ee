"""Two backward passes without zero_grad, on real digits: what each adds, and what `.grad` holds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from app.datasets import built_in
from app.labs.presets import LABS
from app.runs.recipes import engine_recipe, members
from engine import nn
from engine.tensor import Tensor
from engine.train import Batch, Training


@dataclass(frozen=True, slots=True)
class Accumulation:
    """Gradients of the output layer's bias, a number a digit.

    Attributes:
        batch: pictures of each of the two batches.
        first, second: the gradient of each batch alone.
        both: what stands in `.grad` after both backward passes without zero_grad between them.
    """

    batch: int
    first: list[float]
    second: list[float]
    both: list[float]


@cache
def two_passes() -> Accumulation:
    """The lab's network at its first weights, on the first two batches of the built-in digits."""
    data, _ = built_in()
    _, recipe = members(LABS["zero-grad"].comparison())[0]
    training = Training(engine_recipe(recipe), data)
    bias = training.layers[-1].bias
    assert bias is not None

    def add(batch: Batch) -> list[float]:
        """Run a backward pass; what then stands in `.grad`."""
        loss = nn.CrossEntropyLoss()(training.model(Tensor(batch.rows.copy())), Tensor(batch.labels))
        loss.backward()
        found: list[float] = bias.grad.tolist()
        return found

    first = add(training.batch(0))
    both = add(training.batch(1))
    training.model.zero_grad()
    second = add(training.batch(1))
    return Accumulation(recipe.batch, first, second, both)
