"""Functions of one tensor, element by element: elementary functions and activations."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.op import OPS, Op, except_at, interceptable

# ---------------------------------------------------------------------------------------- elementary functions

EXP = OPS.add(
    Op(
        "exp",
        forward=lambda a: np.exp(a),
        partials=(lambda y, a: y,),
        says="{y} is e to the power {0}.",
        why=("The exponential function is its own derivative, so {0} moves {y} by a factor of {y} itself.",),
    )
)

LOG = OPS.add(
    Op(
        "log",
        forward=lambda a: np.log(a),
        partials=(lambda y, a: 1.0 / a,),
        says="{y} is the natural logarithm of {0}.",
        why=("The logarithm rises steeply near zero and flattens as {0} grows: its slope is one over {0}.",),
    )
)

SQRT = OPS.add(
    Op(
        "sqrt",
        forward=lambda a: np.sqrt(a),
        partials=(lambda y, a: 1.0 / (2.0 * y),),
        says="{y} is the square root of {0}.",
        why=("The larger the root already is, the less it moves: its slope is one over twice {y}.",),
    )
)

ABS = OPS.add(
    Op(
        "abs",
        forward=lambda a: np.abs(a),
        partials=(lambda y, a: np.sign(a),),
        says="{y} is {0} without its sign.",
        why=("{y} moves with {0} where {0} is positive and against it where {0} is negative; at zero nothing passes.",),
    )
)

SIN = OPS.add(
    Op(
        "sin",
        forward=lambda a: np.sin(a),
        partials=(lambda y, a: np.cos(a),),
        says="{y} is the sine of {0}.",
        why=("The slope of the sine at {0} is the cosine of {0}.",),
    )
)

COS = OPS.add(
    Op(
        "cos",
        forward=lambda a: np.cos(a),
        partials=(lambda y, a: -np.sin(a),),
        says="{y} is the cosine of {0}.",
        why=("The slope of the cosine at {0} is the sine of {0} with its sign turned.",),
    )
)

# ------------------------------------------------------------------------------------------------- activations

TANH = OPS.add(
    Op(
        "tanh",
        forward=lambda a: np.tanh(a),
        partials=(lambda y, a: 1.0 - y**2.0,),
        says="{y} squashes {0} into the range from -1 to 1.",
        why=("The slope is 1 in the middle and fades as {y} nears -1 or 1, because there {y} hardly moves.",),
    )
)

SIGMOID = OPS.add(
    Op(
        "sigmoid",
        forward=lambda a: 1.0 / (1.0 + np.exp(-a)),
        partials=(lambda y, a: y * (1.0 - y),),
        says="{y} squashes {0} into the range from 0 to 1.",
        why=("The slope is {y} times what {y} lacks to 1: a quarter in the middle, fading where {y} nears 0 or 1.",),
    )
)

RELU = OPS.add(
    Op(
        "relu",
        forward=lambda a: np.maximum(a, 0.0),
        partials=(lambda y, a: np.where(a > 0.0, 1.0, 0.0),),
        says="{y} keeps {0} where it is positive and is 0 elsewhere.",
        why=("Where {0} is positive the upstream gradient passes on whole; elsewhere {y} stays 0 and nothing passes.",),
    )
)

LEAKY_RELU = OPS.add(
    Op(
        "leaky_relu",
        forward=lambda a, negative_slope=0.01: np.where(a > 0.0, a, negative_slope * a),
        partials=(lambda y, a, negative_slope=0.01: np.where(a > 0.0, 1.0, negative_slope),),
        says="{y} keeps {0} where it is positive and lets a small part of it leak through elsewhere.",
        why=("Where {0} is positive the upstream gradient passes on whole; elsewhere only a small share of it.",),
    )
)


@interceptable
def normal_cdf(a: Any) -> Any:
    """The standard normal distribution function, erfc(-a / sqrt(2)) / 2: accurate to the last digits in both tails."""
    return np.asarray(_ERFC(a * -math.sqrt(0.5)), dtype=a.dtype)[()] * 0.5


@interceptable
def normal_pdf(a: Any) -> Any:
    """The standard normal density, exp(-a**2 / 2) / sqrt(2 pi)."""
    return np.exp(-0.5 * a**2.0) * (1.0 / math.sqrt(2.0 * math.pi))


_ERFC = np.frompyfunc(math.erfc, 1, 1)  # NumPy has none; the C library's is exact and fast enough for an activation


def _gelu(a: Any, approximate: str = "none") -> Any:
    if approximate == "none":
        return a * normal_cdf(a)
    return 0.5 * a * (1.0 + np.tanh(_GELU_SCALE * (a + _GELU_CUBIC * a**3.0)))


def _gelu_slope(y: Any, a: Any, approximate: str = "none") -> Any:
    if approximate == "none":
        return normal_cdf(a) + a * normal_pdf(a)
    t = np.tanh(_GELU_SCALE * (a + _GELU_CUBIC * a**3.0))
    return 0.5 * (1.0 + t) + 0.5 * a * (1.0 - t**2.0) * (_GELU_SCALE * (1.0 + 3.0 * _GELU_CUBIC * a**2.0))


# The approximation of the normal distribution function by Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.
_GELU_SCALE = math.sqrt(2.0 / math.pi)
_GELU_CUBIC = 0.044715

GELU = OPS.add(
    Op(
        "gelu",
        forward=_gelu,
        partials=(_gelu_slope,),
        says="{y} weighs {0} by the share of a normal distribution that lies below it.",
        why=("The slope is that share, plus {0} times how fast the share grows at {0}.",),
    )
)

# Beyond this the exponential's contribution is below PyTorch's rounding: its softplus, too, is the straight line there.
_LINEAR_FROM = 20.0

SOFTPLUS = OPS.add(
    Op(
        "softplus",
        forward=lambda a: except_at(a > _LINEAR_FROM, a, np.log1p(np.exp(a))),
        partials=(lambda y, a: except_at(a > _LINEAR_FROM, 1.0, 1.0 / (1.0 + np.exp(-a))),),
        says="{y} is a smooth version of ReLU of {0}: near 0 for very negative values, near {0} for large ones.",
        why=("The slope of softplus is the sigmoid of {0}: it turns smoothly from 0 to 1.",),
    )
)
