"""Arithmetic of two tensors (and the sign of one), element by element, with broadcasting."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.op import OPS, Op, except_at

ADD = OPS.add(
    Op(
        "add",
        arity=2,
        infix="+",
        forward=lambda a, b: a + b,
        partials=(
            lambda y, a, b: 1.0,
            lambda y, a, b: 1.0,
        ),
        says="{y} adds {0} and {1}.",
        why=(
            "Along this wire {y} moves exactly as much as {0}, so the upstream gradient passes on whole.",
            "Along this wire {y} moves exactly as much as {1}, so the upstream gradient passes on whole.",
        ),
    )
)

SUB = OPS.add(
    Op(
        "sub",
        arity=2,
        infix="-",
        forward=lambda a, b: a - b,
        partials=(
            lambda y, a, b: 1.0,
            lambda y, a, b: -1.0,
        ),
        says="{y} takes {1} away from {0}.",
        why=(
            "Along this wire {y} moves exactly as much as {0}, so the upstream gradient passes on whole.",
            "Along this wire {y} falls as {1} rises, so the upstream gradient passes on with its sign turned.",
        ),
    )
)

MUL = OPS.add(
    Op(
        "mul",
        arity=2,
        infix="*",
        forward=lambda a, b: a * b,
        partials=(
            lambda y, a, b: b,
            lambda y, a, b: a,
        ),
        says="{y} multiplies {0} and {1}.",
        why=(
            "Along this wire {y} moves {1} times as fast as {0}, so the upstream gradient is multiplied by {1}.",
            "Along this wire {y} moves {0} times as fast as {1}, so the upstream gradient is multiplied by {0}.",
        ),
    )
)

DIV = OPS.add(
    Op(
        "div",
        arity=2,
        infix="/",
        forward=lambda a, b: a / b,
        partials=(
            lambda y, a, b: 1.0 / b,
            lambda y, a, b: -a / b**2.0,
        ),
        says="{y} divides {0} by {1}.",
        why=(
            "{y} is {0} in units of {1}, so the upstream gradient is divided by {1}.",
            "A larger divisor {1} makes the result smaller in size, and the effect fades with the square of {1}.",
        ),
    )
)

NEG = OPS.add(
    Op(
        "neg",
        infix="-",
        forward=lambda a: -a,
        partials=(lambda y, a: -1.0,),
        says="{y} is {0} with its sign turned.",
        why=("{y} falls by as much as {0} rises, so the upstream gradient passes on with its sign turned.",),
    )
)


def _pow_by_base(y: Any, a: Any, b: Any) -> Any:
    return except_at(b == 0.0, 0.0, b * a ** (b - 1.0))  # 0**0 would give 0 * inf


def _pow_by_exponent(y: Any, a: Any, b: Any) -> Any:
    return except_at((a == 0.0) & (b >= 0.0), 0.0, y * np.log(a))  # 0**b stays 0 while b moves


POW = OPS.add(
    Op(
        "pow",
        arity=2,
        infix="**",
        forward=lambda a, b: a**b,
        partials=(_pow_by_base, _pow_by_exponent),
        says="{y} raises {0} to the power {1}.",
        why=(
            "By the power rule the exponent {1} comes down as a factor and the power of {0} drops by one.",
            "{y} grows with its exponent in proportion to itself, by the factor log of {0}.",
        ),
    )
)

MAXIMUM = OPS.add(
    Op(
        "maximum",
        arity=2,
        forward=lambda a, b: np.maximum(a, b),
        partials=(
            lambda y, a, b: np.where(a > b, 1.0, np.where(a == b, 0.5, 0.0)),
            lambda y, a, b: np.where(b > a, 1.0, np.where(b == a, 0.5, 0.0)),
        ),
        says="{y} takes the larger of {0} and {1}.",
        why=(
            "{y} follows {0} only where {0} is the larger one; where both are equal each gets half.",
            "{y} follows {1} only where {1} is the larger one; where both are equal each gets half.",
        ),
    )
)

MINIMUM = OPS.add(
    Op(
        "minimum",
        arity=2,
        forward=lambda a, b: np.minimum(a, b),
        partials=(
            lambda y, a, b: np.where(a < b, 1.0, np.where(a == b, 0.5, 0.0)),
            lambda y, a, b: np.where(b < a, 1.0, np.where(b == a, 0.5, 0.0)),
        ),
        says="{y} takes the smaller of {0} and {1}.",
        why=(
            "{y} follows {0} only where {0} is the smaller one; where both are equal each gets half.",
            "{y} follows {1} only where {1} is the smaller one; where both are equal each gets half.",
        ),
    )
)
