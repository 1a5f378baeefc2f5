"""Distribution: copies in Regions and accounts, and what is configured with them afterwards.

Containers are pushed to repositories. A test can make a Region fail.

Sources: user guide, manage-distribution-settings and image-failure-context. The reason of a failed
copy is that of AWS's knowledge centre (2022-08-26), with another cause than EC2's as in
cdk-image-pipeline#76; the one of a failed integration is the guide's sample. What another account
cannot do with a key is in EC2's documentation and in aws-samples/amazon-ec2-image-builder-samples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from imagebuilder_mock.domain.resources.images import OutputResources
from imagebuilder_mock.domain.resources.workflow_executions import ImageFailureContext
from imagebuilder_mock.engines.one_build import MAX_ERROR, BuildFailedError, StepFailedError
from imagebuilder_mock.neighbours.account import Place

from .amis import AmiTarget, ami_targets, copied_ami, permit, source_devices
from .configuration import CONFIGURATIONS, configure
from .containers import push, pushed_containers
from .devices import is_managed_key, is_under_managed_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.resources.images import Ami
    from imagebuilder_mock.engines.one_build import Build
    from imagebuilder_mock.world.orders import BuildFailure

    Distributions = Sequence[wire.DistributionUnionTypeDef]
    Failure = wire.RegionFailureTypeDef

INTERNAL_ERROR = "An internal error has occurred."
"""Of a failure about which a test says nothing more (awscli example, list-image-build-versions)."""


def distribute(build: Build) -> None:
    """The service's own distribution: BuildFailedError if a Region or account does not get it.

    Those that did keep theirs. A container that was built is distributed by a workflow.
    """
    if build.image.type != "AMI":
        return
    _, refusals = _copy(build, _distributions(build))
    _permit(build, _distributions(build))
    if refusals:
        details = _distribution_details(build, refusals)
        reason = _distribution_reason(build, details)
        raise _failed(build, reason, _failures(build, refusals), details)


def integrate(build: Build) -> None:
    """Configure what was distributed: BuildFailedError if that fails in a Region.

    A workflow that distributes does that itself, or leaves it.
    """
    stage = build.image.plan.stage("DISTRIBUTING")
    if stage is not None and stage.groups:
        return
    failures = list(_configuration_failures(build, _distributions(build)))
    if failures:
        details = _integration_details(failures)
        raise _failed(build, _integration_reason(build, details), failures, details)


def distribute_in_workflow(build: Build, inputs: Mapping[str, object]) -> list[dict[str, object]]:
    """The step DistributeImage: its own distributions, or those of the configuration."""
    started = build.world.clock.now()
    amis, refusals = _copy(build, _said(build, inputs, "distributions"))
    if refusals:
        raise _distribution_step_failed(build, refusals)
    moment = f"{started:%Y-%m-%dT%H:%M:%S.%f}Z"
    return [
        {
            "region": ami.region,
            "name": ami.name,
            "amiId": ami.image,
            "accountId": ami.owner,
            "dateStarted": moment,
            "dateStopped": moment,
            "status": "Completed",
            "step": "Completed",
        }
        for ami in amis
    ]


def permit_in_workflow(build: Build, inputs: Mapping[str, object]) -> None:
    """The step ModifyImageAttributes: its own, or those of the distribution configuration."""
    _permit(build, _said(build, inputs, "attributes"))


def integrate_in_workflow(build: Build, inputs: Mapping[str, object]) -> None:
    """The step ApplyImageConfigurations: its own, or those of the distribution configuration."""
    own: Distributions | None = inputs.get("configurations")  # type: ignore[assignment] # checked with the document
    failures = list(_configuration_failures(build, _distributions(build) if own is None else own))
    if failures:
        details = _integration_details(failures)
        raise _step_failed(_integration_reason(build, details), failures, details)


def push_in_workflow(build: Build) -> dict[str, object]:
    """The step DistributeContainerImage."""
    refusals = _push(build)
    if refusals:
        raise _distribution_step_failed(build, refusals)
    containers = (build.image.output_resources or OutputResources()).containers or ()
    regions = [container.region for container in containers]
    return {"status": "Success", "succeededRegions": regions, "failedRegions": []}


class _Refusal(NamedTuple):
    """Why a place does not get the image."""

    place: Place
    error: str
    is_of_ec2: bool = False
    """Whether the error is EC2's answer to a request."""


