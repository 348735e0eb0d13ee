"""The pages of the labs: their index, and one for each with everything its scripts need to know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates
from starlette.exceptions import HTTPException

from app.datasets import find_file, mnist_files, raw_folder
from app.labs.accumulation import two_passes
from app.labs.handwriting import handwriting
from app.labs.lab import Lab
from app.labs.presets import LABS, lab_of
from app.labs.surfaces import SURFACES, LossSurface
from app.protocol import CurveRecipe, Recipe
from engine.errors import EngineError


def labs_router(
    templates: Jinja2Templates, has_mnist: Callable[[], bool], recipe_of: Callable[[str], Recipe]
) -> APIRouter:
    """Routes: labs.html gets all `labs` in order, lab.html its `lab`, and as `known` what its scripts are to know.

    Args:
        templates: the templates.
        has_mnist: whether MNIST is there; else a lab begins with the built-in digits.
        recipe_of: the recipe of a run by its id; raises UnknownRunError.
    """
    router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

    @router.get("/labs")
    def labs(request: Request) -> HTMLResponse:
        return templates.TemplateResponse(request, "labs.html", {"labs": list(LABS.values())})

    @router.get("/labs/run/{run_id}")
    def of_run(run_id: str) -> RedirectResponse:
        """Whoever comes back from a training step knows the run and not the lab."""
        try:
            found = lab_of(recipe_of(run_id))
        except EngineError:
            raise HTTPException(404, "There is no such run, or no longer.") from None
        if found is None:
            raise HTTPException(404, "This run belongs to no lab.")
        return RedirectResponse(f"/labs/{found.id}?run={quote(run_id)}")

    @router.get("/labs/{lab_id}")
    def lab(request: Request, lab_id: str) -> HTMLResponse:
        if lab_id not in LABS:
            raise HTTPException(404, f"There is no lab called {lab_id!r}.")
        found = LABS[lab_id]
        context = {"lab": found, "known": known(found, mnist=has_mnist())}
        if isinstance(found.recipe, CurveRecipe):
            context["handwriting"] = handwriting()
        return templates.TemplateResponse(request, "lab.html", context)

    return router


def known(lab: Lab, *, mnist: bool) -> dict[str, Any]:
    """What a lab's scripts are to know, ready for JSON; `LabPage` in static/src/lab/lab.ts names the same fields."""
    if not isinstance(lab.recipe, CurveRecipe) and not mnist:
        lab = lab.model_copy(update={"recipe": lab.recipe.model_copy(update={"dataset": "built-in"})})
    return {
        "lab": lab.model_dump(mode="json"),
        "surfaces": [drawn(surface) for surface in SURFACES.values()] if lab.id == "race" else [],
        "accumulation": asdict(two_passes()) if lab.id == "zero-grad" else None,
    }


def drawn(surface: LossSurface) -> dict[str, Any]:
    """A surface as its page offers it."""
    return {
        "name": surface.name,
        "label": surface.label,
        "says": surface.says,
        "source": surface.source,
        "start": surface.start,
        "rates": dict(surface.rates),
    }


def has_mnist(folder: Path) -> bool:
    """Whether all files of MNIST are in the data folder; nothing is said of what is in them."""
    return all(find_file(raw_folder(folder) / name) for split in ("train", "test") for name in mnist_files(split))
