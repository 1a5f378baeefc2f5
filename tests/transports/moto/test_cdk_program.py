"""The CDK program deploys to stacks of moto, with the mock beside it: in `make test-full` only."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imagebuilder_mock import current_mock, imagebuilder_server
from tests.beside_moto import aws
from tests.builders import OWN
from tests.model import needs_member

if TYPE_CHECKING:
    from imagebuilder_mock import ImageBuilderMock

INSTALLED = Path(__file__).parents[3] / ".venv" / "cdk"
APPS = Path(__file__).parent / "cdk"
PROGRAM = INSTALLED / "node_modules" / ".bin" / "cdk"

pytestmark = [
    pytest.mark.skipif(
        os.environ.get("HYPOTHESIS_PROFILE") != "full",
        reason="each command of the CDK takes seconds: make test-full runs them",
    ),
    pytest.mark.needs("moto", "openapi_spec_validator", "flask", "flask_cors", "werkzeug"),
    needs_member("CreateImageRecipe", "amiWatermarks"),
    pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node.js here"),
    pytest.mark.skipif(
        not PROGRAM.exists(),
        reason="no AWS CDK in .venv/cdk: make test-full puts it there, where there is npm",
    ),
    # Of the stack that `cdk bootstrap` makes.
    pytest.mark.filterwarnings("ignore:Tried to parse AWS..S3..BucketPolicy:UserWarning"),
]


@dataclass
class Cloud:
    """A server that answers for all of AWS."""

    url: str
    mock: ImageBuilderMock

    def status(self, stack):
        [found] = aws("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        return found["StackStatus"]

    def resources(self):
        return sorted(resource.arn.removeprefix(OWN) for resource in self.mock.resources())


@pytest.fixture
def cloud(moto):  # noqa: ARG001 - its server has the same backends
    with imagebuilder_server(moto=True, builds="instant") as url:
        # A template's URL is of moto's S3 only if its host is called so.
        yield Cloud(url.replace("127.0.0.1", "localhost"), current_mock())


@pytest.fixture
def cdk(cloud, tmp_path):
    """Runs a command of the CDK; returns what it says."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_ENDPOINT_URL": cloud.url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "NODE_NO_WARNINGS": "1",
        "NO_COLOR": "1",
    }
    changing = ["--require-approval", "never", "--progress", "events"]
    options = {"deploy": changing, "destroy": ["--force"], "diff": ["--method=template", "--fail"]}

    def run(command, app, *more, status=0):
        where = ["--app", str(app), "--output", str(tmp_path / "out")] if app else []
        return _run(
            [
                PROGRAM,
                command,
                *where,
                "--no-notices",
                "--no-version-reporting",
                "--ci",
                *options.get(command, ()),
                *more,
            ],
            environment,
            status=status,
        )

    return run


@pytest.fixture(scope="module")
def apps(tmp_path_factory):
    """The folders of the apps that are deployed, by synthesizer and variant."""
    return _synthesised("deployed.mjs", tmp_path_factory.mktemp("apps"))


@pytest.fixture(scope="module")
def constructs(tmp_path_factory):
    return _synthesised("constructs.mjs", tmp_path_factory.mktemp("constructs"))


def _synthesised(name, folder):
    environment = {"PATH": os.environ["PATH"], "JSII_DEPRECATED": "quiet"}
    _run(["node", APPS / name, INSTALLED, folder], environment)
    return folder


def _run(command, environment, status=0):
    done = subprocess.run(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=180,
    )
    assert done.returncode == status, done.stdout
    return done.stdout


def test_a_first_deployment_is_a_change_set_in_a_bootstrapped_account(cloud, cdk, apps):
    aws("iam").create_instance_profile(InstanceProfileName="builder")
    cdk("bootstrap", None, "aws://123456789012/us-east-1")

    said = cdk("deploy", apps / "default-first")

    assert "creating CloudFormation changeset" in said
    assert cloud.status("golden") == "CREATE_COMPLETE"
    # moto knows no previous value of a parameter that has its default.
    said = cdk("deploy", apps / "default-second", "--method=direct", "--no-previous-parameters")
    assert f"golden.PipelineArn = {OWN}image-pipeline/golden" in said
    assert "image-recipe/golden/1.1.0" in cloud.resources()


def test_a_stack_is_updated_compared_and_destroyed(cloud, cdk, apps):
    aws("iam").create_instance_profile(InstanceProfileName="builder")
    first = [
        "component/hardening/1.0.0/1",
        "image-pipeline/golden",
        "image-recipe/golden/1.0.0",
        "infrastructure-configuration/golden",
    ]
    second = [arn.replace("1.0.0", "1.1.0") for arn in first]

    cdk("deploy", apps / "legacy-first", "--method=direct")
    assert cloud.resources() == first

    said = cdk("diff", apps / "legacy-second", status=1)
    assert "[~] AWS::ImageBuilder::ImageRecipe Recipe Recipe2A957DA4 replace" in said
    assert "Number of stacks with differences: 1" in said

    cdk("deploy", apps / "legacy-second", "--method=direct")
    assert cloud.resources() == second

    said = cdk("deploy", apps / "legacy-refused", "--method=direct", status=1)
    assert "UPDATE_FAILED" in said
    assert "The value supplied for parameter 'parentImage' is not valid." in said
    assert cloud.status("golden") == "UPDATE_ROLLBACK_COMPLETE"
    assert cloud.resources() == second
    assert "There were no differences" in cdk("diff", apps / "legacy-second")

    said = cdk("destroy", apps / "legacy-second")
    assert "golden: destroyed" in said
    assert cloud.resources() == []


def test_the_constructs_of_every_kind_are_deployed_and_updated(cloud, cdk, constructs):
    def made(version):
        return [
            f"component/greeting/{version}/1",
            f"container-recipe/container/{version}",
            "distribution-configuration/everywhere",
            "image-pipeline/containers",
            "image-pipeline/machines",
            f"image-recipe/machine/{version}",
            f"image/container/{version}/1",
            f"image/machine/{version}/1",
            "infrastructure-configuration/builders",
            "lifecycle-policy/containers",
            "lifecycle-policy/machines",
            f"workflow/test/tests/{version}/1",
        ]

    cdk("deploy", constructs / "first", "--method=direct")
    assert cloud.resources() == made("1.0.0")

    cdk("deploy", constructs / "second", "--method=direct")
    assert cloud.resources() == made("1.1.0")
    tags = cloud.mock.client().list_tags_for_resource(resourceArn=f"{OWN}image-pipeline/machines")
    assert tags["tags"]["words"] == "second"
