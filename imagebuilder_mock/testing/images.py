"""Images in the test's hands: finished ones of any age, and what EC2 knows of their AMIs."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, get_args

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.errors import ImageBuilderError
from imagebuilder_mock.domain.resources.build_settings import with_defaults
from imagebuilder_mock.domain.resources.configurations import (
    DistributionConfiguration,
    InfrastructureConfiguration,
)
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.domain.resources.recipes import ContainerRecipe, ImageRecipe
from imagebuilder_mock.domain.suggestions import did_you_mean, listed
from imagebuilder_mock.engines.builds import stages
from imagebuilder_mock.engines.builds.starting import BuildRequest, start_build
from imagebuilder_mock.engines.lifecycle.actions import TARGETS, change_state
from imagebuilder_mock.neighbours import machine_images
from imagebuilder_mock.protocol.model import operation
from imagebuilder_mock.protocol.requests import check
from imagebuilder_mock.world.clock import aware
from imagebuilder_mock.world.published import published
from imagebuilder_mock.world.settings import is_account_id

from .arguments import Face, counted, store_at

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.machine_image import MachineImage
    from imagebuilder_mock.domain.resources.lifecycle import LifecycleActionName
    from imagebuilder_mock.domain.resources.recipes import Recipe
    from imagebuilder_mock.world.store import Store
    from imagebuilder_mock.world.world import World

EndState = Literal["AVAILABLE", "CANCELLED", "DEPRECATED", "DISABLED", "FAILED"]

_ANY_ARN = "arn:aws:imagebuilder:us-east-1:123456789012:image/any/1.0.0/1"

_ACTIONS = {target: action for action, target in TARGETS.items()}


class Images(Face):
    """``mock.images``. Each method takes effect at once."""

    __slots__ = ()

    def _holds(self) -> str:
        stores = self._world.state.stores.values()
        return counted(sum(len(store.order(Image)) for store in stores), "image")

    @published(recipe="web", created="2024-01-31T12:00:00+00:00", tags={"team": "web"})
    def add(
        self,
        *,
        recipe: str,
        created: datetime | None = None,
        regions: Sequence[str] = (),
        tags: Mapping[str, str] | None = None,
        state: EndState = "AVAILABLE",
        ami_tags: Mapping[str, str] | None = None,
        last_launched: datetime | None = None,
        public: bool = False,
        shared_with: Collection[str] = (),
        region: str | None = None,
        account_id: str | None = None,
    ) -> str:
        """Add a finished image, as if it had been built at ``created``; return its ARN.

        ``recipe`` is the name or the ARN of an image or container recipe. A name is looked up in
        ``region`` and ``account_id``, and the newest version of the recipe is used. ``created`` is
        an aware datetime, by default now. ``regions`` are further Regions that the output was
        distributed to. ``state`` is the state that the image has reached. ``ami_tags``,
        ``last_launched``, ``public`` and ``shared_with`` (account ids) apply to each of its AMIs;
        ``amis`` returns objects on which a test can change them.

        LookupError, which lists the recipes, if there is no such recipe. ValueError for a time in
        the future, a state that no finished image has, a wrong account id, tags that the service
        would refuse, and settings of AMIs for a container recipe.
        """
        _refuse_text(regions=regions, shared_with=shared_with)
        _check_tags(tags=tags, ami_tags=ami_tags)
        with self._world.lock:
            if recipe.startswith("arn:"):
                arn = Arn.parse(recipe)
                region, account_id = region or arn.region, account_id or arn.account
            home = store_at(self._world, region=region, account_id=account_id)
            found = self._recipe(home, recipe)
            moment = self._past(created, "created")
            launched = None if last_launched is None else self._past(last_launched, "last_launched")
            if state not in get_args(EndState):
                listed = ", ".join(map(repr, get_args(EndState)))
                msg = f"state={state!r}: a finished image is in one of {listed}."
                raise ValueError(msg)
            settings = _ami_settings(ami_tags, shared_with, public=public)
            if isinstance(found, ContainerRecipe) and (settings or launched):
                msg = f"{found.arn} makes container images: what is said of AMIs means nothing."
                raise ValueError(msg)
            with self._world.clock.as_of(moment), _held(self._world):
                image = self._build(
                    home, found, _distribution(home, found, regions, settings, moment), tags or {}
                )
                self._end(home, image, state)
            for ami in self.amis(image.arn):
                ami.last_launched = launched
            return image.arn

    def amis(self, image_arn: str) -> list[MachineImage]:
        """What EC2 knows of an image's AMIs. A test may change it: launch, tag, share, deregister.

        Beside moto it is changed there, but for the last launch. LookupError if there is no such
        image.
        """
        with self._world.lock:
            return [self.ami(ami.image) for ami in self._image(image_arn).amis]

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
        """Let EC2 or ECR refuse a lifecycle action, or every one, from now on.

        ``resource_id`` is the id of an AMI or of a snapshot, or the URI of a container image;
        ``message`` becomes the reason of the resource that fails. ValueError for another action.
        """
        if action is not None and action not in TARGETS:
            msg = f"action={action!r}: choose one of {', '.join(map(repr, TARGETS))}."
            raise ValueError(msg)
        with self._world.lock:
            self._world.state.machine_images.refuse(resource_id, action, message)

    def allow(self, resource_id: str) -> None:
        """Take back what was refused of a resource."""
        with self._world.lock:
            self._world.state.machine_images.allow(resource_id)

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
        known = [each for kind in (ImageRecipe, ContainerRecipe) for each in home.order(kind)]
        words = [each.arn for each in known]
        if not recipe.startswith("arn:"):
            words = list(dict.fromkeys(each.name for each in known))
        msg = (
            f"There is no recipe {recipe!r} in {home.region} of account {home.account}."
            f"{did_you_mean(recipe, words)} There are: {listed(words)}."
        )
        raise LookupError(msg)

    def _past(self, moment: datetime | None, what: str) -> datetime:
        now = self._world.clock.now()
        if moment is None:
            return now
        moment = aware(moment, f"{what}=")
        if moment > now:
            msg = f"{what}={moment.isoformat()} lies ahead: it is {now.isoformat()}."
            raise ValueError(msg)
        return moment

    def _build(
        self,
        home: Store,
        recipe: Recipe,
        distribution: DistributionConfiguration,
        tags: Mapping[str, str],
    ) -> Image:
        request = BuildRequest(
            recipe=recipe,
            infrastructure=InfrastructureConfiguration(
                arn=str(home.arn_for(InfrastructureConfiguration.kind, recipe.name)),
                name=recipe.name,
                date_created=distribution.date_created,
                instance_profile_name=recipe.name,
            ),
            distribution=distribution,
            settings=with_defaults({"tags": tags}),
        )
        try:
            return start_build(self._world, home, request, build_type="USER_INITIATED")
        except ImageBuilderError as error:
            msg = f"No image can be made of {recipe.arn}: {error.message}"
            raise ValueError(msg) from None

    def _end(self, home: Store, image: Image, state: EndState) -> None:
        if state == "CANCELLED":
            stages.cancel(self._world, image)
        elif state == "FAILED":
            stages.fail(self._world, image, "An internal error has occurred.")
        else:
            stages.complete(self._world, image)
            change_state(self._world, home, image, _ACTIONS[state])

    def _image(self, arn: str) -> Image:
        for store in self._world.state.stores.values():
            image = store.get(Image, arn)
            if image is not None:
                return image
        msg = f"There is no image {arn!r}."
        raise LookupError(msg)


@contextmanager
def _held(world: World) -> Iterator[None]:
    """Whatever the mode, a build that begins waits for us."""
    settings = world.settings
    world.settings = replace(settings, builds="held")
    try:
        yield
    finally:
        world.settings = settings


def _refuse_text(**lists: Collection[str]) -> None:
    """A string is a collection of strings too: of its letters, which nobody means."""
    for name, value in lists.items():
        if isinstance(value, str):
            msg = f"{name}={value!r} is one string: give a list, [{value!r}]."
            raise TypeError(msg)


def _check_tags(**tags: Mapping[str, str] | None) -> None:
    """ValueError for tags that the service would not take."""
    for name, value in tags.items():
        try:
            if value:
                check(operation("TagResource"), {"resourceArn": _ANY_ARN, "tags": dict(value)})
        except ImageBuilderError as error:
            msg = f"{name}={value!r}: {error.message}"
            raise ValueError(msg) from None


def _ami_settings(
    ami_tags: Mapping[str, str] | None, shared_with: Collection[str], *, public: bool
) -> wire.AmiDistributionConfigurationTypeDef:
    """What ``amiDistributionConfiguration`` says of it."""
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


def _distribution(
    home: Store,
    recipe: Recipe,
    regions: Sequence[str],
    settings: wire.AmiDistributionConfigurationTypeDef,
    moment: datetime,
) -> DistributionConfiguration:
    output: wire.DistributionTypeDef = {"region": home.region}
    if isinstance(recipe, ContainerRecipe):
        output["containerDistributionConfiguration"] = {
            "targetRepository": recipe.target_repository
        }
    else:
        output["amiDistributionConfiguration"] = settings
    return DistributionConfiguration(
        arn=str(home.arn_for(DistributionConfiguration.kind, recipe.name)),
        name=recipe.name,
        date_created=moment,
        distributions=[
            {**output, "region": region} for region in dict.fromkeys((home.region, *regions))
        ],
    )
