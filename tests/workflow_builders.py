"""Workflows for tests, in the manner of ``tests/builders.py``, and what is seen of their runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.builders import AMAZON, a_build, unique_name

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import ImagebuilderClient

ROLE = "arn:aws:iam::123456789012:role/builder"
BUILD_IMAGE = f"{AMAZON}workflow/build/build-image/x.x.x"
TEST_IMAGE = f"{AMAZON}workflow/test/test-image/x.x.x"
DISTRIBUTE_IMAGE = f"{AMAZON}workflow/distribution/distribute-image/x.x.x"

AN_AMI = "ami-0fedcba9876543210"
SSM_AGENT = {"waitFor": "ssmAgent"}
LAUNCH = {"name": "Launch", "action": "LaunchInstance", "inputs": SSM_AGENT}
INSTANCE = {"instanceId.$": "$.stepOutputs.Launch.instanceId"}
WAIT = {"name": "Approve", "action": "WaitForAction"}
CREATE = {"name": "Create", "action": "CreateImage", "inputs": INSTANCE}


def a_step(name: str, action: str = "TerminateInstance", **members: Any) -> dict[str, Any]:
    """A step; an action that needs an instance gets a made-up one."""
    if action in {"TerminateInstance", "WaitForSSMAgent", "ExecuteComponents"}:
        members.setdefault("inputs", {"instanceId": "i-0123456789abcdef0"})
    return {"name": name, "action": action, **members}


def a_workflow_document(*steps: dict[str, Any], **members: Any) -> str:
    return json.dumps({"schemaVersion": "1.0", "steps": list(steps or [WAIT]), **members})


def a_workflow(client: ImagebuilderClient, *steps: dict[str, Any], **params: Any) -> str:
    """A workflow of these steps, by default one that tests; the answer is its build version ARN.

    ``parameters`` and ``outputs`` are those of its document. One that builds says which AMI it
    makes, or names one that is there.
    """
    members = {name: params.pop(name) for name in ("parameters", "outputs") if name in params}
    if params.get("type") == "BUILD":
        members.setdefault("outputs", [image_id_of(*steps)])
    given = {
        "name": unique_name("workflow"),
        "semanticVersion": "1.0.0",
        "type": "TEST",
        "data": a_workflow_document(*steps, **members),
        **params,
    }
    return client.create_workflow(**given)["workflowBuildVersionArn"]


def image_id_of(*steps: dict[str, Any]) -> dict[str, str]:
    """The output of a workflow that builds: the AMI of its last step that makes one."""
    makers = [step for step in steps if step["action"] in {"CreateImage", "RegisterImage"}]
    made = f"$.stepOutputs.{makers[-1]['name']}.imageId" if makers else AN_AMI
    return {"name": "ImageId", "value": made}


def a_run(client: ImagebuilderClient, *workflows: str | dict[str, Any], **params: Any) -> str:
    """A build that has just begun, of these workflows; the answer is the image's ARN."""
    configurations = [
        {"workflowArn": workflow} if isinstance(workflow, str) else workflow
        for workflow in workflows
    ]
    return a_build(client, workflows=configurations, executionRole=ROLE, **params)


def executions_of(client: ImagebuilderClient, image: str) -> list[Any]:
    answer = client.list_workflow_executions(imageBuildVersionArn=image)
    return list(answer["workflowExecutions"])


def steps_of(client: ImagebuilderClient, execution: Any) -> list[Any]:
    answer = client.list_workflow_step_executions(
        workflowExecutionId=execution["workflowExecutionId"]
    )
    return list(answer["steps"])


def statuses_of(client: ImagebuilderClient, execution: Any) -> list[tuple[str, str]]:
    """Name and status of each step, in their order."""
    return [(step["name"], step["status"]) for step in steps_of(client, execution)]


def slug_of(execution: Any) -> str:
    return str(execution["workflowBuildVersionArn"].split("/")[2])


def pages_of(client: ImagebuilderClient, operation: str, **params: Any) -> list[Any]:
    """The answers of a list operation, page by page; botocore's paginator finds the same."""
    call = getattr(client, operation)
    pages = [call(**params)]
    while "nextToken" in pages[-1]:
        pages.append(call(**params, nextToken=pages[-1]["nextToken"]))
    if client.can_paginate(operation):
        size = params.pop("maxResults")
        paginator: Any = client.get_paginator(operation)  # type: ignore[call-overload] # any of them
        found = list(paginator.paginate(**params, PaginationConfig={"PageSize": size}))
        assert [_shown(page) for page in found] == [_shown(page) for page in pages]
    return pages


def _shown(page: Any) -> Any:
    """A page without what is different each time."""
    changing = {"ResponseMetadata", "requestId", "nextToken"}
    return {name: value for name, value in page.items() if name not in changing}
