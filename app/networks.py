"""The networks that read digits: the ones that come with Gradwalk, and any run of a visitor."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from app.runs.runs import Runs
from engine import nn
from engine.data import Rows
from engine.errors import EngineError
from engine.functional import softmax
from engine.mode import no_grad
from engine.op import Array
from engine.table import entry
from engine.train import Recipe, network

FOLDER = Path(__file__).resolve().parent / "data" / "networks"
RUN = "run:"
"""Before a run's id this names the network it trains, as it stands now."""


class UnknownNetworkError(EngineError):
    """A name that no network has."""


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A trained network. Its parameters are shared: who wants to change them takes a copy.

    Attributes:
        id: its name in addresses: "reader", "one-layer", or "run:" and the id of a run.
        title: a few words.
        says: what it is, in one sentence, with its measured accuracy.
        recipe: its layers, and their activation.
        model: takes rows of 784 pixels from 0 to 1, gives the ten logits.
    """

    id: str
    title: str
    says: str
    recipe: Recipe
    model: nn.Sequential

    @property
    def parameters(self) -> int:
        """How many numbers were learned."""
        return sum(parameter.data.size for parameter in self.model.parameters())

    def logits(self, rows: Rows) -> Array:
        """Of rows of pixels of shape (n, 784), shape (n, 10)."""
        with no_grad():
            return self.model(rows).numpy()

    def probabilities(self, rows: Rows) -> Array:
        """Softmax of the logits, shape (n, 10)."""
        with no_grad():
            return softmax(self.model(rows)).numpy()


BUILT_IN = {
    "reader": ("Gradwalk's reader", "Trained on MNIST, distorted as real drawings are."),
    "one-layer": ("One layer", "The textbook's network: 784 pixels, ten digits, nothing between."),
}


@cache
def built_in(name: str) -> Network:
    """A network that comes with Gradwalk."""
    title, says = entry(BUILT_IN, name, "network")
    with np.load(FOLDER / f"{name}.npz") as file:
        arrays = {key: file[key].astype(np.float32) for key in file.files}
    hidden = tuple(len(arrays[key]) for key in arrays if key.endswith("weight"))[:-1]
    recipe = Recipe(hidden=hidden)
    model = network(recipe)
    model.load_state_dict(arrays)
    return Network(name, title, says, recipe, model)


@dataclass(frozen=True, slots=True)
class Networks:
    """Finds networks by name.

    Attributes:
        runs: whose networks may be chosen, too.
    """

    runs: Runs

    def get(self, name: str) -> Network:
        """The network of this name.

        Raises:
            UnknownNetworkError: there is none.
            EngineError: the run of this name reads no digits, or is gone.
        """
        if name in BUILT_IN:
            return built_in(name)
        if not name.startswith(RUN):
            raise UnknownNetworkError(
                "There is no such network", given=name[:60], expected=f"{', '.join(BUILT_IN)} or run:ID"
            )
        training = self.runs.past(name.removeprefix(RUN), None)
        title = f"Run {name.removeprefix(RUN)}"
        return Network(name, title, f"After {training.step:,} training steps.", training.recipe, training.model)
