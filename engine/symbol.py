"""Symbol: a LaTeX expression that can be computed with, so that an op's own rule writes its own formula."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import IntEnum
from typing import Any, Final

import numpy as np

from engine.notation import latex_name
from engine.op import Shape, index_text


class Level(IntEnum):
    """How tightly an expression holds together; what is looser than its surroundings is put into parentheses."""

    RELATION = 0
    SUM = 1
    PREFIX = 2  # reaches as far to the right as it can: a sum sign, cases
    PRODUCT = 3
    FRACTION = 4
    POWER = 5
    ATOM = 6


class Symbol:
    """An expression in LaTeX with the operators and the NumPy functions that rules use.

    Numbers of a rule's own are folded (2 - 1 is 1, 1 * x is x); parentheses appear only where they are needed.

    Attributes:
        latex: the expression.
        level: its outermost operation, as far as parentheses depend on it.
        number: its value where it is a number of the rule's own.
        negates: the expression of which it is the negative, if it is one.
        shape: the shape of what it stands for, where known.
    """

    __slots__ = ("complement", "latex", "level", "negates", "number", "rows", "shape")

    def __init__(
        self,
        latex: str,
        level: Level = Level.ATOM,
        *,
        number: float | None = None,
        negates: Symbol | None = None,
        shape: Shape | None = None,
        complement: str = "",
        rows: tuple[str, ...] = (),
    ) -> None:
        self.latex = latex
        self.level = level
        self.number = number
        self.negates = negates
        self.shape = shape
        self.complement = complement
        self.rows = rows

    ndim: Final = 2
    """Vectors read as the rows and columns that a matrix product makes of them."""
    dtype: Final = np.dtype(np.float64)

    def __repr__(self) -> str:
        return f"Symbol({self.latex!r}, {self.level.name})"

    def within(self, loosest: Level) -> str:
        """The expression, in parentheses if it is looser than `loosest`."""
        return self.latex if self.level >= loosest else parenthesised(self.latex)

    # -- operators ----------------------------------------------------------------------------------------------

    def __add__(self, other: Any) -> Symbol:
        right = symbol(other)
        if self.number is not None and right.number is not None:
            return number(self.number + right.number)
        if self.number == 0:
            return right
        if right.number == 0:
            return self
        if right.negates is not None:
            return self - right.negates
        return Symbol(f"{self._left()} + {right.within(Level.PREFIX)}", Level.SUM)

    def __sub__(self, other: Any) -> Symbol:
        right = symbol(other)
        if self.number is not None and right.number is not None:
            return number(self.number - right.number)
        if self.number == 0:
            return -right
        if right.number == 0:
            return self
        if right.negates is not None:
            return self + right.negates
        return Symbol(f"{self._left()} - {right.within(Level.PREFIX)}", Level.SUM)

    def __mul__(self, other: Any) -> Symbol:
        left, right = self, symbol(other)
        if right.number is not None and left.number is None:
            left, right = right, left
        if left.number is not None and right.number is not None:
            return number(left.number * right.number)
        if left.number == 0:
            return left
        if left.number == 1:
            return right
        if left.number == -1:
            return -right
        if left.negates is not None:
            return -(left.negates * right)
        if right.negates is not None:
            return -(left * right.negates)
        a, b = left.within(Level.PRODUCT), right.within(Level.PREFIX)
        apart = r"\," if _OPENS.match(b) else "" if left.number is not None and _LETTER.match(b) else r"\cdot"
        return Symbol(" ".join(filter(None, (a, apart, b))), Level.PRODUCT)

    def __truediv__(self, other: Any) -> Symbol:
        right = symbol(other)
        if right.number == 1 or self.number == 0:
            return self
        if self.negates is not None:
            return -(self.negates / right)
        if right.negates is not None:
            return -(self / right.negates)
        if self.latex.startswith(r"\sum") and self.level is Level.PREFIX:
            return Symbol(rf"\frac{{1}}{{{right.latex}}} {self.latex}", Level.PREFIX)
        return Symbol(rf"\frac{{{self.latex}}}{{{right.latex}}}", Level.FRACTION)

    def __pow__(self, other: Any) -> Symbol:
        exponent = symbol(other)
        if exponent.number == 0:
            return number(1.0)
        if exponent.number == 1:
            return self
        return Symbol(f"{self.within(Level.ATOM)}^{{{exponent.latex}}}", Level.POWER)

    def __neg__(self) -> Symbol:
        if self.number is not None:
            return number(-self.number)
        return self.negates or Symbol(f"-{self.within(Level.PREFIX)}", Level.SUM, negates=self)

    def __matmul__(self, other: Any) -> Symbol:
        return Symbol(f"{self.within(Level.PRODUCT)} {symbol(other).within(Level.PREFIX)}", Level.PRODUCT)

    def __radd__(self, other: Any) -> Symbol:
        return symbol(other) + self

    def __rsub__(self, other: Any) -> Symbol:
        return symbol(other) - self

    def __rmul__(self, other: Any) -> Symbol:
        return symbol(other) * self

    def __rtruediv__(self, other: Any) -> Symbol:
        return symbol(other) / self

    def __rpow__(self, other: Any) -> Symbol:
        return symbol(other) ** self

    def __getitem__(self, index: Any) -> Symbol:
        parts = index if isinstance(index, tuple) else (index,)
        text = ", ".join(map(index_text, parts)).replace("...", r"\ldots").replace("None", r"\text{None}")
        return Symbol(f"{self.within(Level.ATOM)}[{text}]", Level.POWER)

    # -- relations ----------------------------------------------------------------------------------------------

    def __gt__(self, other: Any) -> Symbol:
        return self._relation(">", r"\le", other)

    def __lt__(self, other: Any) -> Symbol:
        return self._relation("<", r"\ge", other)

    def __ge__(self, other: Any) -> Symbol:
        return self._relation(r"\ge", "<", other)

    def __eq__(self, other: object) -> Symbol:  # type: ignore[override]  # a relation of symbols is a symbol
        return self._relation("=", r"\ne", other)

    __hash__ = object.__hash__

    def __and__(self, other: Any) -> Symbol:
        return Symbol(rf"{self.latex},\ {symbol(other).latex}", Level.RELATION)

    # -- NumPy's protocols --------------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method != "__call__" or kwargs:
            return NotImplemented
        return self.intercept(ufunc.__name__, tuple(map(symbol, inputs)), {})

    def __array_function__(self, func: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return self.intercept(func.__name__, args, kwargs)

    def intercept(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Answer a function of arrays, or a helper of the rules, that was called with symbols."""
        if name in FUNCTIONS:
            return FUNCTIONS[name](*args, **kwargs)
        return function(name, *(a for a in args if isinstance(a, Symbol)))

    # -- parts --------------------------------------------------------------------------------------------------

    def _left(self) -> str:
        """The expression as the first summand."""
        return parenthesised(self.latex) if self.level in (Level.PREFIX, Level.RELATION) else self.latex

    def _relation(self, sign: str, opposite: str, other: Any) -> Symbol:
        left, right = self.within(Level.SUM), symbol(other).within(Level.SUM)
        return Symbol(f"{left} {sign} {right}", Level.RELATION, complement=f"{left} {opposite} {right}")


