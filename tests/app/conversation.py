"""The recorded conversation: what a browser says and what it is answered, in one file that both ends are tested with.

python -m tests.app.conversation        records it anew
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from app import protocol
from app.main import expression_limits
from app.scenes import all_scenes
from app.session import Session
from app.settings import Settings
from app.summary import pack

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


def no_digits() -> Any:
    """The conversation is about no digits."""
    raise AssertionError("the conversation opens no scene on digits")


def record() -> list[dict[str, Any]]:
    """The conversation as it goes today."""
    session = Session(all_scenes(no_digits), expression_limits(Settings()), lambda trace: ([], ""))
    spoken: list[dict[str, Any]] = []
    for said in SAID:
        text = said if isinstance(said, str) else json.dumps(said)
        spoken.append({"browser": text})
        for answer in session.receive(text):
            if isinstance(answer, protocol.TensorFrame):
                spoken.append({"server_binary": base64.b64encode(pack(answer)).decode()})
            else:
                spoken.append({"server": json.loads(answer.model_dump_json())})
    return spoken


if __name__ == "__main__":
    FILE.write_text(json.dumps(record(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
