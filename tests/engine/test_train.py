"""Training: repeatable bit for bit, resumable anywhere, equal to PyTorch with the same recipe."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.datasets import find
from engine.data import CLASSES, Dataset, rows
from engine.errors import EngineError
from engine.optimizers import OPTIMIZERS
from engine.tensor import Tensor
from engine.train import ACTIVATIONS, PIXELS, Recipe, Training, duration, length, network, scores

SMALL = Recipe(hidden=(16, 12), batch=32, epochs=3, seed=3)


def digits(count: int = 200) -> Dataset:
    """Noise that can be learned: each class is brighter in a band of its own."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, CLASSES, count)
    images = rng.integers(0, 120, (count, 28, 28), np.uint8)
    for n, label in enumerate(labels):
        images[n, 2 * label : 2 * label + 4] += np.uint8(100)
    return Dataset("Bands", images, labels, "Made for this test.")


def parameters(training: Training) -> list[Any]:
    return [parameter.numpy() for parameter in training.model.parameters()]


def equal(one: Training, two: Training) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(parameters(one), parameters(two), strict=True))


def run(training: Training, steps: int) -> list[float]:
    return [training.advance() for _ in range(steps)]


def test_the_same_recipe_makes_the_same_numbers_bit_for_bit() -> None:
    one, two = Training(SMALL, digits()), Training(SMALL, digits())
    assert run(one, 20) == run(two, 20)
    assert equal(one, two)


def test_another_seed_makes_other_parameters_and_another_order() -> None:
    one, two = Training(SMALL, digits()), Training(replace(SMALL, seed=4), digits())
    assert not equal(one, two)
    assert one.batch().indices.tolist() != two.batch().indices.tolist()


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("step", [0, 5, 7, 13])
def test_a_loaded_state_goes_on_as_if_nothing_had_happened(name: str, step: int) -> None:
    recipe = replace(SMALL, optimizer=name, lr=0.01, schedule="cosine")
    one = Training(recipe, digits())
    run(one, step)
    two = Training(recipe, digits())
    run(two, 2)
    two.load(*one.state())
    assert run(one, 9) == run(two, 9)
    assert equal(one, two)


def test_gradients_that_add_up_are_part_of_the_state() -> None:
    recipe = replace(SMALL, zero_grad=False, lr=0.001)
    one = Training(recipe, digits())
    run(one, 6)
    two = Training(recipe, digits())
    two.load(*one.state())
    assert run(one, 5) == run(two, 5)
    assert equal(one, two)


def test_without_zero_grad_the_gradients_of_all_steps_add_up() -> None:
    recipe = replace(SMALL, lr=0.0)  # nothing moves, so that the second gradient is that of the same network
    keeping, forgetting = Training(replace(recipe, zero_grad=False), digits()), Training(recipe, digits())
    run(keeping, 1), run(forgetting, 1)
    first = [np.array(p.grad) for p in forgetting.model.parameters()]
    run(keeping, 1), run(forgetting, 1)
    for kept, before, second in zip(keeping.model.parameters(), first, forgetting.model.parameters(), strict=True):
        np.testing.assert_allclose(np.asarray(kept.grad), before + np.asarray(second.grad), rtol=1e-5, atol=1e-8)


def test_an_epoch_shows_every_picture_once() -> None:
    training = Training(SMALL, digits(75))
    assert training.steps_per_epoch == 3
    assert training.steps == 9
    batches = [training.batch(step).indices.copy() for step in range(6)]
    assert [len(b) for b in batches] == [32, 32, 11, 32, 32, 11]
    assert sorted(np.concatenate(batches[:3]).tolist()) == list(range(75))
    assert np.concatenate(batches[:3]).tolist() != np.concatenate(batches[3:]).tolist()
    run(training, 9)  # the smaller batches between the others are no obstacle


def test_a_batch_holds_the_pictures_as_rows_from_0_to_1() -> None:
    data = digits()
    indices, pixels, labels = Training(SMALL, data).batch()
    np.testing.assert_array_equal(pixels, rows(data.images[indices]))
    np.testing.assert_array_equal(labels, data.labels[indices])


