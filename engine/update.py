"""An optimizer's update of one parameter, told: from what to what, its rule in LaTeX, and the tensors between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from engine.errors import EngineError
from engine.explain import derivative
from engine.notation import latex_name
from engine.optim import Optimizer
from engine.symbol import opaque
from engine.trace import Quantity, Value, freeze
from engine.update_rules import Told, told


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """One update of one parameter: enough to tell it, and to open any element of it, whenever that is asked for.

    Attributes:
        name: the parameter's.
        step: which update of the parameter it was, from 1.
        gradient: as the backward pass left it.
        old, new: the parameter before and after.
        before, after: the optimizer's states of it, by PyTorch's names, in the parameter's shape.
        told: the rule, with the numbers the optimizer had.
    """

    name: str
    step: int
    gradient: Value
    old: Value
    new: Value
    before: Mapping[str, Value]
    after: Mapping[str, Value]
    told: Told


@contextmanager
def changes(optimizer: Optimizer) -> Iterator[dict[str, Change]]:
    """What the one step that `optimizer` makes inside the `with` does to each parameter, by name; filled in at its end.

    Parameters that are not updated, because they have no grad, are left out.

        with changes(optimizer) as made:
            optimizer.step()
        describe(made["0.weight"], "W")

    Raises:
        EngineError: a parameter was updated more than once, or the optimizer's rule has no words.
    """
    steps = optimizer.steps()
    old = {name: freeze(p.value) for name, p in zip(optimizer.names, optimizer.parameters, strict=True)}
    before = {name: _states(optimizer, name) for name in optimizer.names}
    made: dict[str, Change] = {}
    yield made
    for parameter, (name, step) in zip(optimizer.parameters, optimizer.steps().items(), strict=True):
        if step == steps[name]:
            continue
        if step != steps[name] + 1:
            raise EngineError("One step is told at a time", given=f"{step - steps[name]} of {name}", expected="1")
        made[name] = Change(
            name,
            step,
            freeze(parameter.grad),
            old[name],
            freeze(parameter.value),
            before[name],
            _states(optimizer, name),
            told(optimizer, step),
        )


def _states(optimizer: Optimizer, name: str) -> dict[str, Value]:
    return {key: freeze(state) for key, state in optimizer.state_of(name).items()}


@dataclass(frozen=True, slots=True)
class Update:
    """The rule in symbols, the step's numbers, and the tensors it went through."""

    rule: str
    numbers: str
    quantities: tuple[Quantity, ...]


def describe(change: Change, latex: str) -> Update:
    r"""What an update did to the parameter called `latex`.

    States are the optimizer's own; what stands between them is computed from them as the optimizer does, in its dtype.

    >>> from engine.optim import SGD
    >>> from engine.tensor import Tensor
    >>> optimizer = SGD([Tensor([1.0], requires_grad=True, name="w")], lr=0.5, momentum=0.9)
    >>> optimizer.parameters[0].grad = np.array([2.0])
    >>> with changes(optimizer) as made:
    ...     optimizer.step()
    >>> update = describe(made["w"], "w")
    >>> update.rule
    'w \\leftarrow w - \\eta \\cdot b'
    >>> update.numbers
    '\\eta = 0.5,\\; \\mu = 0.9'
    >>> [(q.name, float(q.value[0]), q.says) for q in update.quantities]
    [('b', 2.0, 'momentum: at the first step the gradient itself')]
    """
    known = SimpleNamespace(**{name: value for name, (_, value) in change.told.numbers.items()})
    known.grad, known.p = np.asarray(change.gradient), np.asarray(change.old)
    symbols = names(change, latex)
    quantities = []
    *stages, last = change.told.stages
    for stage in stages:
        if stage.state:
            setattr(known, f"{stage.key}_old", np.asarray(change.before[stage.state]))
    with np.errstate(all="ignore"):
        for stage in stages:
            value = np.asarray(change.after[stage.state]) if stage.state else stage.formula(known)
            setattr(known, stage.key, value)
            if stage.inline:
                setattr(symbols, stage.key, stage.formula(symbols))
            else:
                quantities.append(Quantity(stage.name, stage.latex, freeze(value), stage.says))
    rule = rf"{latex} \leftarrow {last.formula(symbols).latex}"
    numbers = r",\; ".join(f"{symbol} = {number_latex(value)}" for symbol, value in change.told.numbers.values())
    return Update(rule, numbers, tuple(quantities))


def names(change: Change, latex: str) -> SimpleNamespace:
    """Everything that the formulas of an update name, as symbols; `latex` names the parameter."""
    symbols = SimpleNamespace(grad=opaque(derivative("L", latex)), p=opaque(latex))
    for name, (symbol, _) in change.told.numbers.items():
        setattr(symbols, name, opaque(symbol))
    for stage in change.told.stages:
        setattr(symbols, stage.key, opaque(stage.latex))
        if stage.state:
            setattr(symbols, f"{stage.key}_old", opaque(_previous(stage.latex)))
    return symbols


def _previous(latex: str) -> str:
    r"""The symbol of a state before the step: m_{t-1}, or v_{\max,\,t-1} where there is an index already."""
    stem, _, index = latex.partition("_")
    return rf"{stem}_{{{index.strip('{}')},\,t-1}}" if index else f"{stem}_{{t-1}}"


def number_latex(value: float) -> str:
    """A hyperparameter in four significant digits: 0.001, 10^{-8}."""
    return latex_name(f"{value:.4g}")