_OPENS = re.compile(r"\(|\\left\(")
_LETTER = re.compile(r"[A-Za-z]|\\(?!htmlClass|frac|begin|times|left)")
_TALL = re.compile(r"\\(frac|sum|begin)\b")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def symbol(x: Any) -> Symbol:
    """`x` itself, or a number of the rule's own as a symbol."""
    return x if isinstance(x, Symbol) else number(float(x))


def number(value: float) -> Symbol:
    """A number that may be folded with others."""
    if value < 0:
        return Symbol(f"-{number(-value).latex}", Level.SUM, number=value, negates=number(-value))
    latex = latex_name(f"{value:.10g}")
    return Symbol(latex, opaque(latex).level, number=value)


def opaque(latex: str, shape: Shape | None = None) -> Symbol:
    """What stands for an input or a value: a name, or a number that is shown and not computed with."""
    level = Level.SUM if latex.startswith("-") else Level.PRODUCT if r"\times10" in _outside(latex) else Level.ATOM
    return Symbol(latex, Level.POWER if level is Level.ATOM and "^" in _outside(latex) else level, shape=shape)


def operand(latex: str, shape: Shape | None = None) -> Symbol:
    """An input of a rule for a derivative: as `opaque`, but numbers are folded, so that the power rule gives 3 x^2."""
    return number(float(latex)) if _NUMBER.fullmatch(latex) else opaque(latex, shape)


def _outside(latex: str) -> str:
    """What stands outside of all braces."""
    while (without := re.sub(r"\{[^{}]*\}", "", latex)) != latex:
        latex = without
    return latex


