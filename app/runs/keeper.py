"""Between runs and the store: what is written when, how many snapshots stay, and how a run comes back."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator

import numpy as np
from pydantic import TypeAdapter

from app.protocol import Recipe
from app.runs.facts import Facts
from app.runs.moment import Saved
from app.runs.run import Run
from app.store import MissingError, RunRecord, Snapshot, Store, StoreError, thin
from engine.op import Array

FEWEST, MOST = 4, 200
"""Bounds on the snapshots of a run, however large or small they are."""

NOT_KEPT = "What this run learns now would be lost with the server"

RESTARTED = "The server was restarted; the training goes on from what was kept."

log = logging.getLogger(__name__)

_RECIPE: TypeAdapter[Recipe] = TypeAdapter(Recipe)


class Keeper:
    """Writes runs into a store and reads them back.

    Args:
        store: where they are kept.
        history_bytes: how much the snapshots of one run may take, but for a handful that always stay.
        now: seconds since 1970.
    """

    def __init__(self, store: Store, history_bytes: int, now: Callable[[], float]) -> None:
        self.store = store
        self._history_bytes = history_bytes
        self._now = now

    def save(self, run: Run) -> None:
        """Everything that is new, in one transaction; nothing where nothing is. The caller does not hold the turn.

        The disk may take its time: it is waited for when the run has been copied, so that whoever wants something of
        the run need not wait too. Where it cannot be kept, as on a full disk, the run goes on and its notes say so; the
        next save tries again.
        """
        with run.saving:
            saved = run.saved
            with run.turn:
                fresh = run.step not in run.kept
                if run.gone or not (fresh or saved.version != run.version):
                    return
                record, version = self.record(run), run.version
                snapshot = run.snapshot() if fresh else None
                entries = dict(saved.entries)
                series = dict(self._fresh_entries(run, entries)) if fresh else {}
            kept = sorted([*run.kept, snapshot.step]) if snapshot else run.kept
            drop = thin(kept, self._most(snapshot)) if snapshot else []
            try:
                self.store.save(record, snapshot=snapshot, series=series, drop=drop)
            except StoreError as error:
                log.warning("run %s is not kept: %s", run.id, error)
                with run.turn:
                    run.note(f"{NOT_KEPT}: {error}.")
                return
            with run.turn:
                run.kept = [step for step in kept if step not in set(drop)]
                changed = run.version != version
                run.forget_note(NOT_KEPT)  # notes are not kept: without them the store has the newest version
                saved.entries, saved.version = entries, version if changed else run.version

    @staticmethod
    def has_all_of(run: Run) -> bool:
        """Whether the store has the run as it stands; nobody changes it meanwhile."""
        return run.saved.version == run.version and run.step in run.kept

    @staticmethod
    def _fresh_entries(run: Run, entries: dict[str, int]) -> Iterator[tuple[str, tuple[int, Array]]]:
        """What the curves have beyond `entries`, which is brought up to them."""
        for member, name, curve in run.curves.items():
            key = f"{member}/{name}"
            piece = curve.since(entries.get(key, 0))
            if len(piece.y):
                yield key, (piece.start, np.stack([piece.x, piece.y], axis=1, dtype=np.float64))
                entries[key] = piece.start + len(piece.y)

    def _most(self, snapshot: Snapshot) -> int:
        """How many snapshots of this size may be kept."""
        size = sum(array.nbytes for array in snapshot.arrays.values())
        return min(MOST, max(FEWEST, self._history_bytes // max(1, size)))

    def record(self, run: Run) -> RunRecord:
        """The run without its numbers, touched now."""
        status = "running" if run.resumes else run.facts.status
        meta = {
            "facts": run.facts.plain() | {"status": status},
            "title": run.title,
            "step": run.step,
            "steps": run.steps,
            "rates": [trainee.rates for trainee in run.trainees],
            "curves": [f"{member}/{name}" for member, name, _ in run.curves.items()],
        }
        return RunRecord(
            id=run.id,
            visitor=run.visitor,
            kind=run.recipe.kind,
            parent=run.parent,
            branched_at=run.branched_at,
            created=run.created,
            touched=self._now(),
            recipe=run.recipe.model_dump_json(),
            meta=json.dumps(meta),
        )

    def cut(self, run: Run, step: int) -> None:
        """Forget what came after training step `step`; the caller has `run.saving`."""
        self.store.cut(run.id, step)
        with run.turn:
            run.kept = [kept for kept in run.kept if kept <= step]
            run.saved = Saved()  # shorter curves are written anew, over what stood there

    def bring_back(self, run: Run, record: RunRecord) -> None:
        """Fill a fresh run with what was kept of it; what is damaged is left out, and a note of the run says so."""
        meta = json.loads(record.meta)
        run.facts = Facts.from_plain(meta["facts"])
        for key in meta["curves"]:
            member, name = key.split("/", 1)
            if len(rows := self.store.series(run.id, key)):
                run.curves.extend(int(member), name, *rows.T)
        try:
            snapshot, damaged = self.store.latest(run.id)
        except MissingError as error:
            damaged = ()
            if meta["step"]:
                run.notes.append(f"This run begins anew: {error}.")
            run.begin_anew(run.trainees)
        else:
            run.restore(snapshot)
        for trainee, rates in zip(run.trainees, meta["rates"], strict=True):  # newer ones than the snapshot's, perhaps
            trainee.rates = [(since, rate) for since, rate in rates if since <= run.step]
        run.notes += [str(error) for error in damaged]
        run.notes += [f"Part of the curve {name} was damaged and is missing." for name in run.mend_curves()]
        run.kept = [step for step, _ in self.store.snapshots(run.id) if step <= run.step]
        if run.step < meta["step"] and run.facts.status == "done":
            run.facts.status, run.facts.says = "paused", ""
        if run.running:
            run.pause(RESTARTED)
            run.resumes = True
        run.saved = Saved({f"{member}/{name}": len(curve) for member, name, curve in run.curves.items()})
        if run.step == meta["step"]:
            run.saved.version = run.version


def recipe_of(record: RunRecord) -> Recipe:
    """The recipe that a record holds."""
    return _RECIPE.validate_json(record.recipe)
