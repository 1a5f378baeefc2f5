"""Builds: from the recipe to the AMIs, stage by stage.

A stage is one image status, and its work is the workflows that run in it (``workflows``), or
the service's own. What moves a build is the mode (``settings.builds``): a look at it, mock time,
or the test itself; what happens is the same in all. The image's state follows from what runs, and
is set here alone.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, Final, ParamSpec, TypeVar

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.errors import InvalidParameterValueException
from imagebuilder_mock.domain.resources.images import ImageState, OutputResources, Transition
from imagebuilder_mock.domain.resources.workflow_executions import ImageFailureContext
from imagebuilder_mock.domain.states import IN_PROGRESS
from imagebuilder_mock.engines import notices
from imagebuilder_mock.engines.one_build import Build, BuildFailedError, Run
from imagebuilder_mock.engines.outputs import distribution
from imagebuilder_mock.engines.outputs.amis import source_ami
from imagebuilder_mock.engines.parents import parent_facts
from imagebuilder_mock.world import log

from . import steps, workflows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Literal

    from imagebuilder_mock.domain.builds import Stage
    from imagebuilder_mock.domain.resources.images import Image
    from imagebuilder_mock.domain.resources.workflow_executions import WorkflowStepExecution
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World

P = ParamSpec("P")
T = TypeVar("T")

ACTION: Final = "end-stage"


def _in_order(
    move: Callable[Concatenate[World, Image, P], T],
) -> Callable[Concatenate[World, Image, P], T]:
    """What ``move`` does to a build is no earlier than what happened to it before.

    The process's time can have been set back since.
    """

    @wraps(move)
    def moved(world: World, image: Image, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with world.clock.not_before(image.last_moment):
            return move(world, image, *args, **kwargs)

    return moved


def begin(world: World, store: Store, image: Image) -> None:
    """Store a new image, which is PENDING, and set its build going."""
    image.transitions.append(Transition(status=image.state.status, moment=image.date_created))
    world.add(store, image)
    store.running[image.arn] = image
    if log.is_told():
        log.tell_stage(image.arn, "new", image.state.status, None)
    build = Build(world, store, image)
    notices.build_began(build)
    _note_on_pipeline(world, image)
    _start_stage(build)
    _go_on(build)


def look_at(world: World, images: Iterable[Image]) -> None:
    """In the observed mode, what was just reported moves one stage on."""
    if world.settings.builds == "observed":
        for image in images:
            if image.is_in_progress:
                advance(world, image)


@_in_order
def advance(world: World, image: Image) -> bool:
    """One stage on, or up to a step that waits for an action; whether anything moved.

    Nothing happens to a build that has ended.
    """
    build = Build.of(world, image)
    before, moved = image.state.status, False
    while image.is_in_progress and image.state.status == before and _move(build):
        moved = True
    return moved


def move(world: World, image: Image) -> bool:
    """The next thing that happens to a build, such as the end of a step; whether anything did."""
    return image.is_in_progress and _move(Build.of(world, image))


def complete(world: World, image: Image) -> None:
    """All stages that are left, or up to a step that waits for an action."""
    while image.is_in_progress and advance(world, image):
        pass


def repeat(world: World, image: Image, model: Image) -> bool:
    """Complete a build of the past that has just begun as another went, if it will go as that did.

    Nothing has happened if the answer is False.
    """
    from . import again

    build = Build.of(world, image)
    before = image.architecture
    try:
        _meet_parent(build)
    except BuildFailedError:
        return False
    if not again.is_alike(image, model):
        image.architecture = before
        return False

    def work() -> None:
        again.repeat(build, model)
        _enter(build, ImageState("AVAILABLE"))

    _run(build, work)
    return True


@_in_order
def fail(world: World, image: Image, reason: str) -> None:
    """End a build here, with the reason that ``GetImage`` shows; its AMIs so far stay."""
    build = Build.of(world, image)
    context = workflows.interrupted(build)
    workflows.end_all(build, "FAILED", message=reason)
    _fail(build, BuildFailedError(reason, context))


@_in_order
def cancel(world: World, image: Image) -> None:
    """End a build here; what it made so far stays (API reference, CancelImageCreation)."""
    build = Build.of(world, image)
    workflows.end_all(build, "CANCELLED")
    _enter(build, ImageState("CANCELLED"))


@_in_order
def retry(world: World, image: Image) -> None:
    """Go on where a build ended, at the same build number (API reference, RetryImage).

    What had been completed by then is not done again; the workflows of the stage are.
    """
    ended_in = next(
        step.status for step in reversed(image.transitions) if step.status in IN_PROGRESS
    )
    build = Build.of(world, image)
    before = image.state.status
    image.resume(ended_in, world.clock.now())
    if log.is_told():
        log.tell_stage(image.arn, before, ended_in, "a retry")
    build.store.running[image.arn] = image
    notices.state_changed(build, before)
    _note_on_pipeline(world, image)
    stage = build.stage
    if stage is not None and stage.groups:
        workflows.mark_retried(build, stage)
    _start_stage(build)
    _go_on(build)


@_in_order
def answer(
    world: World,
    image: Image,
    step: WorkflowStepExecution,
    action: Literal["RESUME", "STOP"],
    reason: str | None,
) -> None:
    """Answer a step that waits, and let happen what follows from it."""
    build = Build.of(world, image)
    execution = next(each for each in image.running_executions if each.open_step is step)
    run = Run(build, execution)

    def go_on() -> None:
        steps.answer(run, step, action, reason)
        _settle(build)

    _run(build, go_on)
    _go_on(build)


def end_stage(world: World, arn: str) -> None:
    """The scheduler's entry: the time of a stage in which no step runs is over."""
    build = _running(world, arn)
    if build is not None:
        build.image.stage_ticket = None
        _move(build)


