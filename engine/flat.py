"""Parameters as views of one vector, their grads as views of another: an update is a few passes over long arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from engine.errors import EngineError
from engine.op import Array
from engine.tensor import Tensor


class Span(NamedTuple):
    """A stretch of the vector whose parameters are at the same step."""

    start: int
    stop: int
    step: int


class FlatParameters:
    """One vector for the values and one for the grads of all parameters, in the order they are given.

    A parameter keeps its shape and its memory order; its value and its grad become views. A number (a parameter of
    shape () that is a Python float) stays a number and is copied in and out.

    Attributes:
        values: all values, shape (n,).
        grads: all grads, shape (n,).
        steps: how many updates each parameter has had.
    """

    def __init__(self, parameters: Sequence[Tensor]) -> None:
        dtypes = {p.dtype for p in parameters}
        if len(dtypes) > 1:
            raise EngineError(
                "Parameters of one optimizer share one dtype",
                given=", ".join(sorted(map(str, dtypes))),
                expected="one dtype, or an optimizer for each",
            )
        self.parameters = tuple(parameters)
        stops = np.cumsum([0, *(p.size for p in parameters)]).tolist()
        self._bounds = list(pairwise(stops))
        self._in_columns = [type(p.value) is np.ndarray and not p.value.flags.c_contiguous for p in parameters]
        self.values = np.zeros(stops[-1], dtypes.pop())
        self.grads = np.zeros_like(self.values)
        self.steps = [0] * len(parameters)
        self._value_views = self.views(self.values)
        self._grad_views = self.views(self.grads)
        for parameter, grad in zip(parameters, self._grad_views, strict=True):
            if type(parameter.value) is not float:
                parameter.grad_buffer = grad
        self.gather()

    def views(self, vector: Array) -> list[Array]:
        """`vector`, one element a parameter's element, as arrays of the parameters' shapes."""
        return [
            vector[start:stop].reshape(p.shape[::-1]).T if in_columns else vector[start:stop].reshape(p.shape)
            for p, (start, stop), in_columns in zip(self.parameters, self._bounds, self._in_columns, strict=True)
        ]

    def gather(self) -> None:
        """Bring in what others put in a parameter's place: a new value, a grad of its own."""
        for parameter, value, grad in zip(self.parameters, self._value_views, self._grad_views, strict=True):
            if parameter.value is not value:
                value[...] = parameter.value
                if type(parameter.value) is not float:
                    parameter.value = value
            if parameter.grad is not grad and parameter.grad is not None:
                grad[...] = parameter.grad
                if type(parameter.value) is not float:
                    parameter.grad = grad

    def scatter(self) -> None:
        """Hand the updated numbers to the parameters that are not views."""
        for parameter, value in zip(self.parameters, self._value_views, strict=True):
            if type(parameter.value) is float:
                parameter.value = float(value)

    def advance(self) -> Iterator[Span]:
        """Count an update of every parameter that has a grad, and yield the stretches to update.

        A parameter without a grad is left alone, as in PyTorch: it may fall behind the others in its count of steps.
        """
        span: Span | None = None
        for index, (parameter, (start, stop)) in enumerate(zip(self.parameters, self._bounds, strict=True)):
            if parameter.grad is None:
                continue
            self.steps[index] += 1
            step = self.steps[index]
            if span is not None and span.stop == start and span.step == step:
                span = span._replace(stop=stop)
            else:
                if span is not None:
                    yield span
                span = Span(start, stop, step)
        if span is not None:
            yield span


def named(parameters: Any) -> tuple[list[str], list[Tensor]]:
    """Names and tensors from tensors, or from pairs of both as `Module.named_parameters` gives them."""
    pairs = [p if isinstance(p, tuple) else (p.name, p) for p in parameters]
    if not pairs:
        raise EngineError("An optimizer needs parameters", given="none", expected="model.parameters()")
    names, tensors = [name for name, _ in pairs], [tensor for _, tensor in pairs]
    if len(set(map(id, tensors))) < len(tensors):
        raise EngineError("A parameter is given twice", given=", ".join(names), expected="each parameter once")
    if not all(names) or len(set(names)) < len(names):
        names = [str(index) for index in range(len(names))]
    return names, tensors
