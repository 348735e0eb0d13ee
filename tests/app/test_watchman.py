"""Divergence: no false alarms, no misses, words that are true, and what comes after."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from app.protocol import ComparisonRecipe, Variation
from app.runs.curves import Numbers
from app.runs.errors import RunError
from app.runs.run import GUESSING
from app.runs.runs import Runs
from app.runs.watchman import PATIENCE, Watchman, divergence
from tests.app.training import ME, SMALL, finished, losses, some_runs, steps_of, wait


@pytest.fixture
def runs() -> Iterator[Runs]:
    with some_runs() as made:
        yield made


def numbers(*some: float) -> Numbers:
    return np.array(some, np.float32)


def alarms(watchman: Watchman, loss: float, times: int = 2 * PATIENCE) -> bool:
    return any(watchman.sees(loss) for _ in range(times))


def test_an_easy_first_batch_is_no_measure_where_guessing_is_one() -> None:
    watchman = Watchman(GUESSING)
    watchman.sees(0.2)
    assert not alarms(watchman, 4 * GUESSING - 0.1)
    assert alarms(watchman, 4 * GUESSING + 0.1)
    without = Watchman()
    without.sees(0.2)
    assert alarms(without, 0.9)


def test_a_bad_first_batch_is_what_the_others_are_measured_by() -> None:
    watchman = Watchman(GUESSING)
    watchman.sees(30.0)
    assert not alarms(watchman, 119.0)
    assert alarms(watchman, 121.0)


def test_bad_batches_now_and_then_are_no_alarm() -> None:
    watchman = Watchman(GUESSING)
    assert not any(watchman.sees(60.0 if n % 8 == 0 else 1.0) for n in range(500))


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_what_is_no_finite_number_is_told_at_once(loss: float) -> None:
    watchman = Watchman(GUESSING)
    watchman.sees(2.3)
    assert watchman.sees(loss)


def test_what_was_read_counts_as_seen() -> None:
    read, seen = Watchman(), Watchman()
    past = [1.0, *[7.0] * (PATIENCE - 1)]
    read.read(numbers(*past))
    for loss in past:
        seen.sees(loss)
    assert read.alarmed == seen.alarmed is True
    read.read(numbers())
    assert not read.alarmed
    read.read(numbers(math.nan, *[7.0] * PATIENCE))  # a curve that was damaged tells nothing
    assert not read.alarmed


def test_words_say_what_was_measured_and_what_may_be_done() -> None:
    watchman = Watchman()
    watchman.sees(2.0)
    words = [watchman.sees(10.0) for _ in range(PATIENCE)][-1]
    told = divergence(51, words, 0.5, zero_grad=True)
    assert "has averaged 10 over the last 50 training steps, 5 times the 2 it began with" in told
    assert "learning rate of 0.5" in told
    adding = divergence(51, words, 0.5, zero_grad=False)
    assert "sum of all gradients" in adding
    assert "each update goes so far" not in adding


def test_numbers_of_any_size_can_be_read() -> None:
    watchman = Watchman()
    watchman.sees(2.0)
    words = [watchman.sees(53_116_681.4) for _ in range(PATIENCE)][-1]
    assert "averaged 53,116,681 over" in words
    assert "26,558,341 times the 2 it" in words


def test_the_learning_rate_that_is_named_is_the_one_that_led_there(runs: Runs) -> None:
    run = runs.create(SMALL.model_copy(update={"optimizer": "sgd", "lr": 0.1, "hidden": [8, 8]}), ME)
    steps_of(runs, run, 3)
    runs.tune(run, 90.0, None, ME)
    steps_of(runs, run, 2)
    runs.tune(run, 0.0, None, ME)
    state = finished(runs, run)
    assert state.status == "diverged"
    assert "learning rate of 90" in state.says


# -- going on from there -----------------------------------------------------------------------------------------------


def test_a_branch_is_measured_by_how_its_parent_began(runs: Runs) -> None:
    run = runs.create(SMALL.model_copy(update={"hidden": [32], "epochs": 14}), ME)
    finished(runs, run)
    branch = runs.branch(run, 300, 0.1, ME)  # the loss is small there; it jumps, but not beyond what guessing gives
    state = finished(runs, branch)
    seen = losses(runs, branch)[300:]
    assert 100 * seen[0] < np.mean(seen) < 4 * GUESSING
    assert (state.status, state.step) == ("done", 420)


DIVERGING = SMALL.model_copy(update={"optimizer": "sgd", "lr": 40.0, "epochs": 8, "activation": "tanh"})


def diverged(runs: Runs) -> tuple[str, int]:
    """A run whose loss is finite and has stayed far too high, and where that was noticed."""
    run = runs.create(DIVERGING, ME)
    state = finished(runs, run)
    assert state.status == "diverged"
    assert math.isfinite(losses(runs, run)[-1])
    return run, state.step


def test_who_goes_on_all_the_same_is_told_only_of_what_is_no_number(runs: Runs) -> None:
    run, step = diverged(runs)
    runs.tune(run, 0.01, None, ME)
    began = runs.control(run, "epoch", ME)
    assert began is not None
    assert began.members[0].diverged_at is None
    state = wait(runs, run, lambda state: state.status != "running")
    assert (state.status, state.step > step) == ("paused", True)
    assert len(losses(runs, run)) == state.step


def test_a_branch_from_where_a_run_diverged_stands_as_it_did_and_may_go_on(runs: Runs) -> None:
    run, step = diverged(runs)
    branch = runs.branch(run, step, 0.01, ME)
    state = wait(runs, branch, lambda _: True)
    assert (state.status, state.members[0].diverged_at) == ("diverged", step)
    steps_of(runs, branch, 3)
    state = wait(runs, branch, lambda _: True)
    assert (state.status, state.step, len(losses(runs, branch))) == ("paused", step + 3, step + 3)
    again = runs.control(branch, "reset", ME)
    assert again is not None
    assert (again.step, len(losses(runs, branch))) == (step, step)
    steps_of(runs, branch, 1)


def test_a_branch_from_beyond_it_gives_no_second_alarm(runs: Runs) -> None:
    run, step = diverged(runs)
    steps_of(runs, run, 20)
    branch = runs.branch(run, step + 20, None, ME)
    assert finished(runs, branch).status == "done"
    same = runs.branch(run, step - 5, None, ME)  # before it, the alarm is still to come
    assert finished(runs, same).step == step


def test_nothing_can_be_learned_from_nan(runs: Runs) -> None:
    run = runs.create(
        SMALL.model_copy(update={"optimizer": "sgd", "lr": 100.0, "hidden": [64, 64, 64], "init": "he"}), ME
    )
    state = finished(runs, run)
    assert state.status == "diverged"
    assert not math.isfinite(losses(runs, run)[-1])
    with pytest.raises(RunError, match="Nothing can be learned"):
        runs.control(run, "start", ME)


def test_what_is_told_of_a_comparison_does_not_change_when_its_first_member_ends(runs: Runs) -> None:
    base = SMALL.model_copy(update={"optimizer": "sgd", "lr": 0.1})
    members = [Variation(label="90", lr=90.0), Variation(label="0.1")]
    run = runs.create(ComparisonRecipe(base=base, members=members), ME)
    state = finished(runs, run)
    assert state.members[0].diverged_at is not None
    assert (state.lr, state.step, state.steps) == (90.0, 120, 120)
