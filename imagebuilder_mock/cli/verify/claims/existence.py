"""What is not there, what is there already, what is in use; and that a refusal changes nothing."""

from __future__ import annotations

from imagebuilder_mock.cli.verify.claim import (
    ABSENT,
    Answered,
    Claim,
    call,
    clash,
    in_use,
    invalid,
    not_found,
    taken,
)

from .standing import (
    AMI,
    COMPONENT,
    CONTAINER_RECIPE,
    DOCUMENT,
    INFRASTRUCTURE,
    PIPELINE,
    RECIPE,
    WORKFLOW,
)

# The label in the sentence, the parameter, and what stands behind the account in the ARN.
_KINDS = (
    ("Component", "componentBuildVersionArn", "component/<<name>>/1.0.0/1"),
    ("ImageRecipe", "imageRecipeArn", "image-recipe/<<name>>/1.0.0"),
    ("ContainerRecipe", "containerRecipeArn", "container-recipe/<<name>>/1.0.0"),
    (
        "InfrastructureConfiguration",
        "infrastructureConfigurationArn",
        "infrastructure-configuration/<<name>>",
    ),
    (
        "DistributionConfiguration",
        "distributionConfigurationArn",
        "distribution-configuration/<<name>>",
    ),
    ("ImagePipeline", "imagePipelineArn", "image-pipeline/<<name>>"),
    ("Image", "imageBuildVersionArn", "image/<<name>>/1.0.0/1"),
    ("Workflow", "workflowBuildVersionArn", "workflow/test/<<name>>/1.0.0/1"),
    ("LifecyclePolicy", "lifecyclePolicyArn", "lifecycle-policy/<<name>>"),
)

# A second create with the name: the label, the operation, its parameters, and the ARN.
_TAKEN = (
    ("ImageRecipe", "CreateImageRecipe", RECIPE, "image-recipe/<<name>>/1.0.0"),
    (
        "ContainerRecipe",
        "CreateContainerRecipe",
        CONTAINER_RECIPE,
        "container-recipe/<<name>>/1.0.0",
    ),
    (
        "InfrastructureConfiguration",
        "CreateInfrastructureConfiguration",
        INFRASTRUCTURE,
        "infrastructure-configuration/<<name>>",
    ),
    (
        "DistributionConfiguration",
        "CreateDistributionConfiguration",
        {"name": "<<name>>", "distributions": [AMI]},
        "distribution-configuration/<<name>>",
    ),
    ("ImagePipeline", "CreateImagePipeline", PIPELINE, "image-pipeline/<<name>>"),
    (
        "Workflow",
        "CreateWorkflow",
        {"name": "<<name>>", "semanticVersion": "1.0.0", "type": "TEST", "data": WORKFLOW},
        "workflow/test/<<name>>/1.0.0/1",
    ),
    ("Component", "CreateComponent", COMPONENT, "component/<<name>>/1.0.0/1"),
)

# A create that names what is not there: the parameter, the label and the ARN.
_MISSING = (
    ("imageRecipeArn", "ImageRecipe", "<<own>>image-recipe/<<name>>/1.0.0"),
    (
        "infrastructureConfigurationArn",
        "InfrastructureConfiguration",
        "<<own>>infrastructure-configuration/<<name>>",
    ),
    (
        "distributionConfigurationArn",
        "DistributionConfiguration",
        "<<own>>distribution-configuration/<<name>>",
    ),
)

