"""What does not exist, what exists already, what is in use; and that a refusal changes nothing."""

from __future__ import annotations

from imagebuilder_mock.cli.verify.claim import ABSENT, call, claim, in_use
from imagebuilder_mock.domain.errors import (
    already_exists,
    invalid_combination,
    invalid_value,
    missing_reference,
    not_found,
)

from .standing import AMI, ARNS, USUAL, builds_listed, create, delete, get, update

# What of a pipeline may name something that does not exist, and its class.
_PARTS = {
    "imageRecipeArn": "ImageRecipe",
    "infrastructureConfigurationArn": "InfrastructureConfiguration",
    "distributionConfigurationArn": "DistributionConfiguration",
}
_NAME_TAKEN = {
    "Component": ("versions.same-content", "requests.name-taken-labels"),
    "Workflow": ("versions.same-content", "requests.name-taken-labels"),
    "ImageRecipe": ("requests.name-taken-sentence",),
}

CLAIMS = (
    *(
        claim(
            f"requests.get-{cls.lower()}-not-found",
            f"The refusal of a Get names the resource that does not exist: {cls}.",
            ("requests.get-not-found", "requests.not-found-sentence"),
            get(cls, not_found(cls, arn), arn),
        )
        for cls, arn in ARNS.items()
    ),
    *(
        claim(
            f"requests.delete-{cls.lower()}-not-found",
            f"The refusal of a Delete names the resource that does not exist: {cls}.",
            ("requests.change-not-found", "requests.not-found-sentence"),
            delete(cls, arn, not_found(cls, arn)),
        )
        for cls, arn in ARNS.items()
    ),
    claim(
        "requests.update-not-found",
        "The refusal of an update names the resource that does not exist.",
        ("requests.change-not-found", "requests.not-found-sentence"),
        call(
            "UpdateDistributionConfiguration",
            {
                "distributionConfigurationArn": ARNS["DistributionConfiguration"],
                "distributions": [AMI],
            },
            not_found("DistributionConfiguration", ARNS["DistributionConfiguration"]),
        ),
    ),
    *(
        claim(
            f"requests.{cls.lower()}-name-taken",
            f"The refusal of a taken name names the resource that has it: {cls}.",
            _NAME_TAKEN.get(cls, ("requests.name-taken-labels",)),
            create(cls),
            create(cls, expected=already_exists(cls, ARNS[cls])),
        )
        for cls in USUAL
        if cls != "LifecyclePolicy"
    ),
    *(
        claim(
            f"requests.missing-{cls.lower()}",
            f"A create that names what does not exist is refused: {cls}.",
            ("requests.missing-reference",),
            create(
                "ImagePipeline",
                **{parameter: ARNS[cls]},
                expected=invalid_value(parameter, missing_reference(cls, ARNS[cls])),
            ),
        )
        for parameter, cls in _PARTS.items()
    ),
    claim(
        "requests.missing-component",
        "A recipe whose component does not exist is refused.",
        ("requests.missing-reference",),
        create(
            "ImageRecipe",
            components=[{"componentArn": ARNS["Component"]}],
            expected=invalid_value(
                "components[0].componentArn",
                missing_reference("Component", ARNS["Component"]),
            ),
        ),
    ),
    claim(
        "requests.pipeline-parts-in-use",
        "The recipe and the infrastructure configuration of a pipeline cannot be deleted.",
        ("requests.in-use-sentence",),
        create("ImageRecipe"),
        create("InfrastructureConfiguration"),
        create(
            "ImagePipeline",
            imageRecipeArn=ARNS["ImageRecipe"],
            infrastructureConfigurationArn=ARNS["InfrastructureConfiguration"],
        ),
        *(
            delete(cls, ARNS[cls], in_use(ARNS[cls]))
            for cls in ("ImageRecipe", "InfrastructureConfiguration")
        ),
    ),
    claim(
        "requests.refused-create",
        "A create that is refused makes nothing.",
        ("requests.refusal-changes-nothing",),
        create(
            "Component",
            uri="s3://<<run>>/document.yml",
            expected=invalid_combination(
                "data", "You must specify exactly one of 'data' and 'uri'."
            ),
        ),
        builds_listed({"componentSummaryList": []}),
    ),
    claim(
        "requests.refused-update",
        "An update that is refused changes nothing.",
        ("requests.refusal-changes-nothing",),
        create("DistributionConfiguration"),
        update(
            "DistributionConfiguration",
            description="changed",
            distributions=[{"region": "<<region>>"}],
            expected=invalid_value(
                "distributions[0]",
                "One or more outputs should be provided for each region in a distribution "
                "configuration.",
            ),
        ),
        get("DistributionConfiguration", {"description": ABSENT, "dateUpdated": ABSENT}),
    ),
)
