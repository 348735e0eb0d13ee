"""What is answered about a picture over HTTP, field by field, and how it is made of a prediction."""

from __future__ import annotations

import base64
from typing import Annotated

from pydantic import BaseModel, Field

from app.digits.code import encode
from app.digits.reading import Stage
from app.networks import Network
from app.prediction import Opinion, Prediction

LONGEST_NAME = 100
"""Characters of the longest name of a network."""

Probabilities = Annotated[
    list[float],
    Field(
        description="of the digits from 0 to 9; they add up to 1",
        min_length=10,
        max_length=10,
        examples=[[0.0, 0.001, 0.001, 0.0, 0.0, 0.0, 0.0, 0.994, 0.0, 0.004]],
    ),
]
Logits = Annotated[
    list[float],
    Field(
        description="what the softmax makes the probabilities of",
        min_length=10,
        max_length=10,
        examples=[[-4.1, 0.9, 1.2, -0.3, -3.3, -2.1, -7.7, 7.9, -2.8, 2.4]],
    ),
]


class BoxOut(BaseModel):
    """A part of the picture as it was given, upright, in pixels."""

    left: int = Field(ge=0, examples=[204])
    top: int = Field(ge=0, examples=[118])
    width: int = Field(ge=1, examples=[61])
    height: int = Field(ge=1, examples=[142])


class ReaderOut(BaseModel):
    """A network."""

    id: str = Field(description="reader, one-layer, or run: and the id of a run", examples=["reader"])
    title: str = Field(examples=["Gradwalk's reader"])
    says: str = Field(description="what it is, in a sentence")
    parameters: int = Field(description="how many numbers were learned")


class OpinionOut(BaseModel):
    """What one network says of one digit."""

    network: str = Field(description="its id", examples=["reader"])
    digit: int = Field(ge=0, le=9, description="the most probable one", examples=[7])
    probabilities: Probabilities
    logits: Logits


class DigitOut(BaseModel):
    """One digit of the picture."""

    digit: int = Field(ge=0, le=9, description="what the first network takes it for", examples=[7])
    probability: float = Field(ge=0, le=1, description="how sure that network is", examples=[0.994])
    doubt: str = Field(description="why it may be no single clear digit; empty where nothing speaks against it")
    line: int = Field(ge=0, description="which line of writing it stands on")
    box: BoxOut
    picture: list[list[int]] = Field(
        description="28 rows of 28 grey levels, ink bright on black, as MNIST has them", min_length=28, max_length=28
    )
    code: str = Field(description="the same as a word, for /api/digits and for the address of the stepper")
    opinions: list[OpinionOut] = Field(description="of each network that was asked, in that order")


class StageOut(BaseModel):
    """A stage on the way from the picture to 28x28."""

    name: str = Field(examples=["centred"])
    title: str
    says: str = Field(description="what was done and what was found")
    digit: int | None = Field(description="which digit it belongs to, from 0; null: the whole picture")
    width: int
    height: int
    pixels: str = Field(description="grey levels, row by row, one byte each, in base64")


class MillisecondsOut(BaseModel):
    """What took how long on the server, the waiting for its turn apart."""

    decode: float = Field(description="from the file to pixels", examples=[1.2])
    read: float = Field(description="from the pixels to pictures of 28x28", examples=[4.8])
    network: float = Field(description="all networks, all digits", examples=[0.6])


class PredictionOut(BaseModel):
    """What was read in a picture."""

    text: str = Field(
        description="the digits, a line of writing a line; ? where one is in doubt or less than half probable",
        examples=["7", "314\n159"],
    )
    digit: int | None = Field(description="the digit, where there is exactly one", examples=[7])
    probabilities: Probabilities | None = Field(description="its, where there is exactly one digit")
    digits: list[DigitOut] = Field(description="line by line, from left to right")
    problem: str = Field(description="why there is no digit; empty where there is one")
    format: str = Field(description="of the file, told from its content", examples=["PNG", "JPEG"])
    width: int = Field(description="of the picture as it was given, upright, in pixels", examples=[1512])
    height: int = Field(examples=[2016])
    networks: list[ReaderOut] = Field(description="which were asked, the main one first")
    stages: list[StageOut] = Field(description="where stages=true was asked for, else none")
    milliseconds: MillisecondsOut


def told(prediction: Prediction, stages: bool) -> PredictionOut:
    """The answer, with the `stages` on the way or without."""
    digits = [_digit(prediction, index) for index in range(len(prediction.reading.digits))]
    single = digits[0] if len(digits) == 1 else None
    return PredictionOut(
        text=prediction.text,
        digit=single.digit if single else None,
        probabilities=single.opinions[0].probabilities if single else None,
        digits=digits,
        problem=prediction.reading.problem,
        format=prediction.picture.format,
        width=prediction.picture.width,
        height=prediction.picture.height,
        networks=[reader_out(opinion.network) for opinion in prediction.opinions],
        stages=[_stage(stage) for stage in prediction.reading.stages] if stages else [],
        milliseconds=MillisecondsOut(**prediction.milliseconds),
    )


def reader_out(network: Network) -> ReaderOut:
    """What is told of a network."""
    return ReaderOut(id=network.id, title=network.title, says=network.says, parameters=network.parameters)


def _digit(prediction: Prediction, index: int) -> DigitOut:
    found = prediction.reading.digits[index]
    return DigitOut(
        digit=prediction.digits[index],
        probability=prediction.chances[index],
        doubt=found.doubt,
        line=found.line,
        box=BoxOut(**prediction.box(index)._asdict()),
        picture=found.picture.tolist(),
        code=encode(found.picture),
        opinions=[_opinion(opinion, index) for opinion in prediction.opinions],
    )


def _opinion(opinion: Opinion, index: int) -> OpinionOut:
    probabilities = opinion.probabilities[index]
    return OpinionOut(
        network=opinion.network.id,
        digit=int(probabilities.argmax()),
        probabilities=probabilities.tolist(),
        logits=opinion.logits[index].tolist(),
    )


def _stage(stage: Stage) -> StageOut:
    height, width = stage.pixels.shape
    return StageOut(
        name=stage.name,
        title=stage.title,
        says=stage.says,
        digit=stage.digit,
        width=width,
        height=height,
        pixels=base64.b64encode(stage.pixels.tobytes()).decode("ascii"),
    )
