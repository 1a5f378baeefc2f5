"""What a test process waits for before its first build: from the mock's name to the finished image.

Each figure is of fresh processes, as a ratio of what boto3 and the client cost in the same one.
PyYAML is imported before, because that cost is its own.
"""

from __future__ import annotations

import subprocess
import sys
from statistics import median

from .timing import Table, within

RUNS = 7
TARGET = 0.25

_PROGRAM = '''
import time
laps = [time.perf_counter()]
def lap():
    laps.append(time.perf_counter())
import boto3
client = boto3.client(
    "imagebuilder", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
)
lap()
import yaml
lap()
from imagebuilder_mock import mock_imagebuilder
lap()
mock = mock_imagebuilder()
mock.start()
lap()
client.list_components()
lap()
component = client.create_component(
    name="web", semanticVersion="1.0.0", platform="Linux", data="""
name: web
schemaVersion: 1.0
phases:
  - name: build
    steps:
      - name: install
        action: ExecuteBash
        inputs:
          commands: [dnf install --assumeyes nginx]
"""
)["componentBuildVersionArn"]
lap()
recipe = client.create_image_recipe(
    name="web", semanticVersion="1.0.0", components=[{"componentArn": component}],
    parentImage="arn:aws:imagebuilder:us-east-1:aws:image/amazon-linux-2023-x86/x.x.x",
)["imageRecipeArn"]
lap()
infrastructure = client.create_infrastructure_configuration(
    name="web", instanceProfileName="builder"
)["infrastructureConfigurationArn"]
lap()
image = client.create_image(
    imageRecipeArn=recipe, infrastructureConfigurationArn=infrastructure
)["imageBuildVersionArn"]
lap()
while client.get_image(imageBuildVersionArn=image)["image"]["state"]["status"] != "AVAILABLE":
    pass
lap()
print(*(after - before for before, after in zip(laps, laps[1:])))
'''
_STEPS = (
    "from imagebuilder_mock import mock_imagebuilder",
    "switching on",
    "the first list",
    "CreateComponent",
    "CreateImageRecipe",
    "CreateInfrastructureConfiguration",
    "CreateImage",
)


def _laps() -> tuple[float, list[float]]:
    """What boto3 and the client take, in milliseconds, and what each step takes of that."""
    command = [sys.executable, "-c", _PROGRAM]
    printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout  # noqa: S603 - our own program
    boto, _, *steps = map(float, printed.split())
    return boto * 1e3, [step / boto for step in steps]


def run() -> None:
    """Print what is waited for, step by step, and together."""
    _laps()
    runs = [_laps() for _ in range(RUNS)]
    boto = median(boto for boto, _ in runs)
    *steps, building = (median(times) for times in zip(*(steps for _, steps in runs), strict=True))
    table = Table("The first build of a process", "what", f"of boto3 and a client ({boto:.0f} ms)")
    for name, ratio in zip(_STEPS, steps, strict=True):
        table.row(name, f"{ratio:.3f}")
    table.row("together", within(median(sum(steps[:-1]) for _, steps in runs), TARGET))
    table.row("until the build is AVAILABLE", f"{building:.3f}")
    table.show()
