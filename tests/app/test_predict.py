"""What networks read in a picture, over HTTP: the answer, field by field; every refusal; nothing on disk; in turn."""

from __future__ import annotations

import base64
import logging
import re
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import httpx2
import numpy as np
import pytest
from PIL import Image
from starlette.requests import Request
from starlette.testclient import TestClient

from app import prediction, uploads
from app.digits import read as read_module
from app.digits.code import decode as picture_of
from app.digits.decode import EmptyError, PictureLimits, TooLargeError
from app.digits.reading import Box, Found, Reading
from app.digits.threads import use_one_thread
from app.main import create_app
from app.networks import Network, Networks
from app.problems import Problem
from app.settings import Settings
from app.uploads import Uploads
from engine.train import Recipe, network
from tests.app.pictures import encoded, exif, one, png_of

ROOT = Path(__file__).resolve().parent.parent.parent
SEVEN = np.zeros((28, 28), np.uint8)
SEVEN[6:8, 8:20] = 255
SEVEN[8:22, 16:18] = 255


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(Settings(keep_runs=False, picture_megabytes=1))) as client:
        yield client


def found(count: int, doubts: dict[int, str] | None = None, per_line: int = 100) -> Reading:
    """A reading of so many digits."""
    boxes = [Box(10 * index, 20 * (index // per_line), 8, 12) for index in range(count)]
    digits = [Found(box, index // per_line, SEVEN, (doubts or {}).get(index, "")) for index, box in enumerate(boxes)]
    return Reading(tuple(digits), (), "" if count else "There is no ink in this picture.")


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Callable[[Reading], None]:
    """Lets the next pictures be read as told, whatever is in them."""
    return lambda reading: monkeypatch.setattr(read_module, "read", lambda _: reading)


def ask(client: TestClient, query: str = "", data: bytes | None = None) -> dict[str, Any]:
    answer = client.post(f"/api/predict{query}", content=encoded(one()) if data is None else data)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_a_digit_is_read(client: TestClient) -> None:
    told = ask(client)
    assert told["text"] == "1"
    assert told["digit"] == 1
    assert told["format"] == "PNG"
    assert (told["width"], told["height"]) == (120, 160)
    (digit,) = told["digits"]
    assert digit["probability"] == told["probabilities"][1] == max(told["probabilities"]) > 0.5
    assert sum(told["probabilities"]) == pytest.approx(1)
    (opinion,) = digit["opinions"]
    assert opinion["network"] == "reader"
    exponentials = np.exp(opinion["logits"])
    assert exponentials / exponentials.sum() == pytest.approx(opinion["probabilities"], abs=1e-5)
    assert np.array_equal(picture_of(digit["code"]), digit["picture"])
    assert set(told["milliseconds"]) == {"decode", "read", "network"}
    assert min(told["milliseconds"].values()) > 0


def test_the_answer_has_the_fields_that_the_page_expects(client: TestClient) -> None:
    told = ask(client, "?stages=true")
    contract = (ROOT / "static" / "src" / "draw" / "api.ts").read_text(encoding="utf-8")

    def fields(interface: str) -> set[str]:
        (body,) = re.findall(rf"export interface {interface} {{(.*?)\n}}", contract, re.DOTALL)
        return set(re.findall(r"^  readonly (\w+):", body, re.MULTILINE))

    assert told.keys() == fields("Prediction") | {"digit", "probabilities"}
    assert told["digits"][0].keys() == fields("Digit")
    assert told["digits"][0]["box"].keys() == fields("Box")
    assert told["digits"][0]["opinions"][0].keys() == fields("Opinion")
    assert told["networks"][0].keys() == fields("Reader")
    assert told["stages"][0].keys() == fields("Stage")


def test_several_networks_answer_in_the_order_they_were_asked(client: TestClient) -> None:
    told = ask(client, "?network=one-layer&network=reader&network=one-layer")
    assert [network["id"] for network in told["networks"]] == ["one-layer", "reader"]
    assert told["networks"][0]["parameters"] == 7_850
    first, second = told["digits"][0]["opinions"]
    assert (first["network"], second["network"]) == ("one-layer", "reader")
    assert first["probabilities"] == told["probabilities"] != second["probabilities"]
    assert told["digits"][0]["digit"] == first["digit"]


def test_stages_are_shown_to_who_asks(client: TestClient) -> None:
    assert ask(client)["stages"] == []
    stages = ask(client, "?stages=true")["stages"]
    assert len(stages) > 1
    for stage in stages:
        assert len(base64.b64decode(stage["pixels"])) == stage["width"] * stage["height"]
    last = [stage for stage in stages if stage["digit"] == 0][-1]
    assert (last["width"], last["height"]) == (28, 28)


@pytest.mark.parametrize("name", ["file", "image", "anything"])
def test_a_form_gives_its_first_file(client: TestClient, name: str) -> None:
    plain = ask(client)
    fields: list[tuple[str, Any]] = [
        ("note", (None, "a seven?")),
        (name, ("scan.bin", encoded(one()), "text/plain")),
        ("other", ("other.pdf", b"%PDF-1.7")),
    ]
    assert client.post("/api/predict", files=fields).json()["digits"] == plain["digits"]


def test_no_content_type_at_all_is_fine(client: TestClient) -> None:
    data = encoded(one())
    for kind in ("application/x-www-form-urlencoded", "image/jpeg", "nonsense"):
        assert client.post("/api/predict", content=data, headers={"content-type": kind}).json()["text"] == "1"


def test_lines_are_lines_and_doubt_is_a_question_mark(
    client: TestClient, reads: Callable[[Reading], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    reads(found(5, {1: "It touches its neighbour."}, per_line=3))
    told = ask(client)
    label = str(told["digits"][0]["digit"])
    assert told["text"] == f"{label}?{label}\n{label}{label}"
    assert told["digit"] is None
    assert told["probabilities"] is None
    assert told["digits"][1]["doubt"] == "It touches its neighbour."
    assert [digit["line"] for digit in told["digits"]] == [0, 0, 0, 1, 1]
    monkeypatch.setattr(prediction, "SURE", 1.1)
    assert ask(client)["text"] == "???\n??"


def test_all_digits_go_through_a_network_at_once(
    client: TestClient, reads: Callable[[Reading], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    reads(found(7))
    shapes = []
    get = Networks.get

    def counted(self: Networks, name: str) -> Any:
        network = get(self, name)

        class Counted:
            def __getattr__(self, attribute: str) -> Any:
                return getattr(network, attribute)

            def logits(self, x: Any) -> Any:
                shapes.append(x.shape)
                return network.logits(x)

        return Counted()

    monkeypatch.setattr(Networks, "get", counted)
    assert len(ask(client, "?network=reader&network=one-layer")["digits"]) == 7
    assert shapes == [(7, 784), (7, 784)]


def test_a_picture_without_digits_says_why(client: TestClient, reads: Callable[[Reading], None]) -> None:
    reads(found(0))
    told = ask(client)
    assert (told["text"], told["digits"], told["digit"]) == ("", [], None)
    assert told["problem"] == "There is no ink in this picture."


@pytest.mark.parametrize("orientation", [1, 6])
def test_boxes_are_in_pixels_of_the_picture_as_it_was_given(client: TestClient, orientation: int) -> None:
    image = one(1_800, 2_400).convert("RGB")  # larger than it is read
    if orientation == 6:
        image = image.transpose(Image.Transpose.ROTATE_90)
    told = ask(client, data=encoded(image, "JPEG", exif=exif(orientation)))
    assert (told["width"], told["height"]) == (1_800, 2_400)
    box = told["digits"][0]["box"]
    expected = {"left": 720, "top": 360, "width": 720, "height": 1_680}
    assert {name: pytest.approx(value, abs=12) for name, value in expected.items()} == box


def test_a_box_stays_inside_the_picture(client: TestClient, reads: Callable[[Reading], None]) -> None:
    reads(Reading((Found(Box(118, 158, 900, 900), 0, SEVEN),), ()))
    assert ask(client)["digits"][0]["box"] == {"left": 118, "top": 158, "width": 2, "height": 2}


REFUSED: dict[str, tuple[int, str, dict[str, Any]]] = {
    "nothing": (400, "bad_request", {"content": b""}),
    "a form without a file": (400, "bad_request", {"files": {"file": (None, "words")}}),
    "no form": (400, "bad_request", {"content": b"x", "headers": {"content-type": "multipart/form-data; boundary=x"}}),
    "no boundary": (400, "bad_request", {"content": b"--", "headers": {"content-type": "multipart/form-data"}}),
    "an unknown network": (404, "unknown_network", {"params": {"network": "oracle"}, "content": encoded(one())}),
    "an unknown run": (404, "unknown_network", {"params": {"network": "run:none"}, "content": encoded(one())}),
    "too many bytes": (413, "too_large", {"content": bytes(1_000_001)}),
    "too many pixels": (413, "too_large", {"content": png_of(9_000, 9_000, b"")}),
    "a document": (415, "not_a_picture", {"content": b"%PDF-1.7"}),
    "a broken picture": (422, "bad_picture", {"content": encoded(one())[:99]}),
    "too many networks": (422, "bad_request", {"params": {"network": ["reader"] * 5}, "content": encoded(one())}),
    "a long name": (422, "bad_request", {"params": {"network": "r" * 101}, "content": encoded(one())}),
    "stages that are no yes or no": (422, "bad_request", {"params": {"stages": "some"}, "content": encoded(one())}),
    "a page of somebody else's": (403, "foreign", {"headers": {"origin": "http://evil.example"}, "content": b""}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_every_refusal_has_the_one_shape(client: TestClient, case: str) -> None:
    status, code, request = REFUSED[case]
    answer = client.post("/api/predict", **request)
    assert answer.status_code == status
    told = answer.json()
    assert told.keys() == {"code", "message", "given", "expected"}
    assert told["code"] == code
    assert all(told.values())


def test_our_own_pages_and_programs_may_ask(client: TestClient) -> None:
    data = encoded(one())
    own = {"origin": "http://testserver", "sec-fetch-site": "same-origin"}
    assert client.post("/api/predict", content=data, headers=own).status_code == 200
    assert client.post("/api/predict", content=data).status_code == 200


def test_a_long_answer_is_packed_for_who_can_unpack_it(client: TestClient) -> None:
    asked: dict[str, Any] = {"params": {"stages": True}, "content": encoded(one())}
    packed = client.post("/api/predict", headers={"accept-encoding": "gzip"}, **asked)
    plain = client.post("/api/predict", headers={"accept-encoding": "identity"}, **asked)
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json()["stages"] == plain.json()["stages"]


def test_nothing_is_written_to_disk(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    large = encoded(Image.effect_noise((900, 900), 90))  # beyond what Starlette would hold in memory
    assert len(large) > 500_000

    def forbidden(*_: Any, **__: Any) -> Any:
        raise AssertionError("a temporary file")

    for name in ("SpooledTemporaryFile", "TemporaryFile", "NamedTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, forbidden)
    monkeypatch.setattr("starlette.formparsers.SpooledTemporaryFile", forbidden)
    for request in ({"content": large}, {"files": {"file": ("noise.png", large)}}):
        assert client.post("/api/predict", **request).status_code in (200, 422)


def request_of(*chunks: bytes, headers: dict[str, str] | None = None, hang: bool = False) -> tuple[Request, list[int]]:
    """A request whose body comes in chunks, and how many of them have been taken."""
    taken: list[int] = []

    async def receive() -> Any:
        if len(taken) == len(chunks):
            if hang:
                await anyio.sleep_forever()
            return {"type": "http.disconnect"}
        taken.append(len(taken))
        return {"type": "http.request", "body": chunks[taken[-1]], "more_body": hang or len(taken) < len(chunks)}

    raw = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    return Request({"type": "http", "method": "POST", "headers": raw}, receive), taken


async def kept(held: Uploads, request: Request) -> bytes:
    async with held.body(request) as body:
        return body


def test_a_body_is_refused_as_soon_as_it_is_too_large() -> None:
    held = Uploads(PictureLimits(bytes=1_000, pixels=1), together=10_000)
    request, taken = request_of(*[bytes(400)] * 50)
    with pytest.raises(TooLargeError, match="more than"):
        anyio.run(kept, held, request)
    assert len(taken) == 3
    request, taken = request_of(bytes(400), headers={"content-length": "20000"})
    with pytest.raises(TooLargeError):
        anyio.run(kept, held, request)
    assert not taken
    assert held._held == 0


def test_all_bodies_together_are_bounded_and_give_back_what_they_held() -> None:
    held = Uploads(PictureLimits(bytes=1_000, pixels=1), together=1_500)

    async def main() -> None:
        async with held.body(request_of(bytes(900))[0]) as first:
            assert len(first) == 900
            with pytest.raises(Problem) as refusal:
                await kept(held, request_of(bytes(900))[0])
            assert refusal.value.status == 503
            assert (await kept(held, request_of(bytes(500))[0])) == bytes(500)
        assert len(await kept(held, request_of(bytes(900))[0])) == 900

    anyio.run(main)
    assert held._held == 0


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "SECONDS", 0.01)
    held = Uploads(PictureLimits(bytes=1_000, pixels=1), together=1_500)
    with pytest.raises(Problem) as refusal:
        anyio.run(kept, held, request_of(bytes(9), hang=True)[0])
    assert refusal.value.status == 408
    assert held._held == 0


def test_a_client_that_leaves_while_it_sends_is_let_go() -> None:
    held = Uploads(PictureLimits(bytes=1_000, pixels=1), together=1_500)

    async def main() -> None:
        async def receive() -> Any:
            return {"type": "http.disconnect"}

        with pytest.raises(Problem) as dropped:
            await kept(held, Request({"type": "http", "method": "POST", "headers": []}, receive))
        assert dropped.value.status == 499

    anyio.run(main)


def test_a_picture_of_a_client_that_has_left_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Any] = []
    monkeypatch.setattr(read_module, "read", begun.append)
    coming = [{"type": "http.request", "body": encoded(one())}]
    sent: list[Any] = []

    async def receive() -> Any:
        return coming.pop() if coming else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/api/predict", "query_string": b"", "headers": []}
    anyio.run(create_app(Settings(keep_runs=False)), scope, receive, send)
    assert not begun
    assert sent[0]["status"] == 499


def test_a_broken_form_is_told_to_who_sent_it_and_not_to_who_serves(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # as where nothing is set up, and pytest listens not
    with pytest.raises(Problem):
        uploads.file_of(b"no form", "multipart/form-data; boundary=b")
    assert capsys.readouterr().err == ""


def test_a_form_of_very_many_fields_is_not_gone_through() -> None:
    part = b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n'
    file = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nlate\r\n--b--\r\n'
    assert uploads.file_of(part * 3 + file, "multipart/form-data; boundary=b") == b"late"
    with pytest.raises(EmptyError, match="no file"):
        uploads.file_of(part * (uploads.PARTS + 1) + file, "multipart/form-data; boundary=b")


def test_fifty_at_once_are_all_served_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, lock, read = 0, 0, threading.Lock(), read_module.read

    def counted(pixels: Any) -> Reading:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        try:
            return read(pixels)
        finally:
            with lock:
                running -= 1

    monkeypatch.setattr(read_module, "read", counted)
    data = encoded(one())
    with TestClient(create_app(Settings(keep_runs=False))) as client, ThreadPoolExecutor(50) as pool:
        answers: list[httpx2.Response] = list(pool.map(lambda _: client.post("/api/predict", content=data), range(50)))
    assert [answer.status_code for answer in answers] == [200] * 50
    assert {answer.json()["text"] for answer in answers} == {"1"}
    assert most == 1


def test_a_picture_keeps_one_thread_busy(client: TestClient) -> None:
    import cv2

    use_one_thread.cache_clear()
    cv2.setNumThreads(2)
    ask(client)
    assert cv2.getNumThreads() == 1


def test_more_than_may_wait_are_told_when_to_ask_again(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go, read = threading.Event(), threading.Event(), read_module.read

    def slow(pixels: Any) -> Reading:
        begun.set()
        assert go.wait(30)
        return read(pixels)

    monkeypatch.setattr(read_module, "read", slow)
    data = encoded(one())
    settings = Settings(keep_runs=False, picture_queue=0)
    with TestClient(create_app(settings)) as client, ThreadPoolExecutor(1) as pool:
        first = pool.submit(lambda: client.post("/api/predict", content=data))
        assert begun.wait(30)
        refused = client.post("/api/predict", content=data)
        assert client.get("/healthz").status_code == 200
        go.set()
        assert first.result().status_code == 200
    assert refused.status_code == 503
    assert refused.json()["code"] == "busy"
    assert int(refused.headers["retry-after"]) > 0


def test_a_network_that_has_diverged_is_told(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, reads: Callable[[Reading], None]
) -> None:
    recipe = Recipe()
    model = network(recipe)
    next(model.parameters()).value[...] = np.nan
    monkeypatch.setattr(Networks, "get", lambda _, name: Network(name, "Broken", "Diverged.", recipe, model))
    reads(found(2))
    answer = client.post("/api/predict?network=run:wild", content=encoded(one()))
    assert answer.status_code == 422
    assert answer.json()["code"] == "diverged"
    assert "run:wild" in answer.json()["given"]


def test_a_parameter_of_a_list_is_told_by_its_name(client: TestClient) -> None:
    answer = client.post(f"/api/predict?network={'n' * 101}", content=b"anything")
    assert answer.status_code == 422
    assert answer.json()["message"] == "network cannot be that"
