"""How a layer's parameters start, as one table: uniform in bounds that each scheme derives from the widths."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from engine.op import Array
from engine.table import entry

Bound = Callable[[int, int], float]
"""From a layer's inputs and outputs to b, where a parameter is drawn uniform in ±b."""


@dataclass(frozen=True, slots=True)
class Initialisation:
    """A line of the table.

    Attributes:
        name: what it is called in recipes.
        label: what people call it.
        says: what it is for, one sentence.
        latex: how weights W and biases b are drawn, n inputs and m outputs.
        weight: the bound of the weights.
        bias: the bound of the biases.
    """

    name: str
    label: str
    says: str
    latex: str
    weight: Bound
    bias: Bound


def _zero(inputs: int, outputs: int) -> float:
    del inputs, outputs
    return 0.0


def _fan_in(inputs: int, outputs: int) -> float:
    del outputs
    return float(inputs**-0.5)


def _glorot(inputs: int, outputs: int) -> float:
    return float((6.0 / (inputs + outputs)) ** 0.5)


def _kaiming(inputs: int, outputs: int) -> float:
    del outputs
    return float((6.0 / inputs) ** 0.5)


INITIALISATIONS: Mapping[str, Initialisation] = MappingProxyType(
    {
        scheme.name: scheme
        for scheme in (
            Initialisation(
                "pytorch",
                "PyTorch's default",
                "Weights and biases within one over the root of the inputs, as PyTorch's linear layers start.",
                r"W, b \sim U\left(-\frac{1}{\sqrt{n}}, \frac{1}{\sqrt{n}}\right)",
                _fan_in,
                _fan_in,
            ),
            Initialisation(
                "xavier",
                "Xavier",
                "Values and gradients keep their size from layer to layer where the activation is nearly linear, "
                "as sigmoid and tanh are around zero.",
                r"W \sim U\left(-\sqrt{\frac{6}{n+m}}, \sqrt{\frac{6}{n+m}}\right), \; b = 0",
                _glorot,
                _zero,
            ),
            Initialisation(
                "he",
                "He",
                "Values keep their size from layer to layer where ReLU lets half of them through.",
                r"W \sim U\left(-\sqrt{\frac{6}{n}}, \sqrt{\frac{6}{n}}\right), \; b = 0",
                _kaiming,
                _zero,
            ),
            Initialisation(
                "zeros",
                "Zeros",
                "All units of a hidden layer start equal, get equal gradients and stay equal: many do the work of one.",
                r"W = 0, \; b = 0",
                _zero,
                _zero,
            ),
        )
    }
)
"""Every scheme by name."""


def initial(
    name: str, in_features: int, out_features: int, generator: np.random.Generator, *, bias: bool = True
) -> tuple[Array, Array | None]:
    """The weight (out, in) and the bias (out,) that a layer starts with, in float64; None without a bias.

    With n inputs and m outputs, U(b) uniform from -b to b:

    pytorch: W and b in U(1 / sqrt(n)), variance 1 / (3n)
    xavier: W in U(sqrt(6 / (n + m))), variance 2 / (n + m); b = 0
    he: W in U(sqrt(6 / n)), variance 2 / n; b = 0
    zeros: W = 0, b = 0

    The weight is drawn before the bias; what is zero draws nothing.

    >>> weight, bias = initial("xavier", 4, 2, np.random.default_rng(0))
    >>> weight.shape, bool(abs(weight).max() <= 1.0), bias.tolist()
    ((2, 4), True, [0.0, 0.0])

    Raises:
        EngineError: no such scheme.

    Source: pytorch: torch.nn.Linear.reset_parameters; xavier: Glorot and Bengio, Understanding the difficulty of
    training deep feedforward neural networks, AISTATS 2010; he: He, Zhang, Ren and Sun, Delving Deep into Rectifiers,
    arXiv 1502.01852.
    """
    scheme = entry(INITIALISATIONS, name, "initialisation")
    weight = _uniform(scheme.weight(in_features, out_features), (out_features, in_features), generator)
    if not bias:
        return weight, None
    return weight, _uniform(scheme.bias(in_features, out_features), (out_features,), generator)


def _uniform(bound: float, shape: tuple[int, ...], generator: np.random.Generator) -> Array:
    return generator.uniform(-bound, bound, shape) if bound else np.zeros(shape)
