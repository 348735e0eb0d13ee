"""A step in words and formulas: pure functions of (trace, step). The numbers are the trace's own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine import symbolic
from engine.graph import Node
from engine.trace import Step, Trace, Value

Role = Literal["plain", "name", "value", "grad"]
Text = list[tuple[Role, str]]

MINUS = "\N{MINUS SIGN}"
_TIMES = r"{\times}"
MATRIX_ROWS, MATRIX_COLUMNS = 4, 4
"""Matrices up to this size are written out in formulas; larger ones by their shape."""


def short(number: float, digits: int = 4) -> str:
    """A number in so many significant digits, for people."""
    if np.isnan(number):
        return "NaN"
    if np.isinf(number):
        return "∞" if number > 0 else f"{MINUS}∞"
    text = f"{number + 0.0:.{digits}g}"  # no sign on a zero
    mantissa, _, exponent = text.partition("e")
    return (f"{mantissa}e{int(exponent)}" if exponent else mantissa).replace("-", MINUS)


def short_latex(number: float, digits: int = 4) -> str:
    """The same digits, typeset."""
    text = short(number, digits).replace(MINUS, "-").replace("NaN", r"\text{NaN}").replace("∞", r"\infty")
    mantissa, _, exponent = text.partition("e")
    return rf"{mantissa}\times10^{{{exponent}}}" if exponent else mantissa


def shape_text(shape: Sequence[int]) -> str:
    """Sizes of the axes as people write them: 100×784."""
    return "×".join(map(str, shape)) if shape else "scalar"


def shown(value: Value, role: Literal["v", "g"], *, factor: bool = True) -> str:
    """A value in LaTeX: the number, a small matrix, or the shape of a larger one, in the class of its hue.

    A negative number is put in parentheses where it stands as a factor or term among others.
    """
    array = np.asarray(value)
    if array.ndim == 0:
        body = short_latex(float(array))
        if factor and body.startswith("-"):
            body = f"({body})"
    elif (
        array.ndim <= 2
        and np.atleast_2d(array).shape[0] <= MATRIX_ROWS
        and np.atleast_2d(array).shape[1] <= MATRIX_COLUMNS
    ):
        rows = r" \\ ".join(
            " & ".join(f"{short_latex(float(f'{x:.3g}'))}" for x in row) for row in np.atleast_2d(array)
        )
        body = rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}"
    else:
        body = rf"\left[{_TIMES.join(map(str, array.shape))}\right]"
    return rf"\htmlClass{{{role}}}{{{body}}}"


def derivative(of: str, by: str) -> str:
    """dof/dby in LaTeX."""
    return rf"\frac{{\partial {of}}}{{\partial {by}}}"


@dataclass(frozen=True, slots=True)
class Equation:
    """The chain rule of one wire in four stages: symbols, upstream filled in, local filled in, contribution."""

    symbols: str
    upstream: str
    local: str
    contribution: str


def root_of(trace: Trace, node: Node) -> Node:
    """The root whose backward pass reaches `node`."""
    for root in trace.graph.roots:
        if trace.graph[root].lane == node.lane:
            return trace.graph[root]
    return trace.graph[trace.graph.roots[0]]


def _input_values(trace: Trace, node: Node) -> list[str]:
    return [shown(trace.values[i], "v") for i in node.inputs]


def equation(trace: Trace, step: Step) -> Equation | None:
    """The chain rule on the active wire; None for steps that are not contributions."""
    if step.port is None or step.target is None or step.upstream is None or step.contribution is None:
        return None
    graph, node, target = trace.graph, trace.graph[step.node], trace.graph[step.target]
    loss = root_of(trace, node).latex
    names = graph.input_latex(node)
    result = derivative(loss, target.latex)
    if step.expected > 1:
        via = node.latex if node.inputs.count(target.id) == 1 else f"{node.latex},\\,{step.port + 1}"
        result = rf"\left.{result}\right|_{{{via}}}"
    upstream = derivative(loss, node.latex)
    given = shown(step.upstream, "g")
    final = rf"= {shown(step.contribution, 'g', factor=False)}"
    sums, total = ("", "")
    if step.raw is not None:
        sums, total = r"\textstyle\sum_{\text{repeated}}\!\left[\,", r"\,\right]"
    if step.local is None:
        shapes = [graph[i].shape for i in node.inputs]
        rule = symbolic.vjp(node.record, step.port, names, node.latex, upstream, node.attrs, shapes)
        filled = symbolic.vjp(node.record, step.port, names, node.latex, given, node.attrs, shapes)
        values = _input_values(trace, node)
        numbers = symbolic.vjp(
            node.record, step.port, values, shown(trace.values[node.id], "v"), given, node.attrs, shapes
        )
        return Equation(
            f"{result} = {sums}{rule}{total}", f"= {sums}{filled}{total}", f"= {sums}{numbers}{total}", final
        )
    times = r"\cdot" if np.ndim(step.local) == 0 else r"\odot"
    local = derivative(node.latex, target.latex)
    rule = symbolic.local(node.record, step.port, names, node.latex, node.attrs)
    number = shown(step.local, "v")
    spelled = "" if re.fullmatch(r"-?[\d.]+", rule) else rf" \qquad {local} = {rule}"
    return Equation(
        f"{result} = {sums}{upstream} {times} {local}{total}",
        f"= {sums}{given} {times} {local}{total}",
        f"= {sums}{given} {times} {number}{total}{spelled}",
        final,
    )


def formula(trace: Trace, step: Step) -> tuple[str, str]:
    """The rule of a forward step and the same with numbers; of a seed, dL/dL = 1; else empty strings."""
    node = trace.graph[step.node]
    if step.kind == "seed":
        assert step.grad is not None
        return f"{derivative(node.latex, node.latex)} = 1", f"= {shown(step.grad, 'g')}"
    if step.kind != "compute":
        return "", ""
    assert step.value is not None
    shapes = [trace.graph[i].shape for i in node.inputs]
    numbers = symbolic.formula(node.record, _input_values(trace, node), node.attrs, shapes)
    return f"{node.latex} = {trace.graph.formula(node)}", f"= {numbers} = {shown(step.value, 'v', factor=False)}"


_PLACE = re.compile(r"\{(y|\d+)\}")


def fill(template: str, output: str, inputs: Sequence[str]) -> Text:
    """A sentence template with names in place of {y}, {0}, {1}; a template for any number of inputs may use {all}."""
    text: Text = []
    at = 0
    for match in _PLACE.finditer(template):
        text.append(("plain", template[at : match.start()]))
        text.append(("name", output if match[1] == "y" else inputs[int(match[1])]))
        at = match.end()
    text.append(("plain", template[at:]))
    return [part for part in text if part[1]]


def _amount(value: Value | None, role: Role) -> tuple[Role, str]:
    """A number, or the size of a tensor, marked with its role."""
    assert value is not None
    return (role, short(float(value)) if np.ndim(value) == 0 else f"{shape_text(np.shape(value))} numbers")


def text_of(*parts: str | tuple[Role, str]) -> Text:
    """A sentence from its parts; bare strings are plain."""
    return [("plain", part) if isinstance(part, str) else part for part in parts]


def sentence(trace: Trace, step: Step) -> Text:
    """The step in one or two plain sentences, names and numbers marked by their role."""
    graph, node = trace.graph, trace.graph[step.node]
    names = [graph[i].name for i in node.inputs]
    if step.kind == "compute":
        result = text_of(" Result: ", _amount(step.value, "value"), ".")
        return fill(node.record.says, node.name, names) + result
    if step.kind == "seed":
        return text_of(
            "The backward pass begins: ",
            ("name", node.name),
            " changes exactly as much as itself, so its gradient is ",
            _amount(step.grad, "grad"),
            ".",
        )
    if step.port is None or step.target is None:
        return []
    reason = fill(node.record.why[step.port if node.record.arity is not None else 0], node.name, names)
    return reason + _received(step, graph[step.target]) + _counted(step)


def _received(step: Step, target: Node) -> Text:
    """What arrived at the receiver, as the product where it is one."""
    received = _amount(step.contribution, "grad")
    if step.local is not None and np.ndim(step.local) == 0 and step.raw is None:
        factors = text_of(_amount(step.upstream, "grad"), " × ", _amount(step.local, "value"), " = ")
        return text_of(" ", ("name", target.name), " receives ", *factors, received, ".")
    text = text_of(" ", ("name", target.name), " receives ", received, ".")
    if step.raw is not None:
        repeated = f" It was repeated from {shape_text(target.shape)} to {shape_text(np.shape(step.raw))}, "
        text += text_of(repeated + "so what comes back is summed over the repeats.")
    return text


def _counted(step: Step) -> Text:
    """Which of the receiver's contributions this was; nothing where there is only one."""
    if step.expected == 1:
        return []
    if step.state == "final":
        last = f" That was the last of {step.expected} contributions; together they are "
        return text_of(last, _amount(step.grad, "grad"), ".")
    return text_of(f" This is contribution {step.received} of {step.expected}: its gradient is not complete yet.")
