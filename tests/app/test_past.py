"""Any training step of a run again: by the learning rates it had, from a snapshot that fits, and not for ever."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import numpy as np
import pytest

from app import protocol
from app.protocol import ComparisonRecipe, CurveRecipe, NetworkRecipe, Variation
from app.runs import member, past, recipes, registry
from app.runs.errors import RunError, RunLimitError
from app.runs.keeper import Keeper
from app.runs.past import Past
from app.runs.run import Run
from app.runs.runs import Runs
from app.store import Store
from engine.optimizers import OPTIMIZERS
from engine.train import Training
from tests.app.training import ME, SMALL, finished, load, losses, some_runs, steps_of, wait


@pytest.fixture
def runs() -> Iterator[Runs]:
    with some_runs() as made:
        yield made


def alone(recipe: NetworkRecipe, step: int, rates: list[tuple[int, float]] | None = None) -> Training:
    """The same training without a run around it."""
    training = Training(recipes.engine_recipe(recipe), load("built-in").train, rates or [])
    while training.step < step:
        training.advance()
    return training


def assert_same(one: Training, other: Training) -> None:
    assert one.step == other.step
    for mine, theirs in zip(one.model.parameters(), other.model.parameters(), strict=True):
        np.testing.assert_array_equal(mine.data, theirs.data)


# -- the same numbers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("zero_grad", [True, False])
def test_every_optimizer_comes_back_bit_for_bit_though_few_snapshots_are_kept(optimizer: str, zero_grad: bool) -> None:
    recipe = SMALL.model_copy(
        update={"optimizer": optimizer, "lr": 0.01, "zero_grad": zero_grad, "schedule": "cosine", "warmup": 5}
    )
    with some_runs(history_bytes=1) as runs:
        run = runs.create(recipe, ME)
        steps_of(runs, run, 12)
        for step in (0, 1, 5, 8, 11, 12):
            assert_same(runs.past(run, step), alone(recipe, step))


def test_a_learning_rate_set_before_the_first_step_survives_a_reset_and_makes_the_same_numbers(runs: Runs) -> None:
    run = runs.create(SMALL, ME)
    runs.tune(run, 0.05, None, ME)
    steps_of(runs, run, 8)
    runs.tune(run, 0.001, None, ME)
    steps_of(runs, run, 4)
    before = losses(runs, run)
    state = runs.control(run, "reset", ME)
    assert state is not None
    assert [(change.step, change.lr) for change in state.rates] == [(0, 0.05)]
    steps_of(runs, run, 8)
    runs.tune(run, 0.001, None, ME)
    steps_of(runs, run, 4)
    assert losses(runs, run) == before


def test_a_branch_at_the_step_of_a_change_takes_the_change_along(runs: Runs) -> None:
    run = runs.create(SMALL, ME)
    steps_of(runs, run, 6)
    runs.tune(run, 0.05, None, ME)
    steps_of(runs, run, 6)
    branch = runs.branch(run, 6, None, ME)
    steps_of(runs, branch, 6)
    assert losses(runs, branch) == losses(runs, run)
    other = runs.branch(run, 6, 0.01, ME)
    steps_of(runs, other, 6)
    assert_same(runs.past(other, 12), alone(SMALL, 12))


def test_a_branch_keeps_its_past_when_its_parent_begins_anew_and_when_it_is_gone(runs: Runs) -> None:
    run = runs.create(SMALL, ME)
    steps_of(runs, run, 5)
    runs.tune(run, 0.2, None, ME)
    steps_of(runs, run, 10)
    branch = runs.branch(run, 15, None, ME)
    twig = runs.branch(branch, 12, None, ME)
    runs.control(run, "reset", ME)
    steps_of(runs, run, 15)  # without the change
    for descendant in (branch, twig):
        assert_same(runs.past(descendant, 10), alone(SMALL, 10, [(5, 0.2)]))
    runs.control(run, "delete", ME)
    for descendant in (branch, twig):
        assert_same(runs.past(descendant, 10), alone(SMALL, 10, [(5, 0.2)]))


def test_a_branch_begins_with_its_parents_snapshots(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    run = runs.create(SMALL, ME)
    steps_of(runs, run, 20)
    twig = runs.branch(runs.branch(run, 15, None, ME), 15, None, ME)
    taken = counted(monkeypatch)
    assert runs.past(twig, 12).step == 12
    assert taken() == 0


def test_a_change_at_a_kept_step_is_no_reason_to_begin_before_it(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    run = runs.create(SMALL, ME)
    steps_of(runs, run, 6)
    runs.tune(run, 0.05, None, ME)
    taken = counted(monkeypatch)
    assert runs.past(run, 6).rate() == 0.05
    assert taken() == 0


def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many training steps have been taken since."""
    steps, advance = count(), Training.advance

    def counting(training: Training, *, sample: bool = False) -> float:
        next(steps)
        return advance(training, sample=sample)

    monkeypatch.setattr(Training, "advance", counting)
    return lambda: next(steps)


