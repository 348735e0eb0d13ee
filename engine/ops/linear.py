"""The matrix product."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.errors import ShapeError
from engine.op import OPS, Op, Shape


def _matmul_shape(a: Shape, b: Shape, transpose_b: bool = False) -> Shape:
    given = f"{a} and {b}" + (" transposed" if transpose_b else "")
    if not a or not b:
        raise ShapeError(
            "A matrix product needs vectors or matrices",
            given=given,
            expected="no scalar; write * to multiply by a number",
        )
    if transpose_b and len(b) < 2:
        raise ShapeError("Only a matrix can be transposed", given=given, expected="a second shape of two axes or more")
    inner = b[-1] if transpose_b or len(b) == 1 else b[-2]
    if a[-1] != inner:
        which = "last" if transpose_b or len(b) == 1 else "last but one"
        raise ShapeError(
            f"The inner sizes of a matrix product differ: {a[-1]} and {inner}",
            given=given,
            expected=f"the first's last size to equal the second's {which}",
        )
    try:
        batch = np.broadcast_shapes(a[:-2], b[:-2])
    except ValueError:
        raise ShapeError(
            "The batches of a matrix product do not broadcast together",
            given=given,
            expected="sizes before the last two that are equal or 1",
        ) from None
    return (*batch, *a[-2:-1], *(b[-2:-1] if transpose_b else b[-1:] if len(b) > 1 else ()))


def _transposed(a: Any) -> Any:
    return np.swapaxes(a, -1, -2)


def _as_matrices(g: Any, a: Any, b: Any) -> tuple[Any, Any, Any]:
    """A vector on the left is one row, a vector on the right one column; the upstream gradient has their axes, too."""
    if b.ndim == 1:
        b, g = b[:, None], g[..., None]
    if a.ndim == 1:
        a, g = a[None, :], g[..., None, :]
    return g, a, b


def _matmul_by_left(g: Any, y: Any, a: Any, b: Any, transpose_b: bool = False) -> Any:
    rows, _, right = _as_matrices(g, a, b)
    contribution = rows @ (right if transpose_b else _transposed(right))
    return contribution[..., 0, :] if a.ndim == 1 else contribution


def _matmul_by_right(g: Any, y: Any, a: Any, b: Any, transpose_b: bool = False) -> Any:
    rows, left, _ = _as_matrices(g, a, b)
    if transpose_b:
        return _transposed(rows) @ left
    contribution = _transposed(left) @ rows
    return contribution[..., 0] if b.ndim == 1 else contribution


MATMUL = OPS.add(
    Op(
        "matmul",
        arity=2,
        infix="@",
        shape=_matmul_shape,
        forward=lambda a, b, transpose_b=False: a @ (_transposed(b) if transpose_b else b),
        vjps=(_matmul_by_left, _matmul_by_right),
        says="{y} combines every row of {0} with {1}: each element is a sum of products.",
        why=(
            "Each element of {0} meets one element of {1} in every sum; its gradient adds up upstream times those.",
            "Each element of {1} is used once for every row of {0}; its gradient adds up upstream times those.",
        ),
    )
)
