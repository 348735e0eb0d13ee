"""Pictures of digits over HTTP: what networks read in them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import StringConstraints
from starlette.responses import Response

from app.bodies import json_answer
from app.networks import Networks
from app.predict_messages import LONGEST_NAME, PredictionOut, told
from app.prediction import predict
from app.problems import responses
from app.refusals import refusal
from app.turns import Turns
from app.uploads import FORM, Uploads, file_of, is_form
from engine.errors import EngineError

MOST_NETWORKS = 4
DEFAULT_NETWORK = "reader"

BODY: dict[str, Any] = {
    "required": True,
    "description": "The picture: PNG, JPEG, WebP, GIF, BMP, HEIC or AVIF. What it is, is told from its content.",
    "content": {
        FORM: {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary", "description": "the picture"}},
            }
        },
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        "image/*": {"schema": {"type": "string", "format": "binary"}},
    },
}


def predict_router(networks: Networks, uploads: Uploads, turns: Turns) -> APIRouter:
    """The route /api/predict.

    Args:
        networks: finds networks.
        uploads: holds the pictures while they wait.
        turns: where they are read.
    """
    router = APIRouter(tags=["pictures"])

    @router.post(
        "/api/predict",
        response_model=PredictionOut,
        openapi_extra={"requestBody": BODY},
        responses=responses(400, 403, 404, 408, 409, 413, 415, 422, 500, 503),
        summary="Read the digits in a picture",
    )
    async def route(
        request: Request,
        network: Annotated[
            list[Annotated[str, StringConstraints(max_length=LONGEST_NAME)]],
            Query(
                default_factory=lambda: [DEFAULT_NETWORK],
                max_length=MOST_NETWORKS,
                description="who is asked: reader, one-layer, or run: and the id of a run; several, where it is given "
                "several times; the first one's digits are the answer, and it is reader where none is given",
                examples=[["reader", "one-layer"]],
            ),
        ],
        stages: Annotated[bool, Query(description="whether to show every stage on the way to 28x28")] = False,
    ) -> Response:
        """Finds the digits in a picture, brings each into MNIST's form, and asks networks what they are.

        The picture is the body of the request, or the first file of a form:

            curl --data-binary @7.png http://127.0.0.1:8000/api/predict
            curl -F file=@7.png 'http://127.0.0.1:8000/api/predict?network=reader&network=one-layer'

        Nothing of it is kept.
        """

        def work(body: bytes) -> Response:
            data = file_of(body, request.headers["content-type"]) if is_form(request) else body
            chosen = [networks.get(name) for name in dict.fromkeys(network)]
            answer = told(predict(data, chosen, uploads.limits), stages).model_dump_json().encode()
            return json_answer(answer, request)

        try:
            async with uploads.body(request) as body:
                return await turns.run(lambda: work(body), request.is_disconnected)
        except EngineError as error:
            raise refusal(error) from error

    return router
