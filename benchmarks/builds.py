"""What builds cost: a whole default build, a day of many pipelines, and the past of one."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from time import perf_counter
from typing import TYPE_CHECKING

from imagebuilder_mock import mock_imagebuilder
from tests.builders import a_build, a_full_recipe, a_pipeline, an_infrastructure

from .timing import Table, microseconds, within

if TYPE_CHECKING:
    from imagebuilder_mock.mock import ImageBuilderMock

BUILD_LIMIT = 2000.0
"""Microseconds of the engine: both workflows, eleven steps."""
BUILDS = 90
FEW, MANY = 1_000, int(os.environ.get("IMAGEBUILDER_BENCH_PIPELINES", "10000"))
GROWTH_LIMIT = 1.5
PAST, PAST_LIMIT = 10_000, 4.0
START = datetime(2026, 1, 1, tzinfo=timezone.utc)
DAILY = {
    "scheduleExpression": "cron(0 3 * * ? *)",
    "pipelineExecutionStartCondition": "EXPRESSION_MATCH_ONLY",
}


def run() -> None:
    table = Table("Builds", "what", "time")
    table.row("a default build, of engine time", within(_one_build() * 1e6, BUILD_LIMIT))
    few, many = _a_day_of(FEW), _a_day_of(MANY)
    table.row(f"a scheduled run, of {FEW:,} pipelines", microseconds(few * 1e6))
    table.row(f"a scheduled run, of {MANY:,} pipelines", microseconds(many * 1e6))
    table.row("growth of a run's cost", within(many / few, GROWTH_LIMIT))
    for container, made in ((False, "images"), (True, "container images")):
        seconds = _a_history(container=container)
        table.row(f"seconds to add {PAST:,} {made}", within(seconds, PAST_LIMIT))
    table.show()


def _one_build() -> float:
    """Seconds from the creation of an image to its end, without the call that makes it."""
    with mock_imagebuilder(builds="held") as mock:
        client = mock.client()
        recipe, infrastructure = a_full_recipe(client), an_infrastructure(client)
        for _ in range(BUILDS):
            a_build(client, imageRecipeArn=recipe, infrastructureConfigurationArn=infrastructure)
        _first(mock)
        started = perf_counter()
        mock.builds.finish_all()
        return (perf_counter() - started) / (BUILDS - 1)


def _first(mock: ImageBuilderMock) -> None:
    """The first build loads what all need."""
    mock.builds.complete(mock.builds.running[0])


def _a_day_of(pipelines: int) -> float:
    """Seconds of each run."""
    with mock_imagebuilder(builds="instant", quotas=False, now=START) as mock:
        client = mock.client()
        recipe, infrastructure = a_full_recipe(client), an_infrastructure(client)
        for _ in range(pipelines):
            a_pipeline(
                client,
                imageRecipeArn=recipe,
                infrastructureConfigurationArn=infrastructure,
                schedule=DAILY,
            )
        started = perf_counter()
        mock.clock.advance(days=1, limit=None)
        return (perf_counter() - started) / pipelines


def _a_history(*, container: bool) -> float:
    """Seconds to add images of the past, one after the other."""
    with mock_imagebuilder(now=START) as mock:
        web = mock.pipelines.add(container=container, created=START - timedelta(hours=PAST))
        started = perf_counter()
        for hours in range(PAST, 0, -1):
            mock.images.add(pipeline=web.arn, created=START - timedelta(hours=hours))
        return perf_counter() - started
