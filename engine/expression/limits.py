"""How large an expression may be; every limit is checked before anything is computed."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of one expression.

    Attributes:
        source: characters of the text.
        depth: brackets, minus signs and powers inside one another; at most 100, for the parser recurses that deep.
        nodes: numbers, names and applications of ops.
        word: characters of one name or number.
        inputs: inputs of one op that takes any number; its formula names them all.
        exponent: magnitude of a constant exponent.
        axes: axes of one tensor.
        elements: elements of one tensor, and magnitude of an index or an attribute such as a size.
        total_elements: elements of all tensors together, with all contributions of a backward pass.
    """

    source: int = 2_000
    depth: int = 40
    nodes: int = 2_000
    word: int = 40
    inputs: int = 32
    exponent: int = 64
    axes: int = 8
    elements: int = 100_000
    total_elements: int = 1_000_000

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) < 1:
                raise ValueError(f"limit {field.name}: {getattr(self, field.name)} given, at least 1 expected")
        if self.depth > 100:
            raise ValueError(f"limit depth: {self.depth} given, at most 100 expected")
