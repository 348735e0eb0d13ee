"""For every op: inputs of all shapes, away from kinks and from the ends of domains, and attributes to try it with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import hypothesis.extra.numpy as hnp
import numpy as np
from hypothesis import strategies as st

from engine.op import Array, Shape


class Case(NamedTuple):
    """One application of an op."""

    inputs: list[Array]
    attrs: dict[str, Any]


Cases = st.SearchStrategy[Case]
Values = Callable[[np.random.Generator, Shape], Array]

SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, max_side=4)
SHAPES_WITH_AXES = hnp.array_shapes(min_dims=1, max_dims=3, max_side=4)
GENERATORS = st.integers(0, 2**32 - 1).map(np.random.default_rng)

# A batch of 1, of 2, as large as the width and unlike it; the last of each with the batch axis where a feature axis is.
BATCHES: list[tuple[Shape, Shape]] = [
    ((1, 3), (3,)),
    ((2, 3), (3,)),
    ((3, 3), (3,)),
    ((5, 3), (3,)),
    ((1, 3), (1, 1)),
    ((2, 3), (2, 1)),
    ((3, 3), (3, 1)),
    ((5, 3), (5, 1)),
]


def real(rng: np.random.Generator, shape: Shape) -> Array:
    return rng.uniform(-3.0, 3.0, shape)


def positive(rng: np.random.Generator, shape: Shape) -> Array:
    return rng.uniform(0.3, 3.0, shape)


def nonzero(rng: np.random.Generator, shape: Shape) -> Array:
    return np.asarray(positive(rng, shape) * rng.choice([-1.0, 1.0], shape))


def even(rng: np.random.Generator, shape: Shape) -> Array:
    """Even tenths: never nearer than a tenth to an odd one."""
    return np.asarray(rng.integers(-10, 11, shape) * 0.2)


def odd(rng: np.random.Generator, shape: Shape) -> Array:
    return np.asarray(rng.integers(-10, 11, shape) * 0.2 + 0.1)


def distinct(rng: np.random.Generator, shape: Shape) -> Array:
    return (rng.permutation(int(np.prod(shape))) * 0.1 - 1.0).reshape(shape)


@st.composite
def elementwise(draw: st.DrawFn, *values: Values) -> Case:
    """Inputs of shapes that broadcast together."""
    shapes: tuple[Shape, ...]
    if len(values) == 2 and draw(st.booleans()):
        first, second = draw(st.sampled_from(BATCHES))
        shapes = (first, second) if draw(st.booleans()) else (second, first)
    elif len(values) == 2:
        shapes = draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=4)).input_shapes
    else:
        shapes = (draw(SHAPES),)
    rng = draw(GENERATORS)
    return Case([make(rng, shape) for make, shape in zip(values, shapes, strict=True)], {})


@st.composite
def with_attrs(draw: st.DrawFn, values: Values, attrs: dict[str, Any]) -> Case:
    """One input, with the attributes at their default or as given."""
    choices: list[dict[str, Any]] = [{}, attrs]
    return Case(draw(elementwise(values)).inputs, draw(st.sampled_from(choices)))


@st.composite
def reduced(draw: st.DrawFn, values: Values, more: dict[str, list[Any]] | None = None) -> Case:
    """One input and the axes to reduce: all, one or several."""
    shape = draw(SHAPES)
    attrs: dict[str, Any] = {}
    if shape != () and draw(st.booleans()):
        axes = draw(st.lists(st.integers(0, len(shape) - 1), min_size=1, unique=True))
        signed = [draw(st.sampled_from([a, a - len(shape)])) for a in axes]
        attrs["axis"] = signed[0] if len(signed) == 1 else tuple(signed)
    if draw(st.booleans()):
        attrs["keepdims"] = True
    for name, choices in (more or {}).items():
        attrs[name] = draw(st.sampled_from(choices))
    return Case([values(draw(GENERATORS), shape)], attrs)


def _degrees_of_freedom(case: Case) -> bool:
    a, axis = case.inputs[0], case.attrs.get("axis")
    sizes = a.shape if axis is None else [a.shape[i] for i in np.atleast_1d(axis)]
    return bool(np.prod(sizes) > case.attrs["correction"])


@st.composite
def along_an_axis(draw: st.DrawFn) -> Case:
    shape = draw(SHAPES_WITH_AXES)
    return Case([real(draw(GENERATORS), shape)], {"axis": draw(st.integers(-len(shape), len(shape) - 1))})


@st.composite
def matrices(draw: st.DrawFn) -> Case:
    """Vectors, matrices and batches of them that a matrix product takes."""
    m, k, n = (draw(st.integers(1, 4)) for _ in range(3))
    batches = draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=2, max_side=3)).input_shapes
    a: Shape = draw(st.sampled_from([(k,), (m, k), (*batches[0], m, k)]))
    attrs = draw(st.sampled_from([{}, {"transpose_b": True}]))
    b: Shape = draw(st.sampled_from([(k, n), (*batches[1], k, n), *([] if attrs else [(k,)])]))
    rng = draw(GENERATORS)
    return Case([real(rng, a), real(rng, (*b[:-2], n, k) if attrs else b)], attrs)


@st.composite
def labelled(draw: st.DrawFn) -> Case:
    """Scores and labels, for a batch or for one row."""
    rows, classes = draw(st.sampled_from([(1, 3), (2, 3), (3, 3), (5, 3), (2, 1), (None, 4)]))
    rng = draw(GENERATORS)
    batch = () if rows is None else (rows,)
    return Case([real(rng, (*batch, classes)), np.asarray(rng.integers(0, classes, batch))], {})


@st.composite
def pair_of_equal_shape(draw: st.DrawFn) -> Case:
    shape, rng = draw(SHAPES), draw(GENERATORS)
    return Case([real(rng, shape), real(rng, shape)], {})


@st.composite
def reshaped(draw: st.DrawFn) -> Case:
    shape = draw(SHAPES)
    other = draw(st.sampled_from([(-1,), tuple(reversed(shape)), (1, *shape), (*shape, 1), (-1, *shape[1:])]))
    return Case([real(draw(GENERATORS), shape)], {"shape": other})


@st.composite
def transposed(draw: st.DrawFn) -> Case:
    shape = draw(SHAPES)
    axes = draw(st.permutations(range(len(shape))))
    signed = tuple(a - len(shape) if draw(st.booleans()) else a for a in axes)
    return Case([real(draw(GENERATORS), shape)], draw(st.sampled_from([{}, {"axes": signed}])))


@st.composite
def repeated(draw: st.DrawFn) -> Case:
    shapes = draw(hnp.mutually_broadcastable_shapes(num_shapes=1, base_shape=draw(SHAPES), max_dims=3, max_side=4))
    return Case([real(draw(GENERATORS), shapes.input_shapes[0])], {"shape": shapes.result_shape})


@st.composite
def indexed(draw: st.DrawFn) -> Case:
    """Numbers, slices, new axes, an ellipsis, and rows chosen more than once."""
    shape = draw(SHAPES_WITH_AXES)
    index: Any = draw(hnp.basic_indices(shape, allow_newaxis=True).filter(_positive_steps))
    if draw(st.booleans()):
        index = (tuple(draw(st.lists(st.integers(-shape[0], shape[0] - 1), min_size=1, max_size=4))),)
    return Case([real(draw(GENERATORS), shape)], {"index": index if isinstance(index, tuple) else (index,)})


def _positive_steps(index: Any) -> bool:
    """PyTorch has no other."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(not isinstance(p, slice) or p.step is None or p.step > 0 for p in parts)


