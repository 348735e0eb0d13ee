"""Series: rows that are appended, and cut where a run goes back; kept in chunks, one for each time of writing.

These are functions within a transaction of the caller's. Chunks lie end to end: one that is damaged cannot make rows
of its neighbours look longer than they are.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.store.file import is_damage
from app.store.packing import checksum, plain, view
from app.store.records import CorruptError, StoreError

NOTHING = np.empty(0, np.float32)
"""What a series is that was never written."""


class Chunk(NamedTuple):
    """A row of the table: `length` rows of a series from row `start` on; `form` is dtype and shape of one, as JSON."""

    start: int
    length: int
    form: str
    checksum: int
    body: bytes

    @classmethod
    def of(cls, run: str, name: str, start: int, rows: NDArray[Any]) -> Chunk:
        """The chunk that holds `rows`."""
        form, body = json.dumps([rows.dtype.str, *rows.shape[1:]]), rows.tobytes()
        return cls(start, len(rows), form, checksum((run, name, start, len(rows), form), body), body)

    def rows(self, run: str, name: str) -> NDArray[Any]:
        """What it holds. Raises CorruptError unless that is what was written."""
        try:
            if checksum((run, name, self.start, self.length, self.form), self.body) == self.checksum:
                dtype, *shape = json.loads(self.form)
                return view(self.body, dtype, (self.length, *shape))
            wrong = "its checksum differs"
        except (TypeError, ValueError) as error:
            wrong = str(error)
        raise damaged(run, name, self.start, wrong)


def damaged(run: str, name: str, row: int, wrong: str) -> CorruptError:
    """The error that names the place."""
    return CorruptError(f"The series {name} of run {run} is damaged from row {row} on: {wrong}", run=run, step=row)


def write(connection: sqlite3.Connection, run: str, name: str, start: int, given: NDArray[Any]) -> None:
    """Put rows in place of everything from row `start` on.

    Raises:
        StoreError: they would leave a gap, or are unlike those before them.
        CorruptError: the cut goes through a damaged chunk.
    """
    rows = plain(np.asarray(given))
    if rows.ndim == 0:
        raise StoreError(f"The series {name} consists of rows", given="a single number", expected="an array of rows")
    new = Chunk.of(run, name, start, rows)
    connection.execute("DELETE FROM series WHERE run = ? AND name = ? AND start >= ?", (run, name, start))
    last = newest(connection, run, name)
    end = last.start + last.length if last else 0
    if not 0 <= start <= end:
        raise StoreError(f"The series {name} would have a gap", given=f"start {start}", expected=f"0 to {end}")
    if last and new.form != last.form:
        raise StoreError(f"All rows of the series {name} are alike", given=new.form, expected=last.form)
    if last and start < end:
        put(connection, run, name, Chunk.of(run, name, last.start, last.rows(run, name)[: start - last.start]))
    put(connection, run, name, new)


def newest(connection: sqlite3.Connection, run: str, name: str) -> Chunk | None:
    """The chunk at the end, if there is one."""
    found = connection.execute(
        "SELECT start, length, form, checksum, body FROM series WHERE run = ? AND name = ? ORDER BY start DESC LIMIT 1",
        (run, name),
    ).fetchone()
    return Chunk(*found) if found else None


def put(connection: sqlite3.Connection, run: str, name: str, chunk: Chunk) -> None:
    """Write a chunk, in place of the one that starts there."""
    connection.execute("INSERT OR REPLACE INTO series VALUES (?, ?, ?, ?, ?, ?, ?)", (run, name, *chunk))


def read(connection: sqlite3.Connection, run: str, name: str) -> tuple[NDArray[Any], CorruptError | None]:
    """All rows up to the first damaged one, and what is wrong there, if anything is."""
    parts: list[NDArray[Any]] = []
    length = 0
    damage = None
    try:
        for found in connection.execute(
            "SELECT start, length, form, checksum, body FROM series WHERE run = ? AND name = ? ORDER BY start",
            (run, name),
        ):
            chunk = Chunk(*found)
            if chunk.start != length:
                raise damaged(run, name, length, f"the next row that is there is {chunk.start}")
            parts.append(chunk.rows(run, name))
            length += chunk.length
    except CorruptError as error:
        damage = error
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        damage = damaged(run, name, length, str(error))
    return np.concatenate(parts) if parts else NOTHING, damage
