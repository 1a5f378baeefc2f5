"""Mock time passes, and what falls due on the way is done in the order of time."""

from __future__ import annotations

from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING

from .builds import stages, steps
from .lifecycle import executions, policies
from .pipelines import runs, schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from imagebuilder_mock.world.scheduler import Due
    from imagebuilder_mock.world.world import World

RUN_LIMIT = 10_000
"""More scheduled runs than this in one move are taken for a mistake."""

_ACTIONS: Mapping[str, Callable[[World, str], None]] = {
    stages.ACTION: stages.end_stage,
    steps.ACTION: stages.end_step,
    schedule.ACTION: runs.run_on_schedule,
    executions.ACTION: executions.move_on,
    policies.ACTION: policies.run_on_schedule,
}
_NEXT_RUN: Mapping[str, Callable[[World, str, datetime], datetime | None]] = {
    schedule.ACTION: schedule.run_after,
    policies.ACTION: lambda _, arn, moment: policies.next_run(arn, moment),
}


def move_to(world: World, moment: datetime, *, limit: int | None = RUN_LIMIT) -> None:
    """Take the clock to ``moment``, and do what falls due until then, each at its own time.

    RuntimeError, naming a pipeline or policy, if more than ``limit`` scheduled runs fall due; then
    nothing has moved. None is no limit.
    """
    if limit is not None:
        _check_runs(world, moment, limit)
    while (due := world.state.scheduler.next_due(moment)) is not None:
        world.state.scheduler.take()
        world.clock.set_forward(due.moment)
        # The process's time may be past the moment; what follows is dated from the moment.
        with world.clock.as_of(due.moment):
            _ACTIONS[due.action](world, due.arn)
        # Whoever is told of it may act before more time passes.
        world.lock.pause()
    world.clock.set_forward(moment)


def _check_runs(world: World, moment: datetime, limit: int) -> None:
    due = [each for each in world.state.scheduler.due_by(moment) if each.action in _NEXT_RUN]
    ahead = merge(*(_runs(world, each, moment) for each in due))
    beyond = next(islice(ahead, limit, None), None)
    if beyond is not None:
        msg = (
            f"More than {limit:,} scheduled runs fall due before {moment.isoformat()}, and nothing "
            f"has moved; the first beyond them would be of {beyond[1]}. Move the clock less far, "
            "have it scheduled less often, or lift the limit with limit=None."
        )
        raise RuntimeError(msg)


def _runs(world: World, due: Due, until: datetime) -> Iterator[tuple[datetime, str]]:
    """The runs of a pipeline or policy from the one that is due, if nothing is changed."""
    moment: datetime | None = due.moment
    while moment is not None and moment <= until:
        yield moment, due.arn
        moment = _NEXT_RUN[due.action](world, due.arn, moment)


def catch_up(world: World) -> None:
    """Do what has fallen due while the process's own time passed."""
    move_to(world, world.clock.now(), limit=None)
