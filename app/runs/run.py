"""A run: its members, how far they are, their curves, and whether it goes on. No clock, no thread, no file."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from threading import Lock

from app.protocol import MemberPlan, Recipe, Status
from app.runs import recipes
from app.runs.curves import LOSS, Curves
from app.runs.errors import RunError, RunLimitError
from app.runs.exam import final_exam, short_exam
from app.runs.facts import Facts
from app.runs.lessons import Lessons
from app.runs.member import Trainee
from app.runs.moment import Moment, Saved, member_state
from app.runs.turn import Turn
from app.runs.watchman import PATIENCE, Watchman, divergence
from app.store import Snapshot
from engine.data import CLASSES
from engine.train import Training

SAMPLED_FIRST = 100
"""So many training steps are all measured; of those that follow every tenth: measuring costs a fifth of a step."""

SAMPLE_EVERY = 10

TESTS_AN_EPOCH = 6

SLOWEST = 0.01
"""Training steps a second below which a run would look as if it stood still."""

MOST_RATES = 1_000
"""Learning rates set by hand that one run may have: every message about it tells them all."""

GUESSING = math.log(CLASSES)
"""The loss of who gives every digit the same probability."""

_lives = count()


class Run:
    """One run. Whoever changes it, or reads what changes, holds its `turn`.

    Locks are taken in this order: `saving`, then `turn`; neither while anything else is locked that others wait for.

    Attributes:
        id, visitor, recipe, parent, branched_at, created: as it was made.
        trainees: its members, in order.
        plans: their parameters, in words.
        lessons: the digits it learns from; None for a curve.
        facts: status and the like.
        curves: one a member and name.
        kept: training steps that have a snapshot, ascending.
        saved: what else the store has.
        notes: what is to be said plainly.
        version: grows with every change but those of step and curves.
        life: see `Moment`.
        saving: held while the run is written to the store.
        listeners: whoever looks at it; called, from any thread and without the turn, when there are news.
        gone: whether it has been deleted: nothing may be done with it any more.
        resumes: whether it was running when the server ended, and goes on when somebody looks.
        pace: training steps a second, measured; NaN while that is not known.
    """

    def __init__(
        self,
        run_id: str,
        visitor: str,
        recipe: Recipe,
        trainees: Sequence[Trainee],
        lessons: Lessons | None,
        created: float,
        *,
        parent: str | None = None,
        branched_at: int | None = None,
    ) -> None:
        self.id, self.visitor, self.recipe, self.created = run_id, visitor, recipe, created
        self.parent, self.branched_at = parent, branched_at
        self.trainees, self.lessons = list(trainees), lessons
        self.facts = Facts()
        self.curves = Curves()
        self.kept: list[int] = []
        self.saved = Saved()
        self.notes: list[str] = [lessons.note] if lessons else []
        self.turn, self.saving = Turn(), Lock()
        self.version = 0
        self.life = next(_lives)
        self.listeners: tuple[Callable[[], None], ...] = ()
        self.gone = False
        self.resumes = False
        self.pace = math.nan
        self._watchmen = [Watchman(0.0 if lessons is None else GUESSING) for _ in trainees]
        self._plans = recipes.plans(recipe)

    # -- what it is -------------------------------------------------------------------------------------------------

    @property
    def step(self) -> int:
        """Training steps done."""
        return max(trainee.step for trainee in self.trainees)

    @property
    def steps(self) -> int:
        """Training steps in all."""
        return self.trainees[0].steps

    @property
    def steps_per_epoch(self) -> int:
        """Training steps in which every picture is seen once."""
        return self.trainees[0].steps_per_epoch

    @property
    def running(self) -> bool:
        """Whether it wants to take training steps."""
        return self.facts.status == "running"

    @property
    def title(self) -> str:
        """A few words."""
        return recipes.title(self.recipe)

    @property
    def plans(self) -> list[MemberPlan]:
        """The parameters of each member."""
        if any(plan.pytorch is None for plan in self._plans):  # it may have been loaded since
            self._plans = recipes.plans(self.recipe)
        return self._plans

    def seconds_left(self) -> float | None:
        """How long it will take to where it runs to; None while that is not known."""
        speed = self.facts.speed
        pace = min(self.pace, speed) if speed else self.pace
        return (self.facts.target - self.step) / pace if self.running and pace > 0 else None

    def moment(self) -> Moment:
        """How it stands."""
        return Moment(
            self.step,
            tuple(trainee.step for trainee in self.trainees),
            tuple(tuple(trainee.rates) for trainee in self.trainees),
            dict(self.facts.ended),
            tuple(self.kept),
            self.life,
        )

    def tell(self) -> None:
        """Say that there are news; the caller does not hold the turn."""
        for listener in self.listeners:
            listener()

    def note(self, words: str) -> None:
        """Say something plainly, once."""
        if words not in self.notes:
            self.notes.append(words)
            self.version += 1

    def forget_note(self, beginning: str) -> None:
        """Say it no longer."""
        if any(note.startswith(beginning) for note in self.notes):
            self.notes = [note for note in self.notes if not note.startswith(beginning)]
            self.version += 1

    # -- what may be done with it -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Run to the end."""
        self._go(self.steps)

    def to_epoch(self) -> None:
        """Run to the end of the epoch."""
        self._go(min(self.steps, (self.step // self.steps_per_epoch + 1) * self.steps_per_epoch))

    def one_step(self) -> None:
        """Take one training step, now."""
        self._go(self.step + 1)
        self.advance()

    def pause(self, says: str = "") -> None:
        """Stand still."""
        if self.running:
            self._be("paused", says)

    def stop(self) -> None:
        """End here."""
        if self.facts.status != "diverged":
            self._be("done", f"Stopped at training step {self.step:,} of {self.steps:,}. {self._reached()}")

    def start_again(self) -> None:
        """Run on to where it was running to when the server ended."""
        self._go(max(self.facts.target, self.step + 1))

    def end(self) -> None:
        """It has been deleted."""
        self.pause()
        self.gone = True
        self.version += 1

    def tune(self, lr: float | None, speed: float | None) -> None:
        """Another learning rate from the next training step on, another speed.

        Raises:
            EngineError: one of them cannot be; nothing has been changed then.
        """
        if speed is not None and 0 < speed < SLOWEST:
            raise RunError(
                "A run this slow would look as if it stood still",
                given=f"{speed:g} training steps a second",
                expected=f"{SLOWEST:g} or more, or 0 for full speed",
            )
        if lr is not None:
            self._set_rate(lr)
        if speed is not None:
            self.facts.speed = speed
        self.version += 1

    def _set_rate(self, lr: float) -> None:
        if len(self.trainees) > 1:
            raise RunError(
                "The members of a comparison have learning rates of their own", given=f"{lr:g}", expected="a new run"
            )
        (only,) = self.trainees
        if len(only.rates) >= MOST_RATES and only.rates[-1][0] < self.step:
            raise RunLimitError(
                "The learning rate of this run has been changed as often as it may be",
                given=f"{len(only.rates):,} changes",
                expected=f"at most {MOST_RATES:,}: go on with a branch from before some of them",
            )
        only.set_rate(lr)

    def _go(self, target: int) -> None:
        facts = self.facts
        if self.step >= self.steps:
            raise RunError(
                "This run has come to its end",
                given=f"{self.step:,} training steps done",
                expected=f"a branch from one of them, a reset, or a run of more than {self.steps:,}",
            )
        if facts.status == "diverged":
            if not all(math.isfinite(loss) for loss in self._last_losses()):
                raise RunError(
                    "Nothing can be learned from here",
                    given="a loss that is no finite number",
                    expected="a branch from an earlier training step, or a reset",
                )
            facts.defiant, facts.ended = True, {}
        facts.target = target
        self._be("running", "")

    def _be(self, status: Status, says: str) -> None:
        self.facts.status, self.facts.says = status, says
        if status != "running":
            self.pace = math.nan
        self.version += 1

    # -- the training step ------------------------------------------------------------------------------------------

    def advance(self) -> None:
        """One training step of every member that can still learn."""
        number = self.step + 1
        sampled = number <= SAMPLED_FIRST or number % SAMPLE_EVERY == 0
        for index, trainee in enumerate(self.trainees):
            if index in self.facts.ended:
                self.curves.append(index, LOSS, number, math.nan)  # entry i is training step i + 1, in every curve
                continue
            loss = trainee.advance(sample=sampled)
            self.curves.append(index, LOSS, number, loss)
            if sampled:
                self._note_sample(index, number, trainee)
            if wrong := self._watchmen[index].sees(loss):
                self._end(index, number, wrong, finite=math.isfinite(loss))
        if self.lessons and (number % self._test_every == 0 or number == self.steps):
            self._test(number, self.lessons)
        if len(self.facts.ended) == len(self.trainees):
            self._be("diverged", next(iter(self.facts.ended.values()))[1])
        elif number >= self.steps:
            self._be("done", self._reached())
        elif number >= self.facts.target:
            self._be("paused", "")

    @property
    def _test_every(self) -> int:
        return max(1, self.steps_per_epoch // TESTS_AN_EPOCH)

    def _note_sample(self, index: int, number: int, trainee: Trainee) -> None:
        sample = trainee.sample
        if not math.isnan(sample.accuracy):
            self.curves.append(index, "accuracy", number, sample.accuracy)
        for layer, (norm, ratio) in enumerate(zip(sample.grad_norms, sample.update_ratios, strict=True)):
            self.curves.append(index, f"grad_norm.{layer}", number, norm)
            self.curves.append(index, f"update_ratio.{layer}", number, ratio)

    def _test(self, number: int, lessons: Lessons) -> None:
        for index, training in self._learning():
            mark = short_exam(training, lessons)
            self.curves.append(index, "test_loss", number, mark.loss)
            self.curves.append(index, "test_accuracy", number, mark.accuracy)

    def _learning(self) -> list[tuple[int, Training]]:
        """The networks that have not diverged."""
        members = enumerate(self.trainees)
        return [(i, one) for i, one in members if isinstance(one, Training) and i not in self.facts.ended]

    def _end(self, index: int, number: int, wrong: str, *, finite: bool) -> None:
        if finite and self.facts.defiant:
            return
        trainee = self.trainees[index]
        rate = max(trainee.rate(step) for step in range(max(0, number - PATIENCE), number))
        zero_grad = not isinstance(trainee, Training) or trainee.recipe.zero_grad
        self.facts.ended[index] = number, divergence(number, wrong, rate, zero_grad=zero_grad)
        self.version += 1

    def _reached(self) -> str:
        """What was learned, on all test pictures."""
        if self.lessons is None:
            return ""
        labels = [f"{plan.label}: " if len(self._plans) > 1 else "" for plan in self._plans]
        return final_exam([(labels[index], training) for index, training in self._learning()], self.lessons)

    def _last_losses(self) -> list[float]:
        return [float(self.curves.get(i, LOSS).since(self.step - 1).y[-1]) for i in range(len(self.trainees))]

    # -- the past ---------------------------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """All members as they stand."""
        states = [trainee.state() for trainee in self.trainees]
        arrays = {f"{index}/{name}": array for index, (_, found) in enumerate(states) for name, array in found.items()}
        return Snapshot(self.step, {"members": [meta for meta, _ in states]}, arrays)

    def restore(self, snapshot: Snapshot) -> None:
        """All members as they stood; what came later is forgotten."""
        for index, trainee in enumerate(self.trainees):
            trainee.load(*member_state(snapshot, index))
        self._take_up(self.facts.ended)

    def begin_anew(self, trainees: Sequence[Trainee]) -> None:
        """Forget everything after the training step at which these members are."""
        self.trainees = list(trainees)
        ended, self.facts = self.facts.ended, Facts(speed=self.facts.speed)
        self._take_up(ended)

    def branch_off(self, moment: Moment, curves: Curves, speed: float) -> None:
        """Go on from what another run had learned; the members are already where it was."""
        self.curves = curves
        self.facts.speed = speed
        self._take_up(moment.ended)

    def _take_up(self, ended: Mapping[int, tuple[int, str]]) -> None:
        """Stand where the members are, with the losses up to there.

        Whoever goes on from where the loss has long been too high means to: no alarm is given for it again.
        """
        facts = self.facts
        self.curves.cut(self.step)
        facts.ended = {index: end for index, end in ended.items() if end[0] <= self.step}
        for index, watchman in enumerate(self._watchmen):
            watchman.read(self.curves.get(index, LOSS).since(0).y)
            facts.defiant = facts.defiant or (index not in facts.ended and watchman.alarmed)
        if len(facts.ended) == len(self.trainees):
            self._be("diverged", next(iter(facts.ended.values()))[1])
        elif facts.status == "diverged":
            self._be("paused", "")
        self.life = next(_lives)
        self.version += 1

    def mend_curves(self) -> list[str]:
        """Fill gaps at the end of the losses with NaN, which curves show as gaps; the names of what was mended."""
        mended = []
        for index in range(len(self.trainees)):
            curve = self.curves.get(index, LOSS)
            if len(curve) < self.step:
                missing = range(len(curve) + 1, self.step + 1)
                self.curves.extend(index, LOSS, missing, [math.nan] * len(missing))
                mended.append(LOSS)
        return mended
