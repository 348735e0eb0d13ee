"""What is written in plain numbers: literals, vectors, matrices, attributes of ops and indices."""

from __future__ import annotations

import math
from typing import Any

from engine.expression.cursor import Cursor
from engine.expression.nodes import Value
from engine.expression.source import Span
from engine.expression.tokens import Kind

CONSTANTS = {"pi": math.pi, "π": math.pi, "e": math.e}
"""Names that are numbers, unless the expression assigns them: `e = y - t` is an error e like any other."""

_WORDS = {"True": True, "False": False, "None": None}


def read_rows(cursor: Cursor) -> Value:
    """A vector `[1, 2]` or a matrix `[[1, 2], [3, 4]]`, rows of equal length, at most as deep as brackets may be."""
    opener = cursor.expect("[")
    rows: list[Value] = []
    while True:
        rows.append(read_rows(cursor) if cursor.at("[") else _number(cursor))
        if not cursor.accept(","):
            break
        if cursor.at("]"):
            break
    if not cursor.at("]"):
        raise cursor.source.error(
            "Inside [ ] stand plain numbers", cursor.token.span, given=str(cursor.token), expected="a comma or ]"
        )
    cursor.advance()
    lengths = {_lengths(row) for row in rows}
    if len(lengths) > 1:
        raise cursor.source.error(
            "Rows of a matrix have one length", cursor.span_from(opener.span.start),
            given="rows of " + " and ".join(sorted(_size(n) for n in lengths)), expected="rows of equal length",
        )  # fmt: skip
    return tuple(rows)


def _lengths(row: Value) -> tuple[int, ...]:
    lengths = []
    while isinstance(row, tuple):
        lengths.append(len(row))
        row = row[0]
    return tuple(lengths)


def _size(lengths: tuple[int, ...]) -> str:
    return "×".join(map(str, lengths)) or "no length (a number)"


def _number(cursor: Cursor) -> float:
    sign = _sign(cursor)
    token = cursor.token
    if token.kind is Kind.NUMBER:
        cursor.advance()
        return sign * float(token.text)
    if token.text in CONSTANTS:
        cursor.advance()
        return sign * CONSTANTS[token.text]
    raise cursor.source.error(
        "Inside [ ] stand plain numbers",
        token.span,
        given=str(token),
        expected="a number; concatenate(...) joins computed values",
    )


def _sign(cursor: Cursor) -> int:
    if cursor.accept("-"):
        return -1
    cursor.accept("+")
    return 1


def read_integer(cursor: Cursor) -> int:
    """A whole number, such as an axis or an index; no larger than a tensor may be."""
    start = cursor.token.span.start
    sign = _sign(cursor)
    token = cursor.token
    if token.kind is not Kind.NUMBER or not token.text.isdigit():
        raise cursor.source.error(
            "A whole number is needed here", token.span, given=str(token), expected="a number such as 0, 1 or -1"
        )
    cursor.advance()
    limit = cursor.limits.elements
    if int(token.text) > limit:
        raise cursor.source.limit_error(
            "This number is too large", cursor.span_from(start), given=token.text, limit=limit
        )
    return sign * int(token.text)


def read_attribute(cursor: Cursor, name: str, default: Any) -> Any:
    """The value of an op's attribute, of the kind its default has: True or False, a number, or whole numbers.

    Args:
        cursor: stands at the value.
        name: of the attribute, for errors.
        default: of the attribute; None and `inspect.Parameter.empty` stand for whole numbers, one or several.
    """
    start = cursor.token.span.start
    value = _attribute(cursor)
    if isinstance(default, bool):
        fits, expected = isinstance(value, bool), "True or False"
    elif isinstance(default, int):
        fits, expected = isinstance(value, int) and not isinstance(value, bool), "a whole number"
    elif isinstance(default, float):
        fits, expected = isinstance(value, int | float) and not isinstance(value, bool), "a number"
    else:
        whole = isinstance(value, int | tuple) and not isinstance(value, bool)
        fits = whole or (value is None and default is None)
        expected = "a whole number, or several in ( )" + (", or None" if default is None else "")
    if not fits:
        span = cursor.span_from(start)
        raise cursor.source.error(
            f"{name} has another kind of value", span, given=cursor.source.at(span), expected=expected
        )
    return value


def _attribute(cursor: Cursor) -> Any:
    token = cursor.token
    if token.text in _WORDS:
        cursor.advance()
        return _WORDS[token.text]
    if token.text in ("(", "["):
        closer = ")" if cursor.advance().text == "(" else "]"
        numbers: list[int] = []
        while not cursor.at(closer):
            numbers.append(read_integer(cursor))
            if not cursor.accept(","):
                break
        if not cursor.at(closer):
            raise cursor.source.error(
                "Whole numbers are needed here",
                cursor.token.span,
                given=str(cursor.token),
                expected=f"a comma or {closer}",
            )
        cursor.advance()
        return tuple(numbers)
    after_sign = cursor.ahead() if token.text in ("-", "+") else token
    if after_sign.kind is Kind.NUMBER and not after_sign.text.isdigit():
        return _sign(cursor) * float(cursor.advance().text)
    if after_sign.kind is not Kind.NUMBER:
        raise cursor.source.error(
            "An attribute is a plain value",
            token.span,
            given=str(token),
            expected="a number, True, False, None or (0, 1)",
        )
    return read_integer(cursor)


def read_index(cursor: Cursor) -> Any:
    """What stands between [ and ] after a value: whole numbers and slices, one for each axis."""
    items: list[int | slice] = [_index_item(cursor)]
    while cursor.accept(","):
        if cursor.at("]"):
            break
        items.append(_index_item(cursor))
    return items[0] if len(items) == 1 else tuple(items)


def _index_item(cursor: Cursor) -> int | slice:
    start = cursor.token.span.start
    parts: list[int | None] = [None]
    while not (cursor.at(",") or cursor.at("]")):
        if cursor.accept(":"):
            parts.append(None)
        elif parts[-1] is None:
            parts[-1] = read_integer(cursor)
        else:
            break
    if len(parts) == 1 and parts[0] is not None:
        return parts[0]
    span = Span(start, max(start + 1, cursor.last.span.end))
    if not 1 < len(parts) <= 3 or parts[2:] == [0]:
        raise cursor.source.error(
            "This is no index",
            span,
            given=cursor.source.at(span),
            expected="a whole number or a slice such as 1:, :2 or ::2",
        )
    return slice(*parts)
