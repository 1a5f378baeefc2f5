"""The resource types, as the public CloudFormation resource specification has them.

Source: the resource provider schemas of us-east-1 (createOnlyProperties, readOnlyProperties,
required), and the template reference for what Fn::GetAtt returns.
"""

from __future__ import annotations

from dataclasses import dataclass

PREFIX = "AWS::ImageBuilder::"
_VERSIONED = (
    "LatestVersion.Arn",
    "LatestVersion.Major",
    "LatestVersion.Minor",
    "LatestVersion.Patch",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceType:
    """One type, and the operations that stand behind it."""

    name: str
    arn_member: str
    """What the operations call its ARN, in requests and in the answer of Create."""
    replaced_by: frozenset[str]
    """Properties whose change makes a new resource; others are updated in place."""
    attributes: tuple[str, ...]
    required: tuple[str, ...] = ()
    own: frozenset[str] = frozenset()
    """Properties that are CloudFormation's, and no member of the request."""
    is_updatable: bool = False
    """Whether the service has an operation to update it; else only its tags can change."""

    @property
    def member(self) -> str:
        """What the answer of Get calls it."""
        return self.name[0].lower() + self.name[1:]


def _types(*types: ResourceType) -> dict[str, ResourceType]:
    return {PREFIX + each.name: each for each in types}


RESOURCE_TYPES = _types(
    ResourceType(
        name="Component",
        arn_member="componentBuildVersionArn",
        required=("Name", "Platform", "Version"),
        replaced_by=frozenset(
            (
                "ChangeDescription",
                "Data",
                "Description",
                "KmsKeyId",
                "Name",
                "Platform",
                "SupportedOsVersions",
                "Uri",
                "Version",
            )
        ),
        attributes=("Arn", "Encrypted", "Name", "Type", *_VERSIONED),
    ),
    ResourceType(
        name="ContainerRecipe",
        arn_member="containerRecipeArn",
        required=("ContainerType", "Name", "ParentImage", "TargetRepository", "Version"),
        replaced_by=frozenset(
            (
                "Components",
                "ContainerType",
                "Description",
                "DockerfileTemplateData",
                "DockerfileTemplateUri",
                "ImageOsVersionOverride",
                "InstanceConfiguration",
                "KmsKeyId",
                "Name",
                "ParentImage",
                "PlatformOverride",
                "TargetRepository",
                "Version",
                "WorkingDirectory",
            )
        ),
        attributes=("Arn", "Name", *_VERSIONED),
    ),
    ResourceType(
        name="DistributionConfiguration",
        arn_member="distributionConfigurationArn",
        required=("Distributions", "Name"),
        replaced_by=frozenset(("Name",)),
        attributes=("Arn", "Name"),
        is_updatable=True,
    ),
    ResourceType(
        name="Image",
        arn_member="imageBuildVersionArn",
        replaced_by=frozenset(
            (
                "ContainerRecipeArn",
                "DistributionConfigurationArn",
                "EnhancedImageMetadataEnabled",
                "ImageRecipeArn",
                "ImageScanningConfiguration",
                "ImageTestsConfiguration",
                "InfrastructureConfigurationArn",
                "Workflows",
            )
        ),
        attributes=("Arn", "ImageId", "ImageUri", "Name", *_VERSIONED),
        own=frozenset(("DeletionSettings", "ImagePipelineExecutionSettings")),
    ),
    ResourceType(
        name="ImagePipeline",
        arn_member="imagePipelineArn",
        required=("InfrastructureConfigurationArn", "Name"),
        replaced_by=frozenset(("Name",)),
        attributes=("Arn", "DeploymentId", "Name"),
        is_updatable=True,
    ),
    ResourceType(
        name="ImageRecipe",
        arn_member="imageRecipeArn",
        required=("Name", "ParentImage", "Version"),
        replaced_by=frozenset(
            (
                "AdditionalInstanceConfiguration",
                "AmiTags",
                "AmiWatermarks",
                "BlockDeviceMappings",
                "Components",
                "Description",
                "Name",
                "ParentImage",
                "Version",
                "WorkingDirectory",
            )
        ),
        attributes=("Arn", "Name", *_VERSIONED),
    ),
    ResourceType(
        name="InfrastructureConfiguration",
        arn_member="infrastructureConfigurationArn",
        required=("InstanceProfileName", "Name"),
        replaced_by=frozenset(("Name",)),
        attributes=("Arn", "Name"),
        is_updatable=True,
    ),
    ResourceType(
        name="LifecyclePolicy",
        arn_member="lifecyclePolicyArn",
        required=("ExecutionRole", "Name", "PolicyDetails", "ResourceSelection", "ResourceType"),
        replaced_by=frozenset(("Name",)),
        attributes=("Arn",),
        is_updatable=True,
    ),
    ResourceType(
        name="Workflow",
        arn_member="workflowBuildVersionArn",
        required=("Name", "Type", "Version"),
        replaced_by=frozenset(
            (
                "ChangeDescription",
                "Data",
                "Description",
                "KmsKeyId",
                "Name",
                "Type",
                "Uri",
                "Version",
            )
        ),
        attributes=("Arn", *_VERSIONED),
    ),
)
