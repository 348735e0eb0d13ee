"""Pictures of digits over HTTP: what a network reads in them."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Body, Query
from pydantic import BaseModel

from app.digits.code import encode
from app.digits.read import read
from app.digits.reading import Found, Stage
from app.networks import Network, Networks
from app.turns import Turns
from engine.data import rows


class BoxOut(BaseModel):
    """A part of the picture as it was given, upright, in pixels."""

    left: int
    top: int
    width: int
    height: int


class ReaderOut(BaseModel):
    """A network."""

    id: str
    title: str
    says: str
    parameters: int


class OpinionOut(BaseModel):
    """What one network says of one digit."""

    network: str
    digit: int
    probabilities: list[float]
    logits: list[float]


class DigitOut(BaseModel):
    """One digit of the picture."""

    digit: int
    probability: float
    doubt: str
    line: int
    box: BoxOut
    picture: list[list[int]]
    code: str
    opinions: list[OpinionOut]


class StageOut(BaseModel):
    """A stage on the way from the picture to 28x28; `pixels` are grey levels, row by row, as base64."""

    name: str
    title: str
    says: str
    digit: int | None
    width: int
    height: int
    pixels: str


class PredictionOut(BaseModel):
    """What was read."""

    text: str
    digit: int | None
    probabilities: list[float] | None
    digits: list[DigitOut]
    problem: str
    format: str
    width: int
    height: int
    networks: list[ReaderOut]
    stages: list[StageOut]
    milliseconds: dict[str, float]


def predict_router(networks: Networks, turns: Turns) -> APIRouter:
    """The route /api/predict; pictures are read in turn."""
    router = APIRouter()

    @router.post("/api/predict")
    async def predict(
        image: Annotated[bytes, Body(media_type="image/*")],
        network: Annotated[list[str] | None, Query(max_length=4)] = None,
        stages: bool = False,
    ) -> PredictionOut:
        return await turns.run(lambda: answer(image, network, stages))

    def answer(image: bytes, network: list[str] | None, stages: bool) -> PredictionOut:
        from PIL import Image

        pixels = np.asarray(Image.open(BytesIO(image)).convert("RGB"))
        chosen = [networks.get(name) for name in network or ["reader"]]
        reading = read(pixels)
        digits = [_digit(found, chosen) for found in reading.digits]
        return PredictionOut(
            text="".join(str(digit.digit) for digit in digits),
            digit=digits[0].digit if len(digits) == 1 else None,
            probabilities=digits[0].opinions[0].probabilities if len(digits) == 1 else None,
            digits=digits,
            problem=reading.problem,
            format="PNG",
            width=pixels.shape[1],
            height=pixels.shape[0],
            networks=[ReaderOut(id=n.id, title=n.title, says=n.says, parameters=n.parameters) for n in chosen],
            stages=[_stage(stage) for stage in reading.stages] if stages else [],
            milliseconds={},
        )

    return router


def _digit(found: Found, networks: list[Network]) -> DigitOut:
    x = rows(found.picture[None])
    opinions = []
    for network in networks:
        logits, chances = network.logits(x)[0], network.probabilities(x)[0]
        opinions.append(
            OpinionOut(
                network=network.id,
                digit=int(chances.argmax()),
                probabilities=chances.tolist(),
                logits=logits.tolist(),
            )
        )
    first = opinions[0]
    return DigitOut(
        digit=first.digit,
        probability=first.probabilities[first.digit],
        doubt=found.doubt,
        line=found.line,
        box=BoxOut(**found.box._asdict()),
        picture=found.picture.tolist(),
        code=encode(found.picture),
        opinions=opinions,
    )


def _stage(stage: Stage) -> StageOut:
    height, width = stage.pixels.shape
    fields: dict[str, Any] = {name: getattr(stage, name) for name in ("name", "title", "says", "digit")}
    return StageOut(
        **fields, width=width, height=height, pixels=base64.b64encode(stage.pixels.tobytes()).decode("ascii")
    )
