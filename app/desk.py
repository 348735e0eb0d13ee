"""The training part of a session: answers messages about runs, for one visitor, and looks at one run at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any

from app import protocol
from app.labs.race import race
from app.runs.runs import Runs
from app.runs.states import state_of
from app.runs.viewer import Told, Viewer
from engine.errors import EngineError

Answered = Iterator[protocol.TrainingAnswer | protocol.TrainingFrame]


class Desk:
    """Answers one visitor. Not thread-safe but for `news`.

    Args:
        runs: all runs of the server.
        changed: called, from any thread, when `news` has something to tell.

    Attributes:
        visitor: whose runs may be controlled here; to be set before the first message.
    """

    def __init__(self, runs: Runs, changed: Callable[[], None]) -> None:
        self._runs, self._changed = runs, changed
        self._watching = ExitStack()
        self._viewer: Viewer | None = None
        self.visitor = ""

    def news(self) -> list[Told]:
        """What the watched run has to tell since the last time. Any thread may ask."""
        viewer = self._viewer
        return viewer.news() if viewer else []

    def close(self) -> None:
        """Look no longer."""
        self._viewer = None
        self._watching.close()

    def handle(self, message: protocol.TrainingRequest) -> Answered:
        """Answer one message. Raises the engine's errors."""
        return self._ANSWERS[type(message)](self, message)

    def _plan(self, message: protocol.Plan) -> Answered:
        yield self._runs.plan(message.recipe).model_copy(update={"request_seq": message.seq})

    def _create(self, message: protocol.CreateRun) -> Answered:
        yield from self._look(self._runs.create(message.recipe, self.visitor), message.seq)

    def _branch(self, message: protocol.Branch) -> Answered:
        branch = self._runs.branch(message.run, message.step, message.lr, self.visitor)
        yield from self._look(branch, message.seq)

    def _look(self, run: str, seq: int) -> Answered:
        yield from self._watch(protocol.Watch(type="watch", seq=seq, run=run))

    def _watch(self, message: protocol.Watch) -> Answered:
        # The new one first: a run that is watched anew must not be taken for one that nobody watches.
        with ExitStack() as opened:
            viewer = opened.enter_context(self._runs.watching(message, self.visitor, self._changed))
            with viewer.run.turn:
                state = state_of(viewer.run, self.visitor)
            self.close()
            self._watching, self._viewer = opened.pop_all(), viewer
        yield protocol.RunAnswer(request_seq=message.seq, state=state)
        self._changed()

    def _unwatch(self, message: protocol.Unwatch) -> Answered:
        self.close()
        yield protocol.Unwatched(request_seq=message.seq)

    def _control(self, message: protocol.Control) -> Answered:
        viewer = self._viewer
        leaves = message.action == "delete" and viewer is not None and viewer.run.id == message.run
        if leaves:
            self._viewer = None  # the answer says so; all others who look are told unasked
        try:
            state = self._runs.control(message.run, message.action, self.visitor)
        except EngineError:
            self._viewer = viewer
            raise
        if leaves:
            self.close()
        if state is None:
            yield protocol.Deleted(request_seq=message.seq, run=message.run)
        else:
            yield protocol.RunAnswer(request_seq=message.seq, state=state)

    def _tune(self, message: protocol.Tune) -> Answered:
        state = self._runs.tune(message.run, message.lr, message.speed, self.visitor)
        yield protocol.RunAnswer(request_seq=message.seq, state=state)

    def _evaluate(self, message: protocol.Evaluate) -> Answered:
        yield self._runs.evaluate(message)

    def _compare(self, message: protocol.Compare) -> Answered:
        yield self._runs.compare(message)

    def _list(self, message: protocol.ListRuns) -> Answered:
        yield protocol.Runs(request_seq=message.seq, runs=self._runs.cards(self.visitor), most=self._runs.most)

    def _surface(self, message: protocol.Surface) -> Answered:
        yield race(message)

    _ANSWERS: Mapping[type, Callable[[Any, Any], Answered]] = {
        protocol.Plan: _plan,
        protocol.CreateRun: _create,
        protocol.Branch: _branch,
        protocol.Watch: _watch,
        protocol.Unwatch: _unwatch,
        protocol.Control: _control,
        protocol.Tune: _tune,
        protocol.Evaluate: _evaluate,
        protocol.Compare: _compare,
        protocol.ListRuns: _list,
        protocol.Surface: _surface,
    }
    """Who answers a message."""