def test_a_rate_set_by_hand_holds_from_the_next_step_on() -> None:
    training = Training(replace(SMALL, schedule="warmup", warmup=4, lr=0.1), digits())
    assert training.rate(0) == pytest.approx(0.025)
    run(training, 6)
    before = training.rate()
    training.set_rate(0.3)
    assert training.rates == [(6, 0.3)]
    assert training.rate() == pytest.approx(3 * before)
    assert training.rate(5) < training.rate(6)
    training.set_rate(0.2)
    assert training.rates == [(6, 0.2)]
    again = Training(training.recipe, digits(), training.rates)
    run(again, 6)
    assert run(training, 3) == run(again, 3)
    with pytest.raises(EngineError, match="Learning rate"):
        training.set_rate(-1.0)


def test_a_look_at_a_batch_leaves_no_trace() -> None:
    looked, alone = Training(SMALL, digits()), Training(SMALL, digits())
    run(looked, 3), run(alone, 3)
    probe = looked.probe(looked.batch(0))
    assert math.isfinite(probe.loss)
    assert [value[1].shape for value in probe.values] == [(32, 16), (32, 12), (32, 10)]
    assert run(looked, 3) == run(alone, 3)
    assert equal(looked, alone)


def test_a_sample_measures_the_step() -> None:
    training = Training(SMALL, digits())
    run(training, 2)
    before = parameters(training)
    probe = training.probe(training.batch())
    training.advance(sample=True)
    after = parameters(training)
    first = length(probe.gradients[name] for name in ("0.weight", "0.bias"))
    assert training.sample.grad_norms[0] == pytest.approx(first, rel=1e-5)
    change = length(b - a for a, b in zip(before[2:4], after[2:4], strict=True))
    assert training.sample.update_ratios[1] == pytest.approx(change / length(before[2:4]), rel=1e-5)
    assert training.latest is not None
    batch, logits = training.latest
    assert training.sample.accuracy == np.mean(logits.argmax(1) == batch.labels)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations_are_those_of_the_latest_step(activation: str) -> None:
    training = Training(replace(SMALL, activation=activation), digits())
    assert training.activations() == []
    model = network(training.recipe)
    batch = training.batch()
    expected, x = [], Tensor(batch.rows.copy())
    for module in model:
        x = module(x)
        expected.append(x.numpy())
    training.advance()
    found = training.activations()
    assert [after.shape for _, after in found] == [(32, 16), (32, 12), (32, 10)]
    for (sums, after), (s, a) in zip(found, [expected[0:2], expected[2:4], [expected[4]] * 2], strict=True):
        np.testing.assert_allclose(sums, s, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(after, a, rtol=1e-5, atol=1e-6)


def test_symmetry_stays_where_all_weights_begin_at_zero() -> None:
    training = Training(replace(SMALL, init="zeros", activation="sigmoid", lr=0.1, optimizer="sgd"), digits())
    run(training, 12)
    weight = training.layers[0].weight.data
    assert np.any(weight)
    assert np.ptp(weight, axis=0).max() == 0  # every unit has learned the same


def test_scores_are_those_of_pytorch() -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(0, 8, (50, 10)).astype(np.float32), rng.integers(0, 10, 50)
    found = scores(logits, labels)
    theirs = torch.nn.functional.cross_entropy(torch.tensor(logits), torch.tensor(labels), reduction="none")
    np.testing.assert_allclose(found.losses, theirs.numpy(), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.confidence, torch.softmax(torch.tensor(logits), 1).max(1).values, rtol=1e-5)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf, 3e38])
