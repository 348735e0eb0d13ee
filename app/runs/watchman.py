"""Has a member diverged? A watchman tells from its losses, and says why in words for learners."""

from __future__ import annotations

import math
from collections import deque

from app.runs.curves import Numbers

WORSE = 4.0
"""A loss that stays this many times above what it began with has diverged: knowing nothing was better."""

PATIENCE = 50
"""Training steps over which the loss is averaged to say so: single batches may be bad."""


class Watchman:
    """Looks at the losses of one member.

    Args:
        guessing: the loss of whoever guesses, where that is known: a first batch that happens to be easy is no measure.
    """

    def __init__(self, guessing: float = 0.0) -> None:
        self._guessing = guessing
        self._latest: deque[float] = deque(maxlen=PATIENCE)
        self._first = math.nan

    def read(self, losses: Numbers) -> None:
        """Take in all that was seen before, such as after a restart."""
        self._first = float(losses[0]) if len(losses) else math.nan
        self._latest = deque(losses[-PATIENCE:].tolist(), maxlen=PATIENCE)

    def sees(self, loss: float) -> str:
        """What is wrong with the latest loss, in words that follow "the loss"; empty where nothing is."""
        if math.isnan(self._first):
            self._first = loss
        self._latest.append(loss)
        if math.isnan(loss):
            return "is no longer a number: somewhere an infinity met another"
        if math.isinf(loss):
            return "is infinite: the scores have outgrown the numbers a computer has"
        if not self.alarmed:
            return ""
        mean, beginning = self._mean(), self._beginning()
        times = in_words(mean / beginning)
        return (
            f"has averaged {in_words(mean)} over the last {PATIENCE} training steps, {times} times the "
            f"{in_words(beginning)} it began with: knowing nothing was better"
        )

    @property
    def alarmed(self) -> bool:
        """Whether the loss has stayed far above what it began with."""
        return len(self._latest) == PATIENCE and self._mean() > WORSE * self._beginning()

    def _mean(self) -> float:
        return sum(self._latest) / len(self._latest)

    def _beginning(self) -> float:
        return max(self._guessing, self._first) or math.inf  # unknown: no loss is far above it


def in_words(number: float) -> str:
    """A number of any size as people read it: three digits, or whole with its thousands apart."""
    return f"{number:,.0f}" if number >= 1_000 else f"{number:.3g}"


def divergence(step: int, wrong: str, rate: float, *, zero_grad: bool) -> str:
    """Why a training ended, for a learner.

    Args:
        step: the training step whose loss was wrong.
        wrong: what is wrong with it.
        rate: the largest learning rate of the updates that led there.
        zero_grad: whether gradients are set to zero before each pass.
    """
    if zero_grad:
        why = (
            f"With a learning rate of {rate:g} each update goes so far that the gradient it followed no longer holds "
            "where it ends, and the next one must correct more than the last."
        )
        how = "with a smaller learning rate"
    else:
        why = (
            "Gradients are never set to zero here: each update follows the sum of all gradients so far, which keeps "
            f"growing, with a learning rate of {rate:g}."
        )
        how = "with a smaller learning rate, or train a network whose gradients are set to zero"
    return (
        f"Diverged at training step {step:,}: the loss {wrong}. {why} Go back to an earlier training step and go on "
        f"from there {how}."
    )
