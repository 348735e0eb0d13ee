"""The trace: what the engine did, as steps that nothing can change."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from engine.errors import GradientError
from engine.mode import keep_graph
from engine.tensor import Tensor
from engine.trace import Trace, record


def leaf(value: object, name: str) -> Tensor:
    return Tensor(value, requires_grad=True, name=name)


def diamond(*, wait: bool = True) -> Trace:
    """L = 3h + h^2 with h = xy; dL/dh = 3 + 2h."""
    with keep_graph():
        h = leaf(1.5, "x") * leaf(-2.0, "y")
        h.name = "h"
        loss = h * 3.0 + h * h
    return record([loss], wait=wait)


def by_name(trace: Trace) -> dict[str, object]:
    return {trace.graph[i].name: grad for i, grad in trace.grads.items()}


def test_every_op_is_a_forward_step_and_every_wire_with_a_gradient_a_backward_step() -> None:
    trace = diamond()
    ops = [n for n in trace.graph if n.op]
    wires = [(n.id, p) for n in trace.graph for p in n.gradient_ports]
    assert [s.node for s in trace.steps if s.kind == "compute"] == [n.id for n in ops]
    assert sorted((s.node, s.port) for s in trace.steps if s.kind == "contribution") == sorted(wires)
    assert [s.index for s in trace.steps] == list(range(len(trace)))
    assert sum(s.kind == "seed" for s in trace.steps) == 1


def test_forward_steps_come_after_their_inputs_and_backward_steps_after_the_whole_upstream() -> None:
    trace = diamond()
    known = {n.id for n in trace.graph if not n.op}
    final = set(trace.graph.roots)
    for step in trace.steps:
        if step.kind == "compute":
            assert set(trace.graph[step.node].inputs) <= known
            known.add(step.node)
        elif step.kind == "contribution":
            assert step.node in final
            if step.state == "final":
                final.add(step.target or 0)


def test_contributions_are_counted_and_add_up() -> None:
    trace = diamond()
    h = next(n.id for n in trace.graph if n.name == "h")
    steps = list(trace.contributions(h))
    assert [(s.received, s.expected, s.state) for s in steps] == [(1, 3, "partial"), (2, 3, "partial"), (3, 3, "final")]
    assert sum(float(np.asarray(s.contribution)) for s in steps) == 3 + 2 * -3.0
    assert steps[-1].grad == 3 + 2 * -3.0


def test_upstream_times_local_is_the_contribution() -> None:
    for step in diamond().steps:
        if step.kind == "contribution":
            assert float(step.upstream) * float(step.local) == float(step.contribution)  # type: ignore[arg-type]


def test_an_impatient_pass_gives_wrong_gradients_and_says_so_in_its_steps() -> None:
    right, wrong = by_name(diamond()), by_name(diamond(wait=False))
    assert right["x"] == -3.0 * -2.0
    assert wrong["x"] != right["x"]
    assert wrong["h"] == right["h"]  # h does receive everything, only too late


def test_a_leaf_used_twice_by_one_op_has_two_wires() -> None:
    with keep_graph():
        x = leaf(3.0, "x")
        trace = record([x * x])
    (node,) = (n for n in trace.graph if n.op)
    assert node.inputs == (0, 0)
    assert [(s.port, float(s.contribution)) for s in trace.contributions(0)] == [(0, 3.0), (1, 3.0)]  # type: ignore[arg-type]


def test_broadcasting_is_shown_before_and_after_it_is_undone() -> None:
    with keep_graph():
        x, b = Tensor(np.ones((3, 2)), name="X"), leaf([1.0, 2.0], "b")
        trace = record([((x + b) * 2.0).sum()])
    b_id = next(n.id for n in trace.graph if n.name == "b")
    (step,) = trace.contributions(b_id)
    assert np.array_equal(step.raw, np.full((3, 2), 2.0))  # type: ignore[arg-type]
    assert np.array_equal(step.contribution, [6.0, 6.0])  # type: ignore[arg-type]


def test_nothing_in_a_trace_can_be_changed() -> None:
    source = np.array([1.0, 2.0])
    with keep_graph():
        x = leaf(source, "x")
        trace = record([(x * x).sum()])
    source[0] = 99.0
    x_id = next(n.id for n in trace.graph if n.name == "x")
    assert np.array_equal(np.asarray(trace.values[x_id]), [1.0, 2.0])
    with pytest.raises(ValueError, match="read-only"):
        np.asarray(trace.values[x_id])[0] = 5.0
    with pytest.raises(FrozenInstanceError):
        trace.steps[0].index = 7  # type: ignore[misc]
    with pytest.raises(TypeError):
        trace.grads[0] = 1.0  # type: ignore[index]


def test_the_key_of_a_graph_changes_with_its_structure_only() -> None:
    def graph_key(value: float, extra: float | None = None) -> str:
        with keep_graph():
            x = leaf(value, "x")
            root = x * x if extra is None else x * x + extra
        return record([root]).graph.key

    assert graph_key(1.0) == graph_key(-4.0)
    assert graph_key(1.0) != graph_key(1.0, 2.0)


def test_names_are_given_without_collision() -> None:
    with keep_graph():
        a, b = leaf(1.0, "a"), leaf(2.0, "b")
        trace = record([(a + b) * (a - b) * a])
    names = [n.name for n in trace.graph]
    assert len(set(names)) == len(names)
    assert names[-1] == "L"


def test_a_root_without_a_gradient_is_refused() -> None:
    with keep_graph(), pytest.raises(GradientError):
        record([Tensor(1.0) + 2.0])
