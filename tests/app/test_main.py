"""The application over HTTP: pages, caching, security headers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from app import resources
from app.main import create_app
from app.resources import ResourceError, read_manifest, static_folder
from app.security import SecurityMiddleware
from app.settings import Settings


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(create_app(Settings(keep_runs=False))) as client:
        yield client


def test_healthz(client: TestClient) -> None:
    assert client.get("/healthz").json()["status"] == "ok"


@pytest.mark.parametrize("path", ["/", "/step/sigmoid"])
def test_pages_come_with_the_built_front_end(client: TestClient, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert f"/static/{read_manifest(static_folder())['main.js']}" in page.text


@pytest.mark.parametrize(
    ("path", "words"), [("/step/nothing", "There is no scene called"), ("/nothing", "There is no such page.")]
)
def test_a_missing_page_is_told_to_people_as_a_page_and_to_programs_as_json(
    client: TestClient, path: str, words: str
) -> None:
    page = client.get(path, headers={"accept": "text/html"})
    assert page.status_code == 404
    assert words in page.text
    assert "</html>" in page.text
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.json().keys() == {"code", "message", "given", "expected"}
    assert answer.json()["code"] == "missing"
    assert answer.json()["given"] == f"GET {path}"


def test_a_method_that_an_address_has_not_is_told_in_the_one_shape(client: TestClient) -> None:
    answer = client.get("/api/predict")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json().keys() == {"code", "message", "given", "expected"}
    assert "POST" in answer.json()["expected"]
    assert answer.json()["message"] == "This address is not asked in that way"


def test_a_failure_of_the_server_is_told_in_the_one_shape_without_its_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("app.predict_api.predict", fail)
    with TestClient(create_app(Settings(keep_runs=False)), raise_server_exceptions=False) as client:
        answer = client.post("/api/predict", content=b"anything")
    assert answer.status_code == 500
    assert answer.json()["code"] == "failed"
    assert "secret" not in answer.text


@pytest.mark.parametrize("path", ["/", "/healthz", "/static/nothing.js", "/nothing"])
def test_every_answer_has_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe-inline" not in headers["content-security-policy"].replace("style-src-attr 'unsafe-inline'", "")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_hashed_files_are_kept_for_ever_and_others_are_asked_for_again(client: TestClient) -> None:
    hashed = client.get(f"/static/{read_manifest(static_folder())['main.js']}")
    assert hashed.status_code == 200
    assert "immutable" in hashed.headers["cache-control"]
    assert client.get("/static/manifest.json").headers["cache-control"] == "no-cache"


def test_an_unbuilt_front_end_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(resources, "CHECKOUT", tmp_path)
    with pytest.raises(ResourceError, match="make build"):
        create_app(Settings(keep_runs=False))


@pytest.mark.parametrize(
    ("headers", "welcome"),
    [
        ({"origin": "http://testserver"}, True),
        ({}, True),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "http://testserver:81"}, False),
        ({"origin": "null"}, False),
        ({"origin": "null", "host": ""}, False),
        ({"origin": "http://[broken"}, False),
    ],
)
def test_a_web_socket_is_only_for_our_own_pages(headers: dict[str, str], welcome: bool) -> None:
    async def greet(scope, receive, send):  # type: ignore[no-untyped-def]
        socket = WebSocket(scope, receive, send)
        await socket.accept()
        await socket.send_text("hello")
        await socket.close()

    client = TestClient(SecurityMiddleware(greet))
    if welcome:
        with client.websocket_connect("/ws", headers=headers) as socket:
            assert socket.receive_text() == "hello"
    else:
        with pytest.raises(WebSocketDisconnect), client.websocket_connect("/ws", headers=headers):
            pass
