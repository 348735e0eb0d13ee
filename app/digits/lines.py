"""Parts put together to digits, and digits to lines of writing."""

from __future__ import annotations

from dataclasses import dataclass

from app.digits.parts import Part
from app.digits.reading import Box


@dataclass(frozen=True, slots=True)
class Group:
    """The parts of one digit."""

    parts: tuple[Part, ...]

    @property
    def box(self) -> Box:
        left = min(p.box.left for p in self.parts)
        top = min(p.box.top for p in self.parts)
        right = max(p.box.left + p.box.width for p in self.parts)
        bottom = max(p.box.top + p.box.height for p in self.parts)
        return Box(left, top, right - left, bottom - top)

    @property
    def merit(self) -> float:
        return max(p.merit for p in self.parts)

    @property
    def contrast(self) -> float:
        return sum(p.contrast * p.area for p in self.parts) / sum(p.area for p in self.parts)

    @property
    def area(self) -> int:
        return sum(p.area for p in self.parts)


def digits(parts: list[Part]) -> list[Group]:
    """Groups of parts that may be digits, best first."""
    if not parts:
        return []
    best = max(p.merit for p in parts)
    leaders = [p for p in parts if p.merit >= 0.5 * best]
    size = max(max(p.box.height, 0.5 * p.box.width) for p in leaders)
    strong = max(leaders, key=lambda p: p.merit * p.box.height).contrast
    rest = [
        p
        for p in parts
        if p.merit >= 0.12 * best
        and p.contrast >= 0.45 * strong
        and (p.sides == 0 or p.merit >= 0.5 * best)
        and max(p.box.width, p.box.height) >= 0.07 * size
    ]
    groups = [Group((p,)) for p in rest]
    merged = True
    while merged:
        merged = False
        for i in range(len(groups)):
            for j in range(i + 1, len(groups)):
                if _together(groups[i].box, groups[j].box, size):
                    groups[i] = Group(groups[i].parts + groups[j].parts)
                    del groups[j]
                    merged = True
                    break
            if merged:
                break
    tall = max(g.box.height for g in groups)
    return [
        g for g in groups if g.box.height >= 0.4 * tall or (g.box.width >= 0.45 * tall and g.box.height >= 0.25 * tall)
    ]


def _together(a: Box, b: Box, size: float) -> bool:
    across = min(a.left + a.width, b.left + b.width) - max(a.left, b.left)
    down = min(a.top + a.height, b.top + b.height) - max(a.top, b.top)
    small_w, small_h = min(a.width, b.width), min(a.height, b.height)
    height = max(a.top + a.height, b.top + b.height) - min(a.top, b.top)
    minor = small_h < 0.6 * size
    if across > 0.5 * small_w and down > 0.5 * small_h:
        return True
    if across > 0.4 * small_w and down > -0.25 * size and height < 1.35 * size and minor:
        return True
    return minor and across > -0.06 * size and down > -0.06 * size and min(small_w, small_h) < 0.45 * size


def in_order(groups: list[Group]) -> list[tuple[int, Group]]:
    """The digits in reading order, each with its line's number."""
    lines: list[list[Group]] = []
    for group in sorted(groups, key=lambda g: g.box.left):
        box = group.box
        middle = box.top + box.height / 2
        best, distance = None, 0.0
        for line in lines:
            last = line[-1].box
            apart = abs(middle - last.top - last.height / 2)
            if apart < 0.6 * max(box.height, last.height) and (best is None or apart < distance):
                best, distance = line, apart
        if best is None:
            lines.append([group])
        else:
            best.append(group)
    lines.sort(key=lambda line: sum(g.box.top + g.box.height / 2 for g in line) / len(line))
    return [(number, group) for number, line in enumerate(lines) for group in line]
