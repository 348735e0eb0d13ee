"""Data sets over HTTP: pictures as they are, bounds, one error shape, and nothing for other people's pages."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.testclient import TestClient

from app.data_api import MOST_PICTURES, data_router
from app.datasets import built_in, mnist_files, raw_folder
from app.download import Download
from app.problems import Problem, tell_invalid, tell_problem
from app.security import SecurityMiddleware
from tests.small_mnist import write_mnist

PICTURES = "/api/datasets/built-in/test/pictures"
DOWNLOAD = "/api/datasets/mnist/download"

Given = Callable[..., TestClient]


@pytest.fixture
def client(tmp_path: Path) -> Given:
    """Makes a browser of a server whose data folder is `tmp_path`."""

    def make(download: Download | None = None) -> TestClient:
        app = FastAPI()
        app.add_middleware(SecurityMiddleware)
        app.include_router(data_router(tmp_path, download))
        app.add_exception_handler(Problem, tell_problem)
        app.add_exception_handler(RequestValidationError, tell_invalid)
        return TestClient(app)

    return make


def unpacked(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return msgpack.unpackb(answer.content)


def refused(answer: Any, status: int, code: str) -> dict[str, str]:
    """The account of what was wrong, after a look at its shape."""
    words: dict[str, str] = answer.json()
    assert answer.status_code == status, words
    assert list(words) == ["code", "message", "given", "expected"]
    assert words["code"] == code
    return words


# ------------------------------------------------------------------------------------------------------ what there is


def test_the_data_sets_are_listed_with_their_state(client: Given, tmp_path: Path) -> None:
    browser = client(Download(tmp_path))
    said = browser.get("/api/datasets").json()
    mnist, built = said["datasets"]
    assert (mnist["id"], mnist["state"], mnist["digits"]) == ("mnist", "missing", {})
    assert (built["id"], built["state"], built["train"], built["test"]) == ("built-in", "ready", 1_500, 297)
    assert [sum(built["digits"][split]) for split in ("train", "test")] == [1_500, 297]
    assert built["digits"]["test"][8] == np.count_nonzero(built_in()[1].labels == 8)
    assert said["download"]["state"] == "idle"
    assert said["folder"] == str(raw_folder(tmp_path))
    assert len(said["files"]) == 4
    write_mnist(tmp_path)
    assert browser.get("/api/datasets").json()["datasets"][0]["train"] == 6


# ---------------------------------------------------------------------------------------------------------- pictures


def test_pictures_come_with_their_labels_in_their_order(client: Given) -> None:
    data = built_in()[1]
    got = unpacked(client().get(PICTURES, params={"start": 5, "count": 7}))
    assert (got["total"], got["side"], got["indices"]) == (297, 28, list(range(5, 12)))
    assert got["labels"] == data.labels[5:12].tolist()
    assert got["pixels"] == data.images[5:12].tobytes()


def test_pictures_of_one_digit(client: Given) -> None:
    data = built_in()[1]
    threes = np.flatnonzero(data.labels == 3)
    got = unpacked(client().get(PICTURES, params={"digit": 3, "start": len(threes) - 2}))
    assert (got["total"], got["indices"], got["labels"]) == (len(threes), threes[-2:].tolist(), [3, 3])
    assert got["pixels"] == data.images[threes[-2:]].tobytes()


def test_the_training_pictures_are_others(client: Given) -> None:
    got = unpacked(client().get(PICTURES.replace("test", "train"), params={"count": 1}))
    assert got["pixels"] == built_in()[0].images[:1].tobytes()


def test_a_digit_without_pictures_is_an_empty_answer(client: Given, tmp_path: Path) -> None:
    write_mnist(tmp_path)
    got = unpacked(client().get("/api/datasets/mnist/test/pictures", params={"digit": 9}))
    assert (got["total"], got["indices"], got["pixels"]) == (0, [], b"")


def test_means_are_those_of_the_pictures(client: Given, tmp_path: Path) -> None:
    write_mnist(tmp_path, {"train": 25, "test": 3})
    got = unpacked(client().get("/api/datasets/mnist/train/means"))
    write = np.frombuffer((raw_folder(tmp_path) / mnist_files("train")[0]).read_bytes()[16:], np.uint8)
    pictures = write.reshape(25, 28, 28)
    means = np.frombuffer(got["pixels"], "<f4").reshape(10, 28, 28)
    np.testing.assert_allclose(means[4], pictures[4::10].mean(axis=0), rtol=1e-6)
    assert got["counts"] == [3, 3, 3, 3, 3, 2, 2, 2, 2, 2]
    alone = np.frombuffer(unpacked(client().get("/api/datasets/mnist/test/means"))["pixels"], "<f4").reshape(10, 28, 28)
    one = (raw_folder(tmp_path) / mnist_files("test")[0]).read_bytes()[16 + 784 : 16 + 2 * 784]
    np.testing.assert_array_equal(alone[1].ravel(), np.frombuffer(one, np.uint8))
    assert not alone[9].any()


@pytest.mark.parametrize("path", [PICTURES, PICTURES.replace("pictures", "means")])
def test_what_a_browser_has_is_not_sent_again(client: Given, path: str) -> None:
    browser = client()
    first = browser.get(path)
    assert first.headers["content-encoding"] == "gzip"
    again = browser.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    plain = browser.get(path, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == first.content
    assert browser.get(path, headers={"if-none-match": 'W/"another"'}).status_code == 200


# ------------------------------------------------------------------------------------------------------------ bounds


@pytest.mark.parametrize(
    ("path", "status", "code", "words"),
    [
        (f"{PICTURES}?digit=10", 422, "bad_request", "less than 10"),
        (f"{PICTURES}?digit=-1", 422, "bad_request", "greater than or equal to 0"),
        (f"{PICTURES}?digit=three", 422, "bad_request", "integer"),
        (f"{PICTURES}?start=-1", 422, "bad_request", "greater than or equal to 0"),
        (f"{PICTURES}?start=297", 422, "out_of_range", "0 to 296"),
        (f"{PICTURES}?start=99999999999999999999999", 422, "out_of_range", "0 to 296"),
        (f"{PICTURES}?count=0", 422, "bad_request", "greater than or equal to 1"),
        (f"{PICTURES}?count={MOST_PICTURES + 1}", 422, "bad_request", "less than or equal to 500"),
        ("/api/datasets/built-in/validation/pictures", 422, "bad_request", "'train' or 'test'"),
        ("/api/datasets/letters/test/pictures", 404, "unknown_dataset", "mnist or built-in"),
        ("/api/datasets/letters/test/means", 404, "unknown_dataset", "mnist or built-in"),
        ("/api/datasets/mnist/test/pictures", 404, "missing", "4 files"),
    ],
)
def test_what_cannot_be_is_told_in_the_one_shape(client: Given, path: str, status: int, code: str, words: str) -> None:
    assert words in refused(client().get(path), status, code)["expected"]


@pytest.mark.parametrize("what", ["pictures", "means"])
def test_damaged_files_are_named_and_never_served(client: Given, tmp_path: Path, what: str) -> None:
    path = raw_folder(write_mnist(tmp_path)) / mnist_files("test")[0]
    browser = client()
    address = f"/api/datasets/mnist/train/{what}"
    assert browser.get(address).status_code == 200
    path.write_bytes(path.read_bytes()[:-1])
    assert path.name in refused(browser.get(address), 409, "damaged")["message"]
    mnist = browser.get("/api/datasets").json()["datasets"][0]
    assert mnist["state"] == "damaged"
    assert path.name in mnist["problem"]


# ---------------------------------------------------------------------------------------------------------- download


def test_a_download_is_begun_watched_cancelled_and_continued(client: Given, tmp_path: Path) -> None:
    go = threading.Event()

    def fetch(temporary: Path, cancelled: threading.Event) -> None:
        if not go.is_set():
            cancelled.wait(30)
        write_mnist(temporary)

    browser = client(Download(tmp_path, fetch))
    begun = browser.post(DOWNLOAD)
    assert (begun.status_code, begun.json()["state"]) == (202, "running")
    assert browser.get("/api/datasets").json()["download"]["state"] == "running"
    cancelled = browser.delete(DOWNLOAD)
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    assert browser.get("/api/datasets").json()["datasets"][0]["state"] == "missing"
    go.set()
    browser.post(DOWNLOAD)
    for _ in range(1000):
        said = browser.get("/api/datasets").json()
        if said["download"]["state"] == "done":
            break
        time.sleep(0.005)
    assert said["datasets"][0]["state"] == "ready"


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_where_the_network_is_left_alone_nothing_is_downloaded(client: Given, method: str) -> None:
    browser = client()
    assert browser.get("/api/datasets").json()["download"] is None
    assert "--no-download" in refused(browser.request(method, DOWNLOAD), 403, "no_download")["given"]


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize(
    ("headers", "welcome"),
    [
        ({}, True),
        ({"origin": "http://testserver", "sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://testserver:81", "sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
    ],
)
def test_only_our_own_pages_may_change_something(
    client: Given, tmp_path: Path, method: str, headers: dict[str, str], welcome: bool
) -> None:
    def fetch(_temporary: Path, cancelled: threading.Event) -> None:
        cancelled.wait(30)

    download = Download(tmp_path, fetch)
    answer = client(download).request(method, DOWNLOAD, headers=headers)
    if welcome:
        assert answer.status_code < 300
    else:
        refused(answer, 403, "foreign")
        assert "content-security-policy" in answer.headers
        assert download.status.state == "idle"
    download.cancel()
