"""Learning-rate schedules as one table: what share of the learning rate each training step takes.

In every formula s counts the updates made before this one, from 0; T is how many there will be, w how many of them warm
up, and eta the learning rate that the recipe names.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from engine.errors import EngineError
from engine.table import entry


@dataclass(frozen=True, slots=True)
class Schedule:
    """A line of the table.

    Attributes:
        name: what it is called in recipes.
        label: what people call it.
        says: how the learning rate goes, one sentence.
        latex: the learning rate of update s + 1.
        warms_up: whether it has a warm-up to set.
        share: from s, T and w to the factor.
    """

    name: str
    label: str
    says: str
    latex: str
    warms_up: bool
    share: Callable[[int, int, int], float]


def _warm(step: int, warmup: int) -> float:
    """From 1 / w at the first update to 1 at number w; the peak is then used once more, where the decay begins."""
    return (step + 1) / warmup


def _constant(step: int, total: int, warmup: int) -> float:
    del step, total, warmup
    return 1.0


def _linear(step: int, total: int, warmup: int) -> float:
    return _warm(step, warmup) if step < warmup else max(total - step, 0) / (total - warmup)


def _cosine(step: int, total: int, warmup: int) -> float:
    if step < warmup:
        return _warm(step, warmup)
    progress = min((step - warmup) / (total - warmup), 1.0)
    return 0.5 * (1.0 + math.cos(math.pi * progress))


_WARM_UP = r"\eta_s = \eta \cdot \begin{cases} \frac{s+1}{w} & s < w \\ "

SCHEDULES: Mapping[str, Schedule] = MappingProxyType(
    {
        schedule.name: schedule
        for schedule in (
            Schedule(
                "constant",
                "Constant",
                "The learning rate stays as it is.",
                r"\eta_s = \eta",
                False,
                _constant,
            ),
            Schedule(
                "warmup",
                "Warm-up, then linear decay",
                "The learning rate climbs in equal parts to its full size, then falls in equal parts to zero.",
                _WARM_UP + r"\frac{T-s}{T-w} & w \le s < T \\ 0 & s \ge T \end{cases}",
                True,
                _linear,
            ),
            Schedule(
                "cosine",
                "Cosine",
                "After the warm-up, if there is one, the learning rate falls to zero along half a cosine: "
                "slowly, fast, slowly.",
                _WARM_UP
                + r"\frac{1}{2}\left(1 + \cos \frac{\pi (s-w)}{T-w}\right) & w \le s < T \\ 0 & s \ge T \end{cases}",
                True,
                _cosine,
            ),
        )
    }
)
"""Every schedule by name."""


def factor(name: str, step: int, total: int, warmup: int = 0) -> float:
    """The factor on the learning rate that update number `step` + 1 uses, from 0 to 1.

    After `total` steps it stays where it ended. Schedules without a warm-up take no notice of `warmup`.

    >>> [factor("warmup", step, total=6, warmup=2) for step in range(7)]
    [0.5, 1.0, 1.0, 0.75, 0.5, 0.25, 0.0]

    Args:
        name: one of `SCHEDULES`.
        step: how many updates were made before, 0 or more.
        total: how many there will be, 1 or more.
        warmup: over how many the learning rate climbs, fewer than `total`.

    Raises:
        EngineError: no such schedule, or numbers of steps that cannot be.

    Source: warm-up: Goyal et al., Accurate, Large Minibatch SGD, arXiv 1706.02677; cosine: Loshchilov and Hutter, SGDR:
    Stochastic Gradient Descent with Warm Restarts, arXiv 1608.03983.
    """
    schedule = entry(SCHEDULES, name, "schedule")
    if step < 0:
        raise EngineError("Steps are counted from 0", given=str(step), expected="0 or more")
    if total < 1:
        raise EngineError("A run has steps", given=str(total), expected="1 or more")
    if schedule.warms_up and not 0 <= warmup < total:
        expected = f"from 0 to {total - 1:,}, fewer than the {total:,} steps of the run"
        raise EngineError("The warm-up is a part of the run", given=f"{warmup:,} steps", expected=expected)
    return schedule.share(step, total, warmup)
