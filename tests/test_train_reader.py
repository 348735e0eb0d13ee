"""The command that makes the networks: small, on the digits that come along; and what it measures."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from app import datasets
from app.networks import BUILT_IN, load
from engine.augment import Distortion
from engine.data import Dataset, rows
from engine.train import Recipe, Training, scores
from tools.network_card import card
from tools.network_measures import VARIANTS, calibration_error, measured, reliability, varied
from tools.train_reader import PLANS, DistortedTraining, Plan, calibrated, main, part, temperature

DIGITS, TEST = datasets.built_in()
SMALL = Recipe(hidden=(12,), batch=20, epochs=2, seed=4)


def few(count: int = 60) -> Dataset:
    return part(DIGITS, slice(count))


def distorted_training() -> DistortedTraining:
    return DistortedTraining(SMALL, few(), Distortion())


def made(folder: Path, *options: str) -> Path:
    folder.mkdir()
    main(["--digits", "built-in", "--pictures", "120", "--epochs", "2", "--target", str(folder), *options])
    return folder


# ------------------------------------------------------------------------------------------------------- the command


def test_it_makes_networks_that_are_served_and_writes_what_it_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made(tmp_path / "first")
    printed = capsys.readouterr().out
    facts = json.loads((folder / "networks.json").read_text())
    assert list(facts) == list(BUILT_IN)
    assert (folder / "networks.md").read_text() == card(facts)
    for name, known in facts.items():
        network = load(name, folder)
        plain = known["variants"]["plain"]
        assert plain == measured(network.logits(rows(TEST.images)), TEST.labels)  # of the file, to the last digit
        assert list(known["variants"]) == list(VARIANTS)
        assert (known["pictures"], known["held_out"], known["tested"]) == (108, 12, len(TEST))
        assert network.says.endswith(f"{plain['accuracy']:.2%} of Built-in digits's test pictures right.")
        assert f"{name}\n  plain {plain['accuracy']:.2%}\n" in printed
    assert facts["reader"]["recipe"]["epochs"] == 2


def test_the_same_seed_makes_the_same_files_also_where_it_was_interrupted(tmp_path: Path) -> None:
    kept = tmp_path / "kept.npz"
    first = made(tmp_path / "first", "--keep", str(kept))
    again = made(tmp_path / "again", "--keep", str(kept))  # from the end: nothing is left to be learned
    other = made(tmp_path / "other", "--seed", "1")
    contents = [(folder / "reader.npz").read_bytes() for folder in (first, again, other)]
    assert contents[0] == contents[1] != contents[2]


# ------------------------------------------------------------------------------------------------------ the training


def test_a_batch_is_distorted_by_its_step_whoever_asks_first() -> None:
    forwards, once = distorted_training(), distorted_training()
    batches = [forwards.batch(step) for step in range(4)]
    assert np.array_equal(once.batch(2).rows, batches[2].rows)
    plain = Training(SMALL, few()).batch(2)
    assert np.array_equal(plain.indices, batches[2].indices)
    assert np.array_equal(plain.labels, batches[2].labels)
    assert not np.array_equal(plain.rows, batches[2].rows)


def test_a_picture_looks_another_way_in_each_epoch() -> None:
    training = DistortedTraining(SMALL, few(1), Distortion(whole=0))
    first, second = training.batch(0), training.batch(1)
    assert np.abs(first.rows - second.rows).max() > 0.2


def test_a_training_that_is_kept_goes_on_as_if_it_had_not_stopped() -> None:
    whole, half, rest = (distorted_training() for _ in range(3))
    for _ in range(whole.steps):
        whole.advance()
    for _ in range(2):
        half.advance()
    rest.load(*half.state())
    while rest.step < rest.steps:
        rest.advance()
    for name, value in whole.model.state_dict().items():
        assert np.array_equal(rest.model.state_dict()[name], value)


# ---------------------------------------------------------------------------------------------------- what is measured


@pytest.mark.parametrize("distortion", [None, Distortion()])
def test_once_calibrated_a_network_needs_no_temperature_and_says_the_same(distortion: Distortion | None) -> None:
    training, held_out = Training(SMALL, few(400)), part(DIGITS, slice(400, 600))
    while training.step < training.steps:
        training.advance()
    before = training.predict(rows(held_out.images))
    found = calibrated(training, held_out, Plan(SMALL, distortion))
    assert abs(found - 1) > 0.05
    assert np.allclose(training.predict(rows(held_out.images)), before / found, atol=1e-4)
    assert calibrated(training, held_out, Plan(SMALL, distortion)) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("factor", [0.5, 1.0, 3.0])
def test_the_temperature_makes_probabilities_of_what_was_too_sure_or_too_unsure(factor: float) -> None:
    generator = np.random.default_rng(0)
    logits = generator.normal(0, 2, (20_000, 10))
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = (shares.cumsum(1) < generator.random((len(logits), 1))).sum(1)
    assert temperature(logits * factor, labels) == pytest.approx(factor, rel=0.02)
    assert calibration_error(scores(logits, labels), labels) < 0.012
    assert calibration_error(scores(logits * 3, labels), labels) > 0.1


def test_the_calibration_error_is_the_mean_gap() -> None:
    logits = np.log(np.array([[0.85, 0.15], [0.85, 0.15], [0.09, 0.91]]))
    labels = np.array([0, 1, 0])
    found = scores(logits, labels)
    assert calibration_error(found, labels) == pytest.approx((2 * abs(0.85 - 0.5) + abs(0.91 - 0)) / 3)
    assert reliability(found, labels) == [
        {"from": 0.8, "pictures": 2, "said": 0.85, "right": 0.5},
        {"from": 0.9, "pictures": 1, "said": 0.91, "right": 0.0},
    ]


def test_a_probability_of_one_is_in_the_last_range() -> None:
    found = scores(np.array([[1_000.0, 0.0]]), np.array([0]))
    assert [row["from"] for row in reliability(found, np.array([0]))] == [0.99]


@pytest.mark.parametrize("name", VARIANTS)
def test_pictures_are_changed_the_same_way_every_time(name: str) -> None:
    change = VARIANTS[name]
    found = varied(few(30), change)
    assert found.shape == (30, 784)
    assert np.array_equal(found, varied(few(30), change))
    assert np.array_equal(found, rows(few(30).images)) == (name == "plain")


def test_the_plan_of_the_reader_fits_its_place() -> None:
    widths = (784, *PLANS["reader"].recipe.hidden, 10)
    numbers = sum((before + 1) * after for before, after in pairwise(widths))
    assert 2 * numbers <= 1_450_000
