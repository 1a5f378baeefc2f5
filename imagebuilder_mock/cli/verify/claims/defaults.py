"""What a Get answers of each kind: names, defaults, and what is absent."""

from __future__ import annotations

from imagebuilder_mock.cli.verify.claim import (
    A_TIME,
    ABSENT,
    Answered,
    Row,
    call,
    claims_of,
    taken,
)

from .standing import AMI, COMPONENT, DOCUMENT, INFRASTRUCTURE, PARENT, RECIPE, TEMPLATE, WORKFLOW

_NAMES: tuple[Row, ...] = (
    (
        "in-arns",
        "A name in an ARN is in lower case, with hyphens for spaces and underscores.",
        ("names.in-arns", "names.kept"),
        (
            call(
                "CreateDistributionConfiguration",
                {"name": "<<name>> Web_App", "distributions": [AMI]},
                Answered(
                    {
                        "distributionConfigurationArn": (
                            "<<own>>distribution-configuration/<<name>>-web-app"
                        )
                    }
                ),
                made="distributionConfigurationArn",
            ),
            call(
                "GetDistributionConfiguration",
                {"distributionConfigurationArn": "<<made>>"},
                Answered({"distributionConfiguration.name": "<<name>> Web_App"}),
            ),
        ),
    ),
    (
        "the-same-name",
        "Names that differ in case, spaces and underscores alone are the same name.",
        ("names.in-arns", "requests.name-taken-labels"),
        (
            call(
                "CreateDistributionConfiguration",
                {"name": "<<name>> Web_App", "distributions": [AMI]},
            ),
            call(
                "CreateDistributionConfiguration",
                {"name": "<<name>>-web-app", "distributions": [AMI]},
                taken(
                    "DistributionConfiguration",
                    "<<own>>distribution-configuration/<<name>>-web-app",
                ),
            ),
        ),
    ),
    (
        "another-type",
        "Two types of resources may have one name.",
        ("names.in-arns",),
        (
            call("CreateComponent", COMPONENT),
            call("CreateDistributionConfiguration", {"name": "<<name>>", "distributions": [AMI]}),
        ),
    ),
)

