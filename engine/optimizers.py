"""The optimizers a learner chooses from, as one table: what each is called, what may be set, and between which bounds.

Several names may share a class: momentum and Nesterov's look ahead are `SGD` with their options set.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

from engine.errors import EngineError
from engine.optim import SGD, Adadelta, Adagrad, Adam, AdamW, Optimizer, Parameters, RMSprop
from engine.table import entry


@dataclass(frozen=True, slots=True)
class Hyperparameter:
    """A number of a rule that may be set, from `minimum` to `maximum`, both included."""

    name: str
    label: str
    default: float
    minimum: float
    maximum: float
    says: str

    def check(self, value: float) -> float:
        """The value, where it lies between the bounds.

        Raises:
            EngineError: it lies outside, or is no number.
        """
        if not self.minimum <= value <= self.maximum:  # NaN too
            expected = f"a number from {self.minimum:g} to {self.maximum:g}"
            raise EngineError(f"{self.label} is out of bounds", given=f"{value:g}", expected=expected)
        return value


@dataclass(frozen=True, slots=True)
class OptimizerChoice:
    """A line of the table.

    Attributes:
        name: what it is called in recipes.
        label: what people call it.
        says: what it does, one sentence.
        rule: the class that does it.
        learning_rate: with its default, two epochs of MNIST in batches of 100 teach 784-128-10 with ReLU more than 95 %
            of the test pictures, and 784-10 more than 91 %.
        hyperparameters: the other numbers that may be set, in the order a form shows them.
        make: from parameters, `lr` and the hyperparameters by name to the optimizer.
    """

    name: str
    label: str
    says: str
    rule: type[Optimizer]
    learning_rate: Hyperparameter
    hyperparameters: tuple[Hyperparameter, ...]
    make: Callable[..., Optimizer]

    @property
    def lr(self) -> float:
        """The default learning rate."""
        return self.learning_rate.default

    def build(self, parameters: Parameters, lr: float | None = None, **hyperparameters: float) -> Optimizer:
        """The optimizer over `parameters`; what is not given stands at its default. Raises as `numbers` does."""
        return self.make(parameters, **self.numbers(lr, **hyperparameters))

    def numbers(self, lr: float | None = None, **hyperparameters: float) -> dict[str, float]:
        """Every number of the rule by name; what is not given stands at its default.

        Raises:
            EngineError: a hyperparameter that the rule does not have, or a number out of bounds.
        """
        known = {h.name: h for h in self.hyperparameters}
        for name in hyperparameters:
            entry(known, name, f"hyperparameter of {self.label}")
        values = {name: h.check(hyperparameters.get(name, h.default)) for name, h in known.items()}
        return {"lr": self.learning_rate.check(self.lr if lr is None else lr), **values}


def _rate(default: float) -> Hyperparameter:
    return Hyperparameter("lr", "Learning rate", default, 0.0, 100.0, "how far one step goes")


def _momentum(minimum: float) -> Hyperparameter:
    return Hyperparameter("momentum", "Momentum", 0.9, minimum, 0.999, "share of the last step that is kept")


def _eps(default: float) -> Hyperparameter:
    return Hyperparameter("eps", "ε", default, 1e-12, 1.0, "added to the divisor, so that it is never zero")


def _weight_decay(default: float = 0.0, says: str = "share of the parameter added to its gradient") -> Hyperparameter:
    return Hyperparameter("weight_decay", "Weight decay", default, 0.0, 1.0, says)


_BETAS = (
    Hyperparameter("beta1", "β₁", 0.9, 0.0, 0.9999, "share of the old in the running mean of the gradient"),
    Hyperparameter("beta2", "β₂", 0.999, 0.0, 0.99999, "share of the old in the running mean of its square"),
)


def _with_betas(rule: type[Adam], parameters: Parameters, *, beta1: float, beta2: float, **options: Any) -> Optimizer:
    return rule(parameters, betas=(beta1, beta2), **options)


OPTIMIZERS: Mapping[str, OptimizerChoice] = MappingProxyType(
    {
        choice.name: choice
        for choice in (
            OptimizerChoice(
                "sgd",
                "SGD",
                "Each parameter goes a little way against its gradient.",
                SGD,
                _rate(0.5),
                (_weight_decay(),),
                SGD,
            ),
            OptimizerChoice(
                "momentum",
                "Momentum",
                "Steps keep a share of the last one: they grow where gradients agree and cancel where they do not.",
                SGD,
                _rate(0.05),
                (
                    _momentum(0.0),
                    Hyperparameter(
                        "dampening", "Dampening", 0.0, 0.0, 1.0, "share of the new gradient that is left out"
                    ),
                    _weight_decay(),
                ),
                SGD,
            ),
            OptimizerChoice(
                "nesterov",
                "Nesterov",
                "Momentum that looks ahead: the step is what momentum would make of the same gradient once more.",
                SGD,
                _rate(0.05),
                (_momentum(0.001), _weight_decay()),
                partial(SGD, nesterov=True),
            ),
            OptimizerChoice(
                "adagrad",
                "Adagrad",
                "The larger the gradients of a parameter have been, the smaller its steps become, for good.",
                Adagrad,
                _rate(0.02),
                (
                    Hyperparameter(
                        "lr_decay", "Decay of the learning rate", 0.0, 0.0, 1.0, "how fast the learning rate falls"
                    ),
                    _eps(1e-10),
                    _weight_decay(),
                ),
                Adagrad,
            ),
            OptimizerChoice(
                "rmsprop",
                "RMSProp",
                "Steps are measured in units of the gradient's recent size.",
                RMSprop,
                _rate(0.001),
                (
                    Hyperparameter("alpha", "α", 0.99, 0.0, 0.9999, "share of the old in the running mean of squares"),
                    _eps(1e-8),
                    Hyperparameter("momentum", "Momentum", 0.0, 0.0, 0.999, "share of the last step that is kept"),
                    _weight_decay(),
                ),
                RMSprop,
            ),
            OptimizerChoice(
                "adadelta",
                "Adadelta",
                "The step has the unit of the parameter: the recent size of steps over the recent size of gradients.",
                Adadelta,
                _rate(1.0),
                (
                    Hyperparameter("rho", "ρ", 0.9, 0.0, 0.9999, "share of the old in both running means of squares"),
                    _eps(1e-6),
                    _weight_decay(),
                ),
                Adadelta,
            ),
            OptimizerChoice(
                "adam",
                "Adam",
                "Momentum in units of the gradient's recent size, both corrected for their start at zero.",
                Adam,
                _rate(0.001),
                (*_BETAS, _eps(1e-8), _weight_decay()),
                partial(_with_betas, Adam),
            ),
            OptimizerChoice(
                "adamw",
                "AdamW",
                "Adam whose weight decay shrinks the parameter itself instead of adding to its gradient.",
                AdamW,
                _rate(0.001),
                (
                    *_BETAS,
                    _eps(1e-8),
                    _weight_decay(0.01, "share of the parameter taken away, times the learning rate"),
                ),
                partial(_with_betas, AdamW),
            ),
        )
    }
)
"""Every choice by name."""


def optimizer_choice(name: str) -> OptimizerChoice:
    """The choice called `name`.

    Raises:
        EngineError: no such name.
    """
    return entry(OPTIMIZERS, name, "optimizer")
