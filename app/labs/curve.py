"""A curve fitted twice, by backward passes written by hand and by the engine's, and their gradients compared."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from app.protocol import CurveParts, CurveRecipe
from engine import nn
from engine.errors import EngineError
from engine.manual import ManualLayer, ManualLinear, ManualMSE, ManualNetwork, ManualSigmoid
from engine.mode import no_grad
from engine.op import Array
from engine.optim import Optimizer
from engine.optimizers import optimizer_choice
from engine.tape import Tape
from engine.tensor import Tensor
from engine.train import Sample, State, length

DRAWN = 101
"""Points of a drawn curve."""

Handwriting = Callable[[Sequence[nn.Module]], ManualNetwork]
"""Makes the hand-written copy of a network."""


class Gradients(NamedTuple):
    """One parameter's gradient by hand and by the engine, in its shape; copies."""

    name: str
    by_hand: Array
    by_engine: Array


def by_hand(modules: Sequence[nn.Module]) -> ManualNetwork:
    """The same layers with hand-written backward passes, from copies of the same numbers."""
    layers: list[ManualLayer] = []
    for module in modules:
        if isinstance(module, nn.Linear):
            assert module.bias is not None
            layers.append(ManualLinear(module.weight.numpy(), module.bias.numpy()))
        else:
            layers.append(ManualSigmoid())
    return ManualNetwork(layers)


