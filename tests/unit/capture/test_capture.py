"""``imagebuilder-mock capture``: a mock in the role of the real account."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import defaultdict
from datetime import datetime, timezone
from typing import Any

import pytest

from imagebuilder_mock import current_mock, mock_imagebuilder
from imagebuilder_mock.capture.capturing import capture
from imagebuilder_mock.capture.journal import Journal
from imagebuilder_mock.cli import main
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

ACCOUNT = "999988887777"
REGION = "us-east-1"
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
}


@pytest.fixture(autouse=True)
def _credentials(monkeypatch):
    """The caller's own: the account is the one that they act as."""
    with mock_imagebuilder() as mock:
        credentials = mock.credentials(ACCOUNT)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", credentials["aws_access_key_id"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


def an_account(mock):
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
    client.start_image_pipeline_execution(imagePipelineArn=pipeline)


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


@pytest.fixture
def captured(tmp_path, capsys):
    """Capture the account with the command line; the answer is the file and what was told."""

    def run(*options):
        output = tmp_path / "state.json"
        status = main(["capture", "--region", REGION, "--output", str(output), *options])
        assert status == 0
        return output, capsys.readouterr().err

    return run


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
        "1 ImagePipeline, 1 ImageRecipe, 1 InfrastructureConfiguration\n"
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
        runs = [
            len(client.list_lifecycle_executions(resourceArn=policy["arn"])["lifecycleExecutions"])
            for policy in client.list_lifecycle_policies()["lifecyclePolicySummaryList"]
        ]
        assert runs == [2, 0]


def test_only_list_and_get_operations_are_called(captured):
    with mock_imagebuilder() as mock:
        an_account(mock)
        made = mock.calls.count()
        captured()
        operations = {call.operation for call in list(mock.calls)[made:]}

    assert {operation[:3] for operation in operations} == {"Get", "Lis"}


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


def test_a_wrong_mask_is_explained(capsys):
    with mock_imagebuilder():
        assert main(["capture", "--region", REGION, "--account-mask", "12"]) == 1

    assert "an account is a string of 12 digits" in capsys.readouterr().err


# Interruptions


def test_an_interrupted_capture_goes_on_where_it_was(captured, tmp_path, capsys):
    journal = tmp_path / "journal"
    with mock_imagebuilder(builds="held") as mock:
        an_account(mock)
        mock.faults.add("GetImagePipeline", error="ForbiddenException")

        arguments = ["capture", "--region", REGION, "--journal", str(journal)]
        assert main(arguments) == 1
        told = capsys.readouterr().err
        assert "ForbiddenException" in told
        assert f"What was read is in {journal}: run it again to go on." in told
        journal.write_text(journal.read_text() + '{"arn": "cut o')
        made = mock.calls.count()

        path, _ = captured("--journal", str(journal))
        assert "GetComponent" not in {call.operation for call in list(mock.calls)[made:]}

    assert not journal.exists()
    assert len(json.loads(path.read_text())["stores"][0]["resources"]) == 11


def test_who_stops_it_is_told_how_to_go_on(tmp_path, capsys, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    journal = tmp_path / "journal"
    monkeypatch.setattr("imagebuilder_mock.capture.capturing.resource_from", stop)
    with mock_imagebuilder():
        an_infrastructure(current_mock().client(account_id=ACCOUNT), name="web")

        assert main(["capture", "--region", REGION, "--journal", str(journal)]) == 130

    assert capsys.readouterr().err == (
        "imagebuilder-mock capture: interrupted\n"
        f"What was read is in {journal}: run it again to go on.\n"
    )
    assert "infrastructure-configuration/web" in journal.read_text()


def test_a_file_that_cannot_be_written_is_named(tmp_path, capsys):
    output = tmp_path / "none" / "state.json"
    with mock_imagebuilder():
        assert main(["capture", "--region", REGION, "--output", str(output)]) == 1

    assert str(output.parent) in capsys.readouterr().err


def test_throttling_is_waited_out(captured):
    with mock_imagebuilder(now=NOON) as mock:
        an_account(mock)
        mock.faults.add("GetImage", error="ThrottlingException", times=5)

        _, told = captured()

        assert "4 Image," in told
        assert mock.clock.now() > NOON


def test_what_is_deleted_meanwhile_is_left_out(captured):
    with mock_imagebuilder() as mock:
        an_infrastructure(mock.client(account_id=ACCOUNT))
        mock.faults.add("GetInfrastructureConfiguration", error="ResourceNotFoundException")

        _, told = captured()

    assert told == "captured: nothing is there\n"


def test_what_cannot_be_understood_is_left_out_and_named():
    class Client:
        """One infrastructure configuration, of a form that there is not."""

        arn = f"arn:aws:imagebuilder:{REGION}:{ACCOUNT}:infrastructure-configuration/web"

        def __getattr__(self, operation: str) -> Any:
            def call(**_: Any) -> dict[str, Any]:
                if operation == "list_infrastructure_configurations":
                    return {"infrastructureConfigurationSummaryList": [{"arn": self.arn}]}
                if operation.startswith("list"):
                    return defaultdict(list)
                members = {"arn": self.arn, "name": "web", "dateCreated": "yesterday"}
                return {"infrastructureConfiguration": members}

            return call

    with Journal() as journal:
        found = capture(Client(), journal)

    assert found.counts == {}
    [reason] = found.left_out.values()
    assert reason.startswith("$.date_created must be a time")


def test_without_credentials_the_error_says_so(capsys, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(RuntimeError):
        current_mock()

    assert main(["capture", "--region", REGION]) == 1

    assert "credentials" in capsys.readouterr().err.lower()


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


@pytest.mark.skipif(
    os.environ.get("HYPOTHESIS_PROFILE") != "full", reason="takes a minute; in the full profile"
)
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
