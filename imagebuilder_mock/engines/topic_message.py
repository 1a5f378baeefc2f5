"""The message that the topic of the infrastructure gets when a build is over.

Sources: user guide, integ-sns, which has its own forms of dates and versions; for the keys and
the accounts in ARNs, a message that was captured on 2024-08-27.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from imagebuilder_mock.domain.arn import AMAZON, Arn
from imagebuilder_mock.domain.resources.base import members_of
from imagebuilder_mock.domain.resources.images import service_linked_role
from imagebuilder_mock.domain.versions import Version

from .one_build import id_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagebuilder_mock.domain.resources.base import Resource
    from imagebuilder_mock.domain.resources.images import Image
    from imagebuilder_mock.world.event_bodies import BuildMessage

    from .one_build import Build

# Majors, minors, patches and builds have thirty bits each.
_BITS = 30
_AMAZON_ACCOUNTS: Mapping[str, str] = {"us-east-2": "813215560771"}
"""By Region, the number of Amazon's account, which the API calls ``aws``."""
_AMAZON_ACCOUNT = "627945338248"
"""That of us-east-1, used for the other Regions too, whose numbers were not seen."""
_LEFT_OUT = frozenset(("owner", "policy", "shared_with", "sequence", "tags", "timeout_minutes"))


def message_of(build: Build) -> BuildMessage:
    """The message; keys without a value are left out, as in the JSON of the service."""
    image = build.image
    arn = Arn.parse(image.arn)
    state: dict[str, object] = {"status": image.state.status}
    if image.state.reason is not None:
        state["reason"] = image.state.reason
    message: dict[str, object] = {
        "versionlessArn": f"arn:{arn.partition}:imagebuilder:{arn.region}:{arn.account}"
        f":{arn.kind}/{arn.slug}",
        "semver": packed_version(arn),
        "arn": image.arn,
        "name": image.name,
        "version": arn.version,
        "type": image.type,
        "buildVersion": arn.build,
        "state": state,
        "platform": image.platform,
        "workflows": _workflows(image),
        "executionRole": image.execution_role or service_linked_role(image),
        **_recipe(image),
        "sourcePipelineArn": image.source_pipeline_arn,
        "infrastructureConfiguration": _copy(image.infrastructure_configuration, build),
        "imageTestsConfigurationDocument": image.image_tests_configuration,
        "distributionConfiguration": _copy(image.distribution_configuration, build),
        "dateCreated": _date(image.date_created),
        "outputResources": _output(image),
        **_jobs(build),
        "accountId": build.store.account,
        "osVersion": image.os_version,
        "enhancedImageMetadataEnabled": image.enhanced_image_metadata_enabled,
        "buildType": image.build_type,
        "tags": _tags(image),
    }
    given = {key: value for key, value in message.items() if value is not None}
    return cast("BuildMessage", given)


def packed_version(arn: Arn) -> int:
    """The version and the build in one number."""
    major, minor, patch = Version.parse(arn.version or "0.0.0")
    number = major
    for node in (minor, patch, arn.build or 0):
        number = number << _BITS | node
    return number


def with_account(arn: str) -> str:
    """An ARN with Amazon's account number in place of ``aws``; any other text as it is."""
    try:
        parsed = Arn.parse(arn)
    except ValueError:
        return arn
    if parsed.account != AMAZON:
        return arn
    return str(parsed._replace(account=_AMAZON_ACCOUNTS.get(parsed.region, _AMAZON_ACCOUNT)))


def _workflows(image: Image) -> list[dict[str, str]] | None:
    planned = image.plan.workflows()
    return [{"workflowArn": with_account(workflow.arn)} for workflow in planned] or None


def _recipe(image: Image) -> dict[str, object]:
    recipe = image.recipe
    if recipe is None:
        return {}
    member = "imageRecipe" if image.image_recipe is not None else "containerRecipe"
    shown: dict[str, object] = {
        "arn": recipe.arn,
        "name": recipe.name,
        "version": recipe.version,
        "description": recipe.description,
        "components": [
            {**component, "componentArn": with_account(component["componentArn"])}
            for component in recipe.components or ()
        ],
        "platform": recipe.platform,
        "parentImage": with_account(recipe.parent_image),
        "dateCreated": _date(recipe.date_created),
        "tags": _tags(recipe),
        "workingDirectory": recipe.working_directory,
        "accountId": Arn.parse(recipe.arn).account,
    }
    if image.image_recipe is not None:
        shown["blockDeviceMappings"] = image.image_recipe.block_device_mappings or []
    return {member: {key: value for key, value in shown.items() if value is not None}}


def _copy(resource: Resource | None, build: Build) -> dict[str, object] | None:
    if resource is None:
        return None
    shown: dict[str, object] = {}
    for name, member in members_of(type(resource)):
        value = getattr(resource, name)
        if value is not None and name not in _LEFT_OUT:
            shown[member] = _date(value) if isinstance(value, datetime) else value
    shown["tags"] = _tags(resource)
    shown["accountId"] = build.store.account
    return shown


def _output(image: Image) -> dict[str, object]:
    output = image.output_resources
    if output is None or image.state.status == "FAILED":
        return {"amis": []}
    if output.amis is None:
        return {
            "containers": [
                {"region": container.region, "imageUris": list(container.image_uris)}
                for container in output.containers or ()
            ]
        }
    return {
        "amis": [
            {
                "region": ami.region,
                "image": ami.image,
                "name": ami.name,
                "accountId": ami.account_id,
            }
            for ami in output.amis
        ]
    }


def _jobs(build: Build) -> dict[str, object]:
    """The ids of what ran, if the build went well.

    Jobs have ids only with a distribution configuration; reasons of failures have the same ids.
    """
    image = build.image
    if image.state.status != "AVAILABLE":
        return {}
    names = {"BUILD": "buildExecutionId", "TEST": "testExecutionId"}
    # The new run of a workflow that was retried comes after the one that failed.
    ids: dict[str, object] = {
        names[execution.type]: execution.workflow_execution_id.removeprefix("wf-")
        for execution in image.executions
        if execution.type in names
    }
    if image.distribution_configuration is not None:
        ids["distributionJobId"] = build.job_id("distribution")
        ids["integrationJobId"] = build.job_id("integration")
    return ids


def _tags(resource: Resource) -> dict[str, object]:
    """The tags of a resource, and two of the service's own."""
    own = {"internalId": id_of(resource.arn), "resourceArn": resource.arn}
    return {**own, **resource.tags}


def _date(moment: datetime) -> str:
    """``Jul 28, 2022 1:13:45 AM``."""
    return f"{moment:%b} {moment.day}, {moment:%Y} {moment.hour % 12 or 12}:{moment:%M:%S %p}"
