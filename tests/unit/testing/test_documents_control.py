"""``mock.documents``: documents at S3 URIs, for who has no S3."""

from __future__ import annotations

import pytest

from imagebuilder_mock import mock_imagebuilder
from tests.builders import DOCUMENT
from tests.container_builders import TEMPLATE, a_container_recipe
from tests.refusals import refusal_of

URI = "s3://documents/hello.yml"


def create(client, uri=URI, name="hello"):
    return client.create_component(name=name, semanticVersion="1.0.0", platform="Linux", uri=uri)[
        "componentBuildVersionArn"
    ]


def data_of(client, arn):
    return client.get_component(componentBuildVersionArn=arn)["component"]["data"]


def test_a_component_has_the_document_that_was_put_there(imagebuilder, imagebuilder_mock):
    imagebuilder_mock.documents.put(URI, "something else")
    imagebuilder_mock.documents.put(URI, DOCUMENT)

    assert data_of(imagebuilder, create(imagebuilder)) == DOCUMENT


def test_a_container_recipe_has_the_template_that_was_put_there(imagebuilder, imagebuilder_mock):
    imagebuilder_mock.documents.put("s3://documents/Dockerfile", TEMPLATE)

    arn = a_container_recipe(
        imagebuilder,
        dockerfileTemplateData=None,
        dockerfileTemplateUri="s3://documents/Dockerfile",
    )

    recipe = imagebuilder.get_container_recipe(containerRecipeArn=arn)["containerRecipe"]
    assert recipe["dockerfileTemplateData"] == TEMPLATE


def test_without_it_the_refusal_names_it(imagebuilder):
    message = refusal_of(create, client=imagebuilder).message

    assert message.endswith("Or put the document there with mock.documents.put().")


@pytest.mark.imagebuilder(neighbours="off")
def test_documents_are_read_with_neighbours_off_too(imagebuilder, imagebuilder_mock):
    imagebuilder_mock.documents.put(URI, DOCUMENT)

    assert create(imagebuilder)


def test_they_are_part_of_the_state(imagebuilder, imagebuilder_mock, tmp_path):
    """A snapshot and a file have them; a reset empties them."""
    imagebuilder_mock.documents.put(URI, DOCUMENT)
    snapshot = imagebuilder_mock.snapshot()
    imagebuilder_mock.save(tmp_path / "state.json")

    imagebuilder_mock.reset()
    refusal_of(create, client=imagebuilder)

    imagebuilder_mock.restore(snapshot)
    assert create(imagebuilder)
    imagebuilder_mock.reset()
    imagebuilder_mock.load(tmp_path / "state.json")
    assert create(imagebuilder)


@pytest.mark.parametrize(
    "uri", ["https://documents/hello.yml", "s3://documents", "hello.yml", None]
)
def test_another_kind_of_address_is_a_mistake(imagebuilder_mock, uri):
    with pytest.raises(ValueError, match="give the URI of an object, such as 's3://"):
        imagebuilder_mock.documents.put(uri, DOCUMENT)


def test_bytes_are_a_mistake():
    with mock_imagebuilder() as mock, pytest.raises(TypeError, match="as a string, not bytes"):
        mock.documents.put(URI, DOCUMENT.encode())  # type: ignore[arg-type]
