"""Parts put together to digits, and digits to lines of writing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from app.digits.parts import Part
from app.digits.reading import Box

LEADS = 0.5
"""Of the best part's merit: parts from here on say how large and how strong digits are."""
WORTH = 0.12
"""Of the best part's merit: below is a part of nothing."""
WORTH_ALONE = 0.2
"""Of the best part's merit: what is below may be part of a digit, and is none by itself."""
STRONG = 0.45
"""Of the leaders' contrast: fainter parts shine through from the other side, or were rubbed out."""
LIKE = 0.8
"""Of the first part's height and contrast: a neighbour that has so much is a digit, too, even if it is blotted."""
SAME_PEN = 0.2
"""Of the leaders' contrast times the width of their strokes: lines of squared paper have less."""
DASH = 4
"""Times its height: wider parts are no digit by themselves where there is another."""
SPECK = 0.07
"""Of a digit's size: shorter parts are dust."""
LOW = 0.4
"""Of the tallest digit: what is lower is none; wide low ones may be (LOW_WIDE)."""
LOW_WIDE = 0.25
MINOR = 0.6
"""Of a digit's size: lower parts may belong to a digit above, below or beside."""
SAME_LINE = 0.6
"""Of the height of the taller of two neighbours: so far apart may their middles be on one line."""


@dataclass(frozen=True, slots=True)
class Group:
    """The parts of one digit."""

    parts: tuple[Part, ...]

    @property
    def box(self) -> Box:
        """Around all parts."""
        return _around([part.box for part in self.parts])

    @property
    def contrast(self) -> float:
        """How much the ink differs from the paper on average, 0 to 255."""
        return sum(part.contrast * part.area for part in self.parts) / self.area

    @property
    def area(self) -> int:
        """Pixels of ink."""
        return sum(part.area for part in self.parts)

    @property
    def middle(self) -> float:
        """Of its height, from the top of the picture."""
        return self.box.top + self.box.height / 2


def digits(parts: list[Part]) -> list[Group]:
    """The parts that belong to digits, put together; in no order."""
    if not parts:
        return []
    upright = [part for part in parts if not _is_dash(part.box)] or parts
    first = max(upright, key=lambda part: part.rank)
    best = first.merit
    leaders = [part for part in upright if part.merit >= LEADS * best and part.contrast >= STRONG * first.contrast]
    size = max(max(part.box.height, 0.5 * part.box.width) for part in leaders)
    groups = [
        Group((part,))
        for part in parts
        if part.merit >= (LEADS if part.sides else WORTH) * best
        and _by_the_same_pen(part, first)
        and max(part.box.width, part.box.height) >= SPECK * size
    ]
    large = [group for group in groups if max(group.box.height, 0.5 * group.box.width) >= MINOR * size]
    small = [group for group in groups if group not in large]
    joined = _all_joined(large, size)
    joined, apart = _with_pieces(joined, small, size)
    groups = joined + apart
    tall = max(group.box.height for group in groups)
    return [
        group
        for group in groups
        if max(part.merit for part in group.parts) >= (WORTH if _is_like(group, first) else WORTH_ALONE) * best
        and (len(groups) == 1 or not _is_dash(group.box))
        and (group.box.height >= LOW * tall or (group.box.width >= LOW * tall and group.box.height >= LOW_WIDE * tall))
    ]


def _is_dash(box: Box) -> bool:
    return box.width > DASH * box.height


def _is_like(group: Group, first: Part) -> bool:
    """Whether a group is as tall and as strong as the first part of its picture."""
    return group.box.height >= LIKE * first.box.height and group.contrast >= LIKE * first.contrast


def _by_the_same_pen(part: Part, first: Part) -> bool:
    """Whether a part is nearly as strong as the first of its picture, the more so the thinner it is."""
    share = part.contrast / first.contrast
    return share >= LIKE or (share >= STRONG and share * min(1.0, part.stroke / first.stroke) >= SAME_PEN)


def _all_joined(groups: list[Group], size: float) -> list[Group]:
    """The groups, those that are one digit put together."""
    for one, other in combinations(groups, 2):
        if _one_digit(one.box, other.box, size):
            rest = [group for group in groups if group is not one and group is not other]
            return _all_joined([*rest, Group(one.parts + other.parts)], size)
    return groups


def _with_pieces(large: list[Group], small: list[Group], size: float) -> tuple[list[Group], list[Group]]:
    """The large groups with the small ones that belong to one of them, and the small ones that belong to none.

    Small ones are not put together among themselves: lines of print would become as large as a digit.
    """
    for piece in small:
        for digit in large:
            if _one_digit(digit.box, piece.box, size):
                rest = [group for group in large if group is not digit]
                return _with_pieces(
                    [*rest, Group(digit.parts + piece.parts)], [group for group in small if group is not piece], size
                )
    return large, small


def _one_digit(a: Box, b: Box, size: float) -> bool:
    """Whether the parts in two boxes are of one digit, where digits are about `size` pixels tall."""
    across = min(a.left + a.width, b.left + b.width) - max(a.left, b.left)
    down = min(a.top + a.height, b.top + b.height) - max(a.top, b.top)
    narrow, low = min(a.width, b.width), min(a.height, b.height)
    height = _around([a, b]).height
    above = across > 0.5 * narrow
    if above and (down > 0.5 * low or down > -0.12 * height):
        return True  # one over the other, or nearly touching it
    if low >= MINOR * size:
        return False
    if across > 0.4 * narrow and down > -0.25 * size and height < 1.35 * size:
        return True  # the bar of a 5, the halves of a broken 8
    piece = min(max(a.width, a.height), max(b.width, b.height)) < STRONG * size
    gap = (0.12 if piece else 0.06) * size
    return across > -gap and down > -gap and min(narrow, low) < STRONG * size


def _around(boxes: list[Box]) -> Box:
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    right = max(box.left + box.width for box in boxes)
    return Box(left, top, right - left, max(box.top + box.height for box in boxes) - top)


def in_order(groups: list[Group]) -> list[tuple[int, Group]]:
    """The digits in reading order, each with its line's number, from 0.

    A line is followed from digit to digit, so that it may climb or fall.
    """
    lines: list[list[Group]] = []
    for group in sorted(groups, key=lambda group: group.box.left):
        near = [
            line
            for line in lines
            if abs(group.middle - line[-1].middle) < SAME_LINE * max(group.box.height, line[-1].box.height)
        ]
        if near:
            min(near, key=lambda line: abs(group.middle - line[-1].middle)).append(group)
        else:
            lines.append([group])
    lines.sort(key=lambda line: sum(group.middle for group in line) / len(line))
    return [(number, group) for number, line in enumerate(lines) for group in line]
