"""Tensor: what it holds, how it meets numbers and arrays, and PyTorch's names."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine import F, GradientError, ShapeError, Tensor, cat, concatenate, keep_graph, no_grad
from engine.op import OPS


@pytest.mark.parametrize(
    ("data", "dtype", "shape"),
    [
        (2, np.float64, ()),
        (2.5, np.float64, ()),
        (True, np.float64, ()),
        ([1, 2], np.float64, (2,)),
        ([[1.0], [2.0]], np.float64, (2, 1)),
        (np.float32(1.0), np.float32, ()),
        (np.ones(2, np.float32), np.float32, (2,)),
        (np.array([1, 2]), np.int64, (2,)),
    ],
)
def test_numbers_become_float64_and_arrays_keep_their_type(data: Any, dtype: Any, shape: tuple[int, ...]) -> None:
    t = Tensor(data)
    assert t.dtype == dtype
    assert t.shape == shape
    assert t.ndim == len(shape)
    assert t.size == int(np.prod(shape))
    np.testing.assert_array_equal(t.numpy(), np.asarray(data))


@pytest.mark.parametrize("data", ["text", [[1.0], [2.0, 3.0]], None, [None], 1j])
def test_what_is_no_array_of_numbers_is_refused(data: Any) -> None:
    with pytest.raises((ShapeError, ValueError)):
        Tensor(data)


def test_only_real_numbers_require_grad() -> None:
    with pytest.raises(GradientError, match="real numbers"):
        Tensor(np.array([1, 2]), requires_grad=True)
    assert Tensor([1, 2], requires_grad=True).requires_grad


def test_a_dtype_can_be_chosen() -> None:
    assert Tensor([1.0, 2.0], dtype=np.float32).dtype == np.float32
    assert Tensor(1.0, dtype=np.float32).dtype == np.float32


def test_arrays_leave_the_operator_to_the_tensor() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    array = np.array([3.0, 4.0])
    for result, expected in [
        (array + x, [4.0, 6.0]),
        (array - x, [2.0, 2.0]),
        (array * x, [3.0, 8.0]),
        (array / x, [3.0, 2.0]),
        (array**x, [3.0, 16.0]),
        (np.float64(2.0) * x, [2.0, 4.0]),
    ]:
        assert type(result) is Tensor
        np.testing.assert_array_equal(result.data, expected)
    assert (array @ x).item() == 11.0
    with pytest.raises(TypeError):
        np.exp(x)  # a NumPy function would lose the gradient without a word


def test_numbers_on_either_side() -> None:
    x = Tensor(4.0)
    assert [(1 + x).item(), (1 - x).item(), (2 * x).item(), (2 / x).item(), (2**x).item()] == [5, -3, 8, 0.5, 16]
    assert [(x + 1).item(), (x - 1).item(), (x * 2).item(), (x / 2).item(), (x**2).item()] == [5, 3, 8, 2, 16]
    assert (-x).item() == -4.0
    assert abs(-x).item() == 4.0
    assert float(x) == 4.0


def test_iteration_length_and_truth() -> None:
    x = Tensor([[1.0, 2.0], [3.0, 4.0]])
    assert len(x) == 2
    assert [row.tolist() for row in x] == [[1.0, 2.0], [3.0, 4.0]]
    assert bool(Tensor(1.0))
    assert not bool(Tensor(0.0))
    with pytest.raises(TypeError, match="no length"):
        len(Tensor(1.0))


def test_copies_and_detached_tensors() -> None:
    x = Tensor([1.0, 2.0], requires_grad=True)
    copy = x.numpy()
    copy[0] = 5.0
    assert x.tolist() == [1.0, 2.0]
    y = (x * 2.0).detach()
    assert y.is_leaf
    assert not y.requires_grad
    np.testing.assert_array_equal(np.asarray(y), [2.0, 4.0])


def test_without_grad_no_graph_is_kept() -> None:
    x = Tensor(2.0, requires_grad=True)
    with no_grad():
        y = x * x
    assert y.is_leaf
    assert not y.requires_grad
    assert (x * x).requires_grad
    assert (Tensor(1.0) + 1.0).is_leaf
    with keep_graph():
        kept = Tensor(1.0) + 1.0
    assert not kept.is_leaf


def test_methods_have_pytorchs_names_and_meanings() -> None:
    torch = pytest.importorskip("torch")
    data = np.random.default_rng(0).uniform(0.5, 2.0, (2, 3, 4))
    x, t = Tensor(data), torch.tensor(data)
    calls: list[Any] = [
        lambda a: a.exp(),
        lambda a: a.log(),
        lambda a: a.sqrt(),
        lambda a: (-a).abs(),
        lambda a: a.sin(),
        lambda a: a.cos(),
        lambda a: a.tanh(),
        lambda a: a.sigmoid(),
        lambda a: (a - 1.0).relu(),
        lambda a: a.pow(3),
        lambda a: a.sum(),
        lambda a: a.sum(1),
        lambda a: a.sum(dim=(0, 2), keepdim=True),
        lambda a: a.sum(axis=1),
        lambda a: a.mean([0, 1]),
        lambda a: a.var(),
        lambda a: a.var(1, correction=0, keepdim=True),
        lambda a: a.max(),
        lambda a: a.min(),
        lambda a: a.softmax(1),
        lambda a: a.log_softmax(-1),
        lambda a: a.reshape(6, -1),
        lambda a: a.reshape((4, 6)),
        lambda a: a.transpose(0, 2),
        lambda a: a.transpose(-1, -2),
        lambda a: a.permute(2, 0, 1),
        lambda a: a[0].T,
        lambda a: a[:, 1:2].expand(2, 5, -1),
        lambda a: a[:, :1].expand(7, -1, 3, -1),
        lambda a: a[0, 1:, -1],
        lambda a: a[..., None, 2],
        lambda a: a[[1, 0, 1]],
        lambda a: a.matmul(a.transpose(1, 2)),
        lambda a: a @ a[0, 0],
    ]
    for call in calls:
        ours, theirs = call(x), call(t)
        assert ours.shape == tuple(theirs.shape)
        np.testing.assert_allclose(ours.data, theirs.numpy(), rtol=1e-12)


def test_masks_and_tensors_as_indices() -> None:
    x = Tensor([1.0, 2.0, 3.0], requires_grad=True)
    x[np.array([True, False, True])].sum().backward()
    np.testing.assert_array_equal(x.grad, [1.0, 0.0, 1.0])
    assert x[Tensor([2.0, 0.0])].tolist() == [3.0, 1.0]
    with pytest.raises(ShapeError, match="index"):
        x[0.5]


@pytest.mark.parametrize("name", OPS.names())
def test_every_op_is_a_function(name: str) -> None:
    assert callable(getattr(F, name))


def test_functions_take_numbers_lists_and_tensors() -> None:
    assert F.maximum(1.0, Tensor([0.0, 2.0])).tolist() == [1.0, 2.0]
    assert F.sin(0.0).item() == 0.0
    assert F.sum([[1.0, 2.0], [3.0, 4.0]], dim=0).tolist() == [4.0, 6.0]
    assert F.mean([1.0, 2.0]).item() == F.var([1.0, 2.0, 3.0]).item() + 0.5
    assert F.max([1.0, 2.0]).item() - F.min([1.0, 2.0]).item() == 1.0
    assert F.leaky_relu(-1.0, 0.2).item() == -0.2
    assert F.softmax([0.0, 0.0]).tolist() == [0.5, 0.5]
    assert F.log_softmax([0.0]).tolist() == [0.0]
    assert F.reshape([1.0, 2.0], (2, 1)).shape == (2, 1)
    assert F.broadcast_to(1.0, [2, 2]).shape == (2, 2)
    assert F.transpose([[1.0, 2.0]], 0, 1).shape == F.permute([[1.0, 2.0]], (1, 0)).shape == (2, 1)
    assert cat([[1.0], Tensor([2.0, 3.0])]).tolist() == [1.0, 2.0, 3.0]
    assert concatenate([[[1.0]], [[2.0]]], dim=1).shape == (1, 2)
    with pytest.raises(TypeError, match="takes 2 inputs"):
        F.maximum(1.0)
    with pytest.raises(AttributeError, match="sinn"):
        F.sinn  # noqa: B018


def test_it_shows_itself() -> None:
    assert repr(Tensor(2.0, requires_grad=True, name="x")) == "Tensor(2., name='x', requires_grad=True)"
    assert repr(Tensor(2.0, requires_grad=True) * 3.0) == "Tensor(6., op=mul)"
