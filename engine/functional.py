"""Ops as free functions, with PyTorch's names where PyTorch has one: F.softmax(x, 1), F.maximum(a, b), F.cat([a, b]).

An op that needs no signature of its own comes straight from the table: F.sin(x) applies the op "sin".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from engine import ops
from engine.methods import Dims
from engine.op import OPS, Op
from engine.tensor import Tensor, apply


def tensor(x: Any) -> Tensor:
    """`x` itself where it is a tensor, else a leaf that holds it."""
    return x if isinstance(x, Tensor) else Tensor(x)


def sum(x: Any, dim: Dims = None, keepdim: bool = False) -> Tensor:  # noqa: A001 (PyTorch's name)
    """Sum over the axes `dim`, all where none is given."""
    return tensor(x).sum(dim, keepdim)


def mean(x: Any, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Mean over the axes `dim`, all where none is given."""
    return tensor(x).mean(dim, keepdim)


def var(x: Any, dim: Dims = None, correction: int = 1, keepdim: bool = False) -> Tensor:
    """Variance: squared distances from the mean, summed, over n - `correction`."""
    return tensor(x).var(dim, correction, keepdim)


def max(x: Any, dim: Dims = None, keepdim: bool = False) -> Tensor:  # noqa: A001 (PyTorch's name)
    """Largest element over the axes `dim`, all where none is given."""
    return tensor(x).max(dim, keepdim)


def min(x: Any, dim: Dims = None, keepdim: bool = False) -> Tensor:  # noqa: A001 (PyTorch's name)
    """Smallest element over the axes `dim`, all where none is given."""
    return tensor(x).min(dim, keepdim)


def softmax(x: Any, dim: int = -1) -> Tensor:
    """exp(x) / sum(exp(x)) along the axis `dim`."""
    return tensor(x).softmax(dim)


def log_softmax(x: Any, dim: int = -1) -> Tensor:
    """log(softmax(x)) along the axis `dim`, without overflow."""
    return tensor(x).log_softmax(dim)


def leaky_relu(x: Any, negative_slope: float = 0.01) -> Tensor:
    """x where x > 0, else negative_slope * x."""
    return apply(ops.LEAKY_RELU, x, negative_slope=negative_slope)


def gelu(x: Any, approximate: str = "none") -> Tensor:
    """x times the share of a normal distribution below x; exact, or approximate="tanh"."""
    return apply(ops.GELU, x, **({} if approximate == "none" else {"approximate": approximate}))


def reshape(x: Any, shape: Sequence[int]) -> Tensor:
    """The same elements in another shape; one size may be -1."""
    return tensor(x).reshape(*shape)


def broadcast_to(x: Any, shape: Sequence[int]) -> Tensor:
    """Repeated along axes of size 1 and new leading axes to fill `shape`."""
    return tensor(x).broadcast_to(tuple(shape))


def transpose(x: Any, dim0: int, dim1: int) -> Tensor:
    """Two axes exchanged."""
    return tensor(x).transpose(dim0, dim1)


def permute(x: Any, dims: Sequence[int]) -> Tensor:
    """All axes in the order `dims`."""
    return tensor(x).permute(*dims)


def concatenate(tensors: Sequence[Any], dim: int = 0) -> Tensor:
    """The tensors one after the other along the axis `dim`."""
    return apply(ops.CONCATENATE, *tensors, axis=dim)


cat = concatenate


def __getattr__(name: str) -> Callable[..., Tensor]:
    """The op of this name as a function of its inputs."""
    if name not in OPS:
        raise AttributeError(f"no op is called {name!r}")
    op: Op = OPS[name]

    def function(*inputs: Any, **attrs: Any) -> Tensor:
        if op.arity is not None and len(inputs) != op.arity:
            raise TypeError(f"{name} takes {op.arity} inputs, not {len(inputs)}")
        return apply(op, *inputs, **attrs)

    function.__name__ = name
    function.__doc__ = op.says.format("the first input", "the second", y="The result")
    return function
