"""Whatever a page sends about training runs, the answer is a message: an error says given and expected, briefly."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from app import protocol
from app.protocol import PROTOCOL_VERSION, Error
from app.session import Session
from app.websocket import encode
from tests.app.sessions import make_session
from tests.app.training import some_runs

SCHEMA = TypeAdapter(protocol.ClientMessage).json_schema()
TRAINING = [
    name
    for name, ref in SCHEMA["discriminator"]["mapping"].items()
    if name in ("plan", "create_run", "watch", "unwatch", "control", "tune", "branch", "evaluate", "compare")
    or name in ("list_runs", "surface")
]
LONGEST = 500
"""Characters that a part of an error may have."""

NUMBERS = st.one_of(
    st.sampled_from([0, 1, -1, 2**31, 2**53, 2**64, -(2**64), 10**400, 0.5, 1e308, 5e-324, -0.0]),
    st.sampled_from([math.nan, math.inf, -math.inf]),
    st.integers(-3, 300),
    st.floats(),
)
ANYTHING = st.one_of(
    NUMBERS, st.none(), st.booleans(), st.text(max_size=5), st.just([]), st.just({}), st.just("x" * 999)
)


def wild(schema: dict[str, Any], run: str, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values that mostly have the form that the schema wants, with wild numbers in them."""
    if "$ref" in schema:
        return wild(SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[1]], run, depth + 1)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return st.one_of(*(wild(option, run, depth + 1) for option in schema[union]))
    kind = schema.get("type")
    if kind == "object" and "properties" in schema:
        required = set(schema.get("required", ()))
        fields = {name: wild(part, run, depth + 1) for name, part in schema["properties"].items()}
        always = {name: part for name, part in fields.items() if name in required}
        return st.fixed_dictionaries(always, optional={n: part for n, part in fields.items() if n not in required})
    if kind == "object":
        names = st.sampled_from(["momentum", "beta1", "eps", "weight_decay", "alpha", "nothing", "", "y" * 64])
        return st.dictionaries(names, wild(schema["additionalProperties"], run, depth + 1), max_size=3)
    if kind == "array":
        if "prefixItems" in schema:
            return st.tuples(*(wild(part, run, depth + 1) for part in schema["prefixItems"])).map(list)
        return st.lists(wild(schema["items"], run, depth + 1), max_size=3)
    if kind in ("integer", "number"):
        return NUMBERS
    if kind == "boolean":
        return st.booleans()
    if kind == "string" and "pattern" in schema:
        return st.sampled_from([run, run, run, "no-such-run", "-" * 41, ""])
    if kind == "string":
        return st.text(max_size=45)
    return st.none()


@pytest.fixture(scope="module")
def session() -> Iterator[tuple[Session, str]]:
    with some_runs(visitor=6) as runs:
        made = make_session(runs=runs)
        list(made.receive(json.dumps({"type": "hello", "seq": 0, "protocol": PROTOCOL_VERSION, "visitor": "me"})))
        recipe = {"kind": "network", "dataset": "built-in", "hidden": [4], "batch": 100}
        (answer, *_) = made.receive(json.dumps({"type": "create_run", "seq": 1, "recipe": recipe}))
        assert isinstance(answer, protocol.RunAnswer)
        made.seq_sent = 1  # type: ignore[attr-defined]
        yield made, answer.state.id
        made.close()


def say(session: Session, message: Any) -> list[Any]:
    """What is answered, and told unasked; all of it can be sent."""
    session.seq_sent += 1  # type: ignore[attr-defined]
    if isinstance(message, dict):
        message["seq"] = session.seq_sent  # type: ignore[attr-defined]
    answers = [*session.receive(json.dumps(message))]
    for told in (*answers, *session.news()):
        assert encode(told).data
    return answers


def assert_well_worded(error: Error) -> None:
    assert error.code != "internal"
    for part in (error.message, error.given, error.expected):
        assert 0 < len(part) <= LONGEST, error


@pytest.mark.parametrize("kind", TRAINING)
def test_wild_values_are_answered(session: tuple[Session, str], kind: str) -> None:
    speaker, run = session
    schema = SCHEMA["$defs"][SCHEMA["discriminator"]["mapping"][kind].rsplit("/", 1)[1]]

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(wild(schema, run))
    def check(message: dict[str, Any]) -> None:
        if message.get("action") == "delete" and message.get("run") == run:
            return
        answers = say(speaker, message)
        assert answers
        for answer in answers:
            if isinstance(answer, Error):
                assert_well_worded(answer)
            elif isinstance(answer, protocol.RunAnswer) and answer.state.id != run:
                say(speaker, {"type": "control", "run": answer.state.id, "action": "delete"})
        if kind == "control":
            say(speaker, {"type": "control", "run": run, "action": "pause"})

    check()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(TRAINING), st.dictionaries(st.sampled_from(["run", "recipe", "step", "lr", "extra"]), ANYTHING))
def test_nonsense_is_answered(session: tuple[Session, str], kind: str, fields: dict[str, Any]) -> None:
    for answer in say(session[0], {"type": kind, **fields}):
        if isinstance(answer, Error):
            assert_well_worded(answer)


@pytest.mark.parametrize(
    "message",
    [
        {"type": "watch", "run": "", "known": 10**30},
        {"type": "plan", "recipe": {"kind": "network", "dataset": "built-in", "hidden": [10**9] * 64}},
        {"type": "plan", "recipe": {"kind": "network", "dataset": "built-in", "hidden": [-(10**9)]}},
        {"type": "branch", "run": "", "step": 10**300},
        {"type": "evaluate", "run": "", "start": 10**30},
        {"type": "plan", "recipe": {"kind": "network", "dataset": "built-in", "hidden": [10**4000]}},
        {"type": "plan", "recipe": {"kind": "network", "dataset": "built-in", "hidden": [-(10**4000)]}},
        {"type": "plan", "recipe": {"kind": "network", "dataset": "built-in", "x" * 100_000: 1}},
        {"type": "x" * 100_000},
        {"type": "tune", "run": "", "lr": "x" * 100_000},
    ],
)
def test_errors_stay_short_whatever_was_given(session: tuple[Session, str], message: dict[str, Any]) -> None:
    speaker, run = session
    (answer,) = say(speaker, message | ({"run": run} if "run" in message else {}))
    assert isinstance(answer, Error)
    assert_well_worded(answer)
