"""Answers, against the model: every built operation, in a story that passes through boto3.

Who builds an operation adds it to a chapter; who returns a member that the model does not have is
told so.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest
from botocore.model import ListShape, MapShape, StructureShape

from imagebuilder_mock import mock_imagebuilder
from imagebuilder_mock.operations import HANDLERS
from imagebuilder_mock.protocol.http import Answer
from tests.builders import DOCUMENT, MANAGED_COMPONENT, MANAGED_PARENT, a_sharing_policy
from tests.contracts.installed import IS_PINNED
from tests.model import service_model

BUILT = sorted(set(HANDLERS) & set(service_model().operation_names))
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
# A component's document says `type: string`, and so does the guide of the answer; the model's
# pattern has `String`.
NOT_AS_MODELLED = {"ComponentParameterType"}
TAGS = {"team": "web"}
ROLE = "arn:aws:iam::123456789012:role/builder"
LOGS = {"imageLogGroupName": "/aws/imagebuilder/images"}


class Client:
    """A client that leaves out what the installed model does not have."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._methods = {name: method for method, name in client.meta.method_to_api_mapping.items()}

    def __getattr__(self, operation: str) -> Any:
        return partial(self._call, operation)

    def _call(self, operation: str, **params: Any) -> Any:
        if operation not in self._methods:
            return defaultdict(dict)
        shape: Any = service_model().operation_model(operation).input_shape
        known = {name: value for name, value in params.items() if name in shape.members}
        return getattr(self._client, self._methods[operation])(**known)


def components(client: Client) -> None:
    document = DOCUMENT.replace(
        "schemaVersion",
        "parameters:\n  - who:\n      type: string\n      default: you\n"
        "      description: whom to greet\nschemaVersion",
    )
    arn = client.CreateComponent(
        name="web",
        semanticVersion="1.0.0",
        description="greets",
        changeDescription="first",
        platform="Linux",
        supportedOsVersions=["Amazon Linux 2023"],
        data=document,
        tags=TAGS,
    )["componentBuildVersionArn"]
    script = client.ImportComponent(
        name="script",
        semanticVersion="1.0.0",
        type="BUILD",
        format="SHELL",
        platform="Linux",
        data="echo hello",
        tags=TAGS,
    )["componentBuildVersionArn"]
    client.GetComponent(componentBuildVersionArn=arn)
    client.GetComponent(componentBuildVersionArn=MANAGED_COMPONENT)
    client.ListComponents()
    client.ListComponents(byName=True, maxResults=1)
    client.ListComponents(owner="Amazon")
    client.ListComponentBuildVersions(componentVersionArn=arn.rpartition("/")[0])
    policies(client, "Component", "componentArn", arn)
    client.TagResource(resourceArn=arn, tags={"stage": "test"})
    client.ListTagsForResource(resourceArn=arn)
    client.UntagResource(resourceArn=arn, tagKeys=["stage"])
    client.DeleteComponent(componentBuildVersionArn=script)


def marketplace(client: Client) -> None:
    product = "datadog-agent-for-linux-prod-wwo2b4p7dgrkk"
    arn = f"arn:aws:imagebuilder:us-east-1:aws-marketplace:component/{product}/x.x.x"
    if not client.GetMarketplaceResource(resourceType="COMPONENT_DATA", resourceArn=arn):
        return  # nor has this botocore the owner, or the form of the ARN
    client.ListComponents(owner="AWSMarketplace")
    client.GetMarketplaceResource(
        resourceType="COMPONENT_ARTIFACT",
        resourceArn=arn,
        resourceLocation="s3://sample-datadog-agent-for-linux/agent/install.sh",
    )
    client.GetComponent(componentBuildVersionArn=arn)


def policies(client: Client, kind: str, member: str, arn: str) -> None:
    getattr(client, f"Get{kind}Policy")(**{member: arn})
    getattr(client, f"Put{kind}Policy")(
        **{member: arn, "policy": a_sharing_policy(arn, "210987654321")}
    )
    getattr(client, f"Get{kind}Policy")(**{member: arn})


