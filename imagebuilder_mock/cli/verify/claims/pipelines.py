"""Pipelines: what goes together, and what is filled in."""

from __future__ import annotations

from typing import Any

from imagebuilder_mock.cli.verify.claim import (
    ACCEPTED,
    Answered,
    Case,
    Claim,
    call,
    claims_about,
    clash,
    invalid,
)

from .standing import PIPELINE


def _workflow(arn: str, **more: object) -> dict[str, Any]:
    return {"executionRole": "<<role>>", "workflows": [{"workflowArn": arn, **more}]}


_ON_DEMAND = {"imageScanningEnabled": True, "imageScanningTypes": ["ON_DEMAND_AMI_CVE"]}

_PIPELINES: tuple[Case, ...] = (
    (
        "no-recipe",
        "A pipeline has one recipe.",
        ("requests.combination-code", "requests.codes-of-documented-rules"),
        {"imageRecipeArn": None},
        clash(
            "imageRecipeArn",
            "You must specify exactly one of 'imageRecipeArn' and 'containerRecipeArn'.",
        ),
    ),
    (
        "two-recipes",
        "A pipeline does not have recipes of both kinds.",
        ("requests.combination-code",),
        {"containerRecipeArn": "<<container_recipe>>"},
        clash(
            "imageRecipeArn",
            "You must specify exactly one of 'imageRecipeArn' and 'containerRecipeArn'.",
        ),
    ),
    (
        "service-linked-role",
        "A pipeline can have the service-linked role.",
        ("roles.service-linked",),
        {
            "executionRole": (
                "arn:<<partition>>:iam::<<account>>:role/aws-service-role/"
                "imagebuilder.amazonaws.com/AWSServiceRoleForImageBuilder"
            )
        },
        ACCEPTED,
    ),
    (
        "log-group-without-a-role",
        "A log group outside of the service's own needs an execution role.",
        ("roles.log-groups", "requests.combination-code"),
        {"loggingConfiguration": {"imageLogGroupName": "/<<run>>/builds"}},
        clash(
            "loggingConfiguration.imageLogGroupName",
            "A log group outside of '/aws/imagebuilder/' needs an execution role.",
        ),
    ),
    (
        "log-group-of-the-service",
        "A log group of the service's own needs no execution role.",
        ("roles.log-groups",),
        {"loggingConfiguration": {"imageLogGroupName": "/aws/imagebuilder/<<name>>"}},
        ACCEPTED,
    ),
    (
        "workflows-without-a-role",
        "Workflows need an execution role.",
        ("requests.codes-of-documented-rules",),
        {"workflows": [{"workflowArn": "<<workflow>>"}]},
        clash("workflows", "Workflows need an 'executionRole'."),
    ),
    (
        "managed-workflow-at-a-version",
        "Amazon's workflows are taken at their newest version alone.",
        ("requests.codes-of-documented-rules",),
        _workflow("<<amazon>>workflow/build/build-image/1.0.2/1"),
        invalid(
            "workflows",
            "AWS managed workflows must have latest version 'x.x.x' for '{workflow_arn_str}'",
        ),
    ),
    (
        "parallel-build",
        "Only test workflows have a parallel group.",
        ("requests.codes-of-documented-rules",),
        _workflow("<<amazon>>workflow/build/build-image/x.x.x", parallelGroup="one"),
        clash("workflows[0]", "'parallelGroup' and 'onFailure' are for test workflows only."),
    ),
    (
        "scan-without-tests",
        "A scan needs image tests.",
        ("scanning.needs-tests", "requests.codes-of-documented-rules"),
        {
            "imageScanningConfiguration": {"imageScanningEnabled": True},
            "imageTestsConfiguration": {"imageTestsEnabled": False},
        },
        clash(
            "imageScanningConfiguration.imageScanningEnabled",
            "Scans run during image tests, which are not enabled.",
        ),
    ),
    (
        "condition-without-its-scan",
        "A condition for the results needs the scan type that has one.",
        ("scanning.condition", "requests.codes-of-documented-rules"),
        {
            "imageScanningConfiguration": {
                "imageScanningEnabled": True,
                "scanResultCondition": {"maximumSeverityLabel": "HIGH"},
            }
        },
        clash(
            "imageScanningConfiguration.scanResultCondition",
            "A condition for the results needs the scan type 'ON_DEMAND_AMI_CVE'.",
        ),
    ),
    (
        "scan-of-a-container",
        "The scan with a condition is for AMIs.",
        ("scanning.condition", "requests.codes-of-documented-rules"),
        {
            "imageRecipeArn": None,
            "containerRecipeArn": "<<container_recipe>>",
            "imageScanningConfiguration": _ON_DEMAND,
        },
        clash(
            "imageScanningConfiguration.imageScanningTypes",
            "The scan type 'ON_DEMAND_AMI_CVE' is for AMIs only.",
        ),
    ),
)

