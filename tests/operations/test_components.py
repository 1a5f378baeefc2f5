"""CreateComponent, GetComponent, DeleteComponent."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from tests.builders import (
    AMAZON,
    DOCUMENT,
    MANAGED_COMPONENT,
    OWN,
    TEST_DOCUMENT,
    a_component,
    a_recipe,
)
from tests.model import modelled, needs_member, needs_output
from tests.refusals import Refusal, already_exists, invalid_combination, invalid_value, not_found

OTHER_DOCUMENT = DOCUMENT.replace("echo hello", "echo goodbye")
A_TIME = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone.utc)


def document(*phases):
    """A document with one step in each phase."""
    steps = "".join(f"  - name: {phase}\n    steps: *steps\n" for phase in phases)
    return "schemaVersion: 1.0\nconstants:\nphases:\n" + steps.replace(
        "*steps",
        "\n      - name: Greet\n        action: ExecuteBash\n"
        "        inputs: {commands: ['echo hello']}",
    )


def the_component(client, arn):
    return client.get_component(componentBuildVersionArn=arn)["component"]


class TestCreate:
    def test_it_answers_the_build_version_arn(self, imagebuilder):
        answer = imagebuilder.create_component(
            name="Hello", semanticVersion="1.0.0", platform="Linux", data=DOCUMENT, clientToken="t"
        )

        assert set(answer) == modelled(
            "CreateComponent",
            "",
            {
                "requestId",
                "clientToken",
                "componentBuildVersionArn",
                "latestVersionReferences",
            },
        ) | {"ResponseMetadata"}
        assert answer["componentBuildVersionArn"] == f"{OWN}component/hello/1.0.0/1"
        assert answer["clientToken"] == "t"

    @needs_output("CreateComponent", "latestVersionReferences")
    def test_it_answers_the_arns_by_which_to_follow_the_name(self, imagebuilder):
        """Source: user guide, ibhow-semantic-versioning."""
        answer = imagebuilder.create_component(
            name="Hello", semanticVersion="1.2.3", platform="Linux", data=DOCUMENT
        )

        assert answer["latestVersionReferences"] == {
            "latestVersionArn": f"{OWN}component/hello/x.x.x",
            "latestMajorVersionArn": f"{OWN}component/hello/1.x.x",
            "latestMinorVersionArn": f"{OWN}component/hello/1.2.x",
            "latestPatchVersionArn": f"{OWN}component/hello/1.2.3",
        }

    def test_changed_content_makes_the_next_build(self, imagebuilder):
        """Source: API reference, CreateComponent; release of 2025-11-20."""
        first = a_component(imagebuilder, name="hello")

        second = a_component(imagebuilder, name="hello", data=OTHER_DOCUMENT)

        assert (first, second) == (
            f"{OWN}component/hello/1.0.0/1",
            f"{OWN}component/hello/1.0.0/2",
        )

    def test_the_content_of_the_newest_build_is_refused(self, imagebuilder, refused):
        """Source: API reference, CreateComponent; user guide, create-component."""
        arn = a_component(imagebuilder, name="hello")

        refusal = refused(
            imagebuilder.create_component,
            name="hello",
            semanticVersion="1.0.0",
            platform="Linux",
            data=DOCUMENT,
            changeDescription="the same again",
            tags={"again": "yes"},
        )

        assert refusal == already_exists("Component", arn)

    def test_the_content_of_an_older_build_is_new(self, imagebuilder):
        a_component(imagebuilder, name="hello")
        a_component(imagebuilder, name="hello", data=OTHER_DOCUMENT)

        third = a_component(imagebuilder, name="hello", data=DOCUMENT)

        assert third == f"{OWN}component/hello/1.0.0/3"

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"description": "other"}, id="description"),
            pytest.param({"supportedOsVersions": ["Amazon Linux"]}, id="supportedOsVersions"),
            pytest.param({"kmsKeyId": "alias/other"}, id="kmsKeyId"),
        ],
    )
    def test_what_else_counts_as_content(self, imagebuilder, change):
        a_component(imagebuilder, name="hello")

        second = a_component(imagebuilder, name="hello", **change)

        assert second == f"{OWN}component/hello/1.0.0/2"

    def test_each_version_counts_its_own_builds(self, imagebuilder):
        a_component(imagebuilder, name="hello")

        other = a_component(imagebuilder, name="hello", semanticVersion="1.0.1")

        assert other == f"{OWN}component/hello/1.0.1/1"

    def test_a_build_number_is_never_used_again(self, imagebuilder):
        a_component(imagebuilder, name="hello")
        second = a_component(imagebuilder, name="hello", data=OTHER_DOCUMENT)
        imagebuilder.delete_component(componentBuildVersionArn=second)

        third = a_component(imagebuilder, name="hello", data=OTHER_DOCUMENT)

        assert third == f"{OWN}component/hello/1.0.0/3"

    @pytest.mark.parametrize("name", ["my-component", "My_Component", "MY COMPONENT"])
    def test_names_that_differ_in_case_space_and_underscore_are_one(self, imagebuilder, name):
        """Source: user guide, how-image-builder-works, "resource names"."""
        a_component(imagebuilder, name="My-Component")

        second = a_component(imagebuilder, name=name, data=OTHER_DOCUMENT)

        assert second == f"{OWN}component/my-component/1.0.0/2"
        assert the_component(imagebuilder, second)["name"] == name

    def test_a_number_above_30_bits_is_refused(self, imagebuilder, refused):
        """Source: user guide, ibhow-semantic-versioning."""
        params = {"name": "hello", "platform": "Linux", "data": DOCUMENT}
        imagebuilder.create_component(semanticVersion="1073741823.0.0", **params)

        refusal = refused(imagebuilder.create_component, semanticVersion="0.1073741824.0", **params)

        assert refusal == Refusal(
            "InvalidVersionNumberException",
            400,
            "The supplied semantic version does not follow the required format. Each number must "
            "be between 0 and 1073741823.",
        )

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param({}, id="neither"),
            pytest.param({"data": DOCUMENT, "uri": "s3://bucket/key"}, id="both"),
        ],
    )
    def test_exactly_one_of_data_and_uri_is_needed(self, imagebuilder, refused, content):
        refusal = refused(
            imagebuilder.create_component,
            name="hello",
            semanticVersion="1.0.0",
            platform="Linux",
            **content,
        )

        assert refusal == invalid_combination(
            "data", "You must specify exactly one of 'data' and 'uri'."
        )

    def test_without_s3_a_document_is_refused_with_the_reason(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.create_component,
            name="hello",
            semanticVersion="1.0.0",
            platform="Linux",
            uri="s3://bucket/key.yml",
        )

        assert refusal == invalid_value(
            "uri",
            "The document at 's3://bucket/key.yml' could not be read. imagebuilder_mock looks it "
            "up in moto: switch moto's mock_aws on. "
            "Or put the document there with mock.documents.put().",
        )


class TestGet:
    @pytest.mark.imagebuilder(now=A_TIME)
    def test_what_is_not_given_is_absent(self, imagebuilder):
        """Seen: terraform-provider-aws, component_test.go; cloudsploit, imagebuilder specs."""
        arn = a_component(imagebuilder, name="Hello World")

        answer = imagebuilder.get_component(componentBuildVersionArn=arn)

        assert set(answer) - {"latestVersionReferences"} == {
            "requestId",
            "component",
            "ResponseMetadata",
        }
        assert answer["component"] == {
            "arn": f"{OWN}component/hello-world/1.0.0/1",
            "name": "Hello World",
            "version": "1.0.0",
            "type": "BUILD",
            "platform": "Linux",
            "state": {"status": "ACTIVE"},
            "owner": "123456789012",
            "data": DOCUMENT,
            "encrypted": True,
            "dateCreated": "2026-01-02T03:04:05.678Z",
            "tags": {},
        }

    def test_what_is_given_is_shown(self, imagebuilder):
        """Seen: terraform-provider-aws, component_test.go (an alias stays an alias)."""
        given = {
            "description": "greets",
            "changeDescription": "greets louder",
            "supportedOsVersions": ["Amazon Linux 2023", "Ubuntu"],
            "kmsKeyId": "arn:aws:kms:us-east-1:123456789012:alias/key",
            "tags": {"team": "images", "empty": ""},
        }
        arn = a_component(imagebuilder, **given)

        component = the_component(imagebuilder, arn)

        assert {name: component[name] for name in given} == given

    @needs_output("GetComponent", "latestVersionReferences")
    def test_it_answers_the_arns_by_which_to_follow_the_name(self, imagebuilder):
        arn = a_component(imagebuilder, name="hello", semanticVersion="2.0.7")

        answer = imagebuilder.get_component(componentBuildVersionArn=arn)

        assert answer["latestVersionReferences"] == {
            "latestVersionArn": f"{OWN}component/hello/x.x.x",
            "latestMajorVersionArn": f"{OWN}component/hello/2.x.x",
            "latestMinorVersionArn": f"{OWN}component/hello/2.0.x",
            "latestPatchVersionArn": f"{OWN}component/hello/2.0.7",
        }

    @pytest.mark.parametrize(
        ("phases", "expected"),
        [
            pytest.param(["build"], "BUILD", id="build"),
            pytest.param(["validate"], "BUILD", id="validate"),
            pytest.param(["test"], "TEST", id="test alone"),
            pytest.param(["build", "validate", "test"], "BUILD", id="test among others"),
        ],
    )
    def test_the_document_tells_the_type(self, imagebuilder, phases, expected):
        """Seen: cloudsploit, imagebuilder specs (build, validate and test make BUILD)."""
        arn = a_component(imagebuilder, data=document(*phases))

        assert the_component(imagebuilder, arn)["type"] == expected

    def test_parameters_are_those_of_the_document(self, imagebuilder):
        data = DOCUMENT + (
            "parameters:\n"
            "  - Greeting: {type: string, default: hello, description: what is said}\n"
            "  - Name: {type: string}\n"
        )
        arn = a_component(imagebuilder, data=data)

        assert the_component(imagebuilder, arn)["parameters"] == [
            {
                "name": "Greeting",
                "type": "string",
                "defaultValue": ["hello"],
                "description": "what is said",
            },
            {"name": "Name", "type": "string"},
        ]

    @pytest.mark.parametrize(
        ("version", "expected"),
        [
            ("x.x.x", "2.2.4/1"),
            ("1.x.x", "1.7.8/2"),
            ("1.6.x", "1.6.8/1"),
            ("1.7.8", "1.7.8/2"),
            ("1.7.8/1", "1.7.8/1"),
        ],
    )
    def test_a_version_means_its_newest_build_and_a_wildcard_the_highest_version(
        self, imagebuilder, version, expected
    ):
        """The versions are those of the user guide, ibhow-semantic-versioning."""
        for number in ("2.2.4", "1.7.8", "1.6.8"):
            a_component(imagebuilder, name="hello", semanticVersion=number)
        a_component(imagebuilder, name="hello", semanticVersion="1.7.8", data=TEST_DOCUMENT)

        found = the_component(imagebuilder, f"{OWN}component/hello/{version}")

        assert found["arn"] == f"{OWN}component/hello/{expected}"

    @pytest.mark.parametrize("version", ["x.2.x", "1.x.8", "x.2.4", "x.x.4"])
    def test_right_of_a_wildcard_there_are_only_wildcards(self, imagebuilder, refused, version):
        a_component(imagebuilder, name="hello", semanticVersion="1.2.8")

        refusal = refused(
            imagebuilder.get_component,
            componentBuildVersionArn=f"{OWN}component/hello/{version}",
        )

        assert refusal == invalid_value(
            "componentBuildVersionArn",
            f"The version '{version}' has a wildcard that is followed by a number. Every node to "
            "the right of the first wildcard must be a wildcard.",
        )

    @pytest.mark.parametrize(
        "arn",
        [
            pytest.param(f"{OWN}component/hello/1.0.0/2", id="another build"),
            pytest.param(f"{OWN}component/hello/1.0.1", id="another version"),
            pytest.param(f"{OWN}component/hello/2.x.x", id="a wildcard without match"),
            pytest.param(f"{OWN}component/other/x.x.x", id="another name"),
            pytest.param(f"{AMAZON}component/hello/x.x.x", id="Amazon's"),
            pytest.param(
                "arn:aws:imagebuilder:us-east-1:210987654321:component/hello/1.0.0/1",
                id="another account's",
            ),
        ],
    )
    def test_what_is_not_there_is_not_found(self, imagebuilder, refused, arn):
        """Seen: terraform-provider-aws, component_test.go (the code)."""
        a_component(imagebuilder, name="hello")

        assert refused(imagebuilder.get_component, componentBuildVersionArn=arn) == not_found(
            "Component", arn
        )

    @pytest.mark.parametrize(
        ("partition", "region"), [("aws", "eu-west-1"), ("aws-cn", "cn-north-1")]
    )
    def test_of_one_of_another_region_that_is_said(self, imagebuilder, refused, partition, region):
        a_component(imagebuilder, name="hello")
        arn = f"arn:{partition}:imagebuilder:{region}:123456789012:component/hello/1.0.0/1"

        assert refused(imagebuilder.get_component, componentBuildVersionArn=arn) == not_found(
            "Component", arn, seen_from="us-east-1"
        )

    @pytest.mark.parametrize(
        ("arn", "meant"),
        [
            (f"{OWN}component/hallo/1.0.0/1", "hello"),
            (f"{AMAZON}component/update-linx/x.x.x", "update-linux"),
        ],
        ids=["own", "Amazon's"],
    )
    def test_a_name_that_is_alike_is_told(self, imagebuilder, refused, arn, meant):
        a_component(imagebuilder, name="hello")

        refusal = refused(imagebuilder.get_component, componentBuildVersionArn=arn)

        assert refusal.message == f"{not_found('Component', arn).message} Did you mean '{meant}'?"

    @pytest.mark.parametrize("status", ["DEPRECATED", "DISABLED"])
    def test_only_an_active_build_is_meant_by_its_version(
        self, imagebuilder, imagebuilder_mock, status
    ):
        """Source: API reference, GetComponent."""
        first = a_component(imagebuilder, name="hello")
        second = a_component(imagebuilder, name="hello", data=OTHER_DOCUMENT)
        newest = imagebuilder_mock.resources()[-1]
        newest.state = type(newest.state)(status)

        assert the_component(imagebuilder, f"{OWN}component/hello/x.x.x")["arn"] == first
        assert the_component(imagebuilder, second)["state"] == {"status": status}


class TestManaged:
    def test_amazons_components_can_be_read(self, imagebuilder):
        component = the_component(imagebuilder, MANAGED_COMPONENT)

        assert component["arn"].startswith(f"{AMAZON}component/update-linux/1.0.")
        assert component["arn"].endswith("/1")
        assert component["owner"] == "Amazon"
        assert component["tags"] == {}
        assert "schemaVersion" in component["data"]

    @needs_member(
        "GetComponent",
        "componentBuildVersionArn",
        accepts="arn:aws:imagebuilder:us-east-1:third-party:component/a/1.0.0/1",
    )
    def test_third_parties_components_can_be_read(self, imagebuilder):
        """Seen: terraform-provider-aws#29262."""
        arn = (
            "arn:aws:imagebuilder:us-east-1:third-party:component/"
            "cis-benchmark-level-1-amazon-linux/x.x.x"
        )

        component = the_component(imagebuilder, arn)

        assert component["owner"] == "ThirdParty"

    def test_they_are_in_every_region(self, imagebuilder_mock):
        client = imagebuilder_mock.client(region="cn-north-1")

        arn = MANAGED_COMPONENT.replace("arn:aws:", "arn:aws-cn:").replace("us-east", "cn-north")

        assert the_component(client, arn)["arn"].startswith(
            "arn:aws-cn:imagebuilder:cn-north-1:aws:"
        )

    def test_they_cannot_be_deleted(self, imagebuilder, refused):
        arn = the_component(imagebuilder, MANAGED_COMPONENT)["arn"]

        refusal = refused(imagebuilder.delete_component, componentBuildVersionArn=arn)

        assert refusal == not_found("Component", arn)


