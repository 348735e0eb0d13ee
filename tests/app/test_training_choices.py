"""What the training page's form may choose from is what the engine, the protocol and the settings say."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.pages import page_templates
from app.protocol import NetworkRecipe
from app.resources import static_folder, templates_folder
from app.runs.recipes import RunLimits, engine_recipe
from app.train_page import train_router
from app.training_choices import training_choices
from engine.optimizers import OPTIMIZERS
from engine.schedule import factor
from engine.train import network

LIMITS = RunLimits(layers=3, width=77, parameters=10_000, batch=50, steps=1_000)
CHOICES = training_choices(LIMITS, has_mnist=True)


def names(kind: str) -> list[str]:
    return [option["name"] for option in CHOICES[kind]]


@pytest.mark.parametrize(
    ("kind", "field"),
    [("activations", "activation"), ("inits", "init"), ("optimizers", "optimizer"), ("schedules", "schedule")],
)
def test_every_name_of_the_protocol_may_be_chosen(kind: str, field: str) -> None:
    assert sorted(names(kind)) == sorted(NetworkRecipe.model_json_schema()["properties"][field]["enum"])
    for name in names(kind):
        network(engine_recipe(NetworkRecipe.model_validate({field: name})))


def test_data_sets_are_those_of_recipes_and_say_which_can_be_had() -> None:
    assert names("datasets") == NetworkRecipe.model_json_schema()["properties"]["dataset"]["enum"]
    without = training_choices(LIMITS, has_mnist=False)["datasets"]
    assert {option["name"]: option["ready"] for option in without} == {"mnist": False, "built-in": True}
    assert all(option["ready"] for option in CHOICES["datasets"])


def test_limits_are_the_settings_where_those_are_narrower() -> None:
    assert (CHOICES["layers"]["most"], CHOICES["layers"]["width"]["maximum"]) == (3, 77)
    assert CHOICES["counts"]["batch"]["maximum"] == 50
    assert CHOICES["counts"]["epochs"]["maximum"] == 100_000


def test_optimizers_have_their_own_numbers() -> None:
    for option, choice in zip(CHOICES["optimizers"], OPTIMIZERS.values(), strict=True):
        assert option["lr"]["default"] == choice.lr
        assert [h["name"] for h in option["hyper"]] == [h.name for h in choice.hyperparameters]


def test_the_picture_of_a_schedule_is_the_schedule() -> None:
    for option in CHOICES["schedules"]:
        last = len(option["decay"]) - 1
        assert option["decay"] == pytest.approx(
            [factor(option["name"], step, last) for step in range(last + 1)], abs=1e-4
        )


def test_the_page_carries_them_as_json() -> None:
    app = FastAPI()
    app.include_router(train_router(page_templates(templates_folder(), static_folder()), LIMITS, lambda: False))
    page = TestClient(app).get("/train")
    found = re.search(r'<script type="application/json" id="choices">(.*?)</script>', page.text, re.DOTALL)
    assert found is not None
    assert json.loads(unescape(found[1])) == json.loads(json.dumps(training_choices(LIMITS, has_mnist=False)))
