"""Tokens that make a request repeatable, dry runs, and what a create answers beside its ARN."""

from __future__ import annotations

from imagebuilder_mock.cli.verify.claim import (
    A_TIME,
    ABSENT,
    AN_ID,
    Answered,
    Claim,
    Own,
    Refused,
    Row,
    call,
    claims_of,
    invalid,
    not_found,
)

from .standing import AMI, COMPONENT, OTHER_DOCUMENT, PIPELINE

_TOKEN = {**COMPONENT, "clientToken": "<<name>>"}
_DRY = Refused("DryRunOperationException", "Request would have succeeded, but dryRun flag is set.")
_TOKENS: tuple[Row, ...] = (
    (
        "repeated",
        "A create that is repeated with its token answers as the first time, and makes nothing.",
        ("tokens.repeated",),
        (
            call("CreateComponent", _TOKEN, made="componentBuildVersionArn"),
            call("CreateComponent", _TOKEN, Answered({"componentBuildVersionArn": "<<made>>"})),
            call(
                "ListComponentBuildVersions",
                {"componentVersionArn": "<<own>>component/<<name>>/1.0.0"},
                Answered({"componentSummaryList": Own(["<<made>>"])}),
            ),
        ),
    ),
    (
        "mismatch",
        "A token that comes with other parameters is refused.",
        ("tokens.mismatch",),
        (
            call("CreateComponent", _TOKEN),
            call(
                "CreateComponent",
                {**_TOKEN, "data": OTHER_DOCUMENT},
                Refused(
                    "IdempotentParameterMismatchException",
                    "The client token was already used in a request with different parameters. "
                    "Use a new client token, or the parameters of the first request.",
                ),
            ),
        ),
    ),
    (
        "after-a-refusal",
        "A create that was refused has not used up its token.",
        ("tokens.not-used-up",),
        (
            call(
                "CreateComponent",
                {**_TOKEN, "semanticVersion": "1.0.1073741824"},
                Refused(
                    "InvalidVersionNumberException",
                    "The supplied semantic version does not follow the required format. Each "
                    "number must be between 0 and 1073741823.",
                ),
            ),
            call("CreateComponent", _TOKEN),
        ),
    ),
    (
        "after-a-dry-run",
        "A dry run has not used up its token.",
        ("tokens.not-used-up", "tokens.dry-run"),
        (
            call("CreateComponent", {**_TOKEN, "dryRun": True}, _DRY),
            call("CreateComponent", _TOKEN),
        ),
    ),
    (
        "dry-run",
        "A dry run that would succeed says so, and makes nothing.",
        ("tokens.dry-run",),
        (
            call("CreateComponent", {**COMPONENT, "dryRun": True}, _DRY),
            call(
                "ListComponentBuildVersions",
                {"componentVersionArn": "<<own>>component/<<name>>/1.0.0"},
                Answered({"componentSummaryList": []}),
            ),
        ),
    ),
    (
        "dry-run-refused",
        "A dry run that would not succeed is refused as the request itself.",
        ("tokens.dry-run",),
        (
            call(
                "CreateComponent",
                {**COMPONENT, "data": "[]", "dryRun": True},
                invalid("data", "The document must be a mapping."),
            ),
        ),
    ),
    (
        "dry-run-of-a-pipeline",
        "A pipeline's dry run makes nothing.",
        ("tokens.dry-run",),
        (
            call("CreateImagePipeline", {**PIPELINE, "dryRun": True}, _DRY),
            call(
                "GetImagePipeline",
                {"imagePipelineArn": "<<own>>image-pipeline/<<name>>"},
                not_found("ImagePipeline", "<<own>>image-pipeline/<<name>>"),
            ),
        ),
    ),
)

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="requests.create-answer",
        sentence="The answer to a create has the request's id and its token, beside the ARN.",
        rows=("requests.request-id-and-token",),
        calls=(
            call(
                "CreateDistributionConfiguration",
                {"name": "<<name>>", "distributions": [AMI], "clientToken": "<<name>>"},
                Answered(
                    {
                        "": {
                            "requestId": AN_ID,
                            "clientToken": "<<name>>",
                            "distributionConfigurationArn": (
                                "<<own>>distribution-configuration/<<name>>"
                            ),
                        }
                    }
                ),
            ),
        ),
    ),
    Claim(
        id="requests.token-made-by-the-client",
        sentence="The token that the client makes up is in the answer.",
        rows=("requests.request-id-and-token",),
        calls=(
            call(
                "CreateComponent", COMPONENT, Answered({"clientToken": AN_ID, "requestId": AN_ID})
            ),
        ),
    ),
    Claim(
        id="requests.update-replaces",
        sentence="An update replaces everything: what it leaves out is gone.",
        rows=("requests.update-replaces",),
        calls=(
            call(
                "CreateDistributionConfiguration",
                {"name": "<<name>>", "description": "first", "distributions": [AMI]},
                made="distributionConfigurationArn",
            ),
            call(
                "UpdateDistributionConfiguration",
                {"distributionConfigurationArn": "<<made>>", "distributions": [AMI]},
            ),
            call(
                "GetDistributionConfiguration",
                {"distributionConfigurationArn": "<<made>>"},
                Answered(
                    {
                        "distributionConfiguration.description": ABSENT,
                        "distributionConfiguration.dateUpdated": A_TIME,
                    }
                ),
            ),
        ),
    ),
    *claims_of("tokens", _TOKENS),
)