def test_an_answer_about_a_life_that_is_over_is_not_given_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "AT_HAND", 0)
    with some_runs() as runs:
        run = runs.create(SMALL, ME)
        steps_of(runs, run, 20)
        asked = protocol.Evaluate(type="evaluate", seq=1, run=run, step=20)
        before = runs.evaluate(asked)
        runs.control(run, "reset", ME)
        runs.tune(run, 1.0, None, ME)
        steps_of(runs, run, 20)
        after = runs.evaluate(asked)
    assert after.losses != before.losses


# -- comparisons -------------------------------------------------------------------------------------------------------


def test_members_that_have_ended_are_as_they_were_then(runs: Runs) -> None:
    base = SMALL.model_copy(update={"optimizer": "sgd", "lr": 0.1})
    members = [Variation(label="90", lr=90.0), Variation(label="0.1")]
    run = runs.create(ComparisonRecipe(base=base, members=members), ME)
    state = finished(runs, run)
    ended = state.members[0].diverged_at
    assert ended is not None
    assert runs.past(run, 100, 0).step == ended
    assert runs.past(run, 100, 1).step == 100
    branch = runs.branch(run, 100, None, ME)
    state = wait(runs, branch, lambda _: True)
    assert [member.diverged_at for member in state.members] == [ended, None]
    finished(runs, branch)
    assert losses(runs, branch, 1) == losses(runs, run, 1)
    assert len(losses(runs, branch, 0)) == 120


def test_all_members_come_from_one_reading_of_one_snapshot(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    members = [Variation(label=str(n), lr=0.01 * (n + 1)) for n in range(8)]
    run = runs.create(ComparisonRecipe(base=SMALL, members=members), ME)
    steps_of(runs, run, 3)
    read, made, latest, init = [], [], Store.latest, Training.__init__

    def reading(store: Store, *given: Any) -> Any:
        read.append(given)
        return latest(store, *given)

    def making(training: Training, *given: Any) -> None:
        made.append(given)
        init(training, *given)

    monkeypatch.setattr(Store, "latest", reading)
    monkeypatch.setattr(Training, "__init__", making)
    runs.branch(run, 2, None, ME)
    assert (len(read), len(made)) == (1, 8)
    runs.past(run, 2, 7)
    assert len(made) == 9


@pytest.mark.parametrize(("step", "index", "words"), [(4, 0, "0 to 3"), (-1, 0, "0 to 3"), (1, 1, "0 to 0")])
def test_what_there_is_not_is_refused(runs: Runs, step: int, index: int, words: str) -> None:
    run = runs.create(SMALL, ME)
    steps_of(runs, run, 3)
    with pytest.raises(RunError, match=words):
        runs.past(run, step, index)


# -- not for ever ------------------------------------------------------------------------------------------------------


def far_run(store: Store, steps: int) -> Run:
    """A run whose snapshots are of the first and of the last training step."""
    recipe = CurveRecipe(steps=10_000, hidden=1, points=2)
    run = Run("far-away", ME, recipe, member.trainees(recipe, None), None, 0.0)
    keeper = Keeper(store, 1, time.time)
    keeper.save(run)
    run.facts.status, run.facts.target = "running", steps + 1
    while run.step < steps:
        run.advance()
    keeper.save(run)
    return run


def ticking(seconds: float) -> Callable[[], float]:
    """A clock that goes on by so much each time somebody looks at it."""
    ticks = count()
    return lambda: seconds * next(ticks)


def test_a_way_back_that_takes_too_long_is_refused_with_what_is_near() -> None:
    store = Store(None)
    run = far_run(store, 200)
    assert run.kept == [0, 200]
    slow = Past(store, lambda _: None, ticking(0.25))  # ten seconds are forty training steps
    moment = run.moment()
    assert slow.member(run, moment, 200, 0).step == 200
    assert slow.member(run, moment, 40, 0).step == 40
    with pytest.raises(RunLimitError) as refused:
        slow.member(run, moment, 160, 0)
    error = refused.value
    assert error.given == ("the network after 160 training steps, 160 from where it was kept: 40 seconds of training")
    assert error.expected == "0 to 40 training steps, or 200 and some more"
    quick = Past(store, lambda _: None, ticking(0.01))
    assert quick.member(run, moment, 160, 0).step == 160


def test_a_way_back_is_given_up_early_where_it_is_hopeless(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(None)
    run = far_run(store, 200)
    clock = ticking(0.2)
    with pytest.raises(RunLimitError):
        Past(store, lambda _: None, clock).member(run, run.moment(), 199, 0)
    assert clock() < past.TRIAL_SECONDS + 1


def test_a_machine_that_becomes_slow_on_the_way_is_no_reason_to_wait_for_ever() -> None:
    store = Store(None)
    run = far_run(store, 200)
    seconds = iter([0.01 * n for n in range(60)] + [30.0 + n for n in range(200)])
    with pytest.raises(RunLimitError):
        Past(store, lambda _: None, lambda: next(seconds)).member(run, run.moment(), 199, 0)
