"""An optimizer's update of one parameter, told: its rule in LaTeX, and tensors from the optimizer's own state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.errors import EngineError
from engine.op import Array
from engine.optim import SGD, Adam, AdamW, Optimizer
from engine.trace import Quantity, freeze


@dataclass(frozen=True, slots=True)
class Update:
    """The rule in symbols, the same with the step's numbers, and the tensors it went through."""

    rule: str
    numbers: str
    quantities: tuple[Quantity, ...]


def describe(optimizer: Optimizer, latex: str, state: Mapping[str, Array], step: int) -> Update:
    """What `optimizer` did to the parameter called `latex` at `step`, from its state after that step.

    Raises EngineError for an optimizer that this has no words for.
    """
    factors = optimizer.factors(step)
    gradient = rf"\frac{{\partial L}}{{\partial {latex}}}"
    if (
        isinstance(optimizer, Adam)
        and not isinstance(optimizer, AdamW)
        and not optimizer.amsgrad
        and not optimizer.weight_decay
    ):
        m, v = state["exp_avg"], state["exp_avg_sq"]
        c1, c2 = factors["bias_correction1"], factors["bias_correction2"]
        (beta1, beta2), eps = optimizer.betas, optimizer.eps
        quantities = (
            Quantity(
                "m", "m", freeze(m), f"running mean of the gradient: {beta1:g} of the old, {1 - beta1:.4g} of the new"
            ),
            Quantity(
                "v", "v", freeze(v), f"running mean of its square: {beta2:g} of the old, {1 - beta2:.4g} of the new"
            ),
            Quantity(
                "m̂",
                r"\hat m",
                freeze(m / m.dtype.type(c1)),
                f"m divided by 1 − {beta1:g}^{step} = {c1:.4g}: it began at zero",
            ),
            Quantity(
                "v̂",
                r"\hat v",
                freeze(v / v.dtype.type(c2)),
                f"v divided by 1 − {beta2:g}^{step} = {c2:.4g}: it began at zero",
            ),
        )
        rule = rf"{latex} \leftarrow {latex} - \eta \, \frac{{\hat m}}{{\sqrt{{\hat v}} + \varepsilon}}"
        exponent = int(np.floor(np.log10(eps)))
        return Update(rule, rf"\eta = {optimizer.lr:g},\; t = {step},\; \varepsilon = 10^{{{exponent}}}", quantities)
    if isinstance(optimizer, SGD) and not optimizer.momentum and not optimizer.weight_decay:
        return Update(rf"{latex} \leftarrow {latex} - \eta \, {gradient}", rf"\eta = {optimizer.lr:g}", ())
    raise EngineError(
        "This optimizer's update has no words yet",
        given=type(optimizer).__name__,
        expected="Adam, or SGD without momentum",
    )
