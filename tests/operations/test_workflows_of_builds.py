"""The workflows that CreateImage and pipelines take; how they run: test_workflow_runs.py."""

from __future__ import annotations

import pytest

from tests.builders import OWN, a_pipeline, a_recipe, an_infrastructure, unique_name
from tests.refusals import (
    invalid_combination,
    invalid_value,
    over_quota,
)
from tests.workflow_builders import (
    BUILD_IMAGE,
    CREATE,
    LAUNCH,
    ROLE,
    WAIT,
    a_run,
    a_workflow,
    executions_of,
)


class TestWhatABuildTakes:
    @pytest.fixture(params=["create_image", "create_image_pipeline", "update_image_pipeline"])
    def build_with(self, imagebuilder, refused, request):
        """Call it with workflows: what each of the three operations refuses them with."""
        settings = {
            "imageRecipeArn": a_recipe(imagebuilder),
            "infrastructureConfigurationArn": an_infrastructure(imagebuilder),
        }
        if request.param == "create_image_pipeline":
            settings["name"] = unique_name("pipeline")
        if request.param == "update_image_pipeline":
            settings["imagePipelineArn"] = a_pipeline(imagebuilder, **settings)

        def call(*workflows, **more):
            given = {"workflows": list(workflows), "executionRole": ROLE, **settings, **more}
            given = {name: value for name, value in given.items() if value is not None}
            return refused(getattr(imagebuilder, request.param), **given)

        return call

    def test_workflows_need_a_role(self, build_with):
        assert build_with({"workflowArn": BUILD_IMAGE}, executionRole=None) == invalid_combination(
            "workflows", "Workflows need an 'executionRole'."
        )

    def test_a_managed_workflow_is_taken_at_its_newest_version(self, imagebuilder, build_with):
        """Seen: aws/aws-cdk#29910, with the braces."""
        found = imagebuilder.get_workflow(workflowBuildVersionArn=BUILD_IMAGE)["workflow"]["arn"]
        for arn in (found, found.rpartition("/")[0], BUILD_IMAGE.replace("x.x.x", "1.x.x")):
            assert build_with({"workflowArn": arn}) == invalid_value(
                "workflows",
                "AWS managed workflows must have latest version 'x.x.x' for '{workflow_arn_str}'",
            )

    @pytest.mark.imagebuilder(builds="instant")
    def test_ones_own_may_be_named_by_a_wildcard(self, imagebuilder):
        """Source: aws-samples, attestable image."""
        older, newer = (
            a_workflow(imagebuilder, WAIT, name="mine", semanticVersion=version)
            for version in ("1.0.0", "1.1.0")
        )
        wildcard = older.replace("1.0.0/1", "x.x.x")

        arn = a_run(imagebuilder, wildcard)

        [execution] = executions_of(imagebuilder, arn)
        assert execution["workflowBuildVersionArn"] == newer

    def test_a_workflow_that_is_not_there_is_refused(self, build_with):
        arn = f"{OWN}workflow/build/none/x.x.x"

        assert build_with({"workflowArn": BUILD_IMAGE.replace("build-image", "none")}).code == (
            "InvalidParameterValueException"
        )
        assert build_with({"workflowArn": arn}) == invalid_value(
            "workflows[0].workflowArn",
            f"The provided resource 'Workflow' does not exist: '{arn}'.",
        )

    @pytest.mark.parametrize("member", [{"parallelGroup": "group"}, {"onFailure": "CONTINUE"}])
    def test_groups_and_failures_are_for_tests(self, build_with, member):
        """Source: user guide, pipeline-workflows."""
        assert build_with({"workflowArn": BUILD_IMAGE, **member}) == invalid_combination(
            "workflows[0]", "'parallelGroup' and 'onFailure' are for test workflows only."
        )

    def test_a_build_workflow_of_an_ami_has_the_output_image_id(self, imagebuilder, build_with):
        """Seen: cdk-github-runners#812; aws-samples, packer-build."""
        arn = a_workflow(imagebuilder, LAUNCH, CREATE, type="BUILD", outputs=[])

        assert build_with({"workflowArn": arn}) == invalid_value(
            "workflows",
            f"Build workflow must have output named ImageId to build AMI. Workflow ARN: {arn}.",
        )

    @pytest.mark.parametrize("workflow_type", ["BUILD", "DISTRIBUTION"])
    def test_an_image_is_built_and_distributed_once(self, imagebuilder, build_with, workflow_type):
        arn = a_workflow(imagebuilder, type=workflow_type)

        assert build_with({"workflowArn": arn}, {"workflowArn": arn}) == invalid_combination(
            "workflows[0]",
            "An image has at most one build workflow and one distribution workflow.",
        )

    def test_an_image_has_up_to_ten_workflows(self, imagebuilder, build_with):
        tests = [{"workflowArn": a_workflow(imagebuilder)}] * 11

        assert build_with(*tests) == over_quota("workflows per image", 10)

    @pytest.mark.parametrize(
        ("parameters", "detail"),
        [
            (
                [{"name": "other", "value": ["x"]}],
                "The following parameters are not defined in the workflow: other",
            ),
            ([], "The parameter 'needed' has no default, and requires a value."),
            (
                [{"name": "needed", "value": ["x"]}],
                "The value of the parameter 'needed' must be an integer.",
            ),
            (
                [{"name": "needed", "value": ["1", "2"]}],
                "The parameter 'needed' takes exactly one value.",
            ),
        ],
    )
    def test_parameters_are_those_that_the_document_declares(
        self, imagebuilder, build_with, parameters, detail
    ):
        arn = a_workflow(imagebuilder, WAIT, parameters=[{"name": "needed", "type": "integer"}])
        configuration = {"workflowArn": arn, **({"parameters": parameters} if parameters else {})}

        assert build_with({"workflowArn": BUILD_IMAGE}, configuration) == invalid_combination(
            "workflows[1].parameters", detail
        )

    def test_outputs_of_all_workflows_have_names_of_their_own(self, imagebuilder, build_with):
        """Source: user guide, image-workflow-create-document."""
        arn = a_workflow(imagebuilder, WAIT, outputs=[{"name": "ImageId", "value": "x"}])

        assert build_with(
            {"workflowArn": BUILD_IMAGE}, {"workflowArn": arn}
        ) == invalid_combination(
            "workflows[1]",
            "The output 'ImageId' is one of another workflow too; the names of outputs must be "
            "unique across the workflows of an image.",
        )