def _copy(build: Build, distributions: Distributions) -> tuple[list[Ami], list[_Refusal]]:
    """All AMIs that there are then, and a refusal for each place that has none.

    What an earlier try has copied is not copied again.
    """
    world, store, image = build
    made = list((image.output_resources or OutputResources()).amis or ())
    if image.recipe is not None and not made:
        # No workflow has made an AMI.
        return [], []
    there = {Place(ami.owner, ami.region) for ami in made}
    refusals: list[_Refusal] = []
    orders = _Orders(build)
    home = AmiTarget(Place(store.account, store.region), {})
    for target in (home, *ami_targets(store, distributions)):
        refusal = orders.refusal_for(target.place) or _refusal_of_key(build, target)
        if refusal is not None:
            refusals.append(refusal)
        elif target is not home and target.place not in there:
            made.append(copied_ami(world, store, image, target))
    orders.carry_out()
    image.output_resources = OutputResources(tuple(made))
    return made, refusals


def _refusal_of_key(build: Build, target: AmiTarget) -> _Refusal | None:
    """Another account can use neither a key that AWS manages nor one without its ARN or alias."""
    world, store, image = build
    place, key = target.place, target.settings.get("kmsKeyId")
    if place.account == store.account:
        return None
    if (key and is_managed_key(key)) or is_under_managed_key(source_devices(world, store, image)):
        error = "Snapshots encrypted with the AWS Managed CMK can’t be shared. Specify another snapshot."  # noqa: E501, RUF001 - as EC2 has it
        return _Refusal(place, error, is_of_ec2=True)
    if key and not key.startswith(("arn:", "alias/")):
        error = f"AMI snapshot copy failed with error: The specified keyId {key} is invalid"
        return _Refusal(place, error)
    return None


def _permit(build: Build, distributions: Distributions) -> None:
    """Say who may launch from the AMIs, Region by Region."""
    output = build.image.output_resources
    for distribution in distributions:
        settings = distribution.get("amiDistributionConfiguration")
        for ami in (output.amis if output else None) or ():
            if settings and ami.region == distribution["region"]:
                permit(build.world, ami, settings)


def _push(build: Build) -> list[_Refusal]:
    store, image = build.store, build.image
    recipe = image.container_recipe
    containers = () if recipe is None else pushed_containers(store, image, recipe)
    orders = _Orders(build)
    refusals: list[_Refusal] = []
    pushed = []
    for container in containers:
        place = Place(store.account, container.region)
        error = orders.error_for(place) or push(build, container)
        if error is None:
            pushed.append(container)
        else:
            refusals.append(_Refusal(place, error))
    orders.carry_out()
    image.output_resources = OutputResources(containers=tuple(pushed))
    return refusals


def _configuration_failures(build: Build, distributions: Distributions) -> Iterator[Failure]:
    if build.world.is_in_the_past:
        # Templates and parameters name the newest output, not what is added of older times.
        return
    orders = _Orders(build)
    for distribution in distributions:
        for configuration in CONFIGURATIONS:
            step = configuration.step
            for place, entries in _by_place(build, distribution, configuration.member).items():
                refusal = orders.error_for(place, step) or configure(
                    build, place, configuration, entries
                )
                if refusal is not None:
                    yield {**_failure(build, place, refusal), "imageConfigurationStep": step}
    orders.carry_out()


def _by_place(
    build: Build, distribution: Mapping[str, Any], member: str
) -> Mapping[Place, list[Any]]:
    """What is to be configured in a Region, by the account whose AMI it is done with."""
    value = distribution.get(member) or ()
    entries: dict[Place, list[Any]] = {}
    for entry in [value] if isinstance(value, (dict, str)) else value:
        named = entry if isinstance(entry, dict) else {}
        account = named.get("accountId") or named.get("amiAccountId") or build.store.account
        entries.setdefault(Place(str(account), distribution["region"]), []).append(entry)
    return entries


class _Orders:
    """The test's orders to fail in a Region or an account, or in a step of the configuration there.

    An order that names a Region fails all of it, so it is counted down when all is done.
    """

    def __init__(self, build: Build) -> None:
        self._failures = build.world.state.failures
        self._fitting = [
            failure
            for failure in self._failures.for_image(build.image)
            if failure.component is None and failure.phase is None
        ]
        self._met: list[BuildFailure] = []

    def refusal_for(self, place: Place) -> _Refusal | None:
        """An order with a cause has it in the place of EC2's error."""
        failure = self._order_for(place)
        if failure is None:
            return None
        error = failure.cause or failure.message or INTERNAL_ERROR
        return _Refusal(place, error, is_of_ec2=failure.cause is None)

    def error_for(self, place: Place, step: str | None = None) -> str | None:
        failure = self._order_for(place, step)
        return None if failure is None else failure.cause or failure.message or INTERNAL_ERROR

    def _order_for(self, place: Place, step: str | None = None) -> BuildFailure | None:
        for failure in self._fitting:
            here = failure.fits_place(place.region, place.account)
            if here and failure.step == step and (failure.is_of_place or step is not None):
                if failure not in self._met:
                    self._met.append(failure)
                return failure
        return None

    def carry_out(self) -> None:
        for failure in self._met:
            self._failures.carry_out(failure)


