"""Threads share the mock; a forked child has a copy of its own."""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest

from imagebuilder_mock import current_mock, mock_imagebuilder
from tests.builders import a_build, an_infrastructure
from tests.threads import ends_in_a_thread


def test_threads_share_one_world():
    with mock_imagebuilder(quotas=False) as mock:
        client = mock.client(region="us-east-1")

        def work(number):
            for _ in range(20):
                an_infrastructure(client, name=f"thread-{number}-{threading.get_ident()}-{_}")
                client.list_infrastructure_configurations()

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(8)))

        assert len(mock.resources()) == 8 * 20
        assert mock.calls.count("CreateInfrastructureConfiguration") == 8 * 20


def test_builds_that_many_threads_look_at_end_once():
    with mock_imagebuilder(quotas=False) as mock:
        client = mock.client(region="us-east-1")
        arn = a_build(client)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: client.get_image(imageBuildVersionArn=arn), range(40)))

        image = client.get_image(imageBuildVersionArn=arn)["image"]
        assert image["state"] == {"status": "AVAILABLE"}
        assert len(image["outputResources"]["amis"]) == 1


def test_the_mock_is_on_until_the_last_thread_has_stopped_it():
    started, may_end = threading.Event(), threading.Event()

    def hold():
        with mock_imagebuilder():
            started.set()
            may_end.wait(60)

    thread = threading.Thread(target=hold)
    thread.start()
    started.wait(60)
    with mock_imagebuilder() as mock:
        an_infrastructure(mock.client(region="us-east-1"))
    assert (
        current_mock()
        .client(region="us-east-1")
        .list_infrastructure_configurations()["infrastructureConfigurationSummaryList"]
    )
    may_end.set()
    thread.join()

    with pytest.raises(RuntimeError, match="No mock is on"):
        current_mock()


def test_threads_can_take_the_long_path_of_one_client_for_the_first_time_together():
    client = boto3.client(
        "imagebuilder",
        region_name="us-east-1",
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="example",
    )
    client.meta.events.register("before-send", lambda **_: None)
    together = threading.Barrier(8)

    def work(number):
        together.wait(60)
        an_infrastructure(client, name=f"thread-{number}")

    with mock_imagebuilder() as mock:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(8)))

        # Two handlers on the client would have answered twice.
        assert mock.calls.count() == len(mock.resources()) == 8


def test_the_control_object_can_be_used_while_threads_change_the_world():
    with mock_imagebuilder(quotas=False) as mock:
        seen, has_looked = [], threading.Event()

        def work(number):
            client = mock.client(region="us-east-1")
            for turn in range(100):
                an_infrastructure(client, name=f"thread-{number}-{turn}")
                assert has_looked.wait(60)

        with ThreadPoolExecutor(2) as pool:
            working = [pool.submit(work, number) for number in range(2)]
            while not all(thread.done() for thread in working):
                seen.append(len(mock.resources()))
                mock.client()
                mock.clock.now()
                has_looked.set()
            for thread in working:
                thread.result()

        assert seen == sorted(seen)
        assert len(mock.resources()) == mock.calls.count() == 2 * 100


def test_threads_that_switch_on_and_off_share_what_is_on():
    def work(_):
        for _ in range(20):
            with mock_imagebuilder() as mock:
                an_infrastructure(mock.client(region="us-east-1"), name=str(threading.get_ident()))
                mock.client(region="us-east-1").delete_infrastructure_configuration(
                    infrastructureConfigurationArn=mock.resources(region="us-east-1")[0].arn
                )

    with mock_imagebuilder() as outer, ThreadPoolExecutor(1) as pool:
        list(pool.map(work, range(2)))

        assert outer.calls.count() == 80
    with pytest.raises(RuntimeError, match="No mock is on"):
        current_mock()


# Subscribers


class TestSubscribers:
    def test_one_can_wait_for_a_thread_of_its_own_that_builds(self):
        """What the thread brings about is told behind what the subscriber was told of."""
        with mock_imagebuilder(builds="instant") as mock:
            client = mock.client(region="us-east-1")
            told, ended = [], []

            def build_another(event):
                told.append(event)
                if len(told) == 1:
                    ended.append(ends_in_a_thread(lambda: a_build(client)))

            mock.events.subscribe(build_another)
            a_build(client)

            assert ended == [True]
            assert told == list(mock.events)

    def test_no_thread_waits_for_what_another_one_tells(self):
        with mock_imagebuilder(builds="instant") as mock:
            client = mock.client(region="us-east-1")
            told = []
            begun, may_end = threading.Event(), threading.Event()

            def listen(event):
                told.append(event)
                if len(told) == 1:
                    begun.set()
                    may_end.wait(30)

            mock.events.subscribe(listen)
            with ThreadPoolExecutor(1) as pool:
                first = pool.submit(a_build, client)
                try:
                    assert begun.wait(60)
                    assert ends_in_a_thread(lambda: a_build(client))
                    assert len(told) == 1
                finally:
                    may_end.set()
                first.result(60)

            assert told == list(mock.events)

    def test_events_of_many_threads_are_told_in_order_one_at_a_time(self):
        with mock_imagebuilder(builds="instant", quotas=False) as mock:
            client = mock.client(region="us-east-1")
            told = []
            telling = threading.Lock()

            def listen(event):
                assert telling.acquire(blocking=False)
                told.append(event)
                telling.release()

            mock.events.subscribe(listen)
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(lambda _: a_build(client), range(8)))

            assert told == list(mock.events)


