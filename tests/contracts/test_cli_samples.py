"""The AWS CLI's own examples: their parameters are taken, and what they print is answered."""

from __future__ import annotations

from typing import Any

import pytest

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.domain.arn import Arn
from tests.builders import DOCUMENT, a_sharing_policy
from tests.contracts.cli_samples import NoSampleError, Sample, missing, sample, sample_names
from tests.contracts.installed import only_with_the_pinned_botocore
from tests.model import service_model

NAMES = sample_names()

pytestmark = [
    only_with_the_pinned_botocore,
    pytest.mark.skipif(not NAMES, reason="the AWS CLI is not installed: make .venv/cli/.stamp"),
]

REGION = "us-west-2"
TAGS = {"KeyName": "KeyValue"}
POWERSHELL = DOCUMENT.replace("ExecuteBash", "ExecutePowerShell")
PARENT = f"arn:aws:imagebuilder:{REGION}:aws:image/windows-server-2016-english-full-base-x86/x.x.x"
ROLE = "arn:aws:iam::123456789012:role/builder"

# Examples whose JSON cannot be read.
BROKEN = {"tag-resource": "a quotation mark is missing in its file"}


def _nothing_is_read_from_s3(params: dict[str, Any]) -> None:
    params["data"] = "dir" if "format" in params else POWERSHELL
    del params["uri"]


def _cron_has_six_fields(params: dict[str, Any]) -> None:
    # Five were taken until 2021.
    params["schedule"]["scheduleExpression"] = "cron(0 0 ? * SUN *)"


def _a_placeholder_of_the_text(params: dict[str, Any]) -> None:
    params["parentImage"] = PARENT


def _a_recipe_has_no_build(params: dict[str, Any]) -> None:
    params["imageRecipeArn"] = params["imageRecipeArn"].removesuffix("/1")


# What a later release, or a slip in the example, makes other than it is printed.
ADAPTED = {
    "create-component": _nothing_is_read_from_s3,
    "create-image-pipeline": _cron_has_six_fields,
    "create-image-recipe": _a_placeholder_of_the_text,
    "get-image-recipe-policy": _a_recipe_has_no_build,
    "import-component": _nothing_is_read_from_s3,
    "update-image-pipeline": _cron_has_six_fields,
}


