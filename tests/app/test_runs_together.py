"""Several learners, several runs, one server: nobody waits for another, and nothing comes between a run and itself."""

from __future__ import annotations

import gc
import random
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import protocol
from app.desk import Desk
from app.protocol import ComparisonRecipe, CurveRecipe, Error, Recipe, RunAnswer, Variation
from app.runs import recipes
from app.runs import registry as registry_module
from app.runs import runs as runs_module
from app.runs.errors import RunError, UnknownRunError
from app.runs.lessons import Lessons
from app.runs.run import Run
from app.runs.runs import Runs
from app.runs.saver import Saver
from app.store import Store, StoreError
from engine.data import DataError
from engine.errors import EngineError
from engine.train import Training
from tests.app.training import ME, SMALL, frames, kept, load, losses, some_runs, steps_of, wait, watch

LONG = SMALL.model_copy(update={"epochs": 600})
SOON = 30.0


class Gate:
    """Holds up whoever comes through, once it is shut."""

    def __init__(self) -> None:
        self.shut = False
        self.reached, self.opened = threading.Event(), threading.Event()

    def pass_through(self) -> None:
        if self.shut:
            self.reached.set()
            assert self.opened.wait(20)

    def open(self) -> None:
        self.shut = False
        self.opened.set()


@contextmanager
def beside(work: Callable[[], Any]) -> Iterator[threading.Thread]:
    """Something done in a thread of its own meanwhile; what it raises is raised here in the end."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 (raised again below)
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield thread
    thread.join(20)
    assert not thread.is_alive()
    if failed:
        raise failed[0]


@pytest.fixture
def runs() -> Iterator[Runs]:
    with some_runs() as made:
        yield made


# -- nobody waits for another's run ------------------------------------------------------------------------------------


def test_a_run_that_comes_back_holds_up_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry_module, "AT_HAND", 0)
    gate = Gate()

    def slow(dataset: str) -> Lessons:
        gate.pass_through()
        return load(dataset)

    with some_runs(find=slow) as runs:
        first, second = runs.create(SMALL, ME), runs.create(LONG, ME)
        told = threading.Event()
        with runs.watching(watch(second), ME, told.set):
            steps_of(runs, first, 1)
            gate.shut = True
            with beside(lambda: steps_of(runs, first, 1)):
                try:
                    assert gate.reached.wait(SOON)
                    with beside(lambda: runs.control(second, "start", ME)) as controlling:
                        controlling.join(SOON)
                        held_up = controlling.is_alive()
                        told.clear()
                        trained = told.wait(SOON)
                        runs_known = len(runs.cards(ME))
                        gate.open()
                finally:
                    gate.open()
        assert (held_up, trained, runs_known) == (False, True, 2)
        runs.control(second, "pause", ME)


def test_who_wants_the_same_run_at_once_gets_the_same_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry_module, "AT_HAND", 0)
    gate, brought = Gate(), []

    def slow(dataset: str) -> Lessons:
        brought.append(dataset)
        gate.pass_through()
        return load(dataset)

    with some_runs(find=slow) as runs:
        run = runs.create(SMALL, ME)
        steps_of(runs, run, 1)
        brought.clear()
        gate.shut = True
        found = []

        def want() -> None:
            with runs.using(run) as one:
                found.append(one)
                time.sleep(0.05)

        with beside(want), beside(want):
            assert gate.reached.wait(SOON)
            gate.open()
        assert found[0] is found[1]
        assert brought == ["built-in"]


def test_a_run_whose_digits_are_gone_can_be_thrown_away(tmp_path: Path) -> None:
    file = tmp_path / "runs.sqlite"
    with some_runs(file) as runs:
        run = runs.create(SMALL, ME)

    def gone(dataset: str) -> Lessons:
        raise DataError("They are gone", given=dataset, expected="digits")

    with some_runs(file, gone) as runs:
        with pytest.raises(DataError):
            runs.control(run, "start", ME)
        with pytest.raises(RunError, match="somebody else"):
            runs.control(run, "delete", "a stranger")
        runs.control(run, "delete", ME)
        assert runs.cards(ME) == []
    with some_runs(file) as runs:
        assert runs.cards(ME) == []


def test_a_run_that_nobody_uses_leaves_memory_as_soon_as_it_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry_module, "AT_HAND", 0)
    with some_runs() as runs:
        steps_of(runs, runs.create(SMALL, ME), 1)
        assert runs._registry.in_memory() == []


def test_what_the_store_does_not_have_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry_module, "AT_HAND", 0)
    with some_runs() as runs:
        run = runs.create(SMALL, ME)
        with monkeypatch.context() as full:
            full.setattr(Store, "save", refuse)
            steps_of(runs, run, 3)
        assert runs.cards(ME)[0].step == 3
        steps_of(runs, run, 1)
        assert len(losses(runs, run)) == 4


def test_a_slow_disk_holds_up_neither_training_nor_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    gate, save = Gate(), Store.save

    def slow(store: Store, *given: Any, **more: Any) -> None:
        gate.pass_through()
        save(store, *given, **more)

    monkeypatch.setattr(Store, "save", slow)
    with some_runs() as runs:
        run = runs.create(LONG, ME)
        gate.shut = True
        try:
            for _ in range(2):
                with beside(lambda: runs.control(run, "start", ME)) as starting:
                    starting.join(SOON)
                assert gate.reached.wait(SOON)
                step = wait(runs, run, lambda _: True).step
                wait(runs, run, lambda state, step=step: state.step > step + 10, SOON)  # type: ignore[misc]
                begin = time.monotonic()
                runs.tune(run, 0.02, None, ME)
                runs.control(run, "pause", ME)
                runs.control(run, "step", ME)
                assert time.monotonic() - begin < SOON
        finally:
            gate.open()
        kept(runs)
        with runs.using(run) as found:
            assert found.step in found.kept


def test_a_full_disk_that_has_room_in_the_end_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "runs.sqlite"
    with some_runs(file) as runs:
        run = runs.create(SMALL, ME)
        with monkeypatch.context() as full:
            full.setattr(Store, "save", refuse)
            steps_of(runs, run, 3)
    with some_runs(file) as runs:
        assert runs.cards(ME)[0].step == 3


def refuse(*_: Any, **__: Any) -> None:
    raise StoreError("The disk is full", given="no room", expected="some")


def test_a_run_stays_in_memory_while_the_trainer_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry_module, "AT_HAND", 0)
    gate, tell = Gate(), Run.tell

    def slow(run: Run) -> None:
        if threading.current_thread().name.startswith("trainer") and not run.running:
            gate.pass_through()
        tell(run)

    monkeypatch.setattr(Run, "tell", slow)
    with some_runs() as runs:
        run = runs.create(SMALL, ME)
        gate.shut = True
        runs.control(run, "epoch", ME)
        assert gate.reached.wait(SOON)  # it is over and kept, but the trainer has not let go of it yet
        assert losses(runs, run)
        runs.control(run, "epoch", ME)
        gate.open()
        wait(runs, run, lambda state: state.step == 60)


def test_where_the_server_is_full_the_run_nobody_has_used_for_longest_goes() -> None:
    with some_runs(everybody=2) as runs:
        first, second = runs.create(SMALL, ME), runs.create(SMALL, ME)
        steps_of(runs, first, 1)
        third = runs.create(SMALL, ME)
        assert {card.id for card in runs.cards(ME)} == {first, third}
        with pytest.raises(UnknownRunError):
            steps_of(runs, second, 1)


def test_runs_that_come_and_go_leave_nothing_behind() -> None:
    with some_runs() as runs:
        alive = []
        for visitor in range(15):
            run = runs.create(SMALL, str(visitor))
            with runs.watching(watch(run), str(visitor), lambda: None) as viewer:
                runs.control(run, "start", str(visitor))
                viewer.news()
            with runs.using(run) as found:
                alive.append(weakref.ref(found))
            del found, viewer
            runs.evaluate(protocol.Evaluate(type="evaluate", seq=1, run=run))
            runs.control(run, "delete", str(visitor))
        end = time.monotonic() + SOON
        while any(ref() for ref in alive) and time.monotonic() < end:
            time.sleep(0.01)
            gc.collect()
        assert not any(ref() for ref in alive), [ref() is not None for ref in alive]
        assert runs._store.size() < 500_000


# -- one run, several hands --------------------------------------------------------------------------------------------


def test_a_run_that_is_being_deleted_is_not_started(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    run = runs.create(LONG, ME)
    gate, own = Gate(), runs_module._own

    def slow(found: Run, visitor: str) -> None:
        gate.pass_through()
        own(found, visitor)

    monkeypatch.setattr(runs_module, "_own", slow)
    with runs.using(run) as found:
        gate.shut = True
        refused = []

        def start() -> None:
            try:
                runs.control(run, "start", ME)
            except UnknownRunError as error:
                refused.append(error)

        with beside(start):
            assert gate.reached.wait(SOON)
            runs.control(run, "delete", ME)
            gate.open()
        assert refused
        assert not found.running
        assert found.step == 0


def test_a_branch_of_a_run_in_mid_step_is_of_one_instant(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    members = [Variation(label="first"), Variation(label="second", lr=0.1)]
    run = runs.create(ComparisonRecipe(base=SMALL, members=members), ME)
    steps_of(runs, run, 3)
    gate, advance = Gate(), Training.advance

    def slow(training: Training, *, sample: bool = False) -> float:
        if training.recipe.lr == 0.1 and threading.current_thread().name == "mid-step":
            gate.pass_through()
        return advance(training, sample=sample)

    monkeypatch.setattr(Training, "advance", slow)
    gate.shut = True
    stepping = threading.Thread(target=lambda: runs.control(run, "step", ME), name="mid-step", daemon=True)
    stepping.start()
    assert gate.reached.wait(SOON)  # the first member has done four training steps, the second three
    made: list[str] = []
    with beside(lambda: made.append(runs.branch(run, 4, None, ME))):
        time.sleep(0.1)
        gate.open()
    stepping.join(SOON)
    with runs.using(made[0]) as branch:
        assert [trainee.step for trainee in branch.trainees] == [4, 4]
        assert [len(branch.curves.get(member, "loss")) for member in (0, 1)] == [4, 4]
    steps_of(runs, run, 2)
    steps_of(runs, made[0], 2)
    for member in (0, 1):
        assert losses(runs, made[0], member) == losses(runs, run, member)


def test_all_who_look_at_a_run_are_told_that_it_was_deleted(runs: Runs) -> None:
    run = runs.create(SMALL, ME)
    told = threading.Event()
    with runs.watching(watch(run), "a stranger", told.set) as viewer:
        viewer.news()
        told.clear()
        runs.control(run, "delete", ME)
        assert told.is_set()
        (goodbye,) = viewer.news()
        assert isinstance(goodbye, Error)
        assert (goodbye.code, goodbye.request_seq) == ("unknown_run", None)
        assert "deleted" in goodbye.message
        assert viewer.news() == []
    with pytest.raises(UnknownRunError), runs.watching(watch(run), ME, lambda: None):
        pass


def test_the_page_that_deletes_a_run_is_told_once_and_one_that_may_not_goes_on_looking(runs: Runs) -> None:
    run = runs.create(SMALL, ME)
    owner, stranger = Desk(runs, lambda: None), Desk(runs, lambda: None)
    owner.visitor, stranger.visitor = ME, "a stranger"
    for desk in (owner, stranger):
        list(desk.handle(watch(run)))
        desk.news()
    delete = protocol.Control(type="control", seq=2, run=run, action="delete")
    with pytest.raises(RunError, match="somebody else"):
        list(stranger.handle(delete))
    steps_of(runs, run, 1)
    assert frames(stranger.news())[0].step == 1
    assert [answer.type for answer in owner.handle(delete)] == ["deleted"]
    assert owner.news() == []
    assert [type(message) for message in stranger.news()] == [Error]
    owner.close()
    stranger.close()


def test_a_reset_that_fails_changes_nothing(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    run = runs.create(SMALL, ME)
    steps_of(runs, run, 5)
    with monkeypatch.context() as broken:
        broken.setattr(Store, "cut", refuse)
        with pytest.raises(StoreError):
            runs.control(run, "reset", ME)
    state = wait(runs, run, lambda _: True)
    assert (state.step, len(losses(runs, run))) == (5, 5)


def test_two_pages_of_one_learner_may_do_what_they_like(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry_module, "AT_HAND", 0)
    kinds: list[Recipe] = [
        SMALL,
        CurveRecipe(steps=400),
        ComparisonRecipe(base=SMALL, members=[Variation(label="a")] * 2),
    ]
    with some_runs(visitor=12, history_bytes=60_000) as runs:
        ids = [runs.create(recipe, ME) for recipe in kinds]
        end = time.monotonic() + 3.0

        def play(seed: int) -> None:
            chance = random.Random(seed)
            while time.monotonic() < end:
                with suppress(RunError):  # what the moment does not allow
                    act(runs, chance, ids)

        with beside(lambda: play(1)), beside(lambda: play(2)), beside(lambda: play(3)):
            pass
        for card in runs.cards(ME):
            if card.status == "running":
                runs.control(card.id, "pause", ME)
            sound(runs, card.id)


def act(runs: Runs, chance: random.Random, ids: list[str]) -> None:
    """Something that a learner might do."""
    run = chance.choice([card.id for card in runs.cards(ME)] or ids)
    done = next((card.step for card in runs.cards(ME) if card.id == run), 0)
    what = chance.choice(
        ["start", "pause", "step", "epoch", "reset", "stop", "delete", "tune", "branch", "look", "ask"]
    )
    if what == "delete" and (chance.random() < 0.5 or run in ids):
        return
    if what == "tune":
        runs.tune(run, chance.choice([None, 0.001, 0.05]), chance.choice([None, 0.0, 200.0]), ME)
    elif what == "branch":
        runs.branch(run, chance.randint(0, done), chance.choice([None, 0.02]), ME)
    elif what == "ask":
        runs.evaluate(protocol.Evaluate(type="evaluate", seq=1, run=run, step=chance.randint(0, done)))
    elif what == "look":
        with runs.watching(watch(run, parts=["layers", "maps", "batch"]), ME, lambda: None) as viewer:
            for _ in range(5):
                assert all(isinstance(message, Error | RunAnswer | protocol.RunFrame) for message in viewer.news())
                time.sleep(0.005)
    else:
        runs.control(run, what, ME)  # type: ignore[arg-type]


def sound(runs: Runs, run: str) -> None:
    """Every curve is as long as the run, and members are what their recipe and their learning rates make of them."""
    with runs.using(run) as found:
        assert not found.running
        for member, trainee in enumerate(found.trainees):
            assert len(found.curves.get(member, "loss")) == found.step
            again = runs.trainee(run, found.step, member)
            assert again.step == trainee.step
            assert isinstance(trainee, type(again))
            for one, other in zip(again.model.parameters(), trainee.model.parameters(), strict=True):
                np.testing.assert_array_equal(one.data, other.data)
            if isinstance(trainee, Training):
                network = recipes.members(found.recipe)[member][1]
                alone = Training(recipes.engine_recipe(network), trainee.data, trainee.rates)
                seen = losses(runs, run, member)
                assert seen == [np.float32(alone.advance()) for _ in range(found.step)]


# -- when something goes wrong, and in the end -------------------------------------------------------------------------


def test_a_training_step_that_fails_takes_the_run_back_to_what_was_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    members = [Variation(label="first"), Variation(label="second", lr=0.1)]
    advance, failing = Training.advance, [True]

    def fail(training: Training, *, sample: bool = False) -> float:
        if training.recipe.lr == 0.1 and training.step == 20 and failing.pop():
            raise MemoryError
        return advance(training, sample=sample)

    with some_runs() as runs:
        run = runs.create(ComparisonRecipe(base=SMALL, members=members), ME)
        steps_of(runs, run, 10)
        with monkeypatch.context() as context:
            context.setattr(Training, "advance", fail)
            runs.control(run, "start", ME)
            state = wait(runs, run, lambda state: state.status == "paused")
        assert "stands where it was kept last" in state.says
        assert state.step < 21
        runs.control(run, "epoch", ME)
        wait(runs, run, lambda state: state.step == 30)
        sound(runs, run)


def test_a_single_step_that_fails_does_so_too(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    members = [Variation(label="first"), Variation(label="second", lr=0.1)]
    run = runs.create(ComparisonRecipe(base=SMALL, members=members), ME)
    steps_of(runs, run, 3)

    def fail(training: Training, *, sample: bool = False) -> float:
        if training.recipe.lr == 0.1:
            raise MemoryError
        return advance(training, sample=sample)

    advance = Training.advance
    with monkeypatch.context() as context:
        context.setattr(Training, "advance", fail)
        with pytest.raises(MemoryError):
            runs.control(run, "step", ME)
    state = wait(runs, run, lambda _: True)
    assert (state.status, state.step) == ("paused", 3)
    steps_of(runs, run, 2)
    sound(runs, run)


def test_what_cannot_be_kept_keeps_others_from_nothing() -> None:
    kept_runs: list[Run] = []
    gate = Gate()
    gate.shut = True

    def save(run: Run) -> None:
        gate.pass_through()
        kept_runs.append(run)
        if run is first:
            raise MemoryError

    first, second = (Run(name, ME, SMALL, [], load("built-in"), 0.0) for name in ("first", "second"))
    saver = Saver(save)
    saver.soon(first)
    assert gate.reached.wait(SOON)
    for _ in range(3):
        saver.soon(second)
    gate.open()
    saver.rest()
    assert kept_runs == [first, second]
    saver.soon(second)
    saver.close()
    assert kept_runs == [first, second, second]


def test_the_server_ends_at_once_and_what_was_learned_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "runs.sqlite"
    advance = Training.advance

    def slow(training: Training, *, sample: bool = False) -> float:
        if threading.current_thread().name == "replay":
            time.sleep(0.05)
        return advance(training, sample=sample)

    monkeypatch.setattr(Training, "advance", slow)
    with some_runs(file, history_bytes=1) as runs:
        run = runs.create(LONG, ME)
        runs.control(run, "start", ME)
        wait(runs, run, lambda state: state.step > 400)
        outcome: list[Exception] = []

        def go_back() -> None:
            try:
                for step in range(300, 0, -1):
                    runs.past(run, step)
            except EngineError as error:
                outcome.append(error)

        replay = threading.Thread(target=go_back, name="replay", daemon=True)
        replay.start()
        time.sleep(0.2)
        begin = time.monotonic()
        runs.close()
        assert time.monotonic() - begin < SOON
        replay.join(SOON)
        assert not replay.is_alive()
        assert outcome
        with runs.using(run) as found:
            step = found.step
    with some_runs(file) as runs:
        assert runs.cards(ME)[0].step == step
        assert len(losses(runs, run)) == step
