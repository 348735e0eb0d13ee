"""The next training step of a training, as a trace: forward, loss, backward, each parameter's update, the loss again.

The pass is made on a tape, as a training makes its own, so that every number is the run's, bit for bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from app.labs.curve import CurveTraining
from app.runs.recipes import ACTIVATION_LABELS
from engine.data import SIDE, Labels, Rows
from engine.explain import Text, shape_text, short, short_latex, text_of
from engine.graph import Kind
from engine.graph import Labels as GraphLabels
from engine.nn import CrossEntropyLoss, Linear, Module, MSELoss
from engine.op import Array
from engine.optimizers import optimizer_choice
from engine.tape import Tape
from engine.taped import record_taped
from engine.tensor import Tensor
from engine.trace import Quantity, Step, Trace, freeze
from engine.train import Training
from engine.update import Change, changes, describe

Updates = Mapping[int, tuple[str, str, Text]]
"""Formula, numbers and sentence of the steps of the update, by step index."""


Trained = Training | CurveTraining
"""What takes training steps that can be walked."""


class Lesson(NamedTuple):
    """What a training step learns from.

    Attributes:
        inputs: a row each.
        targets: what is to be said of them: labels, or numbers.
        criterion: the loss.
        what: what a row is, in the plural.
    """

    inputs: Array
    targets: Array
    criterion: Module
    what: str


class Traced(NamedTuple):
    """A training step as a trace.

    Attributes:
        trace: its steps.
        updates: how the steps of the update are told.
        changes: what each of them did, by step index, so that any element of it can be opened.
    """

    trace: Trace
    updates: Updates
    changes: Mapping[int, Change]


def training_trace(training: Trained, *, to_inputs: bool = False) -> Traced:
    """The training step that `training` would take next; its parameters and its optimizer have taken it afterwards.

    Nodes are called as in textbooks: X, y, W1, b1, s1 = X W1ᵀ, z1 = s1 + b1, h1 = its activation, and so on up to L.
    Where gradients are never set to zero, those of the trace are this step's alone, and the update's are their sum.

    Args:
        training: what takes the step.
        to_inputs: the backward pass goes on to X, as no training needs it; the parameters' gradients are the same.
    """
    lesson, optimizer = lesson_of(training), training.optimizer
    optimizer.lr = training.rate()
    earlier = [None if p.grad is None else p.grad.copy() for p in optimizer.parameters]
    tape, x, y = Tape(), Tensor(lesson.inputs, to_inputs, name="X"), Tensor(lesson.targets, name="y")
    trace = _pass(training, tape, x, y, lesson.criterion)
    forgets = isinstance(training, CurveTraining) or training.recipe.zero_grad
    if not forgets:
        for parameter, grad in zip(optimizer.parameters, earlier, strict=True):
            if grad is not None:
                np.add(parameter.grad, grad, out=parameter.grad)
    with changes(optimizer) as made:
        optimizer.step()
    steps, updates, told = list(trace.steps), dict[int, tuple[str, str, Text]](), dict[int, Change]()
    nodes = {node.name: node for node in trace.graph}
    for parameter, change in zip(optimizer.parameters, made.values(), strict=True):
        node = nodes[parameter.name]
        update = describe(change, node.latex)
        added = freeze(np.subtract(change.new, change.old))
        quantities = (
            *([] if forgets else [_summed(change, node.latex)]),
            *update.quantities,
            Quantity("change", rf"\Delta {node.latex}", added, "what is added to the parameter"),
        )
        step = Step(
            len(steps),
            "update",
            "update",
            node.id,
            value=change.new,
            grad=change.gradient,
            received=1,
            expected=1,
            quantities=quantities,
        )
        words = update_words(training, node.name, step, lesson.inputs if node.images else None)
        updates[step.index], told[step.index] = (update.rule, update.numbers, words), change
        steps.append(step)
    before = float(trace.values[nodes["L"].id])
    with tape:
        after = lesson.criterion(training.model(x), y).item()
    result = Step(len(steps), "update", "result", nodes["L"].id, value=after)
    updates[result.index] = result_words(before, after, list(made.values()), many(len(lesson.inputs), lesson.what))
    return Traced(Trace(trace.graph, trace.values, (*steps, result), trace.grads), updates, told)


def lesson_of(training: Trained) -> Lesson:
    """What the next training step learns from."""
    if isinstance(training, CurveTraining):
        return Lesson(training.x.data, training.y.data, MSELoss(), "points")
    batch = training.batch()
    return Lesson(batch.rows, batch.labels, CrossEntropyLoss(), "pictures")


def picture_trace(training: Training, rows: Rows, labels: Labels, *, to_inputs: bool = False) -> Traced:
    """Forward and backward of some pictures, as the network sees them now, to X as above; nothing is updated."""
    trace = _pass(training, Tape(), Tensor(rows, to_inputs, name="X"), Tensor(labels, name="y"), CrossEntropyLoss())
    return Traced(trace, {}, {})


def _pass(training: Trained, tape: Tape, x: Tensor, y: Tensor, criterion: Module) -> Trace:
    """Forward, loss and backward on `tape`; the parameters' grads are this pass's."""
    layers: dict[int, str] = {}
    training.optimizer.zero_grad()
    with tape:
        value, number = x, 0
        for module in training.model:
            value = module(value)
            if isinstance(module, Linear):
                number += 1
                assert module.bias is not None
                named = {"W": module.weight, "b": module.bias, "s": value.inputs[0], "z": value}
            else:
                named = {"h": value}
            for letter, tensor in named.items():
                tensor.name = f"{letter}{number}"
                layers[id(tensor)] = layer_label(training.layers, number, _activation(training))
        loss = criterion(value, y)
        loss.name = "L"
        loss.backward()
    kinds: dict[int, Kind] = {id(x): "data", id(y): "data"}
    kinds |= {id(parameter): "parameter" for parameter in training.optimizer.parameters}
    pixels = () if isinstance(training, CurveTraining) else (x, training.layers[0].weight)
    pictures = {id(tensor): (SIDE, SIDE) for tensor in pixels}
    return record_taped(loss, GraphLabels(kinds=kinds, images=pictures, layers=layers))


def layer_label(layers: Sequence[Linear], number: int, activation: str) -> str:
    """A layer in a few words: "Layer 1: 784 → 128, ReLU"; `activation` follows all but the last, "" where none does."""
    layer = layers[number - 1]
    words = ACTIVATION_LABELS.get(activation, activation) if number < len(layers) else ""
    return f"Layer {number}: {layer.in_features} → {layer.out_features}" + f", {words}" * bool(words)


def _activation(training: Trained) -> str:
    if isinstance(training, CurveTraining):
        return "sigmoid" if training.recipe.layers == "sigmoid" else ""
    return training.recipe.activation


def _summed(change: Change, latex: str) -> Quantity:
    says = "the gradients of all training steps so far, added up: nobody has set them to zero"
    return Quantity("sum of gradients", rf"\sum_t \frac{{\partial L_t}}{{\partial {latex}}}", change.gradient, says)


def update_words(training: Trained, name: str, step: Step, rows: Array | None) -> Text:
    """The update of one parameter in a sentence; `rows` are the pictures where it is their pixels' weight."""
    change = np.abs(np.asarray(step.quantities[-1].value))
    still = change == 0
    of_all = f"{np.count_nonzero(change):,} of " if still.any() else ""
    return text_of(
        f"{optimizer_choice(training.recipe.optimizer).label} turns the gradient of ",
        ("name", name),
        f" into a change: {of_all}{shape_text(change.shape)} numbers move, the largest by ",
        ("value", short(float(change.max()))),
        f", at a learning rate of {short(training.optimizer.lr)}.",
        _why_still(still, np.asarray(step.grad), rows),
    )


