"""An update told and opened: what is shown is what the optimizer did, and what PyTorch's keeps under the same name."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import nn, optim
from engine.errors import EngineError, ShapeError
from engine.tensor import Tensor
from engine.update import Change, changes, describe
from engine.update_rules import RULES
from engine.update_zoom import UpdateLine, open_update
from tests.engine.katex import typeset

torch = pytest.importorskip("torch")

OPTIONS: dict[str, list[dict[str, Any]]] = {
    "SGD": [
        {},
        {"momentum": 0.9},
        {"momentum": 0.9, "dampening": 0.3},
        {"momentum": 0.9, "nesterov": True},
    ],
    "Adagrad": [{}, {"lr_decay": 0.1, "initial_accumulator_value": 0.5, "eps": 1e-3}],
    "RMSprop": [{}, {"centered": True}, {"momentum": 0.9, "alpha": 0.9}, {"centered": True, "momentum": 0.5}],
    "Adadelta": [{}, {"rho": 0.8, "eps": 1e-4}],
    "Adam": [{}, {"amsgrad": True, "betas": (0.5, 0.6)}],
    "AdamW": [{"weight_decay": 0.0}, {"amsgrad": True, "betas": (0.5, 0.6), "eps": 1e-3, "weight_decay": 0.0}],
}
SHARED: tuple[dict[str, Any], ...] = (
    {},
    {"weight_decay": 0.1},
    {"maximize": True},
    {"weight_decay": 0.1, "maximize": True},
)
CASES = [(name, own | shared) for name, all_own in OPTIONS.items() for own, shared in product(all_own, SHARED)]
IDS = ["-".join([name, *(key for key, value in options.items() if value)]) for name, options in CASES]
TORCH_NAMES = {
    ("SGD", "b"): "momentum_buffer",
    ("Adagrad", "v"): "sum",
    ("RMSprop", "v"): "square_avg",
    ("RMSprop", "a"): "grad_avg",
    ("RMSprop", "b"): "momentum_buffer",
    ("Adadelta", "v"): "square_avg",
    ("Adadelta", "u"): "acc_delta",
    ("Adam", "m"): "exp_avg",
    ("Adam", "v"): "exp_avg_sq",
    ("Adam", "max v"): "max_exp_avg_sq",
}
STEPS = 5


def updated(
    name: str, options: dict[str, Any], steps: int = STEPS
) -> tuple[dict[str, Change], nn.Sequential, Any, Any]:
    """What the last of some steps on a small network did, the network, PyTorch's and its optimizer."""
    model = nn.Sequential(nn.Linear(4, 5, generator=0), nn.Tanh(), nn.Linear(5, 3, generator=1))
    other = torch.nn.Sequential(torch.nn.Linear(4, 5), torch.nn.Tanh(), torch.nn.Linear(5, 3))
    other.load_state_dict({key: torch.tensor(value) for key, value in model.state_dict().items()})
    mine = getattr(optim, name)(model.named_parameters(), **{"lr": 0.01} | options)
    theirs = getattr(torch.optim, name)(other.parameters(), **{"lr": 0.01} | options)
    rng = np.random.default_rng(0)
    for _ in range(steps):
        x, labels = rng.standard_normal((8, 4)).astype(np.float32), rng.integers(0, 3, 8)
        mine.zero_grad()
        theirs.zero_grad()
        nn.CrossEntropyLoss()(model(Tensor(x)), Tensor(labels)).backward()
        torch.nn.CrossEntropyLoss()(other(torch.tensor(x)), torch.tensor(labels)).backward()
        with changes(mine) as made:
            mine.step()
        theirs.step()
    return made, model, other, theirs


def elements(change: Change) -> list[tuple[int, ...]]:
    return list(np.ndindex(np.shape(change.new)))


def lines_by_name(change: Change, element: tuple[int, ...]) -> dict[str, UpdateLine]:
    return {line.name: line for line in open_update(change, "W", element)}


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
def test_the_last_line_is_the_new_value(name: str, options: dict[str, Any]) -> None:
    made, model, _, _ = updated(name, options)
    assert list(made) == [key for key, _ in model.named_parameters()]
    for key, parameter in model.named_parameters():
        for element in elements(made[key]):
            *_, step, last = open_update(made[key], "W", element)
            size = max(abs(step.value), abs(float(np.asarray(made[key].old)[element])))
            assert (step.name, last.name) == ("step", "new")
            assert last.value == pytest.approx(float(parameter.data[element]), rel=1e-5, abs=1e-6 * size)
            assert last.says.endswith(f"in float32, arrived at {parameter.data[element]!s}".replace("-", "−"))


