"""The session says what the recorded conversation says; the front end's tests replay the same file."""

from __future__ import annotations

import base64
import json
import math
from typing import Any

import msgpack
import pytest

from tests.app.conversation import FILE, record


def comparable(entry: dict[str, Any]) -> Any:
    """An entry without what differs between machines: the last digits of floats, the version of the package."""
    if "server_binary" in entry:
        frame = msgpack.unpackb(base64.b64decode(entry["server_binary"]))
        return rounded({key: value for key, value in frame.items() if not isinstance(value, bytes)})
    return (
        rounded({key: value for key, value in entry.get("server", entry).items() if key != "version"})
        if "server" in entry
        else entry
    )


def rounded(value: Any) -> Any:
    """Floats to ten significant digits."""
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.10g}")
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    return [rounded(inner) for inner in value] if isinstance(value, list) else value


def test_the_session_says_what_was_recorded() -> None:
    recorded = json.loads(FILE.read_text(encoding="utf-8"))
    today = json.loads(json.dumps(record()))
    assert len(today) == len(recorded), "record it anew: python -m tests.app.conversation"
    for i, (now, then) in enumerate(zip(today, recorded, strict=True)):
        assert comparable(now) == comparable(then), f"entry {i}; record it anew: python -m tests.app.conversation"


def test_the_conversation_has_every_kind_of_answer_that_needs_no_digits() -> None:
    kinds = {entry["server"]["type"] for entry in record() if "server" in entry}
    assert kinds == {"welcome", "opened", "steps", "at", "error", "terms", "numbers"}


def test_rounding_does_not_hide_a_wrong_number() -> None:
    with pytest.raises(AssertionError):
        assert rounded({"grad": 1.0}) == rounded({"grad": 1.000001})
