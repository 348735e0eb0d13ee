"""In-place variants of a few ops' rules, for a tape that repeats itself: only where a benchmark pays for one.

The readable rules stand in the table of ops. A rule here is given its inputs and buffers once and returns a call
without arguments that does the work, pass after pass, without a temporary; what the inputs hold, such as the next
batch, is read when it runs. Each is tested equal to its readable rule; an op that has none here works on a tape all the
same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np

from engine.buffers import aligned
from engine.op import OPS, Array

Call = Callable[[], object]
Workspace = dict[str, Array]
"""Buffers that an op's forward rule shares with its vjp rules."""


class Held(Protocol):
    """Something that holds an array, the same or another one of its kind in the next pass: a Tensor."""

    value: Any


@dataclass(frozen=True, slots=True)
class Kernel:
    """The in-place rules of one op.

    Attributes:
        forward: forward(out, work, *inputs, **attrs) -> the call that writes the value into `out`.
        vjps: vjp(out, work, upstream, value, *inputs, **attrs) -> the call that writes the contribution, a port each;
            None at a port that passes the upstream gradient on unchanged, for broadcasting to be undone elsewhere.
        accepts: accepts(value, *arrays, **attrs) -> whether the rules hold for these.
        workspace: workspace(*arrays) -> the buffers, made once a node.
    """

    forward: Callable[..., Call]
    vjps: tuple[Callable[..., Call] | None, ...]
    accepts: Callable[..., bool]
    workspace: Callable[..., Workspace] = lambda *_: {}


def _same_floats(value: Any, *inputs: Any) -> bool:
    """Whether all are arrays of one floating type."""
    return all(type(a) is np.ndarray and a.dtype == value.dtype for a in (value, *inputs)) and value.dtype.kind == "f"


# ------------------------------------------------------------------------------------------------ the linear layer


def _matmul(out: Array, _: Workspace, a: Held, b: Held, transpose_b: bool = False) -> Call:
    def call() -> None:
        np.matmul(a.value, b.value.T if transpose_b else b.value, out=out)

    return call


def _matmul_by_left(
    out: Array, _: Workspace, upstream: Array, _value: Array, _a: Held, b: Held, transpose_b: bool = False
) -> Call:
    def call() -> None:
        np.matmul(upstream, b.value if transpose_b else b.value.T, out=out)

    return call


def _matmul_by_right(
    out: Array, _: Workspace, upstream: Array, _value: Array, a: Held, _b: Held, transpose_b: bool = False
) -> Call:
    across = upstream.T
    # One row has nothing to be summed over, and BLAS takes many times as long for it: mostly where out lies by columns.
    product = np.multiply if len(upstream) == 1 else np.matmul

    def call() -> None:
        if transpose_b:
            product(across, a.value, out=out)
        else:
            product(a.value.T, upstream, out=out)

    return call


def _add(out: Array, _: Workspace, a: Held, b: Held) -> Call:
    def call() -> None:
        np.add(a.value, b.value, out=out)

    return call


def sum_rows(out: Array, upstream: Array) -> Call:
    """Sum `upstream` (rows, n) over its rows into `out` (n,): the undone broadcast of a bias.

    A product with a vector of ones: BLAS reads the rows twice as fast as a reduction does.
    """
    return partial(np.dot, np.ones(len(upstream), upstream.dtype), upstream, out=out)


# ---------------------------------------------------------------------------------------------------- activations


def _relu(out: Array, _: Workspace, a: Held) -> Call:
    zero = np.zeros((), out.dtype)

    def call() -> None:
        np.maximum(a.value, zero, out=out)

    return call


def _relu_vjp(out: Array, _: Workspace, upstream: Array, _value: Array, a: Held) -> Call:
    zero, positive = np.zeros((), out.dtype), aligned(out.shape, np.bool_)

    def call() -> None:
        np.greater(a.value, zero, out=positive)
        np.multiply(upstream, positive, out=out)

    return call


def _tanh(out: Array, _: Workspace, a: Held) -> Call:
    def call() -> None:
        np.tanh(a.value, out=out)

    return call


def _tanh_vjp(out: Array, _: Workspace, upstream: Array, value: Array, _a: Held) -> Call:
    def call() -> None:
        np.multiply(value, value, out=out)
        np.subtract(1.0, out, out=out)
        np.multiply(upstream, out, out=out)

    return call


