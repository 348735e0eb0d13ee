"""Loss surfaces of two parameters: expressions of x and y, computed by the engine's own tensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from engine.expression import parse
from engine.expression.nodes import Apply, Leaf, Literal
from engine.mode import no_grad
from engine.op import Array
from engine.tensor import Tensor, apply

GRID = 81
"""Rows and columns of the drawn surface."""

FAR = 100.0
"""Who is so many widths of the picture away from its middle has left all bounds."""

Span = tuple[float, float]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class LossSurface:
    """A line of the table.

    Attributes:
        name: what it is called in messages.
        label: what people call it.
        says: what is hard about it, in a sentence or two.
        source: the loss L(x, y) in the expression language.
        x, y: what is drawn.
        minima: where L is smallest.
        start: where racers begin, if nobody moves them.
        rates: for each optimizer a learning rate that suits the surface.
    """

    name: str
    label: str
    says: str
    source: str
    x: Span
    y: Span
    minima: tuple[Point, ...]
    start: Point
    rates: Mapping[str, float]


def _rates(*rates: float) -> Mapping[str, float]:
    """Learning rates of all optimizers, in this order; weight decay of its own changes nothing about AdamW's."""
    names = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adadelta", "adam")
    return MappingProxyType({**dict(zip(names, rates, strict=True)), "adamw": rates[-1]})


SURFACES: Mapping[str, LossSurface] = MappingProxyType(
    {
        surface.name: surface
        for surface in (
            LossSurface(
                "ravine",
                "Ravine",
                "Steep across, nearly flat along: the curvature across is 50 times that along. A learning rate small "
                "enough for the walls is far too small for the floor.",
                "0.1*x**2 + 5*y**2",
                (-10.0, 10.0),
                (-4.0, 4.0),
                ((0.0, 0.0),),
                (-9.0, 3.0),
                _rates(0.18, 0.02, 0.02, 1.0, 0.1, 10.0, 0.3),
            ),
            LossSurface(
                "valley",
                "Curved valley",
                "Rosenbrock's valley: finding its floor is easy, following its bend to the minimum is not.",
                "(1 - x)**2 + 10*(y - x**2)**2",
                (-2.0, 2.0),
                (-1.0, 3.0),
                ((1.0, 1.0),),
                (-1.5, 2.5),
                _rates(0.005, 0.003, 0.003, 0.3, 0.02, 10.0, 0.1),
            ),
            LossSurface(
                "saddle",
                "Saddle",
                "Down to the left and to the right, up in front and behind. At (0, 0) the gradient is zero, yet it is "
                "no minimum; close to it the gradient is small, and so is every step in proportion to it.",
                "x**4/4 - x**2/2 + y**2/2",
                (-2.0, 2.0),
                (-2.0, 2.0),
                ((-1.0, 0.0), (1.0, 0.0)),
                (0.001, 1.75),
                _rates(0.1, 0.03, 0.03, 0.1, 0.03, 5.0, 0.05),
            ),
        )
    }
)
"""Every surface by name, in the order they are offered."""


class Loss:
    """An expression of x and y, computed on tensors that are handed in, in the mode at hand: with a tape or without."""

    def __init__(self, source: str) -> None:
        self._program = parse(source)
        self._constants = {n: Tensor(node.value) for n, node in enumerate(self._program.nodes) if type(node) is Literal}

    def __call__(self, x: Tensor, y: Tensor) -> Tensor:
        """L(x, y); element by element where these are arrays."""
        leaves = {"x": x, "y": y}
        tensors: list[Tensor] = []
        for n, node in enumerate(self._program.nodes):
            match node:
                case Literal():
                    tensors.append(self._constants[n])
                case Leaf(name):
                    tensors.append(leaves[name])
                case Apply(op, inputs, attrs):
                    tensors.append(apply(op, *(tensors[i] for i in inputs), **attrs))
        return tensors[self._program.root]


def grid(surface: LossSurface, size: int = GRID) -> Array:
    """The loss at size x size points of the picture; rows are y, the lowest first."""
    x = np.linspace(*surface.x, size)[None, :]
    y = np.linspace(*surface.y, size)[:, None]
    with no_grad():
        return Loss(surface.source)(Tensor(x), Tensor(y)).numpy()


def inside(surface: LossSurface, point: Sequence[float] | Array) -> bool:
    """Whether a point is within all bounds; what is not a number is not."""
    spans = (surface.x, surface.y)
    return all(abs(at - (low + high) / 2) <= FAR * (high - low) for at, (low, high) in zip(point, spans, strict=True))


def gradient(surface: LossSurface, point: Sequence[float] | Array) -> Array:
    """(dL/dx, dL/dy) at a point."""
    x, y = (Tensor(float(at), requires_grad=True) for at in point)
    Loss(surface.source)(x, y).backward()
    return np.array((x.grad, y.grad))


def curvature(surface: LossSurface, point: Sequence[float] | Array, h: float = 1e-4) -> float:
    """How fast the slope changes along the gradient: d^T H d for its direction d, by central differences of gradients.

    A step of gradient descent along d makes the slope along d smaller as long as lr < 2 / curvature.
    """
    slope = gradient(surface, point)
    direction = slope / np.linalg.norm(slope)
    change = gradient(surface, point + h * direction) - gradient(surface, point - h * direction)
    return float(direction @ change) / (2 * h)
