"""Text to tokens: which characters, numbers and names an expression may hold, and whether its brackets match."""

from __future__ import annotations

import keyword
import math
import re
import unicodedata
from enum import Enum
from typing import NamedTuple

from engine.expression.limits import Limits
from engine.expression.source import Source, Span
from engine.notation import GREEK


class Kind(Enum):
    """What a token is."""

    NUMBER = "number"
    NAME = "name"
    SYMBOL = "symbol"
    SEPARATOR = "separator"
    END = "end"


class Token(NamedTuple):
    """One token and its place."""

    kind: Kind
    text: str
    span: Span

    def __str__(self) -> str:
        """As an error names it."""
        if self.kind is Kind.END:
            return "the end"
        return "a new line" if self.text == "\n" else self.text


_LETTERS = "A-Za-z" + "".join(GREEK)
_TOKEN = re.compile(
    rf"""(?P<space>[ \t\r\u00a0]+)
    |(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<name>[{_LETTERS}][{_LETTERS}0-9_]*)
    |(?P<foreign>==|!=|<=|>=|:=|//)
    |(?P<separator>[;\n])
    |(?P<symbol>\*\*|[-+*/@^()\[\],=:.])""",
    re.VERBOSE,
)

WORDS = frozenset({"True", "False", "None"})
"""Words that are values of attributes and no names."""

_KEYWORDS = (
    frozenset(keyword.kwlist) - WORDS - {"lambda"}
)  # λ is too good a name to lose, and no functions are defined here

_NO_COMPARISON = "Comparisons have no gradient; relu, abs, maximum and minimum choose between values"
_NO_TEXT = "An expression holds numbers and names, no texts"
_FOREIGN: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("==", "!=", "<=", ">=", "<", ">", "!"), (_NO_COMPARISON, "")),
    **dict.fromkeys(('"', "'", "`", "“", "”"), (_NO_TEXT, "")),
    **dict.fromkeys(("×", "·", "∙", "⋅", "•"), ("Multiplication is written *", "*")),
    **dict.fromkeys(("−", "–", "—"), ("Minus is written -", "-")),
    **dict.fromkeys(("÷", "∕"), ("Division is written /", "/")),
    ":=": ("A name is given with =", "="),
    "//": ("Whole-number division has no gradient; / divides", "/"),
    "%": ("A remainder is no op here", ""),
    "√": ("A root is written sqrt(...)", "sqrt"),
    "²": ("A power is written **", "**2"),
    "³": ("A power is written **", "**3"),
    "{": ("Braces are not used here; ( ) group and [ ] hold vectors and matrices", "("),
    "}": ("Braces are not used here; ( ) group and [ ] hold vectors and matrices", ")"),
    "#": ("There are no comments here", ""),
    "_": ("A name begins with a letter", ""),
}
"""What people type in other languages: words about it, and what could stand there instead."""

_VOCABULARY = "numbers, names, ops and the operators + - * / @ **"

_CLOSERS = {"(": ")", "[": "]"}


def tokenize(source: Source, limits: Limits) -> list[Token]:
    """The tokens of `source`, an END token last; line ends inside brackets are left out.

    Raises:
        ExpressionError: a character, number, word or bracket that cannot stand there.
        ExpressionLimitError: text, brackets or words beyond `limits`.
    """
    if len(source) > limits.source:
        raise source.limit_error(
            "The expression is too long",
            Span(limits.source, len(source)),
            given=f"{len(source):,} characters",
            limit=limits.source,
        )
    tokens: list[Token] = []
    open_brackets: list[Token] = []
    offset = 0
    while offset < len(source):
        match = _TOKEN.match(source, offset)
        if match is None or match.lastgroup == "foreign":
            raise _foreign(source, offset, match[0] if match else source[offset])
        offset = match.end()
        if match.lastgroup == "space":
            continue
        token = Token(Kind(match.lastgroup), match[0], Span(match.start(), match.end()))
        if token.kind is Kind.SEPARATOR and open_brackets:
            if token.text == ";":
                raise _unclosed(source, open_brackets[-1])
            continue
        _check_word(source, token, limits)
        _match_bracket(source, token, open_brackets, limits)
        tokens.append(token)
    if open_brackets:
        raise _unclosed(source, open_brackets[-1])
    end = len(source.rstrip())
    tokens.append(Token(Kind.END, "", Span(end, end)))
    return tokens


def _check_word(source: Source, token: Token, limits: Limits) -> None:
    if token.kind in (Kind.NUMBER, Kind.NAME) and len(token.text) > limits.word:
        raise source.limit_error(
            f"This {token.kind.value} is too long",
            token.span,
            given=f"{len(token.text):,} characters",
            limit=limits.word,
        )
    if token.kind is Kind.NUMBER and not math.isfinite(float(token.text)):
        raise source.error("This number is too large", token.span, given=token.text, expected="less than 1.8e308")
    if token.kind is Kind.NAME and token.text in _KEYWORDS:
        raise source.error(
            f"{token.text} is a word of Python and has no meaning here", token.span, given=token.text,
            expected=_VOCABULARY,
        )  # fmt: skip


def _match_bracket(source: Source, token: Token, open_brackets: list[Token], limits: Limits) -> None:
    if token.text in _CLOSERS:
        open_brackets.append(token)
        if len(open_brackets) > limits.depth:
            raise source.limit_error(
                "Brackets are nested too deep", token.span, given=f"{len(open_brackets)} levels", limit=limits.depth
            )
    elif token.text in _CLOSERS.values():
        if not open_brackets:
            raise source.error(
                f"{token.text} closes nothing", token.span, given=token.text, expected="an opening bracket before it"
            )
        opener = open_brackets.pop()
        if token.text != (closer := _CLOSERS[opener.text]):
            raise source.error(
                f"{opener.text} is closed by {token.text}",
                token.span,
                given=token.text,
                expected=closer,
                suggestion=closer,
            )


def _unclosed(source: Source, opener: Token) -> Exception:
    return source.error(
        f"{opener.text} is never closed", opener.span, given=opener.text, expected=_CLOSERS[opener.text]
    )


def _foreign(source: Source, offset: int, text: str) -> Exception:
    span = Span(offset, offset + len(text))
    if text in _FOREIGN:
        message, suggestion = _FOREIGN[text]
        return source.error(message, span, given=text, expected=suggestion or _VOCABULARY, suggestion=suggestion)
    code = f"U+{ord(text):04X} {unicodedata.name(text, '')}".rstrip()
    folded = unicodedata.normalize("NFKC", text)
    return source.error(
        "This character has no meaning here", span, given=f"{text} ({code})" if text.isprintable() else code,
        expected="Latin or Greek letters, digits, operators and brackets",
        suggestion=folded if folded != text and folded.isascii() and folded.isprintable() else "",
    )  # fmt: skip
