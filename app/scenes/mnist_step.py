"""One training step of a 784-10 network on real digits: forward, loss, backward, update, and the loss again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.datasets import Digits
from app.scene import Choice, Opened, Request, picked
from engine import optim
from engine.data import SIDE, Dataset, rows
from engine.explain import Text, shape_text, short, short_latex, text_of
from engine.expression import Limits
from engine.graph import Kind, Labels
from engine.mode import keep_graph, no_grad
from engine.nn import Linear
from engine.tensor import Tensor
from engine.trace import Quantity, Step, Trace, freeze, record
from engine.update import describe

BATCH = 100
SEED = 0

OPTIMIZERS = (("adam", "Adam"), ("sgd", "SGD"))
RATES = (("0.001", "0.001"), ("0.01", "0.01"), ("0.1", "0.1"), ("1", "1"))
BATCHES = (("0", "first"), ("1", "second"), ("2", "third"))

Load = Callable[[], Digits]
"""Where the digits come from."""


@dataclass(frozen=True, slots=True)
class MnistStepScene:
    """A fresh network, one batch, one step of the optimizer; the same every time it is opened.

    Attributes:
        load: finds the digits.
    """

    load: Load
    id: str = "mnist-step"
    title: str = "One training step on MNIST"
    says: str = (
        "A hundred handwritten digits, 7,850 parameters, one step: predictions, loss, every gradient, and the update "
        "that makes the loss on these digits smaller."
    )
    source: str = ""

    def open(self, request: Request, limits: Limits) -> Opened:
        """Compute the step with the chosen optimizer, learning rate and batch."""
        optimizer = picked(request, "optimizer", OPTIMIZERS)
        rate = picked(request, "rate", RATES)
        batch = picked(request, "batch", BATCHES)
        digits = self.load()
        trace, updates = training_step(digits.train, optimizer, float(rate), int(batch))
        choices = (
            Choice("optimizer", "Optimizer", "how a gradient changes the parameters", optimizer, OPTIMIZERS),
            Choice("rate", "Learning rate", "how far one step goes", rate, RATES),
            Choice("batch", "Batch", "which hundred digits", batch, BATCHES),
        )
        return Opened(trace, choices=choices, notes=(digits.note,), updates=updates)


Updates = dict[int, tuple[str, str, Text]]


def training_step(train: Dataset, optimizer: str, rate: float, batch: int) -> tuple[Trace, Updates]:
    """The trace of one training step: forward, loss, backward, each parameter's update, and the loss afterwards."""
    model = Linear(SIDE * SIDE, 10, generator=SEED)
    order = np.random.default_rng(SEED).permutation(len(train.images))[batch * BATCH : (batch + 1) * BATCH]
    with keep_graph():
        x = Tensor(rows(train.images[order]), name="X")
        y = Tensor(train.labels[order], name="y")
        weight, bias = model.weight, model.bias
        assert bias is not None
        weight.name, bias.name = "W", "b"
        product = x.matmul(weight, transpose_b=True)
        logits = product + bias
        product.name, logits.name = "s", "z"
        loss = logits.cross_entropy(y)
        loss.name = "L"
    kinds: dict[int, Kind] = {id(x): "data", id(y): "data", id(weight): "parameter", id(bias): "parameter"}
    images = {id(x): (SIDE, SIDE), id(weight): (SIDE, SIDE)}
    trace = record([loss], Labels({}, kinds, images, {}))
    steps = list(trace.steps)
    updates: Updates = {}
    parameters = [weight, bias]
    before = [freeze(p.value) for p in parameters]
    rule: optim.Optimizer = optim.Adam(parameters, lr=rate) if optimizer == "adam" else optim.SGD(parameters, lr=rate)
    rule.step()
    names = {node.name: node.id for node in trace.graph}
    for parameter, old in zip(parameters, before, strict=True):
        node = trace.graph[names[parameter.name]]
        new = freeze(parameter.value)
        update = describe(rule, node.latex, rule.state_of(parameter.name), rule.steps()[parameter.name])
        change = Quantity(
            "change", rf"\Delta {node.latex}", freeze(np.subtract(new, old)), "what is added to the parameter"
        )
        step = Step(
            len(steps),
            "update",
            "update",
            node.id,
            value=new,
            grad=trace.grads[node.id],
            received=1,
            expected=1,
            quantities=(*update.quantities, change),
        )
        words = update_words(parameter.name, step, dict(OPTIMIZERS)[optimizer], rate)
        updates[step.index] = (update.rule, update.numbers, words)
        steps.append(step)
    with no_grad():
        after = (x.matmul(weight, transpose_b=True) + bias).cross_entropy(y).item()
    result = Step(len(steps), "update", "result", names["L"], value=after)
    moved = sum(int(np.count_nonzero(p.value != old)) for p, old in zip(parameters, before, strict=True))
    updates[result.index] = result_words(loss.item(), after, moved, sum(p.size for p in parameters))
    steps.append(result)
    return Trace(trace.graph, trace.values, tuple(steps), trace.grads), updates


def update_words(name: str, step: Step, optimizer: str, rate: float) -> Text:
    """The update of one parameter in a sentence."""
    change = np.abs(np.asarray(step.quantities[-1].value))
    still = change == 0
    of_all = f"{np.count_nonzero(change):,} of " if still.any() else ""
    without_ink = bool(still.any()) and not np.asarray(step.grad)[still].any()
    return text_of(
        f"{optimizer} turns the gradient of ",
        ("name", name),
        f" into a change: {of_all}{shape_text(change.shape)} numbers move, the largest by ",
        ("value", short(float(change.max()))),
        f", at a learning rate of {rate:g}.",
        " The others have a gradient of exactly 0: no picture has ink at their pixel." if without_ink else "",
    )


def result_words(before: float, after: float, moved: int, count: int) -> tuple[str, str, Text]:
    """What the step did to the loss on this batch, `moved` of `count` parameters having changed."""
    all_of_them = f"All {count:,}" if moved == count else f"{moved:,} of {count:,}"
    word = "fell" if after < before else "rose" if after > before else "stayed"
    text = text_of(
        f"{all_of_them} parameters have moved. On the same hundred digits the loss {word} from ",
        ("value", short(before)),
        " to ",
        ("value", short(after)),
        ".",
    )
    numbers = " \\to ".join(rf"\htmlClass{{v}}{{{short_latex(loss)}}}" for loss in (before, after))
    return r"L_{\text{before}} \to L_{\text{after}}", numbers, text
