"""The backward pass over a stretch of float nodes: one loop for many nodes of one rule.

A graph of scalars is tens of thousands of nodes of two or three ops. Deciding for each node what to do costs more than
doing it, so nodes of one kind that are ready together make one batch; a layer of neurons takes a handful of batches.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from engine.tensor import Tensor

Wire = tuple[Tensor, int, Tensor]
Entry = tuple[Any, ...]
Batch = tuple[Callable[[list[Entry]], None], list[Entry]]


def _add(batch: list[Entry]) -> None:
    for node, a, b in batch:
        upstream = node.grad
        a.grad += upstream
        b.grad += upstream


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


def _rule(node: Tensor, ports: Sequence[int]) -> Callable[[list[Entry]], None]:
    name = node.op.name if node.op is not None else ""
    both = len(ports) == 2
    if name == "add":
        return _add if both else _add_one
    if name == "mul":
        return _mul if both else _mul_one
    return _local


def _entries(rule: Callable[[list[Entry]], None], node: Tensor, ports: Sequence[int]) -> list[Entry]:
    inputs = node.inputs
    if rule is _add or rule is _mul:
        return [(node, *inputs)]
    if rule is _add_one:
        return [(node, inputs[ports[0]])]
    return [(node, port, inputs[port]) for port in ports]


class FloatRun:
    """The contributions of a stretch of float nodes, in batches; no node sends before it has received everything."""

    def __init__(self, wires: Sequence[Wire]) -> None:
        ports: dict[int, list[int]] = defaultdict(list)
        nodes: dict[int, Tensor] = {}
        waiting: Counter[int] = Counter()
        for node, port, target in wires:
            nodes[id(node)] = node
            ports[id(node)].append(port)
            waiting[id(target)] += 1
        ready: dict[Callable[[list[Entry]], None], list[Tensor]] = defaultdict(list)
        for key, node in nodes.items():
            if not waiting[key]:
                ready[_rule(node, ports[key])].append(node)
        self.batches: list[Batch] = []
        while ready:
            rule = max(ready, key=lambda r: len(ready[r]))
            queue = ready.pop(rule)
            batch: list[Entry] = []
            for node in queue:  # grows while it is walked: what becomes ready for the same rule joins the batch
                batch += _entries(rule, node, ports[id(node)])
                for port in ports[id(node)]:
                    target = node.inputs[port]
                    waiting[id(target)] -= 1
                    if not waiting[id(target)] and id(target) in nodes:
                        own = _rule(target, ports[id(target)])
                        (queue if own is rule else ready[own]).append(target)
            self.batches.append((rule, batch))

    def __call__(self) -> None:
        for rule, batch in self.batches:
            rule(batch)
