"""What is at a URI: read from moto's S3, once, when the resource is made."""

from __future__ import annotations

import pytest

from imagebuilder_mock import mock_imagebuilder
from tests.beside_moto import aws
from tests.builders import DOCUMENT, an_infrastructure
from tests.container_builders import TEMPLATE, a_container_recipe, container_params
from tests.model import service_model
from tests.refusals import invalid_value, over_quota, refusal_of

OTHERWISE = "Or put the document there with mock.documents.put()."
HINT = f"imagebuilder_mock looks it up in moto: switch moto's mock_aws on. {OTHERWISE}"
LIMIT = 64 * 1024


@pytest.fixture
def bucket(moto):  # noqa: ARG001 - on for as long as the bucket is there
    aws("s3").create_bucket(Bucket="documents")
    return "documents"


@pytest.fixture
def put(bucket):
    def put(key, body):
        aws("s3").put_object(Bucket=bucket, Key=key, Body=body)
        return f"s3://{bucket}/{key}"

    return put


def component_params(uri, **params):
    return {
        "name": "hello",
        "semanticVersion": "1.0.0",
        "platform": "Linux",
        "uri": uri,
        **params,
    }


def data_of(client, arn):
    return client.get_component(componentBuildVersionArn=arn)["component"]["data"]


class TestComponents:
    def test_the_document_is_what_the_component_has(self, imagebuilder, put):
        uri = put("a/b c/hello.yml", DOCUMENT)

        made = imagebuilder.create_component(**component_params(uri))

        component = imagebuilder.get_component(
            componentBuildVersionArn=made["componentBuildVersionArn"]
        )["component"]
        assert component["data"] == DOCUMENT
        assert "uri" not in component

    def test_what_is_put_there_later_changes_nothing(self, imagebuilder, put):
        arn = imagebuilder.create_component(**component_params(put("hello.yml", DOCUMENT)))[
            "componentBuildVersionArn"
        ]
        put("hello.yml", "something else")

        assert data_of(imagebuilder, arn) == DOCUMENT

    def test_changed_content_makes_a_new_build(self, imagebuilder, put):
        uri = put("hello.yml", DOCUMENT)
        imagebuilder.create_component(**component_params(uri))
        put("hello.yml", DOCUMENT.replace("echo hello", "echo good-bye"))

        made = imagebuilder.create_component(**component_params(uri))

        assert made["componentBuildVersionArn"].endswith("/1.0.0/2")

    def test_it_may_be_longer_than_an_inline_one(self, imagebuilder, put):
        long = DOCUMENT + "#" * (LIMIT - len(DOCUMENT))

        assert imagebuilder.create_component(**component_params(put("long.yml", long)))

    def test_it_is_checked_as_an_inline_one(self, imagebuilder, put):
        uri = put("bad.yml", DOCUMENT.replace("name: Greet", "name: not a name"))

        assert (
            "Invalid step name"
            in refusal_of(imagebuilder.create_component, **component_params(uri)).message
        )

    def test_what_is_no_text_is_refused(self, imagebuilder, put):
        uri = put("bad.yml", b"\xff\xfe\x00")

        assert refusal_of(imagebuilder.create_component, **component_params(uri)) == invalid_value(
            "uri", f"The document at '{uri}' must be text in UTF-8."
        )

    def test_its_size_has_a_quota(self, imagebuilder, put):
        """Source: AWS General Reference; API reference, CreateComponent ("your service quota")."""
        uri = put("long.yml", DOCUMENT + "#" * LIMIT)

        refusal = refusal_of(imagebuilder.create_component, **component_params(uri))

        assert refusal == over_quota("component size", LIMIT)

    @pytest.mark.imagebuilder(quotas=False)
    def test_without_quotas_it_may_be_larger(self, imagebuilder, put):
        uri = put("long.yml", DOCUMENT + "#" * LIMIT)

        assert imagebuilder.create_component(**component_params(uri))

    @pytest.mark.usefixtures("bucket")
    @pytest.mark.parametrize("uri", ["s3://documents/missing.yml", "s3://missing/hello.yml"])
    def test_what_is_not_there_is_refused(self, imagebuilder, uri):
        assert refusal_of(imagebuilder.create_component, **component_params(uri)) == invalid_value(
            "uri", f"The document at '{uri}' could not be read. Check that it exists."
        )

    @pytest.mark.parametrize(
        "uri", ["https://documents/hello.yml", "s3://documents", "s3:///hello.yml", "hello.yml"]
    )
    def test_what_is_no_address_is_refused(self, imagebuilder, uri):
        assert refusal_of(imagebuilder.create_component, **component_params(uri)) == invalid_value(
            "uri", "Invalid S3 URI."
        )

    def test_a_script_is_read_too(self, imagebuilder, put):
        uri = put("hello.sh", "echo hello")
        params = component_params(uri, type="BUILD", format="SHELL")

        made = imagebuilder.import_component(**params)

        assert "echo hello" in data_of(imagebuilder, made["componentBuildVersionArn"])

    def test_without_moto_the_refusal_says_what_to_do(self):
        with mock_imagebuilder() as mock:
            assert refusal_of(
                mock.client().create_component, **component_params("s3://documents/hello.yml")
            ) == invalid_value(
                "uri", f"The document at 's3://documents/hello.yml' could not be read. {HINT}"
            )

    def test_a_test_can_put_one_where_s3_has_none(self, imagebuilder, imagebuilder_mock, put):
        uri = put("hello.yml", DOCUMENT)
        imagebuilder_mock.documents.put(uri, "S3 is asked first")
        imagebuilder_mock.documents.put("s3://elsewhere/other.yml", DOCUMENT)

        for name, at in (("hello", uri), ("other", "s3://elsewhere/other.yml")):
            made = imagebuilder.create_component(**component_params(at, name=name))
            assert data_of(imagebuilder, made["componentBuildVersionArn"]) == DOCUMENT

    def test_off_reads_nothing(self, put):
        uri = put("hello.yml", DOCUMENT)

        with mock_imagebuilder(neighbours="off") as mock:
            assert (
                "neighbours='off'"
                in refusal_of(mock.client().create_component, **component_params(uri)).message
            )


