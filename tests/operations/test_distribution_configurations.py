"""Create-, Get-, List-, Update- and DeleteDistributionConfiguration."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from tests.builders import OWN, a_distribution
from tests.model import modelled, needs_member
from tests.refusals import already_exists, invalid_combination, invalid_value, not_found

A_TIME = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone.utc)
NAME = f"{OWN}distribution-configuration/default"
AMI_NAME = "ami {{ imagebuilder:buildDate }}"
HERE = {"region": "us-east-1", "amiDistributionConfiguration": {"name": AMI_NAME}}
OUTPUTS = {
    "amiDistributionConfiguration": {
        "name": AMI_NAME,
        "description": "golden",
        "targetAccountIds": ["210987654321"],
        "amiTags": {"team": "images"},
        "kmsKeyId": "alias/key",
        "launchPermission": {
            "userIds": ["210987654321"],
            "userGroups": ["all"],
            "organizationArns": ["arn:aws:organizations::123456789012:organization/o-abcdefghij"],
        },
    },
    "containerDistributionConfiguration": {
        "description": "golden",
        "containerTags": ["latest"],
        "targetRepository": {"service": "ECR", "repositoryName": "golden"},
    },
    "licenseConfigurationArns": [
        "arn:aws:license-manager:us-east-1:123456789012:license-configuration:lic-" + 32 * "0"
    ],
    "launchTemplateConfigurations": [
        {"launchTemplateId": "lt-0123456789abcdef0", "setDefaultVersion": True}
    ],
    "s3ExportConfiguration": {
        "roleName": "export",
        "diskImageFormat": "VMDK",
        "s3Bucket": "disks",
        "s3Prefix": "golden",
    },
    "fastLaunchConfigurations": [
        {
            "enabled": True,
            "snapshotConfiguration": {"targetResourceCount": 5},
            "maxParallelLaunches": 6,
            "launchTemplate": {"launchTemplateName": "fast", "launchTemplateVersion": "1"},
        }
    ],
    "ssmParameterConfigurations": [
        {"parameterName": "/golden", "dataType": "aws:ec2:image", "amiAccountId": "123456789012"}
    ],
}

needs_parameters = needs_member(
    "CreateDistributionConfiguration", "distributions.ssmParameterConfigurations"
)


def the_configuration(client, arn):
    answer = client.get_distribution_configuration(distributionConfigurationArn=arn)
    return answer["distributionConfiguration"]


def names(client, **params):
    answer = client.list_distribution_configurations(**params)
    return [entry["name"] for entry in answer["distributionConfigurationSummaryList"]]


class TestCreate:
    def test_it_answers_the_arn(self, imagebuilder):
        answer = imagebuilder.create_distribution_configuration(
            name="My_Distribution One", distributions=[HERE], clientToken="t"
        )

        assert set(answer) == {
            "requestId",
            "clientToken",
            "distributionConfigurationArn",
            "ResponseMetadata",
        }
        assert answer["clientToken"] == "t"
        assert answer["distributionConfigurationArn"] == (
            f"{OWN}distribution-configuration/my-distribution-one"
        )

    @pytest.mark.parametrize("name", ["default", "DEFAULT", "Default"])
    def test_a_name_can_be_used_once(self, imagebuilder, refused, name):
        a_distribution(imagebuilder, name="Default")

        refusal = refused(
            imagebuilder.create_distribution_configuration, name=name, distributions=[HERE]
        )

        assert refusal == already_exists("DistributionConfiguration", NAME)

    def test_it_may_be_for_nowhere(self, imagebuilder):
        arn = a_distribution(imagebuilder, distributions=[])

        assert the_configuration(imagebuilder, arn)["distributions"] == []


class TestGet:
    @pytest.mark.imagebuilder(now=A_TIME)
    def test_what_is_not_given_is_absent(self, imagebuilder):
        """Seen: terraform-provider-aws, distribution_configuration_test.go."""
        arn = a_distribution(imagebuilder, name="Default")

        answer = imagebuilder.get_distribution_configuration(distributionConfigurationArn=arn)

        assert set(answer) == {"requestId", "distributionConfiguration", "ResponseMetadata"}
        assert answer["distributionConfiguration"] == {
            "arn": NAME,
            "name": "Default",
            "distributions": [HERE],
            "timeoutMinutes": 720,
            "dateCreated": "2026-01-02T03:04:05.678Z",
            "tags": {},
        }

    @pytest.mark.parametrize(
        "output",
        [
            pytest.param(name, marks=needs_parameters if name.startswith("ssm") else (), id=name)
            for name in OUTPUTS
        ],
    )
    def test_each_output_is_shown(self, imagebuilder, output):
        """One is enough. Source: API reference, Distribution."""
        distributions = [{"region": "us-east-1", output: OUTPUTS[output]}]

        arn = a_distribution(imagebuilder, distributions=distributions)

        assert the_configuration(imagebuilder, arn)["distributions"] == distributions

    def test_what_is_given_is_shown(self, imagebuilder):
        given = {"description": "everywhere", "tags": {"team": "images"}}
        arn = a_distribution(imagebuilder, **given)

        configuration = the_configuration(imagebuilder, arn)

        assert {name: configuration[name] for name in given} == given

    def test_what_is_not_there_is_not_found(self, imagebuilder, refused):
        """Seen: terraform-provider-aws, distribution_configuration_test.go (the code)."""
        refusal = refused(
            imagebuilder.get_distribution_configuration, distributionConfigurationArn=NAME
        )

        assert refusal == not_found("DistributionConfiguration", NAME)


class TestRules:
    """They hold for updates too."""

    @pytest.fixture(params=["create", "update"])
    def refused_for(self, request, imagebuilder, refused):
        arn = a_distribution(imagebuilder)
        operation, own = {
            "create": (imagebuilder.create_distribution_configuration, {"name": "another"}),
            "update": (
                imagebuilder.update_distribution_configuration,
                {"distributionConfigurationArn": arn},
            ),
        }[request.param]

        def refusal(*distributions):
            return refused(operation, **own, distributions=list(distributions))

        return refusal

    def test_a_region_needs_an_output(self, refused_for):
        """Seen: terraform-provider-aws#17390."""
        assert refused_for(HERE, {"region": "eu-west-1"}) == invalid_value(
            "distributions[1]",
            "One or more outputs should be provided for each region in a distribution "
            "configuration.",
        )

    @needs_member("CreateDistributionConfiguration", "distributions.ssmParameterConfigurations")
    def test_an_empty_list_is_no_output(self, refused_for):
        """Others than this one must not be empty, by the model."""
        assert refused_for(
            {"region": "eu-west-1", "ssmParameterConfigurations": []}
        ) == invalid_value(
            "distributions[0]",
            "One or more outputs should be provided for each region in a distribution "
            "configuration.",
        )

    def test_a_region_stands_there_once(self, refused_for):
        """Source: API reference, CreateDistributionConfiguration."""
        assert refused_for(HERE, {**HERE, "region": "eu-west-1"}, HERE) == invalid_value(
            "distributions[2].region", "The Region 'us-east-1' is specified more than once."
        )

    @pytest.mark.parametrize(
        "name",
        [
            "golden",
            "golden {{ imagebuilder:buildVersion }}",
            "golden {{ imagebuilder:builddate }}",
            "golden { imagebuilder:buildDate }",
            "golden {{ imagebuilder:buildDate",
        ],
    )
    def test_a_name_needs_the_build_date(self, refused_for, name):
        """Seen: terraform-provider-aws#36610."""
        refusal = refused_for({**HERE, "amiDistributionConfiguration": {"name": name + "_"}})

        assert refusal == invalid_value(
            "distributions[0].amiDistributionConfiguration.name",
            "The EC2 AMI name must contain '{{ imagebuilder:buildDate }}' to ensure that the name "
            "will be unique.",
        )

    def test_the_only_group_is_all(self, refused_for):
        """Source: API reference, LaunchPermissionConfiguration."""
        settings = {"launchPermission": {"userGroups": ["all", "friends"]}}

        assert refused_for({**HERE, "amiDistributionConfiguration": settings}) == invalid_value(
            "distributions[0].amiDistributionConfiguration.launchPermission.userGroups",
            "The only group is 'all'.",
        )

    @pytest.mark.parametrize(
        "template",
        [
            pytest.param({"launchTemplateVersion": "1"}, id="neither"),
            pytest.param(
                {"launchTemplateId": "lt-0123456789abcdef0", "launchTemplateName": "fast"},
                id="both",
            ),
        ],
    )
    def test_a_template_has_an_id_or_a_name(self, refused_for, template):
        """Source: API reference, FastLaunchLaunchTemplateSpecification."""
        fast = [{"enabled": False}, {"enabled": True, "launchTemplate": template}]

        assert refused_for({**HERE, "fastLaunchConfigurations": fast}) == invalid_combination(
            "distributions[0].fastLaunchConfigurations[1].launchTemplate",
            "You must specify exactly one of 'launchTemplateId' and 'launchTemplateName'.",
        )

    @needs_parameters
    def test_a_parameter_is_a_target_accounts(self, refused_for):
        """Source: API reference, SsmParameterConfiguration."""
        parameters = [
            {"parameterName": "/a"},
            {"parameterName": "/b", "amiAccountId": "210987654321"},
            {"parameterName": "/c", "amiAccountId": "123456789012"},
            {"parameterName": "/d", "amiAccountId": "222222222222"},
        ]
        settings = {"name": AMI_NAME, "targetAccountIds": ["210987654321"]}

        refusal = refused_for(
            {
                "region": "us-east-1",
                "amiDistributionConfiguration": settings,
                "ssmParameterConfigurations": parameters,
            }
        )

        assert refusal == invalid_combination(
            "distributions[0].ssmParameterConfigurations[3].amiAccountId",
            "The account '222222222222' is not a target account of the Region.",
        )


