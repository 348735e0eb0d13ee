"""The ops as methods of a tensor, with PyTorch's names and meanings where PyTorch has one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine import ops
from engine.op import Op, Shape
from engine.ops.axes import normal_axis
from engine.ops.shape import normal_index

if TYPE_CHECKING:
    from engine.tensor import Tensor

Dims = int | tuple[int, ...] | list[int] | None


def _method(op: Op) -> Callable[[Methods], Tensor]:
    """`op`, an op of one input without attributes that matter, as a method."""

    def method(self: Methods) -> Tensor:
        return self._apply(op)

    method.__name__ = op.name
    method.__doc__ = op.says.format("self", y="The result")
    return method


def _over(dim: Dims, axis: Dims, keepdim: bool) -> dict[str, Any]:
    """Attributes of a reduction; those at their default are left out."""
    axis = dim if axis is None else axis
    attrs: dict[str, Any] = {} if axis is None else {"axis": tuple(axis) if isinstance(axis, list) else axis}
    return attrs | ({"keepdims": True} if keepdim else {})


def _sizes(sizes: tuple[Any, ...]) -> tuple[int, ...]:
    """Sizes or axes given one by one, or as one sequence."""
    return tuple(sizes[0]) if len(sizes) == 1 and isinstance(sizes[0], tuple | list) else sizes


class Methods:
    """What can be computed from a tensor, beside the operators."""

    __slots__ = ()

    def _apply(self, op: Op, *others: Any, **attrs: Any) -> Tensor:
        """Apply `op` to this tensor and others."""
        raise NotImplementedError

    @property
    def shape(self) -> Shape:
        """Sizes of the axes; () for a scalar."""
        raise NotImplementedError

    exp = _method(ops.EXP)
    log = _method(ops.LOG)
    sqrt = _method(ops.SQRT)
    abs = _method(ops.ABS)
    sin = _method(ops.SIN)
    cos = _method(ops.COS)
    tanh = _method(ops.TANH)
    sigmoid = _method(ops.SIGMOID)
    relu = _method(ops.RELU)

    def __abs__(self) -> Tensor:
        return self._apply(ops.ABS)

    def pow(self, exponent: Any) -> Tensor:
        """self ** exponent."""
        return self._apply(ops.POW, exponent)

    def matmul(self, other: Any, transpose_b: bool = False) -> Tensor:
        """self @ other, or self @ other.T without a node for the transpose."""
        return self._apply(ops.MATMUL, other, **({"transpose_b": True} if transpose_b else {}))

    def sum(self, dim: Dims = None, keepdim: bool = False, *, axis: Dims = None) -> Tensor:
        """Sum over the axes `dim` (or `axis`), all where none is given."""
        return self._apply(ops.SUM, **_over(dim, axis, keepdim))

    def mean(self, dim: Dims = None, keepdim: bool = False, *, axis: Dims = None) -> Tensor:
        """Mean over the axes `dim` (or `axis`), all where none is given."""
        return self._apply(ops.MEAN, **_over(dim, axis, keepdim))

    def var(self, dim: Dims = None, correction: int = 1, keepdim: bool = False, *, axis: Dims = None) -> Tensor:
        """Variance: squared distances from the mean, summed, over n - `correction`."""
        corrected = {} if correction == 1 else {"correction": correction}
        return self._apply(ops.VAR, **_over(dim, axis, keepdim), **corrected)

    def max(self, dim: Dims = None, keepdim: bool = False, *, axis: Dims = None) -> Tensor:
        """Largest element. Of equal ones all share the gradient; along a single axis the first one takes it."""
        return self._apply(ops.MAX, **_over(dim, axis, keepdim))

    def min(self, dim: Dims = None, keepdim: bool = False, *, axis: Dims = None) -> Tensor:
        """Smallest element. Of equal ones all share the gradient; along a single axis the first one takes it."""
        return self._apply(ops.MIN, **_over(dim, axis, keepdim))

    def softmax(self, dim: int = -1) -> Tensor:
        """exp(x) / sum(exp(x)) along the axis `dim`."""
        return self._apply(ops.SOFTMAX, axis=dim)

    def log_softmax(self, dim: int = -1) -> Tensor:
        """log(softmax(x)) along the axis `dim`, without overflow."""
        return self._apply(ops.LOG_SOFTMAX, axis=dim)

    def cross_entropy(self, labels: Any) -> Tensor:
        """Mean of -log(softmax(self))[label] over the rows; raises LabelError for a label that names no class."""
        return self._apply(ops.CROSS_ENTROPY, labels)

    def reshape(self, *shape: Any) -> Tensor:
        """The same elements in another shape; one size may be -1."""
        return self._apply(ops.RESHAPE, shape=_sizes(shape))

    def broadcast_to(self, shape: Shape) -> Tensor:
        """Repeated along axes of size 1 and new leading axes to fill `shape`."""
        return self._apply(ops.BROADCAST_TO, shape=tuple(shape))

    def expand(self, *shape: Any) -> Tensor:
        """As broadcast_to; -1 keeps a size."""
        sizes = _sizes(shape)
        kept = (1,) * (len(sizes) - len(self.shape)) + self.shape
        return self.broadcast_to(tuple(k if n == -1 else n for n, k in zip(sizes, kept, strict=False)))

    def transpose(self, dim0: int, dim1: int) -> Tensor:
        """Two axes exchanged."""
        axes = list(range(len(self.shape)))
        i, j = (normal_axis(d, len(self.shape), self.shape) for d in (dim0, dim1))
        axes[i], axes[j] = j, i
        return self._apply(ops.TRANSPOSE, axes=tuple(axes))

    def permute(self, *dims: Any) -> Tensor:
        """All axes in the order `dims`."""
        return self._apply(ops.TRANSPOSE, axes=_sizes(dims))

    @property
    def T(self) -> Tensor:
        """All axes in reverse order."""
        return self._apply(ops.TRANSPOSE)

    def __getitem__(self, index: Any) -> Tensor:
        return self._apply(ops.GETITEM, index=normal_index(index))
