"""``serve --moto`` and ``serve --upstream``: one port for all of AWS."""

from __future__ import annotations

import io
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config

from imagebuilder_mock import current_mock, imagebuilder_server
from imagebuilder_mock.transports.http.one_port import TAKE_TIME, OnePort
from tests.builders import DOCUMENT, a_recipe, an_infrastructure
from tests.emulators import moto_server

pytestmark = pytest.mark.needs("werkzeug", "moto", "flask", "flask_cors")

KEYS: Any = {"aws_access_key_id": "example", "aws_secret_access_key": "example"}


def aws(url, service, region="us-east-1", **options):
    return boto3.client(service, region, endpoint_url=url, **KEYS, **options)


@pytest.fixture(scope="module", params=["moto", "upstream"])
def shared(request):
    """A port, with the mock's own moto behind it or with a server elsewhere; tests reset it."""
    if request.param == "moto":
        with imagebuilder_server(moto=True, builds="instant") as url:
            yield url
    else:
        with moto_server() as there, imagebuilder_server(upstream=there, builds="instant") as url:
            yield url


@pytest.fixture
def url(shared):
    yield shared
    current_mock().reset()
    requests.post(f"{shared}/moto-api/reset", timeout=10)


def test_every_service_is_at_the_one_address(url):
    assert aws(url, "sts").get_caller_identity()["Account"] == "123456789012"
    assert aws(url, "imagebuilder").list_images()["imageVersionList"] == []
    assert requests.get(f"{url}/_imagebuilder_mock/clock", timeout=10).ok
    assert requests.get(f"{url}/moto-api/data.json", timeout=10).ok


@pytest.mark.parametrize("style", ["path", "auto"])
def test_a_document_is_read_from_s3(url, style):
    s3 = aws(url, "s3", config=Config(s3={"addressing_style": style}))
    s3.create_bucket(Bucket="documents")
    s3.put_object(Bucket="documents", Key="a folder/web.yml", Body=DOCUMENT.encode())
    client = aws(url, "imagebuilder")
    made = client.create_component(
        name="web", semanticVersion="1.0.0", platform="Linux", uri="s3://documents/a folder/web.yml"
    )["componentBuildVersionArn"]

    assert client.get_component(componentBuildVersionArn=made)["component"]["data"] == DOCUMENT


def test_a_name_that_is_not_there_is_refused(url):
    aws(url, "iam").create_instance_profile(InstanceProfileName="builder")
    client = aws(url, "imagebuilder")

    client.create_infrastructure_configuration(name="web", instanceProfileName="builder")
    with pytest.raises(client.exceptions.InvalidParameterValueException, match="does not exist"):
        client.create_infrastructure_configuration(name="app", instanceProfileName="bilder")


def test_what_a_build_leaves_is_found_at_the_same_address(url):
    client, ec2 = aws(url, "imagebuilder"), aws(url, "ec2")
    aws(url, "iam").create_instance_profile(InstanceProfileName="builder")
    template = ec2.create_launch_template(
        LaunchTemplateName="web", LaunchTemplateData={"InstanceType": "t3.micro"}
    )["LaunchTemplate"]["LaunchTemplateId"]
    distribution = client.create_distribution_configuration(
        name="web",
        distributions=[
            {
                "region": "us-east-1",
                "amiDistributionConfiguration": {"amiTags": {"team": "blue"}},
                "launchTemplateConfigurations": [{"launchTemplateId": template}],
                "ssmParameterConfigurations": [{"parameterName": "/imagebuilder/web"}],
            }
        ],
    )["distributionConfigurationArn"]
    image = client.create_image(
        imageRecipeArn=a_recipe(client),
        infrastructureConfigurationArn=an_infrastructure(client),
        distributionConfigurationArn=distribution,
    )["imageBuildVersionArn"]
    answer = client.get_image(imageBuildVersionArn=image)["image"]
    [ami] = answer["outputResources"]["amis"]

    assert answer["state"] == {"status": "AVAILABLE"}
    [found] = ec2.describe_images(ImageIds=[ami["image"]])["Images"]
    assert {"Key": "team", "Value": "blue"} in found["Tags"]
    versions = ec2.describe_launch_template_versions(LaunchTemplateId=template)
    assert ami["image"] in [
        each["LaunchTemplateData"].get("ImageId") for each in versions["LaunchTemplateVersions"]
    ]
    parameter = aws(url, "ssm").get_parameter(Name="/imagebuilder/web")["Parameter"]
    assert parameter["Value"] == ami["image"]
    groups = aws(url, "logs").describe_log_groups()["logGroups"]
    assert [group["logGroupName"] for group in groups] == [f"/aws/imagebuilder/{answer['name']}"]


def test_the_limits_are_for_requests_to_image_builder_alone(url):
    s3, body = aws(url, "s3"), b"x" * (3 << 20)
    s3.create_bucket(Bucket="uploads")
    s3.upload_fileobj(io.BytesIO(body), "uploads", "large")

    assert s3.get_object(Bucket="uploads", Key="large")["Body"].read() == body
    too_large = requests.post(
        f"{url}/ListImages",
        data=body,
        headers={"Host": "imagebuilder.us-east-1.amazonaws.com"},
        timeout=10,
    )
    assert too_large.status_code == 413


def test_an_error_of_another_service_comes_as_it_is(url):
    ssm = aws(url, "ssm")

    with pytest.raises(ssm.exceptions.ParameterNotFound):
        ssm.get_parameter(Name="none")


@pytest.mark.parametrize(
    ("service", "answered_by", "lifts"),
    [("s3", "the rest", ["lifted"]), ("imagebuilder", "ours", [])],
)
def test_the_patience_with_a_client_is_lifted_for_the_rest_alone(service, answered_by, lifts):
    lifted: list[str] = []
    scope = f"Credential=AKID/20260101/us-east-1/{service}/aws4_request"
    environ = {
        "REQUEST_METHOD": "PUT",
        "PATH_INFO": "/documents/large",
        "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0a",
        TAKE_TIME: lambda: lifted.append("lifted"),
    }
    port = OnePort(lambda *_: [b"ours"], lambda *_: [b"the rest"])

    assert (port(environ, print), lifted) == ([answered_by.encode()], lifts)
