"""A world in which there is one of everything, saved and read."""

from __future__ import annotations

from imagebuilder_mock import mock_imagebuilder
from tests.builders import AMAZON
from tests.everything import NOON, RAN_AT_ONCE, fill
from tests.index_rebuild import check_indexes
from tests.model import needs_member
from tests.scans import collected


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
    with mock_imagebuilder(builds="clock", now=NOON) as mock:
        fill(mock)
        mock.save(tmp_path / "first.json")
        before = seen(mock)

    with mock_imagebuilder(builds="clock", state=tmp_path / "first.json") as mock:
        check_indexes(mock._active_world("test"))
        mock.save(tmp_path / "second.json")
        after = seen(mock)
        mock.builds.finish_all()

    assert after == before
    assert [state["status"] for state in before["runs"]] == ["IN_PROGRESS", "FAILED"]
    assert len(before["waiting"]) == RAN_AT_ONCE
    assert before["findings"]
    assert (tmp_path / "second.json").read_text() == (tmp_path / "first.json").read_text()
