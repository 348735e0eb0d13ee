"""Finds the digits of a picture and brings each into MNIST's form."""

from __future__ import annotations

import numpy as np

from app.digits import lines, stages
from app.digits.form import form, formed_already
from app.digits.lines import Group
from app.digits.paper import WHOLE, Flat, dark_ink, evenness, flatten, grey, large_enough
from app.digits.parts import Labels, ink_mask, parts
from app.digits.reading import WORKING_SIDE, Box, Colours, Found, Grey, Reading
from app.digits.vision import opencv, shrunk

ANALYSED = 360
"""Pixels of the longer side on which is found out what is ink and what is paper."""
SMALLEST = 200
"""Pixels of the longer side at least: smaller pictures are enlarged, so that strokes have an inside."""
LEAST = 6
"""Pixels of the longer side below which a picture holds no digit."""
REACHES = (0.35, 0.1)
"""Widths of strokes that are tried, of the shorter side: the thickest marker that fills a picture, and a pen's."""
NARROW = 0.85
"""What is left of the merit at the second reach, which cuts thick strokes into their edges."""
EVEN, CLEAN = 0.75, 0.97
"""Of the border: from so much of one colour on, that may be the paper's; from so much on it very likely is."""
UNEVEN = 0.4
"""What is left of the merit where the paper is taken to be uneven, though its border is clean."""
CLEAR = 0.35
"""Merit from which nothing else is tried."""
FLAT_LEVELS = 8
"""Levels between the darkest and the lightest pixel, below which a picture is blank."""
UNLIKELY = 0.01
"""Merit below which the best part is no writing."""
MOST_DIGITS = 40
"""More marks than this are a texture."""


def read(pixels: Colours) -> Reading:
    """The digits of an upright picture of shape (height, width, 3)."""
    cv = opencv()
    height, width = pixels.shape[:2]
    luminance: Grey = cv.cvtColor(pixels, cv.COLOR_RGB2GRAY)
    given = stages.given(luminance)
    if max(height, width) < LEAST:
        return Reading((), (given,), f"The picture is {width} by {height} pixels: too small to hold a digit.")
    ready = formed_already(pixels)
    if ready is not None:
        found = Found(Box(0, 0, width, height), 0, ready)
        return Reading((found,), (given, stages.already(ready)))
    worked, zoom = large_enough(shrunk(pixels, WORKING_SIDE), SMALLEST)
    levels = grey(worked)
    if int(levels.max()) - int(levels.min()) < FLAT_LEVELS:
        return Reading((), (given,), "The picture is blank: there is no ink on it.")
    dark, reach = _way(levels, zoom)
    flat = flatten(levels, dark, reach, zoom)
    mask = ink_mask(flat)
    candidates, labels = parts(mask, flat)
    groups = lines.digits([part for part in candidates if part.merit > UNLIKELY])
    whole = (given, stages.paper(flat, dark), stages.flattened(flat), stages.ink(mask, len(candidates)))
    if not groups:
        return Reading((), whole, "Nothing in this picture looks like writing.")
    if len(groups) > MOST_DIGITS:
        return Reading((), whole, f"There are {len(groups)} separate marks: a texture rather than digits.")
    scale = max(worked.shape[:2]) / max(height, width)
    digits, strip = [], [*whole, stages.found(mask, labels, groups)]
    for number, (line, group) in enumerate(lines.in_order(groups)):
        cut = _cut(labels, group)
        formed = form(cut)
        strip.extend(stages.of_digit(cut, formed, number))
        digits.append(Found(_in_given(group.box, scale, width, height), line, formed.centred, _doubt(group, scale)))
    return Reading(tuple(digits), tuple(strip))


def _way(levels: Grey, zoom: float) -> tuple[bool, float]:
    """Whether ink is dark, and how wide strokes may be: what finds the part that looks most like writing."""
    levels = shrunk(levels, ANALYSED)
    likely = dark_ink(levels)
    best, chosen = -1.0, (likely >= 0.5, REACHES[0])
    even = evenness(levels)
    reaches = (WHOLE, *REACHES) if even > EVEN else REACHES
    for dark in (likely >= 0.5, likely < 0.5):
        prior = likely if dark else 1 - likely
        for reach in reaches:
            merit, stroke = _tried(flatten(levels, dark, reach, zoom))
            merit *= prior * (NARROW if reach == REACHES[-1] else 1)
            merit *= UNEVEN if even > CLEAN and reach != WHOLE else 1
            if merit > best:
                best, chosen = merit, (dark, reach)
            if stroke > 0.4 * REACHES[-1] * min(levels.shape) or (reach == WHOLE and merit > CLEAR):
                break
        if best > CLEAR and prior > 0.8:
            break
    return chosen


def _tried(flat: Flat) -> tuple[float, float]:
    """The merit of the best part, less where much other ink looks like none, and the width of its strokes."""
    found, _ = parts(ink_mask(flat), flat)
    top = max(found, key=lambda part: part.merit, default=None)
    if top is None or top.merit <= 0:
        return 0.0, 0.0
    mass = sum(part.contrast * part.area for part in found)
    clean = sum(part.contrast * part.area * part.merit / top.merit for part in found) / max(mass, 1.0)
    return top.merit * (0.3 + 0.7 * clean), top.stroke


def _cut(labels: Labels, group: Group) -> Grey:
    """The digit alone, 255 for its ink."""
    left, top, width, height = group.box
    window = labels[top : top + height, left : left + width]
    inside = np.isin(window, [part.label for part in group.parts])
    return np.where(inside, np.uint8(255), np.uint8(0))


def _in_given(box: Box, scale: float, width: int, height: int) -> Box:
    """A box of the picture that was worked on, in the picture that was given."""
    left, top = min(int(box.left / scale), width - 1), min(int(box.top / scale), height - 1)
    right, bottom = (box.left + box.width) / scale, (box.top + box.height) / scale
    return Box(left, top, max(1, min(round(right), width) - left), max(1, min(round(bottom), height) - top))


def _doubt(group: Group, scale: float) -> str:
    """Why a group may be no single clear digit."""
    box = group.box
    tall = box.height / scale
    thick = max(group.parts, key=lambda part: part.area)
    doubts = (
        (box.width > 1.6 * box.height, "It is wider than a digit: a line, or several digits that touch."),
        (thick.area < 8 * thick.depth**2, "It is a blob rather than strokes."),
        (any(part.sides for part in group.parts), "It touches the border of the picture: some of it may be cut off."),
        (group.contrast < 16, f"Its ink is faint: {group.contrast / 2.55:.0f} % apart from the paper."),
        (tall < 8, f"It is only {tall:.0f} pixels tall."),
    )
    return next((says for holds, says in doubts if holds), "")
