"""Scans of images: their states, what lets an image pass, and what they need."""

from __future__ import annotations

import json

import pytest

from tests.builders import MANAGED_COMPONENT, a_build, a_pipeline, a_recipe, an_infrastructure
from tests.container_builders import a_container_build, a_container_recipe
from tests.model import needs_member, service_model
from tests.refusals import Refusal
from tests.scans import (
    SCANNING,
    a_scanned_build,
    an_unpatched_recipe,
    findings,
    look,
    watched,
)
from tests.workflow_builders import executions_of, steps_of

needs_scan_types = needs_member("CreateImage", "imageScanningConfiguration.imageScanningTypes")


class TestScanState:
    """Source: API reference, ImageScanState."""

    def test_it_goes_along_with_the_build(self, imagebuilder):
        assert watched(imagebuilder, a_scanned_build(imagebuilder)) == [
            ("PENDING", "PENDING"),
            ("CREATING", "PENDING"),
            ("BUILDING", "PENDING"),
            ("TESTING", "SCANNING"),
            ("DISTRIBUTING", "COLLECTING"),
            ("INTEGRATING", "COMPLETED"),
            ("AVAILABLE", "COMPLETED"),
        ]

    @pytest.mark.parametrize(
        "settings", [{}, {"imageScanningConfiguration": {"imageScanningEnabled": False}}]
    )
    def test_an_image_that_is_not_scanned_has_none(self, imagebuilder, settings):
        build = a_build(imagebuilder, **settings)

        assert "scanState" not in look(imagebuilder, build)

    @pytest.mark.imagebuilder(builds="held")
    @pytest.mark.parametrize("stages", [0, 3, 4])
    def test_a_build_that_ends_before_its_findings_are_collected_abandons_it(
        self, imagebuilder, imagebuilder_mock, stages
    ):
        build = a_scanned_build(imagebuilder)
        for _ in range(stages):
            imagebuilder_mock.builds.advance(build)

        imagebuilder.cancel_image_creation(imageBuildVersionArn=build)

        assert look(imagebuilder, build)["scanState"] == {
            "status": "ABANDONED",
            "reason": "The image reached a terminal state before its scan findings were collected.",
        }
        assert findings(imagebuilder) == []

    @pytest.mark.imagebuilder(builds="held")
    def test_findings_stay_when_the_build_fails_behind_them(self, imagebuilder, imagebuilder_mock):
        build = a_scanned_build(imagebuilder)
        while imagebuilder_mock.builds.advance(build) != "INTEGRATING":
            pass
        collected = findings(imagebuilder)

        imagebuilder_mock.builds.fail(build)

        assert look(imagebuilder, build)["scanState"]["status"] == "COMPLETED"
        assert findings(imagebuilder) == collected != []

    @pytest.mark.skipif(
        "RetryImage" not in service_model().operation_names,
        reason="this botocore has no RetryImage",
    )
    @pytest.mark.imagebuilder(builds="held")
    def test_a_retried_build_takes_its_scan_up_again(self, imagebuilder, imagebuilder_mock):
        build = a_scanned_build(imagebuilder)
        while imagebuilder_mock.builds.advance(build) != "TESTING":
            pass
        imagebuilder_mock.builds.fail(build)

        imagebuilder.retry_image(imageBuildVersionArn=build)

        assert look(imagebuilder, build)["scanState"] == {"status": "SCANNING"}


