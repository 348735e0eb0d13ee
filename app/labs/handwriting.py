"""The hand-written layers as a page prints them: their formulas, and the source that runs, without its docstrings."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from engine.manual import ManualLinear, ManualMSE, ManualNetwork, ManualSigmoid


@dataclass(frozen=True, slots=True)
class Handwriting:
    """A class of `engine.manual` on paper.

    Attributes:
        name: of the class.
        formulas: in LaTeX, in the order of the lines they belong to.
        source: its forward and backward.
    """

    name: str
    formulas: tuple[str, ...]
    source: str


_D = r"\frac{{\partial L}}{{\partial {}}}".format

_FORMULAS: dict[type[Any], tuple[str, ...]] = {
    ManualLinear: (
        "y = x W^T + b",
        rf"{_D('W')} = \left({_D('y')}\right)^T x",
        rf"{_D('b')} = \sum_{{\text{{rows}}}} {_D('y')}",
        rf"{_D('x')} = {_D('y')} \, W",
    ),
    ManualSigmoid: (r"y = \frac{1}{1 + e^{-x}}", rf"{_D('x')} = {_D('y')} \cdot y \, (1 - y)"),
    ManualMSE: (
        r"L = \frac{1}{n} \sum (\text{prediction} - \text{target})^2",
        rf"{_D(chr(92) + 'text{prediction}')} = \frac{{2}}{{n}} (\text{{prediction}} - \text{{target}})",
    ),
    ManualNetwork: (
        r"h_0 = x, \quad h_i = f_i(h_{i-1}), \quad y = h_k",
        (
            rf"{_D('x')} = {_D('y')} \cdot "
            r"\frac{\partial h_k}{\partial h_{k-1}} \cdots \frac{\partial h_1}{\partial x}"
        ),
    ),
}


@cache
def handwriting() -> tuple[Handwriting, ...]:
    """All of them: the layers, the loss, and the chain."""
    return tuple(
        Handwriting(kind.__name__, formulas, "\n\n".join(code_of(method) for method in (kind.forward, kind.backward)))
        for kind, formulas in _FORMULAS.items()
    )


def code_of(function: Callable[..., Any]) -> str:
    """The source of a function without its docstring."""
    source = textwrap.dedent(inspect.getsource(function))
    (definition,) = ast.parse(source).body
    assert isinstance(definition, ast.FunctionDef)
    lines = source.rstrip().split("\n")
    if ast.get_docstring(definition) is not None:
        docstring = definition.body[0]
        del lines[docstring.lineno - 1 : docstring.end_lineno]
    return "\n".join(lines)
