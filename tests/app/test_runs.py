"""Training runs: what may be done with them, their past, their branches, what outlives the server, who is refused."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import protocol
from app.datasets import built_in
from app.protocol import ComparisonRecipe, CurveRecipe, RunFrame, Variation
from app.runs import recipes
from app.runs import registry as registry_module
from app.runs.errors import RunError, RunLimitError, UnknownRunError
from app.runs.runs import Runs
from app.runs.states import state_of
from app.store import Store, StoreError
from engine.data import DataError
from engine.train import Training
from tests.app.training import ME, SMALL, finished, frames, losses, some_runs, steps_of, wait, watch


@pytest.fixture
def runs() -> Iterator[Runs]:
    with some_runs() as made:
        yield made


# -- from start to end -------------------------------------------------------------------------------------------------


def test_a_run_ends_by_itself_and_says_what_it_reached(runs: Runs) -> None:
    run = runs.create(SMALL, ME)
    state = finished(runs, run)
    assert (state.status, state.step, state.steps, state.steps_per_epoch) == ("done", 120, 120, 30)
    right = runs.evaluate(protocol.Evaluate(type="evaluate", seq=1, run=run))
    assert state.says == f"{right.accuracy:.2%} of 297 test pictures right."
    assert right.accuracy > 0.6
    with pytest.raises(RunError, match="come to its end"):
        runs.control(run, "start", ME)


def test_its_losses_are_those_of_the_same_training_alone(runs: Runs) -> None:
    run = runs.create(SMALL, ME)
    finished(runs, run)
    alone = Training(recipes.engine_recipe(SMALL), built_in()[0])
    assert losses(runs, run) == [np.float32(alone.advance()) for _ in range(120)]


def test_one_step_one_epoch_stop_and_reset(runs: Runs) -> None:
    run = runs.create(SMALL, ME)
    state = runs.control(run, "step", ME)
    assert state is not None
    assert (state.status, state.step) == ("paused", 1)
    runs.control(run, "epoch", ME)
    assert wait(runs, run, lambda s: s.status == "paused").step == 30
    runs.control(run, "epoch", ME)
    assert wait(runs, run, lambda s: s.status == "paused").step == 60
    state = runs.control(run, "stop", ME)
    assert state is not None
    assert (state.status, state.step) == ("done", 60)
    assert state.says.startswith("Stopped at training step 60 of 120.")
    before = losses(runs, run)
    state = runs.control(run, "reset", ME)
    assert state is not None
    assert (state.status, state.step, state.says) == ("paused", 0, "")
    assert losses(runs, run) == []
    finished(runs, run)
    assert losses(runs, run)[:60] == before


def test_pausing_is_answered_whatever_else_trains(runs: Runs) -> None:
    wide = SMALL.model_copy(update={"hidden": [256, 128], "epochs": 500, "batch": 500})
    busy = [runs.create(wide, ME) for _ in range(4)]
    for run in busy:
        runs.control(run, "start", ME)
    time.sleep(0.1)
    for run in busy:
        begin = time.perf_counter()
        runs.control(run, "pause", ME)
        # A hundred times what is promised: this is no benchmark, and other tests run beside it.
        assert time.perf_counter() - begin < 10
        with runs.using(run) as found:
            step = found.step
            time.sleep(0.03)
            assert found.step == step


def test_all_runs_have_their_turn(runs: Runs) -> None:
    endless = SMALL.model_copy(update={"epochs": 600})
    both = [runs.create(endless, ME), runs.create(endless.model_copy(update={"seed": 1}), ME)]
    for run in both:
        runs.control(run, "start", ME)
    for run in both:
        wait(runs, run, lambda state: state.step > 50)
    for run in both:
        runs.control(run, "pause", ME)


def test_a_speed_is_kept(runs: Runs) -> None:
    run = runs.create(SMALL, ME)
    runs.tune(run, None, 20.0, ME)
    runs.control(run, "start", ME)
    time.sleep(0.5)
    state = runs.control(run, "pause", ME)
    assert state is not None
    assert 2 <= state.step <= 14
    runs.tune(run, None, 0.0, ME)
    assert finished(runs, run).status == "done"


def test_a_learning_rate_set_by_hand_is_known_with_its_step(runs: Runs) -> None:
    run = runs.create(SMALL, ME)
    steps_of(runs, run, 5)
    state = runs.tune(run, 0.5, None, ME)
    assert [(change.step, change.lr) for change in state.rates] == [(5, 0.5)]
    assert state.lr == 0.5
    steps_of(runs, run, 5)
    assert runs.past(run, 3).base_rate(2) == 0.01
    assert runs.past(run, 9).base_rate() == 0.5


# -- divergence --------------------------------------------------------------------------------------------------------


def test_a_run_that_diverges_stops_and_says_why(runs: Runs) -> None:
    run = runs.create(SMALL.model_copy(update={"optimizer": "sgd", "lr": 90.0, "hidden": [8, 8]}), ME)
    state = finished(runs, run)
    assert state.status == "diverged"
    assert f"Diverged at training step {state.step:,}" in state.says
    assert "learning rate of 90" in state.says
    assert state.members[0].diverged_at == state.step


def test_members_of_a_comparison_diverge_alone(runs: Runs) -> None:
    base = SMALL.model_copy(update={"optimizer": "sgd", "lr": 0.1})
    members = [Variation(label="0.1"), Variation(label="90", lr=90.0)]
    run = runs.create(ComparisonRecipe(base=base, members=members), ME)
    state = finished(runs, run)
    assert state.status == "done"
    assert [member.diverged_at is None for member in state.members] == [True, False]
    ended = state.members[1].diverged_at
    assert ended is not None
    assert all(math.isnan(loss) for loss in losses(runs, run, 1)[ended:])
    assert len(losses(runs, run, 0)) == len(losses(runs, run, 1)) == 120
    assert state.says.startswith("0.1: ")


def test_members_see_the_same_batches_and_begin_alike(runs: Runs) -> None:
    members = [Variation(label="SGD", optimizer="sgd", lr=0.1), Variation(label="Adam", optimizer="adam")]
    run = runs.create(ComparisonRecipe(base=SMALL, members=members), ME)
    steps_of(runs, run, 2)
    assert losses(runs, run, 0)[0] == losses(runs, run, 1)[0]
    assert losses(runs, run, 0)[1] != losses(runs, run, 1)[1]


# -- the past ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("history", [10_000_000, 1])
def test_any_training_step_can_be_had_again_bit_for_bit(history: int) -> None:
    with some_runs(history_bytes=history) as runs:
        run = runs.create(SMALL, ME)
        steps_of(runs, run, 20)
        runs.tune(run, 0.05, None, ME)
        steps_of(runs, run, 20)
        alone = Training(recipes.engine_recipe(SMALL), built_in()[0])
        for step in range(41):
            if step == 20:
                alone.set_rate(0.05)
            found = runs.past(run, step)
            assert found.step == step
            for mine, theirs in zip(found.model.parameters(), alone.model.parameters(), strict=True):
                np.testing.assert_array_equal(mine.data, theirs.data)
            alone.advance()
        state = wait(runs, run, lambda _: True)
        assert len(state.snapshots) == 41 if history > 1 else len(state.snapshots) <= 4
        assert state.snapshots[0] == 0


def test_what_the_run_has_not_reached_is_refused(runs: Runs) -> None:
    run = runs.create(SMALL, ME)
    with pytest.raises(RunError, match="0 to 0"):
        runs.past(run, 1)
    with pytest.raises(RunError, match="no such member"):
        runs.past(run, 0, 1)


def test_a_branch_without_a_change_repeats_its_parent_and_one_with_a_change_does_not(runs: Runs) -> None:
    run = runs.create(SMALL, ME)
    finished(runs, run)
    same, other = runs.branch(run, 40, None, ME), runs.branch(run, 40, 0.2, ME)
    state = wait(runs, other, lambda _: True)
    assert (state.step, state.parent, state.branched_at, state.status) == (40, run, 40, "paused")
    assert [(change.step, change.lr) for change in state.rates] == [(40, 0.2)]
    finished(runs, same), finished(runs, other)
    assert losses(runs, same) == losses(runs, run)
    assert losses(runs, other)[:41] == losses(runs, run)[:41]  # loss 41 is of the parameters before the change tells
    assert losses(runs, other)[41:] != losses(runs, run)[41:]
    runs.control(other, "reset", ME)
    assert wait(runs, other, lambda _: True).step == 40
    assert runs.past(other, 10).step == 10


def test_the_test_set_at_a_training_step(runs: Runs) -> None:
    run = runs.create(SMALL, ME)
    finished(runs, run)
    now = runs.evaluate(protocol.Evaluate(type="evaluate", seq=1, run=run))
    confusion = np.array(now.confusion)
    assert confusion.sum() == now.count == 297
    assert np.trace(confusion) == round(now.accuracy * 297)
    assert now.wrong == 297 - np.trace(confusion)
    assert now.losses == sorted(now.losses, reverse=True)
    assert all(label != taken for label, taken in zip(now.labels, now.predictions, strict=True))
    assert len(now.pixels) == 784 * len(now.indices)
    _, test = built_in()
    assert now.labels == test.labels[now.indices].tolist()
    cell = runs.evaluate(protocol.Evaluate(type="evaluate", seq=2, run=run, true=3, predicted=3, count=5))
    assert cell.wrong == confusion[3, 3]
    assert set(cell.labels) == set(cell.predictions) == {3}
    assert len(cell.indices) == min(5, cell.wrong)
    early = runs.evaluate(protocol.Evaluate(type="evaluate", seq=3, run=run, step=0))
    assert early.step == 0
    assert early.accuracy < now.accuracy


def test_two_training_steps_side_by_side(runs: Runs) -> None:
    run = runs.create(SMALL, ME)
    finished(runs, run)
    both = runs.compare(protocol.Compare(type="compare", seq=1, run=run, step=10))
    assert (both.step, both.other) == (10, 120)
    assert both.losses[0] > both.losses[1]
    names = [(tensor.what, tensor.name) for tensor in both.tensors]
    assert names[:2] == [("value", "h1"), ("value", "z2")]
    assert ("weight", "W1") in names
    assert ("gradient", "b2") in names
    assert any(tensor.difference.largest > 0 for tensor in both.tensors)
    same = runs.compare(protocol.Compare(type="compare", seq=1, run=run, step=10, other=10))
    assert all(tensor.difference.largest == 0 for tensor in same.tensors)


# -- watching ----------------------------------------------------------------------------------------------------------


def test_a_viewer_is_told_what_is_new_and_nothing_twice(runs: Runs) -> None:
    run = runs.create(SMALL, ME)
    with runs.watching(watch(run, parts=["layers", "maps", "batch"]), ME, lambda: None) as viewer:
        viewer.news()
        assert viewer.news() == []
        seen: list[float] = []
        for _ in range(3):
            steps_of(runs, run, 4)
            (frame,) = frames(viewer.news())
            (loss,) = [piece for piece in frame.series if piece.name == "loss"]
            assert loss.start == len(seen)
            assert loss.x is None
            seen += np.frombuffer(loss.y, "<f4").tolist()
        assert seen == losses(runs, run)
        assert frame.step == 12
        assert frame.layers is not None
        assert [layer.name for layer in frame.layers] == ["Layer 1", "Layer 2"]
        assert frame.maps is not None
        assert (frame.maps.count, len(frame.maps.pixels)) == (8, 8 * 784)
        assert frame.batch is not None
        assert frame.batch.of == 50
        runs.control(run, "reset", ME)
        told = viewer.news()
        assert [message.state.step for message in told if isinstance(message, protocol.RunAnswer)] == [0]
        (frame,) = frames(told)
        assert [(piece.start, piece.y) for piece in frame.series if piece.name == "loss"] == [(0, b"")]


def test_a_page_that_comes_back_gets_what_it_has_missed(runs: Runs) -> None:
    run = runs.create(SMALL, ME)
    steps_of(runs, run, 30)
    with runs.watching(watch(run, known=20), ME, lambda: None) as viewer:
        (frame,) = frames(viewer.news())
    pieces = {piece.name: piece for piece in frame.series}
    assert pieces["loss"].start == 20
    assert len(np.frombuffer(pieces["loss"].y, "<f4")) == 10
    accuracy = pieces["accuracy"]
    assert accuracy.x is not None
    assert np.frombuffer(accuracy.x, "<i4").tolist() == list(range(21, 31))


def test_news_come_from_the_trainer_and_the_last_is_the_end(runs: Runs) -> None:
    run = runs.create(SMALL, ME)
    changed = threading.Event()
    with runs.watching(watch(run), ME, changed.set) as viewer:
        runs.control(run, "start", ME)
        status, step = "", -1
        while status != "done":
            assert changed.wait(10)
            changed.clear()
            for message in viewer.news():
                if isinstance(message, RunFrame):
                    step = message.step
                elif isinstance(message, protocol.RunAnswer):
                    status = message.state.status
    assert step == 120


def test_a_run_that_nobody_watches_is_paused_and_says_so() -> None:
    with some_runs(idle_seconds=0.2) as runs:
        run = runs.create(SMALL.model_copy(update={"epochs": 600}), ME)
        runs.tune(run, None, 50.0, ME)
        with runs.watching(watch(run), ME, lambda: None):
            runs.control(run, "start", ME)
            time.sleep(0.4)
            with runs.using(run) as found:
                assert found.running
        state = wait(runs, run, lambda state: state.status == "paused")
        assert "nobody was watching for 0.2 seconds" in state.says


# -- what outlives the server ------------------------------------------------------------------------------------------


def test_a_run_goes_on_after_a_restart_as_if_nothing_had_happened(tmp_path: Path) -> None:
    file = tmp_path / "runs.sqlite"
    with some_runs(file) as runs:
        run = runs.create(SMALL, ME)
        steps_of(runs, run, 25)
        runs.tune(run, 0.02, None, ME)
        steps_of(runs, run, 20)
        before = losses(runs, run)
    with some_runs(file) as runs:
        (card,) = runs.cards(ME)
        assert (card.id, card.step, card.status) == (run, 45, "paused")
        assert losses(runs, run) == before
        finished(runs, run)
        after = losses(runs, run)
    with some_runs() as runs:
        again = runs.create(SMALL, ME)
        steps_of(runs, again, 25)
        runs.tune(again, 0.02, None, ME)
        finished(runs, again)
        assert losses(runs, again) == after


def test_a_learning_rate_that_was_set_while_the_run_stood_outlives_the_server(tmp_path: Path) -> None:
    file = tmp_path / "runs.sqlite"
    with some_runs(file) as runs:
        run = runs.create(SMALL, ME)
        steps_of(runs, run, 5)
        runs.tune(run, 0.5, 3.0, ME)
    with some_runs(file) as runs:
        state = wait(runs, run, lambda _: True)
        assert (state.lr, state.speed) == (0.5, 3.0)
        assert [(change.step, change.lr) for change in state.rates] == [(5, 0.5)]


def test_a_run_that_was_running_goes_on_when_its_owner_looks(tmp_path: Path) -> None:
    file = tmp_path / "runs.sqlite"
    with some_runs(file) as runs:
        run = runs.create(SMALL.model_copy(update={"epochs": 600}), ME)
        runs.tune(run, None, 100.0, ME)
        runs.control(run, "start", ME)
        wait(runs, run, lambda state: state.step > 5)
    with some_runs(file) as runs:
        with runs.watching(watch(run), "a stranger", lambda: None), runs.using(run) as found:
            assert not found.running
            assert "restarted" in found.facts.says
        with runs.watching(watch(run), ME, lambda: None):
            step = wait(runs, run, lambda state: state.status == "running").step
            wait(runs, run, lambda state: state.step > step + 3)
        runs.control(run, "pause", ME)


def test_a_damaged_snapshot_is_named_and_not_served(tmp_path: Path) -> None:
    file = tmp_path / "runs.sqlite"
    with some_runs(file) as runs:
        run = runs.create(SMALL, ME)
        steps_of(runs, run, 10)
        expected = runs.past(run, 9).model.state_dict()
    damage(file, run, 10)
    with some_runs(file) as runs:
        with runs.using(run) as found:
            assert found.step == 9
            assert any("10" in note and "snapshot" in note.lower() for note in found.notes)
        found_state = runs.past(run, 9).model.state_dict()
        assert all(np.array_equal(found_state[name], expected[name]) for name in expected)
        steps_of(runs, run, 1)
        assert len(losses(runs, run)) == 10


def damage(file: Path, run: str, step: int) -> None:
    """Flip a bit in the middle of a snapshot."""
    import sqlite3

    with sqlite3.connect(file) as connection:
        (table,) = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if "snapshot" in name
        ]
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        blob = next(c for c in columns if c in ("body", "data"))
        (body,) = connection.execute(f"SELECT {blob} FROM {table} WHERE run = ? AND step = ?", (run, step)).fetchone()
        wrong = bytearray(body)
        wrong[len(wrong) // 2] ^= 1
        connection.execute(f"UPDATE {table} SET {blob} = ? WHERE run = ? AND step = ?", (bytes(wrong), run, step))
    connection.close()


def test_a_full_disk_stops_no_run_and_what_was_missed_is_kept_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "runs.sqlite"
    with some_runs(file) as runs:
        run = runs.create(SMALL, ME)
        steps_of(runs, run, 3)
        with monkeypatch.context() as full:
            full.setattr(Store, "save", refuse)
            steps_of(runs, run, 3)
            state = runs.control(run, "step", ME)
            assert state is not None
            assert any("disk is full" in note for note in state.notes)
            assert state.snapshots == [0, 1, 2, 3]
        steps_of(runs, run, 1)
        state = runs.control(run, "step", ME)
        assert state is not None
        assert not any("disk is full" in note for note in state.notes)
        before = losses(runs, run)
    with some_runs(file) as runs:
        assert losses(runs, run) == before
        assert len(before) == 9


def refuse(*_: Any, **__: Any) -> None:
    raise StoreError("The disk is full", given="no room", expected="some")


def test_idle_runs_are_put_away_and_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry_module, "AT_HAND", 1)
    with some_runs() as runs:
        first = runs.create(SMALL, ME)
        steps_of(runs, first, 7)
        for seed in (1, 2):
            steps_of(runs, runs.create(SMALL.model_copy(update={"seed": seed}), ME), 1)
        assert first not in runs._registry._at_hand
        assert {card.id: card.step for card in runs.cards(ME)}[first] == 7
        steps_of(runs, first, 1)
        assert len(losses(runs, first)) == 8


# -- limits and belongings ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"hidden": [8] * 4}, "at most 3"),
        ({"hidden": [257]}, "at most 256"),
        ({"hidden": [0]}, "1 to 256"),
        ({"hidden": [256, 256, 256]}, "at most 300,000"),
        ({"batch": 501}, "at most 500"),
        ({"epochs": 10_000}, "at most 20,000"),
    ],
)
def test_limits_say_what_was_given_and_what_is_allowed(runs: Runs, changes: dict[str, Any], words: str) -> None:
    recipe = SMALL.model_copy(update=changes)
    for attempt in (runs.plan, lambda recipe: runs.create(recipe, ME)):
        with pytest.raises(RunLimitError, match=words):
            attempt(recipe)
    assert runs.cards(ME) == []


def test_members_count_together(runs: Runs) -> None:
    members = [Variation(label=str(n)) for n in range(3)]
    base = SMALL.model_copy(update={"hidden": [150]})
    with pytest.raises(RunLimitError, match="parameters"):
        runs.plan(ComparisonRecipe(base=base, members=members))


def test_a_visitor_has_so_many_runs_and_no_more() -> None:
    with some_runs(visitor=2) as runs:
        first = runs.create(SMALL, ME)
        runs.create(SMALL, ME)
        with pytest.raises(RunLimitError, match="fewer than 2"):
            runs.create(SMALL, ME)
        runs.create(SMALL, "somebody else")
        runs.control(first, "delete", ME)
        runs.create(SMALL, ME)
        with pytest.raises(UnknownRunError):
            runs.control(first, "start", ME)


def test_where_the_server_is_full_the_run_untouched_for_longest_goes() -> None:
    with some_runs(everybody=2) as runs:
        first, second = runs.create(SMALL, ME), runs.create(SMALL, ME)
        with runs.watching(watch(first), ME, lambda: None):
            third = runs.create(SMALL, ME)
        assert {card.id for card in runs.cards(ME)} == {first, third}
        with pytest.raises(UnknownRunError):
            runs.control(second, "start", ME)


def test_a_deleted_run_stays_deleted(tmp_path: Path) -> None:
    file = tmp_path / "runs.sqlite"
    with some_runs(file) as runs:
        run = runs.create(SMALL.model_copy(update={"epochs": 600}), ME)
        runs.control(run, "start", ME)
        assert runs.control(run, "delete", ME) is None
        time.sleep(0.1)
    with some_runs(file) as runs:
        assert runs.cards(ME) == []


def test_somebody_elses_run_can_be_seen_and_branched_but_not_controlled(runs: Runs) -> None:
    run = runs.create(SMALL, ME)
    steps_of(runs, run, 3)
    for action in ("start", "step", "reset", "delete"):
        with pytest.raises(RunError, match="somebody else"):
            runs.control(run, action, "a stranger")
    with pytest.raises(RunError, match="somebody else"):
        runs.tune(run, 1.0, None, "a stranger")
    branch = runs.branch(run, 2, None, "a stranger")
    assert [card.id for card in runs.cards("a stranger")] == [branch]
    with runs.using(run) as found:
        assert not state_of(found, "a stranger").mine


def test_digits_that_are_not_there_are_named(runs: Runs) -> None:
    with pytest.raises(DataError, match="MNIST is not in the data folder"):
        runs.create(SMALL.model_copy(update={"dataset": "mnist"}), ME)


def test_a_curve_is_a_run_too(runs: Runs) -> None:
    run = runs.create(CurveRecipe(steps=50), ME)
    with runs.watching(watch(run), ME, lambda: None) as viewer:
        steps_of(runs, run, 5)
        (frame,) = frames(viewer.news())
    assert frame.curve is not None
    assert finished(runs, run).status == "done"
    with pytest.raises(RunError, match="fits a curve"):
        runs.past(run, 3)
    branch = runs.branch(run, 20, 0.05, ME)
    finished(runs, branch)
    assert losses(runs, branch)[:20] == losses(runs, run)[:20]


# -- what a plan says --------------------------------------------------------------------------------------------------


def test_the_parameters_are_counted_three_ways(runs: Runs) -> None:
    pytest.importorskip("torch")
    recipe = SMALL.model_copy(update={"hidden": [128, 64]})
    end = time.monotonic() + 60
    while (plan := runs.plan(recipe)).counting:
        assert time.monotonic() < end
        time.sleep(0.1)
    (member,) = plan.members
    sums = [layer.sum for layer in member.layers]
    assert sums == ["784 × 128 + 128", "128 × 64 + 64", "64 × 10 + 10"]
    assert sum(layer.parameters for layer in member.layers) == member.engine == member.pytorch == 109_386
    assert (plan.steps, plan.steps_per_epoch) == (120, 30)


def test_an_optimizer_of_another_kind_has_numbers_of_its_own(runs: Runs) -> None:
    base = SMALL.model_copy(update={"optimizer": "momentum", "hyper": {"momentum": 0.5}})
    members = [Variation(label="as it is"), Variation(label="Adam", optimizer="adam")]
    found = recipes.members(ComparisonRecipe(base=base, members=members))
    assert [recipe.hyper for _, recipe in found] == [{"momentum": 0.5}, {}]
