"""The lock of a world: who holds it, and what is done when it is let go."""

from __future__ import annotations

from threading import Event, Thread

import pytest

from imagebuilder_mock.domain.lock import Lock


@pytest.fixture
def lock():
    return Lock()


def test_a_task_is_done_when_the_outermost_holder_lets_go(lock):
    done = []

    with lock:
        with lock:
            lock.leave(lambda: done.append("task"))
        assert done == []

    assert done == ["task"]


def test_without_a_holder_a_task_is_done_at_once(lock):
    done = []

    lock.leave(lambda: done.append("task"))

    assert done == ["task"]


def test_tasks_are_done_in_their_order_those_of_tasks_after_them(lock):
    done = []

    def first():
        with lock:
            lock.leave(lambda: done.append("third"))
        done.append("first")

    with lock:
        lock.leave(first)
        lock.leave(lambda: done.append("second"))

    assert done == ["first", "second", "third"]


def test_a_task_finds_the_lock_free_for_other_threads(lock):
    entered = Event()

    def enter():
        with lock:
            entered.set()

    def task():
        thread = Thread(target=enter)
        thread.start()
        thread.join(5)

    with lock:
        lock.leave(task)

    assert entered.is_set()


def test_what_a_task_raises_comes_out_where_the_lock_was_let_go_and_ends_the_round(lock):
    done = []

    def fail():
        message = "no"
        raise LookupError(message)

    with pytest.raises(LookupError, match="no"), lock:
        lock.leave(fail)
        lock.leave(lambda: done.append("second"))
    lock.leave(lambda: done.append("third"))

    assert done == ["third"]


def test_an_error_of_the_holder_keeps_no_task_from_being_done(lock):
    done = []

    def work():
        with lock:
            lock.leave(lambda: done.append("task"))
            message = "no"
            raise LookupError(message)

    with pytest.raises(LookupError, match="no"):
        work()

    assert done == ["task"]


def test_a_pause_does_what_was_left(lock):
    done = []

    with lock:
        lock.leave(lambda: done.append("task"))
        lock.pause()
        assert done == ["task"]


def test_a_pause_of_an_inner_holder_is_none(lock):
    done = []

    with lock:
        lock.leave(lambda: done.append("task"))
        with lock:
            lock.pause()
        assert done == []

    assert done == ["task"]


def test_another_thread_waits_for_the_lock_as_long_as_it_will(lock):
    taken = []

    def attempt():
        taken.append(lock.acquire(timeout=0.01))

    with lock:
        thread = Thread(target=attempt)
        thread.start()
        thread.join()

    assert taken == [False]
    assert lock.acquire(timeout=0.01)
    lock.release()
