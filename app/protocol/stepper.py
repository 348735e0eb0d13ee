"""The messages of the stepper: a scene with its trace, a position in it, and what may be asked about it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.protocol.base import Answer, Matrix, Message, Name, Request, Scalar, Text

# ---------------------------------------------------------------------------------------------- parts of messages


class Position(Message):
    """Where somebody stands: `step` steps are done (0: only the leaves are known); `element` opens one element."""

    step: int = Field(ge=0, le=10_000_000)
    element: list[int] | None = Field(default=None, max_length=8)
    term: int = Field(default=0, ge=0, description="terms or lines of the opened element already gone through")
    largest_first: bool = Field(default=False, description="terms go by their magnitude, not by their place")


class TensorRef(Message):
    """A tensor that travels in a binary frame of its own."""

    ref: int
    shape: list[int]


Value = Scalar | TensorRef
"""Scalars travel in place, everything else by reference."""


class GraphNode(Message):
    """A node of the graph. Its inputs are ordered; one wire an input, so x*x has two."""

    id: int
    name: str = Field(description="plain text, unique within its lane")
    latex: str
    kind: Literal["leaf", "constant", "parameter", "data", "node"]
    op: str | None
    formula: str = Field(description="LaTeX of what the node computes from its inputs' names; empty for leaves")
    text: str = Field(description="the formula as short plain text, for the picture")
    inputs: list[int]
    gradient_ports: list[int] = Field(description="ports along which a gradient flows")
    shape: list[int]
    lane: str = Field(description="the part of the picture it belongs to; empty where there is one part")
    layer: str = Field(description="the layer of a network it belongs to; empty where it belongs to none")
    span: tuple[int, int] | None = Field(description="place in the source that it came from")
    images: tuple[int, int] | None = Field(description="rows are pictures of this height and width")


class Graph(Message):
    """The graph of a scene; `key` changes only when its structure does, so that positions on screen may stay."""

    key: str
    nodes: list[GraphNode]
    roots: list[int]


class Leaf(Message):
    """A value that the learner may change."""

    name: str
    latex: str
    nodes: list[int] = Field(description="the leaf nodes that hold it (one in each lane)")
    value: Matrix
    minimum: Scalar
    maximum: Scalar


class Equation(Message):
    """The chain rule of one step in LaTeX, stage by stage; the classes `v` and `g` mark values and gradients."""

    symbols: str
    upstream: str
    local: str
    contribution: str


class Contribution(Message):
    """One summand of a node's grad."""

    node: int = Field(description="the node that contributed")
    port: int
    value: Value


class Quantity(Message):
    """A named tensor of a step, such as Adam's first moment."""

    name: str
    latex: str
    value: Value
    says: str


class Step(Message):
    """One entry of a trace."""

    index: int
    phase: Literal["forward", "loss", "backward", "update"]
    kind: Literal["compute", "seed", "contribution", "update", "result"]
    node: int = Field(description="the node that computes, contributes or is updated")
    port: int | None = Field(description="backward: the input it contributes to; the active wire is (node, port)")
    target: int | None = Field(description="backward: the node that receives")
    value: Value | None = Field(description="forward: the node's value; update: the parameter's new value")
    upstream: Value | None
    local: Value | None = Field(description="local derivative, of elementwise ops only")
    raw: Value | None = Field(description="the contribution before broadcasting was undone, where that changed it")
    contribution: Value | None
    grad: Value | None = Field(description="the receiver's grad so far (the seed's for `seed`)")
    received: int
    expected: int
    state: Literal["unreached", "partial", "final"] = Field(description="of the receiver's grad after this step")
    equation: Equation | None
    formula: str = Field(description="forward and update steps: LaTeX of the rule, then of the numbers")
    numbers: str
    sentence: Text
    quantities: list[Quantity] = Field(description="update steps: the optimizer's own state")


class Check(Message):
    """Two numbers that should be equal, and whether they are."""

    label: str
    left_label: str
    left: Scalar
    right_label: str
    right: Scalar
    difference: Scalar
    equal: bool


class Choice(Message):
    """A switch of a scene."""

    name: str
    label: str
    says: str
    value: str
    options: list[tuple[str, str]] = Field(description="(value, label)")


class Proof(Message):
    """One leaf's gradient, found three ways."""

    name: str
    engine: Scalar
    differences: Scalar
    pytorch: Scalar | None = Field(description="None where PyTorch is not installed")
    element: list[int] = Field(description="the element compared where it is a tensor: the one that differs most")
    agree: bool


class Spot(Message):
    """The picture that a number belongs to: a row of a node; and the pixel it is, where it is one of its pixels."""

    node: int
    row: int
    pixel: int | None


