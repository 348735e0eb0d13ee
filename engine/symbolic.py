r"""Formulas from the ops' own rules: a rule is run on symbols instead of numbers, and what comes out is its LaTeX.

>>> from engine.ops import DIV, MATMUL, SIGMOID
>>> formula(SIGMOID, ["x"])
'\\frac{1}{1 + e^{-x}}'
>>> local(DIV, 1, ["1", "b"], "y")
'-\\frac{1}{b^{2}}'
>>> vjp(MATMUL, 1, ["X", "W"], "Y", r"\bar{Y}", {"transpose_b": True})
'\\bar{Y}^{\\top} X'
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from engine.op import Attrs, Op, Shape
from engine.symbol import opaque, operand, symbol

_NO_ATTRS: Mapping[str, Any] = {}


def formula(op: Op, inputs: Sequence[str], attrs: Attrs = _NO_ATTRS, shapes: Sequence[Shape] | None = None) -> str:
    """What `op` computes from `inputs` (names or numbers in LaTeX), in LaTeX.

    `shapes` of the inputs turn the n of averages into a number.
    """
    if op.symbol:
        return _filled(op.symbol, {str(port): text for port, text in enumerate(inputs)})
    values = [opaque(text, shapes[i] if shapes else None) for i, text in enumerate(inputs)]
    return symbol(op.forward(*values, **attrs)).latex


def local(op: Op, port: int, inputs: Sequence[str], output: str, attrs: Attrs = _NO_ATTRS) -> str:
    """Local derivative doutput/dinput at `port` of an elementwise op, in LaTeX, in terms of inputs and output."""
    values = [operand(text) for text in inputs]
    return symbol(op.partials[port](operand(output), *values, **attrs)).latex


def vjp(
    op: Op,
    port: int,
    inputs: Sequence[str],
    output: str,
    upstream: str,
    attrs: Attrs = _NO_ATTRS,
    shapes: Sequence[Shape] | None = None,
) -> str:
    """Contribution of `op` to the grad of its input at `port`, before unbroadcast, in LaTeX.

    Ports without a gradient (labels) give 0.
    """
    if not op.has_gradient(port):
        return "0"
    rule = 0 if op.arity is None else port
    if op.vjp_symbols and op.vjp_symbols[rule]:
        names = {"y": output, "g": upstream} | {str(i): text for i, text in enumerate(inputs)}
        return _filled(op.vjp_symbols[rule], names | ({"0": inputs[port]} if op.arity is None else {}))
    values = [operand(text, shapes[i] if shapes else None) for i, text in enumerate(inputs)]
    g, y = operand(upstream), operand(output)
    if op.elementwise:
        return symbol(g * op.partials[port](y, *values, **attrs)).latex
    return symbol(op.vjps[port](g, y, *values, **attrs)).latex


def _filled(template: str, names: Mapping[str, str]) -> str:
    """A template with its #0, #1, #y, #g filled in."""
    return re.sub(r"#([0-9yg])", lambda match: names[match[1]], template)
