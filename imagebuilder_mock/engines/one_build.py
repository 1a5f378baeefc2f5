"""One build in its world: what every part of the engine is handed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from imagebuilder_mock.domain.arn import Arn

if TYPE_CHECKING:
    from imagebuilder_mock.domain.builds import Stage
    from imagebuilder_mock.domain.resources.images import Image
    from imagebuilder_mock.domain.resources.workflow_executions import ImageFailureContext
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World


MAX_ERROR = 1024
"""Characters of an error that the failure context shows (API reference)."""


class Build(NamedTuple):
    """The image that is built, and the account and Region that it is built in."""

    world: World
    store: Store
    image: Image

    @classmethod
    def of(cls, world: World, image: Image) -> Build:
        return cls(world, world.store(image.owner, Arn.parse(image.arn).region), image)

    @property
    def stage(self) -> Stage | None:
        return self.image.plan.stage(self.image.state.status)


class BuildFailedError(Exception):
    """The build ends here; ``reason`` is what ``GetImage`` shows."""

    def __init__(self, reason: str, context: ImageFailureContext) -> None:
        super().__init__(reason)
        self.reason = reason
        self.context = context


class StepFailedError(Exception):
    """A step of a workflow did not do its work; ``detail`` says why."""

    def __init__(
        self,
        detail: str,
        *,
        component_failure: dict[str, object] | None = None,
        distribution_failure: dict[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.component_failure = component_failure
        self.distribution_failure = distribution_failure


LOG_GROUP = "/aws/imagebuilder/"


def log_group_of(build: Build) -> str:
    """Where the logs of an image go: the group that was asked for, or the default."""
    logging = build.image.logging_configuration or {}
    return str(logging.get("logGroupName") or f"{LOG_GROUP}{build.image.name}")


def log_stream_of(build: Build) -> str:
    return build.image.version or ""