class CurveTraining:
    """y = 3x² + 2 + noise, learned by Linear(1, hidden), a sigmoid or nothing, and Linear(hidden, 1), from the MSE.

    Two copies of the network begin with the same parameters (float64). One takes its gradients from `engine.manual`,
    the other from the engine's backward pass; each has an optimizer of its own, of the same rule. Nothing else is
    shared, so that a mistake in a hand-written rule drives the two curves apart. Every training step sees all points.
    Not thread-safe: one call after the other.

    Args:
        recipe: what to train, and how.
        rates: learning rates set by hand, as (training steps done, learning rate); later ones come by `set_rate`.
        handwriting: makes the hand-written copy.

    Attributes:
        step: training steps done, of `steps`.
        steps_per_epoch: 1, for every step sees all points.
        x, y: the points, both of shape (points, 1).
        model, optimizer: the engine's copy.
        layers: its linear layers.
        network: the hand-written copy.
        by_hand_loss: its loss in the latest pass.
        sample: what the latest sampled training step measured of the engine's copy; there is no accuracy.
        rates: the learning rates set by hand.

    Raises:
        EngineError: a number of the recipe that cannot be.
    """

    def __init__(
        self, recipe: CurveRecipe, rates: Iterable[tuple[int, float]] = (), *, handwriting: Handwriting = by_hand
    ) -> None:
        self.recipe = recipe
        self.step, self.steps, self.steps_per_epoch = 0, recipe.steps, 1
        self.rates = sorted(rates)
        x = np.linspace(-1.0, 1.0, recipe.points)[:, None]
        noise = np.random.default_rng((recipe.seed, 1)).normal(0.0, recipe.noise, x.shape)
        self.x, self.y = Tensor(x, name="x"), Tensor(3.0 * x**2 + 2.0 + noise, name="y")
        generator = np.random.default_rng(recipe.seed)
        first, last = (
            nn.Linear(before, after, dtype=np.float64, generator=generator)
            for before, after in ((1, recipe.hidden), (recipe.hidden, 1))
        )
        between = [nn.Sigmoid()] if recipe.layers == "sigmoid" else []
        self.layers = [first, last]
        self.model, self.network = nn.Sequential(first, *between, last), handwriting([first, *between, last])
        self.by_hand_loss = math.nan
        self.sample = Sample(math.nan, (), ())
        self._criterion, self._manual_criterion, self._tape = nn.MSELoss(), ManualMSE(), Tape()
        self._parameters = dict(self.model.named_parameters())
        self._manual = [(str(n), one) for n, one in enumerate(self.network.layers) if isinstance(one, ManualLinear)]
        self._manual_parameters = {
            f"{place}.{name}": Tensor(value, requires_grad=True)
            for place, layer in self._manual
            for name, value in (("weight", layer.weight), ("bias", layer.bias))
        }
        choice = optimizer_choice(recipe.optimizer)
        self.optimizer: Optimizer = choice.build(self._parameters.items(), lr=recipe.lr, **recipe.hyper)
        self._manual_optimizer = choice.build(self._manual_parameters.items(), lr=recipe.lr, **recipe.hyper)
        for place, layer in self._manual:  # the optimizer keeps them in a vector of its own, and updates them there
            layer.weight = self._manual_parameters[f"{place}.weight"].value
            layer.bias = self._manual_parameters[f"{place}.bias"].value

    # -- the training step ------------------------------------------------------------------------------------------

    def advance(self, *, sample: bool = False) -> float:
        """One training step of both copies. The loss of the engine's before the update.

        Args:
            sample: measure it too, into `self.sample`.
        """
        with np.errstate(all="ignore"):  # a run that diverges shows it in its numbers
            loss = self._passes()
            self.optimizer.lr = self._manual_optimizer.lr = self.rate()
            before = [[p.numpy() for p in layer.parameters()] for layer in self.layers] if sample else []
            self.optimizer.step()
            self._manual_optimizer.step()
            if sample:
                self.sample = self._measured(before)
        self.step += 1
        return loss

    def rate(self, step: int | None = None) -> float:
        """The learning rate of the update that comes after `step` training steps (now); there is no schedule."""
        step = self.step if step is None else step
        return next((lr for since, lr in reversed(self.rates) if since <= step), self.recipe.lr)

    base_rate = rate

    def set_rate(self, lr: float) -> None:
        """From the next training step on, another learning rate; raises EngineError for one that cannot be."""
        optimizer_choice(self.recipe.optimizer).learning_rate.check(lr)
        self.rates = [(since, rate) for since, rate in self.rates if since < self.step] + [(self.step, lr)]

    def loss(self) -> Tensor:
        """The loss of the engine's copy over all points."""
        return self._criterion(self.model(self.x), self.y)

    def _passes(self) -> float:
        """Forward and backward of both copies, each its own way, at the parameters as they stand; the engine's loss."""
        self.by_hand_loss = self._manual_criterion.forward(self.network.forward(self.x.data), self.y.data)
        self.network.backward(self._manual_criterion.backward())
        for place, layer in self._manual:
            self._manual_parameters[f"{place}.weight"].grad = layer.weight_grad
            self._manual_parameters[f"{place}.bias"].grad = layer.bias_grad
        self.optimizer.zero_grad()
        with self._tape:
            loss = self.loss()
            loss.backward()
        return loss.item()

    def _measured(self, before: list[list[Array]]) -> Sample:
        norms, ratios = [], []
        for layer, old in zip(self.layers, before, strict=True):
            parameters = list(layer.parameters())
            norms.append(length(p.grad for p in parameters))
            change, size = length(p.data - o for p, o in zip(parameters, old, strict=True)), length(old)
            ratios.append(change / size if size else math.inf if change else 0.0)
        return Sample(math.nan, tuple(norms), tuple(ratios))

    # -- what is shown ----------------------------------------------------------------------------------------------

    def gradients(self) -> list[Gradients]:
        """Both gradients of each parameter, at the parameters as they stand: what the next training step uses."""
        with np.errstate(all="ignore"):
            self._passes()
        return [
            Gradients(name, np.array(manual.grad), np.array(self._parameters[name].grad))
            for name, manual in self._manual_parameters.items()
        ]

    def parts(self) -> CurveParts:
        """The points, both curves and both gradients, at the parameters as they stand."""
        x = np.linspace(-1.0, 1.0, DRAWN)[:, None]
        gradients = self.gradients()
        with np.errstate(all="ignore"), no_grad():
            return CurveParts(
                x=_bytes(x),
                points_x=_bytes(self.x.data),
                points_y=_bytes(self.y.data),
                by_hand=_bytes(self.network.forward(x)),
                by_engine=_bytes(self.model(x).data),
                gradients=[
                    (one.name, length([one.by_hand]), length([one.by_engine]), largest_difference(one))
                    for one in gradients
                ],
            )

    # -- snapshots --------------------------------------------------------------------------------------------------

    def state(self) -> State:
        """Everything that a training of the same recipe needs to go on from here; see `load`."""
        meta: dict[str, Any] = {"step": self.step, "updates": self.optimizer.steps(), "rates": self.rates}
        arrays: dict[str, Array] = {}
        for copy, parameters, optimizer in self._copies():
            arrays |= {f"{copy}.model.{name}": parameter.numpy() for name, parameter in parameters.items()}
            arrays |= {f"{copy}.optimizer.{name}": vector.copy() for name, vector in optimizer.state.items()}
        return meta, arrays

    def load(self, meta: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
        """Go on from what `state` gave; raises EngineError for the state of another recipe."""
        own = {name: np.shape(array) for name, array in self.state()[1].items()}
        given = {name: np.shape(array) for name, array in arrays.items()}
        if own != given:
            raise EngineError("This is the state of another recipe", given=str(given), expected=str(own))
        for copy, parameters, optimizer in self._copies():
            for name, parameter in parameters.items():
                parameter.value[...] = arrays[f"{copy}.model.{name}"]
            state = {name: arrays[f"{copy}.optimizer.{name}"] for name in optimizer.state}
            optimizer.load_state_dict({"lr": self.recipe.lr, "steps": dict(meta["updates"]), "state": state})
        self.step = int(meta["step"])
        self.rates = [(int(since), float(lr)) for since, lr in meta["rates"]]

    def _copies(self) -> list[tuple[str, dict[str, Tensor], Optimizer]]:
        return [
            ("engine", self._parameters, self.optimizer),
            ("manual", self._manual_parameters, self._manual_optimizer),
        ]


def largest_difference(one: Gradients) -> float:
    """How far two gradients of a parameter are from each other, where they are farthest."""
    return float(np.max(np.abs(one.by_hand - one.by_engine)))


def _bytes(array: Array) -> bytes:
    with np.errstate(over="ignore"):  # beyond float32 is infinity
        return array.astype("<f4").tobytes()
