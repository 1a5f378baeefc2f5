"""What a server that is left running takes: memory, connections, time of slow clients.

The large numbers are those of ``make test-full``.
"""

from __future__ import annotations

import gc
import json
import socket
import sys
import tracemalloc
from collections import Counter
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from imagebuilder_mock import imagebuilder_server
from tests.servers import FULL, SIGNED, a_client, served

pytestmark = pytest.mark.needs("werkzeug")

# Connections are files, and a process may have few of them by default.
_MANY_FILES = """
import resource
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
"""


# However slow the machine is, the slow senders are not too slow.
_PATIENT = """
import inspect
from imagebuilder_mock.transports.http.serving import serving
inspect.unwrap(serving).__kwdefaults__["patience"] = 600.0
"""


def mixed_calls(connection, number):
    """Four calls that are accepted and leave nothing, and one that is refused."""

    def call(method, operation, expected, **body):
        connection.request(
            method, f"/{operation}", json.dumps(body).encode(), {"Authorization": SIGNED}
        )
        answer = connection.getresponse()
        said = answer.read()
        assert answer.status == expected, said
        return json.loads(said)

    name = f"web-{number % 7}"
    made = call(
        "PUT",
        "CreateInfrastructureConfiguration",
        200,
        name=name,
        instanceProfileName="builder",
        clientToken=f"token-{number}",
    )
    arn = made["infrastructureConfigurationArn"]
    call("POST", "ListInfrastructureConfigurations", 200)
    query = f"?infrastructureConfigurationArn={arn}"
    call("GET", f"GetInfrastructureConfiguration{query}", 200)
    call("DELETE", f"DeleteInfrastructureConfiguration{query}", 200)
    call("GET", f"GetInfrastructureConfiguration{query}", 404)


def connected(url):
    parts = urlsplit(url)
    return closing(HTTPConnection(parts.hostname, parts.port, timeout=30))


def our_memory():
    """The bytes that each file of the package has taken and not given back."""
    gc.collect()
    ours = tracemalloc.Filter(inclusive=True, filename_pattern="*/imagebuilder_mock/*")
    traces = tracemalloc.take_snapshot().filter_traces([ours]).statistics("filename")
    return Counter({trace.traceback[0].filename: trace.size for trace in traces})


def test_calls_leave_no_memory_behind():
    """The record of calls is full after the first hundreds, and the tokens are few.

    The calls are made in three rounds, and the smallest growth counts: what is left behind
    grows in each of them, what is made once or belongs to another test's server in only one.
    """
    growths = []
    with imagebuilder_server(calls_kept_bytes=20_000) as url, connected(url) as connection:
        for number in range(40):
            mixed_calls(connection, number)
        tracemalloc.start()
        try:
            for number in range(40, 50):
                mixed_calls(connection, number)
            before = our_memory()
            for first in (50, 80, 110):
                for number in range(first, first + 30):
                    mixed_calls(connection, number)
                after = our_memory()
                growths.append(after - before)
                before = after
        finally:
            tracemalloc.stop()

    smallest = min(growths, key=Counter.total)
    # A client token is remembered with what it made; of these are 10,000 kept at most.
    assert smallest.total() < 30 * 2_500, smallest.most_common(5)


@pytest.mark.skipif(not FULL, reason="takes minutes")
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read where Linux has it")
def test_fifty_thousand_calls_leave_memory_flat():
    """50,000 accepted and 12,500 refused calls, after as many tokens and calls as are kept."""

    def resident(process):
        [pages] = [
            line.split()[1]
            for line in Path(f"/proc/{process.pid}/status").read_text("ascii").splitlines()
            if line.startswith("VmRSS:")
        ]
        return int(pages)

    with (
        served("--calls-kept-bytes", str(2**20), patience=900) as (process, url),
        connected(url) as connection,
    ):
        for number in range(11_000):
            mixed_calls(connection, number)
        before = resident(process)
        for number in range(11_000, 23_500):
            mixed_calls(connection, number)
        after = resident(process)

    assert after < 1.1 * before


@pytest.mark.skipif(sys.platform == "win32", reason="the limit is raised as POSIX has it")
def test_idle_connections_and_slow_senders_hold_nobody_up():
    idle, slow = (1000, 100) if FULL else (60, 20)
    with (
        served(before=_MANY_FILES + _PATIENT, patience=120) as (process, url),
        ExitStack() as connections,
    ):
        address = urlsplit(url).hostname, urlsplit(url).port

        def a_connection():
            return connections.enter_context(closing(socket.create_connection(address, timeout=30)))

        for _ in range(idle):
            a_connection()
        senders = [a_connection() for _ in range(slow)]
        for piece in (
            b"PUT /CreateComponent HTTP/1.1\r\nHost: localhost\r\n",
            b"Content-Length: 9",
        ):
            for sender in senders:
                sender.sendall(piece)
            assert a_client(url).list_images()["imageVersionList"] == []
        for sender in senders:
            sender.sendall(b"\r\n\r\n{}       ")
        answers = {sender.recv(12) for sender in senders}
        assert process.poll() is None

    assert answers == {b"HTTP/1.1 403"}  # nobody has signed
