"""What is asked about one digit over HTTP, and what is answered: why, toward and learn."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.digits.code import LONGEST
from app.predict_messages import LONGEST_NAME, Probabilities, ReaderOut
from app.taught import ITEMS, RATE, RULE, STEPS, WORD
from engine.data import CLASSES

BODY = LONGEST + WORD + LONGEST_NAME + 1_000
"""Bytes of the longest question."""

EXAMPLE = (
    "eNpjYBikILQ4zxGHVPHX__8vGWGTcZv96z8Q2GDKcIE0gQAWfU3PIFL_3TCkMoGiH8ByeRhytf__76w9AZKrwJCTDPBmYGgHyYVi90MUSM4cu1wADne"
    "CgwWPvniQnC52OZBHvorgCE-g3B1-7HIVQLnXctjlavHYtxQkhyMCD2MPa0hcAJ25QBJHxIvIcdE62QEAvMdmzA"
)
"""A built-in digit, a 1."""

Label = Annotated[int, Field(ge=0, lt=CLASSES)]
Map = Annotated[
    str, Field(description="784 numbers, one a pixel, row by row, as float32, little-endian, in base64; 28 by 28")
]
Numbers = Annotated[str, Field(description="numbers as float32, little-endian, in base64")]


class Asked(BaseModel):
    """What every question names: a picture, and a network with what the visitor's copy of it has been taught."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    code: str = Field(
        max_length=LONGEST, description="the picture: what the answer to a prediction calls code", examples=[EXAMPLE]
    )
    network: str = Field(
        max_length=LONGEST_NAME, description="reader, one-layer, or run: and the id of a run", examples=["reader"]
    )
    lessons: str = Field(
        default="",
        max_length=WORD,
        description="what the copy has been taught, in order: items LABEL.TIMES for this picture or LABEL.TIMES.CODE "
        f"for another one, joined by ~; at most {ITEMS} items and {STEPS} training steps; empty: nothing",
        examples=["", "7.3", "7.3~1.2"],
    )
    rate: float = Field(
        default=RATE,
        ge=RULE.learning_rate.minimum,
        le=RULE.learning_rate.maximum,
        description="learning rate of the lessons: SGD, one picture at a time",
    )


class WhyIn(Asked):
    """Asks where the score of a digit comes from."""

    of: Label | None = Field(default=None, description="the digit; null: the one the network takes it for")


class TowardIn(Asked):
    """Asks what would make the picture another digit."""

    target: Label = Field(description="the digit it is to become")


class LearnIn(Asked):
    """Asks what the latest of the lessons did; it must be about this picture."""


class LayerOut(BaseModel):
    """What one layer gave in the forward pass."""

    name: str
    title: str
    values: Numbers


class EvidenceOut(BaseModel):
    """Pixel times gradient for one digit; the map and the rest add up to the score."""

    digit: int
    map: Map
    rest: float = Field(description="what no pixel gives: in networks with ReLU or one layer, what the biases give")
    score: float


class IntegratedOut(BaseModel):
    """Integrated gradients from an empty picture."""

    map: Map
    steps: int = Field(description="points on the way from the empty picture")
    sum: float = Field(description="of the map; comes close to score - baseline")
    score: float
    baseline: float = Field(description="the score of the empty picture")


class WhyOut(BaseModel):
    """Where the score of a digit comes from."""

    network: ReaderOut
    of: int
    logits: list[float]
    probabilities: Probabilities
    layers: list[LayerOut] = Field(description="the forward pass; the last layer gives the logits")
    evidence: list[EvidenceOut]
    gradient: Map = Field(description="derivative of the score of `of` by each pixel")
    integrated: IntegratedOut


class FrameOut(BaseModel):
    """The picture after some gradient steps, from 0 to 1, and what the network says of it."""

    picture: Map
    probabilities: Probabilities


class TowardOut(BaseModel):
    """Gradient steps on the pixels; the first frame is the picture as it is."""

    target: int
    frames: list[FrameOut]


class StandingOut(BaseModel):
    """What a network says of the picture."""

    loss: float
    probabilities: Probabilities


class LossOut(BaseModel):
    """A training step: what was taught, and the loss before its update; `here`: on this picture."""

    label: int
    loss: float
    here: bool


class MostOut(BaseModel):
    """The number of a parameter that moved most."""

    index: list[int]
    gradient: float
    before: float
    after: float


class ChangeOut(BaseModel):
    """What the latest training step did to one parameter."""

    name: str
    title: str
    shape: list[int]
    gradient: float = Field(description="Euclidean length of the gradient")
    change: float = Field(description="Euclidean length of the change")
    moved: int = Field(description="how many of its numbers moved")
    most: MostOut


class LearnedOut(BaseModel):
    """What the lessons did to the visitor's copy, the latest training step in full."""

    label: int
    start: StandingOut = Field(description="before all lessons")
    before: StandingOut = Field(description="before the latest training step")
    after: StandingOut = Field(description="after it")
    history: list[LossOut]
    changes: list[ChangeOut]
    weights: Map = Field(description="of each pixel: length of the change of the weights that lead away from it")
    pixels: Map = Field(description="derivative of the loss by each pixel, before the latest update")