CLAIMS: tuple[Claim, ...] = (
    *claims_about("pipelines", "CreateImagePipeline", PIPELINE, _PIPELINES),
    Claim(
        id="pipelines.workflow-at-a-wildcard",
        sentence="A pipeline may name a workflow of one's own at x.x.x.",
        rows=("workflows.own-at-wildcard",),
        calls=(
            call("GetWorkflow", {"workflowBuildVersionArn": "<<workflow>>"}),
            call(
                "CreateImagePipeline",
                {**PIPELINE, **_workflow("<<own>>workflow/test/<<run>>-workflow/x.x.x")},
            ),
        ),
    ),
    Claim(
        id="pipelines.start-condition",
        sentence="A schedule has the start condition that waits for updates, unless it is given.",
        rows=("pipelines.start-condition",),
        calls=(
            call(
                "CreateImagePipeline",
                {**PIPELINE, "schedule": {"scheduleExpression": "cron(0 10 * * ? *)"}},
                made="imagePipelineArn",
            ),
            call(
                "GetImagePipeline",
                {"imagePipelineArn": "<<made>>"},
                Answered(
                    {
                        "imagePipeline.schedule": {
                            "scheduleExpression": "cron(0 10 * * ? *)",
                            "pipelineExecutionStartCondition": (
                                "EXPRESSION_MATCH_AND_DEPENDENCY_UPDATES_AVAILABLE"
                            ),
                        }
                    }
                ),
            ),
        ),
    ),
    Claim(
        id="pipelines.some-tests",
        sentence="What is left out of a pipeline's tests is filled in.",
        rows=("pipelines.tests-defaults",),
        calls=(
            call(
                "CreateImagePipeline",
                {**PIPELINE, "imageTestsConfiguration": {"timeoutMinutes": 60}},
                made="imagePipelineArn",
            ),
            call(
                "GetImagePipeline",
                {"imagePipelineArn": "<<made>>"},
                Answered(
                    {
                        "imagePipeline.imageTestsConfiguration": {
                            "imageTestsEnabled": True,
                            "timeoutMinutes": 60,
                        }
                    }
                ),
            ),
        ),
    ),
    Claim(
        id="pipelines.recipe-of-the-other-kind",
        sentence="An update does not change the kind of a pipeline's recipe.",
        rows=("requests.codes-of-documented-rules",),
        calls=(
            call("CreateImagePipeline", PIPELINE, made="imagePipelineArn"),
            call(
                "UpdateImagePipeline",
                {
                    "imagePipelineArn": "<<made>>",
                    "containerRecipeArn": "<<container_recipe>>",
                    "infrastructureConfigurationArn": "<<infrastructure>>",
                    "status": "DISABLED",
                },
                clash(
                    "containerRecipeArn",
                    "The recipe must be of the same type as the pipeline's current recipe.",
                ),
            ),
        ),
    ),
)
