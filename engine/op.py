"""The Op record and the registry: what one differentiable operation is, stated once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import wraps
from inspect import Parameter, signature
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import ShapeError

Array = npt.NDArray[Any]
Shape = tuple[int, ...]
Attrs = Mapping[str, Any]

Forward = Callable[..., Any]
"""forward(*inputs, **attrs) -> value"""
Partial = Callable[..., Any]
"""partial(value, *inputs, **attrs) -> local derivative, elementwise, broadcastable to the value's shape"""
Vjp = Callable[..., Any]
"""vjp(upstream, value, *inputs, **attrs) -> contribution to one input, before unbroadcast"""


def operands(*values: Any) -> tuple[Any, ...]:
    """Values as the rules take them: Python floats become NumPy scalars, which know infinities and NaN.

    Beside arrays they take the arrays' dtype, so that a scalar does not make float32 arithmetic float64.
    """
    if float not in map(type, values):
        return values
    dtypes = {v.dtype for v in values if type(v) is not float and v.dtype.kind == "f"}
    kind = np.result_type(*dtypes).type if dtypes else np.float64
    return tuple(kind(v) if type(v) is float else v for v in values)


def index_text(part: Any) -> str:
    """One part of an index as people write it: 2, 1:3, ..."""
    if isinstance(part, slice):
        ends = [part.start, part.stop] if part.step is None else [part.start, part.stop, part.step]
        return ":".join("" if end is None else str(end) for end in ends)
    if part is Ellipsis:
        return "..."
    if isinstance(part, tuple):
        return f"[{', '.join(map(index_text, part))}]"
    return str(part)


def interceptable(function: Callable[..., Any]) -> Callable[..., Any]:
    """A helper of rules that symbols answer for themselves, as they do for NumPy's functions.

    NumPy offers `__array_function__` for its own functions only; here an argument that has a method `intercept` is
    asked.
    """

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        for argument in args:
            intercept = getattr(argument, "intercept", None)
            if intercept is not None:
                return intercept(function.__name__, args, kwargs)
        return function(*args, **kwargs)

    return call


@interceptable
def except_at(edge: Any, value: Any, formula: Any) -> Any:
    """`formula`, but `value` where `edge` holds, because `formula` cannot be computed there; symbols show `formula`."""
    return np.where(edge, value, formula)


def broadcast_shape(*shapes: Shape, **_: Any) -> Shape:
    """Shape rule of every elementwise op: NumPy's broadcasting, with both shapes in the error."""
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        raise ShapeError(
            "These shapes do not broadcast together",
            given=" and ".join(map(str, shapes)),
            expected="sizes that are equal or 1, compared from the last axis",
        ) from None


@dataclass(frozen=True, slots=True, eq=False)
class Op:
    """A differentiable operation: value, vector-Jacobian product, shape rule, formula and sentences in one record.

    Exactly one of `partials` (elementwise ops: one local derivative a port) and `vjps` (all others: one rule a port;
    a single rule taking `port=` where the number of inputs is free) is given.

    Rules are written with operators and NumPy's functions, so the same rule runs on numbers and on symbols.

    Attributes:
        name: the word used in code, expressions, pictures and documents.
        forward: the value from the inputs' values; its keyword parameters are the op's attributes.
        says: the forward pass in one plain sentence, with {y}, {0}, {1} in place of names.
        why: why the local derivative is what it is, one plain sentence a port (one for all where arity is None).
        partials: elementwise local derivatives dvalue/dinput, a port each.
        vjps: contributions from the upstream gradient, a port each.
        shape: shape rule, `shape(*input_shapes, **attrs) -> shape`; raises ShapeError.
        arity: number of inputs; None where it is free.
        symbol: the formula in LaTeX where running `forward` on symbols would not give the one people know; #0, #1
            stand for the inputs, as in a TeX macro.
        vjp_symbols: the same for `vjps`, a port each, with #y for the value and #g for the upstream gradient; an
            empty one is derived.
        differentiable: ports that have a gradient; None means all.
        infix: how the op is written between its inputs in an expression, such as "+".
    """

    name: str
    forward: Forward
    says: str = ""
    why: tuple[str, ...] = ()
    shape: Callable[..., Shape] = broadcast_shape
    partials: tuple[Partial, ...] = ()
    vjps: tuple[Vjp, ...] = ()
    arity: int | None = 1
    symbol: str = ""
    vjp_symbols: tuple[str, ...] = ()
    differentiable: tuple[int, ...] | None = None
    infix: str = ""

    @property
    def elementwise(self) -> bool:
        """True where each element of the value depends on one element of each input."""
        return bool(self.partials)

    @property
    def attributes(self) -> dict[str, Any]:
        """Names of the attributes and their defaults; `inspect.Parameter.empty` where one must be given."""
        parameters = list(signature(self.forward).parameters.values())
        free = [p for p in parameters[self.arity or 0 :] if p.kind is not Parameter.VAR_POSITIONAL]
        return {p.name: p.default for p in free}

    def has_gradient(self, port: int) -> bool:
        """Whether the input at `port` takes part in differentiation (labels and indices do not)."""
        return self.differentiable is None or port in self.differentiable

    def evaluate(self, inputs: tuple[Any, ...], attrs: Attrs) -> Any:
        """The value of the op on the inputs' values."""
        with np.errstate(all="ignore"):  # infinities and NaN are answers here: the page shows where they arise
            return self.forward(*operands(*inputs), **attrs)

    def local(self, port: int, value: Any, inputs: tuple[Any, ...], attrs: Attrs) -> Any:
        """Local derivative dvalue/dinput at `port` of an elementwise op, in the value's dtype."""
        value, *values = operands(value, *inputs)
        with np.errstate(all="ignore"):
            local = self.partials[port](value, *values, **attrs)
        return local if type(local) is float or local.dtype == value.dtype else local.astype(value.dtype)

    def vjp(self, port: int, upstream: Any, value: Any, inputs: tuple[Any, ...], attrs: Attrs) -> Any:
        """Contribution of this op to the grad of its input at `port`, before broadcasting is undone."""
        upstream, value, *values = operands(upstream, value, *inputs)
        with np.errstate(all="ignore"):
            if self.partials:
                return upstream * self.local(port, value, tuple(values), attrs)
            if self.arity is None:
                return self.vjps[0](upstream, value, *values, port=port, **attrs)
            return self.vjps[port](upstream, value, *values, **attrs)


class Registry:
    """All ops by name. Adding one op is one entry; everything else derives from it."""

    def __init__(self) -> None:
        self._ops: dict[str, Op] = {}

    def add(self, op: Op) -> Op:
        """Register `op`; a second op of the same name is an error."""
        if op.name in self._ops:
            raise ValueError(f"op {op.name!r} is defined twice")
        if bool(op.partials) == bool(op.vjps):
            raise ValueError(f"op {op.name!r} needs either partials or vjps")
        self._ops[op.name] = op
        return op

    def __getitem__(self, name: str) -> Op:
        return self._ops[name]

    def __contains__(self, name: object) -> bool:
        return name in self._ops

    def __iter__(self) -> Iterator[Op]:
        return iter(self._ops.values())

    def names(self) -> tuple[str, ...]:
        """Names of all ops, in the order of definition."""
        return tuple(self._ops)


OPS = Registry()
