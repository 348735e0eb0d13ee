"""Optimizers against PyTorch's: the same parameters after a hundred steps, with every option."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np
import pytest

from engine import optim
from engine.errors import EngineError
from engine.optim import CHUNK, Optimizer
from engine.tensor import Tensor

torch = pytest.importorskip("torch")

STEPS = 100
SHAPES = ((7, 5), (5,), (3, 4, 2), (1,))
CASES: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {}),
    ("SGD", {"lr": 0.05, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.05, "momentum": 0.9}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.001, "momentum": 0.5, "maximize": True, "weight_decay": 0.1}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5, "eps": 1e-3}),
    ("Adagrad", {"maximize": True}),
    ("RMSprop", {}),
    ("RMSprop", {"alpha": 0.9, "momentum": 0.9, "weight_decay": 0.1}),
    ("RMSprop", {"centered": True, "eps": 1e-4}),
    ("RMSprop", {"lr": 0.001, "centered": True, "momentum": 0.5, "maximize": True, "weight_decay": 0.1}),
    ("Adadelta", {}),
    ("Adadelta", {"lr": 0.5, "rho": 0.8, "eps": 1e-4, "weight_decay": 0.1, "maximize": True}),
    ("Adam", {}),
    ("Adam", {"lr": 0.05, "betas": (0.5, 0.9), "eps": 1e-3, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.05, "amsgrad": True}),
    ("Adam", {"maximize": True, "amsgrad": True, "weight_decay": 0.1}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.05, "weight_decay": 0.5, "amsgrad": True}),
    ("AdamW", {"weight_decay": 0.1, "maximize": True}),
]


def pair(shapes: tuple[tuple[int, ...], ...] = SHAPES) -> tuple[list[Tensor], list[Any]]:
    rng = np.random.default_rng(0)
    starts = [rng.standard_normal(shape) for shape in shapes]
    ours = [Tensor(start.copy(), requires_grad=True, name=f"p{i}") for i, start in enumerate(starts)]
    return ours, [torch.nn.Parameter(torch.tensor(start)) for start in starts]


def give_grads(
    ours: list[Tensor], theirs: list[Any], rng: np.random.Generator, *, without: AbstractSet[int] = frozenset()
) -> None:
    for index, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
        if index in without:
            mine.grad = other.grad = None
            continue
        grad = rng.standard_normal(mine.shape) + 0.3 * mine.data  # depends on the parameter: errors feed back
        mine.grad = grad.copy()
        other.grad = torch.tensor(grad)


def agree(ours: list[Tensor], theirs: list[Any]) -> None:
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine.data, other.detach().numpy(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("name", "options"), CASES, ids=[f"{name}-{'-'.join(options)}" for name, options in CASES])
def test_a_hundred_steps_agree_with_pytorch(name: str, options: dict[str, Any]) -> None:
    ours, theirs = pair()
    mine, other = getattr(optim, name)(ours, **options), getattr(torch.optim, name)(theirs, **options)
    rng = np.random.default_rng(1)
    for _ in range(STEPS):
        give_grads(ours, theirs, rng)
        before = [p.grad.copy() for p in ours]
        mine.step()
        other.step()
        for parameter, grad in zip(ours, before, strict=True):
            np.testing.assert_array_equal(parameter.grad, grad)  # weight decay and maximize leave .grad alone
    agree(ours, theirs)
    assert set(mine.steps().values()) == {STEPS}


@pytest.mark.parametrize(("name", "options"), CASES, ids=[f"{name}-{'-'.join(options)}" for name, options in CASES])
def test_parameters_without_a_grad_are_left_alone_and_fall_behind(name: str, options: dict[str, Any]) -> None:
    ours, theirs = pair()
    mine, other = getattr(optim, name)(ours, **options), getattr(torch.optim, name)(theirs, **options)
    rng = np.random.default_rng(2)
    for step in range(20):
        give_grads(ours, theirs, rng, without={step % 3} if step % 2 else set())
        mine.step()
        other.step()
    agree(ours, theirs)
    assert len(set(mine.steps().values())) > 1


@pytest.mark.parametrize("name", ["SGD", "Adagrad", "RMSprop", "Adadelta", "Adam", "AdamW"])
def test_vectors_longer_than_a_chunk(name: str) -> None:
    ours, theirs = pair(((CHUNK + 17,), (CHUNK, 2)))
    mine, other = getattr(optim, name)(ours, lr=0.1), getattr(torch.optim, name)(theirs, lr=0.1)
    rng = np.random.default_rng(3)
    for _ in range(3):
        give_grads(ours, theirs, rng)
        mine.step()
        other.step()
    agree(ours, theirs)


@pytest.mark.parametrize("name", ["SGD", "Adagrad", "RMSprop", "Adadelta", "Adam", "AdamW"])
def test_defaults_are_pytorchs(name: str) -> None:
    ours, theirs = pair()
    mine, other = getattr(optim, name)(ours), getattr(torch.optim, name)(theirs)
    own = vars(mine)
    for key, default in other.defaults.items():
        if key in own:
            assert own[key] == default, key
    assert {"lr", "weight_decay"} <= own.keys() & other.defaults.keys()


def test_the_states_are_pytorchs_by_name() -> None:
    ours, theirs = pair()
    mine, other = optim.Adam(ours, amsgrad=True), torch.optim.Adam(theirs, amsgrad=True)
    rng = np.random.default_rng(4)
    for _ in range(3):
        give_grads(ours, theirs, rng)
        mine.step()
        other.step()
    for name, parameter in zip(mine.names, theirs, strict=True):
        for key, state in mine.state_of(name).items():
            assert state.shape == tuple(parameter.shape)
            np.testing.assert_allclose(state, other.state[parameter][key].numpy(), rtol=1e-12)
    assert mine.factors(2)["bias_correction1"] == pytest.approx(1 - 0.9**2)
    assert mine.factors(2)["bias_correction2"] == pytest.approx(1 - 0.999**2)


def test_the_learning_rate_may_be_set_between_steps() -> None:
    ours, theirs = pair()
    mine, other = optim.Adam(ours), torch.optim.Adam(theirs)
    rng = np.random.default_rng(5)
    for step in range(5):
        mine.lr = other.param_groups[0]["lr"] = 0.1 / (1 + step)
        give_grads(ours, theirs, rng)
        mine.step()
        other.step()
    agree(ours, theirs)


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_a_run_goes_on_exactly_from_its_state(name: str) -> None:
    def make() -> tuple[list[Tensor], Optimizer]:
        parameters, _ = pair()
        return parameters, getattr(optim, name)(parameters, lr=0.1, **({"momentum": 0.9} if name == "SGD" else {}))

    def run(parameters: list[Tensor], optimizer: Optimizer, seed: int) -> None:
        rng = np.random.default_rng(seed)
        for _ in range(4):
            for parameter in parameters:
                parameter.grad = rng.standard_normal(parameter.shape)
            optimizer.step()

    first, one = make()
    run(first, one, 0)
    state, values = one.state_dict(), [p.numpy() for p in first]
    run(first, one, 1)
    second, two = make()
    for parameter, value in zip(second, values, strict=True):
        parameter.data = value
    two.load_state_dict(state)
    run(second, two, 1)
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a.data, b.data)
    with pytest.raises(EngineError, match="another rule"):
        optim.RMSprop(second).load_state_dict(state)


def test_numbers_are_parameters_too() -> None:
    a, b = Tensor(1.5, requires_grad=True), Tensor(-2.0, requires_grad=True)
    optimizer = optim.SGD([a, b], lr=0.5)
    (a * b).backward()
    optimizer.step()
    assert (a.value, b.value) == (1.5 - 0.5 * -2.0, -2.0 - 0.5 * 1.5)
    assert type(a.value) is float


def test_a_replaced_value_is_what_the_next_step_starts_from() -> None:
    ours, theirs = pair()
    mine, other = optim.SGD(ours, lr=0.1), torch.optim.SGD(theirs, lr=0.1)
    rng = np.random.default_rng(6)
    for _ in range(3):
        new = rng.standard_normal(ours[0].shape)
        ours[0].data = new
        theirs[0].data = torch.tensor(new)
        give_grads(ours, theirs, rng)
        mine.step()
        other.step()
    agree(ours, theirs)


def test_a_parameter_in_columns_stays_in_columns() -> None:
    start = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    parameter = Tensor(start, requires_grad=True)
    optimizer = optim.SGD([parameter], lr=1.0)
    parameter.grad = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    optimizer.step()
    assert parameter.value.flags.f_contiguous
    np.testing.assert_array_equal(parameter.data, start - [[1, 2, 3], [4, 5, 6]])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda p: optim.Adam([]), "needs parameters"),
        (lambda p: optim.Adam([p, p]), "given twice"),
        (lambda p: optim.Adam([p], lr=-1.0), "lr is negative"),
        (lambda p: optim.Adam([p], lr=float("nan")), "lr is negative"),
        (lambda p: optim.Adam([p], betas=(1.0, 0.9)), "Betas"),
        (lambda p: optim.SGD([p], nesterov=True), "Nesterov"),
        (lambda p: optim.Adam([p, Tensor(np.zeros(2, np.float32), requires_grad=True)]), "one dtype"),
    ],
)
def test_what_cannot_be_is_refused_in_plain_words(make: Any, words: str) -> None:
    with pytest.raises(EngineError, match=words):
        make(Tensor(np.zeros(3), requires_grad=True))


@pytest.mark.parametrize("rule", [optim.SGD, optim.Adagrad, optim.RMSprop, optim.Adadelta, optim.Adam, optim.AdamW])
def test_a_diverging_run_is_seen_in_its_parameters_and_not_in_warnings(rule: Any) -> None:
    parameter = Tensor(np.array([1.0, 3e38], np.float32), requires_grad=True, name="p")
    optimizer = rule([parameter], lr=1e30)
    for _ in range(3):
        parameter.grad = np.array([3e38, np.inf], np.float32)
        optimizer.step()
    assert not np.isfinite(parameter.data).all()
