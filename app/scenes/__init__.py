"""The scenes, one file each, in the order the home page shows them."""

from __future__ import annotations

from app.scene import Scene
from app.scenes.broadcasting import BROADCASTING
from app.scenes.diamond import DIAMOND
from app.scenes.expression import EXPRESSION, NEURON
from app.scenes.mnist_step import Load, MnistStepScene
from app.scenes.sigmoid import SIGMOID
from app.scenes.softmax import SOFTMAX


def all_scenes(load: Load) -> dict[str, Scene]:
    """Every scene by its id; `load` gives the scenes on digits their training set."""
    scenes: tuple[Scene, ...] = (SIGMOID, EXPRESSION, NEURON, DIAMOND, BROADCASTING, SOFTMAX, MnistStepScene(load))
    return {scene.id: scene for scene in scenes}
