"""A tape: define-by-run whose nodes and buffers are used again when the next pass does the same.

    tape = Tape()
    for batch in batches:
        x.data = batch
        with tape:                      # rewinds; ops that repeat themselves reuse their nodes
            loss = criterion(model(x), labels)
            loss.backward()

The program is ordinary Python and may take another way in any pass: from the first op that differs on, the tape is
recorded anew. Values and grads on a tape, the leaves' included, are overwritten by the next pass: hand out copies
(`Tensor.numpy`, `Tape.record`), and detach what one pass hands to the next. Whether a leaf requires grad is read
when it is recorded: `clear` the tape after changing that.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Token
from dataclasses import replace
from functools import partial
from typing import Any, Self

import numpy as np

from engine.backward import backward, seed_for
from engine.errors import EngineError
from engine.mode import MODE, TAKE, Mode
from engine.op import Op
from engine.program import OffTapeError, Program
from engine.quiet import quiet_context
from engine.recording import Recording
from engine.replay import FLOATS, InPlace, bind, of_floats
from engine.tensor import Tensor, evaluate, make_node

END = Tensor(0.0)
"""What a tape yields past its last node; no op is its op."""


class Tape:
    """Nodes in the order they were computed, which is a topological order: a backward pass needs no search.

    Attributes:
        nodes: the nodes of the latest pass.
        take: yields the next node that was recorded, or END.
    """

    __slots__ = ("_inside", "_installed", "_leaf_pairs", "_outside", "_programs", "_quiet", "_tokens", "nodes", "take")

    def __init__(self) -> None:
        self.nodes: list[Tensor] = []
        self.take: Callable[[], Tensor] = partial(next, iter(self.nodes), END)
        self._programs: dict[int, Program] = {}
        self._installed: Program | None = None
        self._leaf_pairs: list[Tensor] = []
        self._tokens: tuple[Token[Mode], Token[Callable[[], Tensor] | None]] | None = None
        self._outside = self._inside = Mode()
        self._quiet = quiet_context()

    def __enter__(self) -> Self:
        if self._tokens is not None:
            raise EngineError("This tape is in use", expected="one `with tape:` at a time, and a tape for each thread")
        for node in self._leaf_pairs:
            if all(type(t.value) is float for t in node.inputs):
                self._truncate(node)  # the operators' short way for floats would take it for a float node
                break
        self.take = partial(next, iter(self.nodes), END)
        mode = MODE.get()
        if mode is not self._outside:
            self._outside, self._inside = mode, replace(mode, tape=self)
        self._tokens = MODE.set(self._inside), TAKE.set(self.take)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._tokens is not None
        self.clear()
        MODE.reset(self._tokens[0])
        TAKE.reset(self._tokens[1])
        self._tokens = None

    def clear(self) -> None:
        """Forget the nodes that the pass has not come to; outside of a pass all nodes."""
        if self._tokens is None:
            self.take = partial(next, iter(self.nodes), END)
        rest = self.take()
        if rest is not END:
            self._truncate(rest)

    def settle(self, op: Op, inputs: tuple[Tensor, ...], attrs: dict[str, Any], node: Tensor) -> Tensor:
        """The next node where the tape holds `node`: that one, computed again, if op, inputs, attributes are its own.

        It also serves where only constants were exchanged. Else the tape is recorded anew from here on.
        """
        replay = node.replay
        if node.op is op and replay is not None:
            # A kernel's attributes are plain switches; others may hold arrays and slices.
            plain = type(replay) is InPlace or not attrs
            alike = attrs == node.attrs if plain else same(attrs, node.attrs)
            if alike and (node.inputs == inputs or _exchange_constants(node, inputs)) and replay(node):
                return node
        if node is not END:
            self._truncate(node)
        node = self._record(op, inputs, attrs)
        if op.infix and not of_floats(node) and all(t.op is None for t in inputs):
            self._leaf_pairs.append(node)
        self.nodes.append(node)
        self._programs.clear()
        return node

    def backward(self, root: Tensor, gradient: Any = None) -> dict[int, Any]:
        """Backward pass over the tape, worked out when it comes for the first time and repeated in place afterwards.

        Every node keeps its grad in `.grad` until the next backward pass, and the dictionary that a backward pass
        without a tape returns is empty. Raises as engine.backward.backward does; and where the pass reaches a node of
        an earlier pass, whose value may have been overwritten.
        """
        program = self._programs.get(id(root))
        if gradient is not None or program is None or not program.scalar:
            gradient = seed_for(root, gradient)
        if program is None or not program.fits():
            try:
                program = Program(root, self.nodes)
            except OffTapeError:
                return self._search(root, gradient)
            self._programs[id(root)] = program
            self._installed = None
        if self._installed is not program:
            program.install()
            self._installed = program
        self._quiet.run(program.run, 1.0 if gradient is None else gradient)
        return {}

    def record(self, into: Recording | None = None) -> Recording:
        """Copies of all values and grads of this pass, in the arrays of an earlier recording where they fit."""
        if into is None or not into.fits(self.nodes):
            into = Recording(self.nodes)
        into.copy()
        return into

    def _search(self, root: Tensor, gradient: Any) -> dict[int, Any]:
        """Backward pass where part of the graph is not on this tape."""
        token = MODE.set(replace(MODE.get(), tape=None))
        try:
            grads = backward(root, gradient)
        finally:
            MODE.reset(token)
        for node in self.nodes:
            node.grad = grads.get(id(node))
        self._installed = None
        return {}

    def _record(self, op: Op, inputs: tuple[Tensor, ...], attrs: dict[str, Any]) -> Tensor:
        rule = FLOATS.get(op.name)
        if rule is not None:
            node = make_node(op, 0.0, inputs, attrs)
            if rule(node):
                node.replay = rule
                return node
        node = make_node(op, evaluate(op, inputs, attrs), inputs, attrs)
        bind(node, self._quiet)
        return node

    def _truncate(self, node: Tensor) -> None:
        del self.nodes[self.nodes.index(node) :]
        self._programs.clear()
        kept = set(map(id, self.nodes)) if self._leaf_pairs else ()
        self._leaf_pairs = [n for n in self._leaf_pairs if id(n) in kept]


def _exchange_constants(node: Tensor, inputs: tuple[Tensor, ...]) -> bool:
    """Put `inputs` in the place of the node's where they differ only in leaves that require no grad."""
    if len(inputs) != len(node.inputs):
        return False
    for new, old in zip(inputs, node.inputs, strict=True):
        if new is not old and (new.op is not None or old.op is not None or new.requires_grad or old.requires_grad):
            return False
    node.inputs = inputs
    return True


def same(a: Any, b: Any) -> bool:
    """Whether two attributes mean the same: equal, of one type, and compared element by element where they nest."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if type(a) is dict:
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if type(a) in (tuple, list):
        return len(a) == len(b) and all(map(same, a, b))
    if type(a) is slice:
        return same((a.start, a.stop, a.step), (b.start, b.stop, b.step))
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b)
    return bool(a == b)
