"""Reading a table by name: what is not there is refused with what is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from engine.errors import EngineError

Record = TypeVar("Record")


def entry(table: Mapping[str, Record], name: str, what: str) -> Record:
    """The record called `name`; `what` says in the error what the table lists, as in "optimizer".

    Raises:
        EngineError: no such name.
    """
    try:
        return table[name]
    except KeyError:
        raise EngineError(f"No such {what}", given=name, expected=f"one of {', '.join(table)}") from None
