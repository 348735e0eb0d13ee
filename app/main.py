"""create_app(settings): the only place where parts are put together."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from app import __version__
from app.pages import pages_router
from app.resources import static_folder, templates_folder
from app.security import SecurityMiddleware
from app.settings import Settings
from app.static_files import BuiltFiles


def create_app(settings: Settings) -> FastAPI:
    """The application for one process. Raises ResourceError when the front end has not been built."""
    app = FastAPI(title="Gradwalk", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.settings = settings
    app.add_middleware(GZipMiddleware)
    app.add_middleware(SecurityMiddleware)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok", "version": __version__}

    static = static_folder()
    app.mount("/static", BuiltFiles(directory=static), name="static")
    app.include_router(pages_router(templates_folder(), static))
    return app
