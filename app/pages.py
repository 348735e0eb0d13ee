"""The HTML pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app import __version__
from app.datasets import SOURCES
from app.problems import tell_refusal
from app.resources import read_manifest
from app.scene import Scene
from engine.op import OPS


def page_templates(templates_folder: Path, static_folder: Path) -> Jinja2Templates:
    """The templates; each may use `asset(name)`, the address of a file of the build, and `version`."""
    templates = Jinja2Templates(templates_folder)
    templates.env.globals |= {"asset": asset_address(static_folder), "version": __version__}
    return templates


def pages_router(templates: Jinja2Templates, scenes: Mapping[str, Scene], picture_bytes: int) -> APIRouter:
    """Routes of the pages.

    home.html gets the listed `scenes` in order, step.html its `scene` and all `functions`, draw.html how many bytes a
    file may have that is read there.
    """
    router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @router.get("/")
    def home(request: Request) -> HTMLResponse:
        listed = [scene for scene in scenes.values() if scene.listed]
        return templates.TemplateResponse(request, "home.html", {"scenes": listed})

    @router.get("/step/{scene_id}")
    def step(request: Request, scene_id: str) -> HTMLResponse:
        if scene_id not in scenes:
            raise HTTPException(404, f"There is no scene called {scene_id!r}.")
        functions = " ".join(sorted(OPS.names()))
        return templates.TemplateResponse(request, "step.html", {"scene": scenes[scene_id], "functions": functions})

    @router.get("/data")
    def data(request: Request) -> HTMLResponse:
        return templates.TemplateResponse(request, "data.html", {"sources": SOURCES})

    @router.get("/draw")
    def draw(request: Request) -> HTMLResponse:
        return templates.TemplateResponse(request, "draw.html", {"picture_bytes": picture_bytes})

    @router.get("/api")
    def api(request: Request) -> HTMLResponse:
        return templates.TemplateResponse(request, "api.html", {})

    return router


def error_page(templates: Jinja2Templates) -> Callable[[Request, Exception], Awaitable[Response]]:
    """A handler of HTTP errors that shows people a page and tells programs the same as JSON."""

    async def handle(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if "text/html" not in request.headers.get("accept", ""):
            return await tell_refusal(request, error)
        words = "There is no such page." if error.detail == "Not Found" else error.detail
        return templates.TemplateResponse(request, "error.html", {"words": words}, error.status_code, error.headers)

    return handle


def asset_address(static_folder: Path) -> Callable[[str], str]:
    """A function from a source's name (``main.js``) to the address of what it was built into."""

    def asset(name: str) -> str:
        # Read every time, so that a page shows a new build without a restart of the server.
        return f"/static/{read_manifest(static_folder)[name]}"

    return asset
