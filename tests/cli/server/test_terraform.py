"""Terraform and its AWS provider, which nobody here wrote, against the server with moto.

It takes minutes, so it runs where ``HYPOTHESIS_PROFILE`` is ``full``, as ``make test-full`` has it.
The provider is not downloaded: it is looked for in ``IMAGEBUILDER_MOCK_TERRAFORM_PLUGINS``, a
folder in which Terraform finds ``registry.terraform.io/hashicorp/aws``, and where Terraform itself
looks.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import boto3
import pytest

from imagebuilder_mock import current_mock, imagebuilder_server

PROGRAM = Path(__file__).parent / "terraform" / "main.tf"
PAGE = Path(__file__).parents[3] / "docs" / "terraform.md"
VARIABLE = "IMAGEBUILDER_MOCK_TERRAFORM_PLUGINS"
PROVIDER = Path("registry.terraform.io", "hashicorp", "aws")
NO_CHANGES, CHANGES = 0, 2


def plugins():
    """The folder that has the provider, or None."""
    places = [
        *(os.environ.get(name) for name in (VARIABLE, "TF_PLUGIN_CACHE_DIR")),
        Path.home() / ".terraform.d" / "plugins",
        "/usr/share/terraform/plugins",
        "/usr/local/share/terraform/plugins",
    ]
    return next((Path(each) for each in places if each and (Path(each) / PROVIDER).is_dir()), None)


pytestmark = [
    pytest.mark.needs("werkzeug", "moto", "flask", "flask_cors"),
    pytest.mark.skipif(
        os.environ.get("HYPOTHESIS_PROFILE") != "full",
        reason="Terraform takes minutes: make test-full runs it",
    ),
    pytest.mark.skipif(shutil.which("terraform") is None, reason="there is no Terraform here"),
    pytest.mark.skipif(
        plugins() is None,
        reason=f"Terraform's AWS provider is not here: {VARIABLE} can name the folder that has it",
    ),
]


@pytest.fixture
def url(monkeypatch):
    monkeypatch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
    with imagebuilder_server(moto=True, builds="instant") as url:
        yield url


@pytest.fixture
def terraform(url, tmp_path):
    """``terraform …`` in a folder of its own; it has nothing but the server's address."""
    return a_terraform(
        tmp_path,
        AWS_ENDPOINT_URL=url,
        AWS_ACCESS_KEY_ID="example",
        AWS_SECRET_ACCESS_KEY="example",
    )


def a_terraform(folder, **variables):
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "AWS_EC2_METADATA_DISABLED": "true",
        "CHECKPOINT_DISABLE": "1",
        "TF_IN_AUTOMATION": "1",
        **variables,
    }

    def run(command, *arguments, status=0):
        done = subprocess.run(
            ["terraform", command, *arguments],  # noqa: S607 - which one is the machine's business
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    return run


def an_example(language):
    blocks = rf"^```{language}\n(.*?)^```$"
    return re.findall(blocks, PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)[0]


def apply(terraform, *arguments):
    done = terraform("apply", "-auto-approve", "-input=false", "-parallelism=20", *arguments)
    found = re.search(r"(\d+) added, (\d+) changed, (\d+) destroyed", done)
    assert found is not None, done
    return tuple(map(int, found.groups()))


def plan(terraform, *arguments, status=NO_CHANGES):
    return terraform("plan", "-input=false", "-detailed-exitcode", *arguments, status=status)


def ours(terraform):
    """The addresses of Image Builder's resources, and their ARNs."""
    state = json.loads(terraform("show", "-json"))
    return {
        each["address"]: each["values"]["arn"]
        for each in state["values"]["root_module"]["resources"]
        if each["type"].startswith("aws_imagebuilder_") and each["mode"] == "managed"
    }


def test_all_resources_and_data_sources_live_through_a_project(terraform, url, tmp_path):
    shutil.copy(PROGRAM, tmp_path)
    terraform("init", "-input=false", f"-plugin-dir={plugins()}")

    added, *_ = apply(terraform)
    made = ours(terraform)
    outputs = json.loads(terraform("output", "-json"))
    assert added > len(made)
    assert {each.arn for each in current_mock().resources()} == set(made.values())
    assert set(map(tuple, outputs["names"]["value"].values())) == {("inline",), ("web",)}
    ec2 = an_aws(url)("ec2")
    assert ec2.describe_images(ImageIds=[outputs["ami"]["value"]])["Images"]
    assert ec2.describe_images(ImageIds=[outputs["managed_ami"]["value"]])["Images"]
    # Not even in the launch template that the build gave a version.
    plan(terraform)

    second = ("-var", "round=second")
    plan(terraform, *second, status=CHANGES)
    assert apply(terraform, *second) == (0, len(made) - 1, 0)  # a component has no tags
    plan(terraform, *second)

    # Where a document was, no answer tells: to import it would be to replace it.
    lost = {address: arn for address, arn in made.items() if "from_bucket" not in address}
    terraform("state", "rm", *lost)
    imports = "".join(
        f'import {{\n  to = {address}\n  id = "{arn}"\n}}\n' for address, arn in lost.items()
    )
    (tmp_path / "imports.tf").write_text(imports, encoding="utf-8")
    assert apply(terraform, *second)[0] == 0
    assert ours(terraform) == made
    plan(terraform, *second)

    current_mock().client().delete_image_pipeline(
        imagePipelineArn=made["aws_imagebuilder_image_pipeline.web"]
    )
    plan(terraform, *second, status=CHANGES)
    assert apply(terraform, *second) == (1, 0, 0)
    plan(terraform, *second)

    terraform("destroy", "-auto-approve", "-input=false", *second)
    assert current_mock().resources() == []
    assert an_aws(url)("iam").list_roles()["Roles"] == []


def test_the_example_of_the_documentation_runs(terraform, tmp_path):
    (tmp_path / "main.tf").write_text(an_example("hcl"), encoding="utf-8")
    terraform("init", "-input=false", f"-plugin-dir={plugins()}")

    apply(terraform)

    plan(terraform)
    terraform("destroy", "-auto-approve", "-input=false")
    assert current_mock().resources() == []


def test_the_providers_block_of_the_documentation_sends_one_service_here(url, tmp_path):
    """Nothing else tells where it is."""
    terraform = a_terraform(tmp_path)
    provider = an_example("terraform").replace("http://127.0.0.1:5055", url)
    resource = (
        'resource "aws_imagebuilder_infrastructure_configuration" "web" {\n'
        '  name                  = "web"\n'
        '  instance_profile_name = "any"\n'
        "}\n"
    )
    (tmp_path / "main.tf").write_text(provider + resource, encoding="utf-8")
    terraform("init", "-input=false", f"-plugin-dir={plugins()}")

    assert apply(terraform) == (1, 0, 0)
    assert len(current_mock().resources()) == 1


def an_aws(url):
    def client(service):
        return boto3.client(
            service,
            "us-east-1",
            endpoint_url=url,
            aws_access_key_id="example",
            aws_secret_access_key="example",
        )

    return client
