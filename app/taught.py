"""A visitor's copy of a network: the network, and the training steps it has been taught since. A pure function of both.

Lessons are a word: items joined by "~", each LABEL.TIMES for the picture that is asked about, or LABEL.TIMES.CODE for
another one. "7.3~1.2.CODE" is three training steps on the picture as a 7, then two on another one as a 1.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import NamedTuple

import numpy as np

from app.digits.code import LONGEST, decode
from app.networks import RUN, DivergedError, Network, no_use
from engine.data import CLASSES, Dataset
from engine.errors import EngineError, LimitError
from engine.op import Array
from engine.optimizers import OPTIMIZERS
from engine.train import Training

ITEMS = 20
"""Lessons in a word, at most."""

STEPS = 100
"""Training steps in a word, at most."""

ITEM = re.compile(r"(?P<label>[0-9])\.(?P<times>[0-9]{1,3})(?:\.(?P<code>[A-Za-z0-9_-]+))?")

WORD = ITEMS * (LONGEST + len(f"9.{STEPS}.~"))
"""Characters of the longest word."""

RULE = OPTIMIZERS["sgd"]
"""How a lesson changes the parameters."""

RATE = 0.01
"""Its learning rate, where none is chosen."""

KEPT = 8_000_000
"""Parameters of all copies that are kept, so that walking and repeating are quick: 64 megabytes with their grads."""

KEPT_COPIES = 500
"""Copies that are kept, however small: what is beside the parameters counts, too."""


class LessonsError(EngineError):
    """A word that is no lessons."""


class Lesson(NamedTuple):
    """One training step: a picture, by its word, and what it is said to be."""

    code: str
    label: int


@dataclass(frozen=True, slots=True, eq=False)
class Copy:
    """A network after its lessons.

    Attributes:
        network: its parameters are shared, as those of every network are; their grads are the latest lesson's.
        losses: of each lesson, before its update.
    """

    network: Network
    losses: tuple[float, ...]


def read_lessons(word: str, code: str) -> tuple[Lesson, ...]:
    """The training steps of a word, one by one; `code` is the picture it stands beside.

    >>> read_lessons("7.2", "CODE")
    (Lesson(code='CODE', label=7), Lesson(code='CODE', label=7))

    Raises:
        LessonsError: it is no such word.
        LimitError: more items or training steps than there may be.
        CodeError: the word of a picture that is none.
    """
    items = word.split("~") if word else []
    if len(word) > WORD or len(items) > ITEMS:
        raise LimitError("These are too many lessons", given=f"{len(items)} in a word", expected=f"at most {ITEMS}")
    lessons: list[Lesson] = []
    for item in items:
        label, times, picture = _read_item(item)
        if picture is not None:
            decode(picture)
        lessons += [Lesson(code if picture is None else picture, label)] * times
    if len(lessons) > STEPS:
        raise LimitError("These are too many training steps", given=f"{len(lessons)}", expected=f"at most {STEPS}")
    return tuple(lessons)


def _read_item(item: str) -> tuple[int, int, str | None]:
    found = ITEM.fullmatch(item)
    if found is None or not 1 <= int(found["times"]) <= STEPS:
        raise LessonsError(
            "This is no lesson",
            given=f"{item[:40]!r}",
            expected=f"LABEL.TIMES or LABEL.TIMES.CODE, with a label from 0 to {CLASSES - 1} and 1 to {STEPS} times",
        )
    return int(found["label"]), int(found["times"]), found["code"]


def pupil(network: Network, lesson: Lesson, rate: float) -> Training:
    """A training that goes on from a network, with one picture to learn from; the network stays as it is.

    Raises:
        CodeError: the word of a picture that is none.
        EngineError: a learning rate that cannot be.
    """
    one = Dataset("One picture", decode(lesson.code)[None], np.array([lesson.label]), "A visitor's own.")
    recipe = replace(
        network.recipe,
        init="zeros",  # nothing is drawn for parameters that are replaced at once
        batch=1,
        optimizer=RULE.name,
        hyper={},
        lr=rate,
        schedule="constant",
        warmup=0,
        epochs=STEPS,
        zero_grad=True,
    )
    training = Training(recipe, one)
    training.model.load_state_dict(_parameters(network))
    return training


class Copies:
    """Makes copies, and keeps the latest ones. Any thread may ask.

    Args:
        parameters: of all copies that are kept together, at most.
        copies: that are kept, at most.
    """

    def __init__(self, parameters: int = KEPT, copies: int = KEPT_COPIES) -> None:
        self._parameters, self._copies, self._lock = parameters, copies, Lock()
        self._kept: OrderedDict[bytes, Copy] = OrderedDict()

    def taught(self, network: Network, lessons: Sequence[Lesson], rate: float) -> Copy:
        """The network after these lessons: training steps with a batch of one picture, SGD with this learning rate.

        The same network, lessons and rate make the same copy, bit for bit, whatever was kept before.

        Raises:
            CodeError: the word of a picture that is none.
            DivergedError: a loss or a parameter left what floats can hold.
            EngineError: a learning rate that cannot be.
        """
        wanted = tuple(lessons)
        if not wanted:
            return Copy(network, ())
        keys = _keys(network, wanted, rate)
        done, copy = self._nearest(network, keys)
        losses, training, latest = list(copy.losses), None, None
        for lesson in wanted[done:]:
            if training is None or lesson != latest:
                standing = replace(network, model=training.model) if training else copy.network
                training, latest = pupil(standing, lesson, rate), lesson
            losses.append(training.advance())
            if not np.isfinite(losses[-1]):
                raise diverged(rate, len(losses))
        if training is None:
            return copy
        if not all(np.isfinite(parameter.data).all() for parameter in training.model.parameters()):
            raise diverged(rate, len(losses))
        copy = Copy(replace(network, model=training.model), tuple(losses))
        self._keep(keys[-1], copy)
        return copy

    def _nearest(self, network: Network, keys: Sequence[bytes]) -> tuple[int, Copy]:
        """The kept copy that has had the most of the lessons with these keys, and how many."""
        with self._lock:
            for done, key in reversed(list(enumerate(keys, 1))):
                if key in self._kept:
                    self._kept.move_to_end(key)
                    return done, self._kept[key]
        return 0, Copy(network, ())

    def _keep(self, key: bytes, copy: Copy) -> None:
        size = copy.network.parameters
        if size > self._parameters:
            return
        with self._lock:
            self._kept.pop(key, None)
            others = sum(kept.network.parameters for kept in self._kept.values())
            while self._kept and (others + size > self._parameters or len(self._kept) >= self._copies):
                _, oldest = self._kept.popitem(last=False)
                others -= oldest.network.parameters
            self._kept[key] = copy


def diverged(rate: float, steps: int) -> DivergedError:
    """What is said where a network is of no use any more, after so many training steps of the visitor's own."""
    if not steps:
        return no_use()
    return DivergedError(
        "The copy has diverged: its numbers have become too large",
        given=f"{steps} training step{'s' * (steps > 1)} with a learning rate of {rate:g}",
        expected="a smaller learning rate, or fewer training steps",
    )


def _parameters(network: Network) -> dict[str, Array]:
    return {name: parameter.data for name, parameter in network.model.named_parameters()}


def _keys(network: Network, lessons: Sequence[Lesson], rate: float) -> list[bytes]:
    """What tells the copy after one lesson from all others, after two, and so on: short, as a picture is not."""
    digest = hashlib.blake2b(repr((network.id, rate)).encode(), digest_size=16)
    if network.id.startswith(RUN):  # the same run has another network some training steps later
        for array in _parameters(network).values():
            digest.update(array.tobytes())
    keys = []
    for lesson in lessons:
        digest.update(repr(tuple(lesson)).encode())
        keys.append(digest.digest())
    return keys
