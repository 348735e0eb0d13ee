"""Encoding: an opened scene's messages hold everything once, in its order, and say which rows are pictures."""

from __future__ import annotations

import numpy as np
import pytest

from app import protocol
from app.datasets import Digits, built_in
from app.encode import CHUNK, Encoder, window
from app.main import expression_limits
from app.scene import Check, Opened, Request
from app.scenes import all_scenes
from app.settings import Settings
from engine.errors import EngineError
from engine.explain import equation
from tests.app.sessions import no_digits

LIMITS = expression_limits(Settings())


def opened(source: str) -> Opened:
    return all_scenes(no_digits)["expression"].open(Request(source=source), LIMITS)


def training_step() -> Opened:
    train, test = built_in()
    return all_scenes(lambda: Digits(train, test, ""))["mnist-step"].open(Request(), LIMITS)


# A chain of k products has k + 1 + 2k steps: 83 fill a chunk to its last place.
@pytest.mark.parametrize(("products", "chunks"), [(0, 1), (82, 1), (83, 1), (84, 2), (167, 3)])
def test_steps_come_in_chunks_and_the_last_says_so(products: int, chunks: int) -> None:
    scene = opened("*".join(["x"] * (products + 1)))
    messages = list(Encoder(scene, 1).step_messages(7))
    assert [m.last for m in messages] == [False] * (chunks - 1) + [True]
    assert [s.index for m in messages for s in m.steps] == list(range(3 * products + 1))
    assert all(m.start == m.steps[0].index and len(m.steps) <= CHUNK for m in messages)


def test_an_array_travels_once_however_many_steps_it_stands_in() -> None:
    encoder = Encoder(opened("A = [[1, 2], [3, 4]]; sum(A @ A + A)"), 1)
    message = encoder.opened_message("", "", "expression", protocol.Position(step=0), 0)
    list(encoder.step_messages(0))
    refs = [frame.ref for frame in encoder.frames()]
    assert refs == list(range(len(refs)))
    assert len({id(encoder.array(ref)) for ref in refs}) == len(refs)
    assert all(isinstance(value, protocol.TensorRef) == bool(message.graph.nodes[i].shape)
               for i, value in message.values.items())  # fmt: skip


def test_pictures_weights_and_their_gradients_are_drawn_as_pictures() -> None:
    encoder = Encoder(training_step(), 1)
    message = encoder.opened_message("", "", "mnist-step", protocol.Position(step=0), 0)
    list(encoder.step_messages(0))
    pictures = {frame.ref for frame in encoder.frames() if frame.images == (28, 28)}
    by_name = {node.name: node.id for node in message.graph.nodes}
    drawn = [message.values[by_name["X"]], message.values[by_name["W1"]], message.grads[by_name["W1"]]]
    assert all(isinstance(value, protocol.TensorRef) and value.ref in pictures for value in drawn)
    scores = message.values[by_name["z1"]]
    assert isinstance(scores, protocol.TensorRef)
    assert scores.ref not in pictures


def test_a_window_gives_exact_numbers() -> None:
    array = np.random.default_rng(0).normal(size=(2, 3, 4))
    assert window(array, (1, 3), (2, 4), 4) == array.reshape(6, 4)[1:3, 2:4].tolist()


@pytest.mark.parametrize(("rows", "columns"), [((0, 3), (0, 2)), ((0, 6), (0, 1))])
def test_a_window_has_a_largest_size(rows: tuple[int, int], columns: tuple[int, int]) -> None:
    with pytest.raises(EngineError, match="at most 5 numbers"):
        window(np.zeros((6, 2)), rows, columns, 5)


def test_two_wires_from_one_name_are_told_apart() -> None:
    scene = opened("x*x")
    first, second = (equation(scene.trace, step) for step in scene.trace.steps if step.kind == "contribution")
    assert first is not None
    assert second is not None
    assert first.symbols.split("=")[0] != second.symbols.split("=")[0]


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [(1.0, 1.0 + 1e-8, False), (0.0, 1e-10, False), (1.0, 1.0 + 1e-12, True), (np.nan, np.nan, True)],
)
def test_a_check_holds_up_to_rounding(left: float, right: float, equal: bool) -> None:
    assert Check("", "", left, "", right).equal is equal
