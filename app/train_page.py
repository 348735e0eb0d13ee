"""The page where a network is built and trained."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from app.runs.recipes import RunLimits
from app.training_choices import training_choices


def train_router(templates: Jinja2Templates, limits: RunLimits, has_mnist: Callable[[], bool]) -> APIRouter:
    """Route of the page: train.html gets as `choices` all that may be chosen for a run.

    Args:
        templates: the templates.
        limits: how large a run may be.
        has_mnist: whether MNIST is there; else the form begins with the built-in digits.
    """
    router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @router.get("/train")
    def train(request: Request) -> HTMLResponse:
        choices = training_choices(limits, has_mnist=has_mnist())
        return templates.TemplateResponse(request, "train.html", {"choices": choices})

    return router
