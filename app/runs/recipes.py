"""From a recipe as it travels to what is trained: the engine's recipe of each member, its parameters, its limits."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import pairwise

from app.protocol import ComparisonRecipe, CurveRecipe, LayerCount, MemberPlan, NetworkRecipe, Recipe
from app.runs.errors import RunLimitError
from engine import train
from engine.data import CLASSES
from engine.optimizers import optimizer_choice
from engine.train import PIXELS

ACTIVATION_LABELS = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU", "leaky_relu": "leaky ReLU", "gelu": "GELU"}


@dataclass(frozen=True, slots=True)
class RunLimits:
    """How large a run may be; from the settings.

    Attributes:
        layers: hidden layers.
        width: units of one.
        parameters: of all members together.
        batch: pictures of a training step.
        steps: training steps in all.
    """

    layers: int
    width: int
    parameters: int
    batch: int
    steps: int


def members(recipe: Recipe) -> list[tuple[str, NetworkRecipe]]:
    """Label and recipe of every network that a recipe trains; none where it fits a curve."""
    if isinstance(recipe, CurveRecipe):
        return []
    if isinstance(recipe, NetworkRecipe):
        return [(title(recipe), recipe)]
    found = []
    for variation in recipe.members:
        changes = {name: value for name, value in variation if name != "label" and value is not None}
        if "optimizer" in changes and "hyper" not in changes:
            changes["hyper"] = {}  # the base's numbers belong to another rule
        found.append((variation.label, recipe.base.model_copy(update=changes)))
    return found


def engine_recipe(recipe: NetworkRecipe) -> train.Recipe:
    """The same for the engine."""
    fields = {name: value for name, value in recipe if name not in ("kind", "dataset", "hidden")}
    return train.Recipe(hidden=tuple(recipe.hidden), **fields)


def title(recipe: Recipe) -> str:
    """A run in a few words."""
    if isinstance(recipe, CurveRecipe):
        return f"y = 3x² + 2, {recipe.hidden} {'sigmoids' if recipe.layers == 'sigmoid' else 'linear units'}"
    if isinstance(recipe, NetworkRecipe):
        shape = "-".join(map(str, widths(recipe)))
        activation = f" · {ACTIVATION_LABELS[recipe.activation]}" if recipe.hidden else ""
        return f"{shape}{activation} · {optimizer_choice(recipe.optimizer).label} {recipe.lr:g}"
    return " / ".join(variation.label for variation in recipe.members)


def widths(recipe: NetworkRecipe) -> tuple[int, ...]:
    """Widths of all layers, the pixels and the ten digits included."""
    return (PIXELS, *recipe.hidden, CLASSES)


def check(recipe: Recipe, limits: RunLimits) -> None:
    """Refuse what is larger than the limits, before anything is made of it.

    Raises:
        RunLimitError: says which limit, and what was given.
    """
    total = 0
    for label, network in members(recipe):
        named = isinstance(recipe, ComparisonRecipe)
        _limit(len(network.hidden), limits.layers, "hidden layers", f"{label if named else 'The network'} is too deep")
        for width in network.hidden:
            if width < 1:
                raise RunLimitError("A layer has units", given=str(width), expected=f"1 to {limits.width:,}")
            _limit(width, limits.width, "units in a layer", f"A layer{f' of {label}' * named} is too wide")
        _limit(network.batch, limits.batch, "pictures in a batch", "The batch is too large")
        total += sum(before * after + after for before, after in pairwise(widths(network)))
    _limit(total, limits.parameters, "parameters", "The network is too large")


def check_steps(steps: int, limits: RunLimits) -> None:
    """Refuse a run that would take too long."""
    _limit(steps, limits.steps, "training steps", "The run is too long")


def _limit(given: int, most: int, what: str, message: str) -> None:
    if given > most:
        raise RunLimitError(message, given=f"{given:,} {what}", expected=f"at most {most:,}, as this server is set")


def plans(recipe: Recipe) -> list[MemberPlan]:
    """The parameters of every member, layer by layer, as a student, the engine and PyTorch count them."""
    if isinstance(recipe, CurveRecipe):
        return [_plan(title(recipe), (1, recipe.hidden, 1))]
    return [_plan(label, widths(network)) for label, network in members(recipe)]


def _plan(label: str, sizes: tuple[int, ...]) -> MemberPlan:
    return MemberPlan(
        label=label, layers=list(layer_counts(sizes)), engine=engine_count(sizes), pytorch=pytorch_count(sizes)
    )


def layer_counts(sizes: tuple[int, ...]) -> Iterator[LayerCount]:
    """Weights and biases of each layer."""
    for number, (before, after) in enumerate(pairwise(sizes), 1):
        yield LayerCount(
            name=f"Layer {number}",
            shape=f"{before} → {after}",
            sum=f"{before} × {after} + {after}",
            parameters=before * after + after,
        )


@lru_cache(maxsize=256)
def engine_count(sizes: tuple[int, ...]) -> int:
    """What the engine counts: it makes the layers."""
    network = train.network(train.Recipe(hidden=sizes[1:-1], init="zeros"), sizes[0], sizes[-1])
    return sum(parameter.size for parameter in network.parameters())


def pytorch_count(sizes: tuple[int, ...]) -> int | None:
    """What PyTorch counts for the same layers; None while it is not loaded. See `load_pytorch`."""
    return None if "torch" not in sys.modules or counting() else _pytorch_count(sizes)


@lru_cache(maxsize=256)
def _pytorch_count(sizes: tuple[int, ...]) -> int:
    from torch import nn

    layers = [nn.Linear(before, after, device="meta") for before, after in pairwise(sizes)]
    return sum(parameter.numel() for layer in layers for parameter in layer.parameters())


@cache
def _loading() -> threading.Thread:
    def load() -> None:
        import torch  # noqa: F401 (loaded for others)

    thread = threading.Thread(target=load, name="import torch", daemon=True)
    thread.start()
    return thread


def load_pytorch() -> None:
    """Begin to load PyTorch where it is installed: it takes seconds, which nobody should wait for."""
    if find_spec("torch") is not None:
        _loading()


def counting() -> bool:
    """Whether PyTorch is being loaded just now."""
    return _loading.cache_info().currsize > 0 and _loading().is_alive()
