"""What the steps of workflows work with and give, and what they leave: AMIs, containers, copies.

Sources: user guide, wfdoc-step-actions, wfdoc-dynamic-vars, image-workflow-create-document.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone

import pytest

from tests.build_views import amis_of, status, the_image
from tests.builders import (
    OWN,
    a_component,
    a_distribution,
    a_recipe,
    an_infrastructure,
)
from tests.container_builders import a_container_recipe
from tests.workflow_builders import (
    BUILD_IMAGE,
    CREATE,
    DISTRIBUTE_IMAGE,
    INSTANCE,
    LAUNCH,
    ROLE,
    SSM_AGENT,
    WAIT,
    a_run,
    a_step,
    a_workflow,
    executions_of,
    image_id_of,
    slug_of,
    statuses_of,
    steps_of,
)

A_TIME = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)

instant = pytest.mark.imagebuilder(builds="instant", now=A_TIME)
held = pytest.mark.imagebuilder(builds="held", now=A_TIME)
clock = pytest.mark.imagebuilder(builds="clock", now=A_TIME)


def outputs_of(client, execution, name):
    [step] = [step for step in steps_of(client, execution) if step["name"] == name]
    return json.loads(step["outputs"])


def inputs_of(client, execution, name):
    [step] = [step for step in steps_of(client, execution) if step["name"] == name]
    return json.loads(step["inputs"])


class TestValues:
    @instant
    def test_parameters_have_the_values_of_the_build_or_their_defaults(self, imagebuilder):
        parameters = [
            {"name": "kept", "default": "as declared"},
            {"name": "list", "type": "stringList"},
            {"name": "number", "type": "integer", "default": 1},
            {"name": "yes", "type": "boolean", "default": False},
        ]
        step = a_step(
            "Run",
            "RunCommand",
            inputs={
                "instanceId": "i-0123456789abcdef0",
                "documentName": "AWS-RunShellScript",
                "parameters": {
                    "kept.$": "$.parameters.kept",
                    "list.$": "$.parameters.list",
                    "first": ["{{ $.parameters.list[0] }} of {{ $.parameters.number }}"],
                    "yes.$": "$.parameters.yes",
                },
            },
        )
        given = {
            "workflowArn": a_workflow(imagebuilder, step, parameters=parameters),
            "parameters": [
                {"name": "list", "value": ["a", "b"]},
                {"name": "number", "value": ["7"]},
                {"name": "yes", "value": ["true"]},
            ],
        }

        [execution] = executions_of(imagebuilder, a_run(imagebuilder, given))

        assert inputs_of(imagebuilder, execution, "Run")["parameters"] == {
            "kept": "as declared",
            "list": ["a", "b"],
            "first": ["a of 7"],
            "yes": True,
        }

    @instant
    def test_a_condition_can_depend_on_a_parameter(self, imagebuilder):
        condition = {"booleanEquals": True, "value": "$.parameters.wait"}
        workflow = a_workflow(
            imagebuilder,
            {**WAIT, "if": condition},
            parameters=[{"name": "wait", "type": "boolean", "default": True}],
        )
        no = {"workflowArn": workflow, "parameters": [{"name": "wait", "value": ["false"]}]}

        assert status(imagebuilder, a_run(imagebuilder, workflow)) == "TESTING"
        assert status(imagebuilder, a_run(imagebuilder, no)) == "AVAILABLE"

    @instant
    def test_system_variables_tell_of_the_build(self, imagebuilder):
        names = [
            "cloudWatchLogGroup",
            "cloudWatchLogStream",
            "collectImageMetadata",
            "collectImageScanFindings",
            "imageBuildNumber",
            "imageName",
            "imageType",
            "imageVersionNumber",
            "instanceProfileName",
            "platform",
            "s3Logs",
            "securityGroups",
            "sourceImageARN",
            "subnetId",
            "terminateInstanceOnFailure",
            "workflowPhase",
            "workingDirectory",
            "dateTime",
        ]
        step = a_step(
            "Run",
            "RunCommand",
            inputs={
                "instanceId": "i-0123456789abcdef0",
                "documentName": "AWS-RunShellScript",
                "parameters": {f"{name}.$": f"$.imagebuilder.{name}" for name in names},
            },
        )
        arn = a_run(
            imagebuilder,
            a_workflow(imagebuilder, step),
            imageRecipeArn=a_recipe(imagebuilder, name="My Web", workingDirectory="/opt"),
            infrastructureConfigurationArn=an_infrastructure(
                imagebuilder,
                securityGroupIds=["sg-0123456789abcdef0"],
                subnetId="subnet-0123456789abcdef0",
                logging={"s3Logs": {"s3BucketName": "logs"}},
            ),
        )

        [execution] = executions_of(imagebuilder, arn)

        assert inputs_of(imagebuilder, execution, "Run")["parameters"] == {
            "cloudWatchLogGroup": "/aws/imagebuilder/My Web",
            "cloudWatchLogStream": "1.0.0/1",
            "collectImageMetadata": True,
            "collectImageScanFindings": False,
            "imageBuildNumber": 1,
            "imageName": "My Web",
            "imageType": "AMI",
            "imageVersionNumber": "1.0.0",
            "instanceProfileName": "builder",
            "platform": "Linux",
            "s3Logs": {"s3BucketName": "logs"},
            "securityGroups": ["sg-0123456789abcdef0"],
            "sourceImageARN": f"{OWN}image/my-web/1.0.0/1",
            "subnetId": "subnet-0123456789abcdef0",
            "terminateInstanceOnFailure": True,
            "workflowPhase": "Test",
            "workingDirectory": "/opt",
            "dateTime": "2026-01-02T03-04-05Z",
        }

    @instant
    def test_a_build_starts_from_the_parent_and_a_test_from_the_output(self, imagebuilder):
        look = a_step("Look", inputs={"instanceId.$": "$.imagebuilder.imageId"})
        parent = "ami-0123456789abcdef0"
        arn = a_run(
            imagebuilder,
            a_workflow(imagebuilder, LAUNCH, look, CREATE, type="BUILD"),
            a_workflow(imagebuilder, look),
            imageRecipeArn=a_recipe(imagebuilder, parentImage=parent),
        )

        build, test = executions_of(imagebuilder, arn)

        assert inputs_of(imagebuilder, build, "Look") == {"instanceId": parent}
        [ami] = amis_of(imagebuilder, arn)
        assert inputs_of(imagebuilder, test, "Look") == {"instanceId": ami["image"]}

    @instant
    def test_amazons_own_parent_has_one_ami_in_every_build(self, imagebuilder):
        look = a_step("Look", inputs={"instanceId.$": "$.imagebuilder.imageId"})
        workflow = a_workflow(imagebuilder, LAUNCH, look, CREATE, type="BUILD")

        seen = [
            inputs_of(imagebuilder, build, "Look")["instanceId"]
            for arn in (a_run(imagebuilder, workflow), a_run(imagebuilder, workflow))
            for build in executions_of(imagebuilder, arn)[:1]
        ]

        assert re.fullmatch("ami-0[0-9a-f]{16}", seen[0])
        assert seen == [seen[0]] * 2

    @instant
    def test_outputs_of_a_workflow_are_for_those_that_come_later(self, imagebuilder):
        build = a_workflow(
            imagebuilder,
            LAUNCH,
            CREATE,
            type="BUILD",
            outputs=[
                {"name": "made", "value": "$.stepOutputs.Create.imageId"},
                {"name": "said", "value": "it is {{ $.stepOutputs.Create.imageId }}"},
                {"name": "fixed", "value": "always"},
                image_id_of(CREATE),
            ],
        )
        step = a_step(
            "Run",
            "RunCommand",
            inputs={
                "instanceId": "i-0123456789abcdef0",
                "documentName": "AWS-RunShellScript",
                "parameters": {
                    f"{name}.$": f"$.workflowOutputs.{name}" for name in ("made", "said", "fixed")
                },
            },
        )
        arn = a_run(imagebuilder, build, a_workflow(imagebuilder, step))

        _, test = executions_of(imagebuilder, arn)

        [ami] = amis_of(imagebuilder, arn)
        assert inputs_of(imagebuilder, test, "Run")["parameters"] == {
            "made": ami["image"],
            "said": f"it is {ami['image']}",
            "fixed": "always",
        }

    @instant
    def test_an_output_of_a_skipped_step_is_none(self, imagebuilder):
        never = {"stringEquals": "Windows", "value": "$.imagebuilder.platform"}
        first = a_workflow(
            imagebuilder,
            {**LAUNCH, "if": never},
            outputs=[{"name": "instance", "value": "$.stepOutputs.Launch.instanceId"}],
        )
        use = a_step("Use", inputs={"instanceId.$": "$.workflowOutputs.instance"})
        arn = a_run(imagebuilder, first, a_workflow(imagebuilder, use))

        assert status(imagebuilder, arn) == "FAILED"

    @instant
    def test_each_action_gives_the_outputs_of_the_guide(self, imagebuilder):
        machine = "arn:aws:states:us-east-1:123456789012:stateMachine:Check"
        arn = a_run(
            imagebuilder,
            a_workflow(
                imagebuilder,
                {**LAUNCH, "inputs": {**SSM_AGENT, "healthCheck": "RUNNING"}},
                a_step("Agent", "WaitForSSMAgent", inputs=INSTANCE),
                a_step("Machine", "ExecuteStateMachine", inputs={"stateMachineArn": machine}),
                a_step(
                    "Command",
                    "RunCommand",
                    inputs={**INSTANCE, "documentName": "AWS-RunShellScript"},
                ),
                a_step("Iso", "CreateImageFromIso", inputs=INSTANCE),
                a_step(
                    "Register",
                    "RegisterImage",
                    inputs={
                        "blockDeviceMapping": [
                            {"Ebs": {"SnapshotId.$": "$.stepOutputs.Command.output[0]"}}
                        ]
                    },
                ),
                type="BUILD",
            ),
        )

        [execution] = executions_of(imagebuilder, arn)

        assert status(imagebuilder, arn) == "AVAILABLE"
        assert outputs_of(imagebuilder, execution, "Agent") == {"status": "Online"}
        started = outputs_of(imagebuilder, execution, "Machine")
        assert sorted(started) == ["executionArn", "output", "status"]
        assert started["executionArn"].startswith(
            "arn:aws:states:us-east-1:123456789012:execution:Check:"
        )
        command = outputs_of(imagebuilder, execution, "Command")
        assert (sorted(command), command["output"]) == (["output", "runCommandId", "status"], [""])
        assert sorted(outputs_of(imagebuilder, execution, "Iso")) == [
            "amiName",
            "architecture",
            "snapshotId",
        ]
        [ami] = amis_of(imagebuilder, arn)
        assert outputs_of(imagebuilder, execution, "Register") == {"imageId": ami["image"]}

    @instant
    def test_the_instance_of_a_launch_can_be_given(self, imagebuilder):
        launch = {**LAUNCH, "inputs": {**SSM_AGENT, "parentInstanceId": "i-1"}}

        [execution] = executions_of(
            imagebuilder, a_run(imagebuilder, a_workflow(imagebuilder, launch))
        )

        assert outputs_of(imagebuilder, execution, "Launch") == {"instanceId": "i-1"}


def took(entry, started, stopped):
    """How long something took, by the names of the members that say when it began and ended."""
    form = "%Y-%m-%dT%H:%M:%S.%fZ"
    return datetime.strptime(entry[stopped], form) - datetime.strptime(entry[started], form)  # noqa: DTZ007 - both are UTC


class TestDistribution:
    TWO_REGIONS = ("us-east-1", "eu-west-1")

    @instant
    def test_the_managed_workflow_carries_out_the_distribution_configuration(self, imagebuilder):
        arn = a_run(
            imagebuilder,
            BUILD_IMAGE,
            DISTRIBUTE_IMAGE,
            distributionConfigurationArn=a_distribution(imagebuilder, *self.TWO_REGIONS),
        )

        amis = amis_of(imagebuilder, arn)
        assert [ami["region"] for ami in amis] == ["us-east-1", "eu-west-1"]
        _, execution = executions_of(imagebuilder, arn)
        distributed = outputs_of(imagebuilder, execution, "DistributeImage")["distributedImages"]
        assert distributed == [
            {
                "region": ami["region"],
                "name": ami["name"],
                "amiId": ami["image"],
                "accountId": "123456789012",
                "dateStarted": "2026-01-02T03:04:05.000000Z",
                "dateStopped": "2026-01-02T03:04:05.000000Z",
                "status": "Completed",
                "step": "Completed",
            }
            for ami in amis
        ]
        for name, member in (
            ("ModifyImageAttributes", "modifiedImages"),
            ("ApplyImageConfigurations", "configuredImages"),
        ):
            # The configuration says nothing of attributes, launch templates and so on.
            assert outputs_of(imagebuilder, execution, name) == {member: []}
            assert inputs_of(imagebuilder, execution, name) == {"distributedImages": distributed}

    @instant
    @pytest.mark.parametrize(
        ("action", "name", "entry"),
        [
            (
                "ApplyImageConfigurations",
                "configurations",
                {"s3ExportConfiguration": {"roleName": 5, "diskImageFormat": 7, "s3Bucket": None}},
            ),
            ("ApplyImageConfigurations", "configurations", {"licenseConfigurationArns": 5}),
            ("ModifyImageAttributes", "attributes", {"launchPermission": {"anybody": 5}}),
        ],
    )
    def test_what_a_document_says_in_another_type_fails_no_call(
        self, imagebuilder, action, name, entry
    ):
        """Of a configuration the document is checked for what must be there alone."""
        images = {"distributedImages.$": "$.stepOutputs.Distribute.distributedImages"}
        inputs = {**images, name: [{"region": "us-east-1", **entry}]}
        workflow = a_workflow(
            imagebuilder,
            a_step("Distribute", "DistributeImage"),
            a_step("Apply", action, inputs=inputs),
            type="DISTRIBUTION",
        )

        arn = a_run(imagebuilder, BUILD_IMAGE, workflow)

        assert status(imagebuilder, arn) == "AVAILABLE"

    @clock
    def test_each_step_tells_of_the_amis_that_it_touched(self, imagebuilder, imagebuilder_mock):
        """Source: aws-samples, packer-build and gated-distribution."""
        workflow = a_workflow(
            imagebuilder,
            a_step("Distribute", "DistributeImage"),
            a_step(
                "Modify",
                "ModifyImageAttributes",
                inputs={
                    "distributedImages.$": "$.stepOutputs.Distribute.distributedImages",
                    "attributes": [
                        {"region": "us-east-1", "launchPermission": {"userGroups": ["all"]}}
                    ],
                },
            ),
            a_step(
                "Apply",
                "ApplyImageConfigurations",
                inputs={
                    "distributedImages.$": "$.stepOutputs.Distribute.distributedImages",
                    "configurations": [
                        {
                            "region": "eu-west-1",
                            "ssmParameterConfigurations": [{"parameterName": "/imagebuilder/a"}],
                        }
                    ],
                },
            ),
            type="DISTRIBUTION",
        )
        arn = a_run(
            imagebuilder,
            BUILD_IMAGE,
            workflow,
            distributionConfigurationArn=a_distribution(imagebuilder, *self.TWO_REGIONS),
        )
        imagebuilder_mock.clock.advance(hours=1)

        _, execution = executions_of(imagebuilder, arn)

        def told(step, member):
            entries = outputs_of(imagebuilder, execution, step)[member]
            return {entry["region"]: took(entry, "dateStarted", "dateStopped") for entry in entries}

        durations = imagebuilder_mock.builds.durations
        assert told("Distribute", "distributedImages") == {
            "us-east-1": timedelta(),
            "eu-west-1": durations["DistributeImage"],
        }
        modified = durations["ModifyImageAttributes"]
        assert told("Modify", "modifiedImages") == {"us-east-1": modified}
        configured = durations["ApplyImageConfigurations"]
        assert told("Apply", "configuredImages") == {"eu-west-1": configured}

    @instant
    def test_a_name_in_a_workflow_is_for_copies(self, imagebuilder):
        """Source: aws-samples, gated-distribution."""
        configured = "configured {{ imagebuilder:buildDate }}"
        own = "own {{ imagebuilder:buildDate }}"
        settings = {"amiDistributionConfiguration": {"name": configured}}
        distribute = a_step(
            "Distribute",
            "DistributeImage",
            inputs={
                "distributions": [{"region": region, "name": own} for region in self.TWO_REGIONS]
            },
        )

        arn = a_run(
            imagebuilder,
            BUILD_IMAGE,
            a_workflow(imagebuilder, distribute, type="DISTRIBUTION"),
            distributionConfigurationArn=a_distribution(
                imagebuilder, distributions=[{"region": "us-east-1", **settings}]
            ),
        )

        names = {ami["region"]: ami["name"].split()[0] for ami in amis_of(imagebuilder, arn)}
        assert names == {"us-east-1": "configured", "eu-west-1": "own"}

    @clock
    @pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
    def test_only_copies_take_time(self, imagebuilder, imagebuilder_mock, region):
        distributes = a_step("Distribute", "DistributeImage")
        arn = a_run(
            imagebuilder,
            BUILD_IMAGE,
            a_workflow(imagebuilder, distributes, type="DISTRIBUTION"),
            distributionConfigurationArn=a_distribution(imagebuilder, region),
        )
        imagebuilder_mock.clock.advance(hours=1)

        _, execution = executions_of(imagebuilder, arn)

        [step] = steps_of(imagebuilder, execution)
        [entry] = outputs_of(imagebuilder, execution, "Distribute")["distributedImages"]
        assert entry["region"] == region
        is_long = took(step, "startTime", "endTime") > timedelta(minutes=1)
        assert is_long == (region == "eu-west-1")

    @instant
    def test_the_ami_of_the_builds_own_region_is_tagged_in_place(
        self, imagebuilder, imagebuilder_mock
    ):
        """Source: aws-samples, packer-build and gated-distribution."""
        tags = {"stage": "released", "CreatedBy": "me"}
        distribute = a_step(
            "Distribute",
            "DistributeImage",
            inputs={"distributions": [{"region": "us-east-1", "amiTags": tags}]},
        )
        workflow = a_workflow(imagebuilder, distribute, type="DISTRIBUTION")

        arn = a_run(imagebuilder, BUILD_IMAGE, workflow)

        [ami] = imagebuilder_mock.images.amis(arn)
        assert ami.tags["stage"] == "released"
        assert ami.tags["CreatedBy"] == "EC2 Image Builder"

    @instant
    def test_the_document_can_have_distributions_of_its_own(self, imagebuilder):
        """They are used instead of the configuration's (user guide, wfdoc-step-actions)."""
        distribute = a_step(
            "Distribute",
            "DistributeImage",
            inputs={
                "distributions": [
                    {
                        "region.$": "$.parameters.region",
                        "name": "copy {{ imagebuilder:buildDate }}",
                        "description": "a copy",
                        "targetAccountIds": ["210987654321"],
                    }
                ]
            },
        )
        workflow = a_workflow(
            imagebuilder,
            distribute,
            type="DISTRIBUTION",
            parameters=[{"name": "region", "default": "ap-southeast-2"}],
        )
        arn = a_run(
            imagebuilder,
            BUILD_IMAGE,
            workflow,
            distributionConfigurationArn=a_distribution(imagebuilder, *self.TWO_REGIONS),
        )

        home, copy = amis_of(imagebuilder, arn)
        assert home["region"] == "us-east-1"
        assert (copy["region"], copy["accountId"]) == ("ap-southeast-2", "210987654321")
        assert (copy["name"], copy["description"]) == (
            "copy 2026-01-02T03-04-05.000Z",
            "a copy",
        )

    @instant
    @pytest.mark.parametrize("value", [["eu-west-1"], ["a", "b"]])
    def test_a_distribution_that_is_none_at_the_run_fails_the_step(self, imagebuilder, value):
        distribute = a_step(
            "Distribute", "DistributeImage", inputs={"distributions.$": "$.parameters.where"}
        )
        workflow = a_workflow(
            imagebuilder,
            distribute,
            type="DISTRIBUTION",
            parameters=[{"name": "where", "type": "stringList", "default": value}],
        )

        arn = a_run(imagebuilder, BUILD_IMAGE, workflow)

        assert status(imagebuilder, arn) == "FAILED"
        _, execution = executions_of(imagebuilder, arn)
        assert execution["message"] == (
            "The input 'distributions' must be a list of mappings that have a 'region'."
        )

    @instant
    def test_without_distributions_the_ami_stays_where_it_is(self, imagebuilder):
        arn = a_run(imagebuilder, BUILD_IMAGE, DISTRIBUTE_IMAGE)

        assert [ami["region"] for ami in amis_of(imagebuilder, arn)] == ["us-east-1"]

    @instant
    def test_a_container_gets_the_managed_workflow_unless_it_has_one(self, imagebuilder):
        build = BUILD_IMAGE.replace("build-image", "build-container")
        mine = a_workflow(
            imagebuilder,
            a_step(
                "Push",
                "DistributeContainerImage",
                inputs={"instanceId.$": "$.workflowOutputs.InstanceId"},
            ),
            type="DISTRIBUTION",
            name="mine",
        )

        def slugs(*workflows):
            arn = imagebuilder.create_image(
                containerRecipeArn=a_container_recipe(imagebuilder),
                infrastructureConfigurationArn=an_infrastructure(imagebuilder),
                workflows=[{"workflowArn": workflow} for workflow in workflows],
                executionRole=ROLE,
            )["imageBuildVersionArn"]
            assert status(imagebuilder, arn) == "AVAILABLE"
            return [slug_of(one) for one in executions_of(imagebuilder, arn)]

        assert slugs(build) == ["build-container", "distribute-container"]
        assert slugs(build, mine) == ["build-container", "mine"]


