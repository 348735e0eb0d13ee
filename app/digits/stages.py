"""What the way from a picture to 28x28 looks like, stage by stage."""

from __future__ import annotations

import numpy as np

from app.digits.form import BOX, SIDE, SLANT, Formed
from app.digits.lines import Group
from app.digits.paper import Flat
from app.digits.parts import Labels
from app.digits.reading import Grey, Stage
from app.digits.sheet import Sheet
from app.digits.vision import opencv, shrunk

LOOKED_AT = 400
"""Pixels of the longer side of a stage at most."""
LEFT_OUT = 190
"""The level of ink that was left out, between black and white."""


def given(luminance: Grey) -> Stage:
    """The picture as it came."""
    height, width = luminance.shape
    return Stage("given", "As it came", f"The picture is {width} by {height} pixels.", shrunk(luminance, LOOKED_AT))


def already(picture: Grey) -> Stage:
    """A picture that needs nothing."""
    return Stage("centred", "28 by 28", "It has MNIST's form already, and stays as it is.", picture, 0)


def sheet(alone: Sheet) -> Stage:
    """The sheet of paper without the table around it."""
    height, width = alone.pixels.shape[:2]
    level: Grey = opencv().cvtColor(shrunk(alone.pixels, LOOKED_AT), opencv().COLOR_RGB2GRAY)
    return Stage("sheet", "The sheet", f"A sheet of {width} by {height} pixels, seen from straight above.", level)


def paper(flat: Flat, dark: bool) -> Stage:
    """The paper without the ink."""
    level = flat.paper if dark else 255 - flat.paper
    side = "darker" if dark else "lighter"
    levels = f"{level.min()}" if level.min() == level.max() else f"{level.min()} to {level.max()}"
    says = f"The ink is {side} than the paper, whose grey level is {levels}: 0 is black, 255 white."
    return Stage("paper", "The paper alone", says, shrunk(level, LOOKED_AT))


def flattened(flat: Flat) -> Stage:
    """The ink without the paper."""
    says = f"What differs from the paper is darker here; the grain of the paper is {flat.noise:.1f} of 255 grey levels."
    return Stage("flattened", "Shadows gone", says, shrunk(255 - flat.ink, LOOKED_AT))


def ink(mask: Grey, parts: int) -> Stage:
    """All that is ink."""
    says = f"{(mask > 0).mean():.1%} of the picture is ink, in {parts} connected part{'s' * (parts != 1)}."
    return Stage("ink", "Ink", says, shrunk(255 - mask, LOOKED_AT))


def found(mask: Grey, labels: Labels, groups: list[Group]) -> Stage:
    """The ink of digits black, what was left out grey."""
    shown = np.full(mask.shape, 255, np.uint8)
    shown[mask > 0] = LEFT_OUT
    for part in (part for group in groups for part in group.parts):
        left, top, width, height = part.box
        window = (slice(top, top + height), slice(left, left + width))
        shown[window][labels[window] == part.label] = 0
    out = 1 - sum(group.area for group in groups) / max(1, int((mask > 0).sum()))
    count = "1 digit was" if len(groups) == 1 else f"{len(groups)} digits were"
    says = f"{count} found; {max(0.0, out):.0%} of the ink, shown grey, belongs to none."
    return Stage("found", "Digits found", says, shrunk(shown, LOOKED_AT))


def of_digit(cut: Grey, formed: Formed, number: int) -> list[Stage]:
    """The way of one digit."""
    height, width = cut.shape
    strokes = f"Strokes are {formed.width:.1f} pixels wide at 28 by 28, as wide as MNIST's, and stay so."
    if not formed.kept:
        strokes = (
            f"Strokes were {formed.width:.1f} pixels wide at 28 by 28 and are now {formed.new_width:.1f}, as in MNIST."
        )
    strip = [
        Stage("cut", "Cut out", f"This digit is {width} by {height} pixels.", shrunk(cut, LOOKED_AT), number),
        Stage("strokes", "Stroke width", strokes, shrunk(formed.strokes, LOOKED_AT), number),
    ]
    if formed.upright is not None:
        angle = np.degrees(np.arctan(formed.slant))
        says = f"It leaned by {abs(angle):.0f} degrees and now leans by {np.degrees(np.arctan(SLANT)):.0f}."
        strip.append(Stage("upright", "Upright", says, shrunk(formed.upright, LOOKED_AT), number))
    tall, wide = formed.fitted.shape
    strip.append(
        Stage(
            "fitted",
            "20 by 20",
            f"It is now {wide} by {tall} pixels: the longer side is {BOX}, as in MNIST.",
            formed.fitted,
            number,
        )
    )
    says = f"Its centre of mass is in the centre of {SIDE} by {SIDE}: this is what the network sees."
    strip.append(Stage("centred", "28 by 28", says, formed.centred, number))
    return strip