def _distributions(build: Build) -> Distributions:
    configuration = build.image.distribution_configuration
    return () if configuration is None else configuration.distributions


def _said(build: Build, inputs: Mapping[str, object], name: str) -> Distributions:
    """What a step says of AMIs itself, or leaves to the configuration."""
    entries = cast("Sequence[Mapping[str, Any]] | None", inputs.get(name))
    if entries is None:
        return _distributions(build)
    return [
        {"region": entry["region"], "amiDistributionConfiguration": _as_settings(entry)}
        for entry in entries
    ]


def _as_settings(entry: Mapping[str, Any]) -> wire.AmiDistributionConfigurationTypeDef:
    """A document's entry in the form of the API's; documents are checked for lists alone."""
    settings: wire.AmiDistributionConfigurationTypeDef = {
        "targetAccountIds": list(map(str, entry.get("targetAccountIds", ())))
    }
    texts = ("name", "description", "kmsKeyId")
    settings |= {name: entry[name] for name in texts if isinstance(entry.get(name), str)}  # type: ignore[typeddict-item] # these are text
    tags, permission = entry.get("amiTags"), entry.get("launchPermission")
    if isinstance(tags, dict):
        settings["amiTags"] = {key: str(value) for key, value in tags.items()}
    if isinstance(permission, dict):
        lists = {name: list(map(str, value)) for name, value in permission.items()}
        settings["launchPermission"] = cast("wire.LaunchPermissionConfigurationTypeDef", lists)
    return settings


def _failure(build: Build, place: Place, error: str) -> Failure:
    """What failed in a Region; the account is told only where it is another one's."""
    failure: Failure = {
        "region": place.region,
        "status": "FAILED",
        "errorMessage": error[:MAX_ERROR],
    }
    if place.account != build.store.account:
        failure["targetAccountId"] = place.account
    return failure


def _failed(build: Build, reason: str, failures: list[Failure], summary: str) -> BuildFailedError:
    return BuildFailedError(
        reason,
        ImageFailureContext(
            image_status=build.image.state.status,
            distribution_failure=_context(summary, failures),
        ),
    )


def _step_failed(reason: str, failures: list[Failure], summary: str) -> StepFailedError:
    return StepFailedError(reason, distribution_failure=_context(summary, failures))


def _context(summary: str, failures: list[Failure]) -> dict[str, object]:
    return {"errorMessage": summary[:MAX_ERROR], "regionFailures": failures}


def _failures(build: Build, refusals: list[_Refusal]) -> list[Failure]:
    return [_failure(build, refusal.place, refusal.error) for refusal in refusals]


def _distribution_step_failed(build: Build, refusals: list[_Refusal]) -> StepFailedError:
    details = _distribution_details(build, refusals)
    reason = _distribution_reason(build, details)
    return _step_failed(reason, _failures(build, refusals), details)


def _distribution_reason(build: Build, details: str) -> str:
    return (
        f"Distribution failed with JobId '{build.world.ids.uuid()}', status = 'Failed' for ARN "
        f"'{build.image.arn}'. '{details}'"
    )


def _distribution_details(build: Build, refusals: list[_Refusal]) -> str:
    source = build.store.account
    texts = (
        f"{number}) {_cause(refusal)} when distributing the image from the source account "
        f"(ID: {source}) to the destination account (ID: {refusal.place.account}) in Region "
        f"{refusal.place.region}."
        for number, refusal in enumerate(refusals, 1)
    )
    return f"Not all distribution jobs are completed. {' '.join(texts)}"


def _cause(refusal: _Refusal) -> str:
    error = refusal.error[:MAX_ERROR]
    return f"EC2 Client Error: '{error}'" if refusal.is_of_ec2 else error


def _integration_reason(build: Build, details: str) -> str:
    return (
        f"Integration failed with JobId '{build.world.ids.uuid()}', status = 'Failed' for ARN "
        f"'{build.image.arn}'. {details}"
    )


def _integration_details(failures: list[Failure]) -> str:
    return " ".join(
        f"In region '{failure['region']}' - '{failure['errorMessage']}'" for failure in failures
    )
