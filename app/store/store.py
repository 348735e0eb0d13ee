"""The store: what is written in one go, read back, cut and thrown away."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from numpy.typing import NDArray

from app.store import series as series_table
from app.store import snapshots as snapshot_table
from app.store.database import Database
from app.store.packing import checksum, pack
from app.store.records import CorruptError, MissingError, RunRecord, Snapshot, StoreError

log = logging.getLogger(__name__)

NO_SERIES: Mapping[str, tuple[int, NDArray[Any]]] = MappingProxyType({})

FIELDS = [field.name for field in dataclasses.fields(RunRecord)]
SELECT_RUNS = f"SELECT {', '.join(FIELDS)}, checksum FROM run ORDER BY touched DESC, id"
UPSERT_RUN = (  # not INSERT OR REPLACE, which would delete the run first, and all that hangs on it
    f"INSERT INTO run ({', '.join(FIELDS)}, checksum) VALUES ({'?, ' * len(FIELDS)}?)"
    f" ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in [*FIELDS, 'checksum'])}"
)


class Store:
    """Runs, their snapshots and their series, in one SQLite file that one process has at a time.

    Any thread may call, but for one that cannot wait: every few megabytes SQLite has the disk confirm what was written,
    which takes milliseconds on a quiet disk and tenths of a second on a busy one. What `save` has returned from
    survives kill -9; a power cut may take the last moments. A file that is damaged as a whole, is not ours or is of
    another version is renamed (NAME.damaged-1, with a warning in the log) and an empty one begins. The file does not
    shrink: what is freed is used again.

    Args:
        path: the file, made with its folder where missing; None keeps everything in memory.

    Raises:
        StoreError: another process has the file, or it cannot be opened. Every method raises it when the disk is full
            or fails; nothing has been changed then.
    """

    def __init__(self, path: Path | None) -> None:
        self._database = Database(path)

    def close(self) -> None:
        """Let go of the file. Nothing can be done with the store afterwards; closing again does no harm."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    # -- runs ---------------------------------------------------------------------------------------------------

    def runs(self) -> list[RunRecord]:
        """All runs, the last touched first. A damaged record is left out, and named in the log."""
        with self._database.reading() as connection:
            rows = connection.execute(SELECT_RUNS).fetchall()
        sound = []
        for *fields, check in rows:
            if checksum(fields) == check:
                sound.append(RunRecord(*fields))
            else:
                log.warning("The record of run %s is damaged: its checksum differs. The run is left out", fields[0])
        return sound

    def save(
        self,
        record: RunRecord,
        *,
        snapshot: Snapshot | None = None,
        series: Mapping[str, tuple[int, NDArray[Any]]] = NO_SERIES,
        drop: Collection[int] = (),
    ) -> None:
        """Keep what is new of a run, all of it or, where anything is raised, nothing.

        Args:
            record: in place of the one of this id.
            snapshot: in place of the one of this step.
            series: name -> (start, rows); the rows, of any shape but () and all alike, take the place of whatever
                stands from row `start` on. No rows only cut.
            drop: steps of snapshots to delete first.

        Raises:
            StoreError: besides the disk: a dtype that cannot be kept, meta that is no JSON, a series with a gap.
            CorruptError: a series is to be cut within a damaged part; write it from there on, or from 0.
        """
        # Floats, as SQLite gives them back: the checksum tells 1 from 1.0.
        record = dataclasses.replace(record, created=float(record.created), touched=float(record.touched))
        row = dataclasses.astuple(record)
        body = pack(snapshot) if snapshot else b""
        with self._database.transaction() as connection:
            connection.execute(UPSERT_RUN, (*row, checksum(row)))
            snapshot_table.delete(connection, record.id, drop)
            if snapshot:
                snapshot_table.write(connection, record.id, int(snapshot.step), body)
            for name, (start, rows) in series.items():
                series_table.write(connection, record.id, name, int(start), rows)

    def delete(self, run: str) -> None:
        """Throw a run away, with all that hangs on it. One that is not there is no error."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM run WHERE id = ?", (run,))

    # -- snapshots ----------------------------------------------------------------------------------------------

    def snapshots(self, run: str) -> list[tuple[int, int]]:
        """(step, bytes) of each snapshot, ascending by step."""
        with self._database.reading() as connection:
            return snapshot_table.sizes(connection, run)

    def snapshot(self, run: str, step: int) -> Snapshot:
        """The snapshot of this very step.

        Raises:
            CorruptError: it is damaged; it stays where it is.
            MissingError: there is none.
        """
        with self._database.reading() as connection:
            return snapshot_table.read(connection, run, step)

    def latest(self, run: str, at_most: int | None = None) -> tuple[Snapshot, tuple[CorruptError, ...]]:
        """The newest sound snapshot, of step `at_most` or before, and the damaged ones that are newer.

        Those are deleted, and named in the log too.

        Raises:
            MissingError: there is none.
        """
        with self._database.reading() as connection:
            found, damaged = snapshot_table.newest_sound(connection, run, at_most)
        if damaged:
            self._forget(damaged)
        if found is None:
            raise MissingError(
                f"Run {run} has no sound snapshot",
                given=f"{len(damaged)} damaged" if damaged else "none at all",
                expected="one" if at_most is None else f"one of step {at_most} or before",
            )
        return found, tuple(damaged)

    def _forget(self, damaged: Collection[CorruptError]) -> None:
        for error in damaged:
            log.warning("%s", error)
        try:
            with self._database.transaction() as connection:
                for error in damaged:
                    try:
                        snapshot_table.read(connection, error.run, error.step)  # a sound one may have come in its place
                    except CorruptError:
                        snapshot_table.delete(connection, error.run, [error.step])
                    except MissingError:
                        pass
        except StoreError as error:  # no reason to withhold a sound snapshot
            log.warning("Damaged snapshots are still there. %s", error)

    def cut(self, run: str, step: int) -> list[int]:
        """Delete the snapshots after `step`, for a run that goes back to it; returns their steps, ascending."""
        with self._database.transaction() as connection:
            later = [kept for kept, _ in snapshot_table.sizes(connection, run) if kept > step]
            snapshot_table.delete(connection, run, later)
        return later

    # -- series -------------------------------------------------------------------------------------------------

    def series(self, run: str, name: str) -> NDArray[Any]:
        """All rows of a series, stacked along the first axis; float32 of shape (0,) where none were ever written.

        A damaged part cuts the series there and is named in the log. A caller that finds fewer rows than it wrote can
        go back to the newest snapshot that they reach, and on from there.
        """
        with self._database.reading() as connection:
            rows, damage = series_table.read(connection, run, name)
        if damage:
            log.warning("%s", damage)
        return rows

    # -- the whole ----------------------------------------------------------------------------------------------

    def size(self) -> int:
        """Bytes in use: those of the file without what was freed and waits to be used again."""
        with self._database.reading() as connection:
            pages, free, page = (
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "freelist_count", "page_size")
            )
        return int((pages - free) * page)
