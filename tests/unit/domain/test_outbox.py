"""The outbox: in order, when the lock is free, and nobody's refusal costs another's message."""

from __future__ import annotations

from functools import partial
from threading import Event, Thread

import pytest

from imagebuilder_mock.domain.outbox import Message, Outbox, TellingLock


@pytest.fixture
def outbox():
    return Outbox()


@pytest.fixture
def lock(outbox):
    return TellingLock(outbox)


def refuse():
    message = "the topic is gone"
    raise RuntimeError(message)


def test_messages_are_delivered_in_order_when_the_lock_is_free(outbox, lock):
    told: list[int] = []
    with lock:
        for number in range(3):
            outbox.put(Message(f"message {number}", partial(told.append, number)))
        assert told == []

    assert told == [0, 1, 2]


def test_an_inner_hold_delivers_nothing(outbox, lock):
    told = []
    with lock:
        with lock:
            outbox.put(Message("", lambda: told.append(1)))
        assert told == []

    assert told == [1]


def test_they_are_delivered_after_an_error_too(outbox, lock):
    told = []
    with pytest.raises(KeyError), lock:
        outbox.put(Message("", lambda: told.append(1)))
        raise KeyError

    assert told == [1]


def test_others_can_take_the_lock_while_a_message_is_delivered(outbox, lock):
    def from_another_thread():
        with lock:
            taken.set()

    taken = Event()

    def deliver():
        thread = Thread(target=from_another_thread)
        thread.start()
        assert taken.wait(timeout=10)
        thread.join()

    with lock:
        outbox.put(Message("", deliver))

    assert taken.is_set()
    assert not outbox.undelivered


def test_a_refusal_is_kept_and_the_others_are_told(outbox, lock, caplog):
    told = []
    with lock:
        outbox.put(Message("SNS: publish", refuse))
        outbox.put(Message("SSM: put", lambda: told.append("put")))

    assert told == ["put"]
    [kept] = outbox.undelivered
    assert (kept.subject, str(kept.error)) == ("SNS: publish", "the topic is gone")
    assert caplog.messages == ["SNS: publish: RuntimeError: the topic is gone"]


def test_what_a_message_brings_about_is_told_behind_it(outbox, lock):
    told = []

    def first():
        with lock:
            outbox.put(Message("", lambda: told.append("follows")))
        told.append("first")

    with lock:
        outbox.put(Message("", first))
        outbox.put(Message("", lambda: told.append("second")))

    assert told == ["first", "second", "follows"]


def test_an_emptied_outbox_tells_nothing(outbox, lock):
    outbox.put(Message("", refuse))
    outbox.forget()

    with lock:
        pass

    assert not outbox.undelivered


def test_to_hold_the_lock_by_hand_tells_nothing(outbox, lock):
    outbox.put(Message("SNS: publish", refuse))
    assert lock.acquire(timeout=1)
    lock.release()

    assert not outbox.undelivered
