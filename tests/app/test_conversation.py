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


def comparable(entry: dict[str, Any]) -> Any:
    """An entry without what differs between machines: the last digits of floats, and raw numbers."""
    if "server_binary" in entry:
        return rounded(msgpack.unpackb(base64.b64decode(entry["server_binary"])))
    return rounded(entry["server"]) if "server" in entry else entry


def rounded(value: Any, digits: int = 10) -> Any:
    """Floats to ten significant digits; what training made of float32 to three, and nothing of what is as good as 0."""
    if isinstance(value, float):
        if not math.isfinite(value):
            return str(value)  # NaN equals nothing
        return 0.0 if digits < 10 and abs(value) < 1e-9 else float(f"{value:.{digits}g}")
    if isinstance(value, dict):
        if value.get("type") in TRAINED:
            digits = 3
        kept = {key: inner for key, inner in value.items() if key not in UNSURE and not isinstance(inner, bytes)}
        return {key: rounded(inner, digits) for key, inner in kept.items()}
    return [rounded(inner, digits) for inner in value] if isinstance(value, list) else value


TRAINED = {"run_frame", "evaluation", "comparison", "surface_race"}


def test_the_session_says_what_was_recorded() -> None:
    recorded = json.loads(FILE.read_text(encoding="utf-8"))
    today = json.loads(json.dumps(record()))
    assert len(today) == len(recorded), "record it anew: python -m tests.app.conversation"
    for i, (now, then) in enumerate(zip(today, recorded, strict=True)):
        assert comparable(now) == comparable(then), f"entry {i}; record it anew: python -m tests.app.conversation"


def test_the_conversation_has_every_kind_of_answer_that_needs_no_digits() -> None:
    kinds = {entry["server"]["type"] for entry in record() if "server" in entry}
    (scenes, trained) = get_args(protocol.StepperAnswer), get_args(protocol.TrainingAnswer)
    names = {kind.model_fields["type"].default for kind in (*scenes, *trained)}
    assert kinds == {"welcome", "error", *names} - {"proved", "lines"}


def test_the_conversation_has_every_kind_of_frame() -> None:
    frames = [msgpack.unpackb(base64.b64decode(e["server_binary"])) for e in record() if "server_binary" in e]
    expected = {kind.model_fields["type"].default for kind in get_args(protocol.TrainingFrame)}
    assert {frame["type"] for frame in frames} == {"tensor", *expected}


def test_rounding_does_not_hide_a_wrong_number() -> None:
    with pytest.raises(AssertionError):
        assert rounded({"grad": 1.0}) == rounded({"grad": 1.000001})
