"""Modules against PyTorch's: the same numbers from the same parameters, the same names, the same start."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from engine import nn, optim
from engine.errors import EngineError, ShapeError
from engine.tape import Tape
from engine.tensor import Tensor

torch = pytest.importorskip("torch")


def twins(*sizes: int, activation: str = "ReLU", dtype: Any = np.float64) -> tuple[nn.Sequential, Any]:
    """The same network of ours and of PyTorch."""
    ours: list[nn.Module] = []
    theirs: list[Any] = []
    for index, (a, b) in enumerate(pairwise(sizes)):
        if index:
            ours.append(getattr(nn, activation)())
            theirs.append(getattr(torch.nn, activation)())
        ours.append(nn.Linear(a, b, dtype=dtype, generator=index))
        theirs.append(torch.nn.Linear(a, b, dtype=getattr(torch, np.dtype(dtype).name)))
    model, other = nn.Sequential(*ours), torch.nn.Sequential(*theirs)
    other.load_state_dict({name: torch.tensor(value) for name, value in model.state_dict().items()})
    return model, other


@pytest.mark.parametrize("activation", ["Sigmoid", "Tanh", "ReLU", "LeakyReLU", "GELU"])
@pytest.mark.parametrize("batch", [1, 2, 70])
def test_a_network_computes_what_pytorchs_does(activation: str, batch: int) -> None:
    model, other = twins(6, 70, 3, activation=activation)  # 70: a weight in columns, and a batch of its width
    rng = np.random.default_rng(0)
    x, labels = rng.standard_normal((batch, 6)), rng.integers(0, 3, batch)
    loss = nn.CrossEntropyLoss()(model(Tensor(x)), Tensor(labels))
    loss.backward()
    expected = torch.nn.CrossEntropyLoss()(other(torch.tensor(x)), torch.tensor(labels))
    expected.backward()
    assert loss.item() == pytest.approx(expected.item(), rel=1e-12)
    for mine, theirs in zip(model.parameters(), other.parameters(), strict=True):
        np.testing.assert_allclose(mine.grad, theirs.grad.numpy(), rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop"])
def test_training_on_a_tape_goes_the_way_of_pytorch(name: str) -> None:
    model, other = twins(5, 66, 4)
    mine, theirs = (
        getattr(optim, name)(model.parameters(), lr=0.01),
        getattr(torch.optim, name)(other.parameters(), lr=0.01),
    )
    criterion, reference = nn.CrossEntropyLoss(), torch.nn.CrossEntropyLoss()
    rng, tape = np.random.default_rng(1), Tape()
    for step in range(30):
        rows = 8 if step % 10 else 3  # the last batch of an epoch is smaller
        x, labels = rng.standard_normal((rows, 5)), rng.integers(0, 4, rows)
        mine.zero_grad()
        theirs.zero_grad()
        with tape:
            loss = criterion(model(Tensor(x)), Tensor(labels))
            loss.backward()
        mine.step()
        expected = reference(other(torch.tensor(x)), torch.tensor(labels))
        expected.backward()
        theirs.step()
        assert loss.item() == pytest.approx(expected.item(), rel=1e-10)
    for a, b in zip(model.parameters(), other.parameters(), strict=True):
        np.testing.assert_allclose(a.data, b.detach().numpy(), rtol=1e-9, atol=1e-12)


def test_mse_loss_is_pytorchs() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 4, 3))
    ours = nn.MSELoss()(Tensor(a, requires_grad=True), Tensor(b))
    assert ours.item() == pytest.approx(torch.nn.MSELoss()(torch.tensor(a), torch.tensor(b)).item(), rel=1e-12)


def test_names_order_and_shapes_are_pytorchs() -> None:
    model, other = twins(4, 3, 2)
    assert [(n, p.shape) for n, p in model.named_parameters()] == [
        (n, tuple(p.shape)) for n, p in other.named_parameters()
    ]
    assert [p.name for p in model.parameters()] == ["0.weight", "0.bias", "2.weight", "2.bias"]
    nested = nn.Sequential(model, nn.Linear(2, 1))
    assert [n for n, _ in nested.named_parameters()][-3:] == ["0.2.bias", "1.weight", "1.bias"]
    assert repr(nn.Linear(4, 3)) == repr(torch.nn.Linear(4, 3))
    assert repr(nn.LeakyReLU(0.2)) == repr(torch.nn.LeakyReLU(0.2))
    assert repr(model) == repr(other)


def test_a_module_of_ones_own_finds_its_parameters_once() -> None:
    class Residual(nn.Module):
        def __init__(self) -> None:
            self.scale = Tensor(2.0, requires_grad=True)
            self.inner = nn.Linear(3, 3, generator=0)
            self.again = self.inner

        def forward(self, *inputs: Any) -> Tensor:
            (x,) = inputs
            result: Tensor = self.inner(x) * self.scale + x
            return result

    module = Residual()
    assert [name for name, _ in module.named_parameters()] == ["scale", "inner.weight", "inner.bias"]
    module(Tensor(np.ones((2, 3), np.float32)))
    with pytest.raises(NotImplementedError, match="Module has no forward"):
        nn.Module()(1.0)


@pytest.mark.parametrize("sizes", [(784, 10), (30, 64)])
def test_a_layer_starts_as_pytorchs_does(sizes: tuple[int, int]) -> None:
    a, b = nn.Linear(*sizes, generator=0), nn.Linear(*sizes, generator=0)
    np.testing.assert_array_equal(a.weight.data, b.weight.data)
    bound = sizes[0] ** -0.5
    theirs = torch.nn.Linear(*sizes)
    assert a.weight.dtype == np.float32
    assert a.weight.shape == tuple(theirs.weight.shape)
    for mine, other in ((a.weight.data, theirs.weight), (a.bias.data if a.bias is not None else None, theirs.bias)):
        assert mine is not None
        assert np.abs(mine).max() <= bound
        assert float(other.detach().abs().max()) <= bound
    assert a.weight.data.std() == pytest.approx(bound / 3**0.5, rel=0.1)
    assert nn.Linear(3, 2, bias=False).bias is None


def test_zero_grad_forgets() -> None:
    model, _ = twins(3, 2)
    model(Tensor(np.ones((1, 3)))).backward(np.ones((1, 2)))
    assert all(p.grad is not None for p in model.parameters())
    model.zero_grad()
    assert all(p.grad is None for p in model.parameters())


def test_state_is_taken_over_whole_or_not_at_all() -> None:
    model, _ = twins(3, 70, 2)
    other, _ = twins(3, 70, 2)
    state = {name: value + 1.0 for name, value in model.state_dict().items()}
    other.load_state_dict(state)
    for name, value in other.state_dict().items():
        np.testing.assert_array_equal(value, state[name])
    before = other.state_dict()
    with pytest.raises(ShapeError, match=r"2\.bias has another shape"):
        other.load_state_dict({**model.state_dict(), "2.bias": np.zeros(3)})
    with pytest.raises(EngineError, match="another network"):
        other.load_state_dict({"0.weight": np.zeros((70, 3))})
    for name, value in other.state_dict().items():
        np.testing.assert_array_equal(value, before[name])
    with pytest.raises(ShapeError):
        nn.Linear(0, 3)
