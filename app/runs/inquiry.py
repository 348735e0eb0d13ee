"""Questions about a run at some training step: the whole test set, and two training steps side by side."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import NamedTuple

import numpy as np

from app import protocol
from app.runs.lessons import Lessons
from app.runs.member import Trainee
from app.summary import summarise
from engine.data import CLASSES, SIDE
from engine.op import Array
from engine.train import PIXELS, Scores, Training

REMEMBERED = 8
"""Answers to the whole test set that are kept, for looking through its pages."""

Question = tuple[int, int, int]
"""A run's life (see app.runs.moment.Moment), a training step, a member."""


class Tested(NamedTuple):
    """A network's answers to all test pictures at a training step."""

    step: int
    scores: Scores


class Tests:
    """The latest answers to all test pictures. Any thread may ask."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[Question, Tested] = OrderedDict()

    def get(self, question: Question, network: Callable[[], Trainee], lessons: Lessons) -> Tested:
        """What a network says; it is had only where it has not been asked of late."""
        with self._lock:
            found = self._known.get(question)
        if found is None:
            training = network()
            assert isinstance(training, Training)
            found = Tested(training.step, training.evaluate(lessons.test_rows(), lessons.test.labels))
        with self._lock:
            self._known[question] = found
            self._known.move_to_end(question)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return found


def evaluation(asked: protocol.Evaluate, found: Tested, lessons: Lessons) -> protocol.Evaluation:
    """The confusion matrix and a page of the wrong pictures, those with the largest loss first.

    With a true and a predicted digit both given, the page shows all pictures of that cell, right ones too.
    """
    labels, answers = lessons.test.labels, found.scores
    confusion = np.bincount(labels * CLASSES + answers.predictions, minlength=CLASSES * CLASSES)
    chosen = np.ones(len(labels), bool)
    if asked.true is not None:
        chosen &= labels == asked.true
    if asked.predicted is not None:
        chosen &= answers.predictions == asked.predicted
    if asked.true is None or asked.predicted is None:
        chosen &= answers.predictions != labels
    order = np.flatnonzero(chosen)
    order = order[np.argsort(-answers.losses[order], kind="stable")]
    page = order[asked.start : asked.start + asked.count]
    return protocol.Evaluation(
        request_seq=asked.seq,
        run=asked.run,
        step=found.step,
        count=len(labels),
        loss=float(answers.losses.mean()),
        accuracy=float(np.mean(answers.predictions == labels)),
        confusion=confusion.reshape(CLASSES, CLASSES).tolist(),
        wrong=len(order),
        start=asked.start,
        indices=page.tolist(),
        labels=labels[page].tolist(),
        predictions=answers.predictions[page].tolist(),
        losses=answers.losses[page].tolist(),
        confidence=answers.confidence[page].tolist(),
        pixels=lessons.test.images[page].reshape(-1, PIXELS).tobytes(),
    )


def comparison(asked: protocol.Compare, first: Training, second: Training) -> protocol.Comparison:
    """Weights, gradients and values of one network at two training steps, on the batch that comes after the first."""
    batch = first.batch()
    one, two = first.probe(batch), second.probe(batch)
    pairs: list[tuple[str, str, Array, Array]] = []
    for number, (a, b) in enumerate(zip(one.values, two.values, strict=True), 1):
        last = number == len(one.values)
        pairs.append((f"z{number}" if last else f"h{number}", "value", a[1], b[1]))
    after = dict(second.model.named_parameters())
    for number, (name, parameter) in enumerate(first.model.named_parameters()):
        short = f"{'Wb'[number % 2]}{number // 2 + 1}"
        pairs.append((short, "weight", parameter.data, after[name].data))
        pairs.append((short, "gradient", one.gradients[name], two.gradients[name]))
    tensors: list[protocol.Compared] = []
    for name, what, then, now in pairs:
        images = (SIDE, SIDE) if name == "W1" else None
        with np.errstate(all="ignore"):
            three = then, now, now - then
            frames = [summarise(array, 0, 3 * len(tensors) + n, images) for n, array in enumerate(three)]
        tensors.append(
            protocol.Compared.model_validate(
                {"name": name, "what": what, "first": frames[0], "second": frames[1], "difference": frames[2]}
            )
        )
    return protocol.Comparison(
        request_seq=asked.seq,
        run=asked.run,
        step=first.step,
        other=second.step,
        losses=(one.loss, two.loss),
        tensors=tensors,
    )