CLAIMS: tuple[Claim, ...] = (
    *(
        Claim(
            id=f"requests.get-{label.lower()}-not-found",
            sentence=f"A Get of a resource that does not exist names it: {label}.",
            rows=("requests.get-not-found", "requests.not-found-sentence"),
            calls=(
                call(
                    f"Get{label}", {parameter: f"<<own>>{arn}"}, not_found(label, f"<<own>>{arn}")
                ),
            ),
        )
        for label, parameter, arn in _KINDS
    ),
    *(
        Claim(
            id=f"requests.delete-{label.lower()}-not-found",
            sentence=f"A Delete of a resource that does not exist names it: {label}.",
            rows=("requests.change-not-found", "requests.not-found-sentence"),
            calls=(
                call(
                    f"Delete{label}",
                    {parameter: f"<<own>>{arn}"},
                    not_found(label, f"<<own>>{arn}"),
                ),
            ),
        )
        for label, parameter, arn in _KINDS
    ),
    Claim(
        id="requests.update-not-found",
        sentence="An update of a resource that does not exist names it.",
        rows=("requests.change-not-found", "requests.not-found-sentence"),
        calls=(
            call(
                "UpdateDistributionConfiguration",
                {
                    "distributionConfigurationArn": "<<own>>distribution-configuration/<<name>>",
                    "distributions": [AMI],
                },
                not_found(
                    "DistributionConfiguration", "<<own>>distribution-configuration/<<name>>"
                ),
            ),
        ),
    ),
    *(
        Claim(
            id=f"requests.{label.lower()}-name-taken",
            sentence=f"A name that is taken is refused with what has it: {label}.",
            rows=(
                ("versions.same-content", "requests.name-taken-labels")
                if label in {"Component", "Workflow"}
                else ("requests.name-taken-sentence",)
                if label == "ImageRecipe"
                else ("requests.name-taken-labels",)
            ),
            calls=(
                call(operation, params),
                call(operation, params, taken(label, f"<<own>>{arn}")),
            ),
        )
        for label, operation, params, arn in _TAKEN
    ),
    *(
        Claim(
            id=f"requests.missing-{label.lower()}",
            sentence=f"A create that names what does not exist is refused: {label}.",
            rows=("requests.missing-reference",),
            calls=(
                call(
                    "CreateImagePipeline",
                    {**PIPELINE, parameter: arn},
                    invalid(parameter, f"The provided resource '{label}' does not exist: '{arn}'."),
                ),
            ),
        )
        for parameter, label, arn in _MISSING
    ),
    Claim(
        id="requests.missing-component",
        sentence="A recipe whose component does not exist is refused.",
        rows=("requests.missing-reference",),
        calls=(
            call(
                "CreateImageRecipe",
                {
                    **RECIPE,
                    "components": [{"componentArn": "<<own>>component/<<name>>/1.0.0/1"}],
                },
                invalid(
                    "components[0].componentArn",
                    "The provided resource 'Component' does not exist: "
                    "'<<own>>component/<<name>>/1.0.0/1'.",
                ),
            ),
        ),
    ),
    Claim(
        id="requests.pipeline-parts-in-use",
        sentence="A pipeline holds its recipe and its infrastructure configuration.",
        rows=("requests.in-use-sentence",),
        calls=(
            call("CreateImageRecipe", RECIPE, made_recipe="imageRecipeArn"),
            call(
                "CreateInfrastructureConfiguration",
                INFRASTRUCTURE,
                made_infrastructure="infrastructureConfigurationArn",
            ),
            call(
                "CreateImagePipeline",
                {
                    **PIPELINE,
                    "imageRecipeArn": "<<made_recipe>>",
                    "infrastructureConfigurationArn": "<<made_infrastructure>>",
                },
            ),
            call(
                "DeleteImageRecipe",
                {"imageRecipeArn": "<<made_recipe>>"},
                in_use("<<made_recipe>>"),
            ),
            call(
                "DeleteInfrastructureConfiguration",
                {"infrastructureConfigurationArn": "<<made_infrastructure>>"},
                in_use("<<made_infrastructure>>"),
            ),
        ),
    ),
    Claim(
        id="requests.refused-create",
        sentence="A create that is refused makes nothing.",
        rows=("requests.refusal-changes-nothing",),
        calls=(
            call(
                "CreateComponent",
                {**COMPONENT, "data": DOCUMENT, "uri": "s3://<<run>>/document.yml"},
                clash("data", "You must specify exactly one of 'data' and 'uri'."),
            ),
            call(
                "ListComponentBuildVersions",
                {"componentVersionArn": "<<own>>component/<<name>>/1.0.0"},
                Answered({"componentSummaryList": []}),
            ),
        ),
    ),
    Claim(
        id="requests.refused-update",
        sentence="An update that is refused changes nothing.",
        rows=("requests.refusal-changes-nothing",),
        calls=(
            call(
                "CreateDistributionConfiguration",
                {"name": "<<name>>", "distributions": [AMI]},
                made="distributionConfigurationArn",
            ),
            call(
                "UpdateDistributionConfiguration",
                {
                    "distributionConfigurationArn": "<<made>>",
                    "description": "changed",
                    "distributions": [{"region": "<<region>>"}],
                },
                invalid(
                    "distributions[0]",
                    "One or more outputs should be provided for each region in a distribution "
                    "configuration.",
                ),
            ),
            call(
                "GetDistributionConfiguration",
                {"distributionConfigurationArn": "<<made>>"},
                Answered(
                    {
                        "distributionConfiguration.description": ABSENT,
                        "distributionConfiguration.dateUpdated": ABSENT,
                    }
                ),
            ),
        ),
    ),
)
