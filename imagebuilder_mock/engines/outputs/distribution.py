"""Distribution: AMIs are copied to Regions and accounts, and configured afterwards.

Containers are pushed to repositories. A test can make a Region fail.

Sources: user guide, manage-distribution-settings and image-failure-context. What is done to the AMI
in the Region of the build, and the outputs of workflow steps, were seen in aws-samples,
packer-build and gated-distribution. What another account cannot do with a key is in EC2's
documentation and in aws-samples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from imagebuilder_mock.domain.resources.images import OutputResources
from imagebuilder_mock.neighbours.account import Place

from .amis import (
    AmiTarget,
    ami_targets,
    copied_ami,
    permit,
    place_of,
    source_devices,
    tag_in_place,
)
from .configuration import CONFIGURATIONS, configure
from .containers import push, pushed_containers
from .devices import is_managed_key, is_under_managed_key
from .failed_distribution import Refusal, distribution_failed, integration_failed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.resources.images import Ami, Image
    from imagebuilder_mock.engines.one_build import Build, StepWork
    from imagebuilder_mock.world.orders import BuildFailure

    Distributions = Sequence[wire.DistributionUnionTypeDef]

INTERNAL_ERROR = "An internal error has occurred."
"""The reason of a failure for which a test gives none (awscli, list-image-build-versions)."""


def distribute(build: Build) -> None:
    """Distribute an AMI without a workflow; containers are always distributed by one.

    StepFailedError if a Region or account does not get it; those that did keep their copies.
    """
    if build.image.type != "AMI":
        return
    _, refusals = _copy(build, build.distributions)
    _permit(build, build.distributions)
    if refusals:
        raise distribution_failed(build, refusals)


def integrate(build: Build) -> None:
    """Configure what was distributed: StepFailedError if that fails in a Region.

    Nothing is configured here if a workflow distributes: it can have a step for that.
    """
    if not has_configurations(build):
        return
    refusals = list(_configure_all(build, build.distributions))
    if refusals:
        raise integration_failed(build, refusals)


def has_copies(build: Build) -> bool:
    """Whether the distribution without a workflow copies an AMI anywhere."""
    return build.image.type == "AMI" and _goes_anywhere(build, build.distributions)


def has_configurations(build: Build) -> bool:
    """Whether anything is configured without a workflow."""
    return not is_done_by_workflow(build.image) and any(
        distribution.get(configuration.member)
        for distribution in build.distributions
        for configuration in CONFIGURATIONS
    )


def is_done_by_workflow(image: Image) -> bool:
    """Whether a workflow distributes what the build makes, instead of the service itself."""
    stage = image.plan.stage("DISTRIBUTING")
    return stage is not None and bool(stage.groups)


def step_has_copies(build: Build, inputs: Mapping[str, object]) -> bool:
    """Whether the step DistributeImage copies an AMI anywhere."""
    return _goes_anywhere(build, _said(build, inputs, "distributions"))


def _goes_anywhere(build: Build, distributions: Distributions) -> bool:
    return any(target.place != build.home for target in ami_targets(build.store, distributions))


def distribute_in_workflow(work: StepWork) -> Mapping[str, object]:
    """The step DistributeImage: by its inputs, or else by the distribution configuration.

    Its output has an entry for each AMI that it touched. Where the image was built, nothing is
    copied.
    """
    build = work.build
    amis, refusals = _copy(build, _said(build, work.inputs, "distributions"))
    if refusals:
        raise distribution_failed(build, refusals)
    return {
        "distributedImages": [
            _entry(work, ami, is_instant=place_of(ami) == build.home) for ami in amis
        ]
    }


def permit_in_workflow(work: StepWork) -> Mapping[str, object]:
    """The step ModifyImageAttributes: by its inputs, or else by the configuration."""
    amis = _permit(work.build, _said(work.build, work.inputs, "attributes"))
    return {"modifiedImages": [_entry(work, ami) for ami in amis]}


def integrate_in_workflow(work: StepWork) -> Mapping[str, object]:
    """The step ApplyImageConfigurations: by its inputs, or else by the configuration."""
    build = work.build
    distributions = _said(build, work.inputs, "configurations")
    refusals = list(_configure_all(build, distributions))
    if refusals:
        raise integration_failed(build, refusals)
    places = {
        place
        for distribution in distributions
        for configuration in CONFIGURATIONS
        for place in _by_place(build, distribution, configuration.member)
    }
    amis = [ami for ami in build.image.amis if place_of(ami) in places]
    return {"configuredImages": [_entry(work, ami) for ami in amis]}


def _entry(work: StepWork, ami: Ami, *, is_instant: bool = False) -> Mapping[str, object]:
    """The entry for an AMI in the outputs of a step that distributes."""
    started, form = work.started, "%Y-%m-%dT%H:%M:%S.%fZ"
    stopped = started if is_instant else work.build.world.clock.now()
    return {
        "region": ami.region,
        "name": ami.name,
        "amiId": ami.image,
        "accountId": ami.owner,
        "dateStarted": started.strftime(form),
        "dateStopped": stopped.strftime(form),
        "status": "Completed",
        "step": "Completed",
    }


def push_in_workflow(build: Build) -> Mapping[str, object]:
    """The step DistributeContainerImage."""
    orders = _Orders(build)
    refusals: list[Refusal] = []
    pushed = []
    for container in pushed_containers(build):
        place = Place(build.store.account, container.region)
        error = orders.error_for(place) or push(build, container)
        if error is None:
            pushed.append(container)
        else:
            refusals.append(Refusal(place, error))
    orders.carry_out()
    build.image.output_resources = OutputResources(containers=tuple(pushed))
    if refusals:
        raise distribution_failed(build, refusals)
    regions = [container.region for container in pushed]
    return {"status": "Success", "succeededRegions": regions, "failedRegions": []}


def _copy(build: Build, distributions: Distributions) -> tuple[list[Ami], list[Refusal]]:
    """Copy the AMI to all places; return the AMIs of those that have one, and the refusals.

    What an earlier try has copied is not copied again. Where the image was built, its AMI is
    tagged. That place can refuse even if no distribution names it, since copies are made from
    there.
    """
    store, image = build.store, build.image
    made = list((image.output_resources or OutputResources()).amis or ())
    if image.recipe is not None and not made:
        # No workflow has made an AMI that could be copied.
        return [], []
    there = {place_of(ami): ami for ami in made}
    refusals: list[Refusal] = []
    orders = _Orders(build)
    home = build.home
    # The build's own place comes first.
    named = sorted(ami_targets(store, distributions), key=lambda target: target.place != home)
    unnamed = [] if named and named[0].place == home else [AmiTarget(home, {})]
    for target in (*unnamed, *named):
        refusal = orders.refusal_for(target.place) or _refusal_of_key(build, target)
        if refusal is not None:
            refusals.append(refusal)
        elif target.place in there:
            tag_in_place(build, there[target.place], target.settings)
        elif target.place != home:
            there[target.place] = copied_ami(build, target)
    orders.carry_out()
    image.output_resources = OutputResources(tuple(there.values()))
    return [there[each.place] for each in named if each.place in there], refusals


def _refusal_of_key(build: Build, target: AmiTarget) -> Refusal | None:
    """Refuse a key that another account cannot use: an AWS managed one, or one by its bare ID."""
    place, key = target.place, target.settings.get("kmsKeyId")
    if place.account == build.store.account:
        return None
    if (key and is_managed_key(key)) or is_under_managed_key(source_devices(build)):
        error = "Snapshots encrypted with the AWS Managed CMK can’t be shared. Specify another snapshot."  # noqa: E501, RUF001 - as EC2 has it
        return Refusal(place, error, is_of_ec2=True)
    if key and not key.startswith(("arn:", "alias/")):
        error = f"AMI snapshot copy failed with error: The specified keyId {key} is invalid"
        return Refusal(place, error)
    return None


def _permit(build: Build, distributions: Distributions) -> list[Ami]:
    """Set who may launch the AMIs of each Region; return the AMIs that have such settings."""
    touched = []
    for distribution in distributions:
        settings = distribution.get("amiDistributionConfiguration")
        for ami in build.image.amis:
            is_in = ami.region == distribution["region"]
            if is_in and settings and settings.get("launchPermission"):
                permit(build.world, ami, settings)
                touched.append(ami)
    return touched


def _configure_all(build: Build, distributions: Distributions) -> Iterator[Refusal]:
    if build.world.is_in_the_past:
        # Templates and parameters name the newest output, which history is not.
        return
    orders = _Orders(build)
    for distribution in distributions:
        for configuration in CONFIGURATIONS:
            step = configuration.step
            for place, entries in _by_place(build, distribution, configuration.member).items():
                error = orders.error_for(place, step) or configure(
                    build, place, configuration, entries
                )
                if error is not None:
                    yield Refusal(place, error, step=step)
    orders.carry_out()


def _by_place(
    build: Build, distribution: Mapping[str, Any], member: str
) -> Mapping[Place, list[Any]]:
    """The entries of a member for a Region, by the account whose AMI is configured."""
    value = distribution.get(member) or ()
    entries: dict[Place, list[Any]] = {}
    for entry in [value] if isinstance(value, dict) else value:
        named = entry if isinstance(entry, dict) else {}
        account = named.get("accountId") or named.get("amiAccountId") or build.store.account
        entries.setdefault(Place(account, distribution["region"]), []).append(entry)
    return entries


class _Orders:
    """The test's orders to fail in a Region or an account, or in a step of the configuration there.

    An order that names a Region fails all of it, so it is counted down when all is done.
    """

    def __init__(self, build: Build) -> None:
        self._image = build.image
        self._failures = build.world.state.failures
        self._met: list[BuildFailure] = []

    def refusal_for(self, place: Place) -> Refusal | None:
        """The refusal that was ordered for a place; its cause, if there is one, is not EC2's."""
        failure = self._order_for(place)
        if failure is None:
            return None
        error = failure.cause or failure.message or INTERNAL_ERROR
        return Refusal(place, error, is_of_ec2=failure.cause is None)

    def error_for(self, place: Place, step: str | None = None) -> str | None:
        failure = self._order_for(place, step)
        return None if failure is None else failure.cause or failure.message or INTERNAL_ERROR

    def _order_for(self, place: Place, step: str | None = None) -> BuildFailure | None:
        def fits(failure: BuildFailure) -> bool:
            return (
                failure.component is None
                and failure.phase is None
                and failure.step == step
                and (failure.is_of_place or step is not None)
                and failure.fits_place(place.region, place.account)
            )

        failure = self._failures.first(self._image, fits)
        if failure is not None and failure not in self._met:
            self._met.append(failure)
        return failure

    def carry_out(self) -> None:
        for failure in self._met:
            self._failures.carry_out(failure)


