"""Ops that only rearrange, repeat, choose or join elements; their gradients put everything back where it came from."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.errors import ShapeError
from engine.op import OPS, Op, Shape, index_text
from engine.ops.axes import normal_axes, normal_axis


def _reshape_shape(a: Shape, shape: Shape) -> Shape:
    known = math.prod(n for n in shape if n != -1)
    free = shape.count(-1)
    size = math.prod(a)
    if free > 1 or any(n < -1 for n in shape) or (size % known if free and known else known != size):
        raise ShapeError(
            "A new shape must hold the same number of elements",
            given=f"{a} to {shape}",
            expected=f"sizes whose product is {size}; one of them may be -1",
        )
    return tuple(size // known if n == -1 else n for n in shape)


RESHAPE = OPS.add(
    Op(
        "reshape",
        shape=_reshape_shape,
        forward=lambda a, shape: np.reshape(a, shape),
        vjps=(lambda g, y, a, shape: np.reshape(g, np.shape(a)),),
        says="{y} holds the elements of {0} in another shape.",
        why=("Reshaping moves no value, so every gradient goes back to the place its element came from.",),
    )
)


def _transpose_shape(a: Shape, axes: tuple[int, ...] | None = None) -> Shape:
    if axes is None:
        return a[::-1]
    if len(axes) != len(a):
        raise ShapeError(
            "A transpose names every axis once",
            given=f"axes {axes} of a tensor of shape {a}",
            expected=f"{len(a)} axes",
        )
    return tuple(a[i] for i in normal_axes(axes, a))


def _transpose_vjp(g: Any, y: Any, a: Any, axes: tuple[int, ...] | None = None) -> Any:
    return np.transpose(g, None if axes is None else tuple(np.argsort([i % len(axes) for i in axes]).tolist()))


TRANSPOSE = OPS.add(
    Op(
        "transpose",
        shape=_transpose_shape,
        forward=lambda a, axes=None: np.transpose(a, axes),
        vjps=(_transpose_vjp,),
        says="{y} is {0} with its axes in another order.",
        why=("Transposing moves no value, so every gradient goes back to the place its element came from.",),
    )
)


def _broadcast_to_shape(a: Shape, shape: Shape) -> Shape:
    spread = (1,) * (len(shape) - len(a)) + a
    if len(a) > len(shape) or any(n not in (1, m) for n, m in zip(spread, shape, strict=True)):
        raise ShapeError(
            "A shape cannot be broadcast to this one",
            given=f"{a} to {shape}",
            expected="sizes that are equal, or 1 where the new one is larger, compared from the last axis",
        )
    return shape


BROADCAST_TO = OPS.add(
    Op(
        "broadcast_to",
        shape=_broadcast_to_shape,
        forward=lambda a, shape: np.broadcast_to(a, shape),
        vjps=(lambda g, y, a, shape: g,),
        symbol=r"\operatorname{broadcast}(#0)",
        says="{y} repeats {0} to fill a larger shape.",
        why=("Every copy of an element of {0} sends its gradient back to that element, and these gradients add up.",),
    )
)


def normal_index(index: Any) -> tuple[Any, ...]:
    """An index as a tuple of numbers, slices, None, Ellipsis and nested tuples of numbers: plain, and comparable."""
    return tuple(map(_index_part, index if isinstance(index, tuple) else (index,)))


def _index_part(part: Any) -> Any:
    if part is None or part is Ellipsis or isinstance(part, int | slice):
        return part
    array = np.asarray(part)
    whole = array.astype(np.intp) if array.dtype.kind == "f" else array
    if array.dtype.kind not in "biuf" or (whole != array).any():
        raise ShapeError("This cannot be an index", given=f"{part!r:.60}", expected="whole numbers, slices or a mask")
    return _tuples(whole.tolist())


def _tuples(nested: Any) -> Any:
    return tuple(map(_tuples, nested)) if isinstance(nested, list) else nested


def _getitem_shape(a: Shape, index: Any) -> Shape:
    try:
        shape: Shape = np.broadcast_to(np.empty(()), a)[index].shape
    except (IndexError, ValueError):
        text = f"[{', '.join(map(index_text, index if isinstance(index, tuple) else (index,)))}]"
        raise ShapeError(
            "This index reaches outside the tensor",
            given=f"{text} of a tensor of shape {a}",
            expected="indices within " + (" and ".join(f"{-n}..{n - 1}" for n in a) if a else "a scalar: none"),
        ) from None
    return shape


def _getitem_vjp(g: Any, y: Any, a: Any, index: Any) -> Any:
    contribution = np.zeros(np.shape(a), a.dtype)
    np.add.at(contribution, index, g)  # an index may name an element twice
    return contribution


GETITEM = OPS.add(
    Op(
        "getitem",
        shape=_getitem_shape,
        forward=lambda a, index: a[index],
        vjps=(_getitem_vjp,),
        vjp_symbols=(r"\operatorname{place}(#g)",),
        says="{y} picks elements of {0}.",
        why=("Only the picked elements reach {y}: they receive their gradient, all others receive 0.",),
    )
)


def _concatenate_shape(*shapes: Shape, axis: int = 0) -> Shape:
    given = ", ".join(map(str, shapes))
    if not shapes:
        raise ShapeError("Nothing to concatenate", given="no tensor", expected="one or more")
    first = shapes[0]
    along = normal_axis(axis, len(first), first)
    if any(s[:along] + s[along + 1 :] != first[:along] + first[along + 1 :] or len(s) != len(first) for s in shapes):
        raise ShapeError("These shapes cannot be joined", given=given, expected=f"equal sizes on every axis but {axis}")
    return (*first[:along], sum(s[along] for s in shapes), *first[along + 1 :])


def _concatenate_vjp(g: Any, y: Any, *inputs: Any, port: int, axis: int = 0) -> Any:
    start = sum(a.shape[axis] for a in inputs[:port])
    along = axis % g.ndim
    return g[(slice(None),) * along + (slice(start, start + inputs[port].shape[axis]),)]


CONCATENATE = OPS.add(
    Op(
        "concatenate",
        arity=None,
        shape=_concatenate_shape,
        forward=lambda *inputs, axis=0: np.concatenate(inputs, axis),
        vjps=(_concatenate_vjp,),
        vjp_symbols=(r"\left. #g \right|_{#0}",),
        says="{y} joins its inputs, one after the other.",
        why=("Joining moves no value, so each input receives the part of the upstream gradient that is its own.",),
    )
)
