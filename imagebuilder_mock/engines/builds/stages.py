"""Builds: from the recipe to the AMIs, stage by stage.

A stage is one image status. Its work is the workflows that run in it (``workflows``), or the
service's own. The mode (``settings.builds``) decides what moves a build: a read of it, mock time,
or the test itself. What happens then is the same in every mode. The state of an image follows from
what runs, and only this module sets it.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, Final, ParamSpec, TypeVar

from imagebuilder_mock.domain.errors import InvalidParameterValueException
from imagebuilder_mock.domain.resources.images import ImageState, OutputResources, Transition
from imagebuilder_mock.domain.resources.workflow_executions import ImageFailureContext
from imagebuilder_mock.domain.states import IN_PROGRESS
from imagebuilder_mock.engines import notices
from imagebuilder_mock.engines.one_build import Build, BuildFailedError, Run, StepFailedError
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
    """Have ``move`` date what it does no earlier than what has happened to the build already.

    The process's time may have been set back since.
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
    log.tell_stage(image.arn, "new", image.state.status, None)
    build = Build(world, store, image)
    notices.build_began(build)
    _note_on_pipeline(world, image)
    _start_stage(build)
    _go_on(build)


def look_at(world: World, images: Iterable[Image]) -> None:
    """In the observed mode, move builds that a read has just reported one stage on."""
    if world.settings.builds == "observed":
        for image in images:
            if image.is_in_progress:
                advance(world, image)


@_in_order
def advance(world: World, image: Image) -> bool:
    """Move a build one stage on, or up to a step that waits for an action.

    Return whether anything moved; a build that has ended does not.
    """
    build = Build.of(world, image)
    before, moved = image.state.status, False
    while image.is_in_progress and image.state.status == before and _move(build):
        moved = True
    return moved


def move(world: World, image: Image) -> bool:
    """Do the next thing of a build, such as ending a step; return whether there was one."""
    return image.is_in_progress and _move(Build.of(world, image))


def complete(world: World, image: Image) -> None:
    """Move a build to its end, or up to a step that waits for an action."""
    while image.is_in_progress and advance(world, image):
        pass


def repeat(world: World, image: Image, model: Image) -> bool:
    """Complete a build of the past, which has just begun, as a copy of another.

    False, and nothing has happened, if it would not go as the other did.
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

    def work(build: Build) -> None:
        again.repeat(build, model)
        _enter(build, ImageState("AVAILABLE"))

    _run(build, work)
    return True


@_in_order
def fail(world: World, image: Image, reason: str) -> None:
    """Fail a build, for a reason that ``GetImage`` shows; the AMIs it has made so far stay."""
    build = Build.of(world, image)
    context = workflows.interrupted(build)
    workflows.end_all(build, "FAILED", message=reason)
    _fail(build, BuildFailedError(reason, context))


@_in_order
def cancel(world: World, image: Image) -> None:
    """Cancel a build; what it has made so far stays (API reference, CancelImageCreation)."""
    build = Build.of(world, image)
    workflows.end_all(build, "CANCELLED")
    _enter(build, ImageState("CANCELLED"))


@_in_order
def retry(world: World, image: Image) -> None:
    """Go on in the stage where a build ended, at the same build number (API reference, RetryImage).

    The stages before it are not done again; the workflows of that stage are.
    """
    ended_in = next(
        step.status for step in reversed(image.transitions) if step.status in IN_PROGRESS
    )
    build = Build.of(world, image)
    before = image.state.status
    image.resume(ended_in, world.clock.now())
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
    """Answer a step that waits, and do what follows from the answer."""
    build = Build.of(world, image)
    execution = next(each for each in image.running_executions if each.open_step is step)
    run = Run(build, execution)

    def go_on(build: Build) -> None:
        steps.answer(run, step, action, reason)
        _settle(build)

    _run(build, go_on)
    _go_on(build)


def end_stage(world: World, arn: str) -> None:
    """What the scheduler calls when a stage in which no step runs has taken its time."""
    build = _running(world, arn)
    if build is not None:
        build.image.stage_ticket = None
        _move(build)


def end_step(world: World, key: str) -> None:
    """What the scheduler calls when a step has taken its time, or has waited long enough."""
    arn, execution_id = steps.parse_key(key)
    build = _running(world, arn)
    execution = None if build is None else build.store.executions.workflows.get(execution_id)
    if build is not None and execution is not None and not execution.has_ended:
        run = Run(build, execution)
        _run(build, _move_in, run)
        _go_on(build)


def _go_on(build: Build) -> None:
    if build.world.settings.builds == "instant":
        complete(build.world, build.image)


def _move(build: Build) -> bool:
    """Do the next thing of a build; False if it waits for an action, or has ended."""
    stage = build.stage
    if stage is None:
        return False
    if not stage.groups:
        _run(build, _end_own_work, stage)
        return True
    if workflows.is_idle(build):
        _run(build, _settle)
        return True
    run = workflows.next_to_move(build)
    if run is None:
        return False
    _run(build, _move_in, run)
    return True


def _move_in(build: Build, run: Run) -> None:
    """Do the next thing of a workflow; what that ends may end the stage."""
    steps.move(run)
    _settle(build)


def _run(
    build: Build, work: Callable[Concatenate[Build, P], None], *args: P.args, **kwargs: P.kwargs
) -> None:
    """Do a part of the work; a failure of it ends the build."""
    try:
        work(build, *args, **kwargs)
    except BuildFailedError as failure:
        # The other workflows that run at the time have not failed.
        workflows.end_all(build, "CANCELLED")
        _fail(build, failure)


def _settle(build: Build) -> None:
    """If the workflows of the stage are done, go on to the next stage."""
    image, stage = build.image, build.stage
    if stage is None or not stage.groups or not workflows.is_done(build, stage):
        return
    _judge_scan(build)
    _enter(build, ImageState(image.plan.after(image.state.status)))


def _end_own_work(build: Build, stage: Stage) -> None:
    """Do what the service itself does in a stage without workflows."""
    image = build.image
    if stage.status == "CREATING":
        _meet_parent(build)
    if stage.makes_ami and image.type == "AMI":
        image.output_resources = OutputResources((source_ami(build),))
    try:
        if stage.status == "DISTRIBUTING":
            distribution.distribute(build)
        elif stage.status == "INTEGRATING":
            distribution.integrate(build)
    except StepFailedError as error:
        raise error.of_own_work(build) from None
    _enter(build, ImageState(image.plan.after(stage.status)))


def _meet_parent(build: Build) -> None:
    """Fail if the parent is gone since the request (user guide, image-failure-context)."""
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
        _run(build, workflows.begin_group, stage, 0)
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


# Few builds are scanned, or are a pipeline's: the first of these loads what it needs.


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
    image = world.home_of(arn).running.get(arn)
    return None if image is None else Build.of(world, image)
