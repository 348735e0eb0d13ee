"""Turns: off the event loop, bounded, in order, and dropped where nobody waits."""

from __future__ import annotations

import threading

import anyio
import anyio.lowlevel
import pytest
from anyio import Event

from app.problems import Problem
from app.turns import Turns


class Gate:
    """Work that begins, tells so, and waits on its thread until it is let go."""

    def __init__(self) -> None:
        self.begun = Event()
        self.go = threading.Event()
        self.thread = 0

    def __call__(self) -> str:
        self.thread = threading.get_ident()
        anyio.from_thread.run_sync(self.begun.set)
        assert self.go.wait(30)
        return "done"


def test_work_runs_off_the_event_loop_and_its_result_and_errors_come_back() -> None:
    async def main() -> None:
        turns = Turns(threads=1, waiting=0)
        assert await turns.run(threading.get_ident) != threading.get_ident()
        with pytest.raises(ZeroDivisionError):
            await turns.run(lambda: 1 / 0)
        assert await turns.run(lambda: 7) == 7  # a failure gave its turn back

    anyio.run(main)


def test_no_more_run_than_there_are_threads_and_the_rest_come_in_order() -> None:
    order: list[int] = []
    running = 0
    most = 0
    lock = threading.Lock()

    def work(number: int) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        order.append(number)
        with lock:
            running -= 1

    async def main() -> None:
        turns, gate = Turns(threads=1, waiting=50), Gate()
        async with anyio.create_task_group() as group:
            group.start_soon(turns.run, gate)
            await gate.begun.wait()
            for number in range(50):
                group.start_soon(turns.run, lambda number=number: work(number))
                await anyio.lowlevel.checkpoint()
            gate.go.set()

    anyio.run(main)
    assert order == list(range(50))
    assert most == 1


def test_as_many_run_as_there_are_threads() -> None:
    async def main() -> None:
        turns, gates = Turns(threads=2, waiting=0), [Gate(), Gate()]
        async with anyio.create_task_group() as group:
            for gate in gates:
                group.start_soon(turns.run, gate)
            for gate in gates:
                await gate.begun.wait()
            for gate in gates:
                gate.go.set()

    anyio.run(main)


def test_too_many_are_refused_in_words_and_those_admitted_are_served() -> None:
    async def main() -> None:
        turns, gate = Turns(threads=1, waiting=2), Gate()
        served: list[int] = []
        async with anyio.create_task_group() as group:
            group.start_soon(turns.run, gate)
            await gate.begun.wait()
            for number in range(2):
                group.start_soon(turns.run, lambda number=number: served.append(number))
                await anyio.lowlevel.checkpoint()
            with pytest.raises(Problem) as refusal:
                await turns.run(lambda: None)
            assert refusal.value.status == 503
            assert refusal.value.words.code == "busy"
            assert int((refusal.value.headers or {})["Retry-After"]) > 0
            gate.go.set()
        assert served == [0, 1]
        assert await turns.run(lambda: "room again") == "room again"

    anyio.run(main)


def test_work_of_a_client_that_has_gone_is_never_begun() -> None:
    async def main() -> None:
        turns, begun = Turns(threads=1, waiting=1), []

        async def gone() -> bool:
            return True

        with pytest.raises(Problem) as dropped:
            await turns.run(lambda: begun.append(1), gone)
        assert dropped.value.status == 499
        assert not begun

    anyio.run(main)


def test_work_cancelled_while_it_waits_is_never_begun_and_leaves_its_place() -> None:
    async def main() -> None:
        turns, gate, begun = Turns(threads=1, waiting=1), Gate(), []
        async with anyio.create_task_group() as group:
            group.start_soon(turns.run, gate)
            await gate.begun.wait()
            async with anyio.create_task_group() as impatient:
                impatient.start_soon(turns.run, lambda: begun.append("cancelled"))
                await anyio.lowlevel.checkpoint()
                impatient.cancel_scope.cancel()
            group.start_soon(turns.run, lambda: begun.append("next"))
            await anyio.lowlevel.checkpoint()
            gate.go.set()
        assert begun == ["next"]

    anyio.run(main)
