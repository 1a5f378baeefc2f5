"""Cost as the store grows: the same calls at 100 and at 100,000 resources, and the memory."""

from __future__ import annotations

import gc
import os
import tracemalloc
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.domain.resources.configurations import InfrastructureConfiguration
from tests.builders import an_infrastructure

from .timing import Table, interleaved, microseconds, within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_imagebuilder import ImagebuilderClient

SMALL, LARGE = 100, int(os.environ.get("IMAGEBUILDER_BENCH_RESOURCES", "100000"))
GROWTH_LIMIT = 1.2
MEMORY_LIMIT_MB = 300
FLAT_LIMIT_MB = 0.5
CALLS = 100_000
REPEAT = 200


@contextmanager
def _filled(count: int) -> Iterator[ImagebuilderClient]:
    with mock_imagebuilder(quotas=False) as mock:
        client = mock.client(region="us-east-1")
        for _ in range(count):
            an_infrastructure(client)
        yield client


def _calls(client: ImagebuilderClient) -> dict[str, Callable[[], Any]]:
    pages: list[str] = [""]
    for _ in range(9):
        at: dict[str, Any] = {"nextToken": pages[-1]} if pages[-1] else {}
        page = client.list_infrastructure_configurations(maxResults=5, **at)
        pages.append(page["nextToken"])
    arn = an_infrastructure(client)
    return {
        "get": lambda: client.get_infrastructure_configuration(infrastructureConfigurationArn=arn),
        "create": lambda: an_infrastructure(client),
        "first page of 5": lambda: client.list_infrastructure_configurations(maxResults=5),
        "tenth page of 5": lambda: client.list_infrastructure_configurations(
            maxResults=5, nextToken=pages[-1]
        ),
    }


def run() -> None:
    times = {}
    for count in (SMALL, LARGE):
        with _filled(count) as client:
            times[count] = interleaved(_calls(client), repeat=REPEAT)
    table = Table(
        "A growing store",
        "call",
        f"at {SMALL:,}",
        f"at {LARGE:,}",
        f"growth (limit {GROWTH_LIMIT})",
    )
    for name, small in times[SMALL].items():
        large = times[LARGE][name]
        growth = within(large / small, GROWTH_LIMIT)
        table.row(name, microseconds(small), microseconds(large), growth)
    table.show()
    _memory()


def _memory() -> None:
    tracemalloc.start()
    with _filled(LARGE) as _:
        used, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    table = Table("Memory", "what", "MB")
    kind = InfrastructureConfiguration.kind.replace("-", " ")
    table.row(f"{LARGE:,} {kind}s", within(used / 1e6, MEMORY_LIMIT_MB * LARGE / 100_000))
    leaves = f"what the last {CALLS // 2:,} of {CALLS:,} calls leave behind"
    table.row(leaves, within(_left_behind() / 1e6, FLAT_LIMIT_MB))
    table.show()


def _left_behind() -> int:
    """Bytes that calls hold on to, once the records that are bounded have filled up."""
    with mock_imagebuilder() as mock:
        client = mock.client(region="us-east-1")
        kept = an_infrastructure(client)

        def call(times: int) -> int:
            for number in range(times // 4):
                client.update_infrastructure_configuration(  # type: ignore[call-arg] # botocore fills in the token
                    infrastructureConfigurationArn=kept, instanceProfileName=f"builder-{number}"
                )
                client.list_infrastructure_configurations()
                brief = an_infrastructure(client)
                client.delete_infrastructure_configuration(infrastructureConfigurationArn=brief)
            gc.collect()
            return tracemalloc.get_traced_memory()[0]

        tracemalloc.start()
        before = call(CALLS // 2)
        after = call(CALLS // 2)
        tracemalloc.stop()
        return after - before
