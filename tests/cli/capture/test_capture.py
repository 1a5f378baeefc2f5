"""``imagebuilder-mock capture``: a mock in the role of the real account."""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime, timezone

import pytest

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.cli.command_line import main
from tests.builders import (
    DOCUMENT,
    a_build,
    a_distribution,
    a_recipe,
    an_infrastructure,
)
from tests.capture_builders import ACCOUNT, REGION, an_account
from tests.lifecycle_builders import a_policy

NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)

GETS = {
    "component": ("get_component", "componentBuildVersionArn"),
    "image-recipe": ("get_image_recipe", "imageRecipeArn"),
    "container-recipe": ("get_container_recipe", "containerRecipeArn"),
    "infrastructure-configuration": (
        "get_infrastructure_configuration",
        "infrastructureConfigurationArn",
    ),
    "distribution-configuration": (
        "get_distribution_configuration",
        "distributionConfigurationArn",
    ),
    "image-pipeline": ("get_image_pipeline", "imagePipelineArn"),
    "image": ("get_image", "imageBuildVersionArn"),
    "lifecycle-policy": ("get_lifecycle_policy", "lifecyclePolicyArn"),
    "workflow": ("get_workflow", "workflowBuildVersionArn"),
}


pytestmark = pytest.mark.usefixtures("credentials")


def shown(mock):
    """What the get operations show of every resource."""
    client = mock.client(account_id=ACCOUNT)
    answers = {}
    for resource in mock.resources(account_id=ACCOUNT, region=REGION):
        operation, argument = GETS[resource.kind]
        answer = getattr(client, operation)(**{argument: resource.arn})
        answers[resource.arn] = {
            name: value
            for name, value in answer.items()
            if name not in {"requestId", "ResponseMetadata"}
        }
    return answers


def test_an_account_is_shown_as_it_was(captured):
    with mock_imagebuilder(builds="held", now=NOON) as mock:
        an_account(mock)
        path, told = captured()
        mock.clock.advance(seconds=0)
        here = shown(mock)
    with mock_imagebuilder(builds="held", now=NOON, state=path) as mock:
        there = shown(mock)

    assert there == here
    assert told == (
        "captured: 2 Component, 1 ContainerRecipe, 1 DistributionConfiguration, 4 Image, "
        "1 ImagePipeline, 1 ImageRecipe, 1 InfrastructureConfiguration, 1 LifecyclePolicy, "
        "1 Workflow\n"
    )


def test_a_captured_account_goes_on(captured):
    with mock_imagebuilder(builds="held", now=NOON) as mock:
        an_account(mock)
        running = mock.builds.running
        path, _ = captured()

    with mock_imagebuilder(state=path, now=NOON) as mock:
        client = mock.client()
        assert sorted(mock.builds.running) == sorted(running)
        mock.builds.finish_all()
        states = {
            image["state"]["status"]
            for image in client.list_image_build_versions(
                imageVersionArn=f"arn:aws:imagebuilder:{REGION}:{ACCOUNT}:image/web/1.0.0"
            )["imageSummaryList"]
        }
        assert states == {"AVAILABLE", "FAILED"}
        mock.clock.advance(days=1)
        arn = f"arn:aws:imagebuilder:{REGION}:{ACCOUNT}:image-pipeline/nightly"
        images = client.list_image_pipeline_images(imagePipelineArn=arn)["imageSummaryList"]
        assert len(images) == 2
        assert client.delete_image_pipeline(imagePipelineArn=arn)


def test_policies_of_a_captured_account_run_every_day(captured):
    with mock_imagebuilder(now=NOON) as mock:
        client = mock.client(account_id=ACCOUNT)
        a_policy(client, name="tidy")
        a_policy(client, name="asleep", status="DISABLED")
        path, _ = captured()

    with mock_imagebuilder(state=path) as mock:
        client = mock.client()
        mock.clock.advance(days=2)
        runs = {
            policy["name"]: client.list_lifecycle_executions(resourceArn=policy["arn"])
            for policy in client.list_lifecycle_policies()["lifecyclePolicySummaryList"]
        }
        assert len(runs["tidy"]["lifecycleExecutions"]) == 2
        assert runs["asleep"]["lifecycleExecutions"] == []


