"""Mock time passes: what falls due on the way is done, in the order of its moments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .builds import stages, steps
from .lifecycle import executions, policies
from .pipelines import runs, schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from imagebuilder_mock.world.scheduler import Due
    from imagebuilder_mock.world.world import World

RUN_LIMIT = 10_000
"""More scheduled runs in one move are taken for a mistake."""

_ACTIONS: Mapping[str, Callable[[World, str], None]] = {
    stages.ACTION: stages.end_stage,
    steps.ACTION: stages.end_step,
    schedule.ACTION: runs.run_on_schedule,
    executions.ACTION: executions.move_on,
    policies.ACTION: policies.run_on_schedule,
}


def move_to(world: World, moment: datetime, *, limit: int | None = RUN_LIMIT) -> None:
    """Take the clock to ``moment``; every entry up to there finds the clock at its own time.

    RuntimeError, naming the pipeline, when more than ``limit`` scheduled runs fall due; None
    lifts it.
    """
    started = 0
    while (due := world.state.scheduler.next_due(moment)) is not None:
        if due.action == schedule.ACTION:
            started += 1
            if limit is not None and started > limit:
                msg = (
                    f"More than {limit:,} scheduled runs fall due before {moment.isoformat()}; the "
                    f"last was to be of {due.arn}. Move the clock less far, give the pipeline a "
                    "rarer schedule, or lift the limit with limit=None."
                )
                raise RuntimeError(msg)
        world.state.scheduler.take()
        _do(world, due)
        # Who is told of it may answer before more time passes.
        world.lock.pause()
    world.clock.set_forward(moment)


def catch_up(world: World) -> None:
    """Do what has fallen due while the process's own time passed."""
    move_to(world, world.clock.now(), limit=None)


def _do(world: World, due: Due) -> None:
    world.clock.set_forward(due.moment)
    # The process's time may be well past the moment; what follows from it counts from there.
    with world.clock.as_of(due.moment):
        _ACTIONS[due.action](world, due.arn)
