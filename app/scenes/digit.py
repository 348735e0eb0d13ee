"""A visitor's own digit in the stepper: forward, loss, backward down to its pixels; and the training step on it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlencode

import numpy as np

from app.datasets import built_in
from app.digits.code import decode, encode
from app.networks import BUILT_IN, Network, Networks
from app.scene import Choice, Opened, Origin, Request, picked
from app.scenes.training_trace import picture_trace, training_trace
from app.taught import ITEMS, RATE, RULE, STEPS, Copies, Lesson, diverged, pupil, read_lessons
from engine.data import CLASSES, rows
from engine.errors import EngineError
from engine.expression import Limits

SAMPLE = 1
"""The picture of the built-in digits for testing that is shown where none is given: the networks disagree on it."""

READER = "reader"
"""The network that reads the picture where none is named."""

PASSES = (("look", "look"), ("learn", "learn"))
DIGITS = tuple((str(digit), str(digit)) for digit in range(CLASSES))


class Asked(NamedTuple):
    """What the choices say.

    Attributes:
        code: the picture's word.
        sample: whether it is the sample, because no picture was given.
        network: as it came.
        lessons: what the visitor's copy has been taught before.
        rate: the learning rate of all lessons.
    """

    code: str
    sample: bool
    network: Network
    lessons: tuple[Lesson, ...]
    rate: float


@dataclass(frozen=True, slots=True)
class DigitScene:
    """One picture and one network: the very walk of a training step, with a batch of one, and a gradient on the pixels.

    It is opened with the choices `picture` (its word), `network`, `lessons` and `rate` (what the visitor's copy of the
    network has been taught before), `label` (the network's own prediction where there is none) and `pass`: "look"
    updates nothing, "learn" takes the training step.

    Attributes:
        networks: finds networks.
        copies: makes visitors' copies of them.
    """

    networks: Networks
    copies: Copies
    id: str = "digit"
    title: str = "Your digit"
    says: str = (
        "One picture through a network: forward to ten scores and a loss, and backward to every weight and down to the "
        "pixels themselves."
    )
    source: str = ""
    listed: bool = False

    def open(self, request: Request, limits: Limits) -> Opened:
        """Teach a copy of the network its lessons, and record what follows.

        Raises:
            CodeError: the word of a picture that is none.
            LessonsError, LimitError: a word that is no lessons, or too many.
            DivergedError: the copy is of no use any more.
            EngineError: an unknown network, a run that is gone, a label or a learning rate that cannot be.
        """
        asked = self._asked(request.choices)
        network = self.copies.taught(asked.network, asked.lessons, asked.rate).network
        row = rows(decode(asked.code)[None])
        probabilities = network.probabilities(row)[0]
        if not np.isfinite(probabilities).all():
            raise diverged(asked.rate, len(asked.lessons))
        given, prediction = label_of(request.choices), int(probabilities.argmax())
        label = prediction if given is None else given
        way = picked(request, "pass", PASSES)
        training = pupil(network, Lesson(asked.code, label), asked.rate)
        if way == "learn":
            traced = training_trace(training, to_inputs=True)
        else:
            traced = picture_trace(training, row, np.array([label]), to_inputs=True)
        return Opened(
            traced.trace,
            choices=switches(asked.network, label, way),
            notes=(
                *picture_notes(asked),
                verdict_note(asked, prediction, probabilities[prediction]),
                label_note(given, prediction, way),
            ),
            updates=traced.updates,
            changes=traced.changes,
            origin=origin(asked, Lesson(asked.code, label) if way == "learn" else None),
        )

    def _asked(self, choices: Mapping[str, str]) -> Asked:
        code = choices.get("picture", "")
        if code:
            decode(code)
        word = code or encode(built_in()[1].images[SAMPLE])
        lessons = read_lessons(choices.get("lessons", ""), word)
        return Asked(word, not code, self.networks.get(choices.get("network", READER)), lessons, rate_of(choices))


def origin(asked: Asked, learned: Lesson | None) -> Origin:
    """The drawing page as it was left: the picture, the network that was explained, and the copy's lessons.

    What was `learned` in the walk comes along, unless the lessons would be more than there may be.
    """
    lessons = asked.lessons if learned is None else (*asked.lessons, learned)
    if len(lessons) > STEPS or len(list(groupby(lessons))) > ITEMS:
        lessons = asked.lessons
    query = {"picture": asked.code}
    if asked.network.id != READER:
        query["network"] = f"{asked.network.id},{READER}"
    if lessons:
        query |= {"lessons": lessons_word(lessons, asked.code), "rate": repr(asked.rate)}
    return Origin("Your drawing", f"/draw?{urlencode(query, safe=',:~')}#{'learn' if lessons else 'forward'}")


def lessons_word(lessons: Sequence[Lesson], code: str) -> str:
    """Training steps as an address holds them, beside the picture `code`: what `read_lessons` reads.

    >>> lessons_word([Lesson("CODE", 7), Lesson("CODE", 7), Lesson("OTHER", 1)], "CODE")
    '7.2~1.1.OTHER'
    """
    items = [(lesson, len(list(same))) for lesson, same in groupby(lessons)]
    return "~".join(f"{one.label}.{times}" + (f".{one.code}" if one.code != code else "") for one, times in items)


def label_of(choices: Mapping[str, str]) -> int | None:
    """What the picture is said to be; None: nothing. Raises EngineError: no digit."""
    text = choices.get("label", "")
    if text and text not in dict(DIGITS):
        raise EngineError("The label is a digit", given=text[:40], expected=f"0 to {CLASSES - 1}")
    return int(text) if text else None


def rate_of(choices: Mapping[str, str]) -> float:
    """The learning rate. Raises EngineError: no number, or out of bounds."""
    text = choices.get("rate", "")
    try:
        rate = float(text) if text else RATE
    except ValueError:
        rate = math.nan
    return RULE.learning_rate.check(rate)


def switches(network: Network, label: int, way: str) -> tuple[Choice, ...]:
    """What may be chosen in the stepper."""
    networks = [(name, title) for name, (title, _) in BUILT_IN.items()]
    if network.id not in BUILT_IN:
        networks.append((network.id, network.title))
    return (
        Choice("network", "Network", "who reads the picture", network.id, tuple(networks)),
        Choice("label", "Label", "what it should be: the loss is against this", str(label), DIGITS),
        Choice("pass", "Pass", "look changes nothing; learn updates your copy", way, PASSES),
    )


def a_digit(digit: int) -> str:
    """A digit with its article: a 7, an 8."""
    return f"an {digit}" if digit == 8 else f"a {digit}"


def picture_notes(asked: Asked) -> tuple[str, ...]:
    """Which picture it is, where it is not the visitor's."""
    if not asked.sample:
        return ()
    _, test = built_in()
    sample = f"{a_digit(test.labels[SAMPLE])} of the built-in digits"
    return (f"No picture came with this address, so here is a sample: {sample}. Draw or upload your own to walk it.",)


def verdict_note(asked: Asked, prediction: int, probability: float) -> str:
    """Who reads it, what the visitor's copy has been taught before, and what it says."""
    verdict = f"takes it for {a_digit(prediction)} ({probability:.1%})"
    if not asked.lessons:
        return f"{asked.network.title} {verdict}. It is the network as it came: your copy has had no lessons."
    count = len(asked.lessons)
    return (
        f"Your copy of {asked.network.title} {verdict}, after {count} training step{'s' * (count > 1)} with a learning "
        f"rate of {asked.rate:g}: {lessons_words(asked.lessons, asked.code)}. The network itself stays as it came."
    )


def lessons_words(lessons: Sequence[Lesson], code: str) -> str:
    """Lessons in words, in order: "3 on this picture as a 7, 2 on another one as a 1"."""
    parts = [(lesson, len(list(same))) for lesson, same in groupby(lessons)]
    return ", ".join(
        f"{count} on {'this picture' if lesson.code == code else 'another one'} as {a_digit(lesson.label)}"
        for lesson, count in parts
    )


def label_note(given: int | None, prediction: int, way: str) -> str:
    """Whose label it is, and what becomes of the gradients."""
    if given is None:
        label = f"Nobody has said what it is, so the label is the network's own prediction, {prediction}."
    else:
        label = f"You say it is {a_digit(given)}."
    if way == "look":
        return f"{label} Nothing is updated in this pass."
    return f"{label} The update changes your copy only."
