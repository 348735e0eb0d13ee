"""An opened scene as messages. Arrays become references; their frames follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from app import protocol
from app.scene import Opened
from app.summary import as_matrix, summarise
from engine.errors import EngineError
from engine.explain import Text, equation, formula, sentence
from engine.graph import Graph, Node
from engine.op import Array
from engine.trace import Step

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

CHUNK = 250
"""Steps a message: small enough to interleave with other messages, large enough to be few."""


class Encoder:
    """Encodes one generation of one scene. The same array always has the same reference."""

    def __init__(self, opened: Opened, generation: int) -> None:
        self.opened = opened
        self.generation = generation
        self._arrays: list[Array] = []
        self._refs: dict[int, int] = {}
        self._images: dict[int, tuple[int, int]] = {}

    def value(self, value: Any, node: Node | None = None) -> protocol.Value:
        """A scalar in place, an array by reference; `node` tells whether its rows are pictures."""
        if np.ndim(value) == 0:
            return float(value)
        if id(value) not in self._refs:
            self._refs[id(value)] = len(self._arrays)
            self._arrays.append(value)
        ref = self._refs[id(value)]
        if node is not None and node.images:
            self._images[ref] = node.images
        return protocol.TensorRef(ref=ref, shape=list(np.shape(value)))

    def _optional(self, value: Any, node: Node | None = None) -> protocol.Value | None:
        return None if value is None else self.value(value, node)

    def array(self, ref: int) -> Array:
        """The array behind a reference; IndexError where there is none."""
        if not 0 <= ref < len(self._arrays):
            raise IndexError(ref)
        return self._arrays[ref]

    def opened_message(
        self, title: str, says: str, scene: str, position: protocol.Position, seq: int
    ) -> protocol.Opened:
        """The scene but for its steps."""
        opened, trace = self.opened, self.opened.trace
        return protocol.Opened(
            request_seq=seq,
            generation=self.generation,
            scene=scene,
            title=title,
            says=says,
            source=opened.source,
            editable=opened.editable,
            graph=graph_message(trace.graph),
            leaves=[protocol.Leaf.model_validate(leaf) for leaf in opened.leaves],
            choices=[protocol.Choice.model_validate(choice) for choice in opened.choices],
            checks=[protocol.Check.model_validate(check) for check in opened.checks],
            notes=list(opened.notes),
            training=None if opened.training is None else protocol.TrainingStep.model_validate(opened.training),
            origin=None if opened.origin is None else protocol.Origin.model_validate(opened.origin),
            values={node.id: self.value(trace.values[node.id], node) for node in trace.graph},
            grads={i: self.value(grad, trace.graph[i]) for i, grad in trace.grads.items()},
            steps=len(trace),
            position=position,
        )

    def step_messages(self, seq: int) -> Iterator[protocol.Steps]:
        """All steps, in chunks; the last chunk is marked (and empty where there are none)."""
        steps = self.opened.trace.steps
        for start in range(0, max(len(steps), 1), CHUNK):
            chunk = [self.step(s) for s in steps[start : start + CHUNK]]
            yield protocol.Steps(
                request_seq=seq, generation=self.generation, start=start, steps=chunk, last=start + CHUNK >= len(steps)
            )

    def frames(self) -> Iterator[protocol.TensorFrame]:
        """The tensors referred to so far, in the order of their references."""
        for ref, array in enumerate(self._arrays):
            yield summarise(array, self.generation, ref, self._images.get(ref))

    def step(self, step: Step) -> protocol.Step:
        """One step with its formulas and sentence."""
        trace = self.opened.trace
        node = trace.graph[step.node]
        target = trace.graph[step.target] if step.target is not None else None
        stages = equation(trace, step)
        words: Text
        if step.index in self.opened.updates:
            rule, numbers, words = self.opened.updates[step.index]
        else:
            (rule, numbers), words = formula(trace, step), sentence(trace, step)
        return protocol.Step(
            index=step.index,
            phase=step.phase,
            kind=step.kind,
            node=step.node,
            port=step.port,
            target=step.target,
            value=self._optional(step.value, node),
            upstream=self._optional(step.upstream, node),
            local=self._optional(step.local),
            raw=self._optional(step.raw),
            contribution=self._optional(step.contribution, target),
            grad=self._optional(step.grad, target or node),
            received=step.received,
            expected=step.expected,
            state=step.state,
            equation=None if stages is None else protocol.Equation.model_validate(stages),
            formula=rule,
            numbers=numbers,
            sentence=words,
            quantities=[
                protocol.Quantity(name=q.name, latex=q.latex, value=self.value(q.value, node), says=q.says)
                for q in step.quantities
            ],
        )


def graph_message(graph: Graph) -> protocol.Graph:
    """The graph with its formulas."""
    return protocol.Graph(
        key=graph.key,
        nodes=[
            protocol.GraphNode(
                id=node.id,
                name=node.name,
                latex=node.latex,
                kind=node.kind,
                op=node.op,
                formula=graph.formula(node),
                text=plain_formula(graph, node),
                inputs=list(node.inputs),
                gradient_ports=list(node.gradient_ports),
                shape=list(node.shape),
                lane=node.lane,
                layer=node.layer,
                span=node.span,
                images=node.images,
            )
            for node in graph
        ],
        roots=list(graph.roots),
    )


def plain_formula(graph: Graph, node: Node) -> str:
    """What a node computes in a few characters for the picture: 1 + a, exp n, X @ Wᵀ."""
    if node.op is None:
        return ""
    names = [graph[i].name for i in node.inputs]
    op = node.record
    if op.infix and len(names) == 1:
        return f"{op.infix.replace('-', chr(0x2212))}{names[0]}"
    if op.infix and len(names) == 2:
        right = names[1] + ("ᵀ" if node.attrs.get("transpose_b") else "")
        sign = {"-": "\N{MINUS SIGN}", "*": "·", "/": "/", "**": "^", "@": "@"}.get(op.infix, op.infix)
        if op.infix == "**":
            return names[0] + (right.translate(SUPERSCRIPTS) if right.isdigit() else f"^{right}")
        return f"{names[0]} {sign} {right}"
    if len(names) == 1:
        return f"{op.name} {names[0]}"
    return f"{op.name}({', '.join(names)})"


def window(array: Array, rows: Sequence[int], columns: Sequence[int], limit: int) -> list[list[float]]:
    """Exact numbers of part of an array seen as a matrix.

    Raises EngineError where the window leaves the array or holds more than `limit` numbers.
    """
    matrix = as_matrix(array)
    (top, bottom), (left, right) = rows, columns
    size = f"rows 0 to {matrix.shape[0]} and columns 0 to {matrix.shape[1]}"
    given = f"rows {top} to {bottom} and columns {left} to {right}"
    if not (0 <= top < bottom <= matrix.shape[0] and 0 <= left < right <= matrix.shape[1]):
        raise EngineError("There are no such numbers", given=given, expected=f"a window within {size}")
    if (bottom - top) * (right - left) > limit:
        raise EngineError("That is too much at once", given=given, expected=f"at most {limit:,} numbers")
    return [[float(x) for x in row] for row in matrix[top:bottom, left:right]]
