"""Any training step of a run, to be walked: its batch forward and backward, and its update; or one test picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.labs.curve import CurveTraining
from app.runs.errors import RunError, UnknownRunError
from app.runs.run import Run
from app.runs.runs import Runs
from app.scene import Opened, Request, TrainingStep
from app.scenes.training_trace import Traced, Trained, picture_trace, training_trace
from engine.data import Dataset, rows
from engine.expression import Limits
from engine.train import Training

LONGEST = 9
"""Digits of the largest number that a choice may be."""


@dataclass(frozen=True, slots=True)
class RunStepScene:
    """The update that takes a run from `step` - 1 training steps done to `step`, with the run's own numbers.

    It is opened with the choices `run`, `step` from 1 on, `member` of a comparison (0 where there is none), and, to see
    one test picture as the network saw it before that step, `picture`, its place in the test set.

    Attributes:
        runs: finds runs, and takes them back in time.
    """

    runs: Runs
    id: str = "run-step"
    title: str = "A training step"
    says: str = "One training step of a run, with the run's own numbers: forward, loss, backward, update."
    source: str = ""
    listed: bool = False

    def open(self, request: Request, limits: Limits) -> Opened:
        """Take the run back to just before the step, and record what follows.

        Raises:
            UnknownRunError: there is no such run, or no longer.
            RunError: it has no such member, has not come so far, or will never; or there is no such picture.
        """
        choices = request.choices
        if "run" not in choices:
            raise UnknownRunError("none")
        step, member = number(choices, "step", "1"), number(choices, "member", "0")
        picture = number(choices, "picture", "") if "picture" in choices else None
        with self.runs.using(choices["run"]) as run:
            last = run.steps + (picture is not None)  # a picture may also be seen after the last update
            if not 1 <= step <= last:
                raise RunError("There is no such training step", given=f"{step:,}", expected=f"1 to {last:,}")
            training = self.runs.trainee(run.id, step - 1, member)
            if training.step < step - 1 and picture is None:
                raise RunError(
                    "This network stopped learning before", given=f"{step:,}", expected=f"1 to {training.step + 1:,}"
                )
            place = TrainingStep(run.id, member_title(run, member), step, run.steps, run.step, member, picture)
            if picture is None:
                traced, notes = training_trace(training), step_notes(training, place)
            else:
                if run.lessons is None or isinstance(training, CurveTraining):
                    raise RunError(
                        "This run has seen no pictures", given=f"picture {picture:,}", expected="a run on digits"
                    )
                traced, notes = see(training, run.lessons.test, picture), picture_notes(run.lessons.test, place)
            return Opened(
                traced.trace,
                notes=tuple(note for note in (*notes, *run.notes) if note),
                updates=traced.updates,
                changes=traced.changes,
                training=place,
            )


def number(choices: Mapping[str, str], name: str, default: str) -> int:
    """A choice that is a whole number, from 0 on."""
    text = choices.get(name, default)
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST):
        raise RunError(f"The {name} is a number", given=text[:40] or "nothing", expected="a whole number from 0 on")
    return int(text)


def member_title(run: Run, member: int) -> str:
    """The run in a few words; of a comparison the member."""
    return run.plans[member].label if len(run.trainees) > 1 else run.title


def see(training: Training, test: Dataset, picture: int) -> Traced:
    """One test picture forward and backward, with its true label."""
    if not picture < len(test):
        raise RunError("There is no such test picture", given=f"{picture:,}", expected=f"0 to {len(test) - 1:,}")
    one = slice(picture, picture + 1)
    return picture_trace(training, rows(test.images[one]), test.labels[one])


def step_notes(training: Trained, place: TrainingStep) -> tuple[str, ...]:
    """Which training step this is, and how far the run has gone on since."""
    epoch, batch = divmod(place.step - 1, training.steps_per_epoch)
    seen = (
        f"all {len(training.x):,} points"
        if isinstance(training, CurveTraining)
        else f"batch {batch + 1:,} of {training.steps_per_epoch:,} in epoch {epoch + 1:,}"
    )
    return f"Training step {place.step:,} of {place.steps:,} of the run {place.title}: {seen}.", since(place)


def picture_notes(test: Dataset, place: TrainingStep) -> tuple[str, ...]:
    """Which test picture this is, and who sees it."""
    assert place.picture is not None
    when = f"before training step {place.step:,}" if place.step <= place.steps else "after its last training step"
    which = (
        f"Test picture {place.picture:,} of {len(test):,}, a {test.labels[place.picture]}, as the run {place.title} "
        f"saw it {when}. Nothing is learned from it."
    )
    return which, since(place)


def since(place: TrainingStep) -> str:
    """How far the run has gone on since this training step."""
    if place.done < place.step:
        return "The run stands here: this training step would be its next." if place.step <= place.steps else ""
    if place.done == place.step:
        return "It is the latest training step that the run has taken."
    return f"The run has gone on since: it has taken {place.done:,} training steps."