def test_a_dockerfile_template_is_read(imagebuilder, put):
    uri = put("Dockerfile", TEMPLATE)

    arn = a_container_recipe(imagebuilder, dockerfileTemplateData=None, dockerfileTemplateUri=uri)

    recipe = imagebuilder.get_container_recipe(containerRecipeArn=arn)["containerRecipe"]
    assert recipe["dockerfileTemplateData"] == TEMPLATE
    assert "dockerfileTemplateUri" not in recipe


def test_a_missing_dockerfile_template_is_refused(imagebuilder, bucket):
    uri = f"s3://{bucket}/Dockerfile"
    params = container_params(imagebuilder, dockerfileTemplateData=None, dockerfileTemplateUri=uri)

    assert refusal_of(imagebuilder.create_container_recipe, **params) == invalid_value(
        "dockerfileTemplateUri", f"The document at '{uri}' could not be read. Check that it exists."
    )


@pytest.mark.skipif(
    "ImportDiskImage" not in service_model().operation_names,
    reason="this botocore has no ImportDiskImage",
)
class TestDiskFiles:
    def params(self, client, uri):
        return {
            "name": "desktop",
            "semanticVersion": "1.0.0",
            "platform": "Windows",
            "osVersion": "Microsoft Windows 11",
            "infrastructureConfigurationArn": an_infrastructure(client),
            "uri": uri,
        }

    def test_one_that_is_there_is_imported(self, imagebuilder, put):
        uri = put("11.iso", b"\0" * 10)

        assert imagebuilder.import_disk_image(**self.params(imagebuilder, uri))

    def test_a_missing_one_is_refused(self, imagebuilder, bucket):
        uri = f"s3://{bucket}/11.iso"

        assert refusal_of(
            imagebuilder.import_disk_image, **self.params(imagebuilder, uri)
        ) == invalid_value(
            "uri", f"The document at '{uri}' could not be read. Check that it exists."
        )


def test_an_s3_that_moto_lets_pass_is_not_read():
    module = pytest.importorskip("moto")
    passing = {"core": {"passthrough": {"services": ["s3", "s3bucket_path"], "urls": []}}}
    with module.mock_aws(config=passing), mock_imagebuilder() as mock:
        refusal = refusal_of(
            mock.client().create_component, **component_params("s3://documents/hello.yml")
        )

    assert refusal == invalid_value(
        "uri",
        "The document at 's3://documents/hello.yml' could not be read. moto did not answer "
        f"GetObject. {OTHERWISE}",
    )


@pytest.mark.usefixtures("bucket")
def test_the_bucket_for_logs_is_not_looked_up(imagebuilder):
    """Source: API reference, S3Logs."""
    assert an_infrastructure(imagebuilder, logging={"s3Logs": {"s3BucketName": "missing"}})
