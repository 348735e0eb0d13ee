"""The scenes, one file each, in the order the home page shows them."""

from __future__ import annotations

from app.runs.runs import Runs
from app.scene import Scene
from app.scenes.broadcasting import BROADCASTING
from app.scenes.diamond import DIAMOND
from app.scenes.expression import EXPRESSION, NEURON
from app.scenes.mnist_step import Load, MnistStepScene
from app.scenes.run_step import RunStepScene
from app.scenes.sigmoid import SIGMOID
from app.scenes.softmax import SOFTMAX


def all_scenes(load: Load, runs: Runs | None = None) -> dict[str, Scene]:
    """Every scene by its id.

    Args:
        load: gives the scenes on digits their training set.
        runs: those whose training steps can be opened; without them there is no such scene.
    """
    scenes: list[Scene] = [SIGMOID, EXPRESSION, NEURON, DIAMOND, BROADCASTING, SOFTMAX, MnistStepScene(load)]
    if runs is not None:
        scenes.append(RunStepScene(runs))
    return {scene.id: scene for scene in scenes}
