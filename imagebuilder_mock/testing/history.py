"""Add images that were built before the test began: by the same engine, but nobody is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

from imagebuilder_mock.domain.errors import ImageBuilderError
from imagebuilder_mock.domain.records import Value, replace
from imagebuilder_mock.domain.resources.build_settings import with_defaults
from imagebuilder_mock.domain.resources.configurations import (
    DistributionConfiguration,
    InfrastructureConfiguration,
)
from imagebuilder_mock.domain.resources.recipes import ContainerRecipe
from imagebuilder_mock.engines.builds import stages
from imagebuilder_mock.engines.builds.starting import BuildRequest, start_build
from imagebuilder_mock.engines.lifecycle.actions import TARGETS, change_state
from imagebuilder_mock.engines.pipelines.runs import request_of

from .findings import MockFindings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.resources.images import Image
    from imagebuilder_mock.domain.resources.pipelines import ImagePipeline
    from imagebuilder_mock.domain.resources.recipes import Recipe
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World

    Settings = wire.AmiDistributionConfigurationTypeDef

EndState = Literal["AVAILABLE", "CANCELLED", "DEPRECATED", "DISABLED", "FAILED"]

_ACTIONS = {target: action for action, target in TARGETS.items()}
_MAKING = frozenset(("CreateImage", "CreateImageFromIso", "ExecuteComponents", "RegisterImage"))
"""Steps at which a build of the past that went wrong did so: nothing has been made by then."""


class PastBuild(Value, kw_only=True):
    """What builds of the past have in common, whatever their times."""

    request: BuildRequest
    pipeline: ImagePipeline | None = None
    state: EndState = "AVAILABLE"
    reason: str = "An internal error has occurred."
    findings: Sequence[Mapping[str, Any]] | None = None
    """All that its scan found; None is what a scan finds by itself, if there was one."""
    packages: Sequence[Sequence[str]] | None = None
    last_launched: datetime | None = None

    def add(self, world: World, home: Store, moment: datetime) -> Image:
        """Add the image of a build at that moment.

        ValueError if the service would not have built it; then nothing has changed.
        """
        errands, run = world.outbox.errands_count(), _last_run(self.pipeline)
        with world.in_the_past(moment):
            image = self._begin(world, home)
            try:
                self._scan(world, home, image)
                self._run(world, image)
                self._check(image)
            except BaseException:
                self._take_back(world, home, image, errands, run)
                raise
            if image.state.status == "AVAILABLE":
                change_state(world, home, image, _ACTIONS[self.state])
        for ami in image.amis:
            known = world.state.machine_images.get(ami.image)
            if known is not None:
                known.last_launched = self.last_launched
        return image

    def _begin(self, world: World, home: Store) -> Image:
        request, pipeline = self.request, self.pipeline
        if pipeline is None:
            request = _dated(request, world.clock.now())
        try:
            return start_build(
                world,
                home,
                request,
                build_type="SCHEDULED" if pipeline and pipeline.schedule else "USER_INITIATED",
                source_pipeline_arn=None if pipeline is None else pipeline.arn,
            )
        except ImageBuilderError as error:
            raise _impossible(request.recipe, error.message) from None

    def _scan(self, world: World, home: Store, image: Image) -> None:
        findings = MockFindings(world)
        if self.packages is not None:
            findings.set_packages(image.arn, self.packages)
        if self.findings is not None:
            home.findings.settled.add(image.arn)
            for finding in self.findings:
                findings.add(image.arn, **finding)

    def _run(self, world: World, image: Image) -> None:
        if self.state not in ("CANCELLED", "FAILED"):
            kind = (self.request.recipe.arn, image.source_pipeline_arn)
            model = world.models.get(kind)
            if model is not None and stages.repeat(world, image, model):
                return
            stages.complete(world, image)
            while _resume(world, image):
                stages.complete(world, image)
            if image.state.status == "AVAILABLE":
                world.models[kind] = image
            return
        while image.is_in_progress and not _is_about_to_make(image) and stages.move(world, image):
            pass
        if image.is_in_progress and self.state == "CANCELLED":
            stages.cancel(world, image)
        elif image.is_in_progress:
            stages.fail(world, image, self.reason)

    def _check(self, image: Image) -> None:
        """ValueError if the build has ended in another way than it should."""
        status, reason = image.state.status, image.state.reason
        if status == "FAILED":
            is_as_wanted = (self.state, self.reason) == (status, reason)
        else:
            is_as_wanted = status == ("CANCELLED" if self.state == "CANCELLED" else "AVAILABLE")
        if not is_as_wanted:
            raise _impossible(self.request.recipe, str(reason))

    def _take_back(
        self, world: World, home: Store, image: Image, errands: int, run: Mapping[str, object]
    ) -> None:
        for ami in image.amis:
            world.state.machine_images.take_back(ami.image)
        world.outbox.take_back(errands)
        home.remove_last_build(image)
        world.state.references.remove(image)
        for name, value in run.items():
            setattr(self.pipeline, name, value)


def _last_run(pipeline: ImagePipeline | None) -> Mapping[str, object]:
    """The members of a pipeline that a build of it changes."""
    if pipeline is None:
        return {}
    names = ("consecutive_failures", "date_last_run", "last_run_status")
    return {name: getattr(pipeline, name) for name in names}


def _resume(world: World, image: Image) -> bool:
    """Answer a step that waits, and return whether there was one."""
    for execution in image.running_executions:
        step = execution.open_step
        if step is not None and step.is_waiting:
            stages.answer(world, image, step, "RESUME", None)
            return True
    return False


def _is_about_to_make(image: Image) -> bool:
    steps = [execution.open_step for execution in image.running_executions]
    is_made = image.state.status in ("DISTRIBUTING", "INTEGRATING")
    return is_made or any(step is not None and step.action in _MAKING for step in steps)


def _impossible(recipe: Recipe, reason: str) -> ValueError:
    return ValueError(f"No image can be made of {recipe.arn}: {reason}")


def _dated(request: BuildRequest, moment: datetime) -> BuildRequest:
    """The request with configurations of the same date: they exist in the image alone."""
    distribution = request.distribution
    return replace(
        request,
        infrastructure=replace(request.infrastructure, date_created=moment),
        distribution=None if distribution is None else replace(distribution, date_created=moment),
    )


class Additions(Value, kw_only=True):
    """What an image of the past has in addition to its recipe and its pipeline."""

    regions: Sequence[str] = ()
    settings: Settings
    tags: Mapping[str, str]


def request_of_recipe(
    home: Store, recipe: Recipe, additions: Additions, now: datetime
) -> BuildRequest:
    """The request for an image of no pipeline: the account does not have its configurations."""
    return BuildRequest(
        recipe=recipe,
        infrastructure=InfrastructureConfiguration(
            arn=str(home.arn_for(InfrastructureConfiguration.kind, recipe.name)),
            name=recipe.name,
            date_created=now,
            instance_profile_name=recipe.name,
        ),
        distribution=_distributed(_nowhere(home, recipe.name, now), home, recipe, additions),
        settings=with_defaults({"tags": additions.tags}),
    )


def request_of_pipeline(
    world: World, pipeline: ImagePipeline, recipe: Recipe | None, additions: Additions
) -> BuildRequest:
    """The request of a run of the pipeline, with another recipe if one is given."""
    home = world.home_of(pipeline.arn)
    tags = {**(pipeline.image_tags or {}), **additions.tags}
    request = request_of(world, home, pipeline, tags)
    if recipe is not None:
        request = replace(request, recipe=recipe)
    if additions.regions or additions.settings:
        given = request.distribution or _nowhere(home, pipeline.name, pipeline.date_created)
        distribution = _distributed(given, home, request.recipe, additions)
        request = replace(request, distribution=distribution)
    return request


def _nowhere(home: Store, name: str, made: datetime) -> DistributionConfiguration:
    arn = str(home.arn_for(DistributionConfiguration.kind, name))
    return DistributionConfiguration(arn=arn, name=name, date_created=made, distributions=[])


def _distributed(
    configuration: DistributionConfiguration, home: Store, recipe: Recipe, additions: Additions
) -> DistributionConfiguration:
    """A copy with the further Regions, and with the settings of AMIs for all of them."""
    settings = additions.settings
    distributions = [
        {**each, "amiDistributionConfiguration": _merged(given, settings)}
        if (given := each.get("amiDistributionConfiguration")) is not None
        else each
        for each in cast("Sequence[dict[str, Any]]", configuration.distributions)
    ]
    known = {each["region"] for each in distributions}
    member, value = (
        ("containerDistributionConfiguration", {"targetRepository": recipe.target_repository})
        if isinstance(recipe, ContainerRecipe)
        else ("amiDistributionConfiguration", settings)
    )
    distributions += [
        {"region": region, member: value}
        for region in dict.fromkeys((home.region, *additions.regions))
        if region not in known
    ]
    return replace(
        configuration, distributions=cast("list[wire.DistributionTypeDef]", distributions)
    )


def _merged(given: Mapping[str, Any], more: Settings) -> Mapping[str, Any]:
    """The settings of AMIs, with further tags and permissions."""
    result = dict(given)
    if "amiTags" in more:
        result["amiTags"] = {**given.get("amiTags", {}), **more["amiTags"]}
    if "launchPermission" in more:
        permission = dict(given.get("launchPermission", {}))
        for member, values in more["launchPermission"].items():
            kept = [*permission.get(member, ()), *cast("Sequence[str]", values)]
            permission[member] = list(dict.fromkeys(kept))
        result["launchPermission"] = permission
    return result
