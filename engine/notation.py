r"""Names and numbers as LaTeX: w1 is w_{1}, alpha is \alpha, W_hidden is W_{\text{hidden}}."""

from __future__ import annotations

import re

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "ς": "varsigma",
    "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "varphi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma",
    "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
"""Greek letters and the LaTeX commands that draw them; those that look like Latin ones (A, o) are left out."""

_COMMANDS = frozenset(GREEK.values()) | {"epsilon", "phi"}
_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}  # fmt: skip
_NUMBER = re.compile(r"(-?)([0-9]*\.?[0-9]*)(?:[eE]\+?(-?[0-9]+))?", re.ASCII)
_PIECES = re.compile(f"[{''.join(GREEK)}]|[^{''.join(GREEK)}]+")
_SUBSCRIPTED = re.compile(r"(?P<stem>[^\W\d_]+)_?(?P<digits>[0-9]+)|(?P<word>[^\W\d_]+)_(?P<subscript>\w+)")


def latex_name(name: str) -> str:
    r"""The LaTeX of a name, for any string.

    >>> latex_name("w1"), latex_name("alpha"), latex_name("W_hidden"), latex_name("loss"), latex_name("1e-3")
    ('w_{1}', '\\alpha', 'W_{\\text{hidden}}', '\\text{loss}', '10^{-3}')
    """
    if number := _number(name):
        return number
    if name.startswith("-"):
        return f"-{latex_name(name[1:])}"
    if match := _SUBSCRIPTED.fullmatch(name):
        subscript = match["digits"] or match["subscript"]
        return f"{_word(match['stem'] or match['word'])}_{{{subscript if subscript.isdigit() else _word(subscript)}}}"
    return _word(name)


def _number(text: str) -> str:
    match = _NUMBER.fullmatch(text)
    if match is None or not any(c.isdigit() for c in match[2]):
        return ""
    sign, mantissa, exponent = match.groups()
    mantissa = mantissa.rstrip(".")
    if mantissa.startswith("."):
        mantissa = f"0{mantissa}"
    if exponent is None:
        return f"{sign}{mantissa}"
    power = f"10^{{{int(exponent)}}}"
    return f"{sign}{power}" if mantissa == "1" else rf"{sign}{mantissa} \cdot {power}"


def _word(text: str) -> str:
    if text in GREEK:
        return f"\\{GREEK[text]}"
    if text in _COMMANDS:
        return f"\\{text}"
    if len(text) == 1 and text.isalpha():
        return text
    if any(c in GREEK for c in text):
        return " ".join(_word(piece) for piece in _PIECES.findall(text))
    return rf"\text{{{''.join(_ESCAPES.get(c, c) for c in text)}}}"
