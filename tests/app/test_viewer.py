"""What a viewer is told, what that costs, and that numbers which are none are told, too."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import msgpack
import numpy as np
import pytest

from app import protocol
from app.protocol import ComparisonRecipe, RunAnswer, RunFrame, Variation
from app.runs import parts, recipes
from app.runs.curves import Curves
from app.runs.member import trainees
from app.runs.run import Run
from app.runs.runs import Runs
from app.runs.states import state_of
from app.runs.viewer import Viewer
from app.websocket import encode
from engine import train
from engine.data import CLASSES
from engine.train import Training
from tests.app.training import ME, SMALL, finished, frames, load, losses, some_runs, steps_of, watch

ALL_PARTS: list[protocol.Part] = ["layers", "maps", "batch"]


@pytest.fixture
def runs() -> Iterator[Runs]:
    with some_runs() as made:
        yield made


# -- costs -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("takes", "viewers", "every"), [(0.001, 1, 0.12), (0.03, 1, 0.3), (0.03, 4, 1.2)])
def test_parts_that_take_long_are_made_less_often(
    monkeypatch: pytest.MonkeyPatch, takes: float, viewers: int, every: float
) -> None:
    digits, recipe = load("built-in"), SMALL.model_copy(update={"epochs": 600})
    run = Run("a-run-of-its-own", ME, recipe, trainees(recipe, digits), digits, 0.0)
    run.listeners = (lambda: None,) * viewers
    now, made = [0.0], list[float]()

    def slow(_: Training) -> list[Any]:
        made.append(now[0])
        now[0] += takes
        return []

    monkeypatch.setattr(parts, "layers", slow)
    viewer = Viewer(run, ME, ["layers"], 0, 0, lambda: now[0])
    run.start()
    while len(made) < 4:
        run.advance()
        before = len(made)
        (frame,) = frames(viewer.news())
        assert (frame.layers is not None) == (len(made) > before)
        now[0] += 0.001
    assert np.diff(made) == pytest.approx(every, abs=0.003)


def test_what_stands_still_is_told_whole_though_parts_are_not_due() -> None:
    digits = load("built-in")
    run = Run("a-run-of-its-own", ME, SMALL, trainees(SMALL, digits), digits, 0.0)
    viewer = Viewer(run, ME, ALL_PARTS, 0, 0, lambda: 0.0)
    viewer.news()
    for _ in range(3):
        run.one_step()
        (frame,) = frames(viewer.news())
        assert frame.layers is not None
        assert frame.batch is not None


def test_a_plan_makes_no_training(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    members = [Variation(label=str(n), lr=0.1 * (n + 1)) for n in range(8)]
    recipe = ComparisonRecipe(base=SMALL, members=members)
    before = runs.plan(recipe)
    monkeypatch.setattr(Training, "__init__", None)
    monkeypatch.setattr(train, "network", None)
    assert runs.plan(recipe).members == before.members
    assert (before.steps, before.steps_per_epoch) == (120, 30)


def test_a_state_makes_no_network_where_there_is_no_pytorch(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    run = runs.create(SMALL, ME)
    monkeypatch.setattr(recipes, "pytorch_count", lambda _: None)
    monkeypatch.setattr(train, "network", None)
    with runs.using(run) as found:
        found._plans = recipes.plans(SMALL)
        assert [plan.pytorch for plan in state_of(found, ME).members] == [None]


def test_curves_are_copied_as_they_were() -> None:
    curves = Curves()
    curves.extend(0, "loss", range(1, 5_001), np.linspace(2.0, 0.0, 5_000))
    for step in range(10, 5_001, 10):
        curves.append(0, "accuracy", step, step / 5_000)
    curves.append(0, "test_loss", 5_000, 1e300)
    copy = curves.copy_until(2_345)
    assert {name: len(curve) for _, name, curve in copy.items()} == {"loss": 2_345, "accuracy": 234}
    for _, name, curve in copy.items():
        mine, theirs = curve.since(0), curves.get(0, name).since(0)
        np.testing.assert_array_equal(mine.x, theirs.x[: len(mine.x)])
        np.testing.assert_array_equal(mine.y, theirs.y[: len(mine.y)])
    copy.append(0, "loss", 2_346, math.inf)
    assert curves.get(0, "loss").since(2_345).y[0] != math.inf
    assert copy.get(0, "loss").since(2_340).y[-1] == math.inf
    assert curves.get(0, "test_loss").since(0).y.tolist() == [math.inf]


# -- what is told ------------------------------------------------------------------------------------------------------


def test_the_learning_rate_that_is_told_is_the_watched_members(runs: Runs) -> None:
    members = [Variation(label="first"), Variation(label="second", lr=0.3)]
    run = runs.create(ComparisonRecipe(base=SMALL, members=members), ME)
    steps_of(runs, run, 2)
    for member, lr in ((0, 0.01), (1, 0.3)):
        with runs.watching(watch(run, member=member), ME, lambda: None) as viewer:
            (frame,) = frames(viewer.news())
            assert frame.rate == lr


def test_a_page_that_knows_more_than_there_is_gets_all(runs: Runs) -> None:
    run = runs.create(SMALL, ME)
    steps_of(runs, run, 30)
    runs.control(run, "reset", ME)
    runs.tune(run, 0.5, None, ME)
    steps_of(runs, run, 10)
    with runs.watching(watch(run, known=30), ME, lambda: None) as viewer:
        (frame,) = frames(viewer.news())
    (loss,) = [piece for piece in frame.series if piece.name == "loss"]
    assert loss.start == 0
    assert np.frombuffer(loss.y, "<f4").tolist() == losses(runs, run)


# -- numbers that are none ---------------------------------------------------------------------------------------------


def diverged(runs: Runs) -> str:
    """A run whose parameters are NaN."""
    recipe = SMALL.model_copy(update={"optimizer": "sgd", "lr": 100.0, "hidden": [64, 64, 64], "init": "he"})
    run = runs.create(recipe, ME)
    finished(runs, run)
    assert math.isnan(losses(runs, run)[-1])
    return run


def test_a_run_that_ended_in_nan_is_told_and_asked_like_any_other(runs: Runs) -> None:
    run = diverged(runs)
    with runs.watching(watch(run, parts=ALL_PARTS), ME, lambda: None) as viewer:
        told = viewer.news()
    assert [type(message) for message in told] == [RunAnswer, RunFrame]
    (frame,) = frames(told)
    assert frame.layers is not None
    assert all(sum(layer.weights.counts) >= 0 and layer.weights.largest >= 0 for layer in frame.layers)
    for message in told:
        assert encode(message).data
    found = runs.evaluate(protocol.Evaluate(type="evaluate", seq=1, run=run))
    assert np.sum(found.confusion) == found.count == 297
    assert math.isnan(found.loss)
    assert len(found.indices) == 60
    assert all(map(math.isnan, found.confidence))
    both = runs.compare(protocol.Compare(type="compare", seq=2, run=run, step=0))
    assert math.isfinite(both.losses[0])
    assert math.isnan(both.losses[1])
    for answer in (found, both):
        data = encode(answer).data
        assert isinstance(data, bytes)
        assert msgpack.unpackb(data)["run"] == run


@pytest.mark.parametrize(
    "numbers",
    [
        [math.nan] * 4,
        [math.inf, -math.inf, 1.0, 2.0],
        [3.4e38, -3.4e38, 3.4e38, 1.0],
        [1e-45, -1e-45, 0.0, 0.0],
        [0.0] * 4,
    ],
)
def test_histograms_and_maps_of_any_numbers(numbers: list[float]) -> None:
    array = np.array(numbers, np.float32).reshape(2, 2)
    finite = array[np.isfinite(array)]
    found = parts.distribution(array)
    assert sum(found.counts) == finite.size
    assert found.largest == (np.abs(finite).max() if finite.size else 0)
    assert math.isfinite(found.mean)
    assert math.isfinite(found.std)
    maps = parts.rows_as_maps(array)
    shown = (np.frombuffer(maps.pixels, np.uint8).astype(float) - maps.zero) * maps.scale
    expected = np.where(np.isfinite(array), array, 0).astype(float).ravel()
    assert shown == pytest.approx(expected, abs=maps.scale)


@pytest.mark.parametrize("batch", [1, 400, 500])
def test_the_smallest_and_the_largest_batch(runs: Runs, batch: int) -> None:
    recipe = SMALL.model_copy(update={"batch": batch, "epochs": 1})
    run = runs.create(recipe, ME)
    with runs.watching(watch(run, parts=ALL_PARTS), ME, lambda: None) as viewer:
        steps_of(runs, run, 2)
        frame = frames(viewer.news())[-1]
    assert frame.batch is not None
    assert frame.batch.of == batch
    assert all(0 <= digit < CLASSES for digit in frame.batch.predictions)


def test_a_batch_may_be_larger_than_the_data(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    few = load("built-in")
    with some_runs(find=lambda _: few) as others:
        monkeypatch.setattr(others, "_limits", recipes.RunLimits(3, 256, 300_000, 100_000, 20_000))
        recipe = SMALL.model_copy(update={"batch": 100_000, "epochs": 2})
        run = others.create(recipe, ME)
        state = finished(others, run)
        assert (state.step, state.steps, state.steps_per_epoch) == (2, 2, 1)


def test_as_many_training_steps_as_there_may_be(runs: Runs) -> None:
    longest = SMALL.model_copy(update={"batch": 500, "epochs": 20_000 // 3})
    assert runs.plan(longest).steps == 19_998
    assert runs.plan(longest.model_copy(update={"seed": 2**31 - 1})).steps == 19_998
    run = runs.create(longest.model_copy(update={"seed": 2**31 - 1}), ME)
    steps_of(runs, run, 1)
