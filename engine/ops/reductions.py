"""Ops that take elements together: sums and extremes over axes, and the softmax family along one."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.errors import ShapeError
from engine.op import OPS, Op, Shape
from engine.ops.axes import Axis, count, normal_axes, reduced_shape, restore_axes, same_shape_along

SUM = OPS.add(
    Op(
        "sum",
        shape=reduced_shape,
        forward=lambda a, axis=None, keepdims=False: np.sum(a, axis, keepdims=keepdims),
        vjps=(
            lambda g, y, a, axis=None, keepdims=False: np.broadcast_to(restore_axes(g, a, axis, keepdims), np.shape(a)),
        ),
        says="{y} adds up the elements of {0}.",
        why=("Every element of {0} moves its sum as much as itself, so each receives the whole upstream gradient.",),
    )
)

MEAN = OPS.add(
    Op(
        "mean",
        shape=reduced_shape,
        forward=lambda a, axis=None, keepdims=False: np.sum(a, axis, keepdims=keepdims) / count(a, axis),
        vjps=(
            lambda g, y, a, axis=None, keepdims=False: np.broadcast_to(
                restore_axes(g, a, axis, keepdims) / count(a, axis), np.shape(a)
            ),
        ),
        says="{y} is the average of the elements of {0}.",
        why=("Each of n elements moves their average 1/n as much as itself, so it receives 1/n of the upstream.",),
    )
)


def _deviation(a: Any, axis: Axis) -> Any:
    return a - np.sum(a, axis, keepdims=True) / count(a, axis)


VAR = OPS.add(
    Op(
        "var",
        shape=reduced_shape,
        forward=lambda a, axis=None, correction=1, keepdims=False: (
            np.sum(_deviation(a, axis) ** 2.0, axis, keepdims=keepdims) / (count(a, axis) - correction)
        ),
        vjps=(
            lambda g, y, a, axis=None, correction=1, keepdims=False: (
                restore_axes(g, a, axis, keepdims) * (2.0 * _deviation(a, axis) / (count(a, axis) - correction))
            ),
        ),
        says="{y} is the variance of {0}: the average squared distance from the mean.",
        why=("An element far from the mean moves {y} most: outwards raises the variance, inwards lowers it.",),
    )
)

# ---------------------------------------------------------------------------------------------------- extremes


def _extreme_shape(a: Shape, axis: Axis = None, keepdims: bool = False) -> Shape:
    shape = reduced_shape(a, axis, keepdims)
    if 0 in [a[i] for i in normal_axes(axis, a)]:
        raise ShapeError("Nothing to choose from", given=f"shape {a}", expected="at least one element")
    return shape


def _extreme_vjp(g: Any, y: Any, a: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """To the chosen elements. Ties share evenly; along a single axis the first one takes all, as in PyTorch."""
    chosen = a == restore_axes(y, a, axis, keepdims)
    if isinstance(axis, int):
        chosen &= np.cumsum(chosen, axis) == 1
    return restore_axes(g, a, axis, keepdims) * chosen / np.sum(chosen, axis, keepdims=True, dtype=g.dtype)


MAX = OPS.add(
    Op(
        "max",
        shape=_extreme_shape,
        forward=lambda a, axis=None, keepdims=False: np.max(a, axis, keepdims=keepdims),
        vjps=(_extreme_vjp,),
        vjp_symbols=(r"#g \cdot \left[\, #0 = #y \,\right]",),
        says="{y} is the largest element of {0}.",
        why=("{y} follows only the largest element of {0}; the others could move a little without changing it.",),
    )
)

MIN = OPS.add(
    Op(
        "min",
        shape=_extreme_shape,
        forward=lambda a, axis=None, keepdims=False: np.min(a, axis, keepdims=keepdims),
        vjps=(_extreme_vjp,),
        vjp_symbols=(r"#g \cdot \left[\, #0 = #y \,\right]",),
        says="{y} is the smallest element of {0}.",
        why=("{y} follows only the smallest element of {0}; the others could move a little without changing it.",),
    )
)

# --------------------------------------------------------------------------------------------------- softmaxes


def shifted(a: Any, axis: int) -> Any:
    """`a` with its largest element along `axis` moved to 0: the same softmax, and no exponential overflows."""
    return a - np.max(a, axis, keepdims=True)


def softmax(a: Any, axis: int = -1) -> Any:
    """exp(a) / sum(exp(a)) along `axis`."""
    e = np.exp(shifted(a, axis))
    return e / np.sum(e, axis, keepdims=True)


def log_softmax(a: Any, axis: int = -1) -> Any:
    """a - log(sum(exp(a))) along `axis`."""
    z = shifted(a, axis)
    return z - np.log(np.sum(np.exp(z), axis, keepdims=True))


SOFTMAX = OPS.add(
    Op(
        "softmax",
        shape=same_shape_along,
        forward=softmax,
        symbol=r"\frac{e^{#0}}{\sum e^{#0}}",
        vjps=(lambda g, y, a, axis=-1: y * (g - np.sum(g * y, axis, keepdims=True)),),
        says="{y} turns the scores {0} into positive shares that sum to 1.",
        why=("One score's rise takes share from all others, so only what exceeds the average upstream passes on.",),
    )
)

LOG_SOFTMAX = OPS.add(
    Op(
        "log_softmax",
        shape=same_shape_along,
        forward=log_softmax,
        symbol=r"#0 - \log \sum e^{#0}",
        vjps=(lambda g, y, a, axis=-1: g - np.exp(y) * np.sum(g, axis, keepdims=True),),
        says="{y} is the logarithm of the softmax shares of {0}.",
        why=("A score raises its own log share whole and lowers every log share by its own share of the total.",),
    )
)