class Term(Message):
    """One summand of an element: a product of two numbers, where they stand, and the pictures they belong to."""

    left: Scalar
    right: Scalar
    product: Scalar
    left_at: str
    right_at: str
    left_spot: Spot | None
    right_spot: Spot | None


class Line(Message):
    """One quantity of the update of one element, in the order they are computed."""

    name: str
    latex: str = Field(description="the quantity and its formula")
    numbers: str = Field(description="the same with the numbers filled in")
    value: Scalar
    says: str


class TrainingStep(Message):
    """The training step of a run that is open: the update that takes the run from `step` - 1 steps done to `step`."""

    run: str
    title: str = Field(description="the run in a few words; of a comparison, the member")
    step: int
    steps: int = Field(description="training steps of the run in all")
    done: int = Field(description="training steps it has done so far")
    member: int
    picture: int | None = Field(description="the test picture seen before this step, in the place of its batch")


class Origin(Message):
    """Where a scene was opened from: a page of this server that the learner may go back to."""

    title: str
    address: str


# -------------------------------------------------------------------------------------------- requests (to the server)


class Open(Request):
    """Open a scene, at a position; `source`, `values` and `choices` where they differ from the scene's own."""

    type: Literal["open"]
    scene: Name
    source: str | None = None
    values: dict[Name, Matrix] = Field(default_factory=dict, max_length=200)
    choices: dict[Name, str] = Field(default_factory=dict, max_length=20)
    position: Position = Position(step=0)


class SetValue(Request):
    """Change a leaf; everything is computed anew, the position stays."""

    type: Literal["set_value"]
    generation: int
    name: Name
    value: Matrix


class Seek(Request):
    """Stand somewhere else in the trace."""

    type: Literal["seek"]
    generation: int
    position: Position


class Into(Request):
    """Open one element of what the current step made: the terms that sum to it, or the lines of its update."""

    type: Literal["into"]
    generation: int
    step: int = Field(ge=0)
    element: list[int] = Field(max_length=8)


class Window(Request):
    """Exact numbers of part of a tensor, seen as a matrix (leading axes flattened into rows); at most 1,024."""

    type: Literal["window"]
    generation: int
    ref: int
    rows: tuple[int, int]
    columns: tuple[int, int]


class Prove(Request):
    """Compare the gradients with central differences and with PyTorch."""

    type: Literal["prove"]
    generation: int


# -------------------------------------------------------------------------------------------- answers (to the browser)


class Opened(Answer):
    """A scene: everything but its steps and tensors, which follow as `steps` and binary frames."""

    type: Literal["opened"] = "opened"
    generation: int
    scene: str
    title: str
    says: str = Field(description="what to look for here, in one or two sentences")
    source: str | None = Field(description="the expression; None where it cannot be edited")
    editable: bool
    graph: Graph
    leaves: list[Leaf]
    choices: list[Choice]
    checks: list[Check]
    notes: list[str] = Field(description="things to be said plainly, such as which data is used")
    training: TrainingStep | None = Field(description="where the scene is a training step of a run")
    origin: Origin | None = Field(description="where the scene belongs to another page")
    values: dict[int, Value] = Field(description="the value of every node, by node id")
    grads: dict[int, Value] = Field(description="the final grad of every node that has one, by node id")
    steps: int
    position: Position


class Steps(Answer):
    """A run of steps; `last` on the final one, after which the answer is complete."""

    type: Literal["steps"] = "steps"
    generation: int
    start: int
    steps: list[Step]
    last: bool


class At(Answer):
    type: Literal["at"] = "at"
    generation: int
    position: Position


class Terms(Answer):
    """The terms that sum to one element."""

    type: Literal["terms"] = "terms"
    generation: int
    step: int
    element: list[int]
    title: Text
    latex: str
    left_label: str
    right_label: str
    terms: list[Term] = Field(description="by their place; those that are exactly zero are not listed")
    total: Scalar
    omitted: int = Field(description="terms that are exactly zero and not listed")
    spot: Spot | None = Field(description="the picture that the element belongs to")


class Lines(Answer):
    """The update of one element of a parameter, quantity by quantity from its gradient to its new value."""

    type: Literal["lines"] = "lines"
    generation: int
    step: int
    element: list[int]
    title: Text
    lines: list[Line]
    spot: Spot | None = Field(description="the picture that the element belongs to")


class Numbers(Answer):
    type: Literal["numbers"] = "numbers"
    generation: int
    ref: int
    rows: tuple[int, int]
    columns: tuple[int, int]
    numbers: list[list[Scalar]]


class Proved(Answer):
    type: Literal["proved"] = "proved"
    generation: int
    proofs: list[Proof]
    says: str
