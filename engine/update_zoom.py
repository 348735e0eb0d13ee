"""One element of an update, opened: every quantity from its gradient to its new value, with the numbers filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Literal

import numpy as np

from engine.element import check_element, indexed
from engine.explain import MINUS, short_latex
from engine.symbol import Level, Symbol, opaque
from engine.trace import Value
from engine.update import Change, names, number_latex

DIGITS = 7
"""Significant digits of the parameter, as many as float32 has: in fewer, a small step would seem to change nothing."""

_PARAMETER = frozenset({"p", "shrunk", "new"})


@dataclass(frozen=True, slots=True)
class UpdateLine:
    """One quantity of an element's update.

    Attributes:
        name: the quantity, as plain text.
        latex: its symbol and its formula.
        numbers: the same with the numbers filled in, from "=" on.
        value: what the formula gives, computed in float64 from the engine's numbers before the step.
        says: what it is.
    """

    name: str
    latex: str
    numbers: str
    value: float
    says: str


def open_update(change: Change, latex: str, element: Sequence[int]) -> list[UpdateLine]:
    r"""The update of one element of the parameter called `latex`, line by line in the order it is computed.

    The lines are computed in float64, the engine computes in the parameter's own dtype and in fewer passes: in float32
    the last value differs from the engine's by rounding, by less than 1e-5 of the larger of parameter and step (more
    only where centered RMSprop subtracts two nearly equal squares). The last line says what the engine arrived at.

    >>> from engine.optim import SGD
    >>> from engine.tensor import Tensor
    >>> from engine.update import changes
    >>> optimizer = SGD([Tensor([1.0, 3.0], requires_grad=True, name="w")], lr=0.5)
    >>> optimizer.parameters[0].grad = np.array([2.0, -1.0])
    >>> with changes(optimizer) as made:
    ...     optimizer.step()
    >>> for line in open_update(made["w"], "w", (1,)):
    ...     print(line.name, line.value, line.latex)
    g -1.0 g = \frac{\partial L}{\partial {w}_{1}}
    step -0.5 s = \eta \cdot g
    new 3.5 {w}_{1} \leftarrow {w}_{1} - s

    Raises:
        ShapeError: the element does not exist.
    """
    index = check_element(element, np.shape(change.old))
    place = indexed(latex, index)

    def scalar(value: Value) -> np.float64:
        return np.float64(np.asarray(value)[index])

    symbols, known, filled = names(change, place), SimpleNamespace(), SimpleNamespace()

    def know(key: str, value: np.float64, role: Literal["v", "g"]) -> None:
        setattr(known, key, value)
        setattr(filled, key, _shown(float(value), role, DIGITS if key in _PARAMETER else 4))

    for key, (_, hyper) in change.told.numbers.items():
        setattr(known, key, np.float64(hyper))
        setattr(filled, key, _hyper(hyper))
    know("grad", scalar(change.gradient), "g")
    know("p", scalar(change.old), "v")
    for stage in change.told.stages:
        if stage.state:
            know(f"{stage.key}_old", scalar(change.before[stage.state]), "v")
    lines = []
    with np.errstate(all="ignore"):
        for stage in change.told.stages:
            value = np.float64(stage.formula(known))
            expression = stage.formula(filled)
            taken_over = any(expression is part for part in vars(filled).values())  # a number, nothing to compute
            know(stage.key, value, "g" if stage.key == "g" else "v")
            result = getattr(filled, stage.key).latex
            left, sign = (place, r"\leftarrow") if stage is change.told.stages[-1] else (stage.latex, "=")
            lines.append(
                UpdateLine(
                    stage.name,
                    f"{left} {sign} {stage.formula(symbols).latex}",
                    f"= {result}" if taken_over else f"= {expression.latex} = {result}",
                    float(value),
                    stage.says,
                )
            )
    arrived = np.asarray(change.new)[index]
    engine = f"the engine, in {arrived.dtype}, arrived at {str(arrived).replace('-', MINUS)}"
    return [*lines[:-1], replace(lines[-1], says=f"{lines[-1].says}; {engine}")]


def _shown(value: float, role: Literal["v", "g"], digits: int) -> Symbol:
    """A number in the class of its hue, in parentheses wherever its sign or its power of ten asks for them."""
    text = short_latex(value, digits)
    level = Level.SUM if text.startswith("-") else Level.PRODUCT if r"\times" in text else Level.ATOM
    return Symbol(rf"\htmlClass{{{role}}}{{{text}}}", level)


def _hyper(value: float) -> Symbol:
    """A hyperparameter, to be folded with the rule's own numbers: 1 - 0.9 is 0.1."""
    latex = number_latex(value)
    return Symbol(latex, opaque(latex).level, number=value)
