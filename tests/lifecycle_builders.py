"""Lifecycle policies and images with a past, for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.builders import unique_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_imagebuilder import ImagebuilderClient

    from imagebuilder_mock import ImageBuilderMock

ROLE = "lifecycle-role"


def a_rule(
    action: str,
    value: int = 30,
    unit: str = "DAYS",
    *,
    include: tuple[str, ...] = (),
    amis: dict[str, Any] | None = None,
    tags: dict[str, str] | None = None,
    retain: int | None = None,
) -> dict[str, Any]:
    """A rule by age."""
    condition: dict[str, Any] = {"type": "AGE", "value": value, "unit": unit}
    if retain is not None:
        condition["retainAtLeast"] = retain
    return _detail(action, condition, include, amis, tags)


def a_count(
    value: int,
    *,
    include: tuple[str, ...] = (),
    amis: dict[str, Any] | None = None,
    tags: dict[str, str] | None = None,
) -> dict[str, Any]:
    """A rule that deletes what is beyond a number of images."""
    return _detail("DELETE", {"type": "COUNT", "value": value}, include, amis, tags)


def a_policy_request(*rules: dict[str, Any], **params: Any) -> dict[str, Any]:
    """What CreateLifecyclePolicy takes, for version 1.0.0 of the recipe ``web``."""
    return {
        "name": unique_name("policy"),
        "executionRole": ROLE,
        "resourceType": "AMI_IMAGE",
        "policyDetails": list(rules) or [a_rule("DEPRECATE")],
        "resourceSelection": {"recipes": [{"name": "web", "semanticVersion": "1.0.0"}]},
        **params,
    }


def a_policy(client: ImagebuilderClient, *rules: dict[str, Any], **params: Any) -> str:
    request: Any = a_policy_request(*rules, **params)
    return client.create_lifecycle_policy(**request)["lifecyclePolicyArn"]


def the_execution(client: ImagebuilderClient, execution_id: str) -> Any:
    return client.get_lifecycle_execution(lifecycleExecutionId=execution_id)["lifecycleExecution"]


def resources_of(
    client: ImagebuilderClient, execution_id: str, image: str | None = None
) -> list[Any]:
    """All resources of an execution, or what it acts on of an image's output."""
    parent: Any = {} if image is None else {"parentResourceId": image}
    pages = pages_of(
        client.list_lifecycle_execution_resources, lifecycleExecutionId=execution_id, **parent
    )
    return [resource for page in pages for resource in page["resources"]]


def pages_of(operation: Callable[..., Any], **params: Any) -> Iterator[Any]:
    """All pages of a list: the oldest botocore has no paginators for those of lifecycles."""
    page = operation(**params)
    yield page
    while "nextToken" in page:
        page = operation(**params, nextToken=page["nextToken"])
        yield page


def state_of(client: ImagebuilderClient, image: str) -> str:
    return client.get_image(imageBuildVersionArn=image)["image"]["state"]["status"]


def fates(mock: ImageBuilderMock, policy: Any, **options: Any) -> dict[str, str]:
    """What a preview says of each image, by its build number's end of the ARN."""
    rows: Any = mock.lifecycle.preview(policy, **options).rows
    return {row["image"].rpartition(":")[2]: row["fate"] for row in rows}


def _detail(
    action: str,
    condition: dict[str, Any],
    include: tuple[str, ...],
    amis: dict[str, Any] | None,
    tags: dict[str, str] | None,
) -> dict[str, Any]:
    detail: dict[str, Any] = {"action": {"type": action}, "filter": condition}
    if include:
        detail["action"]["includeResources"] = dict.fromkeys(include, True)
    exclusions: dict[str, Any] = {}
    if amis is not None:
        exclusions["amis"] = amis
    if tags is not None:
        exclusions["tagMap"] = tags
    if exclusions:
        detail["exclusionRules"] = exclusions
    return detail
