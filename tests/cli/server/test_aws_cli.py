"""The AWS CLI, as a program that nobody here wrote, against the server."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from imagebuilder_mock import current_mock, imagebuilder_server
from tests.builders import DOCUMENT, MANAGED_COMPONENT, MANAGED_PARENT, OWN, an_infrastructure

ROOT = Path(__file__).parents[3]
AWS = ROOT / ".venv" / "cli" / "bin" / "aws"

pytestmark = [
    pytest.mark.needs("werkzeug"),
    pytest.mark.skipif(not AWS.exists(), reason="no AWS CLI in .venv/cli: make test puts it there"),
]

# What version 1 of the CLI ends with (its user guide, "Command line return codes").
WRONG_USE, REFUSED = 2, 255


@pytest.fixture
def url():
    with imagebuilder_server() as url:
        yield url


@pytest.fixture
def aws(url, tmp_path):
    """Run ``aws imagebuilder …`` in a folder of its own; it has nothing but credentials."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_ACCESS_KEY_ID": "example",
        "AWS_SECRET_ACCESS_KEY": "example",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_IMAGEBUILDER": url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
    }

    def run(*arguments, status=0):
        done = subprocess.run(
            [AWS, "imagebuilder", *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == status, done.stderr
        return done

    return run


@pytest.fixture
def answer(aws):
    def answer(*arguments):
        return json.loads(aws(*arguments).stdout)

    return answer


@pytest.mark.full
def test_a_whole_story(aws, answer, tmp_path):
    (tmp_path / "component.yml").write_text(DOCUMENT)
    component = answer(
        "create-component",
        *("--name", "web", "--semantic-version", "1.0.0", "--platform", "Linux"),
        *("--data", "file://component.yml", "--tags", "team=a,stage=test"),
    )["componentBuildVersionArn"]
    (tmp_path / "recipe.json").write_text(
        json.dumps(
            {
                "name": "web",
                "semanticVersion": "1.0.0",
                "parentImage": MANAGED_PARENT,
                "components": [{"componentArn": component}, {"componentArn": MANAGED_COMPONENT}],
            }
        )
    )
    recipe = answer("create-image-recipe", "--cli-input-json", "file://recipe.json")
    infrastructure = answer(
        "create-infrastructure-configuration",
        *("--name", "web", "--instance-profile-name", "builder"),
        *("--instance-types", "m5.large", "c5.large", "--terminate-instance-on-failure"),
    )

    build = aws(
        "create-image",
        *("--image-recipe-arn", recipe["imageRecipeArn"]),
        *(
            "--infrastructure-configuration-arn",
            infrastructure["infrastructureConfigurationArn"],
        ),
        *("--query", "imageBuildVersionArn", "--output", "text"),
    ).stdout.strip()
    looks: list[str] = []
    while looks[-1:] != ["AVAILABLE"]:
        shown = aws(
            "get-image",
            *("--image-build-version-arn", build),
            *("--query", "image.state.status", "--output", "text"),
        )
        looks.append(shown.stdout.strip())
    aws("tag-resource", "--resource-arn", build, "--tags", "stage=production,a:b=c/d")
    aws("untag-resource", "--resource-arn", component, "--tag-keys", "team")

    assert component == f"{OWN}component/web/1.0.0/1"
    assert build == f"{OWN}image/web/1.0.0/1"
    assert looks[0] == "PENDING"
    [ami] = answer("get-image", "--image-build-version-arn", build)["image"]["outputResources"][
        "amis"
    ]
    assert ami["region"] == "us-east-1"
    assert ami["image"].startswith("ami-")
    assert answer("list-tags-for-resource", "--resource-arn", build)["tags"] == {
        "stage": "production",
        "a:b": "c/d",
    }
    assert answer("list-tags-for-resource", "--resource-arn", component)["tags"] == {
        "stage": "test"
    }
    assert answer(
        "list-images",
        *("--filters", "name=name,values=web", "--query", "imageVersionList[].version"),
    ) == ["1.0.0"]
    aws("delete-image", "--image-build-version-arn", build)
    assert answer("list-images")["imageVersionList"] == []


def test_an_error_of_the_service_has_its_exit_status_and_text(aws):
    done = aws("get-image", "--image-build-version-arn", f"{OWN}image/x/1.0.0/1", status=REFUSED)

    assert "(ResourceNotFoundException) when calling the GetImage operation" in done.stderr
    assert done.stdout == ""


def test_a_name_that_is_taken_is_free_when_its_owner_is_deleted(aws):
    arn = an_infrastructure(current_mock().client(region="us-east-1"), name="web")
    aws(
        "create-infrastructure-configuration",
        *("--name", "web", "--instance-profile-name", "builder"),
        status=REFUSED,
    )
    aws(
        "delete-infrastructure-configuration",
        *("--infrastructure-configuration-arn", arn),
    )

    assert current_mock().resources() == []


def test_a_wrong_use_does_not_come_here(aws):
    done = aws("create-component", "--name", "web", status=WRONG_USE)

    assert "required" in done.stderr
    assert current_mock().calls.count() == 0


@pytest.mark.full
def test_pages(answer):
    client = current_mock().client(region="us-east-1")
    made = [an_infrastructure(client, name=f"web-{number}") for number in range(5)]
    before = current_mock().calls.count()
    command = ("list-infrastructure-configurations", "--max-items", "2", "--page-size", "1")

    first = answer(*command)
    second = answer(*command, "--starting-token", first["NextToken"])
    third = answer(*command, "--starting-token", second["NextToken"])

    summaries = [
        summary
        for page in (first, second, third)
        for summary in page["infrastructureConfigurationSummaryList"]
    ]
    assert [summary["arn"] for summary in summaries] == made
    assert "NextToken" not in third
    assert current_mock().calls.count() - before >= 5


def test_a_query_over_all_pages(answer):
    client = current_mock().client(region="us-east-1")
    for number in range(30):
        an_infrastructure(client, name=f"web-{number}")

    names = answer(
        "list-infrastructure-configurations",
        *("--query", "infrastructureConfigurationSummaryList[?ends_with(name, '9')].name"),
    )

    assert names == ["web-9", "web-19", "web-29"]


def test_the_region_of_the_command_is_that_of_its_resources(answer):
    made = answer(
        "create-infrastructure-configuration",
        *("--name", "web", "--instance-profile-name", "builder", "--region", "eu-west-1"),
    )

    assert ":eu-west-1:" in made["infrastructureConfigurationArn"]
    assert (
        answer("list-infrastructure-configurations")["infrastructureConfigurationSummaryList"] == []
    )
