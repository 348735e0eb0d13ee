"""Tensor: a value, the op that made it, its inputs, its grad; the operators; PyTorch's names where PyTorch has one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from engine import ops
from engine.errors import GradientError
from engine.methods import Methods
from engine.mode import MODE, TAKE
from engine.op import Array, Op, Shape
from engine.scalars import SCALAR_RULES
from engine.value import as_value


class Tensor(Methods):
    """An array of any shape (a scalar has shape ()) that remembers how it was computed.

    Numbers and lists become float64, arrays keep their dtype; pass `dtype` to choose another.

    Attributes:
        value: a float (float64 scalars) or an ndarray.
        op: the op that made this node, or None for a leaf.
        inputs: the op's inputs, one a port; the same tensor may stand at two ports.
        attrs: the op's attributes, such as axis.
        requires_grad: whether a backward pass computes a grad for it.
        grad: dL/dself after a backward pass: of leaves accumulated as PyTorch does, of nodes only while it is kept.
        name: a label for people.
    """

    __slots__ = (
        "__weakref__",
        "attrs",
        "grad",
        "grad_buffer",
        "inputs",
        "name",
        "op",
        "partials",
        "replay",
        "requires_grad",
        "value",
    )

    value: Any
    op: Op | None
    inputs: tuple[Tensor, ...]
    attrs: dict[str, Any]
    partials: tuple[float, ...] | None
    requires_grad: bool
    grad: Any
    name: str
    grad_buffer: Array | None
    replay: Callable[[Tensor], bool] | None

    def __init__(self, data: Any, requires_grad: bool = False, dtype: Any = None, name: str = "") -> None:
        if isinstance(data, Tensor):  # what stands on a tape is overwritten by the next pass: that needs a copy
            self.value = data.value if data.replay is None or type(data.value) is float else data.value.copy()
        else:
            self.value = as_value(data, dtype)
        self.op = None
        self.inputs = ()
        self.attrs = _NO_ATTRS
        self.partials = None
        self.requires_grad = requires_grad
        self.grad = None
        self.name = name
        self.grad_buffer = None
        self.replay = None

        if requires_grad and self.dtype.kind != "f":
            raise GradientError(
                "Only real numbers can have a gradient",
                given=f"elements of type {self.dtype}",
                expected="a float dtype",
            )

    # -- what it holds ------------------------------------------------------------------------------------------

    @property
    def data(self) -> Array:
        """The value as an ndarray (for arrays the array itself, not a copy)."""
        return np.asarray(self.value)

    @data.setter
    def data(self, data: Any) -> None:
        value = as_value(data)
        tape = MODE.get().tape
        if tape is not None and np.shape(value) != np.shape(self.value):
            tape.clear()
        self.value = value

    @property
    def shape(self) -> Shape:
        """Sizes of the axes; () for a scalar."""
        return np.shape(self.value)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of elements."""
        return int(np.size(self.value))

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the elements; float64 for scalars made from numbers."""
        return np.dtype(np.float64) if type(self.value) is float else self.value.dtype

    @property
    def is_leaf(self) -> bool:
        """True where no op made it."""
        return self.op is None

    def item(self) -> float:
        """The single element as a float."""
        return float(np.asarray(self.value).item())

    def numpy(self) -> Array:
        """A copy of the value; buffers may be overwritten by a replayed tape, copies are not."""
        return np.array(self.value)

    def tolist(self) -> Any:
        """The value as a float or nested lists."""
        return self.data.tolist()

    def detach(self) -> Tensor:
        """The same value as a leaf that requires no grad."""
        return Tensor(self)

    def zero_grad(self) -> None:
        """Forget the accumulated grad, as PyTorch's set_to_none does."""
        self.grad = None

    def backward(self, gradient: Any = None) -> None:
        """Run the backward pass from here; see engine.backward.backward."""
        tape = MODE.get().tape
        if tape is not None:
            tape.backward(self, gradient)
            return
        from engine.backward import backward  # backward builds on Tensor

        backward(self, gradient)

    def __repr__(self) -> str:
        label = f", name={self.name!r}" if self.name else ""
        made = f", op={self.op.name}" if self.op is not None else ", requires_grad=True" if self.requires_grad else ""
        return f"Tensor({np.array2string(np.asarray(self.value), precision=4, threshold=20)}{label}{made})"

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a scalar Tensor has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self)))

    def __float__(self) -> float:
        return self.item()

    def __bool__(self) -> bool:
        return bool(self.data)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.array(self.value, dtype=dtype)

    __array_ufunc__ = None
    """An ndarray on the left of an operator leaves it to the tensor on the right."""

    # -- operators; addition and multiplication carry the scalar path, which a benchmark pays for ------------------

    def __add__(self, other: Any) -> Tensor:
        take = TAKE.get()
        if take is None:
            return apply(_ADD, self, other)
        node = take()
        if node.op is _ADD:
            a, b = node.inputs
            if a is self and b is other:
                x, y = a.value, b.value
                if type(x) is float is type(y):
                    node.value = x + y
                    return node
        return settle(_ADD, self, other, node)

    def __mul__(self, other: Any) -> Tensor:
        take = TAKE.get()
        if take is None:
            return apply(_MUL, self, other)
        node = take()
        if node.op is _MUL:
            a, b = node.inputs
            if a is self and b is other:
                x, y = a.value, b.value
                if type(x) is float is type(y):
                    node.value = x * y
                    return node
        return settle(_MUL, self, other, node)

    def __sub__(self, other: Any) -> Tensor:
        return apply(ops.SUB, self, other)

    def __truediv__(self, other: Any) -> Tensor:
        return apply(ops.DIV, self, other)

    def __pow__(self, other: Any) -> Tensor:
        return apply(ops.POW, self, other)

    def __matmul__(self, other: Any) -> Tensor:
        return apply(ops.MATMUL, self, other)

    def __neg__(self) -> Tensor:
        return apply(ops.NEG, self)

    def __radd__(self, other: Any) -> Tensor:
        return apply(_ADD, other, self)

    def __rmul__(self, other: Any) -> Tensor:
        return apply(_MUL, other, self)

    def __rsub__(self, other: Any) -> Tensor:
        return apply(ops.SUB, other, self)

    def __rtruediv__(self, other: Any) -> Tensor:
        return apply(ops.DIV, other, self)

    def __rpow__(self, other: Any) -> Tensor:
        return apply(ops.POW, other, self)

    def __rmatmul__(self, other: Any) -> Tensor:
        return apply(ops.MATMUL, other, self)

    def _apply(self, op: Op, *others: Any, **attrs: Any) -> Tensor:
        return apply(op, self, *others, **attrs)


