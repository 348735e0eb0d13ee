"""What rules over axes share: which axes are meant, the shape that remains, and the way back."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.errors import ShapeError
from engine.op import Shape, interceptable

Axis = int | tuple[int, ...] | None


def normal_axis(axis: Any, ndim: int, shape: Shape) -> int:
    """`axis` counted from the front; raises ShapeError where there is no such axis."""
    if isinstance(axis, int | np.integer) and -ndim <= axis < ndim:
        return int(axis) % ndim
    expected = f"a whole number from {-ndim} to {ndim - 1}" if ndim else "no axis: a scalar has none"
    raise ShapeError("There is no such axis", given=f"axis {axis} of a tensor of shape {shape}", expected=expected)


def normal_axes(axis: Axis, shape: Shape) -> tuple[int, ...]:
    """The axes meant by `axis`, counted from the front; None means all of them."""
    if axis is None:
        return tuple(range(len(shape)))
    axes = tuple(normal_axis(a, len(shape), shape) for a in (axis if isinstance(axis, tuple) else (axis,)))
    if len(set(axes)) < len(axes):
        raise ShapeError(
            "An axis is named twice", given=f"axes {axis} of a tensor of shape {shape}", expected="each axis once"
        )
    return axes


def reduced_shape(a: Shape, axis: Axis = None, keepdims: bool = False, **_: Any) -> Shape:
    """Shape rule of reductions: the axes go, or stay with size 1."""
    axes = normal_axes(axis, a)
    return tuple(1 if i in axes else n for i, n in enumerate(a) if keepdims or i not in axes)


def same_shape_along(a: Shape, axis: int = -1) -> Shape:
    """Shape rule of ops that work along one axis and keep the shape."""
    normal_axis(axis, len(a), a)
    return a


@interceptable
def count(a: Any, axis: Axis) -> int:
    """How many elements a reduction of `a` over `axis` takes together."""
    shape = np.shape(a)
    return math.prod(shape[i] for i in normal_axes(axis, shape))


@interceptable
def restore_axes(reduced: Any, a: Any, axis: Axis, keepdims: bool) -> Any:
    """`reduced`, a reduction of `a` over `axis` (or its gradient), with the lost axes back as size 1."""
    if keepdims or axis is None:
        return reduced
    return np.expand_dims(reduced, normal_axes(axis, np.shape(a)))
