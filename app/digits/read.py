"""Finds the digits of a picture and brings each into MNIST's form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.digits import lines, stages
from app.digits.form import form, formed_already
from app.digits.lines import Group
from app.digits.look import CLEAN, CLEAR, Look, best_look
from app.digits.paper import evenness, grey, large_enough
from app.digits.parts import Labels
from app.digits.reading import WORKING_SIDE, Box, Colours, Found, Grey, Reading
from app.digits.sheet import Sheet, sheet
from app.digits.vision import opencv, shrunk

SMALLEST = 200
"""Pixels of the longer side at least: smaller pictures are enlarged, so that strokes have an inside."""
LEAST = 6
"""Pixels of the longer side below which a picture holds no digit."""
FLAT_LEVELS = 8
"""Levels between the darkest and the lightest pixel, below which a picture is blank."""
UNLIKELY = 0.01
"""Merit below which the best part is no writing."""
WIDEST = 1.8
"""Of its height: a wider mark may be several digits that touch, or a line."""
BLOB = 6
"""Squares of its depth: a disc covers 3.1 of them, a 1 that is twice as tall as it is wide 8."""
MOST_DIGITS = 40
"""More marks than this are a texture."""


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """A picture, or the sheet in it, as it is worked on.

    Attributes:
        look: what is seen.
        merit: how much that looks like writing.
        scale: pixels of it for each pixel that was given.
        sheet: where it is in the picture; None for the whole picture.
    """

    look: Look
    merit: float
    scale: float
    sheet: Sheet | None

    def in_given(self, box: Box, width: int, height: int) -> Box:
        """A box of what is worked on, in the picture that was given, which has this width and height."""
        left, top = box.left / self.scale, box.top / self.scale
        right, bottom = (box.left + box.width) / self.scale, (box.top + box.height) / self.scale
        if self.sheet is not None:
            left, top, right, bottom = self.sheet.in_picture(left, top, right, bottom)
        left, top = min(max(0, int(left)), width - 1), min(max(0, int(top)), height - 1)
        return Box(left, top, max(1, min(round(right), width) - left), max(1, min(round(bottom), height) - top))


def read(pixels: Colours) -> Reading:
    """The digits of an upright picture of shape (height, width, 3)."""
    height, width = pixels.shape[:2]
    luminance: Grey = opencv().cvtColor(pixels, opencv().COLOR_RGB2GRAY)
    strip = [stages.given(luminance)]
    if max(height, width) < LEAST:
        return Reading((), tuple(strip), f"The picture is {width} by {height} pixels: too small to hold a digit.")
    ready = formed_already(pixels)
    if ready is not None:
        found = Found(Box(0, 0, width, height), 0, ready)
        return Reading((found,), (*strip, stages.already(ready)))
    view = _view(pixels, luminance)
    if view is None:
        return Reading((), tuple(strip), "The picture is blank: there is no ink on it.")
    if view.sheet is not None:
        strip.append(stages.sheet(view.sheet))
    seen = view.look
    groups = lines.digits([part for part in seen.parts if part.merit > UNLIKELY])
    strip += [
        stages.paper(seen.flat, seen.dark), stages.flattened(seen.flat), stages.ink(seen.mask, len(seen.parts)),
    ]  # fmt: skip
    if not groups:
        return Reading((), tuple(strip), "Nothing in this picture looks like writing.")
    if len(groups) > MOST_DIGITS:
        return Reading((), tuple(strip), f"There are {len(groups)} separate marks: a texture rather than digits.")
    digits = []
    strip.append(stages.found(seen.mask, seen.labels, groups))
    for number, (line, group) in enumerate(lines.in_order(groups)):
        cut = _cut(seen.labels, group)
        formed = form(cut)
        strip.extend(stages.of_digit(cut, formed, number))
        box = view.in_given(group.box, width, height)
        digits.append(Found(box, line, formed.centred, _doubt(group, cut, view.scale)))
    return Reading(tuple(digits), tuple(strip))


def _view(pixels: Colours, luminance: Grey) -> _View | None:
    """The sheet in the picture, if there is one with writing on it, else the whole; None where that is blank."""
    if evenness(luminance) > CLEAN:  # most likely paper all over
        whole = _seen(pixels, None)
        if whole is None or whole.merit > CLEAR:
            return whole
        alone = sheet(pixels, luminance)
        views = [whole, _seen(alone.pixels, alone) if alone else None]
    else:
        alone = sheet(pixels, luminance)
        on_sheet = _seen(alone.pixels, alone) if alone else None
        if on_sheet is not None and on_sheet.merit > CLEAR:
            return on_sheet
        views = [_seen(pixels, None), on_sheet]
    return max((view for view in views if view is not None), key=lambda view: view.merit, default=None)


def _seen(pixels: Colours, alone: Sheet | None) -> _View | None:
    worked, zoom = large_enough(shrunk(pixels, WORKING_SIDE), SMALLEST)
    levels = grey(worked)
    if int(levels.max()) - int(levels.min()) < FLAT_LEVELS:
        return None
    seen, merit = best_look(levels, zoom)
    return _View(seen, merit, max(seen.mask.shape) / max(pixels.shape[:2]), alone)


def _cut(labels: Labels, group: Group) -> Grey:
    """The digit alone, 255 for its ink."""
    left, top, width, height = group.box
    window = labels[top : top + height, left : left + width]
    inside = np.isin(window, [part.label for part in group.parts])
    return np.where(inside, np.uint8(255), np.uint8(0))


def _doubt(group: Group, cut: Grey, scale: float) -> str:
    """Why a group may be no single clear digit."""
    box = group.box
    tall = box.height / scale
    thick = max(group.parts, key=lambda part: part.area)
    doubts = (
        (box.width > WIDEST * box.height, "It is wider than a digit: a line, or several digits that touch."),
        (thick.area < BLOB * thick.depth**2, "It is a blob rather than strokes."),
        (_is_cut_off(cut, group), "It is cut off by the border of the picture."),
        (group.contrast < 16, f"Its ink is faint: {group.contrast / 2.55:.0f} % apart from the paper."),
        (tall < 8, f"It is only {tall:.0f} pixels tall."),
    )
    return next((says for holds, says in doubts if holds), "")


def _is_cut_off(cut: Grey, group: Group) -> bool:
    """Whether a digit meets a side of the picture in more than one place: one that only touches it does so in one."""
    if not any(part.sides for part in group.parts):
        return False
    sides = (cut[:2].max(axis=0), cut[-2:].max(axis=0), cut[:, :2].max(axis=1), cut[:, -2:].max(axis=1))
    return any(np.count_nonzero(np.diff(side.astype(np.int16), prepend=0) > 0) > 1 for side in sides)
