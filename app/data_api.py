"""Data sets over HTTP: which there are, their pictures, and the download of MNIST."""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import msgpack
import numpy as np
import numpy.typing as npt
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from app.datasets import IDS, MissingError, Split, State, available, get, mnist_files, raw_folder
from app.download import PACKED_BYTES, Download, Status
from app.download import State as DownloadState
from app.problems import Problem, responses
from engine.data import CLASSES, SIDE, DataError, Dataset

MOST_PICTURES = 500
PACKING = 6

PACKED: dict[str, Any] = {
    "response_class": Response,
    "responses": {200: {"content": {"application/vnd.msgpack": {}}}, **responses(404, 409, 422)},
}
"""How an answer in MessagePack is documented."""


class DatasetOut(BaseModel):
    """A `DataChoice`."""

    id: str
    name: str
    note: str
    train: int
    test: int
    state: State
    problem: str
    digits: dict[Split, list[int]]


class DownloadOut(BaseModel):
    """How the download of MNIST stands."""

    state: DownloadState
    message: str
    fraction: float


class DatasetsOut(BaseModel):
    """Every data set; the download is null where it is switched off."""

    datasets: list[DatasetOut]
    download: DownloadOut | None
    download_bytes: int
    folder: str
    files: list[str]


def data_router(folder: Path, download: Download | None) -> APIRouter:
    """The routes below /api/datasets.

    Args:
        folder: the data folder.
        download: what brings MNIST there; None where nothing may.
    """
    router = APIRouter(prefix="/api/datasets", tags=["data sets"])

    @router.get("", summary="Which there are")
    def choices() -> DatasetsOut:
        return DatasetsOut(
            datasets=[DatasetOut(**choice._asdict()) for choice in available(folder)],
            download=_told(download.status) if download else None,
            download_bytes=PACKED_BYTES,
            folder=str(raw_folder(folder)),
            files=[*mnist_files("train"), *mnist_files("test")],
        )

    @router.post("/mnist/download", status_code=202, summary="Download MNIST", responses=responses(403))
    def begin() -> DownloadOut:
        return _told(_allowed(download).start())

    @router.delete("/mnist/download", summary="Cancel the download", responses=responses(403))
    def cancel() -> DownloadOut:
        return _told(_allowed(download).cancel())

    @router.get("/{dataset}/{split}/pictures", summary="Pictures and their labels", **PACKED)
    def pictures(
        request: Request,
        dataset: str,
        split: Split,
        digit: Annotated[int | None, Query(ge=0, lt=CLASSES)] = None,
        start: Annotated[int, Query(ge=0)] = 0,
        count: Annotated[int, Query(ge=1, le=MOST_PICTURES)] = 100,
    ) -> Response:
        data = _split(folder, dataset, split)
        indices = np.arange(len(data)) if digit is None else np.flatnonzero(data.labels == digit)
        if start and start >= len(indices):
            raise Problem(
                422,
                "out_of_range",
                "There are not so many pictures",
                given=f"start={start}",
                expected=f"0 to {len(indices) - 1}" if len(indices) else "0",
            )
        chosen = indices[start : start + count]
        return _packed(
            request,
            {
                "total": len(indices),
                "side": SIDE,
                "indices": chosen.tolist(),
                "labels": data.labels[chosen].tolist(),
                "pixels": data.images[chosen].tobytes(),
            },
        )

    @router.get("/{dataset}/{split}/means", summary="The mean picture of each digit", **PACKED)
    def means(request: Request, dataset: str, split: Split) -> Response:
        counts, pictures = mean_pictures(_split(folder, dataset, split))
        return _packed(request, {"side": SIDE, "counts": counts, "pixels": pictures.astype("<f4").tobytes()})

    return router


@lru_cache(maxsize=4)
def mean_pictures(data: Dataset) -> tuple[list[int], npt.NDArray[np.float64]]:
    """How many pictures each digit has, and their mean, of shape (10, 28, 28); zeros where there are none."""
    counts = np.bincount(data.labels, minlength=CLASSES)
    sums = np.stack([data.images[data.labels == digit].sum(axis=0, dtype=np.int64) for digit in range(CLASSES)])
    return counts.tolist(), sums / np.maximum(counts, 1)[:, None, None]


def _told(status: Status) -> DownloadOut:
    return DownloadOut(state=status.state, message=status.message, fraction=status.fraction)


def _allowed(download: Download | None) -> Download:
    if download is None:
        raise Problem(
            403,
            "no_download",
            "This server leaves the network alone",
            given="--no-download, or GRADWALK_DOWNLOAD=no",
            expected="a server started without it, or the files copied into its data folder",
        )
    return download


def _split(folder: Path, dataset: str, split: Split) -> Dataset:
    if dataset not in IDS:
        raise Problem(
            404, "unknown_dataset", "There is no such data set", given=dataset[:100], expected=" or ".join(IDS)
        )
    try:
        train, test, _ = get(folder, dataset)
    except MissingError as error:
        raise Problem(404, "missing", error.message, given=error.given, expected=error.expected) from error
    except DataError as error:
        raise Problem(409, "damaged", error.message, given=error.given, expected=error.expected) from error
    return {"train": train, "test": test}[split]


def _packed(request: Request, fields: dict[str, Any]) -> Response:
    """The fields as MessagePack; 304 where the browser has them. Packed here, off the event loop."""
    body = msgpack.packb(fields)
    headers = {
        "ETag": f'W/"{hashlib.sha256(body).hexdigest()[:32]}"',
        "Cache-Control": "private, no-cache",
        "Vary": "Accept-Encoding",
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, PACKING)
        headers["Content-Encoding"] = "gzip"
    return Response(body, headers=headers, media_type="application/vnd.msgpack")