def recipes(client: Client) -> None:
    arn = an_image_recipe(client)
    client.GetImageRecipe(imageRecipeArn=arn)
    client.ListImageRecipes()
    policies(client, "ImageRecipe", "imageRecipeArn", arn)
    client.DeleteImageRecipe(imageRecipeArn=an_image_recipe(client, "2.0.0"))
    arn = a_container_recipe(client)
    client.GetContainerRecipe(containerRecipeArn=arn)
    client.ListContainerRecipes()
    policies(client, "ContainerRecipe", "containerRecipeArn", arn)
    client.DeleteContainerRecipe(containerRecipeArn=a_container_recipe(client, "2.0.0"))


def an_image_recipe(client: Client, version: str = "1.0.0") -> Any:
    return client.CreateImageRecipe(
        name="web",
        semanticVersion=version,
        description="serves",
        parentImage=MANAGED_PARENT,
        components=[{"componentArn": MANAGED_COMPONENT}],
        blockDeviceMappings=[
            {
                "deviceName": "/dev/xvda",
                "ebs": {"volumeSize": 8, "volumeType": "gp3", "deleteOnTermination": True},
            }
        ],
        workingDirectory="/tmp",  # noqa: S108 - on the instance that builds
        additionalInstanceConfiguration={"systemsManagerAgent": {"uninstallAfterBuild": True}},
        tags=TAGS,
    )["imageRecipeArn"]


def a_container_recipe(client: Client, version: str = "1.0.0") -> Any:
    return client.CreateContainerRecipe(
        name="web",
        semanticVersion=version,
        description="serves",
        containerType="DOCKER",
        parentImage="amazonlinux:latest",
        platformOverride="Linux",
        components=[{"componentArn": MANAGED_COMPONENT}],
        dockerfileTemplateData=(
            "FROM {{{ imagebuilder:parentImage }}}\n"
            "{{{ imagebuilder:environments }}}\n{{{ imagebuilder:components }}}\n"
        ),
        targetRepository={"service": "ECR", "repositoryName": "web"},
        instanceConfiguration={"image": "ami-01234567890abcdef"},
        workingDirectory="/tmp",  # noqa: S108 - in the container
        tags=TAGS,
    )["containerRecipeArn"]


def configurations(client: Client) -> None:
    arn = an_infrastructure(client)
    client.GetInfrastructureConfiguration(infrastructureConfigurationArn=arn)
    client.ListInfrastructureConfigurations()
    client.UpdateInfrastructureConfiguration(
        infrastructureConfigurationArn=arn, instanceProfileName="other"
    )
    client.GetInfrastructureConfiguration(infrastructureConfigurationArn=arn)
    client.DeleteInfrastructureConfiguration(infrastructureConfigurationArn=arn)
    arn = a_distribution(client)
    client.GetDistributionConfiguration(distributionConfigurationArn=arn)
    client.ListDistributionConfigurations()
    client.UpdateDistributionConfiguration(
        distributionConfigurationArn=arn,
        distributions=[{"region": "us-east-1", "amiDistributionConfiguration": {}}],
    )
    client.GetDistributionConfiguration(distributionConfigurationArn=arn)
    client.DeleteDistributionConfiguration(distributionConfigurationArn=arn)


def an_infrastructure(client: Client) -> Any:
    return client.CreateInfrastructureConfiguration(
        name="web",
        description="builds",
        instanceTypes=["t3.micro"],
        instanceProfileName="builder",
        securityGroupIds=["sg-0123456789abcdef0"],
        subnetId="subnet-0123456789abcdef0",
        logging={"s3Logs": {"s3BucketName": "logs", "s3KeyPrefix": "web"}},
        keyPair="key",
        terminateInstanceOnFailure=False,
        snsTopicArn="arn:aws:sns:us-east-1:123456789012:topic",
        resourceTags=TAGS,
        instanceMetadataOptions={"httpTokens": "required", "httpPutResponseHopLimit": 2},
        tags=TAGS,
    )["infrastructureConfigurationArn"]


