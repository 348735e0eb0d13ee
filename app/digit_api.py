"""Questions about one digit over HTTP: why a network reads it so, what would make it another, what a lesson changes."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from app.bodies import json_answer, json_route
from app.digit_answers import NotFiniteError, answer_learn, answer_toward, answer_why
from app.digit_messages import BODY, Asked, LearnedOut, LearnIn, TowardIn, TowardOut, WhyIn, WhyOut
from app.digits.code import decode
from app.networks import Network, Networks
from app.problems import responses
from app.refusals import refusal
from app.taught import Copies, Lesson, diverged, read_lessons
from app.turns import Turns
from engine.data import Rows, rows
from engine.errors import EngineError

ERRORS = responses(400, 403, 404, 408, 409, 413, 415, 422, 500, 503)


def digit_router(networks: Networks, copies: Copies, turns: Turns) -> APIRouter:
    """The routes below /api/digits.

    Args:
        networks: finds networks.
        copies: makes visitors' copies of them.
        turns: where answers are computed.
    """
    router = APIRouter(prefix="/api/digits", route_class=json_route(BODY), tags=["pictures"], responses=ERRORS)

    async def answered(request: Request, asked: Asked, work: Callable[[], BaseModel]) -> Response:
        return await turns.run(lambda: json_answer(told(asked, work), request), request.is_disconnected)

    @router.post("/why", response_model=WhyOut, summary="Why a network reads a digit so")
    async def why(request: Request, asked: WhyIn) -> Response:
        """Where the score of a digit comes from: the forward pass, evidence for all ten digits, gradients as maps."""

        def work() -> WhyOut:
            network, row, lessons = parts(asked)
            return answer_why(copies.taught(network, lessons, asked.rate).network, row, asked.of)

        return await answered(request, asked, work)

    @router.post("/toward", response_model=TowardOut, summary="What would make it another digit")
    async def toward(request: Request, asked: TowardIn) -> Response:
        """What would make it another digit: gradient steps on its pixels."""

        def work() -> TowardOut:
            network, row, lessons = parts(asked)
            return answer_toward(copies.taught(network, lessons, asked.rate).network, row, asked.target)

        return await answered(request, asked, work)

    @router.post("/learn", response_model=LearnedOut, summary="What a training step on it changes")
    async def learn(request: Request, asked: LearnIn) -> Response:
        """What training steps on it did to the visitor's own copy of the network; nothing else changes."""

        def work() -> LearnedOut:
            network, row, lessons = parts(asked)
            return answer_learn(copies, network, asked.code, row, lessons, asked.rate)

        return await answered(request, asked, work)

    def parts(asked: Asked) -> tuple[Network, Rows, tuple[Lesson, ...]]:
        row = rows(decode(asked.code)[None])[0]
        lessons = read_lessons(asked.lessons, asked.code)
        return networks.get(asked.network), row, lessons

    return router


def told(asked: Asked, work: Callable[[], BaseModel]) -> bytes:
    """The answer as JSON. Raises Problem."""
    try:
        return work().model_dump_json().encode()
    except NotFiniteError:
        raise refusal(diverged(asked.rate, len(read_lessons(asked.lessons, asked.code)))) from None
    except EngineError as error:
        raise refusal(error) from error
