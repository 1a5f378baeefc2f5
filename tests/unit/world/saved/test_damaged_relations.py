"""State files whose parts do not go together: what is said of them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from imagebuilder_mock import current_mock, mock_imagebuilder
from imagebuilder_mock.world.saved.damage import StateError
from tests.builders import a_build, a_component, a_pipeline, a_recipe


@pytest.fixture
def damaged(tmp_path):
    """Change the file of a small world; the answer is what is said when it is read."""
    path = tmp_path / "state.json"
    with mock_imagebuilder(builds="held") as mock:
        client = mock.client()
        recipe = a_recipe(client, components=[a_component(client)])
        a_pipeline(client, imageRecipeArn=recipe)
        a_build(client)
        mock.catalogue.publish("amazon-linux-2023-x86", "2027.1.1")
        mock.save(path)
    document = json.loads(path.read_text(encoding="utf-8"))

    def damage(change):
        change(document)
        path.write_text(json.dumps(document), encoding="utf-8")
        with pytest.raises(StateError) as caught:
            mock_imagebuilder(state=path).start()
        with pytest.raises(RuntimeError):
            current_mock()
        return str(caught.value).removeprefix(f"{path}: ").removesuffix(".")

    return damage


def resource(document: Any, cls: str) -> Any:
    return next(each for each in document["stores"][0]["resources"] if each["class"] == cls)


@pytest.mark.parametrize("value", ["web", 7, None, ["web"]])
def test_a_component_of_a_recipe_that_is_no_arn(damaged, value):
    def change(document):
        resource(document, "ImageRecipe")["components"] = [{"componentArn": value}]

    place = r"\$\.stores\[0\]\.resources\[\d\]"
    assert re.fullmatch(
        f"{place} refers to .+, which is not the ARN of a resource", damaged(change)
    )


def test_a_recipe_of_a_pipeline_that_is_no_arn(damaged):
    def change(document):
        resource(document, "ImagePipeline")["image_recipe_arn"] = "web"

    assert "refers to 'web', which is not the ARN of a resource" in damaged(change)


def test_a_build_under_way_that_is_not_among_the_running(damaged):
    def change(document):
        document["stores"][0]["running"].clear()

    said = damaged(change)

    assert said.startswith("$.stores[0].running leaves out an image that is PENDING: arn:aws:")


@pytest.mark.parametrize(
    ("member", "value", "message"),
    [
        ("version", "new", "has 'new', which is not a version"),
        ("slug", "linux", "is of nothing that Amazon offers: image/linux"),
        ("kind", "component", "is of nothing that Amazon offers: component/amazon-linux-2023-x86"),
    ],
)
def test_a_publication_of_what_amazon_does_not_offer(damaged, member, value, message):
    def change(document):
        document["publications"][0][member] = value

    assert damaged(change) == f"$.publications[0] {message}"


def test_an_ami_that_is_shared_with_what_is_no_account(damaged):
    def change(document):
        document["machine_images"] = [
            {
                "image_id": "ami-0",
                "account_id": "123456789012",
                "region": "us-east-1",
                "name": "web",
                "creation_date": "2026-01-01T00:00:00+00:00",
                "shared_with": ["everybody"],
            }
        ]

    said = "$.machine_images[0] has shared_with=frozenset({'everybody'}): give a set of account ids"
    assert damaged(change).startswith(said)
