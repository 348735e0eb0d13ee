"""Training a network on digits, one training step at a time: the same recipe makes the same numbers, bit for bit.

    training = Training(Recipe(hidden=(128,)), digits)
    while training.step < training.steps:
        loss = training.advance()

Nothing is drawn but from the recipe's seed: the initial parameters, and the order of the pictures in each epoch, which
does not depend on the epochs before. So a training that is loaded from a state goes on as if it had never stopped.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine import nn
from engine.buffers import aligned
from engine.data import CLASSES, SIDE, Dataset, Labels, Rows, shuffled
from engine.errors import EngineError
from engine.functional import log_softmax
from engine.init import INITIALISATIONS
from engine.mode import no_grad
from engine.op import Array
from engine.optim import Optimizer
from engine.optimizers import optimizer_choice
from engine.schedule import factor
from engine.table import entry
from engine.tape import Tape
from engine.tensor import Tensor

PIXELS = SIDE * SIDE
CHUNK = 1_000
"""Pictures a pass where no gradient is wanted: their activations fit into a second-level cache."""

ACTIVATIONS: Mapping[str, type[nn.Module]] = MappingProxyType(
    {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU, "leaky_relu": nn.LeakyReLU, "gelu": nn.GELU}
)
"""What may follow a hidden layer, by name."""

State = tuple[dict[str, Any], dict[str, Array]]
"""What a training needs to go on from here: plain facts, and arrays by name; copies."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A network and how it is trained; defaults are the textbook's one layer.

    Attributes:
        hidden: widths of the layers between the pixels and the ten digits.
        activation: what follows each of them, one of `ACTIVATIONS`.
        init: how weights begin, one of engine.init's schemes.
        batch: pictures a training step; the last batch of an epoch may be smaller.
        optimizer: one of engine.optimizers' choices.
        hyper: its numbers, where they are not at their defaults.
        lr: the learning rate, before the schedule.
        schedule: one of engine.schedule's.
        warmup: training steps over which the learning rate climbs.
        epochs: how often every picture is seen.
        seed: where all that is random comes from.
        zero_grad: False lets the gradients of all training steps add up.
    """

    hidden: tuple[int, ...] = ()
    activation: str = "relu"
    init: str = "pytorch"
    batch: int = 100
    optimizer: str = "adam"
    hyper: Mapping[str, float] = field(default_factory=dict)
    lr: float = 0.001
    schedule: str = "constant"
    warmup: int = 0
    epochs: int = 5
    seed: int = 0
    zero_grad: bool = True


class Duration(NamedTuple):
    """How many training steps there are in all, and how many it takes to see every picture once."""

    steps: int
    steps_per_epoch: int


class Batch(NamedTuple):
    """What one training step sees: which pictures, their rows of pixels from 0 to 1 (n, 784), their labels (n,)."""

    indices: npt.NDArray[np.int64]
    rows: Rows
    labels: Labels


class Sample(NamedTuple):
    """What was measured of a training step: before its update, but for the ratios, which need it.

    Attributes:
        accuracy: share of the batch that was right.
        grad_norms: of each layer, the length of its gradient, weight and bias together.
        update_ratios: of each layer, the length of the update over the length of the parameters.
    """

    accuracy: float
    grad_norms: tuple[float, ...]
    update_ratios: tuple[float, ...]


class Probe(NamedTuple):
    """What a network makes of a batch, as copies.

    Attributes:
        loss: mean over the batch.
        values: each layer's sums before its activation and after.
        gradients: of each parameter, by name.
    """

    loss: float
    values: list[tuple[Array, Array]]
    gradients: dict[str, Array]


class Scores(NamedTuple):
    """What a network said of pictures: the digit it took each for, the probability it gave it, and each loss."""

    predictions: Labels
    confidence: Array
    losses: Array


def duration(recipe: Recipe, pictures: int) -> Duration:
    """How long a recipe trains on so many pictures; nothing is made of it yet.

    Raises:
        EngineError: a word or a number of the recipe that cannot be.
    """
    if recipe.batch < 1:
        raise EngineError("A batch holds pictures", given=str(recipe.batch), expected="1 or more")
    entry(ACTIVATIONS, recipe.activation, "activation")
    entry(INITIALISATIONS, recipe.init, "initialisation")
    optimizer_choice(recipe.optimizer).numbers(recipe.lr, **recipe.hyper)
    steps_per_epoch = math.ceil(pictures / recipe.batch)
    steps = recipe.epochs * steps_per_epoch
    factor(recipe.schedule, 0, steps, recipe.warmup)
    return Duration(steps, steps_per_epoch)


def network(recipe: Recipe, inputs: int = PIXELS, outputs: int = CLASSES) -> nn.Sequential:
    """The network of a recipe, fresh: a linear layer a width, with the activation between.

    Raises:
        EngineError: an activation or an initialisation that there is not.
    """
    activation = entry(ACTIVATIONS, recipe.activation, "activation")
    generator = np.random.default_rng(recipe.seed)
    widths = (inputs, *recipe.hidden, outputs)
    modules: list[nn.Module] = []
    for n, (before, after) in enumerate(pairwise(widths)):
        modules += [activation()] * bool(n)
        modules.append(nn.Linear(before, after, generator=generator, init=recipe.init))
    return nn.Sequential(*modules)


class Training:
    """A network being trained. Not thread-safe: one call after the other.

    Args:
        recipe: what to train, and how.
        data: the pictures to learn from.
        rates: learning rates set by hand, as (training steps done, learning rate); later ones are added by `set_rate`.

    Attributes:
        step: training steps done.
        steps: how many there will be.
        steps_per_epoch: how many it takes to see every picture.
        model, optimizer: as they stand.
        layers: the linear layers, in order.
        rates: the learning rates set by hand.
        sample: what the latest sampled training step measured.

    Raises:
        EngineError: a word or a number of the recipe that cannot be.
    """

    def __init__(self, recipe: Recipe, data: Dataset, rates: Iterable[tuple[int, float]] = ()) -> None:
        self.steps, self.steps_per_epoch = duration(recipe, len(data))
        self.recipe, self.data = recipe, data
        self.step = 0
        self.rates = sorted(rates)
        self.model = network(recipe)
        self.layers = [module for module in self.model if isinstance(module, nn.Linear)]
        choice = optimizer_choice(recipe.optimizer)
        self.optimizer: Optimizer = choice.build(self.model.named_parameters(), lr=recipe.lr, **recipe.hyper)
        self.sample = Sample(math.nan, (), ())
        self._criterion, self._tape = nn.CrossEntropyLoss(), Tape()
        self._images = data.images.reshape(len(data), PIXELS)
        size = min(recipe.batch, len(data))
        self._bytes, self._rows = np.empty((size, PIXELS), np.uint8), aligned((size, PIXELS), np.dtype(np.float32))
        self._x, self._y = Tensor(self._rows), Tensor(np.zeros(size, np.int64))
        self._epoch, self._order = -1, np.empty(0, np.int64)
        self._batch: Batch | None = None
        self._logits: Tensor | None = None

    # -- the training step ------------------------------------------------------------------------------------------

    def advance(self, *, sample: bool = False) -> float:
        """One training step: forward, loss, backward, update. The loss of the batch before the update.

        Args:
            sample: measure it too, into `self.sample`.
        """
        batch = self.batch()
        self.optimizer.lr = self.rate()
        if self.recipe.zero_grad:
            self.optimizer.zero_grad()
        value = self._pass(batch)
        if sample:
            with np.errstate(all="ignore"):  # a training that diverges is measured, too
                self._measured_step()
        else:
            self.optimizer.step()
        self._batch = batch
        self.step += 1
        return value

    def rate(self, step: int | None = None) -> float:
        """The learning rate of the update that comes after `step` training steps (now), schedule included."""
        step = self.step if step is None else step
        return self.base_rate(step) * factor(self.recipe.schedule, step, self.steps, self.recipe.warmup)

    def base_rate(self, step: int | None = None) -> float:
        """The same before the schedule: the recipe's, or the one set by hand last."""
        step = self.step if step is None else step
        place = bisect_right(self.rates, step, key=itemgetter(0))
        return self.rates[place - 1][1] if place else self.recipe.lr

    def set_rate(self, lr: float) -> None:
        """From the next training step on, another learning rate; it is kept in `rates`.

        Raises:
            EngineError: a learning rate that this optimizer does not take.
        """
        optimizer_choice(self.recipe.optimizer).learning_rate.check(lr)
        self.rates = [(since, rate) for since, rate in self.rates if since < self.step] + [(self.step, lr)]

    def batch(self, step: int | None = None) -> Batch:
        """What the training step after `step` others sees (now); its rows are overwritten by the next call."""
        step = self.step if step is None else step
        epoch, place = divmod(step, self.steps_per_epoch)
        if epoch != self._epoch:
            self._epoch, self._order = epoch, shuffled(len(self.data), seed=self.recipe.seed, epoch=epoch)
        indices = self._order[place * self.recipe.batch : (place + 1) * self.recipe.batch]
        packed, rows = self._bytes[: len(indices)], self._rows[: len(indices)]
        np.take(self._images, indices, axis=0, out=packed, mode="clip")
        np.divide(packed, np.float32(255), out=rows, dtype=np.float32)
        return Batch(indices, rows, self.data.labels[indices])

    @property
    def latest(self) -> tuple[Batch, Array] | None:
        """The batch of the latest training step and the logits its forward pass gave, before the update."""
        if self._batch is None or self._logits is None:
            return None
        return self._batch, self._logits.data

    def activations(self) -> list[tuple[Array, Array]]:
        """Of the latest training step, each layer's sums before its activation and after; the last layer has none.

        Empty where no training step has been made since the training was begun or loaded.
        """
        if self._logits is None:
            return []
        sums = self._logits
        found = [(sums.data, sums.data)]
        while (below := sums.inputs[0].inputs[0]).op is not None:  # the product's input: an activation, or the pixels
            sums = below.inputs[0]
            found.append((sums.data, below.data))
        return found[::-1]

    def probe(self, batch: Batch) -> Probe:
        """A forward and a backward pass over a batch of any step, without an update; gradients start from zero."""
        self.optimizer.zero_grad()
        loss = self._pass(batch)
        values = [(sums.copy(), after.copy()) for sums, after in self.activations()]
        grads = {name: np.array(p.grad) for name, p in self.model.named_parameters()}
        self.optimizer.zero_grad()
        return Probe(loss, values, grads)

    def _pass(self, batch: Batch) -> float:
        self._x.data, self._y.data = batch.rows, batch.labels
        with self._tape:
            self._logits = self.model(self._x)
            loss = self._criterion(self._logits, self._y)
            loss.backward()
        return loss.item()

    def _measured_step(self) -> None:
        assert self._logits is not None
        parameters = [[p for p in (layer.weight, layer.bias) if p is not None] for layer in self.layers]
        before = [[p.numpy() for p in group] for group in parameters]
        norms = tuple(length(p.grad for p in group) for group in parameters)
        right = np.mean(self._logits.data.argmax(1) == self._y.data)
        self.optimizer.step()
        ratios = []
        for group, old in zip(parameters, before, strict=True):
            size = length(old)
            change = length(p.data - value for p, value in zip(group, old, strict=True))
            ratios.append(change / size if size else math.inf if change else 0.0)
        self.sample = Sample(float(right), norms, tuple(ratios))

    # -- what has been learned --------------------------------------------------------------------------------------

    def predict(self, rows: Rows) -> Array:
        """Logits of rows of pixels, shape (n, 10)."""
        with no_grad():
            parts = [self.model(rows[start : start + CHUNK]).numpy() for start in range(0, len(rows), CHUNK)]
        return np.concatenate(parts) if parts else np.zeros((0, CLASSES), np.float32)

    def evaluate(self, rows: Rows, labels: Labels) -> Scores:
        """What the network says of pictures whose labels are known."""
        return scores(self.predict(rows), labels)

    # -- snapshots --------------------------------------------------------------------------------------------------

    def state(self) -> State:
        """Everything that a training of the same recipe needs to go on from here; see `load`."""
        optimizer = self.optimizer.state_dict()
        meta = {"step": self.step, "updates": optimizer["steps"], "rates": self.rates}
        arrays = {f"model.{name}": value for name, value in self.model.state_dict().items()}
        arrays |= {f"optimizer.{name}": value for name, value in optimizer["state"].items()}
        if not self.recipe.zero_grad:
            arrays |= {f"grad.{n}": np.array(p.grad) for n, p in self.model.named_parameters() if p.grad is not None}
        return meta, arrays

    def load(self, meta: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
        """Go on from what `state` gave.

        Raises:
            EngineError: the state of another recipe.
        """

        def part(prefix: str) -> dict[str, Array]:
            return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}

        state = {"lr": self.recipe.lr, "steps": dict(meta["updates"]), "state": part("optimizer.")}
        self.model.load_state_dict(part("model."))
        self.optimizer.load_state_dict(state)
        self.optimizer.zero_grad()
        grads = part("grad.")
        for name, parameter in self.model.named_parameters():
            if name in grads:
                parameter.grad = grads[name].copy()
        self.step = int(meta["step"])
        self.rates = [(int(since), float(lr)) for since, lr in meta["rates"]]
        self._batch = self._logits = None


def scores(logits: Array, labels: Labels) -> Scores:
    """What logits (n, 10) say of pictures with these labels (n,)."""
    with no_grad():
        shares = log_softmax(logits.astype(np.float64), 1).numpy()
    predictions = logits.argmax(1)
    n = np.arange(len(labels))
    return Scores(predictions, np.exp(shares[n, predictions]), -shares[n, labels])


def length(arrays: Iterable[Any]) -> float:
    """The Euclidean length of several arrays taken as one vector; None counts as zeros."""
    total = 0.0
    for array in arrays:
        if array is not None:
            flat = np.asarray(array).ravel(order="K")
            total += float(np.dot(flat, flat))
    return math.sqrt(total)
