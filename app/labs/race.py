"""A race down a loss surface: several optimizers from one start, step by step, and how it ends for each, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app import protocol
from app.labs.surfaces import GRID, SURFACES, Loss, LossSurface, Point, curvature, gradient, grid, inside
from engine.errors import EngineError
from engine.explain import short
from engine.op import Array
from engine.optim import Optimizer
from engine.optimizers import optimizer_choice
from engine.table import entry
from engine.tape import Tape
from engine.tensor import Tensor

NEAR = 0.01
"""A racer has arrived where it is closer to a minimum than this share of the picture's width."""

FLAT = 1e-6
"""A slope that small is taken for none."""


@dataclass(frozen=True, slots=True)
class Path:
    """One racer's way.

    Attributes:
        points: (n + 1, 2) after n steps, its start first.
        losses: (n + 1,), the loss at each.
        bounded: whether it stayed within all bounds; else the last point is the first one outside.
    """

    points: Array
    losses: Array
    bounded: bool


def race(request: protocol.Surface) -> protocol.SurfaceRace:
    """Let every racer make its steps; raises EngineError for a surface or an optimizer that cannot be."""
    surface = entry(SURFACES, request.surface, "surface")
    paths = run(surface, request.racers, request.start, request.steps)
    return protocol.SurfaceRace(
        request_seq=request.seq,
        surface=surface.name,
        source=surface.source,
        x=surface.x,
        y=surface.y,
        size=GRID,
        grid=_bytes(grid(surface)),
        minimum=list(surface.minima),
        paths=[
            protocol.SurfacePath(
                label=racer.label,
                points=_bytes(path.points),
                losses=_bytes(path.losses),
                says=ending(surface, racer, path),
            )
            for racer, path in zip(request.racers, paths, strict=True)
        ],
    )


def run(surface: LossSurface, racers: Sequence[protocol.Variation], start: Point, steps: int) -> list[Path]:
    """Every racer's way from `start`; one that leaves all bounds stops there.

    One pass serves all: element i of x and y is racer i's. No element's loss depends on another's place, so that with
    ones for a seed each receives the gradient of its own loss.

    Raises:
        EngineError: a start that is no point, or an optimizer that cannot be.
    """
    if not inside(surface, start):
        given, expected = f"({start[0]:g}, {start[1]:g})", f"a point near x {surface.x} and y {surface.y}"
        raise EngineError("The start lies too far away", given=given, expected=expected)
    places = [Tensor(np.array(start, np.float64), requires_grad=True) for _ in racers]
    optimizers = [optimizer_of(racer, place) for racer, place in zip(racers, places, strict=True)]
    points, losses = np.empty((len(racers), steps + 1, 2)), np.empty((len(racers), steps + 1))
    lengths = [steps + 1] * len(racers)
    x, y = (Tensor(np.empty(len(racers)), requires_grad=True) for _ in "xy")
    loss, tape, seed = Loss(surface.source), Tape(), np.ones(len(racers))
    for step in range(steps + 1):
        for i, place in enumerate(places):
            points[i, step] = place.data
        x.value[:], y.value[:] = points[:, step].T
        x.grad = y.grad = None
        with tape:
            value = loss(x, y)
            value.backward(seed)
        losses[:, step] = value.data
        for i, place in enumerate(places):
            if lengths[i] <= step:
                continue
            if not inside(surface, points[i, step]):
                lengths[i] = step + 1
            elif step < steps:
                place.grad = np.array((x.grad[i], y.grad[i]))
                optimizers[i].step()
    return [
        Path(points[i, :n].copy(), losses[i, :n].copy(), inside(surface, points[i, n - 1]))
        for i, n in enumerate(lengths)
    ]


def optimizer_of(racer: protocol.Variation, place: Tensor) -> Optimizer:
    """The racer's optimizer over its place (x, y); SGD where it names none."""
    return optimizer_choice(racer.optimizer or "sgd").build([place], lr=racer.lr, **(racer.hyper or {}))


def ending(surface: LossSurface, racer: protocol.Variation, path: Path) -> str:
    """How it ended, in words."""
    steps = len(path.losses) - 1
    if not path.bounded:
        return f"Left all bounds at step {steps}: {_overshoot(surface, racer, path)}"
    near = NEAR * (surface.x[1] - surface.x[0])
    distances = np.min([np.linalg.norm(path.points - minimum, axis=1) for minimum in surface.minima], axis=0)
    away = np.flatnonzero(distances > near)
    if not away.size:
        return "Began at the minimum."
    if away[-1] < steps:
        return f"At the minimum after {_steps(int(away[-1]) + 1)}."
    if np.linalg.norm(gradient(surface, path.points[-1])) < FLAT:
        x, y = np.round(path.points[-1], 2)
        return f"Stands still at ({short(x)}, {short(y)}), where hardly any gradient is left, though it is no minimum."
    left, loss = short(float(distances[-1]), 2), short(float(path.losses[-1]), 3)
    return f"After {_steps(steps)} still {left} from the minimum, at a loss of {loss}."


def _overshoot(surface: LossSurface, racer: protocol.Variation, path: Path) -> str:
    lr = optimizer_of(racer, Tensor(path.points[0], requires_grad=True)).lr
    bend = curvature(surface, path.points[0])
    if racer.optimizer in (None, "sgd") and bend > 0 and lr > 2 / bend:
        return (
            "each step overshoots farther than the one before. Where it began, the curvature along the gradient is "
            f"{bend:.3g}: steps shrink only below a learning rate of 2 / {bend:.3g} = {2 / bend:.2g}, and it had "
            f"{lr:.3g}."
        )
    return f"its steps grew instead of shrinking; the learning rate of {lr:.3g} is too large for it here."


def _steps(count: int) -> str:
    return f"{count} step{'' if count == 1 else 's'}"


def _bytes(array: Array) -> bytes:
    with np.errstate(over="ignore"):  # beyond float32 is infinity
        return array.astype("<f4").tobytes()
