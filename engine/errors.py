"""Every error the engine raises: typed, in plain words, with what was given and what was expected."""

from __future__ import annotations


class EngineError(ValueError):
    """Base of the engine's errors.

    Attributes:
        message: what went wrong, one plain sentence.
        given: what was given, as text.
        expected: what could stand there instead, as text.
    """

    def __init__(self, message: str, *, given: str = "", expected: str = "") -> None:
        self.message = message
        self.given = given
        self.expected = expected
        details = "; ".join(f"{label} {text}" for label, text in (("given", given), ("expected", expected)) if text)
        super().__init__(f"{message} ({details})" if details else message)


class ShapeError(EngineError):
    """Shapes that an op cannot combine."""


class LabelError(EngineError):
    """Class labels that are no whole numbers or name no class."""


class GradientError(EngineError):
    """A backward pass that cannot be made: no graph, or a root that is not a scalar and has no seed."""


class LimitError(EngineError):
    """Something larger than a limit that the caller set."""