_GETS: tuple[Row, ...] = (
    (
        "component",
        "A component of which only what is required was given.",
        ("components.type", "names.kept"),
        (
            call("CreateComponent", COMPONENT, made="componentBuildVersionArn"),
            call(
                "GetComponent",
                {"componentBuildVersionArn": "<<made>>"},
                Answered(
                    {
                        "component": {
                            "arn": "<<made>>",
                            "name": "<<name>>",
                            "version": "1.0.0",
                            "type": "BUILD",
                            "platform": "Linux",
                            "state": {"status": "ACTIVE"},
                            "owner": "<<account>>",
                            "data": DOCUMENT,
                            "encrypted": True,
                            "dateCreated": A_TIME,
                            "tags": {},
                        }
                    }
                ),
            ),
        ),
    ),
    (
        "recipe",
        "An image recipe stays as it was written, and has its parent's platform.",
        (
            "recipes.as-written",
            "recipes.platform",
            "recipes.working-directory-default",
        ),
        (
            call("GetComponent", {"componentBuildVersionArn": "<<component>>"}),
            call(
                "CreateImageRecipe",
                {
                    **RECIPE,
                    "components": [{"componentArn": "<<own>>component/<<run>>-component/x.x.x"}],
                },
                made="imageRecipeArn",
            ),
            call(
                "GetImageRecipe",
                {"imageRecipeArn": "<<made>>"},
                Answered(
                    {
                        "imageRecipe": {
                            "arn": "<<made>>",
                            "name": "<<name>>",
                            "version": "1.0.0",
                            "platform": "Linux",
                            "owner": "<<account>>",
                            "parentImage": PARENT,
                            "components": [
                                {"componentArn": "<<own>>component/<<run>>-component/x.x.x"}
                            ],
                            "dateCreated": A_TIME,
                            "tags": {},
                        }
                    }
                ),
            ),
        ),
    ),
    (
        "container-recipe",
        "A container recipe of which only what is required was given.",
        ("recipes.platform", "recipes.working-directory-default"),
        (
            call(
                "GetContainerRecipe",
                {"containerRecipeArn": "<<container_recipe>>"},
                Answered(
                    {
                        "containerRecipe": {
                            "arn": "<<container_recipe>>",
                            "name": "<<run>>-container",
                            "version": "1.0.0",
                            "containerType": "DOCKER",
                            "platform": "Linux",
                            "owner": "<<account>>",
                            "parentImage": "amazonlinux:2023",
                            "components": [{"componentArn": "<<component>>"}],
                            "dockerfileTemplateData": TEMPLATE,
                            "targetRepository": {
                                "service": "ECR",
                                "repositoryName": "<<repository>>",
                            },
                            "encrypted": True,
                            "dateCreated": A_TIME,
                            "tags": {},
                        }
                    }
                ),
            ),
        ),
    ),
    (
        "infrastructure",
        "An infrastructure configuration of which only what is required was given.",
        ("infrastructure.defaults",),
        (
            call(
                "CreateInfrastructureConfiguration",
                INFRASTRUCTURE,
                made="infrastructureConfigurationArn",
            ),
            call(
                "GetInfrastructureConfiguration",
                {"infrastructureConfigurationArn": "<<made>>"},
                Answered(
                    {
                        "infrastructureConfiguration": {
                            "arn": "<<made>>",
                            "name": "<<name>>",
                            "instanceProfileName": "<<instance_profile>>",
                            "terminateInstanceOnFailure": True,
                            "dateCreated": A_TIME,
                            "tags": {},
                        }
                    }
                ),
            ),
        ),
    ),
    (
        "infrastructure-update",
        "An update of an infrastructure configuration replaces everything, and has a date.",
        ("infrastructure.defaults", "requests.update-replaces"),
        (
            call(
                "CreateInfrastructureConfiguration",
                {**INFRASTRUCTURE, "description": "a", "terminateInstanceOnFailure": False},
                made="infrastructureConfigurationArn",
            ),
            call(
                "UpdateInfrastructureConfiguration",
                {
                    "infrastructureConfigurationArn": "<<made>>",
                    "instanceProfileName": "<<instance_profile>>",
                },
            ),
            call(
                "GetInfrastructureConfiguration",
                {"infrastructureConfigurationArn": "<<made>>"},
                Answered(
                    {
                        "infrastructureConfiguration.description": ABSENT,
                        "infrastructureConfiguration.terminateInstanceOnFailure": True,
                        "infrastructureConfiguration.dateUpdated": A_TIME,
                    }
                ),
            ),
        ),
    ),
    (
        "distribution",
        "A distribution configuration of which only what is required was given.",
        ("distribution.timeout",),
        (
            call(
                "GetDistributionConfiguration",
                {"distributionConfigurationArn": "<<distribution>>"},
                Answered(
                    {
                        "distributionConfiguration": {
                            "arn": "<<distribution>>",
                            "name": "<<run>>-distribution",
                            "distributions": [AMI],
                            "timeoutMinutes": 720,
                            "dateCreated": A_TIME,
                            "tags": {},
                        }
                    }
                ),
            ),
        ),
    ),
    (
        "pipeline",
        "A pipeline of which only what is required was given.",
        ("pipelines.tests-defaults",),
        (
            call(
                "GetImagePipeline",
                {"imagePipelineArn": "<<pipeline>>"},
                Answered(
                    {
                        "imagePipeline": {
                            "arn": "<<pipeline>>",
                            "name": "<<run>>-pipeline",
                            "platform": "Linux",
                            "enhancedImageMetadataEnabled": True,
                            "imageRecipeArn": "<<recipe>>",
                            "infrastructureConfigurationArn": "<<infrastructure>>",
                            "imageTestsConfiguration": {
                                "imageTestsEnabled": True,
                                "timeoutMinutes": 720,
                            },
                            "status": "DISABLED",
                            "dateCreated": A_TIME,
                            "dateUpdated": A_TIME,
                            "tags": {},
                        }
                    }
                ),
            ),
        ),
    ),
    (
        "workflow",
        "A workflow of which only what is required was given.",
        ("workflows.grammar",),
        (
            call(
                "GetWorkflow",
                {"workflowBuildVersionArn": "<<workflow>>"},
                Answered(
                    {
                        "workflow": {
                            "arn": "<<workflow>>",
                            "name": "<<run>>-workflow",
                            "version": "1.0.0",
                            "type": "TEST",
                            "owner": "<<account>>",
                            "data": WORKFLOW,
                            "dateCreated": A_TIME,
                            "tags": {},
                        }
                    }
                ),
            ),
        ),
    ),
)

CLAIMS = (*claims_of("names", _NAMES), *claims_of("gets", _GETS))
