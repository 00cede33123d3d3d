"""The worker pool: what kills a worker costs one task, nothing else."""

import os
import signal
import time

import pytest

from monitor.errors import PageRefused, WorkerLost
from monitor.workers import Workers


@pytest.fixture(scope="module")
def workers():
    pool = Workers(2)
    yield pool
    pool.stop()


def double(number):
    return number * 2


def hang():
    while True:
        time.sleep(0.05)


def eat():
    return len([bytearray(1 << 20) for _ in range(2000)])


def crash():
    os.kill(os.getpid(), signal.SIGSEGV)


def refuse():
    raise PageRefused("no article", "an empty page")


def crash_on_seven(number):
    if number == 7:
        crash()
    if number == 8:
        raise ValueError("eight")
    return number


async def test_a_task_gives_its_result(workers):
    assert await workers.run(double, 21) == 42


async def test_an_error_of_the_function_arrives_as_itself(workers):
    with pytest.raises(PageRefused) as caught:
        await workers.run(refuse)
    assert (caught.value.reason, caught.value.detail) == ("no article", "an empty page")


async def test_a_hang_is_killed_and_the_next_task_runs(workers):
    with pytest.raises(WorkerLost, match="longer than"):
        await workers.run(hang, seconds=0.3)
    assert await workers.run(double, 1) == 2


async def test_a_task_over_its_memory_fails_alone(workers):
    with pytest.raises(WorkerLost):
        await workers.run(eat, seconds=10)
    assert await workers.run(double, 2) == 4


async def test_a_crash_fails_alone(workers):
    with pytest.raises(WorkerLost):
        await workers.run(crash)
    assert await workers.run(double, 3) == 6


def test_many_items_come_back_in_order_and_a_killer_fails_alone(workers):
    results = list(workers.map_ordered(crash_on_seven, range(40), chunk=5))
    assert isinstance(results[7], WorkerLost)
    assert isinstance(results[8], ValueError)
    assert [r for r in results if isinstance(r, int)] == [n for n in range(40) if n not in (7, 8)]
