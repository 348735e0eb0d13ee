"""A backward pass over a tape, worked out once and run many times: a list of calls with their buffers bound.

Everything is decided beforehand: in which order contributions are made, which of them is the first to reach a grad and
may write it, and which adds. Values are read when the pass runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from engine.backward import contribution, unbroadcast
from engine.buffers import aligned
from engine.errors import GradientError
from engine.floats import FloatRun
from engine.kernels import Call, sum_rows
from engine.op import Array
from engine.replay import InPlace, buffer_for, of_floats
from engine.tensor import Tensor

Wire = tuple[Tensor, int, Tensor]
"""A node, one of its ports, and the input there: the way one contribution takes."""


class OffTapeError(Exception):
    """The pass leaves the tape: a node that requires grad was computed elsewhere."""


class Program:
    """The backward pass from one root over the nodes of one tape.

    Attributes:
        root: where the pass begins.
        scalar: whether it is a scalar, whose seed is 1.
    """

    def __init__(self, root: Tensor, nodes: list[Tensor]) -> None:
        self.root = root
        self.scalar = root.shape == ()
        wires, reached = wires_from(root, nodes)
        self._float_leaves = [t for t in reached if t.op is None and type(t.value) is float]
        self._leaves = [(t, buffer_for(t)) for t in reached if t.op is None and type(t.value) is not float]
        self._grads: dict[int, Array] = {id(t): buffer for t, buffer in self._leaves}
        self._waiting = Counter(id(target) for _, _, target in wires)
        self._written: set[int] = set()
        self._bound: list[tuple[int, BoundVjp]] = []
        if type(root.value) is not float:
            self._grads[id(root)] = buffer_for(root)
        self._calls = self._compile(wires)
        written = {key for call in self._calls if isinstance(call, FloatRun) for key in call.written}
        self._floats = [t for t in reached if t.op is not None and type(t.value) is float and id(t) not in written]
        held = {id(t) for t in reached}
        self._unreached = [node for node in nodes if id(node) not in held]
        self._arrays = [(t, self._grads[id(t)]) for t in reached if t.op is not None and id(t) in self._grads]

    def fits(self) -> bool:
        """Whether the leaves still have the buffers that the calls write to, and still require grad."""
        for leaf, buffer in self._leaves:  # noqa: SIM110 (all() on a generator takes three times as long)
            if leaf.grad_buffer is not buffer or not leaf.requires_grad:
                return False
        return True

    def install(self) -> None:
        """Give every node its grad's buffer, as this program fills it; nodes that it does not reach have none."""
        for tensor, buffer in self._arrays:
            tensor.grad = buffer
        for node in self._unreached:
            node.grad = None

    def run(self, seed: Any) -> None:
        """Fill in the grads; those of leaves are added to what their `.grad` holds."""
        earlier = []
        for leaf, buffer in self._leaves:
            if leaf.grad is not None:
                earlier.append((buffer, buffer.copy() if leaf.grad is buffer else leaf.grad))
        for node in self._floats:
            node.grad = 0.0
        for leaf in self._float_leaves:
            if leaf.grad is None:
                leaf.grad = 0.0
        if type(self.root.value) is float:
            self.root.grad = float(seed)
        else:
            self.root.grad[...] = seed
        for index, bound in self._bound:
            if bound.replay.inputs is not bound.inputs:
                self._calls[index] = bound.bind()
        for call in self._calls:
            call()
        for leaf, buffer in self._leaves:
            leaf.grad = buffer
        for buffer, grad in earlier:
            np.add(buffer, grad, out=buffer)

    def _compile(self, wires: list[Wire]) -> list[Call]:
        calls: list[Call] = []
        run: list[Wire] = []
        for wire in wires:
            if of_floats(wire[0]):
                run.append(wire)
                continue
            if run:
                calls.append(FloatRun(run, self._waiting))
                run = []
            if (call := self._call(len(calls), *wire)) is not None:
                calls.append(call)
        if run:
            calls.append(FloatRun(run, self._waiting))
        return calls

    def _call(self, index: int, node: Tensor, port: int, target: Tensor) -> Call | None:
        """The call that makes one contribution, or None where a grad is handed on as it is."""
        first = id(target) not in self._written
        self._written.add(id(target))
        if type(target.value) is float:
            return to_float(node, port, target)
        replay = node.replay
        if not isinstance(replay, InPlace):
            return by_rule(node, port, self._grad(target), first=first)
        upstream = self._grads[id(node)]
        vjp = replay.kernel.vjps[port]
        if vjp is not None:
            bound = BoundVjp(node, replay, vjp, upstream, self._grad(target), first=first)
            self._bound.append((index, bound))
            return bound.call
        if target.op is not None and self._waiting[id(target)] == 1 and target.shape == node.shape:
            self._grads[id(target)] = upstream
            return None
        return hand_on(upstream, self._grad(target), first=first)

    def _grad(self, tensor: Tensor) -> Array:
        return self._grads.setdefault(id(tensor), buffer_for(tensor))


