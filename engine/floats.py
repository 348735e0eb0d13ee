"""The backward pass over a stretch of float nodes: one loop for many nodes of one rule.

A graph of scalars is tens of thousands of nodes of two or three ops. Deciding for each node what to do costs more than
doing it, so nodes of one kind that are ready together make one batch; a layer of neurons takes a handful of batches.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.tensor import Tensor

Wire = tuple[Tensor, int, Tensor]
Entry = tuple[Any, ...]
Rule = Callable[[list[Entry]], None]
Batch = tuple[Rule, list[Entry]]


def _add(batch: list[Entry]) -> None:
    for node, a, b in batch:
        upstream = node.grad
        a.grad += upstream
        b.grad += upstream


def _add_alone(batch: list[Entry]) -> None:
    for node, a, b in batch:
        a.grad = b.grad = node.grad


def _add_one(batch: list[Entry]) -> None:
    for node, a in batch:
        a.grad += node.grad


def _mul(batch: list[Entry]) -> None:
    for node, a, b in batch:
        upstream = node.grad
        a.grad += upstream * b.value
        b.grad += upstream * a.value


def _mul_one(batch: list[Entry]) -> None:
    for node, port, a in batch:
        a.grad += node.grad * node.inputs[1 - port].value


def _local(batch: list[Entry]) -> None:
    for node, port, a in batch:
        a.grad += node.grad * node.partials[port]


def _entries(rule: Rule, node: Tensor, ports: Sequence[int]) -> list[Entry]:
    inputs = node.inputs
    if rule is _local or rule is _mul_one:
        return [(node, port, inputs[port]) for port in ports]
    return [(node, inputs[ports[0]])] if rule is _add_one else [(node, *inputs)]


class FloatRun:
    """The contributions of a stretch of float nodes, in batches; no node sends before it has received everything.

    Attributes:
        batches: which loop runs over what, one after the other.
        written: ids of the nodes whose grad is written instead of added to, because nothing else contributes to it.
    """

    def __init__(self, wires: Sequence[Wire], contributions: Mapping[int, int]) -> None:
        self.batches: list[Batch] = []
        self.written: set[int] = set()
        ports: dict[int, list[int]] = defaultdict(list)
        nodes: dict[int, Tensor] = {}
        waiting: Counter[int] = Counter()
        for node, port, target in wires:
            nodes[id(node)] = node
            ports[id(node)].append(port)
            waiting[id(target)] += 1

        def rule_of(node: Tensor) -> Rule:
            name, both = node.op.name if node.op is not None else "", len(ports[id(node)]) == len(node.inputs)
            if name == "add" and both:
                alone = all(t.op is not None and contributions[id(t)] == 1 for t in node.inputs)
                return _add_alone if alone else _add
            return _add_one if name == "add" else (_mul if both else _mul_one) if name == "mul" else _local

        ready: dict[Rule, list[Tensor]] = defaultdict(list)
        for key, node in nodes.items():
            if not waiting[key]:
                ready[rule_of(node)].append(node)
        while ready:
            rule = max(ready, key=lambda r: len(ready[r]))
            queue = ready.pop(rule)
            batch: list[Entry] = []
            for node in queue:  # grows while it is walked: what becomes ready for the same rule joins the batch
                batch += _entries(rule, node, ports[id(node)])
                if rule is _add_alone:
                    self.written.update(map(id, node.inputs))
                for port in ports[id(node)]:
                    target = node.inputs[port]
                    waiting[id(target)] -= 1
                    if not waiting[id(target)] and id(target) in nodes:
                        own = rule_of(target)
                        (queue if own is rule else ready[own]).append(target)
            self.batches.append((rule, batch))

    def __call__(self) -> None:
        for rule, batch in self.batches:
            rule(batch)
