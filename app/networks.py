"""The networks that read digits: the ones that come with Gradwalk, and any run of a visitor."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from app.runs import recipes
from app.runs.errors import RunError
from app.runs.runs import Runs
from engine import nn
from engine.data import Rows
from engine.errors import EngineError
from engine.functional import softmax
from engine.mode import no_grad
from engine.op import Array
from engine.train import Recipe, Training, network

FOLDER = Path(__file__).resolve().parent / "data" / "networks"
FACTS = "networks.json"
"""What was measured of the networks in the folder, as tools/train_reader.py writes it."""

RUN = "run:"
"""Before a run's id this names the network it trains, as it stands now."""

BUILT_IN: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "reader": ("Gradwalk's reader", "Trained on MNIST's digits, bent and worn as real drawings are"),
        "one-layer": ("One layer", "The textbook's network: every pixel votes for each digit, nothing between"),
    }
)
"""Of each network that comes with Gradwalk, its title and what it is."""


class UnknownNetworkError(EngineError):
    """A name that no network has."""


class DamagedNetworkError(EngineError):
    """A file of a network that is not what Gradwalk came with."""


class DivergedError(EngineError):
    """Numbers that left what floats can hold."""


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


def facts(folder: Path = FOLDER) -> dict[str, Any]:
    """What was measured of each network in the folder, by name.

    Raises:
        DamagedNetworkError: the file cannot be read.
    """
    path = folder / FACTS
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise _damaged(path, str(error)) from error
    return found


def load(name: str, folder: Path = FOLDER) -> Network:
    """A network that comes with Gradwalk, from its file of float16 parameters; `name` is one of `BUILT_IN`.

    Raises:
        DamagedNetworkError: a file is missing, or is not the one that was measured.
        EngineError: the recipe is another network's.
    """
    path, measured = folder / f"{name}.npz", facts(folder)
    try:
        known = measured[name]
        expected, fields, data = known["sha256"], dict(known["recipe"]), known["data"]
        right = format(known["variants"]["plain"]["accuracy"], ".2%")
        recipe = Recipe(**fields | {"hidden": tuple(fields["hidden"])})
    except (LookupError, TypeError, ValueError) as error:
        raise _damaged(folder / FACTS, f"{type(error).__name__}: {error}") from error
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _damaged(path, str(error)) from error
    if (digest := hashlib.sha256(content).hexdigest()) != expected:
        raise _damaged(path, f"SHA-256 {digest}")
    with np.load(BytesIO(content)) as file:
        arrays = {key: file[key].astype(np.float32) for key in file.files}
    model = network(recipe)
    model.load_state_dict(arrays)
    title, what = BUILT_IN[name]
    return Network(name, title, f"{what}; it reads {right} of {data}'s test pictures right.", recipe, model)


built_in = cache(load)
"""The same, loaded once; where it could not be, the next who asks tries again."""


def no_use(network: str = "a network") -> DivergedError:
    """What is said of a network that gives numbers no more."""
    return DivergedError(
        "This network has diverged: its numbers have become too large",
        given=f"{network} that says nothing of any picture",
        expected="one that was trained with a smaller learning rate",
    )


def _damaged(path: Path, given: str) -> DamagedNetworkError:
    return DamagedNetworkError(
        f"{path} is damaged", given=given, expected="the file that Gradwalk came with: install it again"
    )


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
            DamagedNetworkError: its file is not what Gradwalk came with.
            EngineError: the run of this name reads no digits, or is gone.
        """
        if name in BUILT_IN:
            return built_in(name)
        if not name.startswith(RUN):
            raise UnknownNetworkError(
                "There is no such network", given=name[:60], expected=f"{', '.join(BUILT_IN)} or run:ID"
            )
        return self._trained(name)

    def _trained(self, name: str) -> Network:
        """What a run has learned so far, as a copy; of a comparison, its first network."""
        with self.runs.using(name.removeprefix(RUN)) as run:
            with run.turn:  # not in the middle of an update
                training = run.trainees[0]
                if not isinstance(training, Training):
                    raise RunError("This run fits a curve", given="a run on points", expected="a run on digits")
                learned, step = training.model.state_dict(), training.step
            (_, first), *others = recipes.members(run.recipe)
        model = network(training.recipe)
        model.load_state_dict(learned)
        among = f", the first of {len(others) + 1} networks of its run" if others else ""
        says = f"A run after {step:,} of {training.steps:,} training steps{among}."
        return Network(name, recipes.title(first), says, training.recipe, model)