def _sigmoid(out: Array, _: Workspace, a: Held) -> Call:
    def call() -> None:
        # sigmoid(a) = (1 + tanh(a / 2)) / 2 takes one transcendental pass, and overflows at neither end
        np.multiply(a.value, 0.5, out=out)
        np.tanh(out, out=out)
        np.add(out, 1.0, out=out)
        np.multiply(out, 0.5, out=out)

    return call


def _sigmoid_vjp(out: Array, _: Workspace, upstream: Array, value: Array, _a: Held) -> Call:
    def call() -> None:
        np.subtract(1.0, value, out=out)
        np.multiply(value, out, out=out)
        np.multiply(upstream, out, out=out)

    return call


# ----------------------------------------------------------------------------------------------------------- loss


def _cross_entropy_workspace(logits: Array, _labels: Array) -> Workspace:
    # Classes first: a sum over ten classes of a hundred rows is ten long additions instead of a hundred short ones.
    rows, classes = logits.shape
    by_class = {name: aligned((classes, rows), logits.dtype) for name in ("shifted", "exp", "grad")}
    by_row = {name: aligned((rows,), logits.dtype) for name in ("total", "scratch")}
    indices = {"row": np.arange(rows), "picked": aligned((rows,), np.intp)}
    return {**by_class, **by_row, **indices, "share": aligned((), logits.dtype)}


def _cross_entropy(out: Array, work: Workspace, logits: Held, labels: Held) -> Call:
    """mean over rows of log(sum(exp(z))) - z[label], with z = logits - max(logits)."""
    rows, classes = logits.value.shape
    shifted, exp, total, scratch = work["shifted"], work["exp"], work["total"], work["scratch"]
    row, picked = work["row"], work["picked"]
    unsigned, end = picked.view(np.uintp), rows * classes  # a negative label is a huge one

    def call() -> None:
        np.multiply(labels.value, rows, out=picked, dtype=np.intp, casting="same_kind")
        if np.maximum.reduce(unsigned) >= end:
            OPS["cross_entropy"].evaluate((logits.value, labels.value), {})  # raises, and says which label is wrong
        np.add(picked, row, out=picked)
        np.copyto(shifted, logits.value.T)
        np.maximum.reduce(shifted, axis=0, out=scratch)
        np.subtract(shifted, scratch, out=shifted)
        np.exp(shifted, out=exp)
        np.add.reduce(exp, axis=0, out=total)
        np.log(total, out=scratch)
        np.subtract(scratch, shifted.take(picked), out=scratch)
        np.divide(np.add.reduce(scratch), rows, out=out)

    return call


def _cross_entropy_vjp(
    out: Array, work: Workspace, upstream: Array, _value: Array, _logits: Held, _labels: Held
) -> Call:
    """(softmax(logits) - onehot(labels)) * upstream / rows."""
    rows, by_class = len(out), out.T
    exp, total, picked, scratch = work["exp"], work["total"], work["picked"], work["scratch"]
    grad, share = work["grad"], work["share"]
    elements = grad.reshape(-1)

    def call() -> None:
        np.divide(upstream, rows, out=share)
        np.divide(share, total, out=scratch)
        np.multiply(exp, scratch, out=grad)
        elements[picked] -= share
        np.copyto(by_class, grad)

    return call


KERNELS: Mapping[str, Kernel] = {
    "matmul": Kernel(
        _matmul,
        (_matmul_by_left, _matmul_by_right),
        lambda value, a, b, **_: _same_floats(value, a, b) and a.ndim == b.ndim == 2,
    ),
    "add": Kernel(_add, (None, None), _same_floats),
    "relu": Kernel(_relu, (_relu_vjp,), _same_floats),
    "tanh": Kernel(_tanh, (_tanh_vjp,), _same_floats),
    "sigmoid": Kernel(_sigmoid, (_sigmoid_vjp,), _same_floats),
    "cross_entropy": Kernel(
        _cross_entropy,
        (_cross_entropy_vjp,),
        lambda value, logits, labels: (
            _same_floats(value, logits)
            and logits.ndim == 2
            and len(logits) > 0
            and type(labels) is np.ndarray
            and labels.dtype.kind in "iu"
        ),
        _cross_entropy_workspace,
    ),
}
"""The in-place rules by the name of the op."""
