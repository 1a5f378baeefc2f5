"""An account to capture, for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.builders import (
    DOCUMENT,
    MANAGED_COMPONENT,
    MANAGED_PARENT,
    a_build,
    a_component,
    a_distribution,
    a_pipeline,
    a_recipe,
    an_infrastructure,
)
from tests.container_builders import a_container_recipe
from tests.lifecycle_builders import a_policy
from tests.workflow_builders import a_workflow

if TYPE_CHECKING:
    from imagebuilder_mock import ImageBuilderMock

ACCOUNT = "999988887777"
REGION = "us-east-1"


def an_account(mock: ImageBuilderMock) -> None:
    """One of each type, an image that is done, one that failed and one under way."""
    client = mock.client(account_id=ACCOUNT)
    component = a_component(client, name="Web Server", description="For Web Server only")
    a_component(client, name="Web Server", data=DOCUMENT.replace("hello", "bye"))
    recipe = a_recipe(
        client,
        name="web",
        parentImage=MANAGED_PARENT,
        components=[component, MANAGED_COMPONENT],
        tags={"team": "images"},
    )
    infrastructure = an_infrastructure(client, name="small", tags={"a": "b"})
    distribution = a_distribution(client, REGION, "eu-west-1")
    a_container_recipe(client)
    pipeline = a_pipeline(
        client,
        name="nightly",
        imageRecipeArn=recipe,
        infrastructureConfigurationArn=infrastructure,
        distributionConfigurationArn=distribution,
        schedule={
            "scheduleExpression": "cron(0 3 * * ? *)",
            "pipelineExecutionStartCondition": "EXPRESSION_MATCH_ONLY",
        },
    )
    build = {"imageRecipeArn": recipe, "infrastructureConfigurationArn": infrastructure}
    mock.builds.complete(a_build(client, **build, distributionConfigurationArn=distribution))
    mock.builds.fail(a_build(client, **build), reason="Out of disk space")
    a_build(client, **build)
    client.start_image_pipeline_execution(imagePipelineArn=pipeline, clientToken="one")
    a_workflow(client, name="look")
    a_policy(client, name="tidy")
