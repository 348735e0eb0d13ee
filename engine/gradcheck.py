"""Gradients against central differences: the proof of a backward pass that needs nothing but forward passes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.errors import GradientError
from engine.mode import no_grad
from engine.op import Array
from engine.tensor import Tensor

_ROUNDING = 64 * float(np.finfo(np.float64).eps)
"""Relative error of a difference of sums, generously."""


@dataclass(frozen=True, slots=True)
class GradCheck:
    """What a gradient check found.

    Attributes:
        error: the largest relative error, |backward - difference| / max(|backward|, |difference|).
        port: the input in which it lies.
        element: its index there.
        backward: the gradient there by the backward pass.
        difference: the same by central differences.
        checked: how many gradients were compared.
    """

    error: float
    port: int
    element: tuple[int, ...]
    backward: float
    difference: float
    checked: int


def gradcheck(
    function: Callable[..., Tensor], inputs: Sequence[Any], *, step: float = 1e-4, tolerance: float = 1e-6
) -> GradCheck:
    """Compare the gradients of `function` with central differences, in float64.

    With fixed weights w and L(x) = sum(w * function(x)), every dL/dx must agree with
    (4 D(step/2) - D(step)) / 3, where D(h) = (L(x + h) - L(x - h)) / 2h, relative to its own size: a gradient wrong by
    a factor of 1.001 fails, however small it is, unless it drowns in the rounding of the differences.

    Args:
        function: takes the inputs as tensors, gives a tensor of any shape.
        inputs: numbers or arrays; those of whole-number arrays (labels) are passed on unchecked. Keep kinks and the
            ends of domains several steps away.
        step: of the differences, relative to the input's size where that is above 1.
        tolerance: the relative error that is still right.

    Raises:
        GradientError: a gradient is wrong, missing, or of another shape than its input; with given and expected.
    """
    leaves = [_leaf(data) for data in inputs]
    value = function(*leaves)
    weights = np.random.default_rng(0).uniform(0.5, 1.5, value.shape)
    weights = weights * np.where(np.arange(weights.size).reshape(value.shape) % 2, -1.0, 1.0)
    value.backward(weights if value.shape else float(weights))
    rounding = _ROUNDING * float(np.sum(np.abs(weights * value.data)))

    def loss() -> float:
        with no_grad():
            return float(np.sum(weights * function(*leaves).data))

    worst = GradCheck(0.0, 0, (), 0.0, 0.0, 0)
    checked = 0
    for port, leaf in enumerate(leaves):
        if not leaf.requires_grad:
            continue
        grad = np.zeros(leaf.shape) if leaf.grad is None else np.asarray(leaf.grad)
        if grad.shape != leaf.shape:
            raise GradientError(
                f"The gradient of input {port} has another shape", given=str(grad.shape), expected=str(leaf.shape)
            )
        for element in np.ndindex(leaf.shape):
            h = step * max(1.0, abs(float(leaf.data[element])))
            difference = (4.0 * _slope(loss, leaf, element, h / 2) - _slope(loss, leaf, element, h)) / 3.0
            found = float(grad[element])
            size = max(abs(found), abs(difference), rounding / h / tolerance)
            error = abs(found - difference) / size if size else 0.0
            checked += 1
            if not error <= worst.error:  # NaN is the worst
                worst = GradCheck(error, port, element, found, difference, 0)
    if not worst.error <= tolerance:
        place = f"input {worst.port}" + (f" at {list(worst.element)}" if worst.element else "")
        raise GradientError(
            f"The gradient of {place} is wrong by {worst.error:.1e} of its size",
            given=f"{worst.backward!r} by the backward pass",
            expected=f"{worst.difference!r} by central differences",
        )
    return replace(worst, checked=checked)


def _leaf(data: Any) -> Tensor:
    array: Array = np.array(data.value if isinstance(data, Tensor) else data)
    whole = isinstance(data, np.ndarray) and array.dtype.kind in "iub"
    return Tensor(array) if whole else Tensor(array.astype(np.float64), requires_grad=True)


def _slope(loss: Callable[[], float], leaf: Tensor, element: tuple[int, ...], h: float) -> float:
    """(L(x + h) - L(x - h)) / 2h for one element of `leaf`, which is left as it was."""
    kept = leaf.value
    ends = []
    for signed in (h, -h):
        moved = np.array(kept)
        moved[element] += signed
        leaf.data = moved
        ends.append(loss())
    leaf.value = kept
    return (ends[0] - ends[1]) / (2.0 * h)
