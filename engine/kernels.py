"""In-place variants of a few ops' rules, for a tape that repeats itself: only where a benchmark pays for one.

The readable rules stand in the table of ops; these write into buffers that stay from pass to pass, and skip temporaries.
Each is tested equal to its readable rule. An op without an entry here works on a tape all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.op import OPS, Array

Workspace = dict[str, Array]
"""Buffers that a kernel's forward rule keeps for itself and for its vjp rules."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """The in-place rules of one op.

    Attributes:
        forward: forward(out, work, *inputs, **attrs) writes the value into `out`.
        vjps: vjp(out, work, upstream, value, *inputs, **attrs), a port each, writes the contribution before unbroadcast
            into `out`; None at a port that passes the upstream gradient on unchanged.
        accepts: accepts(value, *inputs, **attrs) -> whether the rules hold for these.
        workspace: workspace(*inputs) -> the buffers, made once a node.
    """

    forward: Callable[..., None]
    vjps: tuple[Callable[..., None] | None, ...]
    accepts: Callable[..., bool]
    workspace: Callable[..., Workspace] = lambda *_: {}


def _same_floats(value: Any, *inputs: Any) -> bool:
    """Whether all are arrays of one floating type, and the value is a block of memory of its own."""
    return all(type(a) is np.ndarray and a.dtype == value.dtype for a in (value, *inputs)) and value.dtype.kind == "f"


# ------------------------------------------------------------------------------------------------ the linear layer


def _matmul(out: Array, _: Workspace, a: Array, b: Array, transpose_b: bool = False) -> None:
    np.matmul(a, b.T if transpose_b else b, out=out)


def _matmul_vjp_a(
    out: Array, _: Workspace, upstream: Array, _value: Array, _a: Array, b: Array, transpose_b: bool = False
) -> None:
    np.matmul(upstream, b if transpose_b else b.T, out=out)


def _matmul_vjp_b(
    out: Array, _: Workspace, upstream: Array, _value: Array, a: Array, _b: Array, transpose_b: bool = False
) -> None:
    if transpose_b:
        np.matmul(upstream.T, a, out=out)
    else:
        np.matmul(a.T, upstream, out=out)


def _add(out: Array, _: Workspace, a: Array, b: Array) -> None:
    np.add(a, b, out=out)


# ---------------------------------------------------------------------------------------------------- activations


def _relu(out: Array, _: Workspace, a: Array) -> None:
    np.maximum(a, 0.0, out=out)


def _relu_vjp(out: Array, work: Workspace, upstream: Array, _value: Array, a: Array) -> None:
    np.multiply(upstream, np.greater(a, 0.0, out=work["positive"]), out=out)


def _tanh(out: Array, _: Workspace, a: Array) -> None:
    np.tanh(a, out=out)


def _tanh_vjp(out: Array, _: Workspace, upstream: Array, value: Array, _a: Array) -> None:
    np.multiply(value, value, out=out)
    np.subtract(1.0, out, out=out)
    np.multiply(upstream, out, out=out)


def _sigmoid(out: Array, _: Workspace, a: Array) -> None:
    # sigmoid(a) = (1 + tanh(a / 2)) / 2: one transcendental pass, and no overflow at either end
    np.multiply(a, 0.5, out=out)
    np.tanh(out, out=out)
    np.add(out, 1.0, out=out)
    np.multiply(out, 0.5, out=out)


def _sigmoid_vjp(out: Array, _: Workspace, upstream: Array, value: Array, _a: Array) -> None:
    np.subtract(1.0, value, out=out)
    np.multiply(value, out, out=out)
    np.multiply(upstream, out, out=out)


# ----------------------------------------------------------------------------------------------------------- loss


def _cross_entropy_workspace(logits: Array, labels: Array) -> Workspace:
    rows, classes = logits.shape
    return {
        "exp": np.empty(logits.shape, logits.dtype),
        "shifted": np.empty(logits.shape, logits.dtype),
        "largest": np.empty((rows, 1), logits.dtype),
        "total": np.empty((rows, 1), logits.dtype),
        "row": np.arange(rows) * classes,
        "picked": np.empty(rows, np.intp),
        "labels": np.empty(rows, np.intp),
    }


def _cross_entropy(out: Array, work: Workspace, logits: Array, labels: Array) -> None:
    """mean over rows of log(sum(exp(z))) - z[label], with z = logits - max(logits)."""
    shifted, exp, largest, total, picked = (work[k] for k in ("shifted", "exp", "largest", "total", "picked"))
    work["labels"][...] = labels
    if np.maximum.reduce(work["labels"].view(np.uintp)) >= logits.shape[1]:
        OPS["cross_entropy"].evaluate((logits, labels), {})  # raises, and says which label is wrong
    np.maximum.reduce(logits, axis=1, keepdims=True, out=largest)
    np.subtract(logits, largest, out=shifted)
    np.exp(shifted, out=exp)
    np.add.reduce(exp, axis=1, keepdims=True, out=total)
    np.add(work["row"], work["labels"], out=picked)
    out[...] = (np.add.reduce(np.log(total, out=largest), axis=None) - np.add.reduce(shifted.take(picked))) / len(logits)


def _cross_entropy_vjp(
    out: Array, work: Workspace, upstream: Array, _value: Array, logits: Array, _labels: Array
) -> None:
    """(softmax(logits) - onehot(labels)) * upstream / rows."""
    scale = upstream / len(logits)
    np.multiply(work["exp"], np.divide(scale, work["total"], out=work["largest"]), out=out)
    out.reshape(-1)[work["picked"]] -= scale


KERNELS: Mapping[str, Kernel] = {
    "matmul": Kernel(
        _matmul,
        (_matmul_vjp_a, _matmul_vjp_b),
        lambda value, a, b, **_: _same_floats(value, a, b) and a.ndim == b.ndim == 2,
    ),
    "add": Kernel(_add, (None, None), _same_floats),
    "relu": Kernel(_relu, (_relu_vjp,), _same_floats, lambda a: {"positive": np.empty(a.shape, np.bool_)}),
    "tanh": Kernel(_tanh, (_tanh_vjp,), _same_floats),
    "sigmoid": Kernel(_sigmoid, (_sigmoid_vjp,), _same_floats),
    "cross_entropy": Kernel(
        _cross_entropy,
        (_cross_entropy_vjp,),
        lambda value, logits, labels, **attrs: (
            not attrs and _same_floats(value, logits) and logits.ndim == 2 and labels.ndim == 1 and labels.dtype.kind in "iu"
        ),
        _cross_entropy_workspace,
    ),
}
"""The in-place rules by the name of the op."""

Scalar = Callable[..., tuple[float, tuple[float, ...] | None]]
_ZERO, _ONE, _ONES = (0.0,), (1.0,), (1.0, 1.0)

SCALARS: Mapping[str, Scalar] = {
    "add": lambda a, b: (a + b, _ONES),
    "sub": lambda a, b: (a - b, (1.0, -1.0)),
    "mul": lambda a, b: (a * b, None),
    "neg": lambda a: (-a, (-1.0,)),
    "relu": lambda a: (a, _ONE) if a > 0.0 else (0.0 if a <= 0.0 else a, _ZERO),
}
"""Value and local derivatives on Python's own floats, by the name of the op: a tenth of the time of NumPy's scalars.

A product has none to keep: they are the values of its inputs."""


def sum_rows(out: Array, upstream: Array) -> Callable[[], None]:
    """A call that sums `upstream` (rows, n) over its rows into `out` (n,): the undone broadcast of a bias.

    A product with a vector of ones: BLAS reads the rows twice as fast as a reduction does.
    """
    ones = np.ones(len(upstream), upstream.dtype)

    def call() -> None:
        np.dot(ones, upstream, out=out)

    return call