def test_scores_of_a_network_that_diverged_are_no_numbers_and_no_fault(wrong: float) -> None:
    logits = np.zeros((4, 10), np.float32)
    logits[0, 3] = logits[1, :] = wrong
    found = scores(logits, np.array([3, 0, 1, 2]))
    assert found.losses[2:] == pytest.approx(math.log(10))
    assert all(0 <= digit < CLASSES for digit in found.predictions)
    training = Training(replace(SMALL, optimizer="sgd", lr=100.0, init="he", hidden=(64, 64, 64)), digits())
    run(training, 10)
    training.advance(sample=True)
    asked = training.evaluate(rows(digits().images), digits().labels)
    assert np.isnan(asked.losses).all()


@pytest.mark.parametrize(
    ("pictures", "batch", "epochs", "expected"), [(100, 100, 3, (3, 1)), (101, 100, 3, (6, 2)), (5, 100, 2, (2, 1))]
)
def test_how_long_it_takes_is_known_before_anything_is_made(
    pictures: int, batch: int, epochs: int, expected: tuple[int, int]
) -> None:
    recipe = replace(SMALL, batch=batch, epochs=epochs)
    assert duration(recipe, pictures) == expected
    training = Training(recipe, digits(pictures))
    assert (training.steps, training.steps_per_epoch) == expected


def test_the_learning_rate_of_a_step_is_the_one_set_last_before_it() -> None:
    training = Training(replace(SMALL, lr=0.5), digits(), [(9, 0.3), (4, 0.2), (0, 0.1)])
    assert [training.base_rate(step) for step in (0, 3, 4, 8, 9, 50)] == [0.1, 0.1, 0.2, 0.2, 0.3, 0.3]
    assert Training(replace(SMALL, lr=0.5), digits(), [(4, 0.2)]).base_rate(3) == 0.5


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"batch": 0}, "A batch holds pictures"),
        ({"activation": "step"}, "activation"),
        ({"optimizer": "magic"}, "optimizer"),
        ({"hyper": {"momentum": 0.9}}, "momentum"),
        ({"init": "ones"}, "ones"),
        ({"schedule": "warmup", "warmup": 10_000}, "warm-up"),
        ({"lr": -1.0}, "Learning rate"),
    ],
)
def test_what_cannot_be_is_refused_in_words(wrong: dict[str, Any], words: str) -> None:
    recipe = replace(SMALL, **wrong)
    for attempt in (lambda: Training(recipe, digits()), lambda: duration(recipe, 200)):
        with pytest.raises(EngineError, match=words):
            attempt()


def mnist(root: Path) -> tuple[Dataset, Dataset]:
    folder = Path(os.environ.get("GRADWALK_DATA") or root.parent / "shared" / "mnist")
    train, test = find(folder, "train"), find(folder, "test")
    if train is None or test is None:
        pytest.skip(f"no MNIST in {folder}; set GRADWALK_DATA to a folder that holds MNIST/raw")
    return train, test


def test_the_textbook_recipe_reaches_what_pytorch_reaches(root: Path) -> None:
    torch = pytest.importorskip("torch")
    train, test = mnist(root)
    training = Training(Recipe(), train)
    assert (training.steps, training.steps_per_epoch) == (3_000, 600)
    layer = torch.nn.Linear(PIXELS, CLASSES)
    layer.load_state_dict({k.split(".")[1]: torch.tensor(v) for k, v in training.model.state_dict().items()})
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.001)
    pixels, labels = torch.tensor(rows(train.images)), torch.tensor(train.labels)
    torch.set_num_threads(1)
    ours, theirs = [], []
    for step in range(training.steps):
        batch = torch.tensor(training.batch(step).indices)
        ours.append(training.advance())
        loss = torch.nn.functional.cross_entropy(layer(pixels[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        theirs.append(loss.item())
    np.testing.assert_allclose(ours[:200], theirs[:200], rtol=1e-3)
    mine = np.mean(training.evaluate(rows(test.images), test.labels).predictions == test.labels)
    with torch.no_grad():
        other = float((layer(torch.tensor(rows(test.images))).argmax(1).numpy() == test.labels).mean())
    assert abs(mine - other) <= 0.003
    assert mine > 0.92
