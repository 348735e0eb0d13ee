"""The trace: a recorded pass as an immutable list of steps. Recording observes the backward pass, never repeats it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from engine.backward import backward
from engine.graph import Graph, Labels, build_graph
from engine.op import Array, operands
from engine.tensor import Tensor

Phase = Literal["forward", "loss", "backward", "update"]
StepKind = Literal["compute", "seed", "contribution", "update", "result"]
GradState = Literal["unreached", "partial", "final"]
Value = float | Array

LOSSES = frozenset({"cross_entropy", "mse_loss"})
"""Ops whose forward step belongs to the phase `loss`."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A named tensor that an update used, such as Adam's first moment."""

    name: str
    latex: str
    value: Value
    says: str


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a trace.

    Attributes:
        index: its place in the trace.
        phase: forward, loss, backward or update.
        kind: what happens: a node computes, a root is seeded, a node contributes along one wire, a parameter is
            updated, or the result is stated.
        node: the node that computes, contributes or is updated.
        port, target: backward: the wire (node, port) and the node that receives.
        value: forward: the node's value; update: the parameter's new value.
        upstream: the contributing node's grad.
        local: the local derivative, of elementwise ops.
        raw: the contribution before broadcasting was undone.
        contribution: what arrives at the receiver.
        grad: the receiver's grad so far (the root's for a seed).
        received, expected: contributions that have arrived at the receiver, of how many.
        quantities: the optimizer's own state, in the order it is computed.
    """

    index: int
    phase: Phase
    kind: StepKind
    node: int
    port: int | None = None
    target: int | None = None
    value: Value | None = None
    upstream: Value | None = None
    local: Value | None = None
    raw: Value | None = None
    contribution: Value | None = None
    grad: Value | None = None
    received: int = 0
    expected: int = 0
    quantities: tuple[Quantity, ...] = ()

    @property
    def state(self) -> GradState:
        """State of the receiver's grad after this step."""
        if self.kind == "seed":
            return "final"
        return "unreached" if not self.received else "final" if self.received == self.expected else "partial"


@dataclass(frozen=True, slots=True)
class Trace:
    """A recorded pass.

    Attributes:
        graph: the graph walked.
        values: the value of every node, by id, as it was before any update.
        steps: what happened, in order.
        grads: the final grad of every node that has one, by id.
    """

    graph: Graph
    values: tuple[Value, ...]
    steps: tuple[Step, ...]
    grads: Mapping[int, Value] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.steps)

    def contributions(self, node: int, position: int | None = None) -> Iterator[Step]:
        """The steps up to `position` that contributed to the grad of `node`."""
        return (s for s in self.steps[:position] if s.kind == "contribution" and s.target == node)


def freeze(value: Any) -> Value:
    """A copy that nobody can change: a float for scalars, else a read-only array."""
    if np.ndim(value) == 0:
        return float(value)
    copy = np.array(value)
    copy.setflags(write=False)
    return copy


class Recorder:
    """Watches a backward pass and writes its steps.

    Args:
        tensors: those of the graph, in the order of its nodes.
        first: the index of the first step.
    """

    def __init__(self, tensors: Sequence[Tensor], first: int) -> None:
        self.ids = {id(t): i for i, t in enumerate(tensors)}
        self.steps: list[Step] = []
        self.first = first
        self._frozen: dict[int, tuple[Any, Value]] = {}

    def freeze(self, value: Any) -> Value:
        """As `freeze`, once for an array that several steps refer to (the upstream of every wire of a node)."""
        if id(value) not in self._frozen:
            self._frozen[id(value)] = (value, freeze(value))
        return self._frozen[id(value)][1]

    def seed(self, root: Tensor, grad: Any) -> None:
        """A root was seeded."""
        self.steps.append(
            Step(
                self.first + len(self.steps),
                "loss",
                "seed",
                self.ids[id(root)],
                grad=self.freeze(grad),
                received=1,
                expected=1,
            )
        )

    def contribution(
        self,
        node: Tensor,
        port: int,
        upstream: Any,
        raw: Any,
        contribution: Any,
        received: int,
        expected: int,
        grad: Any,
    ) -> None:
        """A node contributed along one wire."""
        op = node.op
        assert op is not None
        local: Value | None = None
        if op.elementwise:
            values = operands(*(t.value for t in node.inputs))
            with np.errstate(all="ignore"):
                local = freeze(np.broadcast_to(op.local(port, node.value, values, node.attrs), node.shape))
        self.steps.append(
            Step(
                self.first + len(self.steps),
                "backward",
                "contribution",
                self.ids[id(node)],
                port=port,
                target=self.ids[id(node.inputs[port])],
                upstream=self.freeze(upstream),
                local=local,
                raw=None if np.shape(raw) == np.shape(contribution) else freeze(raw),
                contribution=self.freeze(contribution),
                grad=self.freeze(grad),
                received=received,
                expected=expected,
            )
        )


def record_forward(graph: Graph, tensors: Sequence[Tensor]) -> tuple[tuple[Value, ...], list[Step]]:
    """The value of every node, by id, and the steps that computed them."""
    values = tuple(freeze(t.value) for t in tensors)
    steps: list[Step] = []
    for node in graph:
        if node.op is not None:
            phase: Phase = "loss" if node.op in LOSSES else "forward"
            steps.append(Step(len(steps), phase, "compute", node.id, value=values[node.id]))
    return values, steps


def record(roots: Sequence[Tensor], labels: Labels | None = None, *, wait: bool = True) -> Trace:
    """Record the forward pass that made `roots` and a backward pass from each, as a trace.

    Args:
        roots: scalars; each is seeded with 1, one after the other. They share no leaf that requires grad, else their
            grads would add up unseen.
        labels: what the scene knows beyond the tensors.
        wait: False records an impatient pass, which passes a grad on before all contributions have arrived.

    Raises:
        GradientError: a root that is no scalar, or depends on nothing that requires grad.
    """
    graph, tensors = build_graph(roots, labels)
    values, steps = record_forward(graph, tensors)
    grads: dict[int, Value] = {}
    for root in roots:
        recorder = Recorder(tensors, len(steps))
        found = backward(root, observer=recorder, wait=wait)
        steps += recorder.steps
        for tensor in tensors:
            if id(tensor) in found:
                grads[recorder.ids[id(tensor)]] = recorder.freeze(found[id(tensor)])
    return Trace(graph, values, tuple(steps), MappingProxyType(grads))
