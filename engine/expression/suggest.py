"""Did you mean ...? What somebody who typed an unknown word may have wanted."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_ELSEWHERE = {
    "ln": "log", "loge": "log", "σ": "sigmoid", "logistic": "sigmoid", "expit": "sigmoid", "avg": "mean",
    "average": "mean", "variance": "var", "dot": "matmul", "mm": "matmul", "cat": "concatenate",
    "concat": "concatenate", "power": "pow", "subtract": "sub", "multiply": "mul", "times": "mul", "divide": "div",
    "negative": "neg", "negate": "neg", "absolute": "abs", "fabs": "abs", "amax": "max", "amin": "min",
    "mse": "mse_loss", "view": "reshape", "permute": "transpose", "expand": "broadcast_to",
    "broadcast": "broadcast_to", "nll": "cross_entropy", "rectifier": "relu", "lrelu": "leaky_relu", "root": "sqrt",
    "tgh": "tanh",
}  # fmt: skip
"""Words of other languages and libraries for ops; only suggested where the op exists."""


def suggest(word: str, known: Iterable[str]) -> str:
    """The known word that `word` most likely stands for; empty where none is near."""
    words = sorted(known)
    if (elsewhere := _ELSEWHERE.get(word.lower(), "")) in words:
        return elsewhere
    by_lower = {w.lower(): w for w in words}
    near = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[near[0]] if near else ""


def did_you_mean(word: str) -> str:
    """The question, to stand at the end of a message; empty for an empty word."""
    return f": did you mean {word}?" if word else ""
