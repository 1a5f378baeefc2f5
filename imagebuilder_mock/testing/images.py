"""``mock.images``: add finished images of any age, and change what EC2 knows of their AMIs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from inspect import signature
from typing import TYPE_CHECKING, Any, TypedDict, cast, get_args, overload

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.errors import ImageBuilderError
from imagebuilder_mock.domain.records import replace
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.resources.recipes import ContainerRecipe, ImageRecipe
from imagebuilder_mock.domain.suggestions import listed
from imagebuilder_mock.engines.lifecycle.actions import TARGETS
from imagebuilder_mock.engines.outputs.distribution import INTERNAL_ERROR
from imagebuilder_mock.neighbours import machine_images
from imagebuilder_mock.protocol.model import operation
from imagebuilder_mock.protocol.requests import check
from imagebuilder_mock.world.published import published
from imagebuilder_mock.world.settings import is_account_id

from .arguments import (
    Face,
    check_region,
    check_text,
    check_truth,
    counted,
    every,
    image_at,
    not_there,
    past,
    pipeline_at,
    refuse_text,
    store_at,
)
from .findings import MockFindings
from .history import Additions, EndState, PastBuild, request_of_pipeline, request_of_recipe

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from mypy_boto3_imagebuilder import type_defs as wire
    from typing_extensions import Unpack

    from imagebuilder_mock.domain.machine_image import MachineImage
    from imagebuilder_mock.domain.resources.lifecycle import LifecycleActionName
    from imagebuilder_mock.domain.resources.pipelines import ImagePipeline
    from imagebuilder_mock.domain.resources.recipes import Recipe
    from imagebuilder_mock.engines.builds.starting import BuildRequest
    from imagebuilder_mock.world.store import Store


class ImageArguments(TypedDict, total=False):
    """The arguments of ``mock.images.add``, except ``created``."""

    recipe: str | None
    pipeline: str | None
    regions: Sequence[str]
    tags: Mapping[str, str] | None
    state: EndState | None
    reason: str | None
    ami_tags: Mapping[str, str] | None
    last_launched: datetime | None
    public: bool
    shared_with: Collection[str]
    findings: Sequence[Mapping[str, object]] | None
    packages: Sequence[Sequence[str]] | None
    region: str | None
    account_id: str | None


_ANY_ARN = "arn:aws:imagebuilder:us-east-1:123456789012:image/any/1.0.0/1"


class Images(Face):
    """``mock.images``. Each method takes effect at once."""

    __slots__ = ()

    def _holds(self) -> str:
        return counted(len(list(every(Image, self._world))), "image")

    @overload
    def add(
        self, *, created: Sequence[datetime], **arguments: Unpack[ImageArguments]
    ) -> list[str]: ...
    @overload
    def add(
        self, *, created: datetime | None = None, **arguments: Unpack[ImageArguments]
    ) -> str: ...
    @published(
        pipeline="web",
        created="2024-01-31T12:00:00+00:00",
        state="FAILED",
        reason="The disk is full.",
    )
    def add(
        self,
        *,
        recipe: str | None = None,
        pipeline: str | None = None,
        created: datetime | Sequence[datetime] | None = None,
        regions: Sequence[str] = (),
        tags: Mapping[str, str] | None = None,
        state: EndState | None = None,
        reason: str | None = None,
        ami_tags: Mapping[str, str] | None = None,
        last_launched: datetime | None = None,
        public: bool = False,
        shared_with: Collection[str] = (),
        findings: Sequence[Mapping[str, object]] | None = None,
        packages: Sequence[Sequence[str]] | None = None,
        region: str | None = None,
        account_id: str | None = None,
    ) -> str | list[str]:
        """Add a finished image, as if it had been built at ``created``; return its ARN.

        ``created`` is an aware datetime, by default now. With a list of them there is an image for
        each, and the answer is the list of their ARNs in the same order: the build numbers follow
        the dates, in whatever order these stand. A later call goes on counting, even for an
        older image.

        ``pipeline`` is the name or the ARN of the pipeline that made it: the image is in the
        pipeline's lists, has its recipe, settings, distribution and tags, and counts as its last
        run if none is later. ``recipe`` is the name or the ARN of an image or container recipe,
        for an image of no pipeline, or for one that a pipeline built of a recipe that it no longer
        has. A name is looked up in ``region`` and ``account_id``, and the newest version of the
        recipe is used.

        ``state`` is the state that the image has reached, by default AVAILABLE. With a ``reason``
        it is FAILED: the workflow step that runs the components has failed with that.
        ``regions`` are further Regions that the output was distributed to. ``ami_tags``,
        ``last_launched``, ``public`` and ``shared_with`` (account ids) apply to each of its AMIs;
        ``amis`` returns objects on which a test can change them. ``findings`` is all that its scan
        found, each a mapping with the arguments of ``mock.findings.add``, and ``packages`` what
        is installed, as for ``mock.findings.set_packages``.

        It is history: EC2, and ECR for container images, have what was built, but nothing is told
        to ``mock.events``, and orders such as ``mock.builds.fail_next`` wait for the next build.
        What another program made for a workflow (its output ``ImageId``) is an AMI like any other.

        LookupError, which lists the recipes or pipelines, if there is no such one. ValueError for
        a time in the future, a launch before ``created``, a state that no finished image has, a
        wrong account id, tags that the service would refuse, settings of AMIs for a container
        recipe, and a build that the service would refuse; then nothing is added.
        """
        refuse_text(regions=regions, shared_with=shared_with, findings=findings or ())
        check_text(recipe=recipe, pipeline=pipeline, or_none=True)
        check_truth(public=public)
        check_text(reason=reason, or_none=True, may_be_empty=True)
        for each in regions:
            check_region(each, "regions")
        are_several = isinstance(created, Iterable) and not isinstance(created, str)
        dates = list(cast("Iterable[datetime | None]", created if are_several else [created]))
        _check_tags(tags=tags, ami_tags=ami_tags)
        reached = _state(state, reason)
        settings = _ami_settings(ami_tags, shared_with, public=public)
        for finding in findings or ():
            _check_finding(finding)
        with self._world.lock:
            moments = [past(self._world, each, "created") for each in dates]
            launched = (
                None if last_launched is None else past(self._world, last_launched, "last_launched")
            )
            home, made_by, found = self._source(recipe, pipeline, region, account_id)
            additions = Additions(regions=regions, settings=settings, tags=tags or {})
            request = self._request(home, made_by, found, additions)
            if isinstance(request.recipe, ContainerRecipe) and (settings or launched):
                msg = (
                    f"{request.recipe.arn} makes container images, to which ami_tags, public, "
                    "shared_with and last_launched do not apply."
                )
                raise ValueError(msg)
            _check_launch(launched, moments)
            if findings is not None:
                request = _scanned(request)
            build = PastBuild(
                request=request,
                pipeline=made_by,
                state=reached,
                reason=INTERNAL_ERROR if reason is None else reason,
                findings=findings,
                packages=packages,
                last_launched=launched,
            )
            arns: dict[int, str] = {}
            for position in sorted(range(len(moments)), key=moments.__getitem__):
                arns[position] = build.add(self._world, home, moments[position]).arn
        in_order = [arns[position] for position in range(len(moments))]
        return in_order if are_several else in_order[0]

    def amis(self, image_arn: str) -> list[MachineImage]:
        """What EC2 knows of an image's AMIs. A test may change it: launch, tag, share, deregister.

        Beside moto, change it in moto, except for the last launch. LookupError if there is no such
        image. What is set to a wrong value, such as a datetime without time zone, is a ValueError.
        """
        with self._world.lock:
            _, image = image_at(self._world, image_arn)
            return [self.ami(ami.image) for ami in image.amis]

    def ami(self, ami_id: str) -> MachineImage:
        """What EC2 knows of an AMI that a build made, also after the image is gone.

        LookupError if no build made it.
        """
        with self._world.lock:
            found = self._world.state.machine_images.get(ami_id)
            if found is not None:
                # Beside moto it gets to know what became of it there.
                machine_images.find(self._world, found.account_id, found.region, ami_id)
        if found is None:
            msg = f"No build made the AMI {ami_id!r}. mock.images.amis(image_arn) has an image's."
            raise LookupError(msg)
        return found

    def refuse(
        self,
        resource_id: str,
        *,
        action: LifecycleActionName | None = None,
        message: str = "You are not authorized to perform this operation.",
    ) -> None:
        """Make EC2 or ECR refuse a lifecycle action, or every action, from now on.

        ``resource_id`` is the id of an AMI or of a snapshot, or the URI of a container image;
        ``message`` becomes the reason of the resource that fails. ValueError for another action.
        """
        check_text(resource_id=resource_id, message=message)
        if action is not None and action not in TARGETS:
            msg = f"action={action!r}: choose one of {', '.join(map(repr, TARGETS))}."
            raise ValueError(msg)
        with self._world.lock:
            self._world.state.machine_images.refuse(resource_id, action, message)

    def allow(self, resource_id: str) -> None:
        """Allow all actions on a resource again, after ``refuse``."""
        with self._world.lock:
            self._world.state.machine_images.allow(resource_id)

    def _source(
        self, recipe: str | None, pipeline: str | None, region: str | None, account_id: str | None
    ) -> tuple[Store, ImagePipeline | None, Recipe | None]:
        """The store of the image, the pipeline that made it, and the recipe if one is named."""
        named = pipeline or recipe
        if named is not None and named.startswith("arn:"):
            arn = Arn.parse(named)
            region, account_id = region or arn.region, account_id or arn.account
        home = store_at(self._world, region=region, account_id=account_id)
        found = None if recipe is None else self._recipe(home, recipe)
        if pipeline is None:
            return home, None, found
        made_by = pipeline_at(home, pipeline)
        is_container = made_by.container_recipe_arn is not None
        if found is not None and isinstance(found, ContainerRecipe) is not is_container:
            kind = "container" if is_container else "image"
            msg = f"recipe={recipe!r}: {made_by.arn} builds {kind} recipes."
            raise ValueError(msg)
        return home, made_by, found

    def _request(
        self,
        home: Store,
        pipeline: ImagePipeline | None,
        recipe: Recipe | None,
        additions: Additions,
    ) -> BuildRequest:
        if pipeline is not None:
            try:
                return request_of_pipeline(self._world, pipeline, recipe, additions)
            except ImageBuilderError as error:
                msg = f"No image can be made by {pipeline.arn}: {error.message}"
                raise ValueError(msg) from None
        if recipe is None:
            msg = "Name the recipe= that the image was built of, or the pipeline= that built it."
            raise ValueError(msg)
        return request_of_recipe(home, recipe, additions, self._world.clock.now())

    def _recipe(self, home: Store, recipe: str) -> Recipe:
        for kind in (ImageRecipe, ContainerRecipe):
            found: Recipe | None
            if recipe.startswith("arn:"):
                found = self._world.find(home, kind, recipe, parameter="recipe")
            else:
                named = home.family(home.arn_for(kind.kind, recipe))
                found = next(named.newest_first(), None)
            if found is not None:
                return found
        known = (*home.order(ImageRecipe), *home.order(ContainerRecipe))
        raise not_there("recipe", recipe, home, known)


def _state(state: EndState | None, reason: str | None) -> EndState:
    """The state that an image has reached; ValueError for no such state, or a needless reason."""
    if state is None:
        return "AVAILABLE" if reason is None else "FAILED"
    if state not in get_args(EndState):
        known = listed(map(repr, get_args(EndState)))
        msg = f"state={state!r}: a finished image is in one of {known}."
        raise ValueError(msg)
    if reason is not None and state != "FAILED":
        msg = f"reason={reason!r} with state={state!r}: only a FAILED image has a reason."
        raise ValueError(msg)
    return state


def _scanned(request: BuildRequest) -> BuildRequest:
    """The request for an image that is scanned."""
    member = "imageScanningConfiguration"
    scanning = {**cast("dict[str, Any]", request.settings.get(member) or {})}
    settings = {**request.settings, member: {**scanning, "imageScanningEnabled": True}}
    return replace(request, settings=settings)


def _check_launch(launched: datetime | None, made: Sequence[datetime]) -> None:
    newest = max(made, default=launched)
    if launched is not None and newest is not None and launched < newest:
        msg = (
            f"last_launched={launched.isoformat()} lies before created={newest.isoformat()}: an "
            "AMI is launched after it is made."
        )
        raise ValueError(msg)


def _check_finding(finding: Mapping[str, object]) -> None:
    """ValueError if it is no mapping with the arguments of ``mock.findings.add``."""
    of_add = signature(MockFindings.add)
    said = "it is not a mapping"
    if isinstance(finding, Mapping):
        try:
            of_add.bind(None, _ANY_ARN, **finding)
        except TypeError as error:
            said = str(error)
        else:
            return
    msg = f"findings: {finding!r} ({said}). Give a mapping with "
    raise ValueError(msg + f"{listed([*of_add.parameters][2:])}.")


def _check_tags(**tags: Mapping[str, str] | None) -> None:
    """ValueError for tags that the service would not take."""
    for name, value in tags.items():
        if value is not None and not isinstance(value, Mapping):
            msg = f"{name}={value!r}: give a mapping, such as {{'team': 'web'}}."
            raise TypeError(msg)
        try:
            if value:
                check(operation("TagResource"), {"resourceArn": _ANY_ARN, "tags": dict(value)})
        except ImageBuilderError as error:
            msg = f"{name}={value!r}: {error.message}"
            raise ValueError(msg) from None


def _ami_settings(
    ami_tags: Mapping[str, str] | None, shared_with: Collection[str], *, public: bool
) -> wire.AmiDistributionConfigurationTypeDef:
    """The arguments as ``amiDistributionConfiguration``."""
    for account in shared_with:
        if not is_account_id(account):
            msg = f"shared_with={account!r}: an account is 12 digits in a string."
            raise ValueError(msg)
    settings: wire.AmiDistributionConfigurationTypeDef = {}
    permission: wire.LaunchPermissionConfigurationTypeDef = {}
    if ami_tags:
        settings["amiTags"] = dict(ami_tags)
    if shared_with:
        permission["userIds"] = sorted(shared_with)
    if public:
        permission["userGroups"] = ["all"]
    if permission:
        settings["launchPermission"] = permission
    return settings
