"""What a run trains: a member takes training steps and has a state. How its members are made from a recipe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from app.labs.curve import CurveTraining
from app.protocol import CurveRecipe, Recipe
from app.runs import recipes
from app.runs.lessons import Lessons
from engine import train
from engine.op import Array
from engine.train import Duration, Sample, State, Training


class Trainee(Protocol):
    """What engine.train.Training is, as far as a run needs it."""

    @property
    def step(self) -> int:
        """Training steps done."""

    @property
    def steps(self) -> int:
        """Training steps in all."""

    @property
    def steps_per_epoch(self) -> int:
        """Training steps that see every picture once."""

    @property
    def sample(self) -> Sample:
        """What the latest sampled training step measured."""

    rates: list[tuple[int, float]]

    def advance(self, *, sample: bool = False) -> float:
        """One training step; its loss."""

    def rate(self, step: int | None = None) -> float:
        """The learning rate after a number of training steps, schedule included."""

    def base_rate(self, step: int | None = None) -> float:
        """The same before the schedule."""

    def set_rate(self, lr: float) -> None:
        """Another learning rate from now on."""

    def state(self) -> State:
        """Everything needed to go on from here."""

    def load(self, meta: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
        """Go on from a state."""


def count(recipe: Recipe) -> int:
    """How many members a recipe has."""
    return len(recipes.members(recipe)) or 1


def trainee(recipe: Recipe, lessons: Lessons | None, member: int = 0) -> Trainee:
    """A member, fresh. Raises EngineError for a recipe that cannot be."""
    if isinstance(recipe, CurveRecipe):
        return CurveTraining(recipe)
    assert lessons is not None, "networks learn from digits"
    _, network = recipes.members(recipe)[member]
    return Training(recipes.engine_recipe(network), lessons.train)


def trainees(recipe: Recipe, lessons: Lessons | None) -> list[Trainee]:
    """All members, fresh. Raises EngineError for a recipe that cannot be."""
    return [trainee(recipe, lessons, member) for member in range(count(recipe))]


def duration(recipe: Recipe, lessons: Lessons | None) -> Duration:
    """How long a recipe trains, without its networks being made. Raises EngineError for a recipe that cannot be."""
    if isinstance(recipe, CurveRecipe):
        fit = CurveTraining(recipe)
        return Duration(fit.steps, fit.steps_per_epoch)
    assert lessons is not None, "networks learn from digits"
    networks = [recipes.engine_recipe(network) for _, network in recipes.members(recipe)]
    (alike,) = {train.duration(network, len(lessons.train)) for network in networks}  # members share batch and epochs
    return alike
