"""Stories that send every member, for the coverage of the model; ``test_answers.py`` has others."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from imagebuilder_mock import current_mock
from tests.builders import DOCUMENT, MANAGED_COMPONENT, MANAGED_PARENT

if TYPE_CHECKING:
    from tests.contracts.test_answers import Client

KEY = "arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"
ROLE = "arn:aws:iam::123456789012:role/builder"
LOGS = {"imageLogGroupName": "/aws/imagebuilder/i", "pipelineLogGroupName": "/aws/imagebuilder/p"}
BUILD_IMAGE = "arn:aws:imagebuilder:us-east-1:aws:workflow/build/build-image/x.x.x"
WORKFLOW = """\
schemaVersion: 1.0
parameters:
  - name: greeting
    default: hello
steps:
  - name: Approve
    action: WaitForAction
    timeoutSeconds: 600
"""
TAGS = {"team": "web"}
REGIONS = ("us-east-1", "eu-west-1")
ANOTHER_ACCOUNT = "210987654321"
TEMPLATE = (
    "FROM {{{ imagebuilder:parentImage }}}\n"
    "{{{ imagebuilder:environments }}}\n{{{ imagebuilder:components }}}\n"
)
WITH_PARAMETER = f"{DOCUMENT}parameters:\n  - Name: {{type: string, default: x}}\n"


def components(client: Client) -> None:
    given = {
        "name": "web",
        "semanticVersion": "1.0.0",
        "description": "greets",
        "changeDescription": "first",
        "platform": "Linux",
        "kmsKeyId": KEY,
        "tags": TAGS,
    }
    dry_run(client.CreateComponent, **given, data=DOCUMENT)
    arn = client.CreateComponent(**given, data=DOCUMENT)["componentBuildVersionArn"]
    client.GetComponent(componentBuildVersionArn=arn)
    script = {**given, "name": "script", "type": "BUILD", "format": "SHELL", "data": "ls"}
    client.ImportComponent(**script)
    with suppress(ClientError):
        client.CreateComponent(**given, data=DOCUMENT, uri="s3://bucket/key")
    with suppress(ClientError):
        client.ImportComponent(**script, uri="s3://bucket/key")
    client.CreateComponent(**given | {"name": "other"}, data=DOCUMENT)
    in_pages(client.ListComponents, filters=[named("web")])
    in_pages(client.ListComponentBuildVersions)


def a_component(client: Client) -> Any:
    return client.CreateComponent(
        name="parameters", semanticVersion="1.0.0", platform="Linux", data=WITH_PARAMETER
    )["componentBuildVersionArn"]


def image_recipes(client: Client) -> None:
    given = image_recipe(a_component(client))
    dry_run(client.CreateImageRecipe, **given)
    arn = client.CreateImageRecipe(**given)["imageRecipeArn"]
    client.GetImageRecipe(imageRecipeArn=arn)
    client.CreateImageRecipe(**given | {"name": "other"})
    in_pages(client.ListImageRecipes, filters=[named("web")])
    client.ListImageRecipes(owner="Shared")


def image_recipe(component: str) -> dict[str, Any]:
    return {
        "name": "web",
        "semanticVersion": "1.0.0",
        "description": "serves",
        "parentImage": MANAGED_PARENT,
        "components": [
            {"componentArn": component, "parameters": [{"name": "Name", "value": ["you"]}]}
        ],
        "blockDeviceMappings": [
            {
                "deviceName": "/dev/sda1",
                "virtualName": "ephemeral0",
                "ebs": {
                    "encrypted": True,
                    "deleteOnTermination": True,
                    "iops": 3000,
                    "kmsKeyId": KEY,
                    "snapshotId": "snap-0123456789abcdef0",
                    "volumeSize": 8,
                    "volumeType": "gp3",
                    "throughput": 125,
                },
            },
            {"deviceName": "/dev/sdb", "noDevice": ""},
        ],
        "workingDirectory": "/build",
        "additionalInstanceConfiguration": {
            "systemsManagerAgent": {"uninstallAfterBuild": True},
            "userDataOverride": "ZWNobyBoZWxsbw==",
        },
        "amiTags": TAGS,
        "amiWatermarks": ["watermark"],
        "tags": TAGS,
    }


def container_recipes(client: Client) -> None:
    given = container_recipe(a_component(client))
    dry_run(client.CreateContainerRecipe, **given)
    arn = client.CreateContainerRecipe(**given)["containerRecipeArn"]
    client.GetContainerRecipe(containerRecipeArn=arn)
    with suppress(ClientError):
        client.CreateContainerRecipe(**given, dockerfileTemplateUri="s3://bucket/key")
    windows = MANAGED_COMPONENT.replace("linux", "windows")
    client.CreateContainerRecipe(
        **given
        | {
            "name": "windows",
            "components": [{"componentArn": windows}],
            "platformOverride": "Windows",
            "imageOsVersionOverride": "Microsoft Windows Server 2019",
        }
    )
    in_pages(client.ListContainerRecipes, filters=[named("web")])
    client.ListContainerRecipes(owner="Shared")


def container_recipe(component: str) -> dict[str, Any]:
    devices = image_recipe(component)["blockDeviceMappings"]
    return {
        "name": "web",
        "semanticVersion": "1.0.0",
        "description": "serves",
        "containerType": "DOCKER",
        "parentImage": "public.ecr.aws/amazonlinux/amazonlinux:latest",
        "platformOverride": "Linux",
        "components": image_recipe(component)["components"],
        "instanceConfiguration": {
            "image": "ami-01234567890abcdef",
            "blockDeviceMappings": devices,
        },
        "dockerfileTemplateData": TEMPLATE,
        "kmsKeyId": KEY,
        "targetRepository": {"service": "ECR", "repositoryName": "web"},
        "workingDirectory": "/build",
        "tags": TAGS,
    }


def distributions(client: Client) -> None:
    settings = {"description": "delivers", "distributions": [distribution()]}
    dry_run(client.CreateDistributionConfiguration, name="web", **settings)
    arn = a_distribution(client)
    client.GetDistributionConfiguration(distributionConfigurationArn=arn)
    changed = {"description": "delivers more", "distributions": [distribution()]}
    client.UpdateDistributionConfiguration(distributionConfigurationArn=arn, **changed)
    client.CreateDistributionConfiguration(name="other", **settings, tags=TAGS)
    in_pages(client.ListDistributionConfigurations, filters=[named("web")])


def a_distribution(client: Client) -> Any:
    return client.CreateDistributionConfiguration(
        name="web", description="delivers", distributions=[distribution()], tags=TAGS
    )["distributionConfigurationArn"]


def distribution() -> dict[str, Any]:
    organization = "arn:aws:organizations::123456789012"
    return {
        "region": "us-east-1",
        "amiDistributionConfiguration": {
            "name": "web {{ imagebuilder:buildDate }}",
            "description": "an AMI",
            "targetAccountIds": [ANOTHER_ACCOUNT],
            "amiTags": TAGS,
            "kmsKeyId": KEY,
            "launchPermission": {
                "userIds": [ANOTHER_ACCOUNT],
                "userGroups": ["all"],
                "organizationArns": [f"{organization}:organization/o-0123456789"],
                "organizationalUnitArns": [f"{organization}:ou/o-0123456789/ou-0123-01234567"],
            },
        },
        "containerDistributionConfiguration": {
            "description": "a container",
            "containerTags": ["newest"],
            "targetRepository": {"service": "ECR", "repositoryName": "web"},
        },
        "licenseConfigurationArns": [
            f"arn:aws:license-manager:us-east-1:123456789012:license-configuration:lic-{'0' * 32}"
        ],
        "launchTemplateConfigurations": [
            {
                "launchTemplateId": "lt-0123456789abcdef0",
                "accountId": ANOTHER_ACCOUNT,
                "setDefaultVersion": True,
            }
        ],
        "s3ExportConfiguration": {
            "roleName": "exporter",
            "diskImageFormat": "RAW",
            "s3Bucket": "bucket",
            "s3Prefix": "prefix",
        },
        "fastLaunchConfigurations": [
            {
                "enabled": True,
                "snapshotConfiguration": {"targetResourceCount": 5},
                "maxParallelLaunches": 6,
                "launchTemplate": {
                    **template,
                    "launchTemplateVersion": "1",
                },
                "accountId": ANOTHER_ACCOUNT,
            }
            for template in (
                {"launchTemplateId": "lt-0123456789abcdef0"},
                {"launchTemplateName": "web"},
            )
        ],
        "ssmParameterConfigurations": [
            {
                "amiAccountId": ANOTHER_ACCOUNT,
                "parameterName": "/web/ami",
                "dataType": "text",
            }
        ],
    }


def infrastructures(client: Client) -> None:
    settings = infrastructure()
    dry_run(client.CreateInfrastructureConfiguration, name="web", **settings)
    arn = an_infrastructure(client)
    client.GetInfrastructureConfiguration(infrastructureConfigurationArn=arn)
    in_group = settings | {"placement": in_a_host_group()}
    client.UpdateInfrastructureConfiguration(infrastructureConfigurationArn=arn, **in_group)
    client.GetInfrastructureConfiguration(infrastructureConfigurationArn=arn)
    client.UpdateInfrastructureConfiguration(infrastructureConfigurationArn=arn, **settings)
    client.CreateInfrastructureConfiguration(name="other", **in_group)
    in_pages(client.ListInfrastructureConfigurations, filters=[named("web")])


def an_infrastructure(client: Client) -> Any:
    return client.CreateInfrastructureConfiguration(name="web", **infrastructure(), tags=TAGS)[
        "infrastructureConfigurationArn"
    ]


def in_a_host_group() -> dict[str, Any]:
    group = "arn:aws:resource-groups:us-east-1:123456789012:group/hosts"
    return {"tenancy": "host", "hostResourceGroupArn": group}


def infrastructure() -> dict[str, Any]:
    return {
        "description": "builds",
        "instanceTypes": ["t3.micro"],
        "instanceProfileName": "builder",
        "securityGroupIds": ["sg-0123456789abcdef0"],
        "subnetId": "subnet-0123456789abcdef0",
        "logging": {"s3Logs": {"s3BucketName": "logs", "s3KeyPrefix": "web"}},
        "keyPair": "key",
        "terminateInstanceOnFailure": False,
        "terminateInstanceOnCompletion": False,
        "snsTopicArn": "arn:aws:sns:us-east-1:123456789012:topic",
        "resourceTags": TAGS,
        "instanceMetadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 2},
        "placement": {
            "availabilityZone": "us-east-1a",
            "tenancy": "host",
            "hostId": "h-0123456789abcdef0",
        },
        "parentInstance": {
            "autoScalingGroup": {"name": "builders", "capacityWaitTimeoutSeconds": 60}
        },
    }


def images(client: Client) -> None:
    recipe = an_image_recipe(client)
    built = {
        "imageRecipeArn": recipe,
        "infrastructureConfigurationArn": an_infrastructure(client),
        "imageTestsConfiguration": {"imageTestsEnabled": True, "timeoutMinutes": 60},
        "enhancedImageMetadataEnabled": False,
        "executionRole": ROLE,
        "loggingConfiguration": {"logGroupName": "/aws/imagebuilder/images"},
        "tags": TAGS,
    }
    untested = {"imageTestsEnabled": False, "timeoutMinutes": 60}
    on_demand = {
        "imageScanningEnabled": True,
        "imageScanningTypes": ["ON_DEMAND_AMI_CVE"],
        "scanResultCondition": {"maximumSeverityLabel": "LOW", "fixAvailable": False},
    }
    watch(client, client.CreateImage(**built, imageScanningConfiguration=on_demand))
    given = workflows_of(client)
    held = client.CreateImage(**built, workflows=given)["imageBuildVersionArn"]
    answer(client, held, "STOP")
    watch(client, {"imageBuildVersionArn": held})
    watch(client, client.CreateImage(**built | {"imageTestsConfiguration": untested}))
    scanned = {"imageScanningConfiguration": {"imageScanningEnabled": True}}
    cancelled = client.CreateImage(**built, **scanned)["imageBuildVersionArn"]
    client.CancelImageCreation(imageBuildVersionArn=cancelled)
    client.GetImage(imageBuildVersionArn=cancelled)
    # Given in full, these two are of another recipe: a watermark is never public.
    plain = client.CreateImageRecipe(
        name="plain", semanticVersion="1.0.0", parentImage=MANAGED_PARENT
    )["imageRecipeArn"]
    delivered = built | {"imageRecipeArn": plain}
    distributed = a_distribution(client)
    watch(client, client.CreateImage(**delivered, distributionConfigurationArn=distributed))
    client.UpdateDistributionConfiguration(
        distributionConfigurationArn=distributed, distributions=[distribution()]
    )
    client.UpdateInfrastructureConfiguration(
        infrastructureConfigurationArn=built["infrastructureConfigurationArn"],
        **infrastructure() | {"placement": in_a_host_group()},
    )
    watch(client, client.CreateImage(**delivered, distributionConfigurationArn=distributed))
    container = client.CreateContainerRecipe(**container_recipe(recipe_component(client, recipe)))
    ecr = {"repositoryName": "scans", "containerTags": ["scanned"]}
    watch(
        client,
        client.CreateImage(
            **{name: value for name, value in built.items() if name != "imageRecipeArn"},
            containerRecipeArn=container["containerRecipeArn"],
            imageScanningConfiguration={"imageScanningEnabled": True, "ecrConfiguration": ecr},
        ),
    )
    in_pages(client.ListImages, filters=[named("web")])
    in_pages(client.ListImageBuildVersions, filters=[named("web")])
    in_pages(client.ListImageScanFindings, filters=[{"name": "severity", "values": ["LOW"]}])
    client.ListImages(owner="Amazon", includeDeprecated=True)


def an_image_recipe(client: Client) -> Any:
    return client.CreateImageRecipe(**image_recipe(a_component(client)))["imageRecipeArn"]


def recipe_component(client: Client, recipe: str) -> Any:
    found = client.GetImageRecipe(imageRecipeArn=recipe)["imageRecipe"]
    return found["components"][0]["componentArn"]


def imports(client: Client) -> None:
    client.ImportVmImage(
        name="machine",
        semanticVersion="1.0.0",
        description="from a machine",
        platform="Linux",
        osVersion="Ubuntu 22",
        vmImportTaskId="import-ami-0123456789abcdef0",
        loggingConfiguration={"logGroupName": "/aws/imagebuilder/images"},
        tags=TAGS,
    )
    given = {
        "name": "disk",
        "semanticVersion": "1.0.0",
        "description": "from a disk",
        "platform": "Windows",
        "osVersion": "Microsoft Windows 11",
        "executionRole": ROLE,
        "infrastructureConfigurationArn": an_infrastructure(client),
        "uri": "s3://bucket/windows.iso",
        "loggingConfiguration": {"logGroupName": "/aws/imagebuilder/images"},
        "windowsConfiguration": {"imageIndex": 1},
        "tags": TAGS,
    }
    client.ImportDiskImage(
        **given, registerImageOptions={"secureBootEnabled": True, "uefiData": "text"}
    )
    with suppress(ClientError):
        client.ImportDiskImage(
            **given, registerImageOptions={"secureBootEnabled": False, "uefiData": "text"}
        )


def pipelines(client: Client) -> None:
    settings = {
        "description": "every night",
        "infrastructureConfigurationArn": an_infrastructure(client),
        "imageTestsConfiguration": {"imageTestsEnabled": False, "timeoutMinutes": 60},
        "enhancedImageMetadataEnabled": False,
        "schedule": {
            "scheduleExpression": "cron(0 0 * * ? *)",
            "timezone": "Etc/UTC",
            "pipelineExecutionStartCondition": "EXPRESSION_MATCH_ONLY",
            "autoDisablePolicy": {"failureCount": 2},
        },
        "status": "DISABLED",
        "imageTags": TAGS,
        "workflows": workflows_of(client),
        "executionRole": ROLE,
        "loggingConfiguration": LOGS,
    }
    recipe = an_image_recipe(client)
    dry_run(client.CreateImagePipeline, name="nightly", imageRecipeArn=recipe, **settings)
    arn = client.CreateImagePipeline(name="nightly", imageRecipeArn=recipe, tags=TAGS, **settings)[
        "imagePipelineArn"
    ]
    client.GetImagePipeline(imagePipelineArn=arn)
    client.UpdateImagePipeline(
        imagePipelineArn=arn, imageRecipeArn=recipe, **settings | {"description": "now and then"}
    )
    on_demand = {
        "imageScanningEnabled": True,
        "imageScanningTypes": ["ON_DEMAND_AMI_CVE"],
        "scanResultCondition": {"maximumSeverityLabel": "LOW", "fixAvailable": False},
    }
    tested = {name: value for name, value in settings.items() if name != "imageTestsConfiguration"}
    client.UpdateImagePipeline(
        imagePipelineArn=arn, imageRecipeArn=recipe, imageScanningConfiguration=on_demand, **tested
    )
    client.CreateImagePipeline(
        name="scanned", imageRecipeArn=recipe, imageScanningConfiguration=on_demand, **tested
    )
    client.GetImagePipeline(imagePipelineArn=arn)
    for _ in range(2):
        started = client.StartImagePipelineExecution(imagePipelineArn=arn, tags=TAGS)
        answer(client, started["imageBuildVersionArn"], "RESUME")
        watch(client, started)
    client.ListImagePipelineImages(imagePipelineArn=arn, filters=[named("web")])
    in_pages(client.ListImagePipelineImages, imagePipelineArn=arn, filters=[named("other")])
    of_containers = {
        "containerRecipeArn": client.CreateContainerRecipe(
            **container_recipe(recipe_component(client, recipe))
        )["containerRecipeArn"],
        "imageScanningConfiguration": {
            "imageScanningEnabled": True,
            "ecrConfiguration": {"repositoryName": "scans", "containerTags": ["scanned"]},
        },
    }
    # Of their own: workflows for AMIs push no container.
    del tested["workflows"]
    other = client.CreateImagePipeline(name="containers", **tested, **of_containers)
    client.UpdateImagePipeline(
        imagePipelineArn=other["imagePipelineArn"], **tested, **of_containers
    )
    client.GetImagePipeline(imagePipelineArn=other["imagePipelineArn"])
    watch(client, client.StartImagePipelineExecution(imagePipelineArn=other["imagePipelineArn"]))
    client.ListImagePipelineImages(imagePipelineArn=other["imagePipelineArn"])
    in_pages(client.ListImagePipelines, filters=[named("nightly")])
    client.ListImagePipelines()


def workflows(client: Client) -> None:
    given = {
        "name": "greeting",
        "semanticVersion": "1.0.0",
        "description": "asks first",
        "changeDescription": "first",
        "kmsKeyId": KEY,
        "tags": TAGS,
        "type": "TEST",
    }
    dry_run(client.CreateWorkflow, **given, data=WORKFLOW)
    arn = client.CreateWorkflow(**given, data=WORKFLOW)["workflowBuildVersionArn"]
    client.GetWorkflow(workflowBuildVersionArn=arn)
    with suppress(ClientError):
        client.CreateWorkflow(**given, data=WORKFLOW, uri="s3://bucket/key")
    client.CreateWorkflow(**given | {"name": "other"}, data=WORKFLOW)
    in_pages(client.ListWorkflows, filters=[named("greeting")])
    client.ListWorkflows(byName=True)
    client.ListWorkflows(owner="Amazon")
    in_pages(client.ListWorkflowBuildVersions)
    client.ListWorkflowBuildVersions(workflowVersionArn=arn.rpartition("/")[0])
    built = {
        "imageRecipeArn": an_image_recipe(client),
        "infrastructureConfigurationArn": an_infrastructure(client),
        "executionRole": ROLE,
        "workflows": [{"workflowArn": BUILD_IMAGE}, {"workflowArn": arn}],
    }
    images = [client.CreateImage(**built)["imageBuildVersionArn"] for _ in range(2)]
    while len(client.ListWaitingWorkflowSteps()["steps"]) < len(images):
        pass
    in_pages(client.ListWaitingWorkflowSteps)
    in_pages(client.ListWorkflowExecutions, imageBuildVersionArn=images[0])
    listed = client.ListWorkflowExecutions(imageBuildVersionArn=images[0])["workflowExecutions"]
    in_pages(
        client.ListWorkflowStepExecutions, workflowExecutionId=listed[0]["workflowExecutionId"]
    )
    answer(client, images[0], "STOP")
    answer(client, images[1], "RESUME")
    client.ListWorkflowExecutions(imageBuildVersionArn=images[0])


def lifecycles(client: Client) -> None:
    recipe = an_image_recipe(client)
    container = client.CreateContainerRecipe(**container_recipe(recipe_component(client, recipe)))[
        "containerRecipeArn"
    ]
    image = client.CreateImage(
        imageRecipeArn=recipe, infrastructureConfigurationArn=an_infrastructure(client)
    )
    watch(client, image)
    policies = [a_policy(client, name) for name in ("tidy", "other")]
    client.UpdateLifecyclePolicy(
        lifecyclePolicyArn=policies[0], **policy() | {"description": "tidies up more"}
    )
    client.GetLifecyclePolicy(lifecyclePolicyArn=policies[0])
    in_pages(client.ListLifecyclePolicies, filters=[named("tidy")])
    run_policies(client, container)
    arn = image["imageBuildVersionArn"]
    including = {"executionRole": ROLE, "includeResources": {"amis": True}}
    for status in ("DEPRECATED", "AVAILABLE"):
        client.StartResourceStateUpdate(resourceArn=arn, state={"status": status}, **including)
        for _ in range(4):
            client.ListLifecycleExecutions(resourceArn=arn)
    client.GetImage(imageBuildVersionArn=arn)
    in_pages(client.ListLifecycleExecutions, resourceArn=arn)
    client.StartResourceStateUpdate(
        resourceArn=arn,
        state={"status": "DELETED"},
        executionRole=ROLE,
        includeResources={"amis": True, "snapshots": True},
        exclusionRules={"amis": {"tagMap": {"CreatedBy": "EC2 Image Builder"}}},
    )
    stay_for_each_exclusion(client, recipe)
    made = current_mock().images.add(recipe=container)
    client.StartResourceStateUpdate(
        resourceArn=made,
        state={"status": "DELETED"},
        executionRole=ROLE,
        includeResources={"containers": True},
    )


def stay_for_each_exclusion(client: Client, recipe: str) -> None:
    mock = current_mock()
    image = mock.images.add(
        recipe=recipe,
        public=True,
        shared_with=[ANOTHER_ACCOUNT],
        last_launched=mock.clock.now(),
    )
    for excluded in (
        {"isPublic": True},
        {"regions": ["us-east-1"]},
        {"sharedAccounts": [ANOTHER_ACCOUNT]},
        {"lastLaunched": {"value": 1, "unit": "WEEKS"}},
    ):
        client.StartResourceStateUpdate(
            resourceArn=image,
            state={"status": "DELETED"},
            executionRole=ROLE,
            includeResources={"amis": True},
            exclusionRules={"amis": excluded},
        )
        for _ in range(4):
            client.ListLifecycleExecutions(resourceArn=image)


def run_policies(client: Client, container: str) -> None:
    """One of AMIs, one of whose snapshots stays, and one of containers, chosen by their tags."""
    mock = current_mock()
    then = datetime(2020, 1, 1, tzinfo=timezone.utc)
    plain = client.CreateImageRecipe(
        name="plain", semanticVersion="1.0.0", parentImage=MANAGED_PARENT
    )["imageRecipeArn"]
    images = [mock.images.add(recipe=plain, created=then) for _ in range(2)]
    mock.images.add(recipe=container, created=then, tags=TAGS)
    mock.images.refuse(mock.images.amis(images[0])[0].snapshots[0])
    age = {"type": "AGE", "value": 1, "unit": "DAYS"}
    of_amis = {
        "resourceType": "AMI_IMAGE",
        "policyDetails": [
            {
                "action": {"type": "DELETE", "includeResources": {"amis": True, "snapshots": True}},
                "filter": age,
            }
        ],
        "resourceSelection": {"recipes": [{"name": "plain", "semanticVersion": "1.0.0"}]},
    }
    of_containers = {
        "resourceType": "CONTAINER_IMAGE",
        "policyDetails": [
            {"action": {"type": "DELETE", "includeResources": {"containers": True}}, "filter": age}
        ],
        "resourceSelection": {"tagMap": TAGS},
    }
    for name, given in (("of-amis", of_amis), ("of-containers", of_containers)):
        arn = client.CreateLifecyclePolicy(name=name, executionRole=ROLE, **given)[
            "lifecyclePolicyArn"
        ]
        client.UpdateLifecyclePolicy(lifecyclePolicyArn=arn, executionRole=ROLE, **given)
        execution = mock.lifecycle.run(arn)
        client.GetLifecyclePolicy(lifecyclePolicyArn=arn)
        client.ListLifecyclePolicies()
        client.ListLifecycleExecutions(resourceArn=arn)
        client.GetLifecycleExecution(lifecycleExecutionId=execution)
        found = client.ListLifecycleExecutionResources(lifecycleExecutionId=execution)
        if len(found["resources"]) > 1:
            in_pages(client.ListLifecycleExecutionResources, lifecycleExecutionId=execution)
        for resource in found["resources"]:
            client.ListLifecycleExecutionResources(
                lifecycleExecutionId=execution, parentResourceId=resource["resourceId"]
            )


def failures(client: Client) -> None:
    """A build that fails in a component, one that fails in a Region, and one that is deprecated."""
    mock = current_mock()
    regions = [
        {
            "region": each,
            "amiDistributionConfiguration": {"targetAccountIds": [ANOTHER_ACCOUNT]},
            "launchTemplateConfigurations": [{"launchTemplateId": "lt-0123456789abcdef0"}],
        }
        for each in REGIONS
    ]
    arn = client.CreateImagePipeline(
        name="often",
        imageRecipeArn=client.CreateImageRecipe(
            name="plain",
            semanticVersion="1.0.0",
            parentImage=MANAGED_PARENT,
            components=[{"componentArn": MANAGED_COMPONENT}],
        )["imageRecipeArn"],
        infrastructureConfigurationArn=an_infrastructure(client),
        distributionConfigurationArn=client.CreateDistributionConfiguration(
            name="far", distributions=regions
        )["distributionConfigurationArn"],
    )["imagePipelineArn"]
    mock.builds.fail_next(phase="build")
    watch(client, client.StartImagePipelineExecution(imagePipelineArn=arn))
    for step in (None, "UPDATE_LAUNCH_TEMPLATES"):
        mock.builds.fail_next(region=REGIONS[1], step=step)
        watch(client, client.StartImagePipelineExecution(imagePipelineArn=arn))
    started = client.StartImagePipelineExecution(imagePipelineArn=arn)
    watch(client, started)
    image = started["imageBuildVersionArn"]
    client.StartResourceStateUpdate(
        resourceArn=image,
        state={"status": "DEPRECATED"},
        executionRole=ROLE,
        includeResources={"amis": True},
    )
    for _ in range(4):
        client.ListLifecycleExecutions(resourceArn=image)
    client.ListImageBuildVersions()
    client.ListImagePipelineImages(imagePipelineArn=arn)


def a_policy(client: Client, name: str) -> Any:
    given = {"name": name, "tags": TAGS, **policy()}
    dry_run(client.CreateLifecyclePolicy, **given)
    return client.CreateLifecyclePolicy(**given)["lifecyclePolicyArn"]


def policy() -> dict[str, Any]:
    included = {"amis": True, "snapshots": True}
    excluded = {
        "tagMap": TAGS,
        "amis": {
            "isPublic": True,
            "regions": ["eu-west-1"],
            "sharedAccounts": [ANOTHER_ACCOUNT],
            "lastLaunched": {"value": 1, "unit": "WEEKS"},
            "tagMap": TAGS,
        },
    }
    return {
        "description": "tidies up",
        "status": "DISABLED",
        "executionRole": ROLE,
        "resourceType": "AMI_IMAGE",
        "policyDetails": [
            {
                "action": {"type": "DELETE", "includeResources": included},
                "filter": {"type": "AGE", "value": 6, "unit": "MONTHS", "retainAtLeast": 3},
                "exclusionRules": excluded,
            }
        ],
        "resourceSelection": {"recipes": [{"name": "web", "semanticVersion": "1.x.x"}]},
    }


def workflows_of(client: Client) -> list[dict[str, Any]]:
    """Amazon's, and one that asks."""
    arn = client.CreateWorkflow(
        name="approval", semanticVersion="1.0.0", type="TEST", data=WORKFLOW
    )["workflowBuildVersionArn"]
    return [
        {"workflowArn": BUILD_IMAGE},
        {
            "workflowArn": arn,
            "parameters": [{"name": "greeting", "value": ["good morning"]}],
            "parallelGroup": "group",
            "onFailure": "CONTINUE",
        },
    ]


