"""Names as LaTeX."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.notation import GREEK, latex_name


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("x", "x"),
        ("W", "W"),
        ("w1", "w_{1}"),
        ("w_12", "w_{12}"),
        ("x_i", "x_{i}"),
        ("W_xh", r"W_{\text{xh}}"),
        ("W_hidden", r"W_{\text{hidden}}"),
        ("W_hidden_2", r"W_{\text{hidden\_2}}"),
        ("loss", r"\text{loss}"),
        ("loss2", r"\text{loss}_{2}"),
        ("alpha", r"\alpha"),
        ("α", r"\alpha"),
        ("α1", r"\alpha_{1}"),
        ("sigma_x", r"\sigma_{x}"),
        ("x_alpha", r"x_{\alpha}"),
        ("Δw", r"\Delta w"),
        ("lambda", r"\lambda"),
        ("x_", r"\text{x\_}"),
        ("fc1.weight", r"\text{fc1.weight}"),
        ("50%", r"\text{50\%}"),
        (r"\input{x}", r"\text{\textbackslash{}input\{x\}}"),
        ("", r"\text{}"),
        ("2", "2"),
        ("-0.50", "-0.50"),
        (".5", "0.5"),
        ("2.", "2"),
        ("1e-3", "10^{-3}"),
        ("2.5E+07", r"2.5 \cdot 10^{7}"),
        ("-pi", r"-\pi"),
    ],
)
def test_latex_of_names_and_numbers(name: str, latex: str) -> None:
    assert latex_name(name) == latex


@given(st.text(st.sampled_from(string.printable + "".join(GREEK)), max_size=12))
def test_braces_always_match(name: str) -> None:
    depth = 0
    latex = latex_name(name)
    escaped = False
    for character in latex:
        if not escaped:
            depth += {"{": 1, "}": -1}.get(character, 0)
            assert depth >= 0
            assert character not in "$#%&~"
        escaped = character == "\\" and not escaped
    assert depth == 0