def wires_from(root: Tensor, nodes: list[Tensor]) -> tuple[list[Wire], list[Tensor]]:
    """The ways of all contributions, in the order they are made, and every tensor that receives one, root first.

    Append order is topological order, so one walk over the tape from its end finds them; no search.
    """
    pending = {id(root): root}
    reached = [root]
    wires: list[Wire] = []
    for node in reversed(nodes):
        if pending.pop(id(node), None) is None or node.op is None:
            continue
        for port, target in enumerate(node.inputs):
            if target.requires_grad and node.op.has_gradient(port):
                wires.append((node, port, target))
                if id(target) not in pending:
                    pending[id(target)] = target
                    reached.append(target)
    if any(t.op is not None for t in pending.values()) or root.op is None:
        if any(t.op is not None and t.replay is not None for t in pending.values()):
            raise GradientError(
                "This pass reaches a node of an earlier pass, whose value may have been overwritten since",
                expected="what is carried from pass to pass to be detached: tensor.detach()",
            )
        raise OffTapeError
    return wires, reached


def to_float(node: Tensor, port: int, target: Tensor) -> Call:
    """A contribution to a float's grad, by the op's own rule."""

    def call() -> None:
        target.grad += contribution(node, port, node.grad)[1]

    return call


def by_rule(node: Tensor, port: int, grad: Array, *, first: bool) -> Call:
    """A contribution to an array's grad, by the op's own rule."""

    def write() -> None:
        np.copyto(grad, contribution(node, port, node.grad)[1])

    def add() -> None:
        np.add(grad, contribution(node, port, node.grad)[1], out=grad)

    return write if first else add


class BoundVjp:
    """A kernel's contribution, straight into the grad where it is the first; bound anew when the forward rule is."""

    __slots__ = ("call", "first", "grad", "inputs", "node", "out", "replay", "upstream", "vjp")

    def __init__(
        self, node: Tensor, replay: InPlace, vjp: Callable[..., Call], upstream: Array, grad: Array, *, first: bool
    ) -> None:
        self.node, self.replay, self.vjp, self.upstream, self.grad, self.first = (
            node,
            replay,
            vjp,
            upstream,
            grad,
            first,
        )
        self.out = grad if first else aligned(grad.shape, grad.dtype)
        self.call = self.bind()

    def bind(self) -> Call:
        """The call on the inputs that the node's forward rule is bound to."""
        node, replay, grad, out = self.node, self.replay, self.grad, self.out
        self.inputs = replay.inputs
        write = self.vjp(out, replay.work, self.upstream, node.value, *self.inputs, **node.attrs)

        def add() -> None:
            write()
            np.add(grad, out, out=grad)

        return write if self.first else add


def hand_on(upstream: Array, grad: Array, *, first: bool) -> Call:
    """The upstream gradient itself as the contribution, with broadcasting undone."""
    if first and upstream.ndim == 2 and grad.shape == upstream.shape[1:]:
        return sum_rows(grad, upstream)

    def write() -> None:
        np.copyto(grad, unbroadcast(upstream, grad.shape))

    def add() -> None:
        np.add(grad, unbroadcast(upstream, grad.shape), out=grad)

    return write if first else add