class TestEvent:
    """Source: user guide, integ-eventbridge, CVE Detected."""

    def events(self, mock):
        sent = mock.events.sent_to("EventBridge")
        return [event.body for event in sent if event.name == "EC2 Image Builder CVE Detected"]

    @pytest.mark.imagebuilder(builds="instant")
    def test_it_tells_of_the_instance_that_was_tested(self, imagebuilder, imagebuilder_mock):
        arn = a_scanned_build(imagebuilder)

        [event] = self.events(imagebuilder_mock)
        assert event["resources"] == [arn]
        counts = event["detail"]["finding-severity-counts"]
        assert counts["all"] == len(findings(imagebuilder)) > 0
        assert set(counts) == {"all", "critical", "high", "medium"}
        _, test = executions_of(imagebuilder, arn)
        [launched, *_] = steps_of(imagebuilder, test)
        assert json.loads(launched["outputs"]) == {"instanceId": event["detail"]["resource-id"]}

    @pytest.mark.imagebuilder(builds="instant")
    def test_a_container_was_tested_where_it_was_built(self, imagebuilder, imagebuilder_mock):
        """Source: aws-samples, containers."""
        arn = a_container_build(imagebuilder, imageScanningConfiguration=SCANNING)

        [event] = self.events(imagebuilder_mock)
        [launched, *_] = steps_of(imagebuilder, executions_of(imagebuilder, arn)[0])
        assert json.loads(launched["outputs"]) == {"instanceId": event["detail"]["resource-id"]}

    @pytest.mark.imagebuilder(builds="instant")
    def test_it_tells_of_the_pipeline(self, imagebuilder, imagebuilder_mock):
        pipeline = a_pipeline(
            imagebuilder,
            imageRecipeArn=an_unpatched_recipe(imagebuilder),
            imageScanningConfiguration=SCANNING,
        )

        arn = imagebuilder.start_image_pipeline_execution(imagePipelineArn=pipeline)[
            "imageBuildVersionArn"
        ]

        [event] = self.events(imagebuilder_mock)
        assert event["resources"] == [arn, pipeline]

    @pytest.mark.imagebuilder(builds="instant")
    def test_without_a_scan_there_is_none(self, imagebuilder, imagebuilder_mock):
        a_build(imagebuilder)

        assert self.events(imagebuilder_mock) == []


@needs_scan_types
class TestOnDemandScans:
    """Source: API reference, ImageScanningConfiguration and ScanResultCondition."""

    @pytest.fixture
    def end(self, imagebuilder):
        """Call it with a condition: how a build with vulnerabilities of every severity ends."""

        def ending(recipe=None, **condition):
            build = a_build(
                imagebuilder,
                imageRecipeArn=recipe or an_unpatched_recipe(imagebuilder),
                imageScanningConfiguration={
                    **SCANNING,
                    "imageScanningTypes": ["ON_DEMAND_AMI_CVE"],
                    **({"scanResultCondition": condition} if condition else {}),
                },
            )
            watched(imagebuilder, build)
            return look(imagebuilder, build)["state"]

        return ending

    def test_its_findings_are_not_image_builders_to_list(self, imagebuilder, end):
        assert end() == {"status": "AVAILABLE"}
        assert findings(imagebuilder) == []

    def test_a_finding_above_the_condition_fails_the_tests(self, end):
        state = end(maximumSeverityLabel="HIGH")

        assert state["status"] == "FAILED"
        assert state["reason"] == (
            "The scan of the output AMI found 'CVE-2023-38545' with the severity 'CRITICAL', "
            "which is above 'HIGH'."
        )
        assert state["failureContext"] == {"imageStatus": "TESTING"}

    @pytest.mark.parametrize(
        ("condition", "status"),
        [
            ({"maximumSeverityLabel": "LOW"}, "AVAILABLE"),
            ({"maximumSeverityLabel": "LOW", "fixAvailable": True}, "AVAILABLE"),
            ({"maximumSeverityLabel": "LOW", "fixAvailable": False}, "FAILED"),
            ({"maximumSeverityLabel": "HIGH", "fixAvailable": False}, "AVAILABLE"),
        ],
    )
    def test_findings_without_a_fix_count_if_the_condition_says_so(
        self, imagebuilder, end, condition, status
    ):
        updated = a_recipe(imagebuilder, components=[MANAGED_COMPONENT])

        assert end(updated, **condition)["status"] == status


@pytest.mark.imagebuilder(inspector=False)
class TestWithoutInspector:
    """Source: terraform-provider-aws pull request 35674, for containers."""

    def refusal(self, resources):
        return Refusal(
            "ResourceDependencyException",
            400,
            f"Resource dependency error: Amazon Inspector is not enabled for '{resources}' "
            "resources in account '123456789012'.",
        )

    def test_an_ami_is_not_scanned(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.create_image,
            imageRecipeArn=a_recipe(imagebuilder),
            infrastructureConfigurationArn=an_infrastructure(imagebuilder),
            imageScanningConfiguration=SCANNING,
        )

        assert refusal == self.refusal("ec2")

    def test_a_container_is_not_scanned(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.create_image_pipeline,
            name="scanned",
            containerRecipeArn=a_container_recipe(imagebuilder),
            infrastructureConfigurationArn=an_infrastructure(imagebuilder),
            imageScanningConfiguration=SCANNING,
        )

        assert refusal == self.refusal("ecr")
