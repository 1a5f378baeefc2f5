"""Container recipes for tests, in the manner of ``tests/builders.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.builders import AMAZON, unique_name, with_components, with_needs

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import ImagebuilderClient

CONTAINER_PARENT = f"{AMAZON}image/amazon-linux-2023-x86-2023/x.x.x"
WINDOWS_CONTAINER_PARENT = f"{AMAZON}image/windows-server-2019-x86-core-ltsc2019-amd64/x.x.x"

TEMPLATE = """\
FROM {{{ imagebuilder:parentImage }}}
{{{ imagebuilder:environments }}}
{{{ imagebuilder:components }}}
"""


def container_params(client: ImagebuilderClient, **params: Any) -> dict[str, Any]:
    """What CreateContainerRecipe is called with; None leaves a member out."""
    region = client.meta.region_name
    given = {
        "containerType": "DOCKER",
        "name": unique_name("container"),
        "semanticVersion": "1.0.0",
        "parentImage": CONTAINER_PARENT.replace("us-east-1", region),
        "dockerfileTemplateData": TEMPLATE,
        "targetRepository": {"service": "ECR", "repositoryName": "hello"},
        **params,
    }
    given = with_components(given, "CreateContainerRecipe", region)
    return {name: value for name, value in given.items() if value is not None}


def a_container_recipe(client: ImagebuilderClient, **params: Any) -> str:
    """A container recipe on Amazon Linux 2023; the answer is its ARN."""
    return client.create_container_recipe(**container_params(client, **params))[
        "containerRecipeArn"
    ]


def a_container_build(client: ImagebuilderClient, **params: Any) -> str:
    """A build of a container recipe that has just begun; the answer is the image's ARN."""
    given = with_needs(client, params, containerRecipeArn=a_container_recipe)
    return client.create_image(**given)["imageBuildVersionArn"]


def a_container_pipeline(client: ImagebuilderClient, **params: Any) -> str:
    """A pipeline for a container recipe; the answer is its ARN."""
    name = unique_name("pipeline")
    given = {"name": name, **with_needs(client, params, containerRecipeArn=a_container_recipe)}
    return client.create_image_pipeline(**given)["imagePipelineArn"]
