"""What a Get answers of each class and a list shows of it: names, defaults, and what is absent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagebuilder_mock.cli.verify.claim import A_TIME, ABSENT, ACCEPTED, Call, Own, claim
from imagebuilder_mock.domain.errors import already_exists

from .standing import (
    AMI,
    DOCUMENT,
    PARENT,
    TEMPLATE,
    WORKFLOW,
    create,
    get,
    get_all,
    listed,
    update,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_LATEST = [{"componentArn": "<<own>>component/<<run>>-component/x.x.x"}]
_WEB_APP = "<<own>>distribution-configuration/<<name>>-web-app"

# What both the resource itself and its entry in a list have.
_CONTAINER_RECIPE = {
    "name": "<<run>>-container",
    "containerType": "DOCKER",
    "platform": "Linux",
    "owner": "<<account>>",
    "parentImage": "amazonlinux:2023",
}
_PIPELINE = {
    "name": "<<run>>-pipeline",
    "platform": "Linux",
    "enhancedImageMetadataEnabled": True,
    "imageRecipeArn": "<<recipe>>",
    "infrastructureConfigurationArn": "<<infrastructure>>",
    "imageTestsConfiguration": {"imageTestsEnabled": True, "timeoutMinutes": 720},
    "status": "DISABLED",
    "dateUpdated": A_TIME,
}
_WORKFLOW = {
    "name": "<<run>>-workflow",
    "version": "1.0.0",
    "type": "TEST",
    "owner": "<<account>>",
}

CLAIMS = (
    claim(
        "names.in-arns",
        "A name in an ARN is in lower case, with hyphens for spaces and underscores.",
        ("names.in-arns", "names.kept"),
        create(
            "DistributionConfiguration",
            name="<<name>> Web_App",
            expected={"distributionConfigurationArn": _WEB_APP},
        ),
        get("DistributionConfiguration", {"name": "<<name>> Web_App"}),
    ),
    claim(
        "names.the-same-name",
        "Names that differ only in case, spaces and underscores are the same name.",
        ("names.in-arns", "requests.name-taken-labels"),
        create("DistributionConfiguration", name="<<name>> Web_App"),
        create(
            "DistributionConfiguration",
            name="<<name>>-web-app",
            expected=already_exists("DistributionConfiguration", _WEB_APP),
        ),
    ),
    claim(
        "names.another-type",
        "Two types of resources may have one name.",
        ("names.in-arns",),
        create("Component"),
        create("DistributionConfiguration"),
    ),
    claim(
        "gets.component",
        "A component that was given only what is required reads back with these members.",
        ("components.type", "names.kept"),
        create("Component"),
        get_all(
            "Component",
            name="<<name>>",
            version="1.0.0",
            type="BUILD",
            platform="Linux",
            state={"status": "ACTIVE"},
            owner="<<account>>",
            data=DOCUMENT,
            encrypted=True,
        ),
    ),
    claim(
        "gets.recipe",
        "An image recipe stays as it was written, and has its parent's platform.",
        ("recipes.as-written", "recipes.platform", "recipes.working-directory-default"),
        get("Component", ACCEPTED, "<<component>>"),
        create("ImageRecipe", components=_LATEST),
        get_all(
            "ImageRecipe",
            name="<<name>>",
            version="1.0.0",
            platform="Linux",
            owner="<<account>>",
            parentImage=PARENT,
            components=_LATEST,
        ),
    ),
    claim(
        "gets.container-recipe",
        "A container recipe that was given only what is required reads back with these members.",
        ("recipes.platform", "recipes.working-directory-default"),
        get_all(
            "ContainerRecipe",
            "<<container_recipe>>",
            **_CONTAINER_RECIPE,
            version="1.0.0",
            components=[{"componentArn": "<<component>>"}],
            dockerfileTemplateData=TEMPLATE,
            targetRepository={"service": "ECR", "repositoryName": "<<repository>>"},
            encrypted=True,
        ),
    ),
    claim(
        "gets.infrastructure",
        "An infrastructure configuration given only what is required reads back like this.",
        ("infrastructure.defaults",),
        create("InfrastructureConfiguration"),
        get_all(
            "InfrastructureConfiguration",
            name="<<name>>",
            instanceProfileName="<<instance_profile>>",
            terminateInstanceOnFailure=True,
        ),
    ),
    claim(
        "gets.infrastructure-update",
        "An update of an infrastructure configuration replaces everything, and has a date.",
        ("infrastructure.defaults", "requests.update-replaces"),
        create("InfrastructureConfiguration", description="a", terminateInstanceOnFailure=False),
        update("InfrastructureConfiguration", instanceProfileName="<<instance_profile>>"),
        get(
            "InfrastructureConfiguration",
            {"description": ABSENT, "terminateInstanceOnFailure": True, "dateUpdated": A_TIME},
        ),
    ),
    claim(
        "gets.distribution",
        "A distribution configuration given only what is required reads back like this.",
        ("distribution.timeout",),
        get_all(
            "DistributionConfiguration",
            "<<distribution>>",
            name="<<run>>-distribution",
            distributions=[AMI],
            timeoutMinutes=720,
        ),
    ),
    claim(
        "gets.pipeline",
        "A pipeline that was given only what is required reads back with these members.",
        ("pipelines.tests-defaults",),
        get_all("ImagePipeline", "<<pipeline>>", **_PIPELINE),
    ),
    claim(
        "gets.workflow",
        "A workflow that was given only what is required reads back with these members.",
        ("workflows.grammar",),
        get_all("Workflow", "<<workflow>>", **_WORKFLOW, data=WORKFLOW),
    ),
)

# The rest of the id, what is listed, the rows, the operation, the list, and the entry's members
# besides its date.
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
        {"arn": "<<container_recipe>>", **_CONTAINER_RECIPE, "tags": {}},
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
        {"arn": "<<pipeline>>", **_PIPELINE, "tags": {}},
    ),
    (
        "workflow",
        "workflows",
        ("lists.owner",),
        "ListWorkflows",
        "workflowVersionList",
        {"arn": "<<own>>workflow/test/<<run>>-workflow/1.0.0", **_WORKFLOW},
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


def _listed(operation: str, member: str, entry: dict[str, Any]) -> Iterator[Call]:
    if operation == "ListWorkflows":
        # The entry is that of the version: it does not have the word that makes the workflow.
        yield get("Workflow", ACCEPTED, "<<workflow>>")
    expected = {member: Own([{**entry, "dateCreated": A_TIME}], "")}
    yield listed(operation, {"name": [entry["name"]]}, expected)


ENTRIES = tuple(
    claim(
        f"entries.{key}",
        f"An entry of the list of {what} has these members.",
        rows,
        *_listed(operation, member, entry),
    )
    for key, what, rows, operation, member, entry in _ENTRIES
)