def test_only_list_and_get_operations_are_called(captured):
    with mock_imagebuilder() as mock:
        an_account(mock)
        made = mock.calls.count()
        captured()
        operations = {call.operation for call in list(mock.calls)[made:]}

    assert {operation[:3] for operation in operations} == {"Get", "Lis"}


def test_all_pages_of_a_list_are_read(captured):
    with mock_imagebuilder() as mock:
        client = mock.client(account_id=ACCOUNT)
        for _ in range(26):
            an_infrastructure(client)
        _, told = captured()

    assert told == "captured: 26 InfrastructureConfiguration\n"


def test_the_state_goes_to_the_output_by_default(capsys):
    with mock_imagebuilder() as mock:
        an_infrastructure(mock.client(account_id=ACCOUNT), name="web")
        assert main(["capture", "--region", REGION]) == 0

    document = json.loads(capsys.readouterr().out)
    assert document["account_id"] == ACCOUNT
    assert [each["name"] for each in document["stores"][0]["resources"]] == ["web"]


def test_an_empty_account_is_captured_too(captured):
    with mock_imagebuilder():
        path, told = captured()

    assert told == "captured: nothing is there\n"
    with mock_imagebuilder(state=path) as mock:
        assert mock.resources() == []


# Masks


def test_account_ids_are_masked_everywhere(captured):
    with mock_imagebuilder(builds="held") as mock:
        an_account(mock)
        a_distribution(
            mock.client(account_id=ACCOUNT),
            distributions=[
                {
                    "region": REGION,
                    "amiDistributionConfiguration": {
                        "name": "ami {{ imagebuilder:buildDate }}",
                        "targetAccountIds": ["111122223333", ACCOUNT],
                    },
                }
            ],
        )
        path, _ = captured("--account-mask", "000000000000")

    text = path.read_text()
    assert ACCOUNT not in text
    assert "111122223333" not in text
    with mock_imagebuilder(state=path) as mock:
        [*_, distribution] = mock.client().list_distribution_configurations()[
            "distributionConfigurationSummaryList"
        ]
        assert ":000000000000:" in distribution["arn"]
        assert "000000000001" in text


def test_names_are_masked_and_references_still_meet(captured):
    with mock_imagebuilder(builds="held") as mock:
        an_account(mock)
        path, _ = captured("--mask-names")

    text = path.read_text()
    for name in ("Web Server", "web-server", "/web/", '"web"', "nightly", "small"):
        assert name not in text
    with mock_imagebuilder(state=path) as mock:
        client = mock.client()
        [pipeline] = client.list_image_pipelines()["imagePipelineList"]
        recipe = client.get_image_recipe(imageRecipeArn=pipeline["imageRecipeArn"])["imageRecipe"]
        component = client.get_component(
            componentBuildVersionArn=recipe["components"][0]["componentArn"]
        )["component"]
        assert component["description"] == f"For {component['name']} only"
        assert component["data"] == DOCUMENT


# The progress bar


@pytest.mark.needs("rich")
def test_who_watches_sees_how_far_it_is(captured, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with mock_imagebuilder() as mock:
        an_account(mock)
        _, told = captured()

    assert "ImageRecipe" in told
    assert "100%" in told


def test_the_bar_is_left_out_where_its_library_is_missing(captured, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setitem(sys.modules, "rich.console", None)
    with mock_imagebuilder():
        _, told = captured()

    assert told == "captured: nothing is there\n"


@pytest.mark.full  # it takes a minute
def test_ten_thousand_images_are_captured(captured):
    with mock_imagebuilder(builds="instant", quotas=False) as mock:
        client = mock.client(account_id=ACCOUNT)
        build = {
            "imageRecipeArn": a_recipe(client),
            "infrastructureConfigurationArn": an_infrastructure(client),
        }
        for _ in range(10_000):
            a_build(client, **build)
        began = time.monotonic()
        path, told = captured()
        taken = time.monotonic() - began

    assert "10,000 Image," in told
    assert taken < 120
    with mock_imagebuilder(state=path) as mock:
        assert len(mock.resources()) == 10_002
