"""Back to any training step: from the nearest snapshot that fits, the training steps between are taken again."""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

from app.runs import member as members
from app.runs.errors import RunError, RunLimitError
from app.runs.member import Trainee
from app.runs.moment import Moment, member_state
from app.runs.run import Run
from app.store import MissingError, Snapshot, Store

REPLAY_SECONDS = 10.0
"""How long somebody may keep the server busy with going back; the snapshots of a large network are far apart."""

TRIAL_SECONDS = 0.3
"""After so long it is reckoned how long the rest will take."""

Parent = Callable[[str], tuple[str, int] | None]
"""Of a run, which one it branched off from, and after how many training steps; None where it did not, or is gone."""


class Past:
    """Takes copies of members back in time. Any thread may ask.

    Args:
        store: where snapshots are.
        parent: finds the run that another branched off from.
        clock: seconds from any beginning.
    """

    def __init__(self, store: Store, parent: Parent, clock: Callable[[], float]) -> None:
        self._store, self._parent, self._clock = store, parent, clock
        self._ended = False

    def end(self) -> None:
        """The server ends: whoever is on the way back gives up."""
        self._ended = True

    def member(self, run: Run, moment: Moment, step: int, index: int) -> Trainee:
        """A copy of a member as it was after `step` training steps, which goes its own way.

        Args:
            run: the run, as it stood at `moment`.
            moment: had in its turn, so that the member, its rates and how far it is belong together.
            step: where to.
            index: which member; one that had diverged before is as it was then.

        Raises:
            RunError: the run had not come so far, or has no such member.
            RunLimitError: it would take too long.
        """
        if not 0 <= index < len(moment.done):
            raise RunError("There is no such member", given=str(index), expected=f"0 to {len(moment.done) - 1}")
        (found,) = self._members(run, moment, step, [index])
        return found

    def members(self, run: Run, moment: Moment, step: int) -> list[Trainee]:
        """The same of all members."""
        return self._members(run, moment, step, range(len(moment.done)))

    def _members(self, run: Run, moment: Moment, step: int, wanted: range | list[int]) -> list[Trainee]:
        if not 0 <= step <= moment.step:
            raise RunError(
                "The run has not come so far", given=f"training step {step:,}", expected=f"0 to {moment.step:,}"
            )
        snapshot = self._snapshot(run, moment, step)
        found = []
        for index in wanted:
            trainee = members.trainee(run.recipe, run.lessons, index)
            if snapshot:
                trainee.load(*member_state(snapshot, index))
            trainee.rates = list(moment.rates[index])
            found.append(trainee)
        ways = [Way(one, min(step, moment.done[i])) for one, i in zip(found, wanted, strict=True)]
        self._replay(ways, moment, step, snapshot.step if snapshot else 0)
        return found

    def _snapshot(self, run: Run, moment: Moment, step: int) -> Snapshot | None:
        """The nearest snapshot before, of the run or of one that it came from; None: from the beginning."""
        for run_id in self._lineage(run, step):
            try:
                snapshot, _ = self._store.latest(run_id, step)
            except MissingError:
                continue
            if fits(snapshot, moment):
                return snapshot
        return None

    def _lineage(self, run: Run, step: int) -> Iterator[str]:
        """The run, and those before it where it was still one with them."""
        yield run.id
        origin = None if run.parent is None or run.branched_at is None else (run.parent, run.branched_at)
        while origin and step <= origin[1]:
            yield origin[0]
            origin = self._parent(origin[0])

    def _replay(self, ways: list[Way], moment: Moment, step: int, begin: int) -> None:
        """Take all training steps that are missing."""
        left = sum(max(0, way.until - way.trainee.step) for way in ways)
        start, taken, tried = self._clock(), 0, False
        for trainee, until in ways:
            while trainee.step < until:
                trainee.advance()
                taken += 1
                took = self._clock() - start
                if took > TRIAL_SECONDS and not tried:
                    tried = True
                    if took / taken * left > REPLAY_SECONDS:
                        raise too_far(moment, step, begin, took / taken * left)
                if took > 2 * REPLAY_SECONDS:  # the machine has become slower since it was tried
                    raise too_far(moment, step, begin, took / taken * left)
                if self._ended:
                    raise RunError("The server is ending", given=f"training step {step:,}", expected="another try soon")


class Way(NamedTuple):
    """A member, and the training step it is to be taken to."""

    trainee: Trainee
    until: int


def fits(snapshot: Snapshot, moment: Moment) -> bool:
    """Whether a snapshot belongs to this past: it came about by the same learning rates.

    It does not where a run has begun anew since, or the one it branched off from, and learned otherwise.
    """
    return all(
        _until(meta["rates"], meta["step"]) == _until(rates, meta["step"])
        for meta, rates in zip(snapshot.meta["members"], moment.rates, strict=True)
    )


def _until(rates: list[list[float]] | tuple[tuple[int, float], ...], step: int) -> list[tuple[float, float]]:
    return [(since, lr) for since, lr in rates if since < step]


def too_far(moment: Moment, step: int, begin: int, seconds: float) -> RunLimitError:
    """That way is too long; says which training steps are near."""
    reach = begin + math.floor((step - begin) * REPLAY_SECONDS / seconds)
    place = bisect.bisect_left(moment.kept, step)
    later = f", or {moment.kept[place]:,} and some more" if place < len(moment.kept) else ""
    return RunLimitError(
        "That lies too far from what is kept of this run",
        given=f"the network after {step:,} training steps, {step - begin:,} from where it was kept: "
        f"{seconds:,.0f} seconds of training",
        expected=f"{begin:,} to {reach:,} training steps{later}",
    )
