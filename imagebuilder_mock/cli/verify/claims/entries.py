"""What a list shows of each kind: the members of an entry, and those that only a Get has."""

from __future__ import annotations

from typing import Any

from imagebuilder_mock.cli.verify.claim import (
    A_TIME,
    Answered,
    Call,
    Claim,
    Own,
    call,
    claims_of,
)

from .standing import PARENT

_TESTS = {"imageTestsEnabled": True, "timeoutMinutes": 720}

# The rest of the id, what is listed, the rows, the operation, the list, and the entry's members
# beside its name and dates.
_ENTRIES: tuple[tuple[str, str, tuple[str, ...], str, str, dict[str, Any]], ...] = (
    (
        "image-recipe",
        "image recipes",
        ("lists.owner", "recipes.platform"),
        "ListImageRecipes",
        "imageRecipeSummaryList",
        {
            "arn": "<<recipe>>",
            "name": "<<run>>-recipe",
            "platform": "Linux",
            "owner": "<<account>>",
            "parentImage": PARENT,
            "tags": {},
        },
    ),
    (
        "container-recipe",
        "container recipes",
        ("lists.owner", "recipes.platform"),
        "ListContainerRecipes",
        "containerRecipeSummaryList",
        {
            "arn": "<<container_recipe>>",
            "name": "<<run>>-container",
            "containerType": "DOCKER",
            "platform": "Linux",
            "owner": "<<account>>",
            "parentImage": "amazonlinux:2023",
            "tags": {},
        },
    ),
    (
        "infrastructure",
        "infrastructure configurations",
        ("infrastructure.defaults",),
        "ListInfrastructureConfigurations",
        "infrastructureConfigurationSummaryList",
        {
            "arn": "<<infrastructure>>",
            "name": "<<run>>-infrastructure",
            "instanceProfileName": "<<instance_profile>>",
            "tags": {},
        },
    ),
    (
        "distribution",
        "distribution configurations",
        ("lists.name-filter-wildcards",),
        "ListDistributionConfigurations",
        "distributionConfigurationSummaryList",
        {
            "arn": "<<distribution>>",
            "name": "<<run>>-distribution",
            "regions": ["<<region>>"],
            "tags": {},
        },
    ),
    (
        "pipeline",
        "image pipelines",
        ("pipelines.tests-defaults",),
        "ListImagePipelines",
        "imagePipelineList",
        {
            "arn": "<<pipeline>>",
            "name": "<<run>>-pipeline",
            "platform": "Linux",
            "enhancedImageMetadataEnabled": True,
            "imageRecipeArn": "<<recipe>>",
            "infrastructureConfigurationArn": "<<infrastructure>>",
            "imageTestsConfiguration": _TESTS,
            "status": "DISABLED",
            "dateUpdated": A_TIME,
            "tags": {},
        },
    ),
    (
        "workflow",
        "workflows",
        ("lists.owner",),
        "ListWorkflows",
        "workflowVersionList",
        {
            "arn": "<<own>>workflow/test/<<run>>-workflow/1.0.0",
            "name": "<<run>>-workflow",
            "version": "1.0.0",
            "type": "TEST",
            "owner": "<<account>>",
        },
    ),
    (
        "lifecycle-policy",
        "lifecycle policies",
        ("lifecycle.policy-grammar",),
        "ListLifecyclePolicies",
        "lifecyclePolicySummaryList",
        {
            "arn": "<<policy>>",
            "name": "<<run>>-policy",
            "status": "DISABLED",
            "executionRole": "<<role>>",
            "resourceType": "AMI_IMAGE",
            "tags": {},
        },
    ),
)


# The entry of a workflow is that of its version, and does not have the ARN that was made.
_IS_THERE = call("GetWorkflow", {"workflowBuildVersionArn": "<<workflow>>"})


def _listed(operation: str, member: str, entry: dict[str, Any]) -> tuple[Call, ...]:
    listed = Call(
        operation=operation,
        params={"filters": [{"name": "name", "values": [entry["name"]]}]},
        expected=Answered({member: Own([{**entry, "dateCreated": A_TIME}], "")}),
        all_pages=True,
    )
    return (_IS_THERE, listed) if operation == "ListWorkflows" else (listed,)


CLAIMS: tuple[Claim, ...] = claims_of(
    "entries",
    (
        (
            key,
            f"An entry of the list of {what} has these members.",
            rows,
            _listed(operation, member, entry),
        )
        for key, what, rows, operation, member, entry in _ENTRIES
    ),
)
