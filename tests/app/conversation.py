"""The recorded conversation: what a browser says and what it is answered, in one file that both ends are tested with.

python -m tests.app.conversation        records it anew
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Any

from app import protocol
from app.datasets import built_in
from app.main import run_limits, run_shares
from app.runs.lessons import lessons
from app.runs.runs import Runs
from app.session import Session
from app.settings import Settings
from app.store import Store
from app.websocket import encode
from tests.app.sessions import make_session
from tests.app.training import kept

FILE = Path(__file__).resolve().parent.parent / "conversation.json"

SAID: tuple[dict[str, Any] | str, ...] = (
    {"type": "hello", "seq": 0, "protocol": protocol.PROTOCOL_VERSION},
    {"type": "open", "seq": 1, "scene": "expression", "source": "a = x*y; b = a + x; a*b", "values": {"x": 2, "y": -3}},
    {"type": "seek", "seq": 2, "generation": 1, "position": {"step": 5}},
    {"type": "set_value", "seq": 3, "generation": 1, "name": "x", "value": "Infinity"},
    {"type": "seek", "seq": 4, "generation": 1, "position": {"step": 1}},
    "this is not JSON",
    {"type": "open", "seq": 6, "scene": "expression", "source": "sigmid(x)"},
    {"type": "open", "seq": 7, "scene": "broadcasting", "position": {"step": 8}},
    {"type": "into", "seq": 8, "generation": 3, "step": 0, "element": [1, 0]},
    {"type": "window", "seq": 9, "generation": 3, "ref": 0, "rows": [0, 1], "columns": [0, 2]},
    {"type": "open", "seq": 10, "scene": "diamond", "choices": {"order": "impatient"}},
)


RUN = "run-000001"
NETWORK = {"kind": "network", "dataset": "built-in", "batch": 50, "epochs": 2}
TRAINING: tuple[dict[str, Any], ...] = (
    {"type": "hello", "seq": 0, "protocol": protocol.PROTOCOL_VERSION, "visitor": "somebody"},
    {"type": "plan", "seq": 1, "recipe": {**NETWORK, "hidden": [16, 8]}},
    {"type": "plan", "seq": 2, "recipe": {**NETWORK, "hidden": [1_000_000]}},
    {"type": "create_run", "seq": 3, "recipe": NETWORK},
    {"type": "control", "seq": 4, "run": RUN, "action": "step"},
    {"type": "watch", "seq": 5, "run": RUN, "parts": ["layers", "maps", "batch"], "known": 1},
    {"type": "control", "seq": 6, "run": RUN, "action": "step"},
    {"type": "tune", "seq": 7, "run": RUN, "lr": 0.5, "speed": 1},
    {"type": "control", "seq": 8, "run": RUN, "action": "step"},
    {"type": "evaluate", "seq": 9, "run": RUN, "count": 2},
    {"type": "compare", "seq": 10, "run": RUN, "step": 1},
    {"type": "branch", "seq": 11, "run": RUN, "step": 2, "lr": 0.25},
    {"type": "create_run", "seq": 12, "recipe": {"kind": "curve", "hidden": 3, "points": 20}},
    {"type": "control", "seq": 13, "run": "run-000003", "action": "step"},
    {"type": "list_runs", "seq": 14},
    {"type": "control", "seq": 15, "run": "run-000002", "action": "delete"},
    {"type": "watch", "seq": 16, "run": "run-000002"},
    {"type": "unwatch", "seq": 17},
    {
        "type": "surface",
        "seq": 18,
        "surface": "saddle",
        "start": [0.5, 0.01],
        "steps": 5,
        "racers": [{"label": "SGD", "optimizer": "sgd"}],
    },
)


def record() -> list[dict[str, Any]]:
    """The conversation as it goes today: about scenes in one session, about training in another."""
    ids = (f"run-{number:06}" for number in count(1))
    limits, shares = run_limits(Settings()), run_shares(Settings())
    runs = Runs(
        limits,
        shares,
        lambda _: lessons(*built_in(), "The built-in digits."),
        Store(None),
        zero,
        zero,
        lambda: next(ids),
    )
    try:
        return spoken(make_session(), SAID) + spoken(make_session(runs=runs), TRAINING, lambda: kept(runs))
    finally:
        runs.close()


def zero() -> float:
    """A clock that stands still."""
    return 0.0


def spoken(
    session: Session, said: Iterable[dict[str, Any] | str], rest: Callable[[], None] = lambda: None
) -> list[dict[str, Any]]:
    """What a session answers, and what it tells unasked after each answer; in between there is a rest."""
    entries: list[dict[str, Any]] = []
    for words in said:
        text = words if isinstance(words, str) else json.dumps(words)
        entries.append({"browser": text})
        answers = list(session.receive(text))
        rest()
        for message in (*answers, *session.news()):
            data = encode(message).data
            if isinstance(data, bytes):
                entries.append({"server_binary": base64.b64encode(data).decode()})
            else:
                entries.append({"server": json.loads(data)})
    session.close()
    return entries


if __name__ == "__main__":
    FILE.write_text(json.dumps(record(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
