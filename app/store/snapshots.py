"""Snapshots in their table. Functions within a transaction of the caller's, or while it has the connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from app.store.file import is_damage
from app.store.packing import checksum, unpack
from app.store.records import CorruptError, MissingError, Snapshot


def write(connection: sqlite3.Connection, run: str, step: int, body: bytes) -> None:
    """Keep a packed snapshot, in place of the one of this step."""
    connection.execute(
        "INSERT OR REPLACE INTO snapshot VALUES (?, ?, ?, ?)", (run, step, checksum((run, step), body), body)
    )


def sizes(connection: sqlite3.Connection, run: str) -> list[tuple[int, int]]:
    """(step, bytes) of each snapshot, ascending by step."""
    return connection.execute("SELECT step, length(body) FROM snapshot WHERE run = ? ORDER BY step", (run,)).fetchall()


def delete(connection: sqlite3.Connection, run: str, steps: Collection[int]) -> None:
    """Delete the snapshots of these steps, where there are any."""
    connection.executemany("DELETE FROM snapshot WHERE run = ? AND step = ?", [(run, int(step)) for step in steps])


def read(connection: sqlite3.Connection, run: str, step: int) -> Snapshot:
    """The snapshot of this step.

    Raises:
        CorruptError: it is not what was written.
        MissingError: there is none.
    """
    try:
        found = connection.execute(
            "SELECT checksum, body FROM snapshot WHERE run = ? AND step = ?", (run, step)
        ).fetchone()
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            raise damaged(run, step, str(error)) from error
        raise
    if found is None:
        raise MissingError(f"Run {run} has no such snapshot", given=f"step {step}", expected="a step that is kept")
    check, body = found
    try:
        if checksum((run, step), body) == check:
            return unpack(step, body)
    except (TypeError, ValueError) as error:
        raise damaged(run, step, str(error)) from error
    raise damaged(run, step, "its checksum differs")


def damaged(run: str, step: int, wrong: str) -> CorruptError:
    """The error that names the snapshot."""
    return CorruptError(f"The snapshot of run {run} at step {step} is damaged: {wrong}", run=run, step=step)


def newest_sound(
    connection: sqlite3.Connection, run: str, at_most: int | None
) -> tuple[Snapshot | None, list[CorruptError]]:
    """The newest sound snapshot of step `at_most` or before, if there is one, and the damaged ones after it."""
    skipped: list[CorruptError] = []
    for step, _ in reversed(sizes(connection, run)):
        if at_most is None or step <= at_most:
            try:
                return read(connection, run, step), skipped
            except CorruptError as error:
                skipped.append(error)
    return None, skipped
