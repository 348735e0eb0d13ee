"""The labs, as one table: what each trains, what may be changed about it, and what to look for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.labs.lab import Choice, Lab, Member, Rate, Switch, Switches
from app.protocol import CurveRecipe, NetworkRecipe, Recipe, Variation
from app.runs.recipes import ACTIVATION_LABELS
from engine.optimizers import OPTIMIZERS

WIDTH = 64
"""Units of every hidden layer of the labs on digits."""

DEPTHS = (1, 2, 4, 8)

_SEED = Choice(field="seed", legend="Seed", options=[(seed, str(seed)) for seed in range(4)])
_DIGITS = Choice(field="dataset", legend="Digits", options=[("mnist", "MNIST"), ("built-in", "built-in")])

_EPOCHS = {"mnist": 1, "built-in": 40}
"""About six hundred training steps of either."""

_RACING = {"sgd", "momentum", "adagrad", "rmsprop", "adam"}


def _depth_members() -> list[Member]:
    """The deepest first, by pairs that differ in their activation; one linear layer has none."""
    members = []
    for depth in reversed(DEPTHS[1:]):
        for activation in ("sigmoid", "relu"):
            variation = Variation.model_validate(
                {
                    "label": f"{depth} layers, {ACTIVATION_LABELS[activation]}",
                    "hidden": [WIDTH] * (depth - 1),
                    "activation": activation,
                }
            )
            members.append(Member(variation=variation, needs=[str(depth), activation]))
    return [*members, Member(variation=Variation(label="1 layer", hidden=[]), needs=["1"])]


LABS: Mapping[str, Lab] = MappingProxyType(
    {
        lab.id: lab
        for lab in (
            Lab(
                id="manualgrad",
                title="ManualGrad and AutoGrad",
                says="A curve fitted twice: by backward passes written by hand, and by the engine's own.",
                look=(
                    "Two copies of one network start from the same numbers and fit y = 3x² + 2 + noise. One is "
                    "trained through the backward functions printed below, a few lines a layer; the other "
                    "through AutoGrad, which knows nothing of them and works from its graph of ops. What is "
                    "equal: at every training step, each parameter's gradient by hand and by AutoGrad, up to "
                    "the rounding of float64; hence the two updates, and hence the two curves, which lie on "
                    "each other. Leave the sigmoids out and see what two linear layers can fit: a straight "
                    "line."
                ),
                recipe=CurveRecipe(),
                rate=Rate(
                    label="Learning rate", says="may be changed while it trains", value=0.1, minimum=0.001, maximum=2.0
                ),
                choices=[
                    Choice(
                        field="layers",
                        legend="After the first layer",
                        options=[("sigmoid", "sigmoids"), ("linear", "nothing")],
                    ),
                    Choice(field="hidden", legend="Hidden units", options=[(n, str(n)) for n in (1, 2, 4, 8, 16, 32)]),
                    Choice(field="noise", legend="Noise", options=[(0, "none"), (0.1, "0.1"), (0.5, "0.5")]),
                    _SEED,
                ],
                speed=200.0,
            ),
            Lab(
                id="race",
                title="Optimizer race",
                says="Several optimizers from one start: on digits, and down a loss surface you can see.",
                look=(
                    "On the surface all begin at the same point and take the same number of steps: watch who "
                    "zigzags across the ravine, who overshoots, and who is slow to leave the saddle. On digits "
                    "all begin with the same weights and see the same batches in the same order; only the rule "
                    "that turns a gradient into an update differs. Each has its own usual learning rate, "
                    "because a step of 0.1 means something else to SGD than to Adam; the slider scales all of "
                    "them."
                ),
                recipe=NetworkRecipe(hidden=[WIDTH]),
                members=[
                    Member(
                        variation=Variation.model_validate({"label": choice.label, "optimizer": choice.name}),
                        factor=choice.lr,
                        needs=[choice.name],
                    )
                    for choice in OPTIMIZERS.values()
                ],
                switches=[
                    Switches(
                        legend="Optimizers",
                        options=[
                            Switch(name=choice.name, label=choice.label, on=choice.name in _RACING)
                            for choice in OPTIMIZERS.values()
                        ],
                    )
                ],
                rate=Rate(label="All learning rates ×", says="1: each as usual", value=1.0, minimum=0.01, maximum=10.0),
                choices=[_SEED, _DIGITS],
                epochs=_EPOCHS,
            ),
            Lab(
                id="learning-rate",
                title="Learning rate",
                says="Five runs at once, each with ten times the learning rate of the one before.",
                look=(
                    "The same network, the same first weights, the same batches: only the learning rate "
                    "differs. Too small, and the loss hardly moves; larger, and it falls faster; larger still, "
                    "and it jumps, because a step goes beyond where the gradient it followed still holds. "
                    "Beyond that the loss grows with every step, until it leaves the numbers a computer has: "
                    "that run is stopped, and the table says where and why. Move the slider and see how many of"
                    " the five still learn."
                ),
                recipe=NetworkRecipe(hidden=[WIDTH], activation="leaky_relu", optimizer="sgd"),
                members=[Member(variation=Variation(label="{lr}"), factor=10.0**power) for power in range(-2, 3)],
                rate=Rate(
                    label="Learning rate in the middle",
                    says="the others have a hundredth, a tenth, ten and a hundred times as much",
                    value=0.1,
                    minimum=0.001,
                    maximum=1.0,
                ),
                choices=[_SEED, _DIGITS],
                epochs=_EPOCHS,
            ),
            Lab(
                id="zero-grad",
                title="Without zero_grad",
                says="Gradients add up until somebody forgets them: what that does to training.",
                look=(
                    "A backward pass adds to the gradients that are there; zero_grad forgets them before the "
                    "next one. Without it each update uses the sum of the gradients of all batches so far, "
                    "taken at weights that are long gone. The sum keeps pushing after the loss has turned: at "
                    "first it even learns faster, as with momentum that never fades, then it shoots past, turns "
                    "back late, and swings."
                ),
                recipe=NetworkRecipe(hidden=[WIDTH], optimizer="sgd"),
                members=[
                    Member(variation=Variation(label="with zero_grad", zero_grad=True)),
                    Member(variation=Variation(label="without zero_grad", zero_grad=False)),
                ],
                rate=Rate(label="Learning rate", says="of both", value=0.1, minimum=0.001, maximum=1.0),
                choices=[_SEED, _DIGITS],
                epochs=_EPOCHS,
            ),
            Lab(
                id="depth",
                title="Depth and vanishing gradients",
                says="One layer, two, four: where gradients vanish with sigmoid and not with ReLU.",
                look=(
                    "The bars show the length of each layer's gradient, on a log scale, the first layer on "
                    "top. On its way back through a sigmoid a gradient is multiplied by the slope σ′(z) = "
                    "σ(z)(1 − σ(z)), which is at most 1/4: layer by layer, the first ones get less and less, "
                    "and hardly learn. A ReLU passes it on whole wherever its input is positive. All weights "
                    "start as He's scheme has them, from one seed: networks of one depth differ only in their "
                    "activation."
                ),
                recipe=NetworkRecipe(hidden=[], init="he", optimizer="sgd"),
                members=_depth_members(),
                switches=[
                    Switches(
                        legend="Layers",
                        options=[Switch(name=str(depth), label=str(depth), on=depth <= 4) for depth in DEPTHS],
                    ),
                    Switches(
                        legend="Activation",
                        options=[
                            Switch(name=name, label=ACTIVATION_LABELS[name], on=True) for name in ("sigmoid", "relu")
                        ],
                    ),
                ],
                rate=Rate(label="Learning rate", says="of all", value=0.1, minimum=0.001, maximum=1.0),
                choices=[_SEED, _DIGITS],
                begun=1,
                epochs=_EPOCHS,
            ),
        )
    }
)
"""Every lab by id, in the order of the index."""


def lab_of(recipe: Recipe) -> Lab | None:
    """The lab that a recipe comes from; None where no lab makes such a recipe."""
    return next((lab for lab in LABS.values() if lab.makes(recipe)), None)