_NO_ATTRS: dict[str, Any] = {}
_ADD = ops.ADD
_MUL = ops.MUL


def make_node(op: Op, value: Any, inputs: tuple[Tensor, ...], attrs: dict[str, Any]) -> Tensor:
    """A node of the graph; `value` already in the engine's form."""
    node = Tensor.__new__(Tensor)
    node.value = value
    node.op = op
    node.inputs = inputs
    node.attrs = attrs
    node.partials = None
    node.requires_grad = False
    for port, tensor in enumerate(inputs):
        if tensor.requires_grad and op.has_gradient(port):
            node.requires_grad = True
            break
    node.grad = None
    node.name = ""
    node.grad_buffer = None
    node.replay = None
    return node


def evaluate(op: Op, inputs: tuple[Tensor, ...], attrs: dict[str, Any]) -> Any:
    """Value of `op` on the inputs' values, in the engine's form. Shape errors name all shapes."""
    values = tuple([t.value for t in inputs])
    if op.elementwise and all(type(v) is float for v in values):
        return float(op.evaluate(values, attrs))
    expected = op.shape(*map(np.shape, values), **attrs)
    value = op.evaluate(values, attrs)
    if type(value) is np.float64:
        return float(value)
    assert np.shape(value) == expected, (op.name, np.shape(value), expected)
    return value if type(value) is np.ndarray and (value.ndim or value.dtype != np.float64) else as_value(value)


def settle(op: Op, a: Tensor, b: Any, found: Tensor) -> Tensor:
    """The result of an operator where the tape in use holds something other than the same op on the same numbers."""
    tape = MODE.get().tape
    assert tape is not None
    return tape.settle(op, (a, b if type(b) is Tensor else Tensor(b)), {}, found)


def apply(op: Op, *inputs: Any, **attrs: Any) -> Tensor:
    """Apply `op`: its value, and a node of the graph where a grad may be asked for.

    Inputs that are not tensors become leaves. Raises ShapeError where the shapes do not fit, with both shapes.
    """
    for tensor in inputs:
        if type(tensor) is not Tensor:
            inputs = tuple(t if type(t) is Tensor else Tensor(t) for t in inputs)
            break
    mode = MODE.get()
    tape = mode.tape
    if tape is not None:
        return tape.settle(op, inputs, attrs, tape.take())
    rule = SCALAR_RULES.get(op.name)
    numbers = [t.value for t in inputs]
    for number in numbers:
        if type(number) is not float:
            rule = None
            break
    if rule is not None:
        value, partials = rule(*numbers)
        node = make_node(op, value, inputs, attrs)
        node.partials = partials
    else:
        node = make_node(op, evaluate(op, inputs, attrs), inputs, attrs)
    if mode.keep or (mode.grad and node.requires_grad):
        return node
    return Tensor(node)
