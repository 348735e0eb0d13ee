"""All runs of a server: how they are made, controlled, watched and asked."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app import protocol
from app.labs.curve import CurveTraining
from app.protocol import CurveRecipe, Recipe
from app.runs import inquiry, member, recipes
from app.runs.errors import RunError, UnknownRunError
from app.runs.keeper import Keeper, recipe_of
from app.runs.lessons import Lessons
from app.runs.past import Past
from app.runs.recipes import RunLimits
from app.runs.registry import Registry
from app.runs.run import Run
from app.runs.saver import Saver
from app.runs.states import card_of, kept_card, state_of
from app.runs.trainer import Trainer
from app.runs.viewer import Viewer
from app.store import RunRecord, Store, StoreError
from engine.errors import EngineError
from engine.train import Training

FAILED = "Something went wrong in Gradwalk itself; the training stands where it was kept last."

Load = Callable[[str], Lessons]
"""Finds the digits of a data set by its id. Raises engine.data.DataError."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shares:
    """How much of the server runs may take; from the settings.

    Attributes:
        visitor: runs of one visitor.
        everybody: runs in all.
        history_bytes: snapshots of one run.
        idle_seconds: a run that nobody watches for so long is paused.
        threads: runs that train at the same time.
    """

    visitor: int
    everybody: int
    history_bytes: int
    idle_seconds: float
    threads: int


