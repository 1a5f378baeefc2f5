"""Infrastructure and distribution configurations: what is accepted and what is refused."""

from __future__ import annotations

from typing import Any

from imagebuilder_mock.cli.verify.claim import form
from imagebuilder_mock.domain.errors import invalid_combination, invalid_value
from imagebuilder_mock.domain.quotas import over_quota

from .standing import AMI, Case, cases


def _region(**outputs: Any) -> dict[str, Any]:
    """The configuration of a single Region."""
    return {"distributions": [{"region": "<<region>>", **outputs}]}


_INFRASTRUCTURES: tuple[Case, ...] = (
    Case(
        "subnet-alone",
        "A subnet needs a security group.",
        ("infrastructure.subnet-and-host", "requests.codes-of-documented-rules"),
        {"subnetId": "subnet-0123456789abcdef0"},
        invalid_combination(
            "subnetId", "You must specify at least one security group with a subnet."
        ),
    ),
    Case(
        "host-without-tenancy",
        "A host needs the tenancy host.",
        ("infrastructure.subnet-and-host", "requests.codes-of-documented-rules"),
        {"placement": {"hostId": "h-0123456789abcdef0"}},
        invalid_combination("placement.hostId", "'hostId' needs the tenancy 'host'."),
    ),
    Case(
        "reserved-tag",
        "Some tags of instances are the service's own.",
        ("requests.codes-of-documented-rules",),
        {"resourceTags": {"CreatedBy": "me"}},
        invalid_value("resourceTags", "The tag key 'CreatedBy' is reserved by Image Builder."),
    ),
    Case(
        "topic",
        "An SNS topic of the caller's is accepted.",
        ("infrastructure.topic",),
        {"snsTopicArn": "<<topic>>"},
    ),
)

_DISTRIBUTIONS: tuple[Case, ...] = (
    Case(
        "no-output",
        "A Region without any output is refused.",
        ("distribution.region-without-output",),
        _region(),
        invalid_value(
            "distributions[0]",
            "One or more outputs should be provided for each region in a distribution "
            "configuration.",
        ),
    ),
    Case(
        "empty-output",
        "An empty list is not an output.",
        ("distribution.region-without-output",),
        _region(fastLaunchConfigurations=[]),
        form("distributions[0].fastLaunchConfigurations", "must contain at least 1 items"),
    ),
    Case(
        "region-twice",
        "A distribution configuration cannot have a Region twice.",
        ("distribution.region-once",),
        {"distributions": [AMI, AMI]},
        invalid_value(
            "distributions[1].region", "The Region '<<region>>' is specified more than once."
        ),
    ),
    Case(
        "unknown-region",
        "A distribution configuration may name a Region that does not exist.",
        ("distribution.unknown-region",),
        {"distributions": [{**AMI, "region": "xx-north-1"}]},
    ),
    Case(
        "date-with-a-format",
        "An AMI's name may have the date with a format.",
        ("distribution.ami-name-date",),
        _region(amiDistributionConfiguration={"name": "ami {{imagebuilder:buildDate:yyyy-MM-dd}}"}),
    ),
    Case(
        "date-without-spaces",
        "An AMI's name may have the date without spaces in its braces.",
        ("distribution.ami-name-date",),
        _region(amiDistributionConfiguration={"name": "ami-{{imagebuilder:buildDate}}"}),
    ),
    Case(
        "missing-repository",
        "A distribution configuration may name a repository that does not exist.",
        ("distribution.missing-repository",),
        _region(
            containerDistributionConfiguration={
                "targetRepository": {"service": "ECR", "repositoryName": "<<name>>"}
            }
        ),
    ),
    Case(
        "missing-launch-template",
        "A distribution configuration may name a launch template that does not exist.",
        ("distribution.missing-launch-template",),
        {
            "distributions": [
                {
                    **AMI,
                    "launchTemplateConfigurations": [{"launchTemplateId": "lt-0123456789abcdef0"}],
                }
            ]
        },
    ),
    Case(
        "too-many-parameters",
        "A Region has ten parameters at most.",
        ("quotas.sentence", "quotas.defaults"),
        {
            "distributions": [
                {
                    **AMI,
                    "ssmParameterConfigurations": [
                        {"parameterName": f"/<<run>>/{number}"} for number in range(11)
                    ],
                }
            ]
        },
        over_quota("SSM parameters per distribution Region", 10),
    ),
)

CLAIMS = (
    *cases("infrastructure", "InfrastructureConfiguration", _INFRASTRUCTURES),
    *cases("distribution", "DistributionConfiguration", _DISTRIBUTIONS),
)