def a_distribution(client: Client) -> Any:
    return client.CreateDistributionConfiguration(
        name="web",
        description="delivers",
        distributions=[
            {
                "region": region,
                "amiDistributionConfiguration": {
                    "name": "web {{ imagebuilder:buildDate }}",
                    "description": "an AMI",
                    "amiTags": TAGS,
                    "launchPermission": {"userIds": ["210987654321"]},
                },
            }
            for region in ("us-east-1", "eu-west-1")
        ],
        tags=TAGS,
    )["distributionConfigurationArn"]


def images(client: Client) -> None:
    infrastructure = an_infrastructure(client)
    distribution = a_distribution(client)
    built = {
        "infrastructureConfigurationArn": infrastructure,
        "imageTestsConfiguration": {"imageTestsEnabled": True, "timeoutMinutes": 60},
        "enhancedImageMetadataEnabled": True,
        "tags": TAGS,
    }
    recipe = an_image_recipe(client)
    arn = client.CreateImage(
        imageRecipeArn=recipe, distributionConfigurationArn=distribution, **built
    )["imageBuildVersionArn"]
    watch(client, arn)
    client.ListImages()
    client.ListImages(owner="Amazon", byName=True)
    client.ListImageBuildVersions(imageVersionArn=arn.rpartition("/")[0])
    policies(client, "Image", "imageArn", arn)
    ended = client.CreateImage(imageRecipeArn=recipe, **built)["imageBuildVersionArn"]
    client.CancelImageCreation(imageBuildVersionArn=ended)
    client.GetImage(imageBuildVersionArn=ended)
    client.RetryImage(imageBuildVersionArn=ended)
    container = client.CreateImage(containerRecipeArn=a_container_recipe(client), **built)
    watch(client, container["imageBuildVersionArn"])
    machine = client.ImportVmImage(
        name="machine",
        semanticVersion="1.0.0",
        platform="Linux",
        vmImportTaskId="import-ami-0123456789abcdef0",
        tags=TAGS,
    )["imageArn"]
    client.ImportDiskImage(
        name="disk",
        semanticVersion="1.0.0",
        platform="Windows",
        osVersion="Microsoft Windows 11",
        infrastructureConfigurationArn=infrastructure,
        uri="s3://bucket/windows.iso",
        tags=TAGS,
    )
    client.DistributeImage(
        sourceImage=arn,
        distributionConfigurationArn=distribution,
        executionRole=ROLE,
        loggingConfiguration={"logGroupName": "/aws/imagebuilder/images"},
        tags=TAGS,
    )
    for image in client.ListImages()["imageVersionList"]:
        for build in client.ListImageBuildVersions(imageVersionArn=image["arn"])[
            "imageSummaryList"
        ]:
            watch(client, build["arn"])
    client.DeleteImage(imageBuildVersionArn=machine)


def scans(client: Client) -> None:
    settings = {
        "imageRecipeArn": an_image_recipe(client),
        "infrastructureConfigurationArn": an_infrastructure(client),
        "imageScanningConfiguration": {"imageScanningEnabled": True},
    }
    pipeline = client.CreateImagePipeline(name="scanned", **settings)["imagePipelineArn"]
    image = client.StartImagePipelineExecution(imagePipelineArn=pipeline)["imageBuildVersionArn"]
    watch(client, image)
    client.ListImagePackages(imageBuildVersionArn=image)
    client.ListImagePackages(imageBuildVersionArn=image, maxResults=1)
    client.ListImageScanFindings()
    client.ListImageScanFindings(maxResults=1)
    client.ListImageScanFindingAggregations()
    [found] = client.ListImageScanFindings(maxResults=1)["findings"] or [{}]
    for name, value in {
        "imageBuildVersionArn": image,
        "imagePipelineArn": pipeline,
        "vulnerabilityId": found.get("packageVulnerabilityDetails", {}).get("vulnerabilityId", ""),
    }.items():
        client.ListImageScanFindingAggregations(filter={"name": name, "values": [value]})


