"""The server beside moto's: calls in a second, by eight clients, on comparable operations."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from moto.server import ThreadedMotoServer

from imagebuilder_mock import current_mock, imagebuilder_server
from tests.builders import an_infrastructure

from .timing import Table, at_least

if TYPE_CHECKING:
    from collections.abc import Callable

CLIENTS, CALLS, ROUNDS = 8, 50, 5
LISTED = 25
TIMES = 3.0
"""As many calls a second as moto's server, at least."""

_SIGNED = (
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/{service}/aws4_request, "
    "SignedHeaders=host, Signature=0a"
)


class _Caller:
    """Calls an operation, on a new connection each time or on one that is kept by each client."""

    def __init__(
        self, port: int, path: str, service: str, *, is_kept: bool, target: str = ""
    ) -> None:
        self._port = port
        self._path = path
        self._headers = {"Authorization": _SIGNED.format(service=service), "X-Amz-Target": target}
        self._is_kept = is_kept
        self._own = threading.local()

    def __call__(self, body: bytes) -> None:
        connection: HTTPConnection = getattr(self._own, "connection", None) or HTTPConnection(
            "127.0.0.1", self._port
        )
        connection.request("POST", self._path, body, self._headers)
        answer = connection.getresponse()
        answer.read()
        if self._is_kept:
            self._own.connection = connection
        else:
            connection.close()
        if answer.status != 200:  # noqa: PLR2004 - what OK is in HTTP
            msg = f"{self._path} answered {answer.status}"
            raise RuntimeError(msg)


def _calls_in_a_second(pool: ThreadPoolExecutor, call: Callable[[bytes], None]) -> float:
    started = perf_counter()
    list(pool.map(call, [b"{}"] * CLIENTS * CALLS))
    return CLIENTS * CALLS / (perf_counter() - started)


def run() -> None:
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    motos = ThreadedMotoServer(port=0, verbose=False)
    motos.start()
    try:
        with imagebuilder_server(quotas=False) as url, ThreadPoolExecutor(CLIENTS) as pool:
            ours, theirs = int(url.rpartition(":")[2]), motos.get_host_and_port()[1]
            put = _Caller(theirs, "/", "ssm", is_kept=False, target="AmazonSSM.PutParameter")
            for number in range(LISTED):
                an_infrastructure(current_mock().client(region="us-east-1"))
                put(b'{"Name": "p%d", "Value": "v", "Type": "String"}' % number)
            calls: dict[str, Callable[[bytes], None]] = {}
            for is_kept, how in ((True, "kept connections"), (False, "a connection a call")):
                calls[f"imagebuilder, {how}"] = _Caller(
                    ours, "/ListInfrastructureConfigurations", "imagebuilder", is_kept=is_kept
                )
                calls[f"moto ssm, {how}"] = _Caller(
                    theirs, "/", "ssm", is_kept=is_kept, target="AmazonSSM.DescribeParameters"
                )
            rates: dict[str, list[float]] = {name: [] for name in calls}
            for _ in range(ROUNDS):
                for name, call in calls.items():
                    rates[name].append(_calls_in_a_second(pool, call))
    finally:
        motos.stop()
    medians = [median(samples) for samples in rates.values()]
    table = Table(
        f"Servers, {CLIENTS} clients at once, lists of {LISTED}", "call", "calls a second", "times"
    )
    for position, (name, rate) in enumerate(zip(rates, medians, strict=True)):
        times = rate / medians[position + 1] if position % 2 == 0 else 0.0
        table.row(name, f"{rate:,.0f}", at_least(times, TIMES) if times else "")
    table.show()
