"""PyTorch's answer covers every op, agrees with the engine on every node, and differs from what is wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import oracle
from engine import OPS, Tensor
from engine.differences import central_differences, in_float64, sample_elements
from engine.tensor import apply
from engine.trace import Trace, record
from tests.engine.op_cases import CASES

pytestmark = pytest.mark.skipif(not oracle.available(), reason="PyTorch is not installed")


def check_all(trace: Trace) -> int:
    """Compare every grad of the trace with PyTorch's; how many nodes those were."""
    theirs = oracle.pytorch_gradients(trace.graph, trace.values)
    assert theirs.keys() == trace.grads.keys()
    for node_id, grad in trace.grads.items():
        expected = theirs[node_id]
        assert np.shape(grad) == expected.shape
        scale = max(1.0, float(np.abs(expected[np.isfinite(expected)]).max(initial=0.0)))
        np.testing.assert_allclose(np.asarray(grad), expected, rtol=1e-10, atol=1e-13 * scale)
    return len(theirs)


def leaves(inputs: list[Any]) -> list[Tensor]:
    return [Tensor(a, requires_grad=a.dtype.kind == "f") for a in inputs]


def test_pytorch_has_a_function_for_every_op_and_none_besides() -> None:
    assert set(oracle.functions()) == set(OPS.names())


@pytest.mark.parametrize("name", OPS.names())
@settings(max_examples=15)
@given(data=st.data())
def test_every_op_agrees_inside_a_graph(name: str, data: st.DataObject) -> None:
    case = data.draw(CASES[name])
    value = apply(OPS[name], *leaves(case.inputs), **case.attrs)
    check_all(record([(value * value).sum()]))


def test_an_index_with_steps_backwards_and_one_with_a_mask() -> None:
    x = Tensor(np.arange(12.0).reshape(3, 4), requires_grad=True)
    mask = np.array([[True, False, True, False]] * 3)
    assert check_all(record([(x[::-1, 1:3] * x[:, -1:0:-2]).sum() + (x[mask] ** 2.0).sum()])) > 5


def test_a_graph_with_shared_nodes_two_wires_and_two_roots() -> None:
    x, y = Tensor(1.5, requires_grad=True, name="x"), Tensor([0.2, -0.4], requires_grad=True, name="y")
    square = x * x
    trace = record([square.exp() + square / x, (y.tanh() * y).sum()])
    assert check_all(trace) >= 8


def test_float32_values_are_answered_in_float64() -> None:
    rng = np.random.default_rng(0)
    w = Tensor(rng.normal(size=(3, 4)).astype(np.float32), requires_grad=True)
    x = Tensor(rng.normal(size=(2, 4)).astype(np.float32))
    trace = record([x.matmul(w, transpose_b=True).cross_entropy(Tensor(np.array([0, 2])))])
    for node_id, expected in oracle.pytorch_gradients(trace.graph, trace.values).items():
        assert expected.dtype == np.float64
        np.testing.assert_allclose(trace.grads[node_id], expected, rtol=1e-4, atol=1e-6)


def test_three_ways_to_one_gradient_of_a_large_tensor() -> None:
    rng = np.random.default_rng(0)
    w = Tensor(rng.normal(size=(10, 784)) * 0.05, requires_grad=True, name="W")
    x, labels = Tensor(rng.random((20, 784))), Tensor(rng.integers(0, 10, 20))
    trace = record([x.matmul(w, transpose_b=True).cross_entropy(labels)])
    node_id = next(node.id for node in trace.graph if node.name == "W")
    elements = sample_elements(w.shape, 12, seed=0)
    differences = central_differences(trace.graph, in_float64(trace.graph, trace.values), node_id, elements)
    pytorch = oracle.pytorch_gradients(trace.graph, trace.values)[node_id]
    np.testing.assert_allclose(differences, [pytorch[e] for e in elements], rtol=1e-8)
    np.testing.assert_allclose(trace.grads[node_id], pytorch, rtol=1e-10, atol=1e-16)


def test_an_impatient_pass_does_not_agree() -> None:
    x = Tensor(1.5, requires_grad=True)
    shared = x * x
    trace = record([shared.exp() * shared.sin()], wait=False)
    with pytest.raises(AssertionError):
        check_all(trace)


def test_pytorch_is_imported_only_when_it_is_asked(root: Path) -> None:
    code = (
        "import sys; from app import oracle; print('torch' in sys.modules);"
        "oracle.available(); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
