"""Resources for tests, made through boto3: each builder takes what the test is about.

They return ARNs. Names are made unique by a counter, so a test can make several of a kind.
"""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any

from tests.model import is_required

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_imagebuilder import ImagebuilderClient

ACCOUNT = "123456789012"
OWN = f"arn:aws:imagebuilder:us-east-1:{ACCOUNT}:"
AMAZON = "arn:aws:imagebuilder:us-east-1:aws:"
MANAGED_PARENT = f"{AMAZON}image/amazon-linux-2023-x86/x.x.x"
MANAGED_COMPONENT = f"{AMAZON}component/update-linux/x.x.x"
WINDOWS_PARENT = f"{AMAZON}image/windows-server-2022-english-full-base-x86/x.x.x"

DOCUMENT = """\
name: hello
schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: Greet
        action: ExecuteBash
        inputs:
          commands:
            - echo hello
"""

TEST_DOCUMENT = DOCUMENT.replace("name: build", "name: test")

FULL_DOCUMENT = (
    DOCUMENT
    + """\
  - name: test
    steps:
      - name: Check
        action: ExecuteBash
        inputs:
          commands:
            - test -n hello
"""
)

_numbers = count(1)


def unique_name(prefix: str) -> str:
    return f"{prefix}-{next(_numbers)}"


def a_component(client: ImagebuilderClient, **params: Any) -> str:
    """A component for Linux; the answer is its build version ARN."""
    given = {
        "name": unique_name("component"),
        "semanticVersion": "1.0.0",
        "platform": "Linux",
        "data": DOCUMENT,
        **params,
    }
    return client.create_component(**given)["componentBuildVersionArn"]


def a_recipe(client: ImagebuilderClient, **params: Any) -> str:
    """An image recipe on Amazon Linux 2023, without components where there may be none."""
    region = client.meta.region_name
    given = {
        "name": unique_name("recipe"),
        "semanticVersion": "1.0.0",
        "parentImage": MANAGED_PARENT.replace("us-east-1", region),
        **params,
    }
    given = with_components(given, "CreateImageRecipe", region)
    return client.create_image_recipe(**given)["imageRecipeArn"]


def with_components(given: dict[str, Any], operation: str, region: str) -> dict[str, Any]:
    """The parameters of a recipe, with a component where there must be one; ARNs are enough."""
    if "components" not in given and is_required(operation, "components"):
        component = MANAGED_COMPONENT.replace("us-east-1", region)
        is_windows = "windows" in given["parentImage"]
        given["components"] = [component.replace("linux", "windows") if is_windows else component]
    if isinstance(given.get("components"), list):
        given["components"] = [
            {"componentArn": component} if isinstance(component, str) else component
            for component in given["components"]
        ]
    return given


def a_full_recipe(client: ImagebuilderClient, **params: Any) -> str:
    """A recipe whose builds have components to apply in both stages."""
    component = a_component(client, data=FULL_DOCUMENT)
    return a_recipe(client, components=[component], **params)


def an_infrastructure(client: ImagebuilderClient, **params: Any) -> str:
    given = {"name": unique_name("infrastructure"), "instanceProfileName": "builder", **params}
    return client.create_infrastructure_configuration(**given)["infrastructureConfigurationArn"]


def a_distribution(client: ImagebuilderClient, *regions: str, **params: Any) -> str:
    """A distribution configuration to the Regions, by default to the client's own."""
    given = {
        "name": unique_name("distribution"),
        "distributions": [
            {
                "region": region,
                "amiDistributionConfiguration": {"name": "ami {{ imagebuilder:buildDate }}"},
            }
            for region in regions or (client.meta.region_name,)
        ],
        **params,
    }
    return client.create_distribution_configuration(**given)["distributionConfigurationArn"]


def a_pipeline(client: ImagebuilderClient, **params: Any) -> str:
    """A pipeline without schedule; what it refers to is made unless it is given."""
    name = unique_name("pipeline")
    given = {"name": name, **with_needs(client, params, imageRecipeArn=a_recipe)}
    return client.create_image_pipeline(**given)["imagePipelineArn"]


def a_build(client: ImagebuilderClient, **params: Any) -> str:
    """A build that has just begun; the answer is the image build version ARN."""
    given = with_needs(client, params, imageRecipeArn=a_recipe)
    return client.create_image(**given)["imageBuildVersionArn"]


def with_needs(
    client: ImagebuilderClient,
    params: Mapping[str, Any],
    **recipe: Callable[[ImagebuilderClient], str],
) -> dict[str, Any]:
    """The parameters of a build or a pipeline, with what it refers to made unless it is given."""
    given = dict(params)
    for name, make in {**recipe, "infrastructureConfigurationArn": an_infrastructure}.items():
        if name not in given:
            given[name] = make(client)
    return given


def a_sharing_policy(arn: str, *accounts: str) -> str:
    """What lets the accounts see a resource; without any, nobody but its owner."""
    kind = arn.split(":")[5].partition("/")[0]
    name = "".join(word.title() for word in kind.split("-"))
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": accounts or (ACCOUNT,)},
        "Action": [f"imagebuilder:Get{name}", f"imagebuilder:List{name}s"],
        "Resource": arn,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def an_image(client: ImagebuilderClient, **params: Any) -> str:
    """An AVAILABLE image: a build, looked at until it has ended."""
    arn = a_build(client, **params)
    while client.get_image(imageBuildVersionArn=arn)["image"]["state"]["status"] != "AVAILABLE":
        pass
    return arn
