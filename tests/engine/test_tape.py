"""A tape against the plain engine: the same values and grads in every pass, whatever the program does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import nn, ops
from engine.backward import backward
from engine.errors import EngineError, GradientError, ShapeError
from engine.mode import MODE, no_grad
from engine.recording import Recording
from engine.tape import Tape, same
from engine.tensor import Tensor, apply

Program = Callable[[], Tensor]


def parameter(*shape: int, seed: int = 0, dtype: Any = np.float64) -> Tensor:
    data = np.random.default_rng(seed).standard_normal(shape) + 0.1
    return Tensor(data.astype(dtype) if shape else float(data), requires_grad=True)


def check(tape: Tape, program: Program, leaves: Sequence[Tensor], *, rtol: float = 1e-12) -> Tensor:
    """One pass with the tape and one without; equal values and grads. Returns the tape's root."""
    for leaf in leaves:
        leaf.grad = None
    plain = program()
    grads = backward(plain, None if plain.shape == () else np.ones(plain.shape, plain.dtype))
    expected = [None if leaf.grad is None else np.array(leaf.grad) for leaf in leaves]
    for leaf in leaves:
        leaf.grad = None
    with tape:
        root = program()
        root.backward(None if root.shape == () else np.ones(root.shape, root.dtype))
    np.testing.assert_allclose(root.data, plain.data, rtol=rtol)
    assert type(root.value) is type(plain.value)
    for leaf, grad in zip(leaves, expected, strict=True):
        if grad is None:
            assert leaf.grad is None
        else:
            np.testing.assert_allclose(leaf.grad, grad, rtol=rtol, atol=rtol)
            assert np.shape(leaf.grad) == leaf.shape
    for mine, other in pairwise_walk(root, plain):
        if mine.op is not None and id(other) in grads:
            np.testing.assert_allclose(mine.grad, grads[id(other)], rtol=rtol, atol=rtol)
    return root


