"""How a node of a tape is computed again: in place by a kernel, by a float rule, or by the op's own rule."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.kernels import KERNELS, SCALARS, Kernel, Workspace
from engine.op import Array
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
        for port, recorded, requires_grad in self.leaves:
            leaf = inputs[port]
            if leaf.requires_grad is not requires_grad or kind(leaf) != recorded:
                return False
        return True

    def __call__(self, node: Tensor) -> bool:
        if not self.fits(node) or node.op is None:
            return False
        before = kind(node)
        node.value = evaluate(node.op, node.inputs, node.attrs)
        return kind(node) == before  # a shape may depend on the data, as of a slice by index


class InPlace(Replay):
    """Computes a node again into its own buffer, by a kernel."""

    __slots__ = ("kernel", "work")

    def __init__(self, node: Tensor, kernel: Kernel) -> None:
        super().__init__(node)
        self.kernel = kernel
        self.work: Workspace = kernel.workspace(*(t.value for t in node.inputs))

    def __call__(self, node: Tensor) -> bool:
        if not self.fits(node):
            return False
        self.kernel.forward(node.value, self.work, *[t.value for t in node.inputs], **node.attrs)
        return True


def replay_floats(node: Tensor) -> bool:
    """Compute a node of floats again, with its local derivatives."""
    values = [t.value for t in node.inputs]
    for value in values:
        if type(value) is not float:
            return False
    op = node.op
    assert op is not None
    rule = SCALARS.get(op.name)
    if rule is not None:
        node.value, node.partials = rule(*values)
        return True
    node.value = evaluate(op, node.inputs, node.attrs)
    arguments = tuple(map(np.float64, values))
    with np.errstate(all="ignore"):
        node.partials = tuple(
            float(op.local(port, np.float64(node.value), arguments, node.attrs)) if op.has_gradient(port) else 0.0
            for port in range(len(values))
        )
    return True


def bind(node: Tensor) -> None:
    """Give a recorded node its way to be computed again, and fill the buffers that go with it."""
    op, values = node.op, [t.value for t in node.inputs]
    assert op is not None
    if type(node.value) is float and op.elementwise and all(type(v) is float for v in values):
        node.replay = replay_floats
        replay_floats(node)
        return
    kernel = KERNELS.get(op.name)
    if kernel is not None and type(node.value) is np.ndarray and kernel.accepts(node.value, *values, **node.attrs):
        if any(np.may_share_memory(node.value, v) for v in values):
            node.value = node.value.copy()
        replay = InPlace(node, kernel)
        node.replay = replay
        if replay.work:
            replay(node)
        return
    node.replay = Replay(node)


def float_node(node: Tensor) -> bool:
    """Whether the node and its inputs are floats with local derivatives at hand."""
    return node.replay is replay_floats


def buffer_for(tensor: Tensor) -> Array:
    """The tensor's buffer for its grad, made where there is none that fits."""
    value, buffer = tensor.value, tensor.grad_buffer
    if buffer is None or buffer.shape != value.shape or buffer.dtype != value.dtype:
        buffer = tensor.grad_buffer = np.empty(value.shape, value.dtype)
    return buffer
