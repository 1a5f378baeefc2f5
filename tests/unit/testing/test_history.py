"""Images of a pipeline's past: what lists, pipelines and EC2 say of them, and what nobody hears."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from tests.builders import AMAZON, a_build, a_distribution
from tests.builders import a_pipeline as any_pipeline
from tests.container_builders import a_container_recipe
from tests.lifecycle_builders import a_policy, a_rule
from tests.workflow_builders import a_step, a_workflow

NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)

pytestmark = pytest.mark.imagebuilder(now=NOW)


def ago(days):
    return NOW - timedelta(days=days)


@pytest.fixture
def pipeline(imagebuilder_mock):
    return imagebuilder_mock.pipelines.add(schedule="cron(0 3 * * ? *)", created=ago(800))


@pytest.fixture
def add(imagebuilder_mock, pipeline):
    def call(**options):
        return imagebuilder_mock.images.add(**{"pipeline": pipeline.arn, **options})

    return call


def shown(client, arn):
    return client.get_image(imageBuildVersionArn=arn)["image"]


def of_pipeline(client, pipeline):
    return client.get_image_pipeline(imagePipelineArn=pipeline.arn)["imagePipeline"]


class TestDates:
    def test_the_build_numbers_follow_the_dates(self, imagebuilder, add, pipeline):
        """The ARNs are in the order of the dates as they were given."""
        dates = [ago(10), ago(600), ago(300)]

        arns = add(created=dates)

        assert [arn.rpartition("/")[2] for arn in arns] == ["3", "1", "2"]
        for arn, date in zip(arns, dates, strict=True):
            assert shown(imagebuilder, arn)["dateCreated"] == f"{date:%Y-%m-%dT%H:%M:%S}.000Z"
        listed = imagebuilder.list_image_pipeline_images(imagePipelineArn=pipeline.arn)
        assert [each["arn"] for each in listed["imageSummaryList"]] == [arns[1], arns[2], arns[0]]

    def test_an_older_image_that_is_added_later_has_the_next_number(self, add):
        add(created=[ago(10), ago(20)])

        assert add(created=ago(700)).endswith("/3")

    def test_no_dates_are_no_images(self, imagebuilder, add, pipeline):
        assert add(created=[]) == []
        assert "dateLastRun" not in of_pipeline(imagebuilder, pipeline)

    def test_a_wrong_date_among_others_adds_none(self, imagebuilder_mock, add):
        before = imagebuilder_mock.resources()

        with pytest.raises(ValueError, match="lies ahead"):
            add(created=[ago(1), ago(-1)])
        assert imagebuilder_mock.resources() == before


class TestPipelines:
    def test_the_last_run_is_the_latest(self, imagebuilder, add, pipeline):
        add(created=[ago(5), ago(600)])
        add(created=ago(300), reason="The disk is full.")

        found = of_pipeline(imagebuilder, pipeline)
        assert found["dateLastRun"] == "2026-05-27T00:00:00.000Z"
        assert found.get("lastRunStatus", "AVAILABLE") == "AVAILABLE"
        assert found["dateNextRun"] == "2026-06-01T03:00:00.000Z"

    def test_a_schedule_waits_for_news_since_then(self, imagebuilder, imagebuilder_mock, add):
        """It compares with the latest image, also if an older one was added after it."""
        add(created=ago(5))
        add(created=ago(300))

        imagebuilder_mock.clock.advance(days=2)

        assert len(imagebuilder.list_images()["imageVersionList"]) == 1
        assert imagebuilder_mock.builds.running == []

    def test_failures_in_a_row_are_counted_and_disable_nothing(self, imagebuilder, add, pipeline):
        add(created=[ago(days) for days in range(1, 7)], state="FAILED")

        found = of_pipeline(imagebuilder, pipeline)
        assert found["status"] == "ENABLED"
        assert found.get("consecutiveFailures", 6) == 6

    def test_an_image_is_as_one_that_the_pipeline_has_built(self, imagebuilder, imagebuilder_mock):
        web = imagebuilder_mock.pipelines.add(regions=["eu-west-1"])
        imagebuilder.tag_resource(resourceArn=web.arn, tags={"of": "the pipeline"})
        start = imagebuilder.start_image_pipeline_execution
        arn = start(imagePipelineArn=web.arn)["imageBuildVersionArn"]
        imagebuilder_mock.builds.complete(arn)

        built = shown(imagebuilder, arn)
        added = shown(imagebuilder, imagebuilder_mock.images.add(pipeline="web"))

        for member in ("arn", "version", "outputResources"):
            assert built.pop(member) != added.pop(member)
        assert built == added

    def test_it_may_have_had_another_recipe(self, imagebuilder, add, pipeline):
        new = imagebuilder.create_image_recipe(
            name="web",
            semanticVersion="0.9.0",
            parentImage=f"{AMAZON}image/amazon-linux-2023-x86/x.x.x",
            components=[{"componentArn": pipeline.component_arn}],
        )["imageRecipeArn"]

        image = shown(imagebuilder, add(recipe=new))

        assert (image["version"], image["sourcePipelineArn"]) == ("0.9.0/1", pipeline.arn)

    def test_its_distribution_is_used_and_added_to(self, imagebuilder, imagebuilder_mock):
        own = {"amiTags": {"team": "web"}, "launchPermission": {"userIds": ["111111111111"]}}
        distribution = a_distribution(
            imagebuilder,
            distributions=[{"region": "eu-west-1", "amiDistributionConfiguration": own}],
        )
        arn = any_pipeline(imagebuilder, distributionConfigurationArn=distribution)

        image = imagebuilder_mock.images.add(
            pipeline=arn,
            regions=["eu-north-1"],
            ami_tags={"stage": "test"},
            shared_with=["222222222222"],
        )

        home, west, north = imagebuilder_mock.images.amis(image)
        assert [ami.region for ami in (home, west, north)] == [
            "us-east-1",
            "eu-west-1",
            "eu-north-1",
        ]
        assert (home.tags["stage"], north.tags["stage"]) == ("test", "test")
        assert (west.tags["team"], west.tags["stage"]) == ("web", "test")
        assert west.shared_with == {"111111111111", "222222222222"}
        assert north.shared_with == {"222222222222"}


class TestStates:
    def test_the_step_of_the_components_is_the_one_that_failed(self, imagebuilder, add):
        arn = add(created=ago(3), reason="The disk is full.")

        state = shown(imagebuilder, arn)["state"]
        assert (state["status"], state["reason"]) == ("FAILED", "The disk is full.")
        [run] = imagebuilder.list_workflow_executions(imageBuildVersionArn=arn)[
            "workflowExecutions"
        ]
        assert (run["type"], run["status"], run["message"]) == (
            "BUILD",
            "FAILED",
            "The disk is full.",
        )
        steps = imagebuilder.list_workflow_step_executions(
            workflowExecutionId=run["workflowExecutionId"]
        )["steps"]
        failed = [(step["name"], step["message"]) for step in steps if step["status"] == "FAILED"]
        assert failed == [("ApplyBuildComponents", "The disk is full.")]

    @pytest.mark.parametrize("state", ["FAILED", "CANCELLED"])
    def test_of_a_recipe_without_components_too(self, imagebuilder, imagebuilder_mock, state):
        recipe = a_container_recipe(imagebuilder)

        arn = imagebuilder_mock.images.add(recipe=recipe, state=state)

        assert shown(imagebuilder, arn)["state"]["status"] == state
        assert shown(imagebuilder, arn)["outputResources"].get("containers", []) == []

    def test_steps_that_wait_were_answered(self, imagebuilder, imagebuilder_mock):
        build = f"{AMAZON}workflow/build/build-image/x.x.x"
        test = a_workflow(imagebuilder, a_step("Approve", "WaitForAction"), type="TEST")
        pipeline = imagebuilder_mock.pipelines.add(workflows=[build, test])

        arn = imagebuilder_mock.images.add(pipeline=pipeline.arn, created=ago(3))

        assert shown(imagebuilder, arn)["state"]["status"] == "AVAILABLE"
        assert imagebuilder.list_waiting_workflow_steps()["steps"] == []


class TestScans:
    def test_the_findings_are_all_that_the_scan_found(self, imagebuilder, add):
        finding = {"vulnerability_id": "CVE-2026-0001", "severity": "CRITICAL", "fixed_in": "3.0.9"}

        arn = add(created=ago(3), findings=[finding], packages=[("openssl", "3.0.8")])

        [found] = imagebuilder.list_image_scan_findings()["findings"]
        details = found["packageVulnerabilityDetails"]
        assert (details["vulnerabilityId"], found["severity"]) == ("CVE-2026-0001", "CRITICAL")
        assert found["imageBuildVersionArn"] == arn
        assert found["firstObservedAt"] == ago(3)
        assert imagebuilder.list_image_packages(imageBuildVersionArn=arn)["imagePackageList"] == [
            {"packageName": "openssl", "packageVersion": "3.0.8"}
        ]

    def test_a_clean_image_has_none(self, imagebuilder, add):
        arn = add(findings=[])

        assert imagebuilder.list_image_scan_findings()["findings"] == []
        assert shown(imagebuilder, arn)["scanState"]["status"] == "COMPLETED"

    @pytest.mark.parametrize(
        ("finding", "reason"),
        [
            ({"severity": "HIGH"}, "vulnerability_id"),
            ({"vulnerability_id": "CVE-1", "severity": "HIGH", "cve": 1}, "cve"),
            ({"vulnerability_id": "CVE-1", "severity": "BAD"}, "choose one of"),
        ],
        ids=["left out", "unknown", "severity"],
    )
    def test_a_finding_that_is_none(self, add, finding, reason):
        with pytest.raises(ValueError, match=reason):
            add(findings=[finding])


class TestNobodyIsTold:
    def test_there_are_no_events(self, imagebuilder_mock, add):
        add(created=ago(3), findings=[])
        add(created=ago(2), reason="The disk is full.")

        assert list(imagebuilder_mock.events) == []

    def test_orders_are_for_what_is_built(self, imagebuilder, imagebuilder_mock, add, pipeline):
        imagebuilder_mock.builds.fail_next(component="web")
        imagebuilder_mock.builds.durations["ExecuteComponents"] = timedelta(days=30)

        assert shown(imagebuilder, add(created=ago(3)))["state"]["status"] == "AVAILABLE"

        del imagebuilder_mock.builds.durations["ExecuteComponents"]
        build = a_build(imagebuilder, imageRecipeArn=pipeline.recipe_arn)
        imagebuilder_mock.builds.complete(build)
        assert shown(imagebuilder, build)["state"]["status"] == "FAILED"

    def test_what_is_built_afterwards_is_told(self, imagebuilder, imagebuilder_mock, add, pipeline):
        add(created=ago(3))

        imagebuilder.start_image_pipeline_execution(imagePipelineArn=pipeline.arn)

        assert len(imagebuilder_mock.events) > 0


def test_a_lifecycle_policy_meets_the_history(imagebuilder, imagebuilder_mock, add):
    add(created=[ago(days) for days in range(100, 700, 10)])
    policy = a_policy(imagebuilder, a_rule("DELETE", 90, "DAYS"))

    imagebuilder_mock.lifecycle.run(policy)

    assert imagebuilder.list_images()["imageVersionList"] == []


class TestMistakes:
    def test_a_pipeline_that_is_not_there(self, imagebuilder_mock, pipeline):
        stranger = f"{pipeline.arn}s"
        for named, known in (("app", pipeline.name), (stranger, pipeline.arn)):
            with pytest.raises(LookupError, match=f"no pipeline '{named}' .* There are: {known}."):
                imagebuilder_mock.images.add(pipeline=named)

    def test_neither_pipeline_nor_recipe(self, imagebuilder_mock):
        with pytest.raises(ValueError, match=r"Name the recipe= .* or the pipeline="):
            imagebuilder_mock.images.add()

    def test_a_recipe_of_the_other_kind(self, imagebuilder, add):
        with pytest.raises(ValueError, match="builds image recipes"):
            add(recipe=a_container_recipe(imagebuilder))

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"created": "2024-01-31"}, "created= needs a datetime with a time zone, not '2024"),
            ({"created": ["2024-01-31"]}, "created= needs a datetime with a time zone, not '2024"),
            ({"pipeline": 5}, "pipeline=5: give a string"),
            ({"reason": 5}, "reason=5: give a string"),
            ({"tags": ["team"]}, r"tags=\['team'\]: give a mapping"),
            (
                {"findings": ["CVE-1"]},
                "findings: 'CVE-1' .it is not a mapping.. Give a mapping with",
            ),
            ({"regions": [5]}, "regions=5: give a Region's name"),
            ({"region": "eu west 1"}, "region='eu west 1': give a Region's name"),
        ],
    )
    def test_what_is_of_another_kind(self, imagebuilder_mock, add, wrong, said):
        before = imagebuilder_mock.resources()

        with pytest.raises((TypeError, ValueError), match=said):
            add(**wrong)

        assert imagebuilder_mock.resources() == before

    def test_what_goes_wrong_on_the_way_leaves_no_build_behind(
        self, imagebuilder, imagebuilder_mock, add
    ):
        before = imagebuilder_mock.resources()
        found = {"vulnerability_id": "CVE-2026-0001", "severity": "HIGH"}

        with pytest.raises(ValueError, match="severity='SEVERE': choose one of"):
            add(findings=[found, {**found, "severity": "SEVERE"}])

        assert imagebuilder_mock.resources() == before
        assert add(findings=[]).endswith("/1")
        assert imagebuilder.list_image_scan_findings()["findings"] == []

    def test_a_finding_has_the_arguments_of_the_method(self, add):
        known = "vulnerability_id, severity, package, version, fixed_in, description, score"

        with pytest.raises(ValueError, match=f"missing a required .*'severity'.* with {known}"):
            add(findings=[{"vulnerability_id": "CVE-2026-0001"}])

    def test_a_reason_for_an_image_that_is_well(self, add):
        with pytest.raises(ValueError, match="only a FAILED image has a reason"):
            add(state="AVAILABLE", reason="The disk is full.")

    def test_a_build_that_could_not_have_ended_so(self, imagebuilder, imagebuilder_mock):
        """Another account cannot use a key that AWS manages: then nothing is added."""
        settings = {"targetAccountIds": ["111111111111"], "kmsKeyId": "alias/aws/ebs"}
        distribution = a_distribution(
            imagebuilder,
            distributions=[{"region": "eu-west-1", "amiDistributionConfiguration": settings}],
        )
        arn = any_pipeline(imagebuilder, distributionConfigurationArn=distribution)
        before = imagebuilder_mock.resources()
        shown_before = imagebuilder.get_image_pipeline(imagePipelineArn=arn)["imagePipeline"]

        with pytest.raises(ValueError, match=r"No image can be made of .* AWS Managed CMK"):
            imagebuilder_mock.images.add(pipeline=arn)

        assert imagebuilder_mock.resources() == before
        assert imagebuilder_mock.builds.running == []
        shown_now = imagebuilder.get_image_pipeline(imagePipelineArn=arn)["imagePipeline"]
        assert shown_now == shown_before
        build = imagebuilder.start_image_pipeline_execution(imagePipelineArn=arn)
        assert build["imageBuildVersionArn"].endswith("/1")