def parenthesised(latex: str) -> str:
    """In parentheses as tall as their contents."""
    return rf"\left({latex}\right)" if _TALL.search(latex) else f"({latex})"


def function(name: str, *arguments: Symbol) -> Symbol:
    """name(arguments), upright."""
    upright = name.replace("_", r"\_")
    head = rf"\{name}" if name in _TEX_FUNCTIONS else rf"\operatorname{{{upright}}}"
    return Symbol(head + parenthesised(", ".join(a.latex for a in arguments)))


_TEX_FUNCTIONS = frozenset(
    {"sin", "cos", "tan", "sinh", "cosh", "tanh", "log", "max", "min", "arcsin", "arccos", "arctan"}
)


def _where(condition: Symbol, then: Any, otherwise: Any) -> Symbol:
    rest = symbol(otherwise)
    rows: tuple[str, ...] = (f"{symbol(then).latex} & {condition.latex}",)
    if rest.rows:
        rows += (*rest.rows[:-1], rest.rows[-1].split("&")[0] + r"& \text{otherwise}")
    else:
        rows += (f"{rest.latex} & {condition.complement}",)
    body = r" \\ ".join(rows)
    return Symbol(rf"\begin{{cases}} {body} \end{{cases}}", Level.PREFIX, rows=rows)


def _concatenate(inputs: tuple[Symbol, ...], axis: int = 0) -> Symbol:
    body = r",\; ".join(i.latex for i in inputs)
    return Symbol(rf"\left[\, {body} \,\right]")


def _sum(a: Symbol, axis: Any = None, keepdims: bool = False) -> Symbol:
    over = rf"_{{\text{{axis {axis}}}}}" if axis is not None and not keepdims else ""
    return Symbol(rf"\sum{over} {a.within(Level.PREFIX)}", Level.PREFIX)


def _extreme(name: str) -> Callable[..., Symbol]:
    def extreme(a: Symbol, axis: Any = None, keepdims: bool = False) -> Symbol:
        over = rf"_{{\text{{axis {axis}}}}}" if axis is not None and not keepdims else ""
        return Symbol(rf"\{name}{over} {a.within(Level.ATOM)}", Level.PREFIX)

    return extreme


def _count(a: Symbol, axis: Any) -> Symbol:
    if a.shape is None:
        return Symbol("n")
    axes = range(len(a.shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return number(float(np.prod([a.shape[i] for i in axes])))


def _transpose(a: Symbol, axes: tuple[int, ...] | None = None) -> Symbol:
    if axes is None:
        return Symbol(rf"{a.within(Level.ATOM)}^{{\top}}", Level.POWER)
    return Symbol(rf"\operatorname{{transpose}}_{{{tuple(axes)}}}{parenthesised(a.latex)}")


FUNCTIONS: dict[str, Callable[..., Any]] = {
    # ufuncs: operators first, then those written in a way of their own; all others are name(x)
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "power": lambda a, b: a**b,
    "negative": lambda a: -a,
    "exp": lambda a: Symbol(f"e^{{{a.latex}}}", Level.POWER),
    "log1p": lambda a: function("log", 1.0 + a),
    "sqrt": lambda a: Symbol(rf"\sqrt{{{a.latex}}}"),
    "absolute": lambda a: Symbol(rf"\left|{a.latex}\right|"),
    "maximum": lambda a, b: function("max", a, b),
    "minimum": lambda a, b: function("min", a, b),
    # functions of arrays
    "where": _where,
    "sum": _sum,
    "max": _extreme("max"),
    "min": _extreme("min"),
    "shape": lambda a: a.shape,
    "swapaxes": lambda a, i, j: _transpose(a),
    "transpose": _transpose,
    "broadcast_to": lambda a, shape: Symbol(rf"{a.within(Level.PRODUCT)} \, \mathbf{{1}}", Level.PRODUCT),
    "reshape": lambda a, shape: function("reshape", a),
    "concatenate": _concatenate,
    # helpers of the rules
    "except_at": lambda edge, value, formula: formula,
    "count": _count,
    "restore_axes": lambda reduced, a, axis, keepdims: reduced,
    "normal_cdf": lambda a: Symbol(rf"\Phi{parenthesised(a.latex)}"),
    "normal_pdf": lambda a: Symbol(rf"\varphi{parenthesised(a.latex)}"),
}
"""How functions read in LaTeX, by name."""
