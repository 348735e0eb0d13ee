"""Losses: one number that says how far predictions are from what they should be, averaged over the batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.errors import LabelError, ShapeError
from engine.op import OPS, Op, Shape
from engine.ops.axes import count
from engine.ops.reductions import log_softmax, softmax


def _cross_entropy_shape(logits: Shape, labels: Shape) -> Shape:
    if len(logits) not in (1, 2) or labels != logits[:-1]:
        fitting = f"labels of shape {logits[:-1]}" if len(logits) in (1, 2) else "scores of shape (rows, classes)"
        raise ShapeError(
            "Cross-entropy takes rows of scores and one class label a row",
            given=f"scores of shape {logits} and labels of shape {labels}",
            expected=fitting,
        )
    if not logits[-1]:
        raise ShapeError(
            "Cross-entropy needs a class to choose", given=f"scores of shape {logits}", expected="a class or more"
        )
    return ()


def _class_index(labels: Any, classes: int) -> Any:
    """Labels as indices with a last axis of size 1; raises LabelError where one names no class."""
    labels = np.asarray(labels)
    wrong = (labels < 0) | (labels >= classes) | (labels % 1 != 0)
    if wrong.any():
        raise LabelError(
            "A label names no class",
            given=f"label {labels[wrong][0]:g}",
            expected=f"a whole number from 0 to {classes - 1}",
        )
    return labels[..., None].astype(np.intp)


def _cross_entropy(logits: Any, labels: Any) -> Any:
    index = _class_index(labels, logits.shape[-1])
    return -np.sum(np.take_along_axis(log_softmax(logits), index, -1)) / count(labels, None)


def _cross_entropy_by_logits(g: Any, y: Any, logits: Any, labels: Any) -> Any:
    index = _class_index(labels, logits.shape[-1])
    gap = softmax(logits)
    np.put_along_axis(gap, index, np.take_along_axis(gap, index, -1) - 1.0, -1)
    return gap * (g / count(labels, None))


CROSS_ENTROPY = OPS.add(
    Op(
        "cross_entropy",
        arity=2,
        shape=_cross_entropy_shape,
        differentiable=(0,),
        forward=_cross_entropy,
        symbol=r"-\operatorname{mean} \log \operatorname{softmax}(#0)_{#1}",
        vjps=(_cross_entropy_by_logits,),
        vjp_symbols=(r"#g \cdot \tfrac{1}{n} \left(\operatorname{softmax}(#0) - \mathbf{1}_{#1}\right)",),
        says="{y} is small where {0} gives the class named by {1} a high share, averaged over the rows.",
        why=(
            "A score receives 1/n of its share minus what was wanted: 1 for the right class, 0 for the others.",
            "Labels are given, not computed: no gradient flows to {1}.",
        ),
    )
)


def _mse_loss_shape(a: Shape, b: Shape) -> Shape:
    if a != b:
        raise ShapeError(
            "A prediction is compared with a target of its own shape", given=f"{a} and {b}", expected="two equal shapes"
        )
    return ()


MSE_LOSS = OPS.add(
    Op(
        "mse_loss",
        arity=2,
        shape=_mse_loss_shape,
        forward=lambda a, b: np.sum((a - b) ** 2.0) / count(a, None),
        vjps=(
            lambda g, y, a, b: g * (2.0 * (a - b) / count(a, None)),
            lambda g, y, a, b: -g * (2.0 * (a - b) / count(a, None)),
        ),
        says="{y} is the average squared distance between {0} and {1}.",
        why=(
            "The slope of a squared gap is twice the gap, and the mean divides it by the number of elements.",
            "Moving {1} towards {0} lowers the loss as much as moving {0} towards {1}: the same, with the sign turned.",
        ),
    )
)
