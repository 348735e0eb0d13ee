"""The trainer: speeds, paces, and what one run may do to the others."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import pytest

from app.protocol import CurveRecipe
from app.runs import run as run_module
from app.runs.errors import RunError, RunLimitError
from app.runs.runs import Runs
from tests.app.training import ME, SMALL, some_runs, steps_of, wait, watch

ENDLESS = CurveRecipe(steps=20_000, hidden=1, points=2)


@pytest.fixture
def runs() -> Iterator[Runs]:
    with some_runs() as made:
        yield made


@pytest.mark.parametrize("speed", [5e-324, 1e-12, 0.005])
def test_a_speed_at_which_a_run_would_seem_to_stand_is_refused(runs: Runs, speed: float) -> None:
    run = runs.create(SMALL, ME)
    with pytest.raises(RunError, match=r"0\.01 or more"):
        runs.tune(run, 0.5, speed, ME)
    state = runs.tune(run, None, 0.01, ME)
    assert (state.speed, state.lr) == (0.01, 0.01)


def test_the_slowest_run_keeps_no_trainer_from_the_others(runs: Runs) -> None:
    slow, other = runs.create(SMALL, ME), runs.create(ENDLESS, ME)
    with runs.using(slow) as found:
        found.facts.speed = 5e-324  # such as from a file that somebody has changed
    runs.control(slow, "start", ME)
    wait(runs, slow, lambda state: state.step == 1)
    runs.control(other, "start", ME)
    wait(runs, other, lambda state: state.step > 100)
    for run in (slow, other):
        runs.control(run, "pause", ME)


def test_a_change_of_the_learning_rate_makes_no_slow_run_take_a_step(runs: Runs) -> None:
    run = runs.create(SMALL, ME)
    runs.tune(run, None, 0.1, ME)
    runs.control(run, "start", ME)
    wait(runs, run, lambda state: state.step == 1)
    for lr in (0.02, 0.03):
        runs.tune(run, lr, None, ME)
        time.sleep(0.1)
    state = runs.tune(run, None, 0.05, ME)  # slower still
    time.sleep(0.1)
    assert wait(runs, run, lambda _: True).step == 1
    assert state.lr == 0.03
    runs.tune(run, None, 20.0, ME)  # and now quick
    wait(runs, run, lambda state: state.step >= 5, seconds=5)
    runs.control(run, "pause", ME)


def test_a_run_that_was_paused_and_is_started_again_begins_at_once(runs: Runs) -> None:
    run = runs.create(SMALL, ME)
    runs.tune(run, None, 0.05, ME)
    for step in (1, 2, 3):
        runs.control(run, "start", ME)
        wait(runs, run, lambda state, step=step: state.step == step, seconds=5)  # type: ignore[misc]
        runs.control(run, "pause", ME)


def test_what_is_left_goes_by_the_slower_of_speed_and_pace(runs: Runs) -> None:
    run = runs.create(ENDLESS, ME)
    with runs.using(run) as found, found.turn:
        assert found.seconds_left() is None
        found.start()
        assert found.seconds_left() is None  # nothing has been measured yet
        found.pace = 500.0
        assert found.seconds_left() == 40.0
        found.tune(None, 10.0)
        assert found.seconds_left() == 2_000.0
        found.tune(None, 1_000.0)
        assert found.seconds_left() == 40.0
        found.pause()
        assert math.isnan(found.pace)
        found.to_epoch()
        found.pace = 0.5
        assert found.seconds_left() == 2.0  # an epoch of a curve is one training step
        found.pause()


def test_the_pace_begins_anew_with_each_start(runs: Runs) -> None:
    run = runs.create(ENDLESS, ME)
    runs.tune(run, None, 40.0, ME)
    with runs.watching(watch(run), ME, lambda: None):
        runs.control(run, "start", ME)
        wait(runs, run, lambda state: state.step > 30)
        runs.control(run, "reset", ME)
        runs.control(run, "start", ME)
        with runs.using(run) as found:
            paces: list[float] = []
            while len(paces) < 20:
                paces.append(found.pace)
                time.sleep(0.05)
        measured = [pace for pace in paces if not math.isnan(pace)]
        assert measured
        assert all(0 < pace < 200 for pace in measured)  # it is measured on a machine that does other things, too
        runs.control(run, "pause", ME)


def test_the_learning_rate_may_be_changed_so_often_and_no_more(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "MOST_RATES", 3)
    run = runs.create(SMALL, ME)
    for lr in (0.1, 0.2, 0.3):
        runs.tune(run, lr, None, ME)
        steps_of(runs, run, 1)
    with pytest.raises(RunLimitError, match="at most 3"):
        runs.tune(run, 0.4, 7.0, ME)
    assert wait(runs, run, lambda _: True).speed == 0.0
    branch = runs.branch(run, 2, None, ME)
    state = runs.tune(branch, 0.4, None, ME)  # in place of the change there
    assert [change.lr for change in state.rates] == [0.1, 0.2, 0.4]
