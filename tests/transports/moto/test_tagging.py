"""moto's Resource Groups Tagging API finds our resources, and tags them."""

from __future__ import annotations

import pytest

from imagebuilder_mock import mock_imagebuilder
from tests.beside_moto import aws
from tests.builders import MANAGED_COMPONENT, MANAGED_PARENT

# moto 5.0 imports it for its tagging.
pytestmark = pytest.mark.needs("moto", "pyparsing")


@pytest.fixture
def tagging(mock):  # noqa: ARG001 - both are on
    return aws("resourcegroupstaggingapi")


def an_infrastructure(client, name, **tags):
    return client.create_infrastructure_configuration(
        name=name, instanceProfileName="builder", **({"tags": tags} if tags else {})
    )["infrastructureConfigurationArn"]


def a_recipe(client, name, **tags):
    return client.create_image_recipe(
        name=name,
        semanticVersion="1.0.0",
        parentImage=MANAGED_PARENT,
        components=[{"componentArn": MANAGED_COMPONENT}],
        tags=tags,
    )["imageRecipeArn"]


def found(tagging, **filters):
    pages = tagging.get_paginator("get_resources").paginate(**filters)
    return {
        each["ResourceARN"]: {tag["Key"]: tag["Value"] for tag in each["Tags"]}
        for page in pages
        for each in page["ResourceTagMappingList"]
    }


def test_tagged_resources_are_found(tagging, imagebuilder):
    infrastructure = an_infrastructure(imagebuilder, "web", team="blue")
    an_infrastructure(imagebuilder, "untagged")

    assert found(tagging) == {infrastructure: {"team": "blue"}}


def test_they_are_found_beside_those_of_other_services(tagging, imagebuilder):
    infrastructure = an_infrastructure(imagebuilder, "web", team="blue")
    aws("s3").create_bucket(Bucket="build-logs")
    aws("s3").put_bucket_tagging(
        Bucket="build-logs", Tagging={"TagSet": [{"Key": "team", "Value": "blue"}]}
    )

    filters = [{"Key": "team", "Values": ["blue"]}]
    assert list(found(tagging, TagFilters=filters)) == ["arn:aws:s3:::build-logs", infrastructure]


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ([{"Key": "team"}], ["web", "database"]),
        ([{"Key": "team", "Values": ["red"]}], ["database"]),
        ([{"Key": "team", "Values": ["red", "blue"]}], ["web", "database"]),
        ([{"Key": "team", "Values": ["red", "blue"]}, {"Key": "stage"}], ["web"]),
        ([{"Key": "stage", "Values": ["test"]}], []),
    ],
)
def test_filters_by_tags(tagging, imagebuilder, filters, names):
    arns = {
        an_infrastructure(imagebuilder, "web", team="blue", stage="live"): "web",
        an_infrastructure(imagebuilder, "database", team="red"): "database",
    }

    assert [arns[arn] for arn in found(tagging, TagFilters=filters)] == names


@pytest.mark.parametrize(
    ("types", "kinds"),
    [
        (["imagebuilder"], ["infrastructure-configuration", "image-recipe"]),
        (["imagebuilder:image-recipe"], ["image-recipe"]),
        (["s3", "imagebuilder:image"], []),
    ],
)
def test_filters_by_type(tagging, imagebuilder, types, kinds):
    an_infrastructure(imagebuilder, "web", team="blue")
    a_recipe(imagebuilder, "web", team="blue")

    arns = found(tagging, ResourceTypeFilters=types)
    assert [arn.split(":")[5].split("/")[0] for arn in arns] == kinds


def test_pages_hold_them_all(tagging, imagebuilder):
    arns = [an_infrastructure(imagebuilder, f"web-{n}", team="blue") for n in range(12)]

    page = tagging.get_resources(ResourcesPerPage=5)
    assert [each["ResourceARN"] for each in page["ResourceTagMappingList"]] == arns[:5]
    assert list(found(tagging, ResourcesPerPage=5)) == arns


def test_keys_and_values_are_listed(tagging, imagebuilder):
    an_infrastructure(imagebuilder, "web", team="blue", stage="live")
    an_infrastructure(imagebuilder, "database", team="red")

    assert set(tagging.get_tag_keys()["TagKeys"]) == {"team", "stage"}
    assert set(tagging.get_tag_values(Key="team")["TagValues"]) == {"blue", "red"}


def test_each_region_and_account_has_its_own(tagging, mock):
    an_infrastructure(mock.client(region="eu-west-1"), "web", team="blue")
    an_infrastructure(mock.client(account_id="999999999999"), "web", team="blue")

    assert found(tagging) == {}
    assert len(found(aws("resourcegroupstaggingapi", "eu-west-1"))) == 1


def test_resources_are_tagged(tagging, imagebuilder, mock):
    arn = an_infrastructure(imagebuilder, "web", team="blue")

    answer = tagging.tag_resources(ResourceARNList=[arn], Tags={"team": "red", "stage": "live"})

    assert answer["FailedResourcesMap"] == {}
    tags = {"team": "red", "stage": "live"}
    assert imagebuilder.list_tags_for_resource(resourceArn=arn)["tags"] == tags
    mock.calls.assert_called("TagResource", resourceArn=arn)


def test_what_the_service_refuses_is_in_the_map_of_failures(tagging, imagebuilder):
    arn = an_infrastructure(imagebuilder, "web", team="blue")
    missing = arn.replace("/web", "/missing")

    answer = tagging.tag_resources(ResourceARNList=[arn, missing], Tags={"team": "red"})

    [(failed, failure)] = answer["FailedResourcesMap"].items()
    assert failed == missing
    assert failure["StatusCode"] == 404
    assert failure["ErrorCode"] == "ResourceNotFoundException"
    assert missing in failure["ErrorMessage"]
    assert imagebuilder.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "red"}


def test_a_lost_request_is_in_the_map_of_failures(tagging, imagebuilder, mock):
    from botocore.exceptions import ConnectTimeoutError

    arn = an_infrastructure(imagebuilder, "web", team="blue")
    mock.faults.add("TagResource", error=ConnectTimeoutError)

    answer = tagging.tag_resources(ResourceARNList=[arn], Tags={"team": "red"})

    assert answer["FailedResourcesMap"][arn]["ErrorCode"] == "InternalServiceException"
    assert imagebuilder.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "blue"}


def test_resources_are_untagged(tagging, imagebuilder):
    from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend

    if not hasattr(ResourceGroupsTaggingAPIBackend, "untag_resources"):
        pytest.skip("this moto has no UntagResources")
    arn = an_infrastructure(imagebuilder, "web", team="blue", stage="live")

    answer = tagging.untag_resources(ResourceARNList=[arn], TagKeys=["stage"])

    assert answer["FailedResourcesMap"] == {}
    assert imagebuilder.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "blue"}


def test_moto_is_as_before_when_the_mock_is_off():
    from moto import mock_aws
    from moto.resourcegroupstaggingapi.models import ResourceGroupsTaggingAPIBackend

    before = dict(vars(ResourceGroupsTaggingAPIBackend))
    with mock_aws(), mock_imagebuilder() as mock:
        an_infrastructure(mock.client(), "web", team="blue")
        assert found(aws("resourcegroupstaggingapi"))
    assert dict(vars(ResourceGroupsTaggingAPIBackend)) == before
    with mock_aws():
        assert found(aws("resourcegroupstaggingapi")) == {}
