"""Tokens that make a request repeatable, dry runs, and what a create answers besides its ARN."""

from __future__ import annotations

from imagebuilder_mock.cli.verify.claim import A_TIME, ABSENT, AN_ID, Own, claim
from imagebuilder_mock.domain.errors import (
    DryRunOperationException,
    IdempotentParameterMismatchException,
    InvalidVersionNumberException,
    invalid_value,
    not_found,
)
from imagebuilder_mock.domain.versions import FORMAT_ERROR

from .standing import AMI, ARNS, OTHER_DOCUMENT, builds_listed, create, get, update

_DRY = DryRunOperationException()

CLAIMS = (
    claim(
        "requests.create-answer",
        "The answer to a create has the request's id and its token, besides the ARN.",
        ("requests.request-id-and-token",),
        create(
            "DistributionConfiguration",
            clientToken="<<name>>",
            expected={
                "": {
                    "requestId": AN_ID,
                    "clientToken": "<<name>>",
                    "distributionConfigurationArn": ARNS["DistributionConfiguration"],
                }
            },
        ),
    ),
    claim(
        "requests.token-made-by-the-client",
        "The token that the client makes up is in the answer.",
        ("requests.request-id-and-token",),
        create("Component", expected={"clientToken": AN_ID, "requestId": AN_ID}),
    ),
    claim(
        "requests.update-replaces",
        "An update replaces everything: what it leaves out is gone.",
        ("requests.update-replaces",),
        create("DistributionConfiguration", description="first"),
        update("DistributionConfiguration", distributions=[AMI]),
        get("DistributionConfiguration", {"description": ABSENT, "dateUpdated": A_TIME}),
    ),
    claim(
        "tokens.repeated",
        "A create that is repeated with its token answers as the first time, and makes nothing.",
        ("tokens.repeated",),
        create("Component", clientToken="<<name>>"),
        create(
            "Component", clientToken="<<name>>", expected={"componentBuildVersionArn": "<<made>>"}
        ),
        builds_listed({"componentSummaryList": Own(["<<made>>"])}),
    ),
    claim(
        "tokens.mismatch",
        "A token that comes with other parameters is refused.",
        ("tokens.mismatch",),
        create("Component", clientToken="<<name>>"),
        create(
            "Component",
            clientToken="<<name>>",
            data=OTHER_DOCUMENT,
            expected=IdempotentParameterMismatchException(
                "The client token was already used in a request with different parameters. "
                "Use a new client token, or the parameters of the first request.",
            ),
        ),
    ),
    claim(
        "tokens.after-a-refusal",
        "A create that was refused has not used up its token.",
        ("tokens.not-used-up",),
        create(
            "Component",
            clientToken="<<name>>",
            semanticVersion="1.0.1073741824",
            expected=InvalidVersionNumberException(
                f"{FORMAT_ERROR}. Each number must be between 0 and 1073741823."
            ),
        ),
        create("Component", clientToken="<<name>>"),
    ),
    claim(
        "tokens.after-a-dry-run",
        "A dry run has not used up its token.",
        ("tokens.not-used-up", "tokens.dry-run"),
        create("Component", clientToken="<<name>>", dryRun=True, expected=_DRY),
        create("Component", clientToken="<<name>>"),
    ),
    claim(
        "tokens.dry-run",
        "A dry run that would succeed says so, and makes nothing.",
        ("tokens.dry-run",),
        create("Component", dryRun=True, expected=_DRY),
        builds_listed({"componentSummaryList": []}),
    ),
    claim(
        "tokens.dry-run-refused",
        "A dry run that would not succeed is refused like the request itself.",
        ("tokens.dry-run",),
        create(
            "Component",
            data="[]",
            dryRun=True,
            expected=invalid_value("data", "The document must be a mapping."),
        ),
    ),
    claim(
        "tokens.dry-run-of-a-pipeline",
        "A pipeline's dry run makes nothing.",
        ("tokens.dry-run",),
        create("ImagePipeline", dryRun=True, expected=_DRY),
        get(
            "ImagePipeline",
            not_found("ImagePipeline", ARNS["ImagePipeline"]),
            ARNS["ImagePipeline"],
        ),
    ),
)
