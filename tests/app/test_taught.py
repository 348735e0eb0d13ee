"""A visitor's copy: a pure function of network, lessons and rate, equal to PyTorch's SGD; the network stays."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.datasets import built_in
from app.digits.code import CodeError, encode
from app.networks import DivergedError, Network
from app.taught import ITEMS, STEPS, Copies, Lesson, LessonsError, pupil, read_lessons
from engine.data import rows
from engine.errors import EngineError, LimitError
from engine.nn import Linear
from engine.train import ACTIVATIONS, Recipe, network

_, TEST = built_in()
CODE, OTHER = encode(TEST.images[0]), encode(TEST.images[1])


def made(name: str = "small", **recipe: Any) -> Network:
    found = Recipe(**{"hidden": (9, 7), "activation": "tanh", "optimizer": "adam", "seed": 3, **recipe})
    return Network(name, "Small", "Fresh.", found, network(found))


def lessons(word: str) -> tuple[Lesson, ...]:
    return read_lessons(word, CODE)


def same(one: Network, two: Network) -> bool:
    pairs = zip(one.model.parameters(), two.model.parameters(), strict=True)
    return all(np.array_equal(a.data, b.data) for a, b in pairs)


# ------------------------------------------------------------------------------------------------------------ the word


def test_a_word_is_its_training_steps_in_order() -> None:
    assert lessons("") == ()
    assert lessons("7.3") == (Lesson(CODE, 7),) * 3
    assert lessons(f"7.1~1.2.{OTHER}~7.1") == (Lesson(CODE, 7), *[Lesson(OTHER, 1)] * 2, Lesson(CODE, 7))
    assert len(lessons(f"0.{STEPS}")) == STEPS
    assert len(lessons("~".join(["9.1"] * ITEMS))) == ITEMS


@pytest.mark.parametrize(
    "word",
    [
        *("7", "7.", ".3", "7.0", "7.-1", "7.1.", "10.1", "x.1", "7.x", "7.1~", "~7.1", "7.101", "7.1000", "7.1 "),
        *("٧.1", f"7.1.{CODE}.x", "7.1.a b", "7,1", "7.1.5\n", "7.1e1"),
    ],
)
def test_a_word_that_is_no_lessons_is_told(word: str) -> None:
    with pytest.raises(LessonsError) as told:
        lessons(word)
    assert told.value.given
    assert "LABEL.TIMES" in told.value.expected


def test_too_many_lessons_are_refused() -> None:
    for word in ("~".join(["9.1"] * (ITEMS + 1)), f"1.{STEPS}~1.1", "7.1" + "~" * 50_000):
        with pytest.raises(LimitError) as told:
            lessons(word)
        assert "at most" in told.value.expected


def test_another_picture_must_be_one() -> None:
    with pytest.raises(CodeError):
        lessons("7.1.abc")


# ------------------------------------------------------------------------------------------------------------ the copy


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_lessons_are_pytorchs_sgd(activation: str) -> None:
    torch: Any = pytest.importorskip("torch")
    came = made(activation=activation)
    functions = {
        "leaky_relu": torch.nn.functional.leaky_relu,
        "gelu": torch.nn.functional.gelu,
        **{name: getattr(torch, name) for name in ("sigmoid", "tanh", "relu")},
    }
    parameters = [torch.tensor(p.numpy(), dtype=torch.float64, requires_grad=True) for p in came.model.parameters()]
    optimizer, losses = torch.optim.SGD(parameters, lr=0.05), []
    for image, label in [(TEST.images[0], 7), (TEST.images[0], 7), (TEST.images[1], 4)]:
        value = torch.tensor(rows(image[None]), dtype=torch.float64)
        for place in range(0, len(parameters), 2):
            value = value @ parameters[place].T + parameters[place + 1]
            value = functions[activation](value) if place < len(parameters) - 2 else value
        loss = torch.nn.functional.cross_entropy(value, torch.tensor([label]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    copy = Copies().taught(came, lessons(f"7.2~4.1.{OTHER}"), 0.05)
    assert copy.losses == pytest.approx(losses, rel=1e-5)
    for ours, theirs in zip(copy.network.model.parameters(), parameters, strict=True):
        np.testing.assert_allclose(ours.data, theirs.detach(), rtol=1e-4, atol=1e-6)


def test_the_network_stays_as_it_came() -> None:
    came = made()
    before = came.model.state_dict()
    copies = Copies()
    copy = copies.taught(came, lessons("7.3"), 0.1)
    pupil(copy.network, Lesson(CODE, 4), 0.1).advance()
    assert all(np.array_equal(before[name], p.data) for name, p in came.model.named_parameters())
    assert all(p.grad is None for p in came.model.parameters())
    assert not same(came, copy.network)
    assert copies.taught(came, (), 0.1).network is came


def test_a_copy_is_the_same_whatever_was_kept_before() -> None:
    """Bit for bit: anew, taken further from an earlier one, and after one that went another way."""
    came, word = made(), f"7.2~4.3.{OTHER}~7.1"
    fresh = Copies().taught(came, lessons(word), 0.05)
    copies = Copies()
    for some in ("7.1", "7.2~1.2", f"7.2~4.2.{OTHER}", word, word):
        copy = copies.taught(came, lessons(some), 0.05)
    assert same(copy.network, fresh.network)
    assert copy.losses == fresh.losses
    assert len(fresh.losses) == 6
    nothing_kept = Copies(parameters=0)
    nothing_kept.taught(came, lessons("7.1"), 0.05)
    assert same(nothing_kept.taught(came, lessons(word), 0.05).network, fresh.network)


def watched(monkeypatch: pytest.MonkeyPatch) -> list[Lesson]:
    """The lessons that a training is begun for, from now on."""
    import app.taught

    begun: list[Lesson] = []

    def begin(network: Network, lesson: Lesson, rate: float) -> Any:
        begun.append(lesson)
        return pupil(network, lesson, rate)

    monkeypatch.setattr(app.taught, "pupil", begin)
    return begun


def test_what_is_kept_is_taken_further(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = watched(monkeypatch)
    came, copies = made(), Copies()
    copies.taught(came, lessons("7.3~1.1"), 0.05)
    assert [lesson.label for lesson in begun] == [7, 1]
    copies.taught(came, lessons("7.3~1.1"), 0.05)
    assert len(begun) == 2
    copies.taught(came, lessons("7.3~1.1~4.1"), 0.05)
    assert [lesson.label for lesson in begun] == [7, 1, 4]


def test_other_rates_networks_and_pictures_have_copies_of_their_own() -> None:
    copies, word = Copies(), lessons("7.1")
    slow, fast = (copies.taught(made(), word, rate).network for rate in (0.01, 0.1))
    assert not same(slow, fast)
    assert not same(slow, copies.taught(made("other", seed=4), word, 0.01).network)
    assert not same(slow, copies.taught(made(), lessons(f"7.1.{OTHER}"), 0.01).network)


def test_a_run_that_has_trained_on_is_another_network() -> None:
    copies, word = Copies(), lessons("7.1")
    early, late = made("run:one"), made("run:one", seed=4)
    copies.taught(early, word, 0.05)
    assert same(copies.taught(late, word, 0.05).network, Copies().taught(late, word, 0.05).network)


@pytest.mark.parametrize("bound", ["parameters", "copies"])
def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    """The latest three are kept; a copy too large to be kept at all drives none of them out."""
    begun = watched(monkeypatch)
    came = made()
    copies = Copies(**{bound: {"parameters": 3 * came.parameters, "copies": 3}[bound]})
    for label in range(10):
        copies.taught(came, lessons(f"{label}.1"), 0.05)
    if bound == "parameters":
        copies.taught(made("large", hidden=(40,)), lessons("1.1"), 0.05)
    begun.clear()
    for label in (9, 8, 7):
        copies.taught(came, lessons(f"{label}.1"), 0.05)
    assert not begun
    for label in (6, 7, 8, 9):  # 9 was asked for before 8 and 7, so it has gone
        copies.taught(came, lessons(f"{label}.1"), 0.05)
    assert [lesson.label for lesson in begun] == [6, 9]


@pytest.mark.parametrize("word", ["7.1", "7.9"])
def test_a_copy_that_diverges_is_told(word: str) -> None:
    came = made(activation="relu")
    for layer in came.model:
        if isinstance(layer, Linear):
            layer.weight.value[...] = 1e20
    with pytest.raises(DivergedError, match="diverged") as told:
        Copies().taught(came, lessons(word), 100.0)
    assert told.value.given == "1 training step with a learning rate of 100"


def test_a_copy_whose_latest_update_was_too_large_is_told() -> None:
    """Its loss, from before the update, was still a number."""
    came = made(hidden=(1,), activation="relu", init="zeros")
    first, _, second = came.model
    assert isinstance(first, Linear)
    assert isinstance(second, Linear)
    assert first.bias is not None
    first.bias.value[...] = 1e-37
    second.weight.value[7] = -3e37
    with np.errstate(over="ignore"), pytest.raises(DivergedError, match="diverged"):
        Copies().taught(came, lessons("7.1"), 100.0)


@pytest.mark.parametrize("rate", [-0.1, float("nan"), float("inf"), 101.0])
def test_learning_rates_have_bounds(rate: float) -> None:
    with pytest.raises(EngineError, match="out of bounds"):
        Copies().taught(made(), lessons("7.1"), rate)


def test_a_pupil_learns_as_lessons_do_whatever_the_networks_own_recipe() -> None:
    own: dict[str, Any] = {
        "optimizer": "momentum",
        "hyper": {"momentum": 0.5},
        "schedule": "cosine",
        "zero_grad": False,
    }
    came = made(hidden=(5,), batch=50, **own)
    plain = replace(came, recipe=Recipe(hidden=(5,), activation="tanh", optimizer="sgd"))
    assert same(*(Copies().taught(network, lessons("7.3"), 0.05).network for network in (came, plain)))
