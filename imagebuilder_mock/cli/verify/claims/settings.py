"""Infrastructure and distribution configurations: what is accepted and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagebuilder_mock.cli.verify.claim import ACCEPTED, clash, form, invalid, over_quota

from .standing import AMI, cases

if TYPE_CHECKING:
    from .standing import Case


def _region(**outputs: Any) -> dict[str, Any]:
    """The configuration of a single Region."""
    return {"distributions": [{"region": "<<region>>", **outputs}]}


_INFRASTRUCTURES: tuple[Case, ...] = (
    (
        "subnet-alone",
        "A subnet needs a security group.",
        ("infrastructure.subnet-and-host", "requests.codes-of-documented-rules"),
        {"subnetId": "subnet-0123456789abcdef0"},
        clash("subnetId", "You must specify at least one security group with a subnet."),
    ),
    (
        "host-without-tenancy",
        "A host needs the tenancy host.",
        ("infrastructure.subnet-and-host", "requests.codes-of-documented-rules"),
        {"placement": {"hostId": "h-0123456789abcdef0"}},
        clash("placement.hostId", "'hostId' needs the tenancy 'host'."),
    ),
    (
        "reserved-tag",
        "Some tags of instances are the service's own.",
        ("requests.codes-of-documented-rules",),
        {"resourceTags": {"CreatedBy": "me"}},
        invalid("resourceTags", "The tag key 'CreatedBy' is reserved by Image Builder."),
    ),
    (
        "topic",
        "An SNS topic of the caller's is accepted.",
        ("infrastructure.topic",),
        {"snsTopicArn": "<<topic>>"},
        ACCEPTED,
    ),
)

_DISTRIBUTIONS: tuple[Case, ...] = (
    (
        "no-output",
        "A Region without any output is refused.",
        ("distribution.region-without-output",),
        _region(),
        invalid(
            "distributions[0]",
            "One or more outputs should be provided for each region in a distribution "
            "configuration.",
        ),
    ),
    (
        "empty-output",
        "An empty list is not an output.",
        ("distribution.region-without-output",),
        _region(fastLaunchConfigurations=[]),
        form("distributions[0].fastLaunchConfigurations", "must contain at least 1 items"),
    ),
    (
        "region-twice",
        "A distribution configuration cannot have a Region twice.",
        ("distribution.region-once",),
        {"distributions": [AMI, AMI]},
        invalid("distributions[1].region", "The Region '<<region>>' is specified more than once."),
    ),
    (
        "unknown-region",
        "A distribution configuration may name a Region that does not exist.",
        ("distribution.unknown-region",),
        {"distributions": [{**AMI, "region": "xx-north-1"}]},
        ACCEPTED,
    ),
    (
        "date-with-a-format",
        "An AMI's name may have the date with a format.",
        ("distribution.ami-name-date",),
        _region(amiDistributionConfiguration={"name": "ami {{imagebuilder:buildDate:yyyy-MM-dd}}"}),
        ACCEPTED,
    ),
    (
        "date-without-spaces",
        "An AMI's name may have the date without spaces in its braces.",
        ("distribution.ami-name-date",),
        _region(amiDistributionConfiguration={"name": "ami-{{imagebuilder:buildDate}}"}),
        ACCEPTED,
    ),
    (
        "missing-repository",
        "A distribution configuration may name a repository that does not exist.",
        ("distribution.missing-repository",),
        _region(
            containerDistributionConfiguration={
                "targetRepository": {"service": "ECR", "repositoryName": "<<name>>"}
            }
        ),
        ACCEPTED,
    ),
    (
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
        ACCEPTED,
    ),
    (
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
