"""How a node of a tape is computed again: in place by a kernel, by a float rule, or by the op's own rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import Context
from typing import Any

import numpy as np

from engine.buffers import aligned
from engine.kernels import KERNELS, Call, Kernel, Workspace
from engine.op import Array
from engine.scalars import SCALAR_RULES, Rule
from engine.tensor import Tensor, evaluate

Kind = tuple[Any, ...]


def kind(tensor: Tensor) -> Kind | None:
    """What must stay the same for buffers to fit: shape and type; None for a float."""
    value = tensor.value
    return None if type(value) is float else (value.shape, value.dtype)


class Replay:
    """Computes a node of arrays again by its op's own rule; False where the node no longer fits its inputs."""

    __slots__ = ("leaves",)

    def __init__(self, node: Tensor) -> None:
        # What other nodes of the tape hand on keeps its kind, or they would be other nodes: only leaves can change.
        self.leaves = tuple((port, kind(t), t.requires_grad) for port, t in enumerate(node.inputs) if t.op is None)

    def fits(self, node: Tensor) -> bool:
        """Whether the leaves among the inputs are of the kind that was recorded."""
        inputs = node.inputs
        return all(
            inputs[port].requires_grad is requires_grad and kind(inputs[port]) == recorded
            for port, recorded, requires_grad in self.leaves
        )

    def __call__(self, node: Tensor) -> bool:
        if node.op is None or not self.fits(node):
            return False
        before = kind(node)
        node.value = evaluate(node.op, node.inputs, node.attrs)
        return kind(node) == before  # a shape may depend on the data, as of a slice by index


class InPlace:
    """Computes a node again into its own buffer, by a kernel bound to its inputs.

    Attributes:
        inputs: the tensors that the kernel is bound to.
        arrays: what they held when it was; others of their kind serve as well.
        work: the kernel's buffers.
    """

    __slots__ = ("arrays", "call", "inputs", "kernel", "run", "work")

    def __init__(self, node: Tensor, kernel: Kernel, quiet: Context) -> None:
        self.kernel = kernel
        self.run = quiet.run
        self.inputs = node.inputs
        self.arrays: tuple[Array, ...] = tuple(t.value for t in node.inputs)
        self.work: Workspace = kernel.workspace(*self.arrays)
        self.call: Call = kernel.forward(node.value, self.work, *node.inputs, **node.attrs)

    def __call__(self, node: Tensor) -> bool:
        inputs = node.inputs
        for tensor, array in zip(inputs, self.arrays):  # noqa: B905 (strict costs a microsecond a pass)
            value = tensor.value
            if value is not array and (
                type(value) is float or value.shape != array.shape or value.dtype != array.dtype
            ):
                return False
        if inputs is not self.inputs:
            self.inputs = inputs
            self.call = self.kernel.forward(node.value, self.work, *inputs, **node.attrs)
        self.run(self.call)
        return True


def replay_floats(node: Tensor) -> bool:
    """Compute a node of floats again, with its local derivatives, by the op's own rule."""
    values = tuple([t.value for t in node.inputs])
    op = node.op
    if op is None or any(type(value) is not float for value in values):
        return False
    node.value = evaluate(op, node.inputs, node.attrs)
    node.partials = tuple(
        float(op.local(port, node.value, values, node.attrs)) if op.has_gradient(port) else 0.0
        for port in range(len(values))
    )
    return True


def _add(node: Tensor) -> bool:
    a, b = node.inputs
    x, y = a.value, b.value
    if type(x) is float is type(y):
        node.value = x + y
        return True
    return False


def _mul(node: Tensor) -> bool:
    a, b = node.inputs
    x, y = a.value, b.value
    if type(x) is float is type(y):
        node.value = x * y
        return True
    return False


def _by_scalar_rule(rule: Rule) -> Callable[[Tensor], bool]:
    def replay(node: Tensor) -> bool:
        values = [t.value for t in node.inputs]
        for value in values:
            if type(value) is not float:
                return False
        node.value, node.partials = rule(*values)
        return True

    return replay


FLOATS: Mapping[str, Callable[[Tensor], bool]] = {
    **{name: _by_scalar_rule(rule) for name, rule in SCALAR_RULES.items()},
    "add": _add,
    "mul": _mul,
}
"""Rules on Python's own floats, by the name of the op: a tenth of the time of NumPy's scalars.

A sum keeps no local derivatives, for they are 1, and a product none, for they are its inputs' values.
"""
FLOAT_REPLAYS = frozenset({replay_floats, *FLOATS.values()})


def of_floats(node: Tensor) -> bool:
    """Whether a node of a tape and its inputs are floats."""
    return node.replay in FLOAT_REPLAYS


def bind(node: Tensor, quiet: Context) -> None:
    """Give a recorded node its way to be computed again, in `quiet`, and fill the buffers that go with it."""
    op, values = node.op, [t.value for t in node.inputs]
    assert op is not None
    if type(node.value) is float and op.elementwise and all(type(v) is float for v in values):
        node.replay = replay_floats
        replay_floats(node)
        return
    kernel = KERNELS.get(op.name)
    if kernel is not None and type(node.value) is np.ndarray and kernel.accepts(node.value, *values, **node.attrs):
        node.value = aligned(node.shape, node.dtype)
        replay = node.replay = InPlace(node, kernel, quiet)
        quiet.run(replay.call)  # its rounding may differ from the rule's, and a recording must give a replay's numbers
        return
    node.replay = Replay(node)


def buffer_for(tensor: Tensor) -> Array:
    """The tensor's buffer for its grad, made where there is none that fits."""
    value, buffer = tensor.value, tensor.grad_buffer
    if buffer is None or buffer.shape != value.shape or buffer.dtype != value.dtype:
        buffer = tensor.grad_buffer = aligned(value.shape, value.dtype)
    return buffer
