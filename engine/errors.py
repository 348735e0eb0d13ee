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


class ExpressionError(EngineError):
    """Text that is no expression, with its place in the source as it was typed.

    Attributes:
        source: the text as typed.
        position: start and end offsets in `source`, in characters; equal where something is missing.
        suggestion: text that could stand in place of `source[start:end]`; empty where none is known.
    """

    def __init__(
        self,
        message: str,
        *,
        source: str,
        position: tuple[int, int],
        given: str = "",
        expected: str = "",
        suggestion: str = "",
    ) -> None:
        super().__init__(message, given=given, expected=expected)
        self.source = source
        self.position = position
        self.suggestion = suggestion

    def caret(self) -> str:
        """The line at fault and a line of ^ under the place."""
        start, end = self.position
        begin = self.source.rfind("\n", 0, start) + 1
        line = self.source[begin:].split("\n", 1)[0]
        width = max(1, min(end, begin + len(line)) - start)
        padding = "".join("\t" if c == "\t" else " " for c in line[: start - begin])
        return f"{line}\n{padding}{'^' * width}"

    def __str__(self) -> str:
        return f"{super().__str__()}\n{self.caret()}"


class ExpressionShapeError(ExpressionError, ShapeError):
    """Shapes that an op of an expression cannot combine, with the op's place."""


class ExpressionLimitError(ExpressionError, LimitError):
    """An expression larger than a limit, with the place where it grows too large."""