def end_step(world: World, key: str) -> None:
    """The scheduler's entry: the time of a step, or of its waiting, is over."""
    arn, execution_id = steps.parse_key(key)
    build = _running(world, arn)
    execution = None if build is None else build.store.executions.workflow(execution_id)
    if build is not None and execution is not None and not execution.has_ended:
        run = Run(build, execution)
        _run(build, lambda: _move_in(build, run))
        _go_on(build)


def _go_on(build: Build) -> None:
    if build.world.settings.builds == "instant":
        complete(build.world, build.image)


def _move(build: Build) -> bool:
    """The next thing that happens to a build; False if nothing does by itself."""
    stage = build.stage
    if stage is None:
        return False
    if not stage.groups:
        _run(build, lambda: _end_own_work(build, stage))
        return True
    if workflows.is_idle(build):
        _run(build, lambda: _settle(build))
        return True
    run = workflows.next_to_move(build)
    if run is None:
        return False
    _run(build, lambda: _move_in(build, run))
    return True


def _move_in(build: Build, run: Run) -> None:
    """Do the next thing of a workflow; what that ends may end the stage."""
    steps.move(run)
    _settle(build)


def _run(build: Build, work: Callable[[], None]) -> None:
    """Do a part of the work; a failure of it ends the build."""
    try:
        work()
    except BuildFailedError as failure:
        # What else runs at the time has no fault in it.
        workflows.end_all(build, "CANCELLED")
        _fail(build, failure)


def _settle(build: Build) -> None:
    """Leave a stage whose workflows are done, for the next."""
    image, stage = build.image, build.stage
    if stage is None or not stage.groups or not workflows.is_done(build, stage):
        return
    _judge_scan(build)
    _enter(build, ImageState(image.plan.after(image.state.status)))


def _end_own_work(build: Build, stage: Stage) -> None:
    """What the service does in a stage without workflows."""
    world, store, image = build
    if stage.status == "CREATING":
        _meet_parent(build)
    if stage.makes_ami and image.type == "AMI":
        image.output_resources = OutputResources((source_ami(world, store, image),))
    elif stage.status == "DISTRIBUTING":
        distribution.distribute(build)
    elif stage.status == "INTEGRATING":
        distribution.integrate(build)
    _enter(build, ImageState(image.plan.after(stage.status)))


def _meet_parent(build: Build) -> None:
    """A build cannot begin if its parent has gone since (user guide, image-failure-context)."""
    world, store, image = build
    if image.recipe is None:
        return
    try:
        facts = parent_facts(world, store, image.recipe.parent_image)
    except InvalidParameterValueException as error:
        raise BuildFailedError(error.message) from None
    image.architecture = facts.architecture


def _start_stage(build: Build) -> None:
    stage = build.stage
    if stage is None:
        return
    if stage.groups:
        _run(build, lambda: workflows.begin_group(build, stage, 0))
        # It has failed already, or its steps move it.
        if build.stage is not stage or not workflows.is_idle(build):
            return
    if build.goes_on_by_itself:
        world, is_idle = build.world, _is_idle(build, stage)
        due = world.clock.now() + world.state.durations.of_stage(stage.status, is_idle=is_idle)
        build.image.stage_ticket = world.state.scheduler.enter(due, ACTION, build.image.arn)


def _is_idle(build: Build, stage: Stage) -> bool:
    """Whether there is nothing to do in a stage: none of its steps, no copy, no configuration."""
    if stage.groups:
        return True
    if stage.status == "DISTRIBUTING":
        return not distribution.has_copies(build)
    return stage.status == "INTEGRATING" and not distribution.has_configurations(build)


def _fail(build: Build, failure: BuildFailedError) -> None:
    context = failure.context or ImageFailureContext(image_status=build.image.state.status)
    _enter(build, ImageState("FAILED", failure.reason, context))


def _enter(build: Build, state: ImageState) -> None:
    world, store, image = build
    before = image.state.status
    image.enter(state, world.clock.now())
    if log.is_told():
        log.tell_stage(image.arn, before, state.status, state.reason)
    world.state.scheduler.withdraw(image.stage_ticket)
    image.stage_ticket = None
    notices.state_changed(build, before)
    _note_on_scan(build)
    if not image.is_in_progress:
        del store.running[image.arn]
        notices.build_ended(build)
    _note_on_pipeline(world, image)
    _start_stage(build)


# Few builds are scanned or are a pipeline's: what these take is loaded by the first that is.


def _judge_scan(build: Build) -> None:
    if build.image.is_scanned:
        from imagebuilder_mock.engines import scans

        too_severe = scans.failed_condition(build)
        if too_severe is not None:
            raise BuildFailedError(too_severe)


def _note_on_scan(build: Build) -> None:
    if build.image.is_scanned:
        from imagebuilder_mock.engines import scans

        scans.note_state(build)


def _note_on_pipeline(world: World, image: Image) -> None:
    if image.source_pipeline_arn is not None:
        from imagebuilder_mock.engines.pipelines import schedule

        schedule.note_state(world, image)


def _running(world: World, arn: str) -> Build | None:
    parsed = Arn.parse(arn)
    image = world.store(parsed.account, parsed.region).running.get(arn)
    return None if image is None else Build.of(world, image)
