"""Sheets to look at of what was read wrong, each picture with the stages on its way to 28x28."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np

from app.digits.reading import Grey
from benchmarks.pictures.reading import reading_of
from benchmarks.pictures.score import Verdict

TILE = 112
MOST = 40
"""Failures of one kind on a sheet."""


class Failures:
    """Collects what was read wrong; does nothing without a folder."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._strips: dict[str, list[Grey]] = {}

    def note(self, kind: str, verdict: Verdict, file: bytes) -> None:
        """Keep it, if it was read wrong."""
        strips = self._strips.setdefault(kind, [])
        if self._folder is not None and not verdict.right and len(strips) < MOST:
            strips.append(strip(verdict, file))

    def write(self) -> None:
        """One PNG for each kind of picture."""
        if self._folder is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        for kind, strips in self._strips.items():
            if strips:
                widest = max(strip.shape[1] for strip in strips)
                lines = [np.pad(strip, ((0, 2), (0, widest - strip.shape[1])), constant_values=90) for strip in strips]
                name = re.sub(r"\W+", "-", kind).strip("-")
                cv2.imwrite(str(self._folder / f"{name}.png"), np.vstack(lines))


def strip(verdict: Verdict, file: bytes) -> Grey:
    """Words on what was meant and read, then each stage, side by side."""
    words = np.full((TILE, TILE), 255, np.uint8)
    read = "none" if verdict.reader is None else f"{verdict.reader} {verdict.chance:.0%}"
    for line, text in enumerate((f"is {verdict.meant}", f"read {read}")):
        cv2.putText(words, text, (4, 40 + 30 * line), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 0, 1, cv2.LINE_AA)
    return np.hstack([words, *(tile(stage.pixels) for stage in reading_of(file).stages)])


def tile(pixels: Grey) -> Grey:
    """The picture fitted into a square."""
    scale = TILE / max(pixels.shape)
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST
    square = np.full((TILE, TILE), 90, np.uint8)
    square[: size[1], : size[0]] = cv2.resize(pixels, size, interpolation=how)
    return square