def watch(client: Client, arn: str) -> None:
    """Look at a build in each of its states."""
    ended = {"AVAILABLE", "FAILED", "CANCELLED"}
    while client.GetImage(imageBuildVersionArn=arn)["image"]["state"]["status"] not in ended:
        client.ListImages()


def pipelines(client: Client) -> None:
    settings = {
        "description": "every night",
        "infrastructureConfigurationArn": an_infrastructure(client),
        "distributionConfigurationArn": a_distribution(client),
        "imageTestsConfiguration": {"imageTestsEnabled": True, "timeoutMinutes": 60},
        "enhancedImageMetadataEnabled": True,
        "schedule": {
            "scheduleExpression": "cron(0 0 * * ? *)",
            "timezone": "Etc/UTC",
            "pipelineExecutionStartCondition": "EXPRESSION_MATCH_ONLY",
        },
        "status": "ENABLED",
    }
    recipe = {"imageRecipeArn": an_image_recipe(client)}
    arn = client.CreateImagePipeline(name="nightly", tags=TAGS, **recipe, **settings)[
        "imagePipelineArn"
    ]
    image = client.StartImagePipelineExecution(imagePipelineArn=arn)["imageBuildVersionArn"]
    client.ListImagePipelineImages(imagePipelineArn=arn)
    watch(client, image)
    client.GetImagePipeline(imagePipelineArn=arn)
    client.ListImagePipelineImages(imagePipelineArn=arn)
    client.ListImagePipelines()
    client.UpdateImagePipeline(imagePipelineArn=arn, **recipe, **settings | {"status": "DISABLED"})
    client.GetImagePipeline(imagePipelineArn=arn)
    client.DeleteImagePipeline(imagePipelineArn=arn)


def lifecycle(client: Client) -> None:
    image = client.CreateImage(
        imageRecipeArn=an_image_recipe(client),
        infrastructureConfigurationArn=an_infrastructure(client),
        distributionConfigurationArn=a_distribution(client),
        tags=TAGS,
    )["imageBuildVersionArn"]
    watch(client, image)
    for status in ("DEPRECATED", "AVAILABLE", "DISABLED", "AVAILABLE"):
        client.StartResourceStateUpdate(
            resourceArn=image, state={"status": status}, **an_inclusion(amis=True)
        )
        watch_executions(client, image)
        client.GetImage(imageBuildVersionArn=image)
    waiting = client.StartResourceStateUpdate(
        resourceArn=image,
        state={"status": "DEPRECATED"},
        updateAt=4_000_000_000,
        **an_inclusion(amis=True),
        exclusionRules={"amis": {"regions": ["eu-west-1"]}},
    )["lifecycleExecutionId"]
    watch_executions(client, image)
    if waiting:
        client.CancelLifecycleExecution(lifecycleExecutionId=waiting)
    watch_executions(client, image)
    policy = a_lifecycle_policy(client)
    client.StartResourceStateUpdate(
        resourceArn=image, state={"status": "DELETED"}, **an_inclusion(amis=True, snapshots=True)
    )
    watch_executions(client, image)
    watch_executions(client, policy)
    client.DeleteLifecyclePolicy(lifecyclePolicyArn=policy)


def an_inclusion(**resources: bool) -> dict[str, Any]:
    return {"executionRole": ROLE, "includeResources": resources}


def watch_executions(client: Client, arn: str) -> None:
    for execution in client.ListLifecycleExecutions(resourceArn=arn)["lifecycleExecutions"]:
        id_ = execution["lifecycleExecutionId"]
        client.GetLifecycleExecution(lifecycleExecutionId=id_)
        client.ListLifecycleExecutionResources(lifecycleExecutionId=id_)
        client.ListLifecycleExecutionResources(lifecycleExecutionId=id_, parentResourceId=arn)