class TestDelete:
    def test_it_answers_the_arn(self, imagebuilder):
        arn = a_component(imagebuilder)

        answer = imagebuilder.delete_component(componentBuildVersionArn=arn)

        assert set(answer) == {"requestId", "componentBuildVersionArn", "ResponseMetadata"}
        assert answer["componentBuildVersionArn"] == arn

    def test_a_deleted_component_is_gone(self, imagebuilder, refused):
        arn = a_component(imagebuilder)
        imagebuilder.delete_component(componentBuildVersionArn=arn)

        for operation in (imagebuilder.get_component, imagebuilder.delete_component):
            assert refused(operation, componentBuildVersionArn=arn) == not_found("Component", arn)
        assert imagebuilder.list_components()["componentVersionList"] == []

    def test_the_other_builds_stay(self, imagebuilder):
        first = a_component(imagebuilder, name="hello")
        second = a_component(imagebuilder, name="hello", data=OTHER_DOCUMENT)

        imagebuilder.delete_component(componentBuildVersionArn=second)

        assert the_component(imagebuilder, f"{OWN}component/hello/1.0.0")["arn"] == first

    def test_a_component_that_was_in_use_can_go_after_its_recipe(self, imagebuilder):
        component = a_component(imagebuilder)
        recipe = a_recipe(imagebuilder, components=[component])
        imagebuilder.delete_image_recipe(imageRecipeArn=recipe)

        imagebuilder.delete_component(componentBuildVersionArn=component)

        assert imagebuilder.list_components()["componentVersionList"] == []


class TestIsolation:
    def test_accounts_have_their_own(self, imagebuilder, imagebuilder_mock, refused):
        arn = a_component(imagebuilder)
        other = imagebuilder_mock.client(account_id="210987654321")

        assert refused(other.get_component, componentBuildVersionArn=arn) == not_found(
            "Component", arn
        )
        assert other.list_components()["componentVersionList"] == []

    def test_regions_have_their_own(self, imagebuilder_mock):
        here = imagebuilder_mock.client(region="us-east-1")
        there = imagebuilder_mock.client(region="cn-north-1")

        arns = [a_component(client, name="hello") for client in (here, there)]

        assert arns == [
            f"{OWN}component/hello/1.0.0/1",
            "arn:aws-cn:imagebuilder:cn-north-1:123456789012:component/hello/1.0.0/1",
        ]
