"""The table of optimizers: every line builds the rule it names, with the hyperparameters it lists and within bounds."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from engine.errors import EngineError
from engine.optim import SGD, Adam
from engine.optimizers import OPTIMIZERS, Hyperparameter, OptimizerChoice, optimizer_choice
from engine.tensor import Tensor

torch = pytest.importorskip("torch")

CHOICES = list(OPTIMIZERS.values())
SETTINGS = [(choice, h) for choice in CHOICES for h in (choice.learning_rate, *choice.hyperparameters)]
TORCH_CLASSES = {
    "sgd": "SGD", "momentum": "SGD", "nesterov": "SGD", "adagrad": "Adagrad", "rmsprop": "RMSprop",
    "adadelta": "Adadelta", "adam": "Adam", "adamw": "AdamW",
}  # fmt: skip


def parameter() -> Tensor:
    return Tensor(np.array([1.0, -2.0, 0.5]), requires_grad=True, name="p")


def theirs(choice: OptimizerChoice, other: Any, lr: float, values: dict[str, float]) -> Any:
    """PyTorch's optimizer with the same numbers."""
    values = dict(values)
    if "beta1" in values:
        values["betas"] = (values.pop("beta1"), values.pop("beta2"))  # type: ignore[assignment]
    options = {"nesterov": True} if choice.name == "nesterov" else {}
    return getattr(torch.optim, TORCH_CLASSES[choice.name])([other], lr=lr, **options, **values)


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.name)
@pytest.mark.parametrize("share", [None, 0.3], ids=["defaults", "set"])
def test_a_choice_trains_as_pytorch_does_with_the_same_numbers(choice: OptimizerChoice, share: float | None) -> None:
    values = {h.name: h.default if share is None else share * h.maximum for h in choice.hyperparameters}
    mine, other = parameter(), torch.nn.Parameter(torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64))
    ours = choice.build([mine]) if share is None else choice.build([mine], 0.01, **values)
    reference = theirs(choice, other, choice.lr if share is None else 0.01, values)
    rng = np.random.default_rng(0)
    for _ in range(5):
        gradient = rng.standard_normal(3)
        mine.grad, other.grad = gradient.copy(), torch.tensor(gradient)
        ours.step()
        reference.step()
    np.testing.assert_allclose(mine.data, other.detach().numpy(), rtol=1e-10)
    assert type(ours) is choice.rule


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.name)
def test_defaults_are_the_rules_own(choice: OptimizerChoice) -> None:
    own = {name: p.default for name, p in inspect.signature(choice.rule).parameters.items()}
    own |= dict(zip(("beta1", "beta2"), own.get("betas", ()), strict=False))
    for h in choice.hyperparameters:
        if choice.rule is not SGD or h.name != "momentum":  # SGD itself has none
            assert h.default == own[h.name]


@pytest.mark.parametrize(("choice", "h"), SETTINGS, ids=lambda value: value.name)
def test_bounds_are_included_and_beyond_them_is_refused(choice: OptimizerChoice, h: Hyperparameter) -> None:
    assert h.minimum <= h.default <= h.maximum
    for value in (h.minimum, h.maximum):
        optimizer = choice.build([parameter()], **{h.name: value})
        kept = optimizer.betas[h.name == "beta2"] if isinstance(optimizer, Adam) and "beta" in h.name else None
        assert (vars(optimizer)[h.name] if kept is None else kept) == value
    for value in (np.nextafter(h.minimum, -np.inf), np.nextafter(h.maximum, np.inf), float("nan")):
        with pytest.raises(EngineError, match=f"{h.label} is out of bounds") as caught:
            choice.build([parameter()], **{h.name: value})
        assert caught.value.given == f"{value:g}"
        assert caught.value.expected == f"a number from {h.minimum:g} to {h.maximum:g}"


def test_names_that_are_not_there_are_refused_with_those_that_are() -> None:
    assert list(OPTIMIZERS) == list(TORCH_CLASSES)
    assert optimizer_choice("adam") is OPTIMIZERS["adam"]
    with pytest.raises(EngineError, match="No such optimizer") as caught:
        optimizer_choice("lion")
    assert (caught.value.given, caught.value.expected) == ("lion", f"one of {', '.join(OPTIMIZERS)}")
    with pytest.raises(EngineError, match="No such hyperparameter of SGD") as caught:
        OPTIMIZERS["sgd"].build([parameter()], momentum=0.9)
    assert (caught.value.given, caught.value.expected) == ("momentum", "one of weight_decay")