def _said(build: Build, inputs: Mapping[str, object], name: str) -> Distributions:
    """What an input of a step says of each Region, or else the distribution configuration."""
    entries = cast("Sequence[Mapping[str, Any]] | None", inputs.get(name))
    return build.distributions if entries is None else list(map(_as_distribution, entries))


def _as_distribution(entry: Mapping[str, Any]) -> wire.DistributionTypeDef:
    """An entry of a document in the form of the API.

    Documents are checked only for lists and for what is required, so text can be anything else.
    """
    configurations = {
        configuration.member: list(map(_with_texts, _listed(entry[configuration.member])))
        for configuration in CONFIGURATIONS
        if entry.get(configuration.member) is not None
    }
    return {
        "region": entry["region"],
        "amiDistributionConfiguration": _as_settings(entry),
        **configurations,  # type: ignore[typeddict-item] # the members are the API's
    }


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _with_texts(value: object) -> object:
    if isinstance(value, dict):
        return {name: _with_texts(each) for name, each in value.items()}
    return value if isinstance(value, bool) else "" if value is None else str(value)


def _as_settings(entry: Mapping[str, Any]) -> wire.AmiDistributionConfigurationTypeDef:
    settings: wire.AmiDistributionConfigurationTypeDef = {
        "targetAccountIds": list(map(str, entry.get("targetAccountIds", ())))
    }
    texts = ("name", "description", "kmsKeyId")
    settings |= {name: entry[name] for name in texts if isinstance(entry.get(name), str)}  # type: ignore[typeddict-item] # these are text
    tags, permission = entry.get("amiTags"), entry.get("launchPermission")
    if isinstance(tags, dict):
        settings["amiTags"] = {key: str(value) for key, value in tags.items()}
    if isinstance(permission, dict):
        lists = {
            name: list(map(str, value))
            for name, value in permission.items()
            if isinstance(value, list)
        }
        settings["launchPermission"] = cast("wire.LaunchPermissionConfigurationTypeDef", lists)
    return settings
