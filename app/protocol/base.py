"""What all messages share, the handshake, and the one error shape."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

PROTOCOL_VERSION = 1
"""Raised when a message changes its meaning; a page that speaks another version is told to reload."""

Name = Annotated[str, Field(min_length=1, max_length=64)]
Scalar = float
# The first error is enough: a list of 200,000 words would otherwise make 400,000 of them, and half a gigabyte.
Vector = Annotated[list[Scalar], Field(fail_fast=True)]
Matrix = Scalar | Vector | Annotated[list[Vector], Field(fail_fast=True)]
Text = list[tuple[Literal["plain", "name", "value", "grad"], str]]


class Message(BaseModel):
    """Frozen; unknown fields are refused. Records of the engine that have the same fields are read as they are."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", from_attributes=True, ser_json_inf_nan="strings", allow_inf_nan=True
    )


class SceneCard(Message):
    """What the home page says of a scene."""

    id: str
    title: str
    says: str
    source: str = Field(description="the expression it opens with; empty where it is not an expression")


class Request(Message):
    seq: int = Field(ge=0, le=2**53)


class Hello(Request):
    """First message of a connection.

    `visitor` is a secret that the page made up and keeps: whoever shows it finds the visitor's runs again.
    """

    type: Literal["hello"]
    protocol: int
    visitor: str = Field(default="", pattern=r"^[A-Za-z0-9_-]{0,64}$")


class Answer(Message):
    request_seq: int | None = Field(description="the request answered; None where the server speaks first")


class Welcome(Answer):
    type: Literal["welcome"] = "welcome"
    protocol: int
    version: str
    scenes: list[SceneCard]


Code = Literal[
    "bad_message",
    "too_large",
    "protocol_version",
    "out_of_order",
    "stale",
    "unknown_scene",
    "unknown_run",
    "unknown_name",
    "out_of_range",
    "expression",
    "shape",
    "limit",
    "data",
    "busy",
    "internal",
]


class Error(Answer):
    """The one error shape."""

    type: Literal["error"] = "error"
    code: Code
    message: str
    given: str
    expected: str
    span: tuple[int, int] | None = Field(default=None, description="place in the source")
    suggestion: str = ""


class TensorFrame(Message):
    """A tensor as it travels (MessagePack map with these keys; `bytes` fields are raw little-endian).

    `picture` is float32, of at most 64x64, averaged down where the tensor is larger (`exact` tells);
    `maps` (uint8, with `maps_scale`: number = (byte - zero) * scale) holds one picture of `images` size a row.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings", ser_json_bytes="base64")

    type: Literal["tensor"] = "tensor"
    generation: int
    ref: int
    shape: list[int]
    dtype: str
    minimum: Scalar
    maximum: Scalar
    mean: Scalar
    std: Scalar
    norm: Scalar
    largest: Scalar = Field(description="largest finite magnitude: the picture's symmetric scale")
    not_finite: int
    zeros: int
    histogram: list[int] = Field(description="32 equal bins over [-largest, largest]")
    exact: bool = Field(description="whether the picture's pixels are the tensor's elements")
    picture_shape: tuple[int, int]
    picture: bytes
    images: tuple[int, int] | None
    maps: bytes | None
    maps_scale: Scalar
    maps_zero: int
