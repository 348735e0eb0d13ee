"""Which runs there are, whose they are, how many there may be, and which of them are in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.runs.errors import RunLimitError, UnknownRunError
from app.runs.run import Run
from app.store import RunRecord

AT_HAND = 8
"""Runs that stay in memory although nobody uses them."""


@dataclass(slots=True, eq=False)
class Entry:
    """A run that there is.

    Attributes:
        record: what was kept of it last; of a run in memory its id, visitor, parent and beginning still hold.
        touched: when somebody last wanted something of it, in seconds since 1970.
        run: itself, where it is in memory.
        uses: by how many it is used.
        opening: held while it is brought back into memory, or thrown away.
    """

    record: RunRecord
    touched: float
    run: Run | None = None
    uses: int = 0
    opening: threading.Lock = field(default_factory=threading.Lock)


class Registry:
    """All runs by id. Any thread may call; nobody waits for a run but those who want that run.

    Args:
        records: the runs that there are.
        visitor_most: runs of one visitor.
        most: runs in all.
        now: seconds since 1970.
        bring_back: makes the run of a record, which may take its time.
        put_away: the record of a run that may leave memory; None for one that may not.
    """

    def __init__(
        self,
        records: Iterable[RunRecord],
        visitor_most: int,
        most: int,
        now: Callable[[], float],
        bring_back: Callable[[RunRecord], Run],
        put_away: Callable[[Run], RunRecord | None],
    ) -> None:
        self._visitor_most, self._most, self._now = visitor_most, most, now
        self._bring_back, self._put_away = bring_back, put_away
        self._lock = threading.Lock()
        """Held for moments: nothing is read, written, computed or waited for meanwhile."""
        self._entries = {record.id: Entry(record, record.touched) for record in records}
        self._at_hand: OrderedDict[str, Entry] = OrderedDict()
        """Those in memory, the one used last at the end."""

    @contextmanager
    def using(self, run_id: str) -> Iterator[Run]:
        """A run, which stays in memory meanwhile.

        Raises:
            UnknownRunError: there is none of this id.
            EngineError: it cannot be brought back, such as when its digits are gone.
        """
        with self._using(run_id) as entry:
            with entry.opening:  # others who want this run wait for it, too
                self._require(entry)
                run = entry.run = entry.run or self._bring_back(entry.record)
                with self._lock:
                    self._at_hand[run_id] = entry
                    self._at_hand.move_to_end(run_id)
            yield run

    def _require(self, entry: Entry) -> None:
        if self._entries.get(entry.record.id) is not entry:  # thrown away while its turn was waited for
            raise UnknownRunError(entry.record.id)

    @contextmanager
    def _using(self, run_id: str) -> Iterator[Entry]:
        with self._lock:
            entry = self._entries.get(run_id)
            if entry is None:
                raise UnknownRunError(run_id)
            entry.uses += 1
            entry.touched = self._now()
        try:
            yield entry
        finally:
            with self._lock:
                entry.uses -= 1
                self._tidy()

    def tidy(self) -> None:
        """Some run has been kept, and may now leave memory."""
        with self._lock:
            self._tidy()

    def _tidy(self) -> None:
        """Of the runs that nobody uses only a few stay in memory; the others are in the store."""
        idle = [entry for entry in self._at_hand.values() if not entry.uses]
        for entry in idle[: max(0, len(idle) - AT_HAND)]:
            assert entry.run is not None
            if record := self._put_away(entry.run):
                entry.record, entry.run = record, None
                del self._at_hand[record.id]

    def require_room(self, visitor: str) -> None:
        """Refuse a visitor who has as many runs as one may have."""
        with self._lock:
            self._require_room(visitor)

    def _require_room(self, visitor: str) -> None:
        own = sum(entry.record.visitor == visitor for entry in self._entries.values())
        if own >= self._visitor_most:
            raise RunLimitError(
                "You have as many runs as one visitor may have",
                given=f"{own} runs",
                expected=f"fewer than {self._visitor_most}: delete one you no longer need",
            )

    def admit(self, run: Run, record: RunRecord) -> Entry | None:
        """One more run. Where there are too many, the one untouched for longest goes, and is given back.

        Raises:
            RunLimitError: its visitor has enough, or all runs of the server are in use.
        """
        with self._lock:
            self._require_room(run.visitor)
            leaving = None
            if len(self._entries) >= self._most:
                idle = [e for e in self._entries.values() if not e.uses and not (e.run and e.run.running)]
                if not idle:
                    raise RunLimitError(
                        "This server has as many runs as it may have, and all of them are in use",
                        given=f"{len(self._entries)} runs",
                        expected=f"fewer than {self._most}: try again when somebody has finished",
                    )
                leaving = min(idle, key=lambda entry: entry.touched)
                self._forget(leaving)
            entry = self._entries[run.id] = Entry(record, self._now(), run)
            self._at_hand[run.id] = entry
            self._tidy()
            return leaving

    @contextmanager
    def removing(self, run_id: str) -> Iterator[Entry]:
        """A run that is thrown away meanwhile; nobody finds it afterwards, unless an error is raised.

        Raises:
            UnknownRunError: there is none of this id.
        """
        with self._using(run_id) as entry, entry.opening:
            self._require(entry)
            yield entry
            with self._lock:
                self._forget(entry)

    def _forget(self, entry: Entry) -> None:
        del self._entries[entry.record.id]
        self._at_hand.pop(entry.record.id, None)

    def in_memory(self) -> list[Run]:
        """The runs that need not be brought back."""
        with self._lock:
            return [entry.run for entry in self._at_hand.values() if entry.run]

    def record(self, run_id: str) -> RunRecord | None:
        """What was kept of a run last; None where there is none."""
        entry = self._entries.get(run_id)
        return entry.record if entry else None

    def of(self, visitor: str) -> list[tuple[RunRecord, Run | None]]:
        """The visitor's runs, the latest first, with those in memory."""
        with self._lock:
            own = [(e.record, e.run) for e in self._entries.values() if e.record.visitor == visitor]
        return sorted(own, key=lambda pair: pair[0].created, reverse=True)
