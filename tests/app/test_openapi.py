"""What programs are told of the interface: all of it, with examples, and every error in the one shape."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.problems import STATUSES
from app.settings import Settings

ROOT = Path(__file__).resolve().parent.parent.parent
PUBLIC = {
    "/api/predict",
    "/api/digits/why",
    "/api/digits/toward",
    "/api/digits/learn",
    "/api/datasets",
    "/api/datasets/mnist/download",
    "/api/datasets/{dataset}/{split}/pictures",
    "/api/datasets/{dataset}/{split}/means",
    "/healthz",
}


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app(Settings(keep_runs=False)))


@pytest.fixture(scope="module")
def described(client: TestClient) -> dict[str, Any]:
    answer: dict[str, Any] = client.get("/openapi.json").json()
    return answer


def operations(described: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(f"{method} {path}", told) for path, item in described["paths"].items() for method, told in item.items()]


def test_it_lists_what_programs_may_ask_and_no_pages(described: dict[str, Any]) -> None:
    assert described["paths"].keys() == PUBLIC


def test_each_question_has_a_title_of_its_own_and_stands_under_a_known_heading(described: dict[str, Any]) -> None:
    titles = [told["summary"] for _, told in operations(described)]
    assert len(set(titles)) == len(titles)
    known = {tag["name"] for tag in described["tags"]}
    for name, told in operations(described):
        assert set(told["tags"]) <= known, name
        assert len(told["tags"]) == 1, name


def test_every_error_is_documented_in_the_one_shape_with_an_example(described: dict[str, Any]) -> None:
    seen = set()
    for name, told in operations(described):
        for status, response in told["responses"].items():
            if status.startswith("2"):
                continue
            content = response["content"]["application/json"]
            assert content["schema"] == {"$ref": "#/components/schemas/Words"}, (name, status)
            assert content["example"].keys() == {"code", "message", "given", "expected"}
            seen.add(int(status))
    assert seen == STATUSES.keys()
    assert "HTTPValidationError" not in described["components"]["schemas"]


def test_a_picture_may_be_a_body_or_a_form(described: dict[str, Any]) -> None:
    predict = described["paths"]["/api/predict"]["post"]
    content = predict["requestBody"]["content"]
    assert content.keys() == {"multipart/form-data", "application/octet-stream", "image/*"}
    assert content["multipart/form-data"]["schema"]["properties"]["file"]["format"] == "binary"
    assert {parameter["name"] for parameter in predict["parameters"]} == {"network", "stages"}
    assert set(predict["responses"]) == {
        "200",
        *("400", "403", "404", "408", "409", "413", "415", "422", "500", "503"),
    }


def test_every_field_of_an_answer_about_a_picture_is_explained_or_shown(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    for name in ("PredictionOut", "DigitOut", "BoxOut", "OpinionOut", "ReaderOut", "MillisecondsOut"):
        assert schemas[name]["description"]
        for field, schema in schemas[name]["properties"].items():
            plain = field in {"title", "box", "milliseconds"}
            assert plain or {"description", "examples"} & schema.keys(), f"{name}.{field}"


def test_the_page_shows_it_and_is_linked_from_the_first_page(client: TestClient) -> None:
    page = client.get("/api")
    assert page.status_code == 200
    assert "/api/predict" in page.text
    assert 'href="/api"' in client.get("/").text
    assert "<script>" not in page.text


def test_swagger_uis_licence_and_those_of_what_is_in_it_are_passed_on(client: TestClient) -> None:
    licenses = client.get("/static/licenses.txt").text
    start = licenses.index("\nswagger-ui-dist ")
    assert re.search(r"Apache License.*SmartBear Software.*Licensed under the MIT", licenses[start:], re.DOTALL)
