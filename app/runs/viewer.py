"""What one browser is told of the run it watches: always the newest, never what it has already."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from threading import Lock

from app.labs.curve import CurveTraining
from app.protocol import Error, Part, RunAnswer, RunFrame, SeriesChunk
from app.runs import parts
from app.runs.curves import LOSS
from app.runs.run import Run
from app.runs.states import state_of
from engine.train import Training

PARTS_SECONDS = 0.12
"""Histograms and pictures are made no more often: they cost more than the training step of a small network."""

PARTS_SHARE = 10
"""So many times as long as all viewers' parts take is trained between them: a large network's are made less often."""

Told = RunAnswer | RunFrame | Error


class Viewer:
    """One browser's view of one run.

    Args:
        run: the run.
        visitor: who looks.
        wanted: the heavy parts that are looked at.
        member: whose.
        known: how many losses the browser has.
        clock: seconds from any beginning.
    """

    def __init__(
        self, run: Run, visitor: str, wanted: Collection[Part], member: int, known: int, clock: Callable[[], float]
    ) -> None:
        self.run = run
        self._visitor, self._wanted, self._clock = visitor, frozenset(wanted), clock
        self._member = min(member, len(run.trainees) - 1)
        self._known = known
        self._sent: dict[tuple[int, str], int] = {}
        self._version = -1
        self._step = -1
        self._life = run.life
        self._parts_due = -math.inf
        self._parts_of = -1
        self._parted = False
        self._lock = Lock()

    def news(self) -> list[Told]:
        """What has changed since the last time; nothing where nothing has."""
        with self._lock:
            told: list[Told] = []
            run = self.run
            with run.turn:
                if run.gone:
                    return self._farewell()
                if run.version != self._version:
                    self._version = run.version
                    told.append(RunAnswer(request_seq=None, state=state_of(run, self._visitor)))
                if run.life != self._life:
                    self._life, self._known, self._step, self._parts_of = run.life, 0, -1, -1
                    self._sent.clear()
                if self._known > run.step:  # of a life that is over, or of steps that were lost
                    self._known = 0
                heavy = self._parts_of != run.step and (self._clock() >= self._parts_due or not run.running)
                if run.step != self._step or heavy:
                    told.append(self._frame(heavy=heavy))
            return told

    def _farewell(self) -> list[Told]:
        if self._parted:
            return []
        self._parted = True
        return [
            Error(
                request_seq=None,
                code="unknown_run",
                message="This run has been deleted",
                given=self.run.title,
                expected="another run, or a new one",
            )
        ]

    def _frame(self, *, heavy: bool) -> RunFrame:
        run, wanted = self.run, self._wanted
        self._step = run.step
        begin = self._clock()
        seen = run.trainees[self._member]
        network = seen if isinstance(seen, Training) and heavy else None
        maps, gradients = parts.weight_maps(network) if network and "maps" in wanted else (None, None)
        frame = RunFrame(
            run=run.id,
            step=run.step,
            rate=seen.rate(max(0, run.step - 1)),
            pace=run.pace,
            seconds_left=run.seconds_left(),
            series=self._pieces(),
            layers=parts.layers(network) if network and "layers" in wanted else None,
            maps=maps,
            gradient_maps=gradients,
            batch=parts.batch(network) if network and "batch" in wanted else None,
            curve=seen.parts() if isinstance(seen, CurveTraining) and heavy else None,
        )
        if heavy:
            now = self._clock()
            self._parts_of = run.step
            self._parts_due = begin + max(PARTS_SECONDS, PARTS_SHARE * len(run.listeners) * (now - begin))
        return frame

    def _pieces(self) -> list[SeriesChunk]:
        """What is new of every curve; the first time from what the browser knows on, even where that is nothing."""
        found = []
        for member, name, curve in self.run.curves.items():
            first = (member, name) not in self._sent
            start = self._sent.get((member, name), curve.index_after(self._known))
            piece = curve.since(start)
            self._sent[member, name] = piece.start + len(piece.y)
            if len(piece.y) or first:
                x = None if name == LOSS else piece.x.astype("<i4").tobytes()
                found.append(
                    SeriesChunk(member=member, name=name, start=piece.start, x=x, y=piece.y.astype("<f4").tobytes())
                )
        return found
