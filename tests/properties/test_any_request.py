"""Whatever is asked of an inhabited world is answered: never with a 5xx, never with a traceback.

Requests are made from the model, for each operation. Their ARNs and names are often those of what
is there, so that what an operation does is reached, not the form of its parameters alone.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagebuilder_mock.operations import HANDLERS
from tests.builders import AMAZON, DOCUMENT, MANAGED_COMPONENT, MANAGED_PARENT, OWN
from tests.container_builders import CONTAINER_PARENT, TEMPLATE
from tests.gateways import CALLER, a_gateway, answer, state_of
from tests.model_inputs import input_of, likely, nearly_valid, operation_names, request
from tests.operation_errors import errors_of

BUILT = sorted(set(HANDLERS) & set(operation_names()))
PRODUCT = "arn:aws:imagebuilder:us-east-1:aws-marketplace:component/"

COMPONENT = f"{OWN}component/web/1.0.0/1"
RECIPE = f"{OWN}image-recipe/web/1.0.0"
CONTAINER_RECIPE = f"{OWN}container-recipe/web/1.0.0"
INFRASTRUCTURE = f"{OWN}infrastructure-configuration/web"
DISTRIBUTION = f"{OWN}distribution-configuration/web"
PIPELINE = f"{OWN}image-pipeline/web"
IMAGE = f"{OWN}image/web/1.0.0/1"

# Those with a name before them are for members of that name.
TEXTS = (
    COMPONENT,
    RECIPE,
    CONTAINER_RECIPE,
    INFRASTRUCTURE,
    DISTRIBUTION,
    PIPELINE,
    IMAGE,
    f"{OWN}component/web/1.0.0",
    f"{OWN}component/web/x.x.x",
    f"{OWN}component/web/x.0.x",
    f"{OWN}image/web/1.0.0",
    f"{OWN}image/web/1.x.x",
    f"{OWN}image-recipe/web/x.x.x",
    MANAGED_COMPONENT,
    MANAGED_PARENT,
    f"{AMAZON}workflow/test/test-image/x.x.x",
    f"{PRODUCT}datadog-agent-for-linux-prod-wwo2b4p7dgrkk/x.x.x",
    "web",
    "1.0.0",
    "1.0.x",
    "x.x.x",
    "a-token",
    "parentImage=" + MANAGED_PARENT,
    "parentImage=" + CONTAINER_PARENT,
    "parentImage=" + IMAGE,
    "parentImage=ami-0123456789abcdef0",
    "parentImage=amazonlinux:latest",
    "sourceImage=" + IMAGE,
    "sourceImage=ami-0123456789abcdef0",
    "data=" + DOCUMENT,
    "data=phases: [",
    "dockerfileTemplateData=" + TEMPLATE,
    "scheduleExpression=cron(0 0 * * ? *)",
    "scheduleExpression=rate(1 day)",
    "timezone=Europe/Amsterdam",
    "name=version",
    "name=platform",
    "name=imageBuildVersionArn",
    "vmImportTaskId=import-ami-0123456789abcdef0",
    "uri=s3://bucket/disk.iso",
    "osVersion=Microsoft Windows 11",
    "region=us-east-1",
    "resourceLocation=s3://sample-datadog-agent-for-linux/agent/install.sh",
    "policy={}",
    "policy="
    + json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"AWS": "210987654321"},
                "Action": "imagebuilder:GetComponent",
                "Resource": COMPONENT,
            },
        }
    ),
)


def an_inhabited_gateway() -> Any:
    """A world with one of each kind, under the ARNs above."""
    gateway = a_gateway(builds="held")

    def made(operation: str, **params: Any) -> None:
        assert answer(gateway, operation, **params, clientToken=operation).status == 200

    components = [{"componentArn": COMPONENT}]
    version = {"name": "web", "semanticVersion": "1.0.0"}
    made("CreateComponent", **version, platform="Linux", data=DOCUMENT)
    made("CreateImageRecipe", **version, parentImage=MANAGED_PARENT, components=components)
    made(
        "CreateContainerRecipe",
        **version,
        containerType="DOCKER",
        parentImage=CONTAINER_PARENT,
        components=components,
        dockerfileTemplateData=TEMPLATE,
        targetRepository={"service": "ECR", "repositoryName": "web"},
    )
    made("CreateInfrastructureConfiguration", name="web", instanceProfileName="builder")
    made(
        "CreateDistributionConfiguration",
        name="web",
        distributions=[{"region": "us-east-1", "amiDistributionConfiguration": {}}],
    )
    of = {"imageRecipeArn": RECIPE, "infrastructureConfigurationArn": INFRASTRUCTURE}
    made("CreateImagePipeline", name="web", **of)
    made("CreateImage", **of)
    return gateway


@pytest.mark.parametrize("operation", BUILT)
@settings(max_examples=settings().max_examples // 2)
@given(data=st.data())
def test_any_request_is_answered(operation, data):
    usual = likely(input_of(operation), TEXTS)
    params = data.draw(usual | nearly_valid(operation, usual))
    gateway, before = _UNCHANGED.pop() if _UNCHANGED else _new_gateway()

    answered = gateway.handle(request(operation, params), CALLER)

    after = state_of(gateway)
    assert answered.status < 500
    assert json.loads(answered.body) is not None
    if answered.status >= 400:
        assert after == before, "a refused request changed something"
        assert answered.error_code in errors_of(operation)
    if after == before:
        _UNCHANGED.append((gateway, before))


# What a request has left as it was serves for the next, since to make it takes most of the time.
_UNCHANGED: list[tuple[Any, Any]] = []


def _new_gateway() -> tuple[Any, Any]:
    gateway = an_inhabited_gateway()
    return gateway, state_of(gateway)


def test_the_world_is_as_its_arns_say():
    gateway = an_inhabited_gateway()

    made = {resource.arn for resource in gateway.world.store("123456789012", "us-east-1")}
    assert made == {
        COMPONENT,
        RECIPE,
        CONTAINER_RECIPE,
        INFRASTRUCTURE,
        DISTRIBUTION,
        PIPELINE,
        IMAGE,
    }
