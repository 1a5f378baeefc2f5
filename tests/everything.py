"""A world that has one of everything that a state file can hold."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from tests.builders import (
    FULL_DOCUMENT,
    a_build,
    a_component,
    a_distribution,
    a_pipeline,
    a_recipe,
    an_infrastructure,
)
from tests.container_builders import a_container_build, a_container_recipe
from tests.lifecycle_builders import ROLE, a_policy, a_rule
from tests.scans import SCANNING, a_scanned_build
from tests.workflow_builders import CREATE, LAUNCH, a_run, a_workflow

if TYPE_CHECKING:
    from imagebuilder_mock import ImageBuilderMock

NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)
STRANGER = "444455556666"
ON_DEMAND = SCANNING | {"imageScanningTypes": ["ON_DEMAND_AMI_CVE"]}
DAILY = {"scheduleExpression": "cron(0 3 * * ? *)"}
PARAMETERS = """\
parameters:
  - greeting:
      type: string
      default: hello
      description: What is said.
"""
RAN_AT_ONCE = 5


def fill(mock: ImageBuilderMock) -> None:
    """Make all of it; the mock is in the mode ``clock``, and its clock stands still at noon."""
    client: Any = mock.client()
    mock.builds.durations["ExecuteComponents"] = timedelta(minutes=1)
    mock.catalogue.publish("amazon-linux-2023-x86", "2027.1.1")
    infrastructure = an_infrastructure(
        client, name="builder", logging={"s3Logs": {"s3BucketName": "logs"}}
    )
    _shared_and_deleted(mock, client)
    failed = _ended(mock, client, infrastructure)
    policy = _lifecycle(mock, client)
    _under_way(mock, client, infrastructure)
    client.start_resource_state_update(
        resourceArn=failed,
        state={"status": "DELETED"},
        executionRole=ROLE,
        includeResources={"amis": True, "snapshots": True},
    )
    mock.lifecycle.start(policy)
    mock.builds.fail_next(
        recipe="web", component="agent", message="No.", exit_status=3, times=2, optional=True
    )
    mock.builds.fail_next(region="eu-west-1", account_id=STRANGER, optional=True)


def _shared_and_deleted(mock: ImageBuilderMock, client: Any) -> None:
    component = a_component(client, name="agent", clientToken="once", tags={"team": "images"})
    client.put_component_policy(componentArn=component, policy=_allowing(STRANGER, component))
    a_component(
        client,
        name="agent",
        data=PARAMETERS + FULL_DOCUMENT,
        supportedOsVersions=["Amazon Linux 2023"],
    )
    gone = a_component(client, name="gone", semanticVersion="2.1.0")
    client.delete_component(componentBuildVersionArn=gone)
    an_infrastructure(mock.client(account_id=STRANGER, region="eu-west-1"), name="theirs")


def _ended(mock: ImageBuilderMock, client: Any, infrastructure: str) -> str:
    """A build with each end, and what scans of them found; the answer is one that failed."""
    use: Any = {"infrastructureConfigurationArn": infrastructure}
    recipe = a_recipe(client, name="failing", components=[_component("agent")])
    mock.builds.fail_next(recipe="failing", phase="build", message="Out of disk space.")
    mock.builds.set_outputs("Later", {"output": "yes"}, times=2, optional=True)
    a_build(client, imageRecipeArn=recipe, **use)
    mock.builds.finish_all()
    boxed = a_container_recipe(client, name="boxed", workingDirectory="/tmp")  # noqa: S108
    a_container_build(client, containerRecipeArn=boxed, **use)
    image = a_workflow(client, LAUNCH, CREATE, name="image", type="BUILD")
    scanned, on_demand, cancelled, undistributed = (
        a_run(client, image, imageScanningConfiguration=scanning, tags={"stage": "test"}, **use)
        for scanning in (SCANNING, ON_DEMAND, SCANNING, SCANNING)
    )
    mock.clock.advance(minutes=1)
    client.cancel_image_creation(imageBuildVersionArn=cancelled)
    mock.findings.end_scan(cancelled, "TIMED_OUT", reason="It took too long.")
    mock.builds.fail_next(region="us-east-1")
    mock.builds.complete(undistributed)
    mock.builds.finish_all()
    for arn in (scanned, on_demand):
        mock.findings.set_packages(arn, [("openssl", "3.0.7")])
        mock.findings.add(arn, vulnerability_id="CVE-2026-0001", severity="HIGH", score=7.5)
    return str(undistributed)


def _lifecycle(mock: ImageBuilderMock, client: Any) -> str:
    """Images that a policy finds, a run of it that failed, and an update that lies ahead."""
    recipe = a_recipe(client, name="web", tags={"team": "images"})
    old = mock.images.add(
        recipe=recipe,
        created=NOON - timedelta(days=99),
        regions=["eu-west-1"],
        ami_tags={"stage": "test"},
        last_launched=NOON - timedelta(days=9),
        shared_with=[STRANGER],
        public=True,
    )
    fresh = mock.images.add(recipe=recipe, created=NOON - timedelta(days=9))
    [ami, _] = mock.images.amis(old)
    mock.images.refuse(ami.image_id, message="Not now.")
    mock.images.refuse(ami.snapshots[0], action="DELETE")
    policy = a_policy(client, a_rule("DEPRECATE", 90, include=("amis",)), name="retire")
    mock.lifecycle.run(policy)
    client.start_resource_state_update(
        resourceArn=fresh,
        state={"status": "DEPRECATED"},
        executionRole=ROLE,
        includeResources={"amis": True},
        updateAt=NOON + timedelta(days=1),
    )
    return policy


def _under_way(mock: ImageBuilderMock, client: Any, infrastructure: str) -> None:
    """A build in each way to go on, and a pipeline that is built on a schedule."""
    use: Any = {"infrastructureConfigurationArn": infrastructure}
    pipeline = a_pipeline(
        client,
        name="nightly",
        distributionConfigurationArn=a_distribution(client, "us-east-1", "eu-west-1", name="both"),
        schedule=DAILY | {"autoDisablePolicy": {"failureCount": 3}},
        imageTags={"stage": "test"},
        **use,
    )
    client.start_image_pipeline_execution(imagePipelineArn=pipeline)
    approval = a_workflow(
        client,
        {"name": "Approve", "action": "WaitForAction", "onFailure": "Continue"},
        name="approval",
        parameters=[{"name": "who", "type": "string", "default": "me", "description": "Whom."}],
    )
    image = a_workflow(client, LAUNCH, CREATE, name="image", semanticVersion="1.1.0", type="BUILD")
    approvals = [
        {
            "workflowArn": approval,
            "parameters": [{"name": "who", "value": [f"number {number}"]}],
            "parallelGroup": "all",
            "onFailure": "CONTINUE",
        }
        for number in range(RAN_AT_ONCE + 1)
    ]
    a_run(client, image, *approvals, **use)
    mock.clock.advance(minutes=11)
    a_scanned_build(client, **use)


def _component(name: str) -> str:
    return f"arn:aws:imagebuilder:us-east-1:123456789012:component/{name}/x.x.x"


def _allowing(account: str, arn: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": account},
        "Action": ["imagebuilder:GetComponent", "imagebuilder:ListComponents"],
        "Resource": arn,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