def a_lifecycle_policy(client: Client) -> Any:
    settings = {
        "description": "tidies up",
        "executionRole": ROLE,
        "resourceType": "AMI_IMAGE",
        "policyDetails": [
            {
                "action": {"type": "DELETE", "includeResources": {"amis": True}},
                "filter": {"type": "AGE", "value": 6, "unit": "MONTHS", "retainAtLeast": 3},
                "exclusionRules": {
                    "tagMap": TAGS,
                    "amis": {
                        "regions": ["eu-west-1"],
                        "sharedAccounts": ["210987654321"],
                        "lastLaunched": {"value": 1, "unit": "WEEKS"},
                        "tagMap": TAGS,
                    },
                },
            }
        ],
        "resourceSelection": {"recipes": [{"name": "web", "semanticVersion": "1.0.0"}]},
    }
    arn = client.CreateLifecyclePolicy(name="tidy", tags=TAGS, **settings)["lifecyclePolicyArn"]
    client.UpdateLifecyclePolicy(lifecyclePolicyArn=arn, **settings)
    client.GetLifecyclePolicy(lifecyclePolicyArn=arn)
    client.ListLifecyclePolicies()
    return arn


def workflows(client: Client) -> None:
    document = """\
schemaVersion: 1.0
parameters:
  - name: payload
    type: stringList
    default: ["{}"]
    description: what is sent
steps:
  - name: Launch
    action: LaunchInstance
    description: begins
    inputs:
      waitFor: ssmAgent
  - name: Never
    action: TerminateInstance
    if:
      stringEquals: Windows
      value: $.imagebuilder.platform
    inputs:
      instanceId.$: $.stepOutputs.Launch.instanceId
  - name: Approve
    action: WaitForAction
    onFailure: Continue
    inputs:
      payload.$: $.parameters.payload[0]
  - name: Collect
    action: CollectImageMetadata
    inputs:
      instanceId.$: $.stepOutputs.Launch.instanceId
  - name: Use
    action: TerminateInstance
    inputs:
      instanceId.$: $.workflowOutputs.none
"""
    arn = a_workflow(client, document)
    client.GetWorkflow(workflowBuildVersionArn=arn)
    managed = MANAGED_PARENT.partition("image/")[0] + "workflow/build/build-image/x.x.x"
    client.GetWorkflow(workflowBuildVersionArn=managed)
    client.ListWorkflows()
    client.ListWorkflows(byName=True, maxResults=1)
    client.ListWorkflows(owner="Amazon")
    client.ListWorkflowBuildVersions(workflowVersionArn=arn.rpartition("/")[0])
    stopped, cancelled = waiting_builds(client, managed, arn)
    for step in client.ListWaitingWorkflowSteps(maxResults=2)["steps"]:
        client.SendWorkflowStepAction(
            stepExecutionId=step["stepExecutionId"],
            imageBuildVersionArn=stopped,
            action="STOP",
            reason="no",
        )
    watch(client, stopped)
    client.CancelImageCreation(imageBuildVersionArn=cancelled)
    client.RetryImage(imageBuildVersionArn=stopped)
    for image in (stopped, cancelled):
        look_at_executions(client, image)
    client.DeleteWorkflow(workflowBuildVersionArn=arn)


def waiting_builds(client: Client, builds: str, tests: str) -> list[str]:
    """Two builds whose tests, two of each, wait for an action."""
    given = {
        "imageRecipeArn": an_image_recipe(client),
        "infrastructureConfigurationArn": an_infrastructure(client),
        "executionRole": ROLE,
        "workflows": [
            {"workflowArn": builds},
            {"workflowArn": tests, "parallelGroup": "tests", "onFailure": "CONTINUE"},
            {
                "workflowArn": tests,
                "parallelGroup": "tests",
                "parameters": [{"name": "payload", "value": ["[]"]}],
            },
        ],
    }
    images = [client.CreateImage(**given)["imageBuildVersionArn"] for _ in range(2)]
    while len(client.ListWaitingWorkflowSteps()["steps"]) < 2 * len(images):
        for image in images:
            look_at_executions(client, image)
    return images


def a_workflow(client: Client, document: str) -> Any:
    return client.CreateWorkflow(
        name="web",
        semanticVersion="1.0.0",
        description="asks",
        changeDescription="first",
        type="TEST",
        kmsKeyId="alias/key",
        data=document,
        tags=TAGS,
    )["workflowBuildVersionArn"]