class Runs:
    """The runs. Any thread may call any method.

    Nobody waits for another run. Of the run itself, whoever wants something waits for one training step, for its
    coming back into memory where it was not, and where its past is asked for, for the way there.

    Args:
        limits: how large a run may be.
        shares: how much all of them may take.
        load: finds digits.
        store: where runs are kept; whatever is in it is there again.
        clock: seconds from any beginning.
        now: seconds since 1970.
        new_id: makes names of runs that nobody can guess: whoever knows one may look at the run.
    """

    def __init__(
        self,
        limits: RunLimits,
        shares: Shares,
        load: Load,
        store: Store,
        clock: Callable[[], float],
        now: Callable[[], float],
        new_id: Callable[[], str] = lambda: secrets.token_urlsafe(9),
    ) -> None:
        self._new_id = new_id
        self._limits, self._shares, self._load, self._clock, self._now = limits, shares, load, clock, now
        self._store = store
        self._keeper = Keeper(store, shares.history_bytes, now)
        self._registry = Registry(store.runs(), shares.visitor, shares.everybody, now, self._bring_back, self._put_away)
        self._past = Past(store, self._parent, clock)
        self._tests = inquiry.Tests()
        self._saver = Saver(self._save)
        self._trainer = Trainer(shares.threads, shares.idle_seconds, clock, self._saver.soon, self._failed)

    def close(self) -> None:
        """End all training and keep everything."""
        self._past.end()
        self._trainer.close()
        for run in self._registry.in_memory():
            self._saver.soon(run)
        self._saver.close()
        self._store.close()

    # -- making -----------------------------------------------------------------------------------------------------

    def plan(self, recipe: Recipe) -> protocol.Planned:
        """What would come of a recipe; `request_seq` is to be filled in.

        Raises:
            EngineError: what cannot be, or breaks a limit.
        """
        lessons = self._lessons(recipe)
        duration = member.duration(recipe, lessons)
        recipes.check_steps(duration.steps, self._limits)
        recipes.load_pytorch()
        return protocol.Planned(
            request_seq=None,
            title=recipes.title(recipe),
            members=recipes.plans(recipe),
            steps=duration.steps,
            steps_per_epoch=duration.steps_per_epoch,
            counting=recipes.counting(),
            notes=[lessons.note] if lessons else [],
        )

    def create(self, recipe: Recipe, visitor: str) -> str:
        """A new run, paused at step 0; its id.

        Raises:
            EngineError: what cannot be, or breaks a limit.
        """
        self._registry.require_room(visitor)
        lessons = self._lessons(recipe)
        recipes.check_steps(member.duration(recipe, lessons).steps, self._limits)
        run = Run(self._new_id(), visitor, recipe, member.trainees(recipe, lessons), lessons, self._now())
        return self._admit(run)

    def branch(self, run_id: str, step: int, lr: float | None, visitor: str) -> str:
        """A new run that goes on from a training step of another; its id."""
        self._registry.require_room(visitor)
        with self.using(run_id) as parent:
            with parent.turn:  # all of one instant: the parent may go on, or begin anew
                moment, curves, speed = parent.moment(), parent.curves.copy_until(step), parent.facts.speed
            trainees = self._past.members(parent, moment, step)
            for trainee in trainees:
                trainee.rates = [(since, rate) for since, rate in trainee.rates if since <= step]
            run = Run(
                self._new_id(),
                visitor,
                parent.recipe,
                trainees,
                parent.lessons,
                self._now(),
                parent=parent.id,
                branched_at=step,
            )
        run.branch_off(moment, curves, speed)
        if lr is not None:
            run.tune(lr, None)
        return self._admit(run)

    def _lessons(self, recipe: Recipe) -> Lessons | None:
        """The digits of a recipe that keeps to the limits; None for a curve."""
        recipes.check(recipe, self._limits)
        return self._digits(recipe)

    def _digits(self, recipe: Recipe) -> Lessons | None:
        if isinstance(recipe, CurveRecipe):
            return None
        _, first = recipes.members(recipe)[0]
        return self._load(first.dataset)

    def _admit(self, run: Run) -> str:
        leaving = self._registry.admit(run, self._keeper.record(run))
        self._keeper.save(run)
        if leaving:
            try:
                self._erase(leaving.record.id, leaving.run)
            except StoreError as error:
                log.warning("run %s is still in the store: %s", leaving.record.id, error)
        return run.id

    # -- finding ----------------------------------------------------------------------------------------------------

    @contextmanager
    def using(self, run_id: str) -> Iterator[Run]:
        """A run, which stays in memory meanwhile.

        Raises:
            UnknownRunError: there is none of this id.
            EngineError: it cannot be brought back, such as when its digits are gone.
        """
        with self._registry.using(run_id) as run:
            yield run

    def recipe(self, run_id: str) -> Recipe:
        """What a run trains. Raises UnknownRunError: there is none of this id."""
        if (record := self._registry.record(run_id)) is None:
            raise UnknownRunError(run_id)
        return recipe_of(record)

    def cards(self, visitor: str) -> list[protocol.RunCard]:
        """The visitor's runs, the latest first."""
        return [card_of(run) if run else kept_card(record) for record, run in self._registry.of(visitor)]

    @property
    def most(self) -> int:
        """How many runs a visitor may have."""
        return self._shares.visitor

    def _bring_back(self, record: RunRecord) -> Run:
        recipe = recipe_of(record)
        lessons = self._digits(recipe)
        run = Run(
            record.id,
            record.visitor,
            recipe,
            member.trainees(recipe, lessons),
            lessons,
            record.created,
            parent=record.parent,
            branched_at=record.branched_at,
        )
        self._keeper.bring_back(run, record)
        return run

    def _put_away(self, run: Run) -> RunRecord | None:
        """The record of a run that may leave memory: it stands still, and the store has all of it."""
        if run.running or self._trainer.has(run) or not self._keeper.has_all_of(run):
            return None
        return self._keeper.record(run)

    def _parent(self, run_id: str) -> tuple[str, int] | None:
        record = self._registry.record(run_id)
        if record is None or record.parent is None or record.branched_at is None:
            return None
        return record.parent, record.branched_at

    # -- controlling ------------------------------------------------------------------------------------------------

    def control(self, run_id: str, action: protocol.Action, visitor: str) -> protocol.RunState | None:
        """Do something with a run of one's own; its state then, None where it is gone."""
        if action == "delete":
            self._delete(run_id, visitor)
            return None
        with self.using(run_id) as run:
            _own(run, visitor)
            if action == "reset":
                self._reset(run)
            with _acting(run):
                run.resumes = False
                if action != "reset":
                    self._act(run, action)
                state = state_of(run, visitor)
            if state.status == "running":
                self._trainer.add(run)
            else:
                self._trainer.hurry(run)
                self._saver.soon(run)
            run.tell()
            return state

    def _act(self, run: Run, action: protocol.Action) -> None:
        try:
            _ACTIONS[action](run)
        except EngineError:
            raise
        except Exception:
            self._failed(run)
            raise

    def tune(self, run_id: str, lr: float | None, speed: float | None, visitor: str) -> protocol.RunState:
        """Another learning rate, another speed, for a run of one's own."""
        with self.using(run_id) as run:
            _own(run, visitor)
            with _acting(run):
                run.tune(lr, speed)
                state = state_of(run, visitor)
            if speed is not None:
                self._trainer.hurry(run)
            if state.status != "running":  # else it is kept in a moment
                self._saver.soon(run)
            run.tell()
            return state

    def _reset(self, run: Run) -> None:
        """Back to step 0; a branch goes back to where it branched off."""
        start = run.branched_at or 0
        with run.turn:
            moment = run.moment()
        trainees = self._past.members(run, moment, start)
        for trainee in trainees:
            trainee.rates = [(since, rate) for since, rate in trainee.rates if since <= start]
        with run.saving:
            with _acting(run):
                run.pause()  # nothing is learned any more that would be kept
            self._keeper.cut(run, start)
            with _acting(run):
                run.begin_anew(trainees)

    def _delete(self, run_id: str, visitor: str) -> None:
        """It need not come back into memory for that, and its digits may be gone."""
        with self._registry.removing(run_id) as entry:
            if entry.record.visitor != visitor:
                raise _somebody_elses(run_id)
            self._erase(run_id, entry.run)

    def _erase(self, run_id: str, run: Run | None) -> None:
        """Throw a run away, in memory and in the store; whoever looks at it is told."""
        if run is None:
            self._store.delete(run_id)
            return
        with run.saving:  # whoever saves it later finds it gone
            self._store.delete(run_id)
            with run.turn:
                run.end()
        self._trainer.hurry(run)
        run.tell()

    def _failed(self, run: Run) -> None:
        """A training step went wrong, and may be half done: back to what was kept last. The caller has the turn."""
        if run.running:
            try:
                run.restore(self._store.latest(run.id)[0])
            except Exception:
                log.exception("run %s could not be taken back", run.id)
            run.pause(FAILED)

    def _save(self, run: Run) -> None:
        self._keeper.save(run)
        self._registry.tidy()

    # -- watching ---------------------------------------------------------------------------------------------------

    @contextmanager
    def watching(self, asked: protocol.Watch, visitor: str, changed: Callable[[], None]) -> Iterator[Viewer]:
        """A viewer of a run, told of changes from any thread. A run that was cut short by a restart goes on."""
        with self.using(asked.run) as run:
            with _acting(run):
                if resumes := run.resumes and run.visitor == visitor:
                    run.resumes = False
                    run.start_again()
                run.listeners = (*run.listeners, changed)
            try:
                if resumes:
                    self._trainer.add(run)
                yield Viewer(run, visitor, asked.parts, asked.member, asked.known, self._clock)
            finally:
                with run.turn:
                    listeners = list(run.listeners)
                    listeners.remove(changed)
                    run.listeners = tuple(listeners)

    # -- the past ---------------------------------------------------------------------------------------------------

    def past(self, run_id: str, step: int | None, index: int = 0) -> Training:
        """A copy of a network as it was after `step` training steps, or is now, which goes its own way.

        Raises:
            RunError: the run has not come so far, has no such member, or trains no network; it is too far away.
        """
        found = self.trainee(run_id, step, index)
        if not isinstance(found, Training):
            raise RunError("This run fits a curve", given="a run on points", expected="a run on digits")
        return found

    def trainee(self, run_id: str, step: int | None, index: int = 0) -> Training | CurveTraining:
        """The same of any run. Raises RunError: it has not come so far, or has no such member; it is too far away."""
        with self.using(run_id) as run:
            with run.turn:
                moment = run.moment()
            found = self._past.member(run, moment, moment.step if step is None else step, index)
            assert isinstance(found, Training | CurveTraining)
            return found

    def evaluate(self, asked: protocol.Evaluate) -> protocol.Evaluation:
        """The test set at a training step, or now."""
        with self.using(asked.run) as run:
            if run.lessons is None:
                raise RunError("This run fits a curve", given="a run on points", expected="a run on digits")
            with run.turn:
                moment = run.moment()
            step = moment.step if asked.step is None else asked.step
            found = self._tests.get(
                (moment.life, step, asked.member),
                lambda: self._past.member(run, moment, step, asked.member),
                run.lessons,
            )
            return inquiry.evaluation(asked, found, run.lessons)

    def compare(self, asked: protocol.Compare) -> protocol.Comparison:
        """Two training steps side by side."""
        first = self.past(asked.run, asked.step, asked.member)
        return inquiry.comparison(asked, first, self.past(asked.run, asked.other, asked.member))


@contextmanager
def _acting(run: Run) -> Iterator[None]:
    """The run's turn, for something that a run which is gone does not do."""
    with run.turn:
        if run.gone:
            raise UnknownRunError(run.id)
        yield


def _own(run: Run, visitor: str) -> None:
    if run.visitor != visitor:
        raise _somebody_elses(run.id)


def _somebody_elses(run_id: str) -> EngineError:
    return RunError("This run belongs to somebody else", given=run_id, expected="a run of your own: branch this one")


_ACTIONS: dict[str, Callable[[Run], None]] = {
    "start": Run.start,
    "pause": Run.pause,
    "step": Run.one_step,
    "epoch": Run.to_epoch,
    "stop": Run.stop,
}