@pytest.mark.parametrize("steps", [1, STEPS])
@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
def test_quantities_are_pytorchs_where_it_has_them(name: str, options: dict[str, Any], steps: int) -> None:
    made, _, other, theirs = updated(name, options, steps)
    kind = name.replace("AdamW", "Adam")
    for change, parameter in zip(made.values(), other.parameters(), strict=True):
        assert change.step == steps
        kept = theirs.state[parameter]
        shown = {q.name: np.asarray(q.value) for q in describe(change, "W").quantities}
        named = {TORCH_NAMES[kind, q]: value for q, value in shown.items() if (kind, q) in TORCH_NAMES}
        assert set(named) == {key for key, value in kept.items() if key != "step" and value is not None}
        for key, value in named.items():
            np.testing.assert_array_equal(value, np.asarray(change.after[key]))  # the optimizer's own, to the bit
            # Sums over steps may cancel, and their rounding depends on the processor: small against the largest.
            size = float(np.abs(value).max())
            np.testing.assert_allclose(value, kept[key].numpy(), rtol=1e-4, atol=1e-6 * size + 1e-12)
        for element in elements(change)[-2:]:  # the lines go through the same numbers
            lines = lines_by_name(change, element)
            for quantity, value in shown.items():
                number = value[element] if value.shape else value
                assert lines[quantity].value == pytest.approx(float(number), rel=1e-4, abs=1e-7), quantity


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
def test_the_formula_with_its_numbers_computes_the_value(name: str, options: dict[str, Any]) -> None:
    change = updated(name, options)[0]["2.weight"]
    for line in open_update(change, "W", (1, 2)):
        *expressions, result = line.numbers.removeprefix("= ").split(" = ")
        assert computed(result) == pytest.approx(line.value, rel=1e-3), line
        for expression in expressions:
            scale = abs(line.value) + abs(float(np.asarray(change.old)[1, 2])) * (line.name == "new")
            assert computed(expression) == pytest.approx(line.value, rel=5e-3, abs=2e-3 * scale), line


def computed(latex: str) -> float:
    """The value of a formula in numbers."""
    text = re.sub(r"\\htmlClass\{[vg]\}", "", latex)
    text = text.replace(r"\left", "").replace(r"\right", "").replace(r"\max", "max").replace(r"\sqrt", "sqrt")
    text = text.replace(r"\times", "*").replace(r"\cdot", "*").replace(r"\,", "*").replace("^", "**")
    text = text.replace(r"\frac", "").replace("}{", "}/{")  # nothing but a fraction has two groups side by side
    text = text.replace("{", "(").replace("}", ")")
    return float(eval(text, {"sqrt": np.sqrt, "max": max}))  # noqa: S307  # of our own making


W, G = "W", r"\frac{\partial L}{\partial W}"


