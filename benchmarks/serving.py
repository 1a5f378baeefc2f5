"""The server beside moto's: calls in a second, by eight clients, on comparable operations."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from moto.server import ThreadedMotoServer

from benchmarks.timing import Table
from imagebuilder_mock import current_mock, imagebuilder_server
from tests.builders import an_infrastructure

if TYPE_CHECKING:
    from collections.abc import Callable

CLIENTS, CALLS, ROUNDS = 8, 50, 5
LISTED = 25

_SIGNED = (
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/{service}/aws4_request, "
    "SignedHeaders=host, Signature=0a"
)


def _caller(port: int, path: str, service: str, **headers: str) -> Callable[[object], None]:
    def call(body: object) -> None:
        connection = HTTPConnection("127.0.0.1", port)
        connection.request(
            "POST",
            path,
            body,
            {"Authorization": _SIGNED.format(service=service), **headers},
        )
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status != 200:  # noqa: PLR2004 - what OK is in HTTP
            msg = f"{service} answered {answer.status}"
            raise RuntimeError(msg)

    return call


def _calls_in_a_second(pool: ThreadPoolExecutor, call: Callable[[object], None]) -> float:
    started = perf_counter()
    list(pool.map(call, [b"{}"] * CLIENTS * CALLS))
    return CLIENTS * CALLS / (perf_counter() - started)


def run() -> None:
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    motos = ThreadedMotoServer(port=0, verbose=False)
    motos.start()
    try:
        with imagebuilder_server(quotas=False) as url, ThreadPoolExecutor(CLIENTS) as pool:
            target = "AmazonSSM.{}"
            motos_port = motos.get_host_and_port()[1]
            put = _caller(motos_port, "/", "ssm", **{"X-Amz-Target": target.format("PutParameter")})
            for number in range(LISTED):
                an_infrastructure(current_mock().client(region="us-east-1"))
                put(b'{"Name": "p%d", "Value": "v", "Type": "String"}' % number)
            calls = {
                f"imagebuilder: ListInfrastructureConfigurations ({LISTED})": _caller(
                    int(url.rpartition(":")[2]), "/ListInfrastructureConfigurations", "imagebuilder"
                ),
                f"moto ssm: DescribeParameters ({LISTED})": _caller(
                    motos_port,
                    "/",
                    "ssm",
                    **{"X-Amz-Target": target.format("DescribeParameters")},
                ),
            }
            rates: dict[str, list[float]] = {name: [] for name in calls}
            for _ in range(ROUNDS):
                for name, call in calls.items():
                    rates[name].append(_calls_in_a_second(pool, call))
    finally:
        motos.stop()
    table = Table(f"Servers, {CLIENTS} clients at once", "call", "calls a second")
    for name, samples in rates.items():
        table.row(name, f"{median(samples):,.0f}")
    table.show()
