"""The outbox: in order, when the lock is free, and no refusal or thread holds up a message."""

from __future__ import annotations

from functools import partial
from threading import Event, Thread

import pytest

from imagebuilder_mock.world.outbox import Message, Outbox, TellingLock
from tests.threads import ends_in_a_thread


@pytest.fixture
def outbox():
    return Outbox()


@pytest.fixture
def lock(outbox):
    return TellingLock(outbox)


def refuse(message="the topic is gone"):
    raise RuntimeError(message)


def loud(message):
    """A subscriber that fails."""
    return Message("a subscriber", partial(refuse, message), is_loud=True)


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


def test_a_pause_tells_what_has_come_up_unless_an_outer_hold_goes_on(outbox, lock):
    told: list[str] = []
    with lock:
        with lock:
            outbox.put(Message("", lambda: told.append("inner")))
            lock.pause()
            assert told == []
        lock.pause()
        assert told == ["inner"]


def test_they_are_delivered_after_an_error_too(outbox, lock):
    told = []
    with pytest.raises(KeyError), lock:
        outbox.put(Message("", lambda: told.append(1)))
        raise KeyError

    assert told == [1]


def test_others_can_take_the_lock_while_a_message_is_delivered(outbox, lock):
    def take():
        with lock:
            pass

    done = []
    with lock:
        outbox.put(Message("", lambda: done.append(ends_in_a_thread(take))))

    assert done == [True]


def test_a_refusal_is_logged_and_the_others_are_told(outbox, lock, caplog):
    told = []
    with lock:
        outbox.put(Message("SNS: publish", refuse))
        outbox.put(Message("SSM: put", lambda: told.append("put")))

    assert told == ["put"]
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


def test_an_emptied_outbox_tells_nothing(outbox, lock, caplog):
    outbox.put(Message("", refuse))
    outbox.forget()

    with lock:
        pass

    assert not caplog.messages


def test_a_message_can_empty_it_of_those_behind_it(outbox, lock, caplog):
    with lock:
        outbox.put(Message("", outbox.forget))
        outbox.put(Message("", refuse))

    assert not caplog.messages


def test_to_hold_the_lock_by_hand_tells_nothing(outbox, lock, caplog):
    outbox.put(Message("SNS: publish", refuse))
    assert lock.acquire(timeout=1)
    lock.release()

    assert not caplog.messages


def test_what_another_thread_brings_about_is_left_to_the_one_that_tells(outbox, lock):
    told = []

    def elsewhere():
        with lock:
            outbox.put(Message("", lambda: told.append("elsewhere")))
        told.append("went on")

    def first():
        assert ends_in_a_thread(elsewhere)
        told.append("first")

    with lock:
        outbox.put(Message("", first))
        outbox.put(Message("", lambda: told.append("second")))

    assert told == ["went on", "first", "second", "elsewhere"]


def test_what_a_change_brings_about_is_not_told_before_it_is_over(outbox, lock):
    told: list[str] = []
    begun, may_end = Event(), Event()

    def change():
        with lock:
            outbox.put(Message("", lambda: told.append("theirs")))
            begun.set()
            may_end.wait(10)

    thread = Thread(target=change)

    def first():
        thread.start()
        assert begun.wait(10)

    with lock:
        outbox.put(Message("", first, is_loud=True))
    assert told == []
    may_end.set()
    thread.join()

    assert told == ["theirs"]


def test_what_is_left_as_the_last_message_ends_is_told_too(outbox, lock, monkeypatch):
    """Another thread may come just then: it finds that somebody still tells, and goes on."""
    told: list[str] = []
    next_message = outbox._next

    def come_late():
        message = next_message()
        if message is None and told == ["first"]:
            with lock:
                outbox.put(Message("", lambda: told.append("left")))
        return message

    monkeypatch.setattr(outbox, "_next", come_late)
    with lock:
        outbox.put(Message("", lambda: told.append("first")))

    assert told == ["first", "left"]


def test_of_two_errors_the_first_comes_out_and_the_other_is_logged(outbox, lock, caplog):
    with pytest.raises(RuntimeError, match="one"), lock:
        outbox.put(loud("one"))
        outbox.put(loud("two"))

    assert caplog.messages == ["a subscriber: RuntimeError: two"]


@pytest.mark.parametrize(
    ("is_own_too", "raised"), [(True, "own"), (False, "theirs")], ids=["both", "theirs"]
)
def test_an_error_comes_out_of_the_thread_that_brought_it_about_if_it_can(
    outbox, lock, is_own_too, raised
):
    """The other thread is past its call; rather than lost, its first error comes out here."""

    def leave(*messages):
        with lock:
            for message in messages:
                outbox.put(loud(message))

    def first():
        assert ends_in_a_thread(lambda: leave("theirs", "their second"))
        if is_own_too:
            leave("own")

    with pytest.raises(RuntimeError, match=f"^{raised}$"), lock:
        outbox.put(Message("", first, is_loud=True))


def test_what_a_change_gathers_is_told_together(outbox, lock):
    told: list[list[str]] = []

    def write(lines):
        told.append(lines)
        if len(told) == 1:
            with lock:
                outbox.gather("stream", "third", "", write)

    with lock:
        outbox.gather("stream", "first", "", write)
        outbox.gather("stream", "second", "", write)

    assert told == [["first", "second"], ["third"]]


class TestErrands:
    def test_they_are_done_before_the_lock_is_free_and_anything_is_told(self, outbox, lock):
        done = []

        def try_it():
            if lock.acquire(timeout=0):
                done.append("the lock is free")
                lock.release()

        def note(what):
            done.append(what)
            ends_in_a_thread(try_it)

        with lock:
            outbox.put(Message("", lambda: note("message")))
            outbox.entrust(Message("", lambda: note("errand")))
            assert done == []

        assert done == ["errand", "message", "the lock is free"]

    def test_in_the_middle_of_a_change_they_are_done_without_telling(self, outbox, lock):
        done = []
        with lock:
            outbox.put(Message("", lambda: done.append("message")))
            outbox.entrust(Message("", lambda: done.append("errand")))
            outbox.do_errands()
            assert done == ["errand"]

        assert done == ["errand", "message"]

    def test_a_refusal_is_logged_and_the_others_are_done(self, outbox, lock, caplog):
        done = []
        with lock:
            outbox.entrust(Message("EC2: register", refuse))
            outbox.entrust(Message("", lambda: done.append("put")))

        assert done == ["put"]
        assert caplog.messages == ["EC2: register: RuntimeError: the topic is gone"]

    def test_an_emptied_outbox_does_none(self, outbox, lock, caplog):
        with lock:
            outbox.entrust(Message("", refuse))
            outbox.forget()

        assert not caplog.messages
