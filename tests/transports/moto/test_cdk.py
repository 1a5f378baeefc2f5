"""The template of a CDK app in moto's stacks: its pipeline runs, and its build is approved."""

from __future__ import annotations

import json
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from imagebuilder_mock import mock_imagebuilder
from tests.beside_moto import aws
from tests.builders import OWN
from tests.examples.beside_moto import program
from tests.model import needs_member

ROOT = Path(__file__).parents[3]
INSTALLED = ROOT / ".venv" / "cdk"
APP = Path(__file__).parent / "cdk" / "app.mjs"

pytestmark = [
    pytest.mark.needs("moto", "openapi_spec_validator"),
    needs_member("CreateImagePipeline", "workflows"),
    pytest.mark.skipif(shutil.which("node") is None, reason="there is no Node.js here"),
    pytest.mark.skipif(
        not (INSTALLED / "node_modules" / "aws-cdk-lib").is_dir(),
        reason="no AWS CDK in .venv/cdk: make test puts it there, where there is npm",
    ),
]


@pytest.fixture(scope="module")
def template(pytestconfig):
    """What the CDK makes of the app; kept until either has changed, as it takes five seconds."""
    library = INSTALLED / "node_modules" / "aws-cdk-lib" / "package.json"
    key = sha256(APP.read_bytes() + library.read_bytes()).hexdigest()
    kept = pytestconfig.cache.get(f"cdk/{key}", None)
    if kept is None:
        kept = _synthesized()
        pytestconfig.cache.set(f"cdk/{key}", kept)
    assert "AWS::ImageBuilder::ImagePipeline" in kept
    return kept


def _synthesized():
    done = subprocess.run(
        ["node", APP, INSTALLED],  # noqa: S607 - which node is the machine's business
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_pipeline_is_deployed_started_and_approved(template, moto, monkeypatch):
    if moto.__version__.startswith("5.0."):
        pytest.skip("moto 5.0 refuses the policy of the role that the CDK makes")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    with mock_imagebuilder(builds="instant") as mock:
        stacks = aws("cloudformation")
        stacks.create_stack(StackName="golden", TemplateBody=template)
        [stack] = stacks.describe_stacks(StackName="golden")["Stacks"]
        events = stacks.describe_stack_events(StackName="golden")["StackEvents"]
        assert stack["StackStatus"] == "CREATE_COMPLETE", events
        # The template has no tag for a branch: the approval looks at the recipe's.
        client = mock.client()
        client.tag_resource(
            resourceArn=f"{OWN}image-recipe/golden/1.0.0", tags={"branch": "release/1"}
        )

        build = client.start_image_pipeline_execution(
            imagePipelineArn=f"{OWN}image-pipeline/golden", clientToken="once"
        )["imageBuildVersionArn"]
        assert mock.builds.waiting == [build]
        event = {"resources": [build, f"{OWN}workflow/test/approval/1.0.0/1"]}
        answers = program("approval_handler").handler(event, None)

        assert answers == {"Approve": "RESUME"}
        image = client.get_image(imageBuildVersionArn=build)["image"]
        assert image["state"]["status"] == "AVAILABLE"


def test_the_template_is_the_one_of_the_app(template):
    types = {each["Type"] for each in json.loads(template)["Resources"].values()}

    ours = {each.rpartition(":")[2] for each in types if each.startswith("AWS::ImageBuilder::")}
    assert ours == {
        "Component",
        "DistributionConfiguration",
        "ImagePipeline",
        "ImageRecipe",
        "InfrastructureConfiguration",
        "Workflow",
    }
