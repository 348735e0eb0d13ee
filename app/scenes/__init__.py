"""The scenes, one file each, in the order the home page shows them."""

from __future__ import annotations

from app.networks import Networks
from app.runs.runs import Runs
from app.scene import Scene
from app.scenes.broadcasting import BROADCASTING
from app.scenes.diamond import DIAMOND
from app.scenes.digit import DigitScene
from app.scenes.expression import EXPRESSION, NEURON
from app.scenes.mnist_step import Load, MnistStepScene
from app.scenes.run_step import RunStepScene
from app.scenes.sigmoid import SIGMOID
from app.scenes.softmax import SOFTMAX
from app.taught import Copies


def all_scenes(load: Load, runs: Runs | None = None, copies: Copies | None = None) -> dict[str, Scene]:
    """Every scene by its id.

    Args:
        load: gives the scenes on digits their training set.
        runs: those whose training steps can be opened, and whose networks read a visitor's digit; without them there
            is no such scene.
        copies: makes visitors' copies of networks; its own where none is given.
    """
    scenes: list[Scene] = [SIGMOID, EXPRESSION, NEURON, DIAMOND, BROADCASTING, SOFTMAX, MnistStepScene(load)]
    if runs is not None:
        scenes += [RunStepScene(runs), DigitScene(Networks(runs), copies or Copies())]
    return {scene.id: scene for scene in scenes}