def test_the_keys_of_ami_tags_are_free(imagebuilder):
    """Seen: a configuration of 2024 with CreatedBy; what is reserved is so in recipes."""
    settings = {"amiTags": {"CreatedBy": "me", "Ec2ImageBuilderArn": "mine"}}
    distributions = [{**HERE, "amiDistributionConfiguration": settings}]

    arn = a_distribution(imagebuilder, distributions=distributions)

    assert the_configuration(imagebuilder, arn)["distributions"] == distributions


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("golden {{ imagebuilder:buildDate }}", id="spaces"),
        pytest.param("golden-{{imagebuilder:buildDate}}", id="no spaces"),
        pytest.param("{{imagebuilder:buildDate:yyyyMMddHHmmss}}", id="format"),
        pytest.param("v{{imagebuilder:buildVersion}} {{imagebuilder:buildDate}}", id="and number"),
    ],
)
def test_how_a_name_has_the_build_date(imagebuilder, name):
    """Seen: terraform-provider-aws, distribution_configuration_test.go; awscli examples."""
    distributions = [{**HERE, "amiDistributionConfiguration": {"name": name}}]

    arn = a_distribution(imagebuilder, distributions=distributions)

    assert the_configuration(imagebuilder, arn)["distributions"] == distributions


class TestList:
    @pytest.mark.imagebuilder(now=A_TIME)
    def test_an_entry(self, imagebuilder):
        """Source: API reference, DistributionConfigurationSummary."""
        a_distribution(
            imagebuilder,
            "us-east-1",
            "eu-west-1",
            name="Default",
            description="everywhere",
            tags={"team": "images"},
        )

        answer = imagebuilder.list_distribution_configurations()

        assert set(answer) == {
            "requestId",
            "distributionConfigurationSummaryList",
            "ResponseMetadata",
        }
        assert answer["distributionConfigurationSummaryList"] == [
            {
                "arn": NAME,
                "name": "Default",
                "description": "everywhere",
                "dateCreated": "2026-01-02T03:04:05.678Z",
                "tags": {"team": "images"},
                "regions": ["us-east-1", "eu-west-1"],
            }
        ]

    def test_the_filter(self, imagebuilder):
        for name in ("first", "second", "third"):
            a_distribution(imagebuilder, name=name)

        assert names(imagebuilder) == ["first", "second", "third"]
        assert names(imagebuilder, filters=[{"name": "name", "values": ["second"]}]) == ["second"]

    def test_an_unknown_filter_is_refused(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.list_distribution_configurations,
            filters=[{"name": "region", "values": ["us-east-1"]}],
        )

        assert refusal == invalid_value(
            "filters[0].name",
            "'region' is not a filter of this operation. Valid filters are: name.",
        )