# Forks

forking = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system"),
    # Python 3.12 and later warn of what is tested here.
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]


def in_a_child(work, patience=30):
    """Whether ``work()`` is true in a forked child, which ends with pytest at the latest."""
    watched, kept_open = os.pipe()
    child = os.fork()
    if child == 0:
        # Whatever happens here must not go on with pytest's own run.
        try:
            os.close(kept_open)
            threading.Thread(target=_end_with_the_parent, args=(watched,), daemon=True).start()
            os._exit(0 if work() else 1)
        finally:
            os._exit(2)
    os.close(watched)
    deadline = time.monotonic() + patience
    ended = 0
    try:
        while not ended:
            ended, status = os.waitpid(child, os.WNOHANG)
            if time.monotonic() > deadline:
                pytest.fail(f"the child was still at work after {patience} seconds")
            time.sleep(0.002)
    finally:
        os.close(kept_open)
        if not ended:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def _end_with_the_parent(watched):
    """Wait for the end of a pipe that only the parent keeps open."""
    os.read(watched, 1)
    os._exit(3)


class TestForks:
    pytestmark = forking

    def test_a_child_has_its_own_copy(self):
        with mock_imagebuilder() as mock:
            client = mock.client(region="us-east-1")
            an_infrastructure(client)

            def work():
                an_infrastructure(client)
                return len(mock.resources()) == 2

            assert in_a_child(work)
            assert len(mock.resources()) == 1
            assert mock.calls.count() == 1

    def test_a_child_can_switch_off_and_on_by_itself(self):
        with mock_imagebuilder() as mock:

            def work():
                mock.stop()
                with mock_imagebuilder(builds="held") as other:
                    an_infrastructure(other.client())
                    return current_mock() is other and len(other.resources()) == 1

            assert in_a_child(work)
            assert current_mock() is mock

    def test_a_child_of_a_process_without_a_mock_can_switch_on(self):
        def work():
            with mock_imagebuilder() as mock:
                return mock.client().list_images()["imageVersionList"] == []

        assert in_a_child(work)

    def test_a_fork_waits_for_a_thread_that_is_in_the_middle_of_a_change(self, monkeypatch):
        monkeypatch.setattr("imagebuilder_mock.switch._FORK_PATIENCE", 60)
        with mock_imagebuilder() as mock:
            begun = threading.Event()
            changes = []

            def change():
                with mock._active_world("test").lock:
                    changes.append("begun")
                    begun.set()
                    time.sleep(0.05)
                    changes.append("ended")

            thread = threading.Thread(target=change)
            thread.start()
            begun.wait(60)

            assert in_a_child(lambda: changes == ["begun", "ended"])
            thread.join()

    def test_a_child_is_not_held_up_by_a_lock_that_a_thread_held(self, monkeypatch):
        monkeypatch.setattr("imagebuilder_mock.switch._FORK_PATIENCE", 0.05)
        with mock_imagebuilder() as mock:
            client = mock.client(region="us-east-1")
            held, release = threading.Event(), threading.Event()

            def hold_the_lock():
                with mock._active_world("test").lock:
                    held.set()
                    release.wait(60)

            thread = threading.Thread(target=hold_the_lock)
            thread.start()
            held.wait(60)
            try:
                assert in_a_child(lambda: an_infrastructure(client))
            finally:
                release.set()
                thread.join()

            assert mock.resources() == []

    def test_a_child_is_not_held_up_by_what_the_parent_tells(self):
        with mock_imagebuilder(builds="instant") as mock:
            client = mock.client(region="us-east-1")
            told: list[object] = []
            children = []

            def build_in_a_child():
                before = len(told)
                a_build(client)
                return len(told) > before

            def listen(event):
                told.append(event)
                if len(told) == 1:
                    children.append(in_a_child(build_in_a_child))

            mock.events.subscribe(listen)
            a_build(client)

            assert children == [True]

    def test_a_child_that_hangs_is_ended_and_fails_the_test(self):
        with pytest.raises(pytest.fail.Exception, match=r"still at work after 0\.1 seconds"):
            in_a_child(threading.Event().wait, patience=0.1)

    def test_a_child_ends_with_its_parent(self):
        alive, kept_open = os.pipe()

        def hang():
            os.write(kept_open, b"begun")
            threading.Event().wait()

        parent = os.fork()
        if parent == 0:
            try:
                in_a_child(hang)
            finally:
                os._exit(2)
        os.close(kept_open)
        with os.fdopen(alive, "rb", buffering=0) as end:
            assert end.read(5) == b"begun"
            os.kill(parent, signal.SIGKILL)
            os.waitpid(parent, 0)

            # The pipe ends when nobody keeps it open.
            assert select.select([end], [], [], 10)[0] == [end]
            assert end.read() == b""

    def test_the_parent_goes_on_after_a_fork(self):
        with mock_imagebuilder() as mock:
            in_a_child(bool)

            with ThreadPoolExecutor(1) as pool:
                arn = pool.submit(an_infrastructure, mock.client()).result(60)
            assert [resource.arn for resource in mock.resources()] == [arn]