def pairwise_walk(a: Tensor, b: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Nodes of two graphs of the same form, side by side."""
    found, waiting, seen = [], [(a, b)], set()
    while waiting:
        x, y = waiting.pop()
        if id(x) not in seen:
            seen.add(id(x))
            found.append((x, y))
            if y.op is None and not x.requires_grad:
                continue  # a tape keeps what needs no grad, to compute it again
            assert x.op is y.op
            waiting += zip(x.inputs, y.inputs, strict=True)
    return found


def passes(program: Program, leaves: Sequence[Tensor], *, rtol: float = 1e-12) -> Tape:
    """Four passes with other numbers in the leaves each time; the nodes of the first must serve in all."""
    tape, rng, nodes = Tape(), np.random.default_rng(7), None
    for _ in range(4):
        check(tape, program, leaves, rtol=rtol)
        assert nodes in (None, tape.nodes)
        nodes = list(tape.nodes)
        for leaf in leaves:
            value = leaf.data * rng.uniform(0.5, 1.5, leaf.shape).astype(leaf.dtype)
            leaf.data = float(value) if leaf.shape == () else value
    return tape


# ---------------------------------------------------------------------------------------------- graphs of all forms


def test_both_wires_of_a_square_and_of_a_double() -> None:
    x = parameter(3)
    passes(lambda: apply(ops.SUM, x * x), [x])
    passes(lambda: apply(ops.SUM, x + x), [x])
    y = parameter()
    passes(lambda: y * y, [y])
    passes(lambda: y + y, [y])


def test_a_diamond_waits_for_both_sides() -> None:
    x, w = parameter(2, 3), parameter(2, 3, seed=1)

    def program() -> Tensor:
        a = x * w
        left, right = apply(ops.RELU, a), apply(ops.TANH, a)
        return apply(ops.SUM, left * right + a)

    passes(program, [x, w])


def test_a_diamond_of_kernels_only() -> None:
    x, w, v = (parameter(3, 3, seed=i) for i in range(3))

    def program() -> Tensor:
        a = apply(ops.MATMUL, x, w)
        b = apply(ops.SIGMOID, a) + apply(ops.RELU, a)
        return apply(ops.SUM, apply(ops.MATMUL, b, v, transpose_b=True) + a + b + a)

    passes(program, [x, w, v])


PAIRS = (
    *(((4, 3), b) for b in ((3,), (4, 1), (1, 3), ())),
    *(((2, 4, 3), (3,)), ((2, 1, 3), (4, 1)), ((1, 3), (3,)), ((3, 3), (3,)), ((1, 1), (1,))),
)


@pytest.mark.parametrize(("a", "b"), PAIRS)
@pytest.mark.parametrize("op", [ops.ADD, ops.SUB, ops.MUL, ops.DIV])
def test_broadcasts_are_undone_along_any_axes(op: Any, a: tuple[int, ...], b: tuple[int, ...]) -> None:
    x, y = parameter(*a), Tensor(np.random.default_rng(1).uniform(1, 2, b), requires_grad=True)
    passes(lambda: apply(ops.SUM, apply(op, x, y)), [x, y])
    if op is not ops.DIV:
        passes(lambda: apply(ops.SUM, apply(op, y, x) * y + apply(op, x, y)), [x, y])


def test_bias_of_two_layers_that_is_one_parameter() -> None:
    x, b = parameter(4, 3), parameter(3, seed=1)
    passes(lambda: apply(ops.SUM, apply(ops.TANH, x + b) * (x + b)), [x, b])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("activation", [nn.Sigmoid, nn.Tanh, nn.ReLU, nn.LeakyReLU, nn.GELU])
def test_the_first_pass_gives_the_bits_of_all_later_ones(activation: type[nn.Module], dtype: Any) -> None:
    x, weight, bias = parameter(40, 7, dtype=dtype), parameter(5, 7, seed=1, dtype=dtype), parameter(5, dtype=dtype)
    labels, tape, layer = Tensor(np.arange(40) % 5), Tape(), activation()

    def one_pass() -> list[Any]:
        for leaf in (x, weight, bias):
            leaf.grad = None
        with tape:
            loss = layer(x.matmul(weight, transpose_b=True) + bias).cross_entropy(labels)
            loss.backward()
        return [np.array(a) for node in tape.nodes for a in (node.value, node.grad)] + [np.array(weight.grad)]

    for first, second in zip(one_pass(), one_pass(), strict=True):
        np.testing.assert_array_equal(first, second)


def test_numbers_and_arrays_in_one_graph() -> None:
    x, s, t = parameter(2, 3), parameter(seed=1), parameter(seed=2)
    passes(lambda: apply(ops.MEAN, x * s + t) * (s + t * 2.0) - s, [x, s, t])


def test_float32_keeps_its_type() -> None:
    x, w = parameter(3, 2, dtype=np.float32), parameter(2, dtype=np.float32, seed=1)
    tape = passes(lambda: apply(ops.MEAN, (x * w + 1.0) * x), [x, w], rtol=1e-5)
    assert {node.value.dtype for node in tape.nodes} == {np.dtype(np.float32)}
    assert {x.grad.dtype, w.grad.dtype} == {np.dtype(np.float32)}


def test_a_root_that_is_no_scalar_and_a_root_that_is_a_leaf() -> None:
    x = parameter(2, 3)
    passes(lambda: x * x, [x])
    passes(lambda: x + x, [x])
    tape, leaf = Tape(), parameter()
    with tape:
        leaf.backward()
    assert leaf.grad == 1.0


def test_views_and_indices() -> None:
    x = parameter(3, 4)

    def program() -> Tensor:
        y = apply(ops.RESHAPE, x, shape=(4, 3))
        part = apply(ops.GETITEM, y, index=(slice(1, 3), np.array([0, 2])))
        return apply(ops.SUM, part * part) + apply(ops.SUM, apply(ops.TRANSPOSE, y))

    passes(program, [x])


def test_deep_chains_and_wide_sums() -> None:
    x = parameter()

    def program() -> Tensor:
        y = x
        for _ in range(3000):
            y = y + x * 0.001
        return y

    passes(program, [x], rtol=1e-9)


def test_infinities_and_nan_are_answers_and_no_warnings() -> None:
    x = Tensor(np.array([[2e19, -2e19]], np.float32), requires_grad=True)
    passes(lambda: apply(ops.SUM, apply(ops.MATMUL, x, x, transpose_b=True) + x), [x])


# ---------------------------------------------------------------------------------------------------- random programs

UNARY = (ops.RELU, ops.TANH, ops.SIGMOID, ops.NEG, ops.EXP, ops.SOFTPLUS)
BINARY = (ops.ADD, ops.MUL, ops.SUB, ops.MAXIMUM)
SHAPES: tuple[tuple[int, ...], ...] = ((), (3,), (1, 3), (2, 3), (2, 1), (3, 3))


@st.composite
def programs(draw: st.DrawFn) -> tuple[list[tuple[int, ...]], list[tuple[Any, int, int]]]:
    shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=2, max_size=4))
    steps = draw(
        st.lists(
            st.tuples(st.sampled_from((*UNARY, *BINARY, *BINARY, ops.MATMUL)), st.integers(0, 99), st.integers(0, 99)),
            min_size=1,
            max_size=12,
        )
    )
    return shapes, steps


@given(programs(), st.integers(0, 1000), st.data())
def test_random_programs_replayed(
    recipe: tuple[list[tuple[int, ...]], list[tuple[Any, int, int]]], seed: int, data: st.DataObject
) -> None:
    shapes, steps = recipe
    rng = np.random.default_rng(seed)
    starts = [rng.uniform(-1, 1, shape) if shape else float(rng.uniform(-1, 1)) for shape in shapes]
    leaves = [Tensor(start, requires_grad=index > 0) for index, start in enumerate(starts)]
    skipped: set[int] = set()

    def program() -> Tensor:
        made = list(leaves)
        for number, (op, i, j) in enumerate(steps):
            if number in skipped:
                continue
            a, b = made[i % len(made)], made[j % len(made)]
            if op in UNARY:
                made.append(apply(ops.TANH, apply(op, a)))
            elif op is ops.MATMUL:
                if a.ndim == b.ndim == 2 and a.shape[1] == b.shape[1]:
                    made.append(apply(ops.TANH, apply(op, a, b, transpose_b=True)))
            else:
                try:
                    made.append(apply(op, a, b))
                except ShapeError:
                    continue
        total = apply(ops.MEAN, leaves[1])
        for tensor in made[-4:]:
            total = total + apply(ops.MEAN, tensor)
        return total

    tape = Tape()
    for _ in range(4):
        check(tape, program, leaves, rtol=1e-9)
        change = data.draw(st.sampled_from(("values", "shapes", "steps", "nothing")))
        for leaf in leaves:
            shape = leaf.shape
            if change == "shapes" and shape == (2, 3):
                shape = (3, 3)
            elif change == "shapes" and shape == (3, 3):
                shape = (2, 3)
            if change != "nothing":
                leaf.data = rng.uniform(-1, 1, shape) if shape else float(rng.uniform(-1, 1))
        if change == "steps":
            skipped ^= {data.draw(st.integers(0, len(steps) - 1))}


# ------------------------------------------------------------------------------------------- programs that change


def test_batches_of_changing_size_as_new_tensors_and_as_new_data() -> None:
    model = nn.Sequential(nn.Linear(5, 70, generator=0), nn.ReLU(), nn.Linear(70, 3, generator=1))
    criterion, tape, rng = nn.CrossEntropyLoss(), Tape(), np.random.default_rng(0)
    x, labels = Tensor(np.zeros((4, 5), np.float32)), Tensor(np.zeros(4, int))
    for size in (4, 4, 1, 2, 2, 70, 4, 4):
        data, classes = rng.standard_normal((size, 5)).astype(np.float32), rng.integers(0, 3, size)
        check(tape, lambda: criterion(model(Tensor(data)), classes), list(model.parameters()), rtol=1e-4)  # noqa: B023
        x.data, labels.data = data, classes
        check(tape, lambda: criterion(model(x), labels), list(model.parameters()), rtol=1e-4)


def test_constants_may_be_other_tensors_in_every_pass() -> None:
    w, tape, first = parameter(3), Tape(), None
    for number in range(4):
        constants = [Tensor(np.full(3, float(number + i))) for i in range(2)]
        check(tape, lambda: apply(ops.SUM, w * constants[0] + constants[1] * float(number)), [w])  # noqa: B023
        assert first in (None, tape.nodes)
        first = list(tape.nodes)
    kept = Tensor(np.ones(3))
    with tape:
        apply(ops.SUM, w * kept)
    with tape:
        apply(ops.SUM, w * Tensor(np.zeros(3)))
    np.testing.assert_array_equal(kept.data, np.ones(3))


def test_another_way_in_the_middle_of_a_pass_and_back() -> None:
    x, w, tape = parameter(3), parameter(3, seed=1), Tape()
    for turn in (0, 0, 1, 1, 0, 2, 0):

        def program(turn: int = turn) -> Tensor:
            a = x * w
            b = apply(ops.TANH, a) if turn == 0 else apply(ops.EXP, a) if turn == 1 else a
            return apply(ops.SUM, b * x)

        check(tape, program, [x, w])


def test_a_pass_that_ends_earlier_and_one_that_goes_on_longer() -> None:
    x, tape = parameter(), Tape()
    for length in (5, 3, 3, 8, 1):

        def program(length: int = length) -> Tensor:
            y = x * x
            for _ in range(length):
                y = y * x + 1.0
            return y

        check(tape, program, [x])
        assert len(tape.nodes) == 1 + 2 * length


def test_leaves_change_between_number_and_array() -> None:
    a, b, tape = parameter(), parameter(seed=1), Tape()
    for value in (2.0, np.arange(3.0), 3.0, np.ones((2, 1)), np.float64(4.0)):
        a.data, b.data = value, value
        check(tape, lambda: apply(ops.SUM, a * b + a), [a, b])


def test_data_replaced_while_the_pass_runs() -> None:
    x, tape = parameter(3), Tape()
    for size in (3, 3, 5, 2):
        x.grad = None
        with tape:
            first = apply(ops.SUM, x * x)
            x.data = np.arange(float(size))
            second = apply(ops.SUM, x * x)
            second.backward()
        assert first.shape == second.shape == ()
        assert second.item() == np.sum(np.arange(float(size)) ** 2)
        np.testing.assert_array_equal(x.grad, 2 * np.arange(float(size)))
        x.data = np.ones(3)


def test_the_data_decide_over_a_shape() -> None:
    x, tape = parameter(6), Tape()
    for keep in ([0, 1], [0, 1], [2], [3, 4, 5]):
        check(tape, lambda: apply(ops.SUM, apply(ops.GETITEM, x, index=np.array(keep)) * 2.0), [x])  # noqa: B023


def test_a_mask_that_changes_in_place() -> None:
    x, tape, mask = parameter(4), Tape(), np.array([True, False, True, False])
    for number in (0, 1, 1, 3):
        mask[number] = True
        check(tape, lambda: apply(ops.SUM, apply(ops.GETITEM, x, index=mask) * 2.0), [x])


def test_a_leaf_of_changing_shape_under_a_result_that_keeps_its_shape() -> None:
    x, tape = parameter(3), Tape()
    for shape in ((3,), (5,), (2, 2), (2, 2)):
        x.data = np.ones(shape)
        check(tape, lambda: apply(ops.SUM, x), [x])
    x.data = np.ones((2, 2), np.float32)
    check(tape, lambda: apply(ops.SUM, x), [x])
    assert x.grad.dtype == np.float32


def test_another_parameter_in_the_place_of_one() -> None:
    tape, parameters, x = Tape(), [parameter(3, seed=i) for i in range(3)], parameter(3, seed=9)
    for chosen in (0, 1, 1, 2, 0):
        check(tape, lambda: apply(ops.SUM, parameters[chosen] * x), [x, *parameters])  # noqa: B023


def test_attributes_are_compared_by_what_they_mean() -> None:
    assert same({"axis": 1}, {"axis": 1})
    assert not same({"axis": 1}, {"axis": True})
    assert not same({"axis": 1}, {})
    assert same((slice(1, 2), np.array([1, 2])), (slice(1, 2), np.array([1, 2])))
    assert not same((slice(1, 2),), (slice(1, 3),))
    assert not same(np.array([1, 2]), np.array([1, 2, 3]))
    assert not same(np.array([0]), np.array([[0]]))
    assert not same(np.array([0]), np.array([False]))
    x, tape = parameter(3, 3), Tape()
    for axis in (0, 1, 1, None):
        check(tape, lambda: apply(ops.MAX, apply(ops.SUM, x, axis=axis)), [x])  # noqa: B023


# ---------------------------------------------------------------------------------------------- backward, several times


def test_grads_of_leaves_add_up_until_they_are_forgotten() -> None:
    x, s, tape = parameter(3), parameter(seed=1), Tape()
    for _ in range(3):
        x.grad = s.grad = None
        with tape:
            loss = apply(ops.SUM, x * x) * s
            loss.backward()
            once, of_s = x.grad.copy(), s.grad
            loss.backward()
        np.testing.assert_allclose(x.grad, 2 * once)
        assert s.grad == pytest.approx(2 * of_s)
        with tape:
            (apply(ops.SUM, x * x) * s).backward()
        np.testing.assert_allclose(x.grad, 3 * once)
    x.grad = mine = np.ones(3)
    with tape:
        (apply(ops.SUM, x * x) * s).backward()
    np.testing.assert_allclose(x.grad, once + 1)
    np.testing.assert_array_equal(mine, np.ones(3))


def test_grads_of_numbers_add_up_too() -> None:
    s, t, tape = parameter(), parameter(seed=1), Tape()
    for passes_so_far in (1, 2):
        with tape:
            total = s + t
            total.backward()
        assert (s.grad, t.grad) == (passes_so_far, passes_so_far)


def test_two_roots_on_one_tape() -> None:
    x, w, tape = parameter(3), parameter(3, seed=1), Tape()
    for _ in range(3):
        x.grad = w.grad = None
        with tape:
            a = x * w
            one, two = apply(ops.SUM, apply(ops.TANH, a)), apply(ops.SUM, a * a)
            one.backward()
            assert two.grad is None
            first = x.grad.copy()
            two.backward()
            assert one.grad is None
        plain = Tensor(x.data, requires_grad=True)
        apply(ops.SUM, apply(ops.TANH, plain * w.detach())).backward()
        np.testing.assert_allclose(first, plain.grad)
        b = plain * w.detach()
        apply(ops.SUM, b * b).backward()
        np.testing.assert_allclose(x.grad, plain.grad)


def test_a_seed_of_ones_own_and_errors_as_without_a_tape() -> None:
    x, tape = parameter(2, 3), Tape()
    for scale in (1.0, -2.0):
        x.grad = None
        with tape:
            (x * 3.0).backward(np.full((2, 3), scale))
        np.testing.assert_allclose(x.grad, np.full((2, 3), 3.0 * scale))
    with tape, pytest.raises(GradientError, match="only for a scalar"):
        (x * 3.0).backward()
    with tape, pytest.raises(ShapeError):
        (x * 3.0).backward(np.ones(3))
    with tape, pytest.raises(GradientError, match="requires"):
        apply(ops.SUM, Tensor([1.0]) * 2.0).backward()


def test_a_grad_buffer_that_is_given_later_is_written_to() -> None:
    x, tape = parameter(3), Tape()
    check(tape, lambda: apply(ops.SUM, x * x), [x])
    x.grad_buffer = buffer = np.zeros(3)
    check(tape, lambda: apply(ops.SUM, x * x), [x])
    assert x.grad is buffer


def test_a_graph_that_began_without_the_tape() -> None:
    x, w, tape = parameter(3), parameter(3, seed=1), Tape()
    for _ in range(3):
        x.grad = w.grad = None
        before = x * w
        with tape:
            node = before * before
            apply(ops.SUM, node).backward()
        np.testing.assert_allclose(x.grad, 2 * x.data * w.data**2)
        np.testing.assert_allclose(node.grad, np.ones(3))


def test_what_one_pass_hands_to_the_next_is_detached() -> None:
    w, tape, states = parameter(3, 3), Tape(), []
    state = Tensor(np.ones((2, 3)))
    for _ in range(3):
        w.grad = None
        before = state.numpy()
        with tape:
            after = apply(ops.TANH, apply(ops.MATMUL, state, w))
            apply(ops.SUM, after).backward()
            state = after.detach()
        states.append(state)
        np.testing.assert_allclose(w.grad, before.T @ (1 - np.tanh(before @ w.data) ** 2))
    assert not np.allclose(states[0].data, states[1].data)
    with tape:
        kept = apply(ops.TANH, apply(ops.MATMUL, state, w))
    with tape:
        apply(ops.RELU, apply(ops.MATMUL, state, w))
        with pytest.raises(GradientError, match="earlier pass"):
            apply(ops.SUM, kept * kept).backward()


def test_a_frozen_parameter_after_clearing() -> None:
    w, v, tape = parameter(3), parameter(3, seed=1), Tape()
    check(tape, lambda: apply(ops.SUM, w * v), [w, v])
    w.requires_grad = False
    tape.clear()
    assert not tape.nodes
    check(tape, lambda: apply(ops.SUM, w * v), [w, v])
    assert w.grad is None


def test_no_grad_inside_a_pass() -> None:
    w, tape = parameter(3), Tape()

    def program() -> Tensor:
        with no_grad():
            scale = apply(ops.SUM, w * w)
        assert scale.is_leaf
        return apply(ops.SUM, w * scale)

    passes(program, [w])
    assert not tape.nodes


# --------------------------------------------------------------------------------------------- exceptions and threads


def test_an_exception_leaves_a_tape_that_works() -> None:
    x, tape = parameter(3), Tape()
    program = lambda: apply(ops.SUM, apply(ops.TANH, x * x))  # noqa: E731
    check(tape, program, [x])
    with pytest.raises(ZeroDivisionError), tape:
        apply(ops.SUM, x * float(1 // (len(tape.nodes) - 3)))
    assert MODE.get().tape is None
    check(tape, program, [x])
    with pytest.raises(ShapeError), tape:
        apply(ops.TANH, x * x) + Tensor(np.ones(2))
    check(tape, program, [x])
    assert len(tape.nodes) == 3


def test_a_tape_is_used_by_one_pass_at_a_time() -> None:
    tape = Tape()
    with tape, pytest.raises(EngineError, match="in use"), tape:
        pass
    with tape:
        pass
    assert MODE.get().tape is None


def test_two_threads_with_a_tape_each() -> None:
    failures: list[BaseException] = []
    shared = Tensor(np.random.default_rng(9).standard_normal((6, 4)))
    start = threading.Barrier(2)

    def train(seed: int) -> None:
        try:
            w, b, s = parameter(4, 3, seed=seed), parameter(3, seed=seed + 1), parameter(seed=seed)
            tape = Tape()
            start.wait()
            program = lambda: apply(ops.MEAN, apply(ops.TANH, apply(ops.MATMUL, shared, w) + b)) * s  # noqa: E731
            for _ in range(60):
                check(tape, program, [w, b, s])
        except BaseException as error:  # noqa: BLE001 (handed to the test's own thread)
            failures.append(error)

    threads = [threading.Thread(target=train, args=(seed,)) for seed in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


# ---------------------------------------------------------------------------------------------------------- recording


def test_a_recording_holds_copies_of_every_value_and_grad() -> None:
    x, w, b, tape = Tensor(np.ones((2, 3))), parameter(4, 3), parameter(4, seed=1), Tape()
    recording: Recording | None = None
    values = []
    for number in range(3):
        x.data = np.full((2, 3), float(number + 1))
        w.grad = b.grad = None
        with tape:
            loss = apply(ops.SUM, apply(ops.TANH, apply(ops.MATMUL, x, w, transpose_b=True) + b))
            loss.backward()
        before = recording
        recording = tape.record(recording)
        assert before in (None, recording)
        assert {id(t) for t in recording.tensors} == {id(t) for t in (x, w, b, *tape.nodes)}
        for tensor in recording.tensors:
            np.testing.assert_array_equal(recording.value(tensor), tensor.value)
            if tensor.grad is None:
                assert recording.grad(tensor) is None
            else:
                np.testing.assert_array_equal(recording.grad(tensor), tensor.grad)
                assert not np.may_share_memory(recording.grad(tensor), tensor.grad)
        assert recording.value(loss) == loss.value
        values.append(recording.value(tape.nodes[0]))
    assert values[0] is values[1]  # the same arrays again
    assert recording is not None
    with tape:
        (x * 2.0).backward(np.ones((2, 3))) if x.requires_grad else apply(ops.SUM, w * 2.0).backward()
    assert tape.record(recording) is not recording


def test_a_recording_follows_the_constants() -> None:
    w, tape, recording = parameter(3), Tape(), None
    for number in range(3):
        x = Tensor(np.full(3, float(number)))
        with tape:
            apply(ops.SUM, w * x)
        recording = tape.record(recording)
        np.testing.assert_array_equal(recording.value(x), x.data)


def test_consecutive_grads_share_no_memory_with_their_neighbours_unless_they_are_one() -> None:
    """An upstream gradient handed on whole may be the same array; one that more is added to must not be."""
    x, w, tape = parameter(2, 3), parameter(2, 3, seed=1), Tape()

    def program() -> Tensor:
        a = apply(ops.TANH, x)
        return apply(ops.SUM, (a + w) + a)

    root = check(tape, program, [x, w])
    for node, following in pairwise(tape.nodes):
        if node is not root and node.op is ops.TANH:
            assert not np.may_share_memory(node.grad, following.grad)