@pytest.mark.parametrize(
    ("name", "options", "rule", "numbers", "quantities"),
    [
        ("SGD", {}, rf"W - \eta \cdot {G}", r"\eta = 0.01", []),
        ("SGD", {"maximize": True}, r"W - \eta \cdot g", r"\eta = 0.01", ["g"]),
        (
            "SGD", {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1}, r"W - \eta \, (g + \mu \cdot b)",
            r"\eta = 0.01,\; \mu = 0.9,\; \lambda = 0.1", ["g", "b"],
        ),
        (
            "Adagrad", {"lr_decay": 0.1}, rf"W - \frac{{\eta_t}}{{\sqrt{{v}} + \varepsilon}} \cdot {G}",
            r"\eta = 0.01,\; \varepsilon = 10^{-10},\; \kappa = 0.1,\; t = 5", ["v", "ηₜ"],
        ),
        (
            "RMSprop", {"centered": True}, rf"W - \frac{{\eta}}{{\sqrt{{v - a^{{2}}}} + \varepsilon}} \cdot {G}",
            r"\eta = 0.01,\; \alpha = 0.99,\; \varepsilon = 10^{-8}", ["v", "a"],
        ),
        (
            "RMSprop", {"momentum": 0.9}, r"W - \eta \cdot b",
            r"\eta = 0.01,\; \alpha = 0.99,\; \varepsilon = 10^{-8},\; \mu = 0.9", ["v", "b"],
        ),
        ("Adadelta", {}, r"W - \eta \cdot d", r"\eta = 0.01,\; \rho = 0.9,\; \varepsilon = 10^{-6}", ["v", "d", "u"]),
        (
            "Adam", {"amsgrad": True}, r"W - \eta \cdot \frac{\hat m}{\sqrt{\hat v} + \varepsilon}",
            r"\eta = 0.01,\; t = 5,\; \beta_1 = 0.9,\; \beta_2 = 0.999,\; \varepsilon = 10^{-8}",
            ["m", "v", "max v", "m̂", "v̂"],
        ),
        (
            "AdamW", {"weight_decay": 0.1},
            r"(1 - \eta \cdot \lambda) \cdot W - \eta \cdot \frac{\hat m}{\sqrt{\hat v} + \varepsilon}",
            r"\eta = 0.01,\; t = 5,\; \beta_1 = 0.9,\; \beta_2 = 0.999,\; \varepsilon = 10^{-8},\; \lambda = 0.1",
            ["m", "v", "m̂", "v̂"],
        ),
    ],
)  # fmt: skip
def test_the_rule_stands_as_it_is_in_the_books(
    name: str, options: dict[str, Any], rule: str, numbers: str, quantities: list[str]
) -> None:
    update = describe(updated(name, options)[0]["0.weight"], W)
    assert update.rule == rf"W \leftarrow {rule}"
    assert update.numbers == numbers
    assert [q.name for q in update.quantities] == quantities


def test_adadeltas_d_is_exactly_what_was_taken_away() -> None:
    made, *_ = updated("Adadelta", {"lr": 1.0})
    for change in made.values():
        d = next(np.asarray(q.value) for q in describe(change, "W").quantities if q.name == "d")
        np.testing.assert_array_equal(np.subtract(change.old, d), change.new)


def test_the_lines_of_adam_read_as_the_paper_does() -> None:
    lines = open_update(updated("Adam", {})[0]["0.weight"], "W", (3, 1))
    place = "{W}_{3,1}"
    assert [line.latex for line in lines] == [
        rf"g = \frac{{\partial L}}{{\partial {place}}}",
        r"m = \beta_1 \cdot m_{t-1} + (1 - \beta_1) \cdot g",
        r"v = \beta_2 \cdot v_{t-1} + (1 - \beta_2) \cdot g^{2}",
        r"\hat m = \frac{m}{1 - \beta_1^{t}}",
        r"\hat v = \frac{v}{1 - \beta_2^{t}}",
        r"s = \eta \cdot \frac{\hat m}{\sqrt{\hat v} + \varepsilon}",
        rf"{place} \leftarrow {place} - s",
    ]
    assert re.fullmatch(r"= \\htmlClass\{g\}\{-?[\d.]+\}", lines[0].numbers)  # said once, there is nothing to compute
    assert r"\frac{\htmlClass{v}{" in lines[3].numbers
    assert "{1 - 0.9^{5}}" in lines[3].numbers
    assert re.search(r"= \\htmlClass\{v\}\{-?0\.\d{6,}\}$", lines[-1].numbers)  # as many digits as float32 has
    assert "0.9 of the old, 0.1 of the new" in lines[1].says
    assert r"v_{\max,\,t-1}" in lines_by_name(updated("Adam", {"amsgrad": True})[0]["0.bias"], (0,))["max v"].latex


def test_signs_and_powers_of_ten_stand_in_parentheses_and_numbers_of_the_rule_are_folded() -> None:
    parameter = Tensor(np.array([1.0, 1.0], np.float32), requires_grad=True, name="p")
    optimizer = optim.Adam([parameter])
    for _ in range(2):
        parameter.grad = np.array([-0.5, 2e-5], np.float32)
        with changes(optimizer) as made:
            optimizer.step()
    negative, tiny = (lines_by_name(made["p"], (i,)) for i in (0, 1))
    g, m = r"\htmlClass{g}{-0.5}", r"\htmlClass{v}{-0.05}"
    assert negative["m"].numbers == rf"= 0.9 \, ({m}) + 0.1 \, ({g}) = \htmlClass{{v}}{{-0.095}}"
    assert negative["v"].numbers.startswith(rf"= 0.999 \cdot \htmlClass{{v}}{{0.00025}} + 0.001 \, ({g})^{{2}} = ")
    assert r"+ 0.001 \, (\htmlClass{g}{2\times10^{-5}})^{2} = " in tiny["v"].numbers