class TestWhatAnImageIs:
    """Steps that are for other platforms, or the other kind of image, are skipped."""

    def test_a_linux_ami(self, imagebuilder, imagebuilder_mock):
        distribution = a_workflow(
            imagebuilder,
            a_step("Push", "DistributeContainerImage", inputs={"instanceId": "i-1"}),
            type="DISTRIBUTION",
        )
        tests = a_workflow(
            imagebuilder,
            a_step("SysPrep", "RunSysPrep", inputs={"instanceId": "i-1"}),
            a_step("Sanitize", "SanitizeInstance", inputs={"instanceId": "i-1"}),
            a_step("Bootstrap", "BootstrapInstanceForContainer", inputs={"instanceId": "i-1"}),
        )
        arn = a_run(imagebuilder, BUILD_IMAGE, tests, distribution)
        imagebuilder_mock.builds.finish_all()

        _, test, distributed = executions_of(imagebuilder, arn)
        assert statuses_of(imagebuilder, test) == [
            ("SysPrep", "SKIPPED"),
            ("Sanitize", "COMPLETED"),
            ("Bootstrap", "SKIPPED"),
        ]
        assert statuses_of(imagebuilder, distributed) == [("Push", "SKIPPED")]
        assert [ami["region"] for ami in amis_of(imagebuilder, arn)] == ["us-east-1"]

    def test_a_container(self, imagebuilder, imagebuilder_mock):
        tests = a_workflow(
            imagebuilder,
            a_step("Bootstrap", "BootstrapInstanceForContainer", inputs={"instanceId": "i-1"}),
            a_step("Sanitize", "SanitizeInstance", inputs={"instanceId": "i-1"}),
            a_step("Create", "CreateImage", inputs={"instanceId": "i-1"}),
        )
        arn = imagebuilder.create_image(
            containerRecipeArn=a_container_recipe(imagebuilder),
            infrastructureConfigurationArn=an_infrastructure(imagebuilder),
            workflows=[{"workflowArn": tests}, {"workflowArn": DISTRIBUTE_IMAGE}],
            executionRole=ROLE,
            enhancedImageMetadataEnabled=False,
        )["imageBuildVersionArn"]
        imagebuilder_mock.builds.finish_all()

        test, distributed = executions_of(imagebuilder, arn)
        assert statuses_of(imagebuilder, test) == [
            ("Bootstrap", "COMPLETED"),
            ("Sanitize", "SKIPPED"),
            ("Create", "SKIPPED"),
        ]
        assert {status for _, status in statuses_of(imagebuilder, distributed)} == {"SKIPPED"}
        image = the_image(imagebuilder, arn)
        assert image["state"]["status"] == "AVAILABLE"
        assert "osVersion" not in image

    def test_a_container_that_nobody_built_is_nowhere(self, imagebuilder, imagebuilder_mock):
        arn = imagebuilder.create_image(
            containerRecipeArn=a_container_recipe(imagebuilder),
            infrastructureConfigurationArn=an_infrastructure(imagebuilder),
            workflows=[{"workflowArn": a_workflow(imagebuilder, LAUNCH)}],
            executionRole=ROLE,
        )["imageBuildVersionArn"]
        imagebuilder_mock.builds.finish_all()

        image = the_image(imagebuilder, arn)
        assert image["state"]["status"] == "AVAILABLE"
        assert image["outputResources"].get("containers", []) == []

    @held
    def test_a_component_that_is_gone_by_then_is_not_run(self, imagebuilder, imagebuilder_mock):
        component = a_component(imagebuilder)
        recipe = a_recipe(imagebuilder, components=[component])
        arn = a_run(imagebuilder, BUILD_IMAGE, imageRecipeArn=recipe)
        imagebuilder.delete_image_recipe(imageRecipeArn=recipe)
        imagebuilder.delete_component(componentBuildVersionArn=component)

        imagebuilder_mock.builds.complete(arn)

        [execution] = executions_of(imagebuilder, arn)
        assert dict(statuses_of(imagebuilder, execution))["ApplyBuildComponents"] == "SKIPPED"