@st.composite
def joined(draw: st.DrawFn) -> Case:
    """One to three inputs whose shapes differ along the axis they are joined on."""
    shape = draw(SHAPES_WITH_AXES)
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    along = axis % len(shape)
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    rng = draw(GENERATORS)
    return Case([real(rng, (*shape[:along], n, *shape[along + 1 :])) for n in sizes], {"axis": axis})


CASES: dict[str, Cases] = {
    "add": elementwise(real, real),
    "sub": elementwise(real, real),
    "mul": elementwise(real, real),
    "div": elementwise(real, nonzero),
    "neg": elementwise(real),
    "pow": elementwise(positive, real),
    "maximum": elementwise(even, odd),
    "minimum": elementwise(even, odd),
    "exp": elementwise(real),
    "log": elementwise(positive),
    "sqrt": elementwise(positive),
    "abs": elementwise(nonzero),
    "sin": elementwise(real),
    "cos": elementwise(real),
    "tanh": elementwise(real),
    "sigmoid": elementwise(real),
    "relu": elementwise(nonzero),
    "leaky_relu": with_attrs(nonzero, {"negative_slope": 0.2}),
    "gelu": with_attrs(real, {"approximate": "tanh"}),
    "softplus": elementwise(real),
    "matmul": matrices(),
    "sum": reduced(real),
    "mean": reduced(real),
    "var": reduced(real, {"correction": [0, 1]}).filter(_degrees_of_freedom),
    "max": reduced(distinct),
    "min": reduced(distinct),
    "softmax": along_an_axis(),
    "log_softmax": along_an_axis(),
    "cross_entropy": labelled(),
    "mse_loss": pair_of_equal_shape(),
    "reshape": reshaped(),
    "transpose": transposed(),
    "broadcast_to": repeated(),
    "getitem": indexed(),
    "concatenate": joined(),
}
