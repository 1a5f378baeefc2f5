"""Create-, Get-, List-, Update- and DeleteInfrastructureConfiguration."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from tests.builders import OWN, an_infrastructure
from tests.model import modelled, needs_member
from tests.refusals import already_exists, invalid_combination, invalid_value, not_found

A_TIME = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone.utc)
EVERYTHING = {
    "description": "where images are built",
    "instanceTypes": ["m5.large", "m5.xlarge"],
    "instanceProfileName": "EC2InstanceProfileForImageBuilder",
    "securityGroupIds": ["sg-1", "sg-2"],
    "subnetId": "subnet-1",
    "logging": {"s3Logs": {"s3BucketName": "logs", "s3KeyPrefix": "builds"}},
    "keyPair": "key",
    "terminateInstanceOnFailure": False,
    "snsTopicArn": "arn:aws:sns:us-east-1:123456789012:images",
    "resourceTags": {"team": "images"},
    "instanceMetadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 2},
}
NAME = f"{OWN}infrastructure-configuration/default"

needs_placement = needs_member("CreateInfrastructureConfiguration", "placement")


def the_configuration(client, arn):
    answer = client.get_infrastructure_configuration(infrastructureConfigurationArn=arn)
    return answer["infrastructureConfiguration"]


def names(client, **params):
    answer = client.list_infrastructure_configurations(**params)
    return [entry["name"] for entry in answer["infrastructureConfigurationSummaryList"]]


def update(client, arn, **params):
    return client.update_infrastructure_configuration(
        infrastructureConfigurationArn=arn, **{"instanceProfileName": "builder", **params}
    )


class TestCreate:
    def test_it_answers_the_arn(self, imagebuilder):
        answer = imagebuilder.create_infrastructure_configuration(
            name="My_Infrastructure One", instanceProfileName="builder", clientToken="t"
        )

        assert set(answer) == {
            "requestId",
            "clientToken",
            "infrastructureConfigurationArn",
            "ResponseMetadata",
        }
        assert answer["clientToken"] == "t"
        assert answer["infrastructureConfigurationArn"] == (
            f"{OWN}infrastructure-configuration/my-infrastructure-one"
        )

    @pytest.mark.parametrize("name", ["default", "DEFAULT", "Default"])
    def test_a_name_can_be_used_once(self, imagebuilder, refused, name):
        an_infrastructure(imagebuilder, name="Default")

        refusal = refused(
            imagebuilder.create_infrastructure_configuration,
            name=name,
            instanceProfileName="another",
        )

        assert refusal == already_exists("InfrastructureConfiguration", NAME)

    def test_after_a_deletion_it_can_be_used_again(self, imagebuilder):
        arn = an_infrastructure(imagebuilder, name="default")
        imagebuilder.delete_infrastructure_configuration(infrastructureConfigurationArn=arn)

        assert an_infrastructure(imagebuilder, name="default") == arn


class TestGet:
    @pytest.mark.imagebuilder(now=A_TIME)
    def test_what_is_not_given_is_absent(self, imagebuilder):
        """Seen: terraform-provider-aws, infrastructure_configuration_test.go; cdk-real-drift."""
        arn = an_infrastructure(imagebuilder, name="Default")

        answer = imagebuilder.get_infrastructure_configuration(infrastructureConfigurationArn=arn)

        assert set(answer) == {"requestId", "infrastructureConfiguration", "ResponseMetadata"}
        assert answer["infrastructureConfiguration"] == {
            "arn": NAME,
            "name": "Default",
            "instanceProfileName": "builder",
            "terminateInstanceOnFailure": True,
            "dateCreated": "2026-01-02T03:04:05.678Z",
            "tags": {},
        }

    def test_what_is_given_is_shown(self, imagebuilder):
        given = {**EVERYTHING, "tags": {"cost": "42"}}
        arn = an_infrastructure(imagebuilder, **given)

        configuration = the_configuration(imagebuilder, arn)

        assert {name: configuration[name] for name in given} == given
        assert set(configuration) == {*given, "arn", "name", "dateCreated"}

    @needs_placement
    @needs_member("CreateInfrastructureConfiguration", "terminateInstanceOnCompletion")
    @needs_member("CreateInfrastructureConfiguration", "parentInstance")
    def test_newer_settings_are_shown(self, imagebuilder):
        given = {
            "placement": {"availabilityZone": "us-east-1a", "tenancy": "dedicated"},
            "terminateInstanceOnCompletion": False,
            "parentInstance": {"autoScalingGroup": {"name": "warm"}},
        }
        arn = an_infrastructure(imagebuilder, **given)

        configuration = the_configuration(imagebuilder, arn)

        assert {name: configuration[name] for name in given} == given

    def test_an_empty_structure_is_shown(self, imagebuilder):
        """Seen: cloudsploit, imagebuilder specs."""
        arn = an_infrastructure(imagebuilder, logging={}, instanceTypes=[])

        configuration = the_configuration(imagebuilder, arn)

        assert (configuration["logging"], configuration["instanceTypes"]) == ({}, [])

    def test_what_is_not_there_is_not_found(self, imagebuilder, refused):
        """Seen: terraform-provider-aws, infrastructure_configuration_test.go (the code)."""
        refusal = refused(
            imagebuilder.get_infrastructure_configuration, infrastructureConfigurationArn=NAME
        )

        assert refusal == not_found("InfrastructureConfiguration", NAME)


class TestRules:
    """Sources: API reference; user guide, create-infra-config. They hold for updates too."""

    @pytest.fixture(params=["create", "update"])
    def refused_settings(self, request, imagebuilder, refused):
        arn = an_infrastructure(imagebuilder, **EVERYTHING)
        operation, own = {
            "create": (
                imagebuilder.create_infrastructure_configuration,
                {"name": "another"},
            ),
            "update": (
                imagebuilder.update_infrastructure_configuration,
                {"infrastructureConfigurationArn": arn},
            ),
        }[request.param]

        def refusal(**params):
            return refused(operation, **own, **{"instanceProfileName": "builder", **params})

        return refusal

    @pytest.mark.parametrize(
        "groups",
        [
            pytest.param({}, id="absent"),
            pytest.param({"securityGroupIds": []}, id="empty"),
        ],
    )
    def test_a_subnet_needs_a_security_group(self, refused_settings, groups):
        assert refused_settings(subnetId="subnet-1", **groups) == invalid_combination(
            "subnetId", "You must specify at least one security group with a subnet."
        )

    @pytest.mark.parametrize("key", ["CreatedBy", "Ec2ImageBuilderArn", "Name", "Tags"])
    def test_the_services_own_tags_are_reserved(self, refused_settings, key):
        assert refused_settings(resourceTags={"team": "images", key: "me"}) == invalid_value(
            "resourceTags", f"The tag key '{key}' is reserved by Image Builder."
        )

    @needs_placement
    @pytest.mark.parametrize("tenancy", [{}, {"tenancy": "default"}, {"tenancy": "dedicated"}])
    @pytest.mark.parametrize(
        ("member", "value"),
        [
            ("hostId", "h-1"),
            (
                "hostResourceGroupArn",
                "arn:aws:resource-groups:us-east-1:123456789012:group/hosts",
            ),
        ],
    )
    def test_a_host_needs_the_tenancy(self, refused_settings, tenancy, member, value):
        refusal = refused_settings(placement={**tenancy, member: value})

        assert refusal == invalid_combination(
            f"placement.{member}", f"'{member}' needs the tenancy 'host'."
        )

    @needs_placement
    def test_there_is_one_host_or_one_group(self, refused_settings):
        refusal = refused_settings(
            placement={"tenancy": "host", "hostId": "h-1", "hostResourceGroupArn": "arn:hosts"}
        )

        assert refusal == invalid_combination(
            "placement", "You must not specify both 'hostId' and 'hostResourceGroupArn'."
        )

    @needs_placement
    def test_a_tenancy_needs_no_host(self, imagebuilder):
        placements = [{"tenancy": "host"}, {"tenancy": "host", "hostId": "h-1"}]

        for placement in placements:
            arn = an_infrastructure(imagebuilder, placement=placement)
            assert the_configuration(imagebuilder, arn)["placement"] == placement

    def test_a_fifo_topic_is_refused(self, refused_settings):
        """Source: API reference, CreateInfrastructureConfiguration."""
        refusal = refused_settings(snsTopicArn="arn:aws:sns:us-east-1:123456789012:images.fifo")

        assert refusal.code == "InvalidParameterValueException"
        assert "'snsTopicArn' must match pattern" in refusal.message


class TestList:
    @pytest.mark.imagebuilder(now=A_TIME)
    def test_an_entry(self, imagebuilder):
        """Seen: cloudsploit, imagebuilder specs."""
        an_infrastructure(imagebuilder, name="Default", **EVERYTHING, tags={"cost": "42"})

        answer = imagebuilder.list_infrastructure_configurations()

        assert set(answer) == {
            "requestId",
            "infrastructureConfigurationSummaryList",
            "ResponseMetadata",
        }
        assert answer["infrastructureConfigurationSummaryList"] == [
            {
                "arn": NAME,
                "name": "Default",
                "description": "where images are built",
                "dateCreated": "2026-01-02T03:04:05.678Z",
                "resourceTags": {"team": "images"},
                "tags": {"cost": "42"},
                "instanceTypes": ["m5.large", "m5.xlarge"],
                "instanceProfileName": "EC2InstanceProfileForImageBuilder",
            }
        ]

    def test_what_is_not_given_is_absent(self, imagebuilder):
        an_infrastructure(imagebuilder)

        [entry] = imagebuilder.list_infrastructure_configurations()[
            "infrastructureConfigurationSummaryList"
        ]

        assert set(entry) == {"arn", "name", "dateCreated", "tags", "instanceProfileName"}

    def test_the_oldest_is_listed_first_whatever_was_updated(self, imagebuilder):
        first = an_infrastructure(imagebuilder, name="first")
        an_infrastructure(imagebuilder, name="second")
        update(imagebuilder, first)

        assert names(imagebuilder) == ["first", "second"]

    def test_the_filter(self, imagebuilder):
        for name in ("first", "second"):
            an_infrastructure(imagebuilder, name=name)

        assert names(imagebuilder, filters=[{"name": "name", "values": ["second"]}]) == ["second"]

    def test_an_unknown_filter_is_refused(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.list_infrastructure_configurations,
            filters=[{"name": "instanceProfileName", "values": ["builder"]}],
        )

        assert refusal == invalid_value(
            "filters[0].name",
            "'instanceProfileName' is not a filter of this operation. Valid filters are: name.",
        )


class TestUpdate:
    def test_it_answers_the_arn(self, imagebuilder):
        arn = an_infrastructure(imagebuilder)

        answer = update(imagebuilder, arn, clientToken="t")

        assert set(answer) - {"clientToken"} == modelled(
            "UpdateInfrastructureConfiguration",
            "",
            {"requestId", "infrastructureConfigurationArn"},
        ) | {"ResponseMetadata"}
        assert answer["infrastructureConfigurationArn"] == arn

    @pytest.mark.imagebuilder(now=A_TIME)
    def test_what_is_left_out_goes_back_to_its_default(self, imagebuilder, imagebuilder_mock):
        """Source: API reference, UpdateInfrastructureConfiguration."""
        arn = an_infrastructure(imagebuilder, name="Default", **EVERYTHING, tags={"cost": "42"})
        imagebuilder_mock.clock.advance(minutes=1)

        update(imagebuilder, arn)

        assert the_configuration(imagebuilder, arn) == {
            "arn": NAME,
            "name": "Default",
            "instanceProfileName": "builder",
            "terminateInstanceOnFailure": True,
            "dateCreated": "2026-01-02T03:04:05.678Z",
            "dateUpdated": "2026-01-02T03:05:05.678Z",
            "tags": {"cost": "42"},
        }

    def test_what_is_given_is_shown(self, imagebuilder):
        arn = an_infrastructure(imagebuilder)

        update(imagebuilder, arn, **EVERYTHING)

        configuration = the_configuration(imagebuilder, arn)
        assert {name: configuration[name] for name in EVERYTHING} == EVERYTHING

    def test_what_is_not_there_is_not_found(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.update_infrastructure_configuration,
            infrastructureConfigurationArn=NAME,
            instanceProfileName="builder",
        )

        assert refusal == not_found("InfrastructureConfiguration", NAME)


class TestDelete:
    def test_it_answers_the_arn(self, imagebuilder):
        arn = an_infrastructure(imagebuilder)

        answer = imagebuilder.delete_infrastructure_configuration(
            infrastructureConfigurationArn=arn
        )

        assert set(answer) == {"requestId", "infrastructureConfigurationArn", "ResponseMetadata"}
        assert answer["infrastructureConfigurationArn"] == arn

    def test_a_deleted_configuration_is_gone(self, imagebuilder, refused):
        arn = an_infrastructure(imagebuilder)
        imagebuilder.delete_infrastructure_configuration(infrastructureConfigurationArn=arn)

        for operation in (
            imagebuilder.get_infrastructure_configuration,
            imagebuilder.delete_infrastructure_configuration,
        ):
            refusal = refused(operation, infrastructureConfigurationArn=arn)
            assert refusal == not_found("InfrastructureConfiguration", arn)
        assert names(imagebuilder) == []
