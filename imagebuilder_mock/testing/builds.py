"""``mock.builds``: move builds on, end them, make one fail, and see which of them are running."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import AMAZON, Arn
from imagebuilder_mock.domain.builds import PHASES_OF_STAGE
from imagebuilder_mock.domain.documents.workflows.actions import STEP_ACTIONS
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.resources.workflows import Workflow
from imagebuilder_mock.domain.suggestions import did_you_mean
from imagebuilder_mock.engines.builds import stages
from imagebuilder_mock.engines.one_build import document_of
from imagebuilder_mock.engines.outputs.configuration import CONFIGURATIONS
from imagebuilder_mock.world.durations import Durations
from imagebuilder_mock.world.orders import BuildFailure, StepOutputs
from imagebuilder_mock.world.published import published
from imagebuilder_mock.world.settings import check_account_id

from .arguments import (
    DEFAULT_REGION,
    SOME_IMAGE,
    Face,
    check_references,
    check_region,
    check_text,
    check_times,
    check_truth,
    counted,
    every,
    image_at,
)
from .pages.timeline import logs_of, timeline_of

if TYPE_CHECKING:
    from datetime import timedelta

    from imagebuilder_mock.domain.states import ImageStatus
    from imagebuilder_mock.world.orders import Placed
    from imagebuilder_mock.world.world import World

    from .pages.timeline import Timeline

_PHASES = tuple(chain.from_iterable(PHASES_OF_STAGE.values()))


def _check_failure(order: BuildFailure) -> None:
    """ValueError or TypeError for an argument that is wrong, or that another one excludes."""
    check_times(order.times)
    check_text(recipe=order.recipe, component=order.component, step=order.step, or_none=True)
    check_text(error=order.error, cause=order.cause, or_none=True)
    check_text(message=order.message, or_none=True, may_be_empty=True)
    check_references(recipe=order.recipe, component=order.component)
    check_region(order.region)
    if order.account_id is not None:
        check_account_id(order.account_id)
    names_component = order.component is not None or order.phase is not None
    is_of_machine = order.error is not None or (order.cause is not None and not order.is_of_place)
    steps = [configuration.step for configuration in CONFIGURATIONS]
    mistakes = {
        f"exit_status={order.exit_status!r}: a command that fails ends with a number but 0.": (
            type(order.exit_status) is not int or not order.exit_status
        ),
        "Components run before distribution: name a region or account, or a component and phase.": (
            order.is_of_place and names_component
        ),
        f"cause={order.cause!r}: give it with a region or account, and neither step nor message.": (
            order.is_of_place
            and order.cause is not None
            and (order.step is not None or order.message is not None)
        ),
        "error= and cause= are a state machine's: name the workflow step that runs it with step=, "
        "and no component, phase, region or account. cause= alone also goes with a region or "
        "account.": is_of_machine and (order.step is None or order.is_of_place or names_component),
        f"phase={order.phase!r}: builds run the phases {', '.join(_PHASES)}.": (
            order.phase not in (None, *_PHASES)
        ),
        f"step={order.step!r}: with a region or account, name one of "
        f"{', '.join(steps)}, or none.": order.is_of_place and order.step not in (None, *steps),
    }
    for mistake, is_made in mistakes.items():
        if is_made:
            raise ValueError(mistake)


def _page_name(image: Image) -> str:
    arn = Arn.parse(image.arn)
    return f"{arn.account}-{arn.region}-{arn.slug}-{arn.version}-{arn.build}.html"


class BuildDurations(Durations):
    """The durations of a world; a name that nothing has is refused."""

    __slots__ = ("_world",)

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def given(self) -> dict[str, timedelta]:
        """Those that a test has set; a reset or a restored snapshot has others."""
        return self._world.state.durations.given

    def __setitem__(self, name: str, duration: timedelta) -> None:
        if name not in self and name not in STEP_ACTIONS:
            with self._world.lock:
                steps = _step_names(self._world)
            if name not in steps:
                hint = did_you_mean(str(name), {*self, *steps})
                msg = (
                    f"durations[{name!r}]: there is no such stage or action, and no workflow has a "
                    f"step of that name.{hint} For a step of your own, create its workflow first."
                )
                raise ValueError(msg)
        super().__setitem__(name, duration)


def _step_names(world: World) -> set[str]:
    """The names of the steps of all workflows: Amazon's, the same everywhere, and the test's."""
    managed = world.managed(AMAZON, DEFAULT_REGION).order(Workflow)
    workflows = (*managed, *every(Workflow, world))
    return {step.name for workflow in workflows for step in document_of(workflow).steps}


class Builds(Face):
    """``mock.builds``: a build is named by its image build version ARN.

    LookupError for an ARN that no build has; it lists the builds that are running.
    """

    __slots__ = ()

    def _holds(self) -> str:
        running, waiting = len(self.running), len(self.waiting)
        return f"{counted(running, 'build')} running{f', {waiting} waiting' if waiting else ''}"

    @property
    @published()
    def running(self) -> list[str]:
        """The ARNs of the builds that have not ended, in the order in which they started."""
        with self._world.lock:
            return [image.arn for image in self._running()]

    @property
    @published()
    def waiting(self) -> list[str]:
        """The ARNs of the running builds that wait for ``SendWorkflowStepAction``."""
        with self._world.lock:
            return [image.arn for image in self._running() if image.is_waiting]

    @property
    def durations(self) -> Durations:
        """How long each stage, action or step takes in mock time: names to ``timedelta``.

        ``mock.builds.durations["ExecuteComponents"] = timedelta(hours=1)`` applies to what starts
        after it, and ``del`` restores the default. A step that takes longer than its time-out
        fails. ValueError for a name that is no stage, no action, and no step of a workflow that
        exists.
        """
        return BuildDurations(self._world)

    @published(arn=SOME_IMAGE, to="TESTING")
    def advance(self, arn: str, *, to: ImageStatus | None = None) -> str:
        """Move a build to its next stage, or to a step that waits, and return its new status.

        With ``to`` the build moves on until the image is in that status. ValueError, which lists
        the statuses that lie ahead, if the build has passed it or does not come to it; then nothing
        moves. RuntimeError if the build ends before, or reaches a step that waits for an action.
        """
        with self._world.lock:
            image = self._build(arn)
            if to is None:
                stages.advance(self._world, image)
                return image.state.status
            ahead = image.plan.ahead_of(image.state.status)
            if to not in ahead:
                msg = f"to={to!r}: {arn} is {image.state.status}. Ahead are {', '.join(ahead)}."
                raise ValueError(msg)
            while image.is_in_progress and image.state.status != to:
                if not stages.advance(self._world, image):
                    raise self._waits(image)
            if image.state.status != to:
                msg = (
                    f"The build {arn} has not come to {to}: it is {image.state.status}"
                    f"{f', {image.state.reason}' if image.state.reason else ''}"
                )
                raise RuntimeError(msg)
            return to

    @published(arn=SOME_IMAGE)
    def complete(self, arn: str) -> None:
        """Move a build to its end. RuntimeError if it reaches a step that waits for an action."""
        with self._world.lock:
            image = self._build(arn)
            stages.complete(self._world, image)
            if image.is_in_progress:
                raise self._waits(image)

    @published(arn=SOME_IMAGE, reason="The disk is full.")
    def fail(self, arn: str, *, reason: str = "An internal error has occurred.") -> None:
        """Make a build FAILED at once, with the ``reason`` that ``GetImage`` shows."""
        check_text(reason=reason)
        with self._world.lock:
            stages.fail(self._world, self._build(arn), reason)

    @published(recipe="web", component="install", message="The disk is full.", times=2)
    def fail_next(
        self,
        *,
        recipe: str | None = None,
        component: str | None = None,
        phase: str | None = None,
        step: str | None = None,
        region: str | None = None,
        account_id: str | None = None,
        message: str | None = None,
        exit_status: int = 1,
        error: str | None = None,
        cause: str | None = None,
        times: int = 1,
        optional: bool = False,
    ) -> None:
        """Make the next builds that match fail, in the way in which builds of the service fail.

        ``recipe`` (a name or an ARN) restricts it to the builds of a recipe. What fails there is

        - a step of a component, by default: of ``component`` (a name or an ARN) or of any one, in
          ``phase`` (such as ``build``) or in any one; with ``component``, ``step`` is its name;
        - the workflow step named ``step``, if neither ``component`` nor ``phase`` is given;
        - the distribution to ``region``, to ``account_id`` or to both, if one of them is given; or
          what is configured there afterwards, with a ``step`` such as ``UPDATE_LAUNCH_TEMPLATES``.

        ``message`` is the error message; by default it is that of a command which ends with
        ``exit_status``. ``error`` and ``cause`` are those of the state machine that the workflow
        step runs. Where a region or account gets no image, the reason is EC2's; ``cause`` replaces
        it by another one, such as ``AMI Copy Reported Failure For ami-0123456789abcdef0``.

        ``times`` is how many builds fail; the order is kept until then. One that nothing has met is
        in ``mock.unmet``, unless it is ``optional``. ValueError says what is wrong with an
        argument, or which of them exclude each other.
        """
        failure = BuildFailure(
            recipe=recipe,
            component=component,
            phase=phase,
            step=step,
            region=region,
            account_id=account_id,
            message=message,
            exit_status=exit_status,
            error=error,
            cause=cause,
            times=times,
        )
        _check_failure(failure)
        check_truth(optional=optional)
        with self._world.lock:
            self._world.state.failures.add(failure, self._placed(failure, optional=optional))

    @published(step="Check", outputs={"output": "{}"}, workflow="checks", times=1)
    def set_outputs(
        self,
        step: str,
        outputs: Mapping[str, object],
        *,
        workflow: str | None = None,
        times: int | None = None,
        optional: bool = False,
    ) -> None:
        """Set what the workflow step named ``step`` outputs when it succeeds, such as ``output``.

        ``workflow`` (a name or an ARN) restricts it to the steps of a workflow, and ``times`` to
        the next ones; outputs that are not in ``outputs`` stay as they are. ValueError if no action
        has all of these outputs; it lists those that each action has. A step whose action does not
        have them fails with a message that says so. An order that nothing has met is in
        ``mock.unmet``, unless it is ``optional``.
        """
        check_times(times, or_none="every time")
        check_truth(optional=optional)
        check_text(step=step)
        check_text(workflow=workflow, or_none=True)
        check_references(workflow=workflow)
        given: object = outputs
        if not isinstance(given, Mapping):
            msg = f"outputs={given!r}: give a mapping, such as {{'output': 'done'}}."
            raise TypeError(msg)
        if not any(outputs.keys() <= action.outputs.keys() for action in STEP_ACTIONS.values()):
            known = "; ".join(
                f"{action.name}: {', '.join(action.outputs)}"
                for action in STEP_ACTIONS.values()
                if action.outputs
            )
            together = " together" if len(outputs) > 1 else ""
            msg = f"No step gives {', '.join(map(str, outputs))}{together}. Steps give {known}."
            raise ValueError(msg)
        # A copy, of what JSON can hold: a step's outputs are JSON.
        try:
            copy = json.loads(json.dumps(dict(outputs), allow_nan=False))
        except (TypeError, ValueError) as error:
            msg = f"outputs={outputs!r}: give what JSON can hold ({error})."
            raise type(error)(msg) from None
        order = StepOutputs(step=step, outputs=copy, workflow=workflow, times=times)
        with self._world.lock:
            self._world.state.output_orders.add(order, self._placed(order, optional=optional))

    @published(arn=SOME_IMAGE)
    def timeline(self, arn: str) -> Timeline:
        """What ran in a build, and when, as a table: ``rows``, ``str()``, ``.save_html(path)``."""
        with self._world.lock:
            return timeline_of(self._image(arn), logs_of(self._world.events))

    def save_timelines(self, folder: str | Path) -> list[Path]:
        """Write a page for each build to a folder, which may be new, and return the paths.

        Builds whose images were deleted after ``keep_deleted()`` are among them.
        """
        with self._world.lock:
            images = [*every(Image, self._world), *(self._world.deleted or ())]
            logs = logs_of(self._world.events)
            pages = [
                (_page_name(image), timeline_of(image, logs))
                for image in images
                if image.transitions
            ]
        return [timeline.save_html(Path(folder) / name) for name, timeline in pages]

    def keep_deleted(self) -> None:
        """Remember the images that are deleted from now on, for ``save_timelines``."""
        with self._world.lock:
            self._world.deleted = self._world.deleted or []

    @published()
    def finish_all(self) -> None:
        """Move all builds to their ends, and also the builds that start meanwhile.

        Builds that wait for ``SendWorkflowStepAction`` keep waiting.
        """
        with self._world.lock:
            while [image for image in self._running() if stages.advance(self._world, image)]:
                pass

    def _placed(self, order: object, *, optional: bool) -> Placed:
        made = self._world.state.numbering.last
        return self._world.placed.place(
            order, f"mock.builds.{order}", noted=made, optional=optional
        )

    def _waits(self, image: Image) -> RuntimeError:
        steps = [run.open_step for run in image.running_executions]
        names = ", ".join(step.name for step in steps if step is not None)
        return RuntimeError(
            f"The build {image.arn} waits for an action on the step {names}. Answer it with "
            "send_workflow_step_action(), or let its time-out pass with clock.advance()."
        )

    def _running(self) -> list[Image]:
        stores = self._world.state.stores.values()
        images = [image for store in stores for image in store.running.values()]
        return sorted(images, key=lambda image: image.sequence)

    def _build(self, arn: str) -> Image:
        """LookupError if it has ended."""
        image = self._image(arn)
        if not image.is_in_progress:
            msg = f"The build {arn} has ended: it is {image.state.status}. {self._under_way()}"
            raise LookupError(msg)
        return image

    def _image(self, arn: str) -> Image:
        _, image = image_at(self._world, arn, self._under_way)
        return image

    def _under_way(self) -> str:
        return f"Builds under way: {', '.join(self.running) or 'none'}."
