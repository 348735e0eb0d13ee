"""Answers about one digit: why a network reads it so, what would make it another one, and what a lesson changed."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from app.digit_messages import (
    ChangeOut,
    EvidenceOut,
    FrameOut,
    IntegratedOut,
    LayerOut,
    LearnedOut,
    LossOut,
    MostOut,
    StandingOut,
    TowardOut,
    WhyOut,
)
from app.networks import Network
from app.predict_messages import reader_out
from app.scenes.training_trace import layer_label
from app.taught import Copies, Lesson, LessonsError
from engine import nn
from engine.attribution import evidence, integrated_gradients, loss_gradient, toward
from engine.data import Rows
from engine.functional import softmax
from engine.mode import no_grad
from engine.op import Array
from engine.tensor import Tensor

POINTS = 128
"""Of integrated gradients: the reader's map then misses its sum by less than a percent."""


class NotFiniteError(Exception):
    """A number that JSON cannot hold."""


class Layer(NamedTuple):
    """A linear layer, its number from 1 on, and its title."""

    number: int
    linear: nn.Linear
    title: str


def layers_of(network: Network) -> list[Layer]:
    """The linear layers, in order."""
    linear = [module for module in network.model if isinstance(module, nn.Linear)]
    return [Layer(n, layer, layer_label(linear, n, network.recipe.activation)) for n, layer in enumerate(linear, 1)]


def answer_why(network: Network, row: Rows, of: int | None) -> WhyOut:
    """Where the score of the digit `of` comes from; None: of the one that the network takes `row`, (784,), for."""
    found = evidence(network.model, row)
    digit = int(found.scores.argmax()) if of is None else of
    integrated = integrated_gradients(network.model, row, digit, POINTS)
    return WhyOut(
        network=reader_out(network),
        of=digit,
        logits=_floats(found.scores),
        probabilities=_floats(_softmax(found.scores)),
        layers=list(_forward(network, row)),
        evidence=[
            EvidenceOut(digit=n, map=packed(found.maps[n]), rest=finite(found.rest[n]), score=finite(found.scores[n]))
            for n in range(len(found.scores))
        ],
        gradient=packed(found.gradients[digit]),
        integrated=IntegratedOut(
            map=packed(integrated.map),
            steps=POINTS,
            sum=finite(integrated.map.sum(dtype=np.float64)),
            score=finite(integrated.score),
            baseline=finite(integrated.baseline),
        ),
    )


def answer_toward(network: Network, row: Rows, target: int) -> TowardOut:
    """Gradient steps on the pixels of `row`, (784,), that make the digit `target` likelier."""
    frames = toward(network.model, row, target)
    return TowardOut(
        target=target,
        frames=[FrameOut(picture=packed(f.row), probabilities=_floats(f.probabilities)) for f in frames],
    )


def answer_learn(
    copies: Copies, network: Network, code: str, row: Rows, lessons: Sequence[Lesson], rate: float
) -> LearnedOut:
    """What lessons with a learning rate did to the visitor's copy; the latest is on the picture `code`, `row`.

    Raises:
        LessonsError: it is not, or there is none.
        DivergedError: the copy is of no use any more.
    """
    if not lessons or lessons[-1].code != code:
        raise LessonsError(
            "These lessons do not teach this picture last",
            given="no lessons" if not lessons else "another picture in the last one",
            expected="a last lesson on this picture: LABEL.TIMES",
        )
    lesson = lessons[-1]
    before = copies.taught(network, lessons[:-1], rate).network
    after = copies.taught(network, lessons, rate)
    first, *_ = (new.linear.weight.data - old.linear.weight.data for old, new in _both(before, after.network))
    return LearnedOut(
        label=lesson.label,
        start=_standing(network, row, lesson.label),
        before=_standing(before, row, lesson.label),
        after=_standing(after.network, row, lesson.label),
        history=[
            LossOut(label=taught.label, loss=finite(loss), here=taught.code == code)
            for taught, loss in zip(lessons, after.losses, strict=True)
        ],
        changes=list(_changes(before, after.network)),
        weights=packed(np.linalg.norm(first, axis=0)),
        pixels=packed(loss_gradient(before.model, row, lesson.label)),
    )


def packed(numbers: Array) -> str:
    """Numbers as float32, little-endian, in base64. Raises NotFiniteError."""
    data = np.ascontiguousarray(numbers, "<f4")
    if not np.isfinite(data).all():
        raise NotFiniteError
    return base64.b64encode(data.tobytes()).decode("ascii")


def _floats(numbers: Array) -> list[float]:
    return [finite(number) for number in numbers]


def finite(number: Any) -> float:
    """A number, without a minus before zero. Raises NotFiniteError."""
    if not np.isfinite(number):
        raise NotFiniteError
    return float(number) + 0.0


def _softmax(scores: Array) -> Array:
    with no_grad():
        return softmax(Tensor(scores)).numpy()


def _forward(network: Network, row: Rows) -> Iterator[LayerOut]:
    """What each layer gives: the activation's values, or where there is none after it the sums."""
    layers = {id(layer.linear): layer for layer in layers_of(network)}
    modules = list(network.model)
    value: Tensor = Tensor(row[None])
    with no_grad():
        for place, module in enumerate(modules):
            value = module(value)
            if isinstance(module, nn.Linear):
                layer = layers[id(module)]
            if place + 1 == len(modules) or isinstance(modules[place + 1], nn.Linear):
                name = ("z" if isinstance(module, nn.Linear) else "h") + str(layer.number)
                yield LayerOut(name=name, title=layer.title, values=packed(value.numpy()[0]))


def _standing(network: Network, row: Rows, label: int) -> StandingOut:
    with no_grad():
        scores = network.model(row[None])
        loss = scores.cross_entropy(np.array([label])).item()
    return StandingOut(loss=finite(loss), probabilities=_floats(_softmax(scores.numpy()[0])))


def _both(before: Network, after: Network) -> Iterator[tuple[Layer, Layer]]:
    return zip(layers_of(before), layers_of(after), strict=True)


def _changes(before: Network, after: Network) -> Iterator[ChangeOut]:
    """What one training step did; the network after it has its gradients."""
    for (number, old, title), (_, new, _) in _both(before, after):
        for letter, words, was, now in (("W", "weights", old.weight, new.weight), ("b", "biases", old.bias, new.bias)):
            assert was is not None
            assert now is not None
            change = now.data - was.data
            order: Literal["C", "F"] = "C" if change.flags.c_contiguous else "F"  # as it lies in memory: that is faster
            index = np.unravel_index(np.abs(change).ravel(order).argmax(), change.shape, order)
            yield ChangeOut(
                name=f"{letter}{number}",
                title=f"{title.split(':')[0]}, {words}",
                shape=list(change.shape),
                gradient=finite(np.linalg.norm(now.grad)),
                change=finite(np.linalg.norm(change)),
                moved=int(np.count_nonzero(change)),
                most=MostOut(
                    index=[int(n) for n in index],
                    gradient=finite(now.grad[index]),
                    before=finite(was.data[index]),
                    after=finite(now.data[index]),
                ),
            )
