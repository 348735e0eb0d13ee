"""Parameters as views of one vector, their grads as views of another: an update is a few passes over long arrays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from engine.buffers import aligned
from engine.errors import EngineError
from engine.op import Array
from engine.tensor import Tensor

Span = tuple[int, int, int]
"""Start and stop of a stretch of the vector, and the step at which all its parameters are."""


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
        self.values, self.grads = (aligned((stops[-1],), dtype) for dtype in (*dtypes, *dtypes))
        self.grads.fill(0.0)
        self.steps = [0] * len(parameters)
        places = zip(self.views(self.values), self.views(self.grads), self._bounds, strict=True)
        self._places = [(*bounds, value, grad) for value, grad, bounds in places]
        self._numbers = [
            (parameter, value)
            for parameter, (_, _, value, _) in zip(self.parameters, self._places, strict=True)
            if not parameter.shape
        ]
        for parameter, (_, _, value, grad) in zip(self.parameters, self._places, strict=True):
            self._bring_in(parameter, value)
            if type(parameter.value) is not float:
                parameter.grad_buffer = grad

    def views(self, vector: Array) -> list[Array]:
        """`vector`, one element a parameter's element, as arrays of the parameters' shapes."""
        return [
            vector[start:stop].reshape(p.shape[::-1]).T if in_columns else vector[start:stop].reshape(p.shape)
            for p, (start, stop), in_columns in zip(self.parameters, self._bounds, self._in_columns, strict=True)
        ]

    def gather(self) -> list[Span]:
        """Bring in what others put in a parameter's place, count an update, and tell which stretches are to be updated.

        A parameter without a grad is left alone, as in PyTorch: it may fall behind the others in its count of steps.
        """
        spans: list[Span] = []
        steps = self.steps
        begin = end = current = -1
        for index, parameter in enumerate(self.parameters):
            start, stop, value, grad = self._places[index]
            if parameter.value is not value:
                self._bring_in(parameter, value)
            if parameter.grad is not grad:
                if parameter.grad is None:
                    continue
                grad[...] = parameter.grad
                if type(parameter.value) is not float:
                    parameter.grad = grad
            steps[index] = step = steps[index] + 1
            if start != end or step != current:
                if end >= 0:
                    spans.append((begin, end, current))
                begin, current = start, step
            end = stop
        if end >= 0:
            spans.append((begin, end, current))
        return spans

    def scatter(self) -> None:
        """Hand the updated numbers to the parameters that are not views."""
        for parameter, view in self._numbers:
            if type(parameter.value) is float:
                parameter.value = float(view)

    def _bring_in(self, parameter: Tensor, view: Array) -> None:
        view[...] = parameter.value
        if type(parameter.value) is not float:
            parameter.value = view


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
