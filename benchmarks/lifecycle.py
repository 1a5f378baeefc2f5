"""Lifecycle policies over many images: the evaluation, and a page of what an execution acts on."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from time import perf_counter
from typing import TYPE_CHECKING, Any

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.domain.lifecycle.rules import Selection
from imagebuilder_mock.engines.lifecycle.policies import fates
from tests.builders import a_recipe
from tests.lifecycle_builders import a_policy, a_policy_request, a_rule

from .timing import Table, interleaved, microseconds, within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagebuilder_mock import ImageBuilderMock

SMALL, LARGE = 100, int(os.environ.get("IMAGEBUILDER_BENCH_RESOURCES", "100000"))
SECONDS_LIMIT = 2.0
GROWTH_LIMIT = 1.2
REPEAT = 200
NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)
RULES = (
    a_rule("DEPRECATE", 1, "MONTHS", include=("amis",), tags={"keep": "yes"}),
    a_rule("DELETE", 1, "YEARS", include=("amis",), amis={"isPublic": True}, retain=3),
)


@contextmanager
def _filled(count: int) -> Iterator[ImageBuilderMock]:
    with mock_imagebuilder(quotas=False, builds="held", now=NOW) as mock:
        a_recipe(mock.client(region="us-east-1"), name="web")
        for number in range(count):
            mock.images.add(recipe="web", created=NOW - timedelta(hours=number))
        yield mock


def _evaluation(mock: ImageBuilderMock) -> float:
    """Seconds."""
    world: Any = mock._world  # noqa: SLF001 - the evaluation alone has no public name
    request = a_policy_request(*RULES)
    selection = Selection.parse("AMI_IMAGE", request["resourceSelection"])
    home = world.store("123456789012", "us-east-1")
    begin = perf_counter()
    fates(world, home, selection, request["policyDetails"], NOW)
    return perf_counter() - begin


def _page(mock: ImageBuilderMock) -> float:
    client = mock.client(region="us-east-1")
    execution = mock.lifecycle.start(a_policy(client, a_rule("DELETE", 1)))
    page = {
        "page": lambda: client.list_lifecycle_execution_resources(lifecycleExecutionId=execution)
    }
    return interleaved(page, repeat=REPEAT)["page"]


def run() -> None:
    seconds, pages = {}, {}
    for count in (SMALL, LARGE):
        with _filled(count) as mock:
            seconds[count], pages[count] = _evaluation(mock), _page(mock)
    table = Table("Lifecycle policies", "what", f"at {SMALL:,}", f"at {LARGE:,}", "limit")
    limit = SECONDS_LIMIT * LARGE / 100_000
    table.row(
        "evaluation (s)",
        f"{seconds[SMALL]:.3f}",
        within(seconds[LARGE], limit),
        f"{limit:.1f}",
    )
    growth = pages[LARGE] / pages[SMALL]
    table.row(
        "page of 25 of an execution",
        microseconds(pages[SMALL]),
        microseconds(pages[LARGE]),
        f"growth {within(growth, GROWTH_LIMIT)} of {GROWTH_LIMIT}",
    )
    table.show()