class Story:
    """What an example takes to be there, made by the names that its parameters have."""

    def __init__(self, mock: Any, region: str) -> None:
        self.mock = mock
        self.client: Any = mock.client(region=region)
        self.region = region

    def make(self, arn: str) -> None:
        """The resource, and what it needs; nothing if it is there."""
        parsed = Arn.parse(arn)
        if parsed.account == "aws" or arn in self._there():
            return
        version = parsed.version or "1.0.0"
        getattr(self, f"_{parsed.kind.replace('-', '_')}")(parsed.slug, version)

    def _there(self) -> set[str]:
        found = {resource.arn for resource in self.mock.resources(region=self.region)}
        return found | {arn.rpartition("/")[0] for arn in found}

    def _arn(self, kind: str, slug: str) -> str:
        return f"arn:aws:imagebuilder:{self.region}:123456789012:{kind}/{slug}"

    def _component(self, slug: str, version: str) -> None:
        self.client.create_component(
            name=slug,
            semanticVersion=version,
            description="An example",
            changeDescription="First",
            platform="Windows",
            data=POWERSHELL,
            tags=TAGS,
        )

    def _image_recipe(self, slug: str, version: str) -> None:
        component = f"{self._arn('component', 'greet')}/1.0.0"
        self.make(component)
        self.client.create_image_recipe(
            name=slug,
            semanticVersion=version,
            description="An example",
            parentImage=PARENT.replace(REGION, self.region),
            components=[{"componentArn": component}],
            tags=TAGS,
        )

    def _infrastructure_configuration(self, slug: str, _: str) -> None:
        self.client.create_infrastructure_configuration(
            name=slug,
            description="An example",
            instanceTypes=["m5.large"],
            instanceProfileName="builder",
            securityGroupIds=["sg-a1b2c3d4"],
            subnetId="subnet-a1b2c3d4",
            logging={"s3Logs": {"s3BucketName": "bucket", "s3KeyPrefix": "path"}},
            keyPair="key",
            snsTopicArn=f"arn:aws:sns:{self.region}:123456789012:topic",
            tags=TAGS,
        )

    def _distribution_configuration(self, slug: str, _: str) -> None:
        ami = {
            "name": "An example {{imagebuilder:buildDate}}",
            "description": "An example",
            "amiTags": TAGS,
            "launchPermission": {"userIds": ["123456789012"]},
        }
        self.client.create_distribution_configuration(
            name=slug,
            description="An example",
            distributions=[
                {"region": region, "amiDistributionConfiguration": ami}
                for region in (self.region, "eu-west-1")
            ],
            tags=TAGS,
        )

    def _image_pipeline(self, slug: str, _: str) -> None:
        of = {
            "imageRecipeArn": f"{self._arn('image-recipe', 'mybasicrecipe')}/2019.12.03",
            "infrastructureConfigurationArn": self._arn("infrastructure-configuration", "small"),
            "distributionConfigurationArn": self._arn("distribution-configuration", "everywhere"),
        }
        for arn in of.values():
            self.make(arn)
        pipeline = self.client.create_image_pipeline(
            name=slug,
            description="An example",
            schedule={"scheduleExpression": "cron(0 0 ? * SUN *)"},
            tags=TAGS,
            **of,
        )["imagePipelineArn"]
        self.client.start_image_pipeline_execution(imagePipelineArn=pipeline)

    def _image(self, slug: str, version: str) -> None:
        """One that is being built, one that failed, and one that is there."""
        recipe = f"{self._arn('image-recipe', slug)}/{version}"
        infrastructure = self._arn("infrastructure-configuration", "small")
        self.make(recipe)
        self.make(infrastructure)
        builds = [
            self.client.create_image(
                imageRecipeArn=recipe, infrastructureConfigurationArn=infrastructure
            )["imageBuildVersionArn"]
            for _ in range(3)
        ]
        self.mock.builds.complete(builds[1])
        self.mock.builds.advance(builds[2])
        self.mock.builds.advance(builds[2])
        self.mock.builds.fail(builds[2])

    def prepare(self, name: str, example: Sample) -> None:
        """What the parameters name, and one of each kind for the lists."""
        for arn in _arns(example.params):
            self.make(arn)
        if name.startswith("list-"):
            self._component("component", "1.0.0")
            self._image("image", "1.0.0")
            self._image_pipeline("pipeline", "")
        elif name == "create-image-recipe":
            self.make(f"{self._arn('component', 'greet')}/1.0.0")
        elif name in {"delete-image", "delete-image-recipe"}:
            self.mock.builds.finish_all()
        elif name.endswith("-policy") and name.startswith("get-"):
            self._share(name, example)

    def _share(self, name: str, example: Sample) -> None:
        [(parameter, arn)] = example.params.items()
        put = getattr(self.client, name.replace("get-", "put-").replace("-", "_"))
        put(**{parameter: arn, "policy": a_sharing_policy(arn, "210987654321")})


def _arns(value: Any) -> list[str]:
    """Those of Image Builder in the parameters."""
    if isinstance(value, dict):
        return [arn for item in value.values() for arn in _arns(item)]
    if isinstance(value, list):
        return [arn for item in value for arn in _arns(item)]
    is_one = isinstance(value, str) and value.startswith("arn:aws:imagebuilder:")
    return [value] if is_one else []


@pytest.mark.parametrize("name", NAMES)
def test_what_an_example_prints_is_in_the_answer(name):
    try:
        example = sample(name)
    except NoSampleError:
        pytest.skip(BROKEN[name])
    if name in ADAPTED:
        ADAPTED[name](example.params)
    arns = _arns(example.params)
    operation = service_model().operation_model(example.operation)
    method = name.replace("-", "_")

    with mock_imagebuilder(builds="held") as mock:
        story = Story(mock, Arn.parse(arns[0]).region if arns else REGION)
        story.prepare(name, example)
        answer = getattr(story.client, method)(**example.params)

    assert missing(operation.output_shape, example.output, answer) == []


def test_what_is_said_of_examples_is_about_examples_that_there_are():
    assert {*BROKEN, *ADAPTED} <= set(NAMES)
    for name in BROKEN:
        with pytest.raises(NoSampleError):
            sample(name)


def test_a_member_that_is_missing_is_told():
    shape = service_model().operation_model("ListImages").output_shape
    printed = {"imageVersionList": [{"name": "web", "unheardOf": 1}], "unheardOf": 1}

    assert missing(shape, printed, {}) == ["imageVersionList"]
    assert missing(shape, printed, {"imageVersionList": []}) == ["imageVersionList[]"]
    assert missing(shape, printed, {"imageVersionList": [{"arn": "x"}]}) == [
        "imageVersionList[].name"
    ]
    assert missing(shape, printed, {"imageVersionList": [{"arn": "x"}, {"name": "y"}]}) == []
