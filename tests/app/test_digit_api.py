"""Why, toward and learn over HTTP: every number the engine's, every field, every error in the one shape."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import anyio
import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.testclient import TestClient

from app import bodies
from app.datasets import built_in
from app.digit_answers import POINTS, NotFiniteError, finite, packed
from app.digit_api import digit_router
from app.digit_messages import BODY, EXAMPLE
from app.digits.code import decode, encode
from app.networks import Network, Networks
from app.problems import Problem, tell_invalid, tell_problem
from app.protocol import CurveRecipe
from app.runs.runs import Runs
from app.taught import Copies, read_lessons
from app.turns import Turns
from engine import attribution
from engine.data import CLASSES, rows
from engine.op import Array
from engine.train import Recipe, Training, network
from tests.app.training import ME, SMALL, some_runs

TRAIN, TEST = built_in()
CODE, OTHER = encode(TEST.images[1]), encode(TEST.images[5])
ROW = rows(TEST.images[1:2])[0]

Ask = Callable[..., Any]


class Known(Networks):
    """Small networks in the place of the large one that comes with Gradwalk, and runs."""

    def get(self, name: str) -> Network:
        return KNOWN[name] if name in KNOWN else super().get(name)


def trained(name: str, **recipe: Any) -> Network:
    training = Training(Recipe(**{"lr": 0.01, "epochs": 2, **recipe}), TRAIN)
    while training.step < training.steps:
        training.advance()
    return Network(name, "Small", "For tests.", training.recipe, training.model)


def broken() -> Network:
    recipe = Recipe()
    model = network(recipe)
    next(model.parameters()).value[...] = np.nan
    return Network("broken", "Broken", "Diverged.", recipe, model)


KNOWN = {
    "small": trained("small", hidden=(14, 11)),
    "linear": trained("linear"),
    "curved": trained("curved", hidden=(9,), activation="sigmoid"),
    "broken": broken(),
}


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    with some_runs() as found:
        yield found


@pytest.fixture(scope="module")
def client(runs: Runs) -> TestClient:
    app = FastAPI()
    app.include_router(digit_router(Known(runs), Copies(), Turns(threads=1, waiting=10)))
    app.add_exception_handler(Problem, tell_problem)
    app.add_exception_handler(RequestValidationError, tell_invalid)
    return TestClient(app)


@pytest.fixture(scope="module")
def ask(client: TestClient) -> Ask:
    def asked(what: str, status: int = 200, **fields: Any) -> Any:
        question = json.dumps({"code": CODE, "network": "small", **fields})  # in ASCII: it may hold half a character
        answer = client.post(f"/api/digits/{what}", content=question, headers={"Content-Type": "application/json"})
        assert answer.status_code == status, answer.text
        return answer.json()

    return asked


def unpacked(text: str) -> Array:
    return np.frombuffer(base64.b64decode(text), "<f4")


# ----------------------------------------------------------------------------------------------------------------- why


@pytest.mark.parametrize("name", ["small", "linear", "curved"])
@pytest.mark.parametrize("of", [None, 4])
def test_why_is_what_the_engine_says(ask: Ask, name: str, of: int | None) -> None:
    known = KNOWN[name]
    answer, found = ask("why", network=name, of=of), attribution.evidence(known.model, ROW)
    digit = int(found.scores.argmax()) if of is None else of
    integrated = attribution.integrated_gradients(known.model, ROW, digit, POINTS)
    assert answer["of"] == digit
    assert answer["network"] == {"id": name, "title": "Small", "says": "For tests.", "parameters": known.parameters}
    assert answer["logits"] == known.logits(ROW[None])[0].tolist()
    assert answer["probabilities"] == pytest.approx(known.probabilities(ROW[None])[0].tolist(), rel=1e-5)
    for n, part in enumerate(answer["evidence"]):
        assert (part["digit"], part["score"]) == (n, answer["logits"][n])
        np.testing.assert_array_equal(unpacked(part["map"]), found.maps[n])
        assert unpacked(part["map"]).sum(dtype=np.float64) + part["rest"] == pytest.approx(part["score"], abs=1e-5)
    assert len(answer["evidence"]) == CLASSES
    gradient = attribution.input_gradient(known.model, ROW, digit)
    np.testing.assert_allclose(unpacked(answer["gradient"]), gradient, rtol=1e-4, atol=1e-6)
    told = answer["integrated"]
    np.testing.assert_array_equal(unpacked(told["map"]), integrated.map)
    assert told["steps"] == POINTS
    assert told["sum"] == pytest.approx(float(unpacked(told["map"]).sum(dtype=np.float64)))
    assert told["score"] == pytest.approx(answer["logits"][digit], abs=1e-4)
    assert told["baseline"] == pytest.approx(float(known.logits(0 * ROW[None])[0, digit]), abs=1e-4)


def test_why_tells_the_forward_pass_layer_by_layer(ask: Ask) -> None:
    layers = ask("why")["layers"]
    assert [(layer["name"], layer["title"]) for layer in layers] == [
        ("h1", "Layer 1: 784 → 14, ReLU"),
        ("h2", "Layer 2: 14 → 11, ReLU"),
        ("z3", "Layer 3: 11 → 10"),
    ]
    value = ROW
    parameters = [p.numpy() for p in KNOWN["small"].model.parameters()]
    for n, layer in enumerate(layers):
        value = parameters[2 * n] @ value + parameters[2 * n + 1]
        value = np.maximum(value, 0) if n < 2 else value
        np.testing.assert_allclose(unpacked(layer["values"]), value, rtol=1e-4, atol=1e-5)
    (only,) = ask("why", network="linear")["layers"]
    assert (only["name"], only["title"]) == ("z1", "Layer 1: 784 → 10")


def test_why_asks_the_taught_copy(ask: Ask) -> None:
    came, copy = ask("why"), ask("why", lessons="3.4", rate=0.1)
    assert copy["probabilities"][3] > came["probabilities"][3]
    assert ask("why") == came


def test_any_run_may_be_asked(ask: Ask, runs: Runs) -> None:
    run = runs.create(SMALL, ME)
    fresh = ask("why", network=f"run:{run}")
    runs.control(run, "step", ME)
    assert fresh["network"]["id"] == f"run:{run}"
    assert ask("why", network=f"run:{run}")["logits"] != fresh["logits"]


# -------------------------------------------------------------------------------------------------------------- toward


@pytest.mark.parametrize("target", [2, 7])
def test_toward_is_the_engines_way(ask: Ask, target: int) -> None:
    answer, frames = ask("toward", target=target), attribution.toward(KNOWN["small"].model, ROW, target)
    assert (answer["target"], len(answer["frames"])) == (target, len(frames))
    for told, frame in zip(answer["frames"], frames, strict=True):
        np.testing.assert_array_equal(unpacked(told["picture"]), frame.row)
        assert told["probabilities"] == pytest.approx(frame.probabilities.tolist(), rel=1e-5)
    np.testing.assert_array_equal(unpacked(answer["frames"][0]["picture"]), ROW)


def test_toward_asks_the_taught_copy(ask: Ask) -> None:
    came, copy = ask("toward", target=4), ask("toward", target=4, lessons="3.4", rate=0.1)
    assert copy["frames"][0]["probabilities"][3] > came["frames"][0]["probabilities"][3]


# --------------------------------------------------------------------------------------------------------------- learn


def test_learn_tells_the_latest_training_step(ask: Ask) -> None:
    word, rate = f"3.2~4.1.{OTHER}~3.1", 0.05
    answer = ask("learn", lessons=word, rate=rate)
    steps = read_lessons(word, CODE)
    copies, came = Copies(), KNOWN["small"]
    before, after = (copies.taught(came, steps[:n], rate).network for n in (3, 4))
    assert answer["label"] == 3
    for name, standing in {"start": came, "before": before, "after": after}.items():
        chances = standing.probabilities(ROW[None])[0]
        assert answer[name]["probabilities"] == pytest.approx(chances.tolist(), rel=1e-5)
        assert answer[name]["loss"] == pytest.approx(-float(np.log(chances[3])), rel=1e-4)
    history = answer["history"]
    assert [(taught["label"], taught["here"]) for taught in history] == [(3, True), (3, True), (4, False), (3, True)]
    assert history[0]["loss"] == pytest.approx(answer["start"]["loss"], rel=1e-5)
    assert history[-1]["loss"] == pytest.approx(answer["before"]["loss"], rel=1e-5)
    assert answer["after"]["loss"] < answer["before"]["loss"]
    named = zip(before.model.named_parameters(), after.model.named_parameters(), strict=True)
    for change, ((_, old), (_, new)) in zip(answer["changes"], named, strict=True):
        moved = new.data - old.data
        most = tuple(change["most"]["index"])
        assert change["shape"] == list(old.shape)
        assert change["change"] == pytest.approx(float(np.linalg.norm(moved)), rel=1e-5)
        assert change["gradient"] == pytest.approx(change["change"] / rate, rel=1e-3)
        assert change["moved"] == np.count_nonzero(moved)
        assert abs(moved[most]) == np.abs(moved).max()
        assert (change["most"]["before"], change["most"]["after"]) == (float(old.data[most]), float(new.data[most]))
        assert change["most"]["after"] - change["most"]["before"] == pytest.approx(
            -rate * change["most"]["gradient"], rel=1e-3
        )
    assert [change["name"] for change in answer["changes"]] == ["W1", "b1", "W2", "b2", "W3", "b3"]
    assert answer["changes"][3]["title"] == "Layer 2, biases"
    first = next(after.model.parameters()).data - next(before.model.parameters()).data
    np.testing.assert_allclose(unpacked(answer["weights"]), np.sqrt((first**2).sum(axis=0)), rtol=1e-5)
    np.testing.assert_array_equal(unpacked(answer["pixels"]), attribution.loss_gradient(before.model, ROW, 3))
    assert not unpacked(answer["weights"])[ROW == 0].any()


def test_one_step_less_is_where_the_step_began(ask: Ask) -> None:
    two, one = ask("learn", lessons="3.2"), ask("learn", lessons="3.1")
    assert two["before"] == one["after"]
    assert two["start"] == one["start"] == one["before"]
    assert two["history"][:1] == one["history"]


def test_a_learning_rate_of_zero_changes_nothing(ask: Ask) -> None:
    answer = ask("learn", lessons="3.2", rate=0)
    assert answer["start"] == answer["after"]
    assert {change["moved"] for change in answer["changes"]} == {0}


# -------------------------------------------------------------------------------------------------------------- errors


def refused(answer: Any, code: str, expected: str) -> None:
    assert list(answer) == ["code", "message", "given", "expected"]
    assert answer["code"] == code, answer
    assert expected in answer["expected"], answer
    assert answer["message"]
    assert answer["given"]


@pytest.mark.parametrize(
    ("status", "code", "expected", "fields"),
    [
        (422, "bad_code", "code", {"code": "abc"}),
        (422, "bad_code", "code", {"code": ""}),
        (422, "bad_request", "at most", {"code": "a" * 5_000}),
        (404, "unknown_network", "reader", {"network": "nobody"}),
        (404, "unknown_network", "your runs", {"network": "run:gone"}),
        (422, "bad_request", "at most", {"network": "n" * 101}),
        (422, "bad_lessons", "LABEL.TIMES", {"lessons": "7"}),
        (422, "bad_lessons", "at most 20", {"lessons": "~".join(["1.1"] * 21)}),
        (422, "bad_lessons", "at most 100", {"lessons": "1.100~1.1"}),
        (422, "bad_code", "code", {"lessons": "7.1.abc"}),
        (422, "bad_request", "greater than or equal to 0", {"rate": -1}),
        (422, "bad_request", "less than or equal to 100", {"rate": 101}),
        (422, "bad_request", "valid number", {"rate": "0.1"}),
        (422, "bad_request", "valid number", {"rate": None}),
        (422, "bad_request", "less than 10", {"of": 10}),
        (422, "bad_request", "greater than or equal to 0", {"of": -1}),
        (422, "bad_request", "integer", {"of": 1.5}),
        (422, "bad_request", "integer", {"of": True}),
        (422, "bad_request", "not permitted", {"more": 1}),
        (422, "bad_request", "string", {"code": "\ud800"}),
        (422, "bad_request", "", {"network": "run:\ud800"}),
        (422, "bad_request", "", {"\ud800": 1}),
        (422, "diverged", "smaller learning rate", {"network": "broken"}),
        (422, "diverged", "smaller learning rate", {"network": "broken", "lessons": "3.1"}),
    ],
)
def test_what_cannot_be_is_told(ask: Ask, status: int, code: str, expected: str, fields: dict[str, Any]) -> None:
    refused(ask("why", status, **fields), code, expected)


@pytest.mark.parametrize("target", [-1, 10, None, "3"])
def test_a_target_is_a_digit(ask: Ask, target: object) -> None:
    refused(ask("toward", 422, target=target), "bad_request", "")


@pytest.mark.parametrize("word", ["", f"3.1.{OTHER}", f"3.1~3.1.{OTHER}"])
def test_lessons_must_teach_this_picture_last(ask: Ask, word: str) -> None:
    refused(ask("learn", 422, lessons=word), "bad_lessons", "last lesson on this picture")


def test_a_copy_that_diverges_is_told_in_every_answer(ask: Ask) -> None:
    for what, more in {"why": {}, "toward": {"target": 1}, "learn": {}}.items():
        answer = ask(what, 422, network="broken", lessons="3.2", rate=100, **more)
        refused(answer, "diverged", "smaller learning rate")
        assert "100" in answer["given"]


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf, 1e300])
def test_maps_hold_finite_numbers_only(number: float) -> None:
    with np.errstate(over="ignore"), pytest.raises(NotFiniteError):
        packed(np.array([0.0, number]))


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_answers_hold_finite_numbers_only(number: float) -> None:
    with pytest.raises(NotFiniteError):
        finite(np.float32(number))
    assert str(finite(np.float32(-0.0))) == "0.0"


def test_numbers_that_json_has_no_word_for_are_no_rate(client: TestClient) -> None:
    for number in ("NaN", "Infinity", "1e999"):
        body = f'{{"code": "{CODE}", "network": "small", "rate": {number}}}'
        answer = client.post("/api/digits/why", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422
        refused(answer.json(), "bad_request", "")


@pytest.mark.parametrize(
    ("status", "code", "body", "kind"),
    [
        (400, "bad_request", b"", "application/json"),
        (400, "bad_request", b"{", "application/json"),
        (400, "bad_request", b"\xff\xfe", "application/json"),
        (400, "bad_request", b"[" * 20_000, "application/json"),
        (413, "too_large", b" " * (BODY + 1), "application/json"),
        (415, "bad_request", b"{}", "text/plain"),
        (415, "bad_request", b"{}", ""),
    ],
)
def test_a_body_that_cannot_be_read_is_told(client: TestClient, status: int, code: str, body: bytes, kind: str) -> None:
    answer = client.post("/api/digits/why", content=body, headers={"Content-Type": kind})
    assert answer.status_code == status
    refused(answer.json(), code, "")


def asked_by(receive: Callable[[], Any]) -> Request:
    return Request({"type": "http", "method": "POST", "headers": []}, receive)


async def leaves() -> Any:
    return {"type": "http.disconnect"}


def test_a_question_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SECONDS", 0.01)
    for receive, status in ((anyio.sleep_forever, 408), (leaves, 499)):
        with pytest.raises(Problem) as refusal:
            anyio.run(bodies._read, asked_by(receive), 100)
        assert refusal.value.status == status


def test_after_its_body_a_question_still_tells_that_its_sender_has_left() -> None:
    async def main() -> None:
        again = Request({"type": "http", "headers": []}, bodies._again(b"{}", asked_by(leaves)))
        assert await again.body() == b"{}"
        assert await again.is_disconnected()

    anyio.run(main)


def test_a_run_on_points_reads_no_digits(ask: Ask, runs: Runs) -> None:
    run = runs.create(CurveRecipe(), ME)
    refused(ask("why", 422, network=f"run:{run}"), "bad_request", "a run on digits")


def test_answers_are_packed_where_the_client_reads_that(client: TestClient) -> None:
    question = {"code": CODE, "network": "small"}
    plain, packed = (
        client.post("/api/digits/why", json=question, headers={"Accept-Encoding": coding})
        for coding in ("identity", "gzip")
    )
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.json() == plain.json()
    assert {answer.headers["cache-control"] for answer in (plain, packed)} == {"no-store"}


def test_the_longest_question_is_read(ask: Ask) -> None:
    noise = encode(np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8))
    longest = "~".join([f"3.5.{noise}"] * 20)
    assert len(json.dumps({"lessons": longest})) < BODY
    ask("why", lessons=longest)


# ------------------------------------------------------------------------------------------------------- description


def test_the_example_is_a_picture_and_every_field_is_described(client: TestClient) -> None:
    assert decode(EXAMPLE).any()
    schema = client.get("/openapi.json").json()
    for what in ("why", "toward", "learn"):
        route = schema["paths"][f"/api/digits/{what}"]["post"]
        assert route["description"]
        assert "$ref" in route["responses"]["200"]["content"]["application/json"]["schema"]
    fields = schema["components"]["schemas"]["WhyIn"]["properties"]
    assert all("description" in field for field in fields.values())
    assert fields["code"]["examples"] == [EXAMPLE]