def _why_still(still: Array, grad: Array, rows: Array | None) -> str:
    """Why some elements of a parameter did not move, where all of them have the same reason."""
    if not still.any() or grad[still].any():
        return ""
    blank = rows is not None and not rows[:, still.any(axis=0)].any()
    return " The others have a gradient of exactly 0" + (": no picture has ink at their pixel." if blank else ".")


def many(count: int, what: str) -> str:
    """A number of things, such as "100 pictures"; one of them goes without its number."""
    return what.removesuffix("s") if count == 1 else f"{count:,} {what}"


def result_words(before: float, after: float, made: list[Change], lesson: str) -> tuple[str, str, Text]:
    """What the step did to the loss on what it learned from, such as "100 pictures"."""
    moved = sum(np.count_nonzero(np.not_equal(change.new, change.old)) for change in made)
    count = sum(np.size(change.new) for change in made)
    all_of_them = f"All {count:,}" if moved == count else f"{moved:,} of {count:,}"
    word = "fell" if after < before else "rose" if after > before else "stayed"
    text = text_of(
        f"{all_of_them} parameters have moved. On the same {lesson} the loss {word} from ",
        ("value", short(before)),
        " to ",
        ("value", short(after)),
        ".",
    )
    numbers = " \\to ".join(rf"\htmlClass{{v}}{{{short_latex(loss)}}}" for loss in (before, after))
    return r"L_{\text{before}} \to L_{\text{after}}", numbers, text
