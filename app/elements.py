"""One element of a tensor, opened, as a message: the terms that sum to it, or the lines of its update."""

from __future__ import annotations

from collections.abc import Sequence

from app import protocol
from app.scene import Opened
from engine.element import Spot, at, spot
from engine.explain import Text
from engine.trace import Step, Trace
from engine.update_zoom import open_update
from engine.zoom import zoom


def element_message(
    opened: Opened, step: Step, element: Sequence[int], generation: int, seq: int
) -> protocol.Terms | protocol.Lines:
    """One element of what a step made, opened: the terms that sum to it, or the lines of its update.

    Raises ShapeError for an element that does not exist, LimitError for a step with nothing to open.
    """
    trace, change = opened.trace, opened.changes.get(step.index)
    title: Text = [("plain", "One element: "), ("name", element_name(trace, step, element))]
    if change is not None:
        node = trace.graph[step.node]
        return protocol.Lines(
            request_seq=seq,
            generation=generation,
            step=step.index,
            element=list(element),
            title=title,
            lines=[protocol.Line.model_validate(line) for line in open_update(change, node.latex, element)],
            spot=_spot(spot(node, element)),
        )
    found = zoom(trace, step, element)
    return protocol.Terms(
        request_seq=seq,
        generation=generation,
        step=step.index,
        element=list(found.element),
        title=title,
        latex=found.latex,
        left_label=found.left_label,
        right_label=found.right_label,
        terms=[protocol.Term.model_validate(term) for term in found.terms],
        total=found.number,
        omitted=found.omitted,
        spot=_spot(found.spot),
    )


def _spot(found: Spot | None) -> protocol.Spot | None:
    return None if found is None else protocol.Spot.model_validate(found)


def element_name(trace: Trace, step: Step, element: Sequence[int]) -> str:
    """What an opened element is called: ∂L/∂W[3, 412] or z[0, 7]."""
    node = trace.graph[step.target if step.target is not None else step.node]
    name = at(node.name, element)
    if step.kind != "contribution":
        return name
    root = next((trace.graph[r].name for r in trace.graph.roots if trace.graph[r].lane == node.lane), "L")
    return f"∂{root}/∂{name}"
