"""The session says what the recorded conversation says; the front end's tests replay the same file."""

from __future__ import annotations

import base64
import json
import math
from typing import Any, get_args

import msgpack
import pytest

from app import protocol
from tests.app.conversation import FILE, record

UNSURE = {"version", "pytorch", "counting"}
"""What depends on the package, and on what is installed and loaded."""


TRAINED = {"run_frame", "evaluation", "comparison", "surface_race"}
"""Messages with numbers that training made of float32: processors differ in them by more than in the others."""


def content(entry: dict[str, Any]) -> Any:
    """What an entry says."""
    if "server_binary" in entry:
        return msgpack.unpackb(base64.b64decode(entry["server_binary"]))
    return entry.get("server", entry)


def differences(now: Any, then: Any, at: str = "", rel: float = 1e-9, least: float = 0.0) -> list[str]:
    """Where two entries differ by more than machines do; raw numbers are not compared, for they hold no more."""
    if isinstance(now, float) and isinstance(then, float):
        same = now == then or math.isclose(now, then, rel_tol=rel, abs_tol=least) or (now != now and then != then)
        return [] if same else [f"{at}: {now!r}, not {then!r}"]
    if isinstance(now, bytes) and isinstance(then, bytes):
        return []
    if isinstance(now, dict) and isinstance(then, dict) and now.keys() == then.keys():
        if now.get("type") in TRAINED:
            rel, least = 5e-3, 1e-9
        return [
            found
            for key in now.keys() - UNSURE
            for found in differences(now[key], then[key], f"{at}.{key}", rel, least)
        ]
    if isinstance(now, list) and isinstance(then, list) and len(now) == len(then):
        pairs = enumerate(zip(now, then, strict=True))
        return [found for n, (one, two) in pairs for found in differences(one, two, f"{at}[{n}]", rel, least)]
    return [] if now == then else [f"{at}: {now!r}, not {then!r}"]


def test_the_session_says_what_was_recorded() -> None:
    recorded = json.loads(FILE.read_text(encoding="utf-8"))
    today = json.loads(json.dumps(record()))
    assert len(today) == len(recorded), "record it anew: python -m tests.app.conversation"
    for i, (now, then) in enumerate(zip(today, recorded, strict=True)):
        found = differences(content(now), content(then), f"entry {i}")
        assert not found, f"record it anew: python -m tests.app.conversation: {found}"


def test_the_conversation_has_every_kind_of_answer_that_needs_no_digits() -> None:
    kinds = {entry["server"]["type"] for entry in record() if "server" in entry}
    (scenes, trained) = get_args(protocol.StepperAnswer), get_args(protocol.TrainingAnswer)
    names = {kind.model_fields["type"].default for kind in (*scenes, *trained)}
    assert kinds == {"welcome", "error", *names} - {"proved", "lines"}


def test_the_conversation_has_every_kind_of_frame() -> None:
    frames = [msgpack.unpackb(base64.b64decode(e["server_binary"])) for e in record() if "server_binary" in e]
    expected = {kind.model_fields["type"].default for kind in get_args(protocol.TrainingFrame)}
    assert {frame["type"] for frame in frames} == {"tensor", *expected}


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ({"grad": 1.0}, {"grad": 1.000001}),
        ({"grad": 0.0}, {"grad": 1e-12}),
        ({"grad": math.inf}, {"grad": 1e300}),
        ({"grad": math.nan}, {"grad": 0.0}),
        ({"grad": 1.0}, {"grad": "1.0"}),
        ({"grad": 1.0}, {}),
        ({"grad": [1.0]}, {"grad": [1.0, 1.0]}),
        ({"type": "run_frame", "loss": 1.0}, {"type": "run_frame", "loss": 1.01}),
        ({"type": "run_frame", "loss": 1}, {"type": "run_frame", "loss": 2}),
    ],
)
def test_a_wrong_number_is_no_difference_between_machines(now: Any, then: Any) -> None:
    assert differences(now, then)
    assert differences(then, now)
    assert not differences(now, now)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ({"grad": 0.1 + 0.2}, {"grad": 0.3}),
        ({"version": "1"}, {"version": "2"}),
        ({"type": "run_frame", "loss": [0.12349999]}, {"type": "run_frame", "loss": [0.12350001]}),
    ],
)
def test_last_digits_and_versions_are(now: Any, then: Any) -> None:
    assert not differences(now, then)