def look_at_executions(client: Client, image: str) -> None:
    listed = client.ListWorkflowExecutions(imageBuildVersionArn=image)["workflowExecutions"]
    for execution in listed:
        run = {"workflowExecutionId": execution["workflowExecutionId"]}
        client.GetWorkflowExecution(**run)
        for step in client.ListWorkflowStepExecutions(**run)["steps"]:
            client.GetWorkflowStepExecution(stepExecutionId=step["stepExecutionId"])


CHAPTERS = [
    components,
    marketplace,
    recipes,
    configurations,
    images,
    pipelines,
    scans,
    lifecycle,
    workflows,
]


@pytest.fixture(scope="module")
def told():
    """What the handlers returned, and what was answered, by operation."""
    returned: dict[str, list[Any]] = defaultdict(list)
    answered: dict[str, list[Any]] = defaultdict(list)
    with pytest.MonkeyPatch.context() as patch:
        for operation, handler in list(HANDLERS.items()):
            patch.setitem(HANDLERS, operation, _listening(handler, returned[operation]))
        for chapter in CHAPTERS:
            with mock_imagebuilder() as mock:
                chapter(Client(mock.client(region="us-east-1")))
            for call in mock.calls:
                assert call.result is not None, (chapter.__name__, call)
                answered[call.operation].append(call.result)
    return returned, answered


def _listening(handler, heard):
    def call(ctx, params):
        result = handler(ctx, params)
        heard.append(result)
        return result

    return call


@pytest.mark.parametrize("operation", BUILT)
def test_an_answer_is_what_the_model_says(told, operation):
    returned, answered = told
    shape = service_model().operation_model(operation).output_shape

    assert answered[operation], f"add {operation} to a chapter"
    for members in answered[operation]:
        on_the_wire = json.loads(Answer(200, members, "request-1").body)
        assert list(_wrong(shape, on_the_wire, operation)) == []
    if IS_PINNED:
        dropped = [path for result in returned[operation] for path in _unknown(shape, result, "")]
        assert dropped == [], "returned, but not in the model"


def _unknown(shape: Any, value: Any, path: str) -> Any:
    """The keys of mappings that no shape has; of objects only what is shown is looked into."""
    if isinstance(shape, StructureShape) and isinstance(value, Mapping):
        yield from (f"{path}.{key}" for key in value if key not in shape.members)
        for name, member in shape.members.items():
            yield from _unknown(member, value.get(name), f"{path}.{name}")
    elif isinstance(shape, ListShape) and value is not None:
        for position, item in enumerate(value):
            yield from _unknown(shape.member, item, f"{path}[{position}]")


def _wrong(shape: Any, value: Any, path: str) -> Any:
    if isinstance(shape, StructureShape):
        if not isinstance(value, dict):
            yield f"{path} is no structure: {value!r}"
            return
        yield from (f"{path}.{name} is missing" for name in shape.required_members - value.keys())
        for name, item in value.items():
            if name in shape.members:
                yield from _wrong(shape.members[name], item, f"{path}.{name}")
            else:
                yield f"{path}.{name} is unknown"
    elif isinstance(shape, ListShape):
        for position, item in enumerate(value):
            yield from _wrong(shape.member, item, f"{path}[{position}]")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from _wrong(shape.key, key, f"{path} key")
            yield from _wrong(shape.value, item, f"{path}.{key}")
    elif not _is_right(shape, value):
        yield f"{path} is wrong: {value!r}"


_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "double": (int, float),
    "timestamp": (int, float),
}


def _is_right(shape: Any, value: Any) -> bool:
    """Its type, and in the pinned model its pattern and enum; bounds are for requests."""
    if type(value) not in _TYPES[shape.type_name]:
        return False
    if shape.type_name != "string":
        return True
    if shape.name == "DateTime" and not DATE.fullmatch(value):
        return False
    if not IS_PINNED:
        return True
    pattern = None if shape.name in NOT_AS_MODELLED else shape.metadata.get("pattern")
    return (not shape.enum or value in shape.enum) and (
        pattern is None or re.fullmatch(pattern, value, re.ASCII) is not None
    )
