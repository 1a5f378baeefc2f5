"""Threads share the mock; a forked child has a copy of its own."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from imagebuilder_mock import current_mock, mock_imagebuilder
from tests.builders import a_build, an_infrastructure


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
            may_end.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    started.wait(10)
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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_has_its_own_copy_though_another_thread_held_the_lock():
    with mock_imagebuilder() as mock:
        client = mock.client(region="us-east-1")
        an_infrastructure(client)
        held, release = threading.Event(), threading.Event()

        def hold_the_lock():
            with mock._active_world("test").lock:
                held.set()
                release.wait(10)

        thread = threading.Thread(target=hold_the_lock)
        thread.start()
        held.wait(10)
        child = os.fork()
        if child == 0:
            # Whatever happens here must not go on with pytest's own run.
            try:
                an_infrastructure(client)
                os._exit(0 if len(mock.resources()) == 2 else 1)
            finally:
                os._exit(2)
        release.set()
        thread.join()
        _, status = os.waitpid(child, 0)

        assert os.waitstatus_to_exitcode(status) == 0
        assert len(mock.resources()) == 1
