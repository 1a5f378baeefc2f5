"""Infrastructure and distribution: what is taken and what is refused."""

from __future__ import annotations

from imagebuilder_mock.cli.verify.claim import (
    ACCEPTED,
    Case,
    Claim,
    Refused,
    claims_about,
    clash,
    invalid,
)

from .standing import AMI, INFRASTRUCTURE

_OUTPUT = "amiDistributionConfiguration"


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
        "A topic of the caller's is taken.",
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
        {"distributions": [{"region": "<<region>>"}]},
        invalid(
            "distributions[0]",
            "One or more outputs should be provided for each region in a distribution "
            "configuration.",
        ),
    ),
    (
        "empty-output",
        "An empty list is no output.",
        ("distribution.region-without-output",),
        {"distributions": [{"region": "<<region>>", "fastLaunchConfigurations": []}]},
        Refused(
            "InvalidParameterValueException",
            "The value supplied for parameter 'distributions[0].fastLaunchConfigurations' is not "
            "valid. 'distributions[0].fastLaunchConfigurations' must contain at least 1 items",
        ),
    ),
    (
        "region-twice",
        "A Region is in a distribution configuration once.",
        ("distribution.region-once",),
        {"distributions": [AMI, AMI]},
        invalid("distributions[1].region", "The Region '<<region>>' is specified more than once."),
    ),
    (
        "unknown-region",
        "Whether the Region exists is not checked.",
        ("distribution.unknown-region",),
        {"distributions": [{**AMI, "region": "xx-north-1"}]},
        ACCEPTED,
    ),
    (
        "date-with-a-format",
        "An AMI's name may have the date with a format.",
        ("distribution.ami-name-date",),
        {
            "distributions": [
                {
                    "region": "<<region>>",
                    _OUTPUT: {"name": "ami {{imagebuilder:buildDate:yyyy-MM-dd}}"},
                }
            ]
        },
        ACCEPTED,
    ),
    (
        "date-without-spaces",
        "An AMI's name may have the date without spaces in its braces.",
        ("distribution.ami-name-date",),
        {
            "distributions": [
                {"region": "<<region>>", _OUTPUT: {"name": "ami-{{imagebuilder:buildDate}}"}}
            ]
        },
        ACCEPTED,
    ),
    (
        "missing-repository",
        "A repository that does not exist is taken in a distribution configuration.",
        ("distribution.missing-repository",),
        {
            "distributions": [
                {
                    "region": "<<region>>",
                    "containerDistributionConfiguration": {
                        "targetRepository": {"service": "ECR", "repositoryName": "<<name>>"}
                    },
                }
            ]
        },
        ACCEPTED,
    ),
    (
        "missing-launch-template",
        "A launch template that does not exist is taken in a distribution configuration.",
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
        Refused(
            "ServiceQuotaExceededException",
            "The request would exceed the quota for SSM parameters per distribution Region, which "
            "is 10.",
        ),
    ),
)

CLAIMS: tuple[Claim, ...] = (
    *claims_about(
        "infrastructure", "CreateInfrastructureConfiguration", INFRASTRUCTURE, _INFRASTRUCTURES
    ),
    *claims_about(
        "distribution", "CreateDistributionConfiguration", {"name": "<<name>>"}, _DISTRIBUTIONS
    ),
)
