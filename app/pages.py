"""The HTML pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from app import __version__
from app.resources import read_manifest


def pages_router(templates_folder: Path, static_folder: Path) -> APIRouter:
    """Routes of the pages. Templates may use `asset(name)`, the address of a file of the build, and `version`."""
    templates = Jinja2Templates(templates_folder)
    templates.env.globals |= {"asset": asset_address(static_folder), "version": __version__}
    router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @router.get("/")
    def home(request: Request) -> HTMLResponse:
        return templates.TemplateResponse(request, "home.html")

    @router.get("/step/{scene}")
    def step(request: Request, scene: str) -> HTMLResponse:
        return templates.TemplateResponse(request, "step.html", {"scene": scene})

    return router


def asset_address(static_folder: Path) -> Callable[[str], str]:
    """A function from a source's name (``main.js``) to the address of what it was built into."""

    def asset(name: str) -> str:
        # Read every time, so that a page shows a new build without a restart of the server.
        return f"/static/{read_manifest(static_folder)[name]}"

    return asset
