"""A world in which there is one of everything, saved and read."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from imagebuilder_mock import mock_imagebuilder
from tests.builders import AMAZON, a_build, a_recipe
from tests.lifecycle_builders import a_policy, a_rule
from tests.model import needs_member
from tests.scans import SCANNING, a_scanned_build, collected
from tests.workflow_builders import BUILD_IMAGE, a_run, a_workflow

NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)
ON_DEMAND = SCANNING | {"imageScanningTypes": ["ON_DEMAND_AMI_CVE"]}


def fill(mock):
    client = mock.client()
    scanned = a_scanned_build(client)
    on_demand = a_build(client, imageScanningConfiguration=ON_DEMAND)
    old = mock.images.add(recipe=a_recipe(client, name="web"), created=NOON - timedelta(days=99))
    mock.builds.finish_all()
    for arn in (scanned, on_demand):
        mock.findings.set_packages(arn, [("openssl", "3.0.7")])
        mock.findings.add(arn, vulnerability_id="CVE-2026-0001", severity="HIGH")
    a_run(client, BUILD_IMAGE, a_workflow(client))
    mock.builds.finish_all()
    [ami] = mock.images.amis(old)
    mock.images.refuse(ami.image_id, message="Not now.")
    policy = a_policy(client, a_rule("DELETE", include=("amis",)))
    mock.lifecycle.run(policy)
    mock.lifecycle.start(policy)
    mock.builds.fail_next(phase="build", message="No.")
    mock.builds.durations["ExecuteComponents"] = timedelta(minutes=1)
    mock.catalogue.publish("amazon-linux-2023-x86", "2027.1.1")


def seen(mock):
    client = mock.client()
    [policy] = client.list_lifecycle_policies()["lifecyclePolicySummaryList"]
    runs = client.list_lifecycle_executions(resourceArn=policy["arn"])["lifecycleExecutions"]
    builds = [
        build["arn"]
        for version in client.list_images()["imageVersionList"]
        for build in client.list_image_build_versions(imageVersionArn=version["arn"])[
            "imageSummaryList"
        ]
    ]
    newest = client.get_image(imageBuildVersionArn=f"{AMAZON}image/amazon-linux-2023-x86/x.x.x")
    return {
        "findings": collected(client.list_image_scan_findings, "findings"),
        "packages": [
            client.list_image_packages(imageBuildVersionArn=arn)["imagePackageList"]
            for arn in builds
        ],
        "waiting": client.list_waiting_workflow_steps()["steps"],
        "runs": [run["state"] for run in runs],
        "resources": [
            client.list_lifecycle_execution_resources(
                lifecycleExecutionId=run["lifecycleExecutionId"]
            )["resources"]
            for run in runs
        ],
        "durations": dict(mock.builds.durations),
        "newest": newest["image"]["arn"],
    }


@needs_member("CreateImage", "imageScanningConfiguration.imageScanningTypes")
def test_what_was_saved_is_there_again_to_the_last_byte(tmp_path):
    with mock_imagebuilder(builds="held", now=NOON) as mock:
        fill(mock)
        mock.save(tmp_path / "first.json")
        before = seen(mock)

    with mock_imagebuilder(builds="held", state=tmp_path / "first.json") as mock:
        mock.save(tmp_path / "second.json")
        after = seen(mock)
        mock.builds.finish_all()

    assert after == before
    assert [state["status"] for state in before["runs"]] == ["IN_PROGRESS", "FAILED"]
    assert len(before["waiting"]) == 1
    assert before["findings"]
    assert (tmp_path / "second.json").read_text() == (tmp_path / "first.json").read_text()
