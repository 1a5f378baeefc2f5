"""Pipelines: what goes together, and what is filled in."""

from __future__ import annotations

from typing import Any

from imagebuilder_mock.cli.verify.claim import ACCEPTED, claim
from imagebuilder_mock.domain.errors import invalid_combination, invalid_value

from .standing import SERVICE_LINKED_ROLE, Case, cases, create, get, update


def _workflow(arn: str, **more: object) -> dict[str, Any]:
    return {"executionRole": "<<role>>", "workflows": [{"workflowArn": arn, **more}]}


_EVERY_DAY = {"scheduleExpression": "cron(0 10 * * ? *)"}
_ONE_RECIPE = invalid_combination(
    "imageRecipeArn", "You must specify exactly one of 'imageRecipeArn' and 'containerRecipeArn'."
)
_DOCUMENTED = "requests.codes-of-documented-rules"

_PIPELINES: tuple[Case, ...] = (
    Case(
        "no-recipe",
        "A pipeline needs a recipe.",
        ("requests.combination-code", _DOCUMENTED),
        {"imageRecipeArn": None},
        _ONE_RECIPE,
    ),
    Case(
        "two-recipes",
        "A pipeline does not have recipes of both kinds.",
        ("requests.combination-code",),
        {"containerRecipeArn": "<<container_recipe>>"},
        _ONE_RECIPE,
    ),
    Case(
        "service-linked-role",
        "A pipeline can have the service-linked role.",
        ("roles.service-linked",),
        {"executionRole": SERVICE_LINKED_ROLE},
    ),
    Case(
        "log-group-without-a-role",
        "A log group outside the service's own needs an execution role.",
        ("roles.log-groups", "requests.combination-code"),
        {"loggingConfiguration": {"imageLogGroupName": "/<<run>>/builds"}},
        invalid_combination(
            "loggingConfiguration.imageLogGroupName",
            "A log group outside of '/aws/imagebuilder/' needs an execution role.",
        ),
    ),
    Case(
        "log-group-of-the-service",
        "A log group of the service's own needs no execution role.",
        ("roles.log-groups",),
        {"loggingConfiguration": {"imageLogGroupName": "/aws/imagebuilder/<<name>>"}},
    ),
    Case(
        "workflows-without-a-role",
        "Workflows need an execution role.",
        (_DOCUMENTED,),
        {"workflows": [{"workflowArn": "<<workflow>>"}]},
        invalid_combination("workflows", "Workflows need an 'executionRole'."),
    ),
    Case(
        "managed-workflow-at-a-version",
        "Amazon's workflows can be named only at x.x.x.",
        (_DOCUMENTED,),
        _workflow("<<amazon>>workflow/build/build-image/1.0.2/1"),
        invalid_value(
            "workflows",
            "AWS managed workflows must have latest version 'x.x.x' for '{workflow_arn_str}'",
        ),
    ),
    Case(
        "parallel-build",
        "Only test workflows can have a parallel group.",
        (_DOCUMENTED,),
        _workflow("<<amazon>>workflow/build/build-image/x.x.x", parallelGroup="one"),
        invalid_combination(
            "workflows[0]", "'parallelGroup' and 'onFailure' are for test workflows only."
        ),
    ),
    Case(
        "scan-without-tests",
        "A scan needs image tests.",
        ("scanning.needs-tests", _DOCUMENTED),
        {
            "imageScanningConfiguration": {"imageScanningEnabled": True},
            "imageTestsConfiguration": {"imageTestsEnabled": False},
        },
        invalid_combination(
            "imageScanningConfiguration.imageScanningEnabled",
            "Scans run during image tests, which are not enabled.",
        ),
    ),
    Case(
        "condition-without-its-scan",
        "A condition for scan results needs the scan type that has such conditions.",
        ("scanning.condition", _DOCUMENTED),
        {
            "imageScanningConfiguration": {
                "imageScanningEnabled": True,
                "scanResultCondition": {"maximumSeverityLabel": "HIGH"},
            }
        },
        invalid_combination(
            "imageScanningConfiguration.scanResultCondition",
            "A condition for the results needs the scan type 'ON_DEMAND_AMI_CVE'.",
        ),
    ),
    Case(
        "scan-of-a-container",
        "The scan type with a condition is for AMIs.",
        ("scanning.condition", _DOCUMENTED),
        {
            "imageRecipeArn": None,
            "containerRecipeArn": "<<container_recipe>>",
            "imageScanningConfiguration": {
                "imageScanningEnabled": True,
                "imageScanningTypes": ["ON_DEMAND_AMI_CVE"],
            },
        },
        invalid_combination(
            "imageScanningConfiguration.imageScanningTypes",
            "The scan type 'ON_DEMAND_AMI_CVE' is for AMIs only.",
        ),
    ),
)

CLAIMS = (
    *cases("pipelines", "ImagePipeline", _PIPELINES),
    claim(
        "pipelines.workflow-at-a-wildcard",
        "A pipeline may name one of the caller's own workflows at x.x.x.",
        ("workflows.own-at-wildcard",),
        get("Workflow", ACCEPTED, "<<workflow>>"),
        create("ImagePipeline", **_workflow("<<own>>workflow/test/<<run>>-workflow/x.x.x")),
    ),
    claim(
        "pipelines.start-condition",
        "A schedule has the start condition that waits for updates, unless another is given.",
        ("pipelines.start-condition",),
        create("ImagePipeline", schedule=_EVERY_DAY),
        get(
            "ImagePipeline",
            {
                "schedule": {
                    **_EVERY_DAY,
                    "pipelineExecutionStartCondition": (
                        "EXPRESSION_MATCH_AND_DEPENDENCY_UPDATES_AVAILABLE"
                    ),
                }
            },
        ),
    ),
    claim(
        "pipelines.some-tests",
        "What a pipeline's test configuration leaves out is filled in.",
        ("pipelines.tests-defaults",),
        create("ImagePipeline", imageTestsConfiguration={"timeoutMinutes": 60}),
        get(
            "ImagePipeline",
            {"imageTestsConfiguration": {"imageTestsEnabled": True, "timeoutMinutes": 60}},
        ),
    ),
    claim(
        "pipelines.recipe-of-the-other-kind",
        "An update does not change the kind of a pipeline's recipe.",
        (_DOCUMENTED,),
        create("ImagePipeline"),
        update(
            "ImagePipeline",
            containerRecipeArn="<<container_recipe>>",
            infrastructureConfigurationArn="<<infrastructure>>",
            status="DISABLED",
            expected=invalid_combination(
                "containerRecipeArn",
                "The recipe must be of the same type as the pipeline's current recipe.",
            ),
        ),
    ),
)
