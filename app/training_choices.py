"""What may be chosen for a training run, with defaults and limits, as the page's form reads it.

Nothing is said here that stands elsewhere: names, labels and bounds come from the tables of the engine, from the recipe
as it travels, and from the settings.
"""

from __future__ import annotations

from typing import Any

from app.protocol import NetworkRecipe
from app.runs.recipes import ACTIVATION_LABELS, RunLimits
from engine.data import CLASSES
from engine.init import INITIALISATIONS
from engine.optimizers import OPTIMIZERS, Hyperparameter
from engine.schedule import SCHEDULES
from engine.train import PIXELS

CURVE_POINTS = 33
"""Points of the small picture of a schedule, from the end of the warm-up on."""

DATASETS = {"mnist": "MNIST", "built-in": "Built-in digits"}
"""What people call the data sets of recipes."""

NO_MNIST = "MNIST is not here yet. The page about data gets it, once; until then there are the built-in digits."

COUNTS = {
    "batch": ("Batch", "pictures whose mean gradient makes one training step"),
    "epochs": ("Epochs", "how often every picture is seen"),
    "seed": ("Seed", "where everything random comes from: the same seed, the same numbers"),
    "warmup": ("Warm-up", "training steps over which the learning rate climbs"),
}


def training_choices(limits: RunLimits, *, has_mnist: bool) -> dict[str, Any]:
    """Plain lists and numbers, ready for JSON; `Choices` in static/src/run/recipe.ts names the same fields."""
    recipe = NetworkRecipe()
    return {
        "defaults": recipe.model_dump(mode="json"),
        "inputs": PIXELS,
        "outputs": CLASSES,
        "datasets": [
            {"name": name, "label": label, "says": "" if has_mnist else NO_MNIST, "ready": has_mnist or name != "mnist"}
            for name, label in DATASETS.items()
        ],
        "activations": [{"name": name, "label": label, "says": ""} for name, label in ACTIVATION_LABELS.items()],
        "inits": [{"name": i.name, "label": i.label, "says": i.says} for i in INITIALISATIONS.values()],
        "optimizers": [
            {
                "name": choice.name,
                "label": choice.label,
                "says": choice.says,
                "lr": _bounds(choice.learning_rate),
                "hyper": [{"name": hyper.name, **_bounds(hyper)} for hyper in choice.hyperparameters],
            }
            for choice in OPTIMIZERS.values()
        ],
        "schedules": [
            {
                "name": schedule.name,
                "label": schedule.label,
                "says": schedule.says,
                "warms_up": schedule.warms_up,
                "decay": [round(schedule.share(point, CURVE_POINTS - 1, 0), 4) for point in range(CURVE_POINTS)],
            }
            for schedule in SCHEDULES.values()
        ],
        "counts": {name: _count(recipe, name, limits) for name in COUNTS},
        "layers": {
            "most": limits.layers,
            "width": {"label": "Width", "default": 128, "minimum": 1, "maximum": limits.width, "says": "units"},
        },
    }


def _bounds(number: Hyperparameter) -> dict[str, Any]:
    return {
        "label": number.label,
        "default": number.default,
        "minimum": number.minimum,
        "maximum": number.maximum,
        "says": number.says,
    }


def _count(recipe: NetworkRecipe, name: str, limits: RunLimits) -> dict[str, Any]:
    schema = NetworkRecipe.model_json_schema()["properties"][name]
    most = min(schema["maximum"], limits.batch) if name == "batch" else schema["maximum"]
    label, says = COUNTS[name]
    return {
        "label": label,
        "default": getattr(recipe, name),
        "minimum": schema["minimum"],
        "maximum": most,
        "says": says,
    }
