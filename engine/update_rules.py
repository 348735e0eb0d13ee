"""Every update rule of engine.optim as named stages, in the order they are computed, to be read and opened.

A stage's formula runs on numbers, on tensors and on symbols alike, so that what is written, what is filled in and what
is computed are one and the same. What trains are the in-place passes of engine.optim; these are tested equal to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from engine.errors import EngineError
from engine.optim import SGD, Adadelta, Adagrad, Adam, AdamW, Optimizer, RMSprop

Formula = Callable[[Any], Any]
"""From the quantities by name (`q.m_old`) to the next one."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A quantity that an update goes through.

    Attributes:
        key: its name in the formulas of later stages.
        name: its name for people, as plain text.
        latex: its symbol.
        says: what it is.
        formula: how it comes from the quantities before it.
        state: PyTorch's name for it where it is kept for the next step; what was kept is `key` + "_old" in formulas.
        inline: whether the whole update is written with its formula in its place.
    """

    key: str
    name: str
    latex: str
    says: str
    formula: Formula
    state: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """An update rule with the options an optimizer has.

    Attributes:
        numbers: of each hyperparameter its LaTeX and its value, by its name in the formulas.
        stages: from the gradient `g` to the new value `new`; formulas also know `grad`, the parameter's gradient as
            the backward pass left it, and `p`, the parameter before.
    """

    numbers: Mapping[str, tuple[str, float]]
    stages: tuple[Stage, ...]


def told(optimizer: Optimizer, step: int) -> Told:
    """The rule of `optimizer` as it updates a parameter for the `step`-th time, from 1.

    Raises:
        EngineError: an optimizer that is not in the table.
    """
    try:
        rule = RULES[type(optimizer)]
    except KeyError:
        raise EngineError(
            "This optimizer's update has no words",
            given=type(optimizer).__name__,
            expected=", ".join(kind.__name__ for kind in RULES),
        ) from None
    own_numbers, own_stages = rule(optimizer, step)
    decay = {"decay": (r"\lambda", optimizer.weight_decay)} if optimizer.weight_decay else {}
    decoupled = bool(decay) and optimizer.decoupled
    return Told(
        {"lr": (r"\eta", optimizer.lr)} | own_numbers | decay,
        (
            _gradient(optimizer.maximize, bool(decay) and not decoupled),
            *((_SHRUNK,) if decoupled else ()),
            *own_stages,
            Stage("new", "new", "", "the new value", lambda q: (q.shrunk if decoupled else q.p) - q.s),
        ),
    )


def _gradient(maximize: bool, decays: bool) -> Stage:
    """The gradient a rule works with."""
    says = "the gradient" + ", its sign turned because the aim is a maximum" * maximize
    signed: Formula = (lambda q: -q.grad) if maximize else (lambda q: q.grad)
    if decays:
        return Stage(
            "g", "g", "g", f"{says}, and a share of the parameter: weight decay", lambda q: signed(q) + q.decay * q.p
        )
    return Stage("g", "g", "g", says, signed, inline=not maximize)


_SHRUNK = Stage(
    "shrunk",
    "p′",
    "p'",
    "the parameter, shrunk before the step: decoupled weight decay",
    lambda q: (1 - q.lr * q.decay) * q.p,
    inline=True,
)


def _step(formula: Formula) -> Stage:
    return Stage("s", "step", "s", "the step, which is taken away from the parameter", formula, inline=True)


def _shares(old: float) -> str:
    return f"{old:g} of the old, {1.0 - old:.4g} of the new"


_Own = tuple[dict[str, tuple[str, float]], Sequence[Stage]]
"""A rule's own hyperparameters and stages, between the gradient and the new value."""


def _sgd(o: SGD, step: int) -> _Own:
    if not o.momentum:
        return {}, (_step(lambda q: q.lr * q.g),)
    numbers = {"momentum": (r"\mu", o.momentum)} | ({"dampening": (r"\tau", o.dampening)} if o.dampening else {})
    fresh: Formula = (lambda q: (1 - q.dampening) * q.g) if o.dampening else (lambda q: q.g)
    buffer: Formula = (lambda q: q.g) if step == 1 else (lambda q: q.momentum * q.b_old + fresh(q))
    share = f"{o.momentum:g} of the old and {f'{1.0 - o.dampening:.4g} of ' * bool(o.dampening)}the gradient"
    says = f"momentum: {'at the first step the gradient itself' if step == 1 else share}"
    b = Stage("b", "b", "b", says, buffer, "momentum_buffer")
    if not o.nesterov:
        return numbers, (b, _step(lambda q: q.lr * q.b))
    ahead = "Nesterov's look ahead: the gradient and the momentum of the next step"
    n = Stage("n", "n", "n", ahead, lambda q: q.g + q.momentum * q.b, inline=True)
    return numbers, (b, n, _step(lambda q: q.lr * q.n))


