"""create_app(settings): the only place where parts are put together."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from app import __version__
from app.download import Download, digits_or_download
from app.pages import error_page, page_templates, pages_router
from app.proof import prove
from app.resources import static_folder, templates_folder
from app.scenes import all_scenes
from app.security import SecurityMiddleware
from app.session import Session
from app.settings import Settings
from app.static_files import BuiltFiles
from app.websocket import register
from engine.expression import Limits


def create_app(settings: Settings) -> FastAPI:
    """The application for one process. Raises ResourceError when the front end has not been built."""
    app = FastAPI(title="Gradwalk", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(GZipMiddleware)
    app.add_middleware(SecurityMiddleware)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok", "version": __version__}

    download = Download(settings.data) if settings.download else None
    scenes = all_scenes(lambda: digits_or_download(settings.data, download))
    static = static_folder()
    app.mount("/static", BuiltFiles(directory=static), name="static")
    templates = page_templates(templates_folder(), static)
    app.include_router(pages_router(templates, scenes))
    app.add_exception_handler(HTTPException, error_page(templates))

    limits = expression_limits(settings)
    register(
        app,
        lambda: Session(scenes, limits, prove, settings.max_message_bytes),
        threads=settings.compute_threads,
        max_sessions=settings.max_sessions,
    )
    return app


def expression_limits(settings: Settings) -> Limits:
    """The settings' part that the expression language knows."""
    return Limits(
        source=settings.expression_length,
        depth=settings.expression_depth,
        nodes=settings.expression_nodes,
        exponent=settings.expression_exponent,
        elements=settings.expression_elements,
        total_elements=10 * settings.expression_elements,
    )