def test_a_change_stays_as_it_was_when_training_goes_on() -> None:
    parameter = Tensor(np.array([1.0, 2.0]), requires_grad=True, name="p")
    optimizer = optim.Adam([parameter], lr=0.1)
    parameter.grad = np.array([0.5, -1.0])
    with changes(optimizer) as made:
        optimizer.step()
    before = open_update(made["p"], "p", (1,)), describe(made["p"], "p").rule
    optimizer.lr = 7.0
    parameter.grad = np.array([3.0, 3.0])
    optimizer.step()
    assert (open_update(made["p"], "p", (1,)), describe(made["p"], "p").rule) == before
    assert "7" not in describe(made["p"], "p").numbers


def test_numbers_that_overflow_are_shown_as_what_they_are() -> None:
    parameter = Tensor(np.array([1.0, 0.0], np.float32), requires_grad=True, name="p")
    optimizer = optim.RMSprop([parameter], lr=1e30, eps=0.0)
    parameter.grad = np.array([np.inf, 0.0], np.float32)
    with changes(optimizer) as made:
        optimizer.step()
    assert r"\infty" in lines_by_name(made["p"], (0,))["v"].numbers
    assert np.isnan(open_update(made["p"], "p", (1,))[-1].value)
    assert [np.asarray(q.value)[0] for q in describe(made["p"], "p").quantities] == [np.inf]


def test_a_parameter_that_is_a_number_is_told_too_and_one_without_a_grad_is_left_out() -> None:
    a, b = Tensor(1.5, requires_grad=True, name="a"), Tensor(-2.0, requires_grad=True, name="b")
    optimizer = optim.SGD([a, b], lr=0.5, momentum=0.9)
    a.grad = 2.0
    with changes(optimizer) as made:
        optimizer.step()
    assert list(made) == ["a"]
    assert [line.value for line in open_update(made["a"], "a", ())] == [2.0, 2.0, 1.0, 0.5]
    assert open_update(made["a"], "a", ())[-1].says == "the new value; the engine, in float64, arrived at 0.5"
    assert describe(made["a"], "a").quantities[0].value == 2.0


def test_what_cannot_be_told_is_refused() -> None:
    class Mine(optim.SGD):
        pass

    parameter = Tensor(np.zeros(2), requires_grad=True, name="p")
    parameter.grad = np.ones(2)
    with pytest.raises(EngineError, match="no words") as caught, changes(mine := Mine([parameter])):
        mine.step()
    assert caught.value.given == "Mine"
    assert caught.value.expected == ", ".join(OPTIONS)
    optimizer = optim.SGD([parameter])

    def twice() -> None:
        optimizer.step()
        optimizer.step()

    with pytest.raises(EngineError, match="One step") as caught, changes(optimizer):
        twice()
    assert (caught.value.given, caught.value.expected) == ("2 of p", "1")
    with changes(optimizer) as made:
        optimizer.step()
    with pytest.raises(ShapeError, match="No such element"):
        open_update(made["p"], "p", (2,))


def test_every_optimizer_has_words() -> None:
    kinds = {value for value in vars(optim).values() if isinstance(value, type) and issubclass(value, optim.Optimizer)}
    assert set(RULES) == kinds - {optim.Optimizer}


def test_katex_typesets_every_formula(root: Path) -> None:
    formulas = []
    for name, options in CASES:
        for change in updated(name, options, 2)[0].values():
            update = describe(change, r"W_{1}")
            formulas += [update.rule, update.numbers, *(q.latex for q in update.quantities)]
            formulas += [
                text
                for line in open_update(change, r"W_{1}", (0,) * np.ndim(change.new))
                for text in (line.latex, line.numbers)
            ]
    assert len(set(formulas)) > 500
    assert typeset(formulas, root) == []
