"""How parameters start: PyTorch's bounds, the variances of the papers, and why zeros cannot learn."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import nn, optim
from engine.errors import EngineError
from engine.init import INITIALISATIONS, initial
from engine.tensor import Tensor
from tests.engine.katex import typeset

torch = pytest.importorskip("torch")

WIDTHS = [(784, 128), (128, 784), (30, 10), (1, 5), (5, 1)]


def theirs(name: str, inputs: int, outputs: int) -> None:
    """Let PyTorch initialise a layer of these widths."""
    weight = torch.empty(outputs, inputs)
    if name == "xavier":
        torch.nn.init.xavier_uniform_(weight)
    elif name == "he":
        torch.nn.init.kaiming_uniform_(weight, nonlinearity="relu")
    else:
        torch.nn.Linear(inputs, outputs)


@pytest.mark.parametrize("name", ["pytorch", "xavier", "he"])
@pytest.mark.parametrize("widths", WIDTHS, ids=str)
def test_bounds_are_pytorchs(name: str, widths: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def uniform_(tensor: Any, low: float, high: float, generator: Any = None) -> Any:
        asked.append((low, high))
        return tensor

    monkeypatch.setattr(torch.Tensor, "uniform_", uniform_)
    theirs(name, *widths)
    scheme = INITIALISATIONS[name]
    own = [bound for bound in (scheme.weight(*widths), scheme.bias(*widths)) if bound]
    assert asked == [(pytest.approx(-bound, rel=1e-12), pytest.approx(bound, rel=1e-12)) for bound in own]


@pytest.mark.parametrize(
    ("name", "weights", "biases"),
    [
        ("pytorch", lambda n, m: 1 / (3 * n), lambda n, m: 1 / (3 * n)),
        ("xavier", lambda n, m: 2 / (n + m), lambda n, m: 0),
        ("he", lambda n, m: 2 / n, lambda n, m: 0),
        ("zeros", lambda n, m: 0, lambda n, m: 0),
    ],
)
def test_the_variance_is_the_papers_and_draws_fill_the_bounds(name: str, weights: Any, biases: Any) -> None:
    n, m = 60, 4000
    layer = nn.Linear(n, m, init=name, dtype=np.float64, generator=0)
    assert layer.bias is not None
    scheme = INITIALISATIONS[name]
    for values, variance, bound in (
        (layer.weight.data, weights(n, m), scheme.weight(n, m)),
        (layer.bias.data, biases(n, m), scheme.bias(n, m)),
    ):
        assert values.var() == pytest.approx(variance, rel=0.05)
        assert abs(values.mean()) <= 0.05 * bound
        assert 0.99 * bound <= np.abs(values).max() <= bound


def test_the_default_draws_what_a_uniform_generator_draws() -> None:
    rng = np.random.default_rng(7)
    layers = [
        nn.Linear(9, 70, generator=rng),
        nn.Linear(9, 3, bias=False, generator=rng),
        nn.Linear(9, 3, generator=rng),
    ]
    again, bound = np.random.default_rng(7), 9**-0.5
    for layer in layers:
        weight = again.uniform(-bound, bound, (layer.out_features, 9)).astype(np.float32)
        np.testing.assert_array_equal(layer.weight.data, weight)
        assert layer.weight.value.flags.f_contiguous == (layer.out_features >= nn.WIDE)
        if layer.bias is not None:
            bias = again.uniform(-bound, bound, layer.out_features).astype(np.float32)
            np.testing.assert_array_equal(layer.bias.data, bias)


def trained(init: str) -> tuple[nn.Linear, nn.Linear]:
    """The layers of a small network after five steps."""
    hidden, output = nn.Linear(4, 6, init=init, generator=0), nn.Linear(6, 3, init=init, generator=1)
    model = nn.Sequential(hidden, nn.Sigmoid(), output)
    optimizer, rng = optim.SGD(model.parameters(), lr=0.5), np.random.default_rng(0)
    x, labels = Tensor(rng.standard_normal((10, 4)).astype(np.float32)), Tensor(rng.integers(0, 3, 10))
    for _ in range(5):
        optimizer.zero_grad()
        nn.CrossEntropyLoss()(model(x), labels).backward()
        optimizer.step()
    return hidden, output


def test_units_that_start_at_zero_get_equal_gradients_and_stay_equal() -> None:
    hidden, output = trained("zeros")
    for array in (hidden.weight.grad, hidden.weight.data, np.transpose(output.weight.grad), output.weight.data.T):
        rows = np.asarray(array)
        assert np.abs(rows).max() > 0.0  # they do move: all the same way
        np.testing.assert_allclose(rows, np.broadcast_to(rows[0], rows.shape), rtol=1e-5)
    for init in ("pytorch", "xavier", "he"):
        grad = np.asarray(trained(init)[0].weight.grad)
        for one, other in pairwise(grad):
            assert np.abs(one - other).max() > 1e-4


@pytest.mark.parametrize(("init", "activation"), [("he", nn.ReLU), ("xavier", nn.Tanh)])
def test_signals_keep_their_size_through_ten_layers_where_the_default_loses_them(init: str, activation: Any) -> None:
    x = np.random.default_rng(0).standard_normal((200, 256)).astype(np.float32) * 0.1

    def size(scheme: str) -> float:
        layers = [nn.Linear(256, 256, bias=False, init=scheme, generator=index) for index in range(10)]
        model = nn.Sequential(*(part for layer in layers for part in (activation(), layer)))
        return float(np.square(model(Tensor(x)).data).mean() / np.square(x).mean())

    assert 0.5 < size(init) < 2.0
    assert size("pytorch") < 0.01


def test_a_scheme_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(EngineError, match="No such initialisation") as caught:
        nn.Linear(2, 3, init="orthogonal")
    assert (caught.value.given, caught.value.expected) == ("orthogonal", "one of pytorch, xavier, he, zeros")
    assert initial("he", 2, 3, np.random.default_rng(0), bias=False)[1] is None


def test_katex_typesets_every_formula(root: Path) -> None:
    assert typeset([scheme.latex for scheme in INITIALISATIONS.values()], root) == []