def _adagrad(o: Adagrad, step: int) -> _Own:
    numbers = {"eps": (r"\varepsilon", o.eps)}
    stages = [Stage("v", "v", "v", "sum of all squares of the gradient", lambda q: q.v_old + q.g**2, "sum")]
    if o.lr_decay:
        numbers |= {"lr_decay": (r"\kappa", o.lr_decay), "t": ("t", float(step))}
        decayed = "the learning rate after its decay"
        stages.append(Stage("rate", "ηₜ", r"\eta_t", decayed, lambda q: q.lr / (1 + (q.t - 1) * q.lr_decay)))
    rate: Formula = (lambda q: q.rate) if o.lr_decay else (lambda q: q.lr)
    return numbers, (*stages, _step(lambda q: rate(q) / (np.sqrt(q.v) + q.eps) * q.g))


def _rmsprop(o: RMSprop, step: int) -> _Own:
    del step
    numbers = {"alpha": (r"\alpha", o.alpha), "eps": (r"\varepsilon", o.eps)}
    stages = [
        Stage(
            "v", "v", "v", f"running mean of the gradient's square: {_shares(o.alpha)}",
            lambda q: q.alpha * q.v_old + (1 - q.alpha) * q.g**2, "square_avg",
        ),
    ]  # fmt: skip
    if o.centered:
        mean = f"running mean of the gradient: {_shares(o.alpha)}"
        stages.append(Stage("a", "a", "a", mean, lambda q: q.alpha * q.a_old + (1 - q.alpha) * q.g, "grad_avg"))
    square: Formula = (lambda q: q.v - q.a**2) if o.centered else (lambda q: q.v)
    size = "the gradient's recent size" + ", less its mean's" * o.centered
    stages.append(Stage("d", "d", "d", size, lambda q: np.sqrt(square(q)) + q.eps, inline=True))
    if not o.momentum:
        return numbers, (*stages, _step(lambda q: q.lr / q.d * q.g))
    b = Stage(
        "b", "b", "b", f"momentum: {o.momentum:g} of the old and the gradient over its size",
        lambda q: q.momentum * q.b_old + q.g / q.d, "momentum_buffer",
    )  # fmt: skip
    return numbers | {"momentum": (r"\mu", o.momentum)}, (*stages, b, _step(lambda q: q.lr * q.b))


def _adadelta(o: Adadelta, step: int) -> _Own:
    del step
    return {"rho": (r"\rho", o.rho), "eps": (r"\varepsilon", o.eps)}, (
        Stage(
            "v", "v", "v", f"running mean of the gradient's square: {_shares(o.rho)}",
            lambda q: q.rho * q.v_old + (1 - q.rho) * q.g**2, "square_avg",
        ),
        Stage(
            "d", "d", "d", "the gradient times the recent size of d over the recent size of the gradient",
            lambda q: np.sqrt(q.u_old + q.eps) / np.sqrt(q.v + q.eps) * q.g,
        ),
        Stage(
            "u", "u", "u", f"running mean of the square of d, for the next step: {_shares(o.rho)}",
            lambda q: q.rho * q.u_old + (1 - q.rho) * q.d**2, "acc_delta",
        ),
        _step(lambda q: q.lr * q.d),
    )  # fmt: skip


def _adam(o: Adam, step: int) -> _Own:
    beta1, beta2 = o.betas
    corrected = "divided by 1 − {:g}^{} = {:.4g}: it began at zero"
    stages = [
        Stage(
            "m", "m", "m", f"running mean of the gradient: {_shares(beta1)}",
            lambda q: q.beta1 * q.m_old + (1 - q.beta1) * q.g, "exp_avg",
        ),
        Stage(
            "v", "v", "v", f"running mean of its square: {_shares(beta2)}",
            lambda q: q.beta2 * q.v_old + (1 - q.beta2) * q.g**2, "exp_avg_sq",
        ),
    ]  # fmt: skip
    if o.amsgrad:
        stages.append(
            Stage(
                "largest", "max v", r"v_{\max}", "the largest v so far, in the place of v",
                lambda q: np.maximum(q.largest_old, q.v), "max_exp_avg_sq",
            )
        )  # fmt: skip
    square: Formula = (lambda q: q.largest) if o.amsgrad else (lambda q: q.v)
    stages += [
        Stage(
            "m_hat", "m̂", r"\hat m", "m " + corrected.format(beta1, step, 1.0 - beta1**step),
            lambda q: q.m / (1 - q.beta1**q.t),
        ),
        Stage(
            "v_hat", "v̂", r"\hat v", f"{stages[-1].name} " + corrected.format(beta2, step, 1.0 - beta2**step),
            lambda q: square(q) / (1 - q.beta2**q.t),
        ),
        _step(lambda q: q.lr * (q.m_hat / (np.sqrt(q.v_hat) + q.eps))),
    ]  # fmt: skip
    numbers = {
        "t": ("t", float(step)),
        "beta1": (r"\beta_1", beta1),
        "beta2": (r"\beta_2", beta2),
        "eps": (r"\varepsilon", o.eps),
    }
    return numbers, stages


RULES: Mapping[type[Optimizer], Callable[[Any, int], _Own]] = MappingProxyType(
    {SGD: _sgd, Adagrad: _adagrad, RMSprop: _rmsprop, Adadelta: _adadelta, Adam: _adam, AdamW: _adam}
)
"""From an optimizer and the number of the step to its class's own hyperparameters and stages."""