class TestUpdate:
    def test_it_answers_the_arn(self, imagebuilder):
        arn = a_distribution(imagebuilder)

        answer = imagebuilder.update_distribution_configuration(
            distributionConfigurationArn=arn, distributions=[HERE], clientToken="t"
        )

        assert set(answer) - {"clientToken"} == modelled(
            "UpdateDistributionConfiguration", "", {"requestId", "distributionConfigurationArn"}
        ) | {"ResponseMetadata"}
        assert answer["distributionConfigurationArn"] == arn

    @pytest.mark.imagebuilder(now=A_TIME)
    def test_it_replaces_everything(self, imagebuilder, imagebuilder_mock):
        """Seen: terraform-provider-aws, distribution_configuration_test.go."""
        settings = {"name": AMI_NAME, "amiTags": {"old": "tag"}}
        arn = a_distribution(
            imagebuilder,
            name="Default",
            description="gone",
            distributions=[{**HERE, "amiDistributionConfiguration": settings}],
            tags={"team": "images"},
        )
        imagebuilder_mock.clock.advance(hours=1)

        imagebuilder.update_distribution_configuration(
            distributionConfigurationArn=arn, distributions=[{**HERE, "region": "eu-west-1"}]
        )

        assert the_configuration(imagebuilder, arn) == {
            "arn": NAME,
            "name": "Default",
            "distributions": [{**HERE, "region": "eu-west-1"}],
            "timeoutMinutes": 720,
            "dateCreated": "2026-01-02T03:04:05.678Z",
            "dateUpdated": "2026-01-02T04:04:05.678Z",
            "tags": {"team": "images"},
        }

    def test_what_is_not_there_is_not_found(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.update_distribution_configuration,
            distributionConfigurationArn=NAME,
            distributions=[HERE],
        )

        assert refusal == not_found("DistributionConfiguration", NAME)


class TestDelete:
    def test_it_answers_the_arn(self, imagebuilder):
        arn = a_distribution(imagebuilder)

        answer = imagebuilder.delete_distribution_configuration(distributionConfigurationArn=arn)

        assert set(answer) == {"requestId", "distributionConfigurationArn", "ResponseMetadata"}
        assert answer["distributionConfigurationArn"] == arn

    def test_a_deleted_configuration_is_gone(self, imagebuilder, refused):
        arn = a_distribution(imagebuilder)
        imagebuilder.delete_distribution_configuration(distributionConfigurationArn=arn)

        for operation in (
            imagebuilder.get_distribution_configuration,
            imagebuilder.delete_distribution_configuration,
        ):
            refusal = refused(operation, distributionConfigurationArn=arn)
            assert refusal == not_found("DistributionConfiguration", arn)
        assert names(imagebuilder) == []
