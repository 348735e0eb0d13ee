"""create_app(settings): the only place where parts are put together."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from app import __version__, datasets
from app.data_api import data_router
from app.desk import Desk
from app.digit_api import digit_router
from app.download import Download, digits_or_download
from app.fetch_process import Fetch, fetch_in_process
from app.labs.pages import has_mnist, labs_router
from app.networks import Networks
from app.pages import error_page, page_templates, pages_router
from app.predict_api import predict_router
from app.prediction import picture_limits
from app.problems import Problem, tell_failure, tell_invalid, tell_problem
from app.proof import prove
from app.resources import static_folder, templates_folder
from app.runs.lessons import lessons
from app.runs.recipes import RunLimits
from app.runs.runs import Runs, Shares
from app.scenes import all_scenes
from app.security import SecurityMiddleware
from app.session import Session
from app.settings import Settings
from app.static_files import BuiltFiles
from app.store import Store, StoreError
from app.taught import Copies
from app.train_page import train_router
from app.turns import Turns
from app.uploads import Uploads
from app.websocket import register
from engine.expression import Limits

TAGS = [
    {"name": "pictures", "description": "What is in a picture, and where the answer comes from"},
    {"name": "data sets", "description": "What there is to learn from"},
    {"name": "server", "description": "The server itself"},
]
"""The parts of the interface for programs, in the order of its page."""

LARGEST_TOGETHER = 20
"""Of the largest pictures, so many may wait in memory at the same time; of usual ones, many more."""

log = logging.getLogger(__name__)


def create_app(settings: Settings, fetch: Fetch = fetch_in_process) -> FastAPI:
    """The application for one process; `fetch` is what brings MNIST.

    Raises ResourceError when the front end has not been built.
    """
    runs = runs_of(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        runs.close()

    app = FastAPI(
        title="Gradwalk",
        version=__version__,
        description="Reads digits in pictures, and says where its answers come from. Nothing of a picture is kept.",
        docs_url=None,
        redoc_url=None,
        openapi_tags=TAGS,
        lifespan=lifespan,
    )
    app.add_middleware(GZipMiddleware)
    app.add_middleware(SecurityMiddleware)

    @app.get("/healthz", tags=["server"], summary="Is it there?")
    def healthz() -> dict[str, str]:
        return {"status": "ok", "version": __version__}

    download = Download(settings.data, fetch) if settings.download else None
    copies = Copies()
    scenes = all_scenes(lambda: digits_or_download(settings.data, download), runs, copies)
    static = static_folder()
    app.mount("/static", BuiltFiles(directory=static), name="static")
    templates = page_templates(templates_folder(), static)
    app.include_router(pages_router(templates, scenes, settings.picture_megabytes * 1_000_000))
    app.include_router(train_router(templates, run_limits(settings), lambda: has_mnist(settings.data)))
    app.include_router(labs_router(templates, lambda: has_mnist(settings.data), runs.recipe))
    app.include_router(data_router(settings.data, download))
    turns = Turns(settings.picture_threads, settings.picture_queue)
    networks = Networks(runs)
    app.include_router(predict_router(networks, uploads(settings), turns))
    app.include_router(digit_router(networks, copies, turns))
    app.add_exception_handler(HTTPException, error_page(templates))
    app.add_exception_handler(Problem, tell_problem)
    app.add_exception_handler(RequestValidationError, tell_invalid)
    app.add_exception_handler(Exception, tell_failure)

    limits = expression_limits(settings)

    def new_session(changed: Callable[[], None]) -> Session:
        return Session(scenes, limits, prove, Desk(runs, changed), settings.max_message_bytes)

    register(
        app,
        new_session,
        threads=settings.compute_threads,
        max_sessions=settings.max_sessions,
    )
    return app


def runs_of(settings: Settings) -> Runs:
    """The training runs, with what was kept of earlier ones."""
    try:
        store = Store(settings.runs_file if settings.keep_runs else None)
    except StoreError as error:
        log.warning("Training runs are kept in memory only: %s", error)
        store = Store(None)
    return Runs(
        run_limits(settings),
        run_shares(settings),
        lambda dataset: lessons(*datasets.get(settings.data, dataset)),
        store,
        time.monotonic,
        time.time,
    )


def uploads(settings: Settings) -> Uploads:
    """How large pictures may be, and how much of them may wait in memory."""
    limits = picture_limits(settings)
    return Uploads(limits, together=LARGEST_TOGETHER * limits.bytes)


def run_limits(settings: Settings) -> RunLimits:
    """How large a run may be."""
    return RunLimits(
        layers=settings.run_layers,
        width=settings.run_width,
        parameters=settings.run_parameters,
        batch=settings.run_batch,
        steps=settings.run_steps,
    )


def run_shares(settings: Settings) -> Shares:
    """How much of the server runs may take."""
    return Shares(
        visitor=settings.visitor_runs,
        everybody=settings.max_runs,
        history_bytes=settings.run_history_mb * 1_000_000,
        idle_seconds=settings.run_idle_seconds,
        threads=settings.run_threads,
    )


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
