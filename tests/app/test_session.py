"""The session: every message answered, no message fatal, nobody else noticing."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import protocol
from app.proof import prove
from app.session import Session
from tests.app.sessions import make_session


def new_session() -> Session:
    return make_session(prover=prove)


def say(session: Session, **message: Any) -> list[Any]:
    return list(session.receive(json.dumps(message)))


def greeted() -> Session:
    session = new_session()
    (welcome,) = say(session, type="hello", seq=0, protocol=protocol.PROTOCOL_VERSION)
    assert isinstance(welcome, protocol.Welcome)
    return session


def opened(scene: str = "expression", **more: Any) -> tuple[Session, protocol.Opened, list[protocol.Step]]:
    session = greeted()
    first, *rest = say(session, type="open", seq=1, scene=scene, **more)
    assert isinstance(first, protocol.Opened), first
    return session, first, [s for m in rest if isinstance(m, protocol.Steps) for s in m.steps]


def only_error(answers: list[Any]) -> protocol.Error:
    (error,) = answers
    assert isinstance(error, protocol.Error), error
    return error


def test_a_scene_opens_with_its_whole_trace() -> None:
    _, scene, steps = opened(source="a = x*y; b = a + x; a*b", values={"x": 2, "y": -3})
    assert [n.name for n in scene.graph.nodes if n.kind == "leaf"] == ["x", "y"]
    assert scene.steps == len(steps)
    assert [s.index for s in steps] == list(range(len(steps)))
    grads = {n.name: scene.grads[n.id] for n in scene.graph.nodes if n.kind == "leaf"}
    # L = xy(xy + x) = x^2 y (y + 1): dL/dx = 2xy(y + 1), dL/dy = x^2 (2y + 1)
    assert grads == {"x": 24.0, "y": -20.0}


def test_answers_name_the_request() -> None:
    session, scene, _ = opened()
    (at,) = say(session, type="seek", seq=7, generation=scene.generation, position={"step": 2})
    assert (at.request_seq, at.position.step) == (7, 2)


def test_changing_a_leaf_keeps_the_position_and_the_structure() -> None:
    session, before, _ = opened(values={"x": 2, "y": -3})
    say(session, type="seek", seq=2, generation=1, position={"step": 4})
    after, *_ = say(session, type="set_value", seq=3, generation=1, name="x", value=5)
    assert after.generation == 2
    assert after.position.step == 4
    assert after.graph.key == before.graph.key
    assert {leaf.name: leaf.value for leaf in after.leaves} == {"x": 5.0, "y": -3.0}


def test_a_position_past_the_end_opens_at_the_end() -> None:
    _, scene, steps = opened(position={"step": 9999})
    assert scene.position.step == len(steps)


BAD: list[tuple[str, dict[str, Any] | str]] = [
    ("bad_message", "no json"),
    ("bad_message", "[]"),
    ("bad_message", '{"type": "dance", "seq": 5}'),
    ("bad_message", {"type": "seek", "seq": "five", "generation": 1, "position": {"step": 0}}),
    ("bad_message", {"type": "seek", "seq": 5, "generation": 1, "position": {"step": -1}}),
    ("bad_message", {"type": "seek", "seq": 5, "generation": 1, "position": {"step": 1e99}}),
    ("bad_message", {"type": "seek", "seq": 5, "generation": 1, "position": {"step": 0}, "extra": 1}),
    ("bad_message", {"type": "set_value", "seq": 5, "generation": 1, "name": "x", "value": "much"}),
    ("bad_message", {"type": "set_value", "seq": 5, "generation": 1, "name": "x", "value": [["a"] * 3] * 3}),
    ("out_of_order", {"type": "prove", "seq": 0, "generation": 1}),
    ("out_of_range", {"type": "seek", "seq": 5, "generation": 1, "position": {"step": 10_000}}),
    ("out_of_range", {"type": "into", "seq": 5, "generation": 1, "step": 10_000, "element": []}),
    ("out_of_range", {"type": "window", "seq": 5, "generation": 1, "ref": 0, "rows": [0, 99], "columns": [0, 1]}),
    ("unknown_name", {"type": "window", "seq": 5, "generation": 1, "ref": 99, "rows": [0, 1], "columns": [0, 1]}),
    ("unknown_name", {"type": "set_value", "seq": 5, "generation": 1, "name": "nobody", "value": 1}),
    ("unknown_scene", {"type": "open", "seq": 5, "scene": "nowhere"}),
    ("stale", {"type": "prove", "seq": 5, "generation": 0}),
    ("stale", {"type": "prove", "seq": 5, "generation": 2}),
    ("out_of_order", {"type": "prove", "seq": 1, "generation": 1}),
    ("shape", {"type": "into", "seq": 5, "generation": 1, "step": 0, "element": [99]}),
    ("expression", {"type": "open", "seq": 5, "scene": "expression", "source": "sigmid(x)"}),
    ("expression", {"type": "open", "seq": 5, "scene": "expression", "source": "__import__('os')"}),
    ("too_large", json.dumps({"type": "open", "seq": 5, "scene": "expression", "source": "x" * 2_000_000})),
    ("too_large", "é" * 600_000),
]


@pytest.mark.parametrize(("code", "message"), BAD, ids=[f"{i}-{code}" for i, (code, _) in enumerate(BAD)])
def test_a_bad_message_gets_the_error_shape_and_the_session_lives_on(code: str, message: dict[str, Any] | str) -> None:
    session, scene, _ = opened("broadcasting")
    error = only_error(list(session.receive(message if isinstance(message, str) else json.dumps(message))))
    assert error.code == code
    assert all((error.message, error.given, error.expected))
    (at,) = say(session, type="seek", seq=100, generation=scene.generation, position={"step": 1})
    assert isinstance(at, protocol.At)


def test_a_scene_that_cannot_be_computed_leaves_the_old_one_open() -> None:
    session, scene, _ = opened()
    only_error(say(session, type="open", seq=2, scene="expression", source="1 +"))
    (at,) = say(session, type="seek", seq=3, generation=scene.generation, position={"step": 1})
    assert isinstance(at, protocol.At)


@pytest.mark.parametrize("value", [["a"] * 100_000, [["a"]] * 100_000, {"a": 1}], ids=["words", "rows", "object"])
def test_nonsense_by_the_megabyte_costs_little(value: Any) -> None:
    session, _, _ = opened(source="x*x")
    raw = json.dumps({"type": "set_value", "seq": 2, "generation": 1, "name": "x", "value": value})
    seconds = []
    for _ in range(3):  # the least of them, because other tests run beside this one
        started = time.process_time()
        assert only_error(list(session.receive(raw))).code == "bad_message"
        seconds.append(time.process_time() - started)
    assert min(seconds) < 0.5  # with all errors collected it takes a second, and 500 megabytes


def test_a_fault_of_ours_while_opening_leaves_the_old_scene_open(monkeypatch: pytest.MonkeyPatch) -> None:
    session, scene, _ = opened("broadcasting")
    with monkeypatch.context() as patch:
        patch.setattr("app.encode.graph_message", lambda graph: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            say(session, type="open", seq=2, scene="diamond")
    assert session.answering == 2
    (at,) = say(session, type="seek", seq=3, generation=scene.generation, position={"step": 1})
    assert isinstance(at, protocol.At)


def test_hello_comes_first_and_speaks_the_same_protocol() -> None:
    session = new_session()
    assert only_error(say(session, type="open", seq=0, scene="sigmoid")).code == "out_of_order"
    assert only_error(say(session, type="hello", seq=1, protocol=99)).code == "protocol_version"
    assert only_error(say(session, type="open", seq=2, scene="sigmoid")).code == "out_of_order"


def test_sessions_do_not_see_each_other() -> None:
    one, _, _ = opened(source="x*x", values={"x": 2})
    two, _, _ = opened(source="x*x", values={"x": 3})
    changed, *_ = say(one, type="set_value", seq=2, generation=1, name="x", value=10)
    other, *_ = say(two, type="set_value", seq=2, generation=1, name="x", value=3)
    assert changed.leaves[0].value == 10.0
    assert other.leaves[0].value == 3.0


@pytest.mark.parametrize(("value", "word"), [("Infinity", "Infinity"), ("NaN", "NaN"), ("-Infinity", "-Infinity")])
def test_nan_and_infinity_arrive_intact(value: str, word: str) -> None:
    session, _, _ = opened(source="x + 1", values={"x": 1})
    scene, *_ = say(session, type="set_value", seq=2, generation=1, name="x", value=value)
    sent = json.loads(scene.model_dump_json())
    assert sent["values"]["2"] == word
    assert sent["leaves"][0]["value"] == word


@given(st.text(max_size=200) | st.binary(max_size=200))
def test_whatever_arrives_is_answered(raw: str | bytes) -> None:
    session, scene, _ = opened("sigmoid")
    assert list(session.receive(raw))
    (at,) = say(session, type="seek", seq=100, generation=scene.generation, position={"step": 1})
    assert isinstance(at, protocol.At)