def answer(client: Client, image: str, action: str) -> None:
    """Look until the build waits, or is over, and answer its step."""
    for _ in range(20):
        for step in client.ListWaitingWorkflowSteps()["steps"]:
            if step["imageBuildVersionArn"] == image:
                client.SendWorkflowStepAction(
                    stepExecutionId=step["stepExecutionId"],
                    imageBuildVersionArn=image,
                    action=action,
                    reason="because",
                )
                return


def packages(client: Client) -> None:
    newest = client.GetImage(imageBuildVersionArn=MANAGED_PARENT)["image"]["arn"]
    in_pages(client.ListImagePackages, imageBuildVersionArn=newest)
    with suppress(ClientError):
        client.ListImageScanFindingAggregations(nextToken="nobody's")


def named(value: str) -> dict[str, Any]:
    """A filter that leaves something out."""
    return {"name": "name", "values": [value]}


def dry_run(operation: Any, **params: Any) -> None:
    with suppress(ClientError):
        operation(**params, dryRun=True)


def in_pages(operation: Any, **params: Any) -> None:
    """With the filters, and without them one by one, to the second page."""
    operation(**params)
    unfiltered = {name: value for name, value in params.items() if name != "filters"}
    page = operation(**unfiltered, maxResults=1)
    operation(**unfiltered, maxResults=1, nextToken=page["nextToken"])


def watch(client: Client, started: Any) -> None:
    """Look at a build in each of its states."""
    ended = {"AVAILABLE", "FAILED", "CANCELLED"}
    arn = started["imageBuildVersionArn"]
    while client.GetImage(imageBuildVersionArn=arn)["image"]["state"]["status"] not in ended:
        client.ListImageBuildVersions()


CHAPTERS = [
    components,
    image_recipes,
    container_recipes,
    distributions,
    infrastructures,
    images,
    imports,
    pipelines,
    packages,
    workflows,
    lifecycles,
    failures,
]
