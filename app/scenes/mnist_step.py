"""One training step of a 784-10 network on real digits: forward, loss, backward, update, and the loss again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.datasets import Digits
from app.scene import Choice, Opened, Request, picked
from app.scenes.training_trace import training_trace
from engine.expression import Limits
from engine.optimizers import OPTIMIZERS
from engine.train import Recipe, Training

RULES = tuple((name, OPTIMIZERS[name].label) for name in ("adam", "sgd"))
RATES = (("0.001", "0.001"), ("0.01", "0.01"), ("0.1", "0.1"), ("1", "1"))
BATCHES = (("0", "first"), ("1", "second"), ("2", "third"))

Load = Callable[[], Digits]
"""Where the digits come from."""


@dataclass(frozen=True, slots=True)
class MnistStepScene:
    """A fresh network, one batch, one step of the optimizer; the same every time it is opened.

    Attributes:
        load: finds the digits.
    """

    load: Load
    id: str = "mnist-step"
    title: str = "One training step on MNIST"
    says: str = (
        "A hundred handwritten digits, 7,850 parameters, one step: predictions, loss, every gradient, and the update "
        "that makes the loss on these digits smaller."
    )
    source: str = ""
    listed: bool = True

    def open(self, request: Request, limits: Limits) -> Opened:
        """Compute the step with the chosen optimizer, learning rate and batch."""
        optimizer = picked(request, "optimizer", RULES)
        rate = picked(request, "rate", RATES)
        batch = picked(request, "batch", BATCHES)
        digits = self.load()
        training = Training(Recipe(optimizer=optimizer, lr=float(rate)), digits.train)
        meta, arrays = training.state()
        training.load({**meta, "step": int(batch)}, arrays)
        trace, updates, changes = training_trace(training)
        choices = (
            Choice("optimizer", "Optimizer", "how a gradient changes the parameters", optimizer, RULES),
            Choice("rate", "Learning rate", "how far one step goes", rate, RATES),
            Choice("batch", "Batch", "which hundred digits", batch, BATCHES),
        )
        return Opened(trace, choices=choices, notes=(digits.note,), updates=updates, changes=changes)
