"""Builds in the test's hands: move, finish or fail one; see which are under way."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.builds import PHASES_OF_STAGE
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.engines.builds import stages
from imagebuilder_mock.engines.outputs.configuration import CONFIGURATIONS
from imagebuilder_mock.world.orders import BuildFailure, check_reference
from imagebuilder_mock.world.settings import is_account_id

from .pages.timeline import timeline_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagebuilder_mock.world.durations import Durations
    from imagebuilder_mock.world.world import World

    from .pages.timeline import Timeline

_PHASES = tuple(chain.from_iterable(PHASES_OF_STAGE.values()))


def _page_name(image: Image) -> str:
    arn = Arn.parse(image.arn)
    return f"{arn.account}-{arn.region}-{arn.slug}-{arn.version}-{arn.build}.html"


class Builds:
    """``mock.builds``. Each method takes an image build version ARN and takes effect at once."""

    __slots__ = ("_world",)

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def running(self) -> list[str]:
        """The ARNs of all builds that have not ended, in the order of their start."""
        with self._world.lock:
            return [image.arn for image in self._running()]

    @property
    def waiting(self) -> list[str]:
        """The ARNs of those of them that wait for ``SendWorkflowStepAction``."""
        with self._world.lock:
            return [image.arn for image in self._running() if image.is_waiting]

    @property
    def durations(self) -> Durations:
        """How long each stage, action or step takes in mock time: a mapping to ``timedelta``.

        ``mock.builds.durations["ExecuteComponents"] = timedelta(hours=1)`` counts for what begins
        from now on; ``del`` brings the default back. A step that is set to take longer than its
        time-out fails.
        """
        return self._world.state.durations

    def advance(self, arn: str) -> str:
        """Move a build one stage on, or to a step that waits; the answer is its status then."""
        with self._world.lock:
            image = self._build(arn)
            stages.advance(self._world, image)
            return image.state.status

    def complete(self, arn: str) -> None:
        """Take a build to its end. RuntimeError if a step waits for an action on the way."""
        with self._world.lock:
            image = self._build(arn)
            stages.complete(self._world, image)
            if image.is_in_progress:
                steps = [run.open_step for run in image.running_executions]
                names = ", ".join(step.name for step in steps if step is not None)
                msg = (
                    f"The build {arn} waits for an action on the step {names}. Answer it with "
                    "send_workflow_step_action(), or let its time-out pass with clock.advance()."
                )
                raise RuntimeError(msg)

    def fail(self, arn: str, *, reason: str = "An internal error has occurred.") -> None:
        """End a build as FAILED, with the ``reason`` that ``GetImage`` shows."""
        with self._world.lock:
            stages.fail(self._world, self._build(arn), reason)

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
        times: int = 1,
    ) -> None:
        """Let the next build that fits fail, as the service's builds do.

        ``recipe`` and ``component`` are names or ARNs. ``component``, ``phase`` or nothing: a step
        of a component fails, with ``component`` the one named ``step``. ``step`` alone: the step of
        that name of a workflow. ``region``, ``account_id`` or both: the distribution there, or with
        a ``step`` such as ``UPDATE_LAUNCH_TEMPLATES`` what is configured there afterwards.
        ``message`` is the error, by default that of a command with ``exit_status``. ``times``
        counts the failures; the order stays until it has been met so often. ValueError for what
        cannot be.
        """
        texts = {"recipe": recipe, "component": component, "phase": phase, "step": step}
        _check_texts(**texts, region=region, message=message)
        _check_numbers(exit_status=exit_status, times=times)
        if times < 1:
            msg = f"times={times}: give at least 1."
            raise ValueError(msg)
        is_of_place = region is not None or account_id is not None
        if is_of_place and (component is not None or phase is not None):
            msg = (
                "Components run before distribution: name a region or account, or a component and "
                "phase."
            )
            raise ValueError(msg)
        if account_id is not None and not is_account_id(account_id):
            msg = f"account_id={account_id!r}: an account is a string of 12 digits."
            raise ValueError(msg)
        if phase not in (None, *_PHASES):
            msg = f"phase={phase!r}: builds run the phases {', '.join(_PHASES)}."
            raise ValueError(msg)
        steps = [configuration.step for configuration in CONFIGURATIONS]
        if is_of_place and step not in (None, *steps):
            msg = (
                f"step={step!r}: with a region or account, name one of {', '.join(steps)}, or none."
            )
            raise ValueError(msg)
        for name, reference in (("recipe", recipe), ("component", component)):
            try:
                check_reference(reference or "")
            except ValueError as error:
                msg = f"{name}={reference!r}: give a name or an ARN ({error})."
                raise ValueError(msg) from None
        failure = BuildFailure(
            recipe=recipe,
            component=component,
            phase=phase,
            step=step,
            region=region,
            account_id=account_id,
            message=message,
            exit_status=exit_status,
            times=times,
        )
        with self._world.lock:
            self._world.state.failures.add(failure)

    def timeline(self, arn: str) -> Timeline:
        """What ran in a build, and when, as a table: ``rows``, ``str()``, ``.save_html(path)``.

        LookupError if there is no such image.
        """
        with self._world.lock:
            return timeline_of(self._image(arn))

    def save_timelines(self, folder: str | Path) -> list[Path]:
        """Write a page of each build to a folder, which is made; the answer is where they are."""
        with self._world.lock:
            images = [
                resource
                for store in self._world.state.stores.values()
                for resource in store
                if isinstance(resource, Image) and resource.transitions
            ]
            pages = [(_page_name(image), timeline_of(image)) for image in images]
        return [timeline.save_html(Path(folder) / name) for name, timeline in pages]

    def finish_all(self) -> None:
        """Take every build to its end, those that are started by the way too.

        Those that wait for an action go on waiting.
        """
        with self._world.lock:
            while [image for image in list(self._running()) if stages.advance(self._world, image)]:
                pass

    def _running(self) -> Iterator[Image]:
        images = (
            image for store in self._world.state.stores.values() for image in store.running.values()
        )
        yield from sorted(images, key=lambda image: image.sequence)

    def _build(self, arn: str) -> Image:
        """The build, if it is under way; LookupError says what there is instead."""
        image = self._image(arn)
        if not image.is_in_progress:
            msg = (
                f"The build {arn} has ended: it is {image.state.status}. Under way: "
                f"{', '.join(self.running) or 'none'}."
            )
            raise LookupError(msg)
        return image

    def _image(self, arn: str) -> Image:
        listed = ", ".join(self.running) or "none"
        try:
            parsed = Arn.parse(arn)
        except ValueError:
            msg = f"{arn!r} is no image build version ARN. Builds under way: {listed}."
            raise LookupError(msg) from None
        store = self._world.state.stores.get((parsed.account, parsed.region))
        image = None if store is None else store.get(Image, arn)
        if image is None:
            msg = f"There is no image {arn}. Builds under way: {listed}."
            raise LookupError(msg)
        return image


# Orders come over HTTP too; a wrong type would break a build much later.


def _check_texts(**values: object) -> None:
    for name, value in values.items():
        if value is not None and not isinstance(value, str):
            msg = f"{name}={value!r}: give a string."
            raise TypeError(msg)


def _check_numbers(**values: object) -> None:
    for name, value in values.items():
        if not isinstance(value, int) or isinstance(value, bool):
            msg = f"{name}={value!r}: give a whole number."
            raise TypeError(msg)
