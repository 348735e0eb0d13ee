"""The diamond: a node on two paths must wait for both contributions before it passes its gradient on."""

from __future__ import annotations

from app.scene import Check, Choice, Opened, Request, picked
from app.scenes.expression import Lane, record_expressions
from engine.expression import Limits
from engine.trace import Trace

SOURCE = "h = x*y; p = 3*h; q = h**2; p + q"
WRONG = "Wrong on purpose: h passes on its first contribution alone, and what arrives later never reaches x and y."
ORDERS = (("wait", "waits for both"), ("impatient", "passes on at once"))


class DiamondScene:
    """The same graph walked rightly, or by an impatient pass that loses what arrives late."""

    id = "diamond"
    title = "The diamond"
    says = (
        "h is used twice, so two contributions come back to it. It must wait for both before it "
        "passes its gradient on. Switch to the impatient pass and see which numbers go wrong."
    )
    source = SOURCE
    listed = True

    def open(self, request: Request, limits: Limits) -> Opened:
        """The graph, walked in the chosen order."""
        order = picked(request, "order", ORDERS)
        values = {"x": 2.0, "y": -2.5, **request.values}
        right, leaves = record_expressions([Lane(SOURCE)], values, limits)
        shown = right if order == "wait" else record_expressions([Lane(SOURCE)], values, limits, wait=False)[0]
        says = "what h does when its first contribution arrives" if order == "wait" else WRONG
        choice = Choice("order", "A node with two children", says, order, ORDERS)
        return Opened(shown, source=SOURCE, leaves=leaves, choices=(choice,), checks=comparison(shown, right))


def comparison(shown: Trace, right: Trace) -> tuple[Check, ...]:
    """The leaves' gradients of this pass against those of a pass that waits."""
    return tuple(
        Check(f"∂L/∂{node.name}", "this pass", float(shown.grads[node.id]), "all paths", float(right.grads[node.id]))
        for node in shown.graph
        if node.kind == "leaf"
    )


DIAMOND = DiamondScene()
