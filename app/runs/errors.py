"""What may be wrong with a request about runs."""

from __future__ import annotations

from engine.errors import EngineError, LimitError


class RunError(EngineError):
    """Something cannot be done with a run; says given and expected."""


class UnknownRunError(RunError):
    """There is no such run, or no longer."""

    def __init__(self, run: str) -> None:
        super().__init__(
            "There is no such run, or no longer", given=run, expected="one of your runs, or the link to somebody's"
        )


class RunLimitError(RunError, LimitError):
    """More than the settings allow; says which one."""
