"""The resource types of CloudFormation, as far as no model of the service has them.

A type's properties are the parameters of its Create operation, and it is updated in place if there
is an Update operation.

Source: the resource provider schemas of us-east-1 (createOnlyProperties, readOnlyProperties),
and the template reference for what Fn::GetAtt returns; a recipe's Version and a workflow's Name are
what the CDK's constructs ask for.
"""

from __future__ import annotations

from imagebuilder_mock.domain.records import Record
from imagebuilder_mock.protocol.model import input_members, service_model

PREFIX = "AWS::ImageBuilder::"
TAGS = "Tags"
VERSIONS = {
    "LatestVersion.Arn": "latestVersionArn",
    "LatestVersion.Major": "latestMajorVersionArn",
    "LatestVersion.Minor": "latestMinorVersionArn",
    "LatestVersion.Patch": "latestPatchVersionArn",
}
"""What Fn::GetAtt returns, by the members of ``latestVersionReferences``."""


class ResourceType(Record, kw_only=True):
    """One type: what a template says of it, and how a stack changes it."""

    name: str
    own: tuple[str, ...] = ()
    """Properties that are CloudFormation's, and no parameters of the Create operation."""
    unreplaced: tuple[str, ...] = ()
    """Properties that change in place although the service has no Update operation."""
    attributes: tuple[str, ...]
    """What Fn::GetAtt returns."""

    @property
    def arn_member(self) -> str:
        """What the operations call its ARN, in requests and in the answer of Create."""
        [member] = input_members(f"Get{self.name}")
        return member

    @property
    def member(self) -> str:
        """What the answer of Get calls it."""
        return self.name[0].lower() + self.name[1:]

    @property
    def is_updatable(self) -> bool:
        """Whether the service has an operation to update it; else only its tags can change."""
        return f"Update{self.name}" in service_model().operation_names

    def is_replaced_by(self, changed: set[str]) -> bool:
        """Whether a change of these properties makes a new resource."""
        if self.is_updatable:
            return "Name" in changed
        return not changed <= {TAGS, *self.own, *self.unreplaced}


_TYPES = (
    ResourceType(
        name="Component",
        attributes=("Arn", "Encrypted", "Name", "Type", *VERSIONS),
    ),
    ResourceType(
        name="ContainerRecipe",
        attributes=("Arn", "Name", "Version", *VERSIONS),
    ),
    ResourceType(
        name="DistributionConfiguration",
        attributes=("Arn", "Name"),
    ),
    ResourceType(
        name="Image",
        own=("DeletionSettings", "ImagePipelineExecutionSettings"),
        unreplaced=("ExecutionRole", "LoggingConfiguration"),
        attributes=("Arn", "ImageId", "ImageUri", "Name", *VERSIONS),
    ),
    ResourceType(
        name="ImagePipeline",
        attributes=("Arn", "DeploymentId", "Name"),
    ),
    ResourceType(
        name="ImageRecipe",
        attributes=("Arn", "Name", "Version", *VERSIONS),
    ),
    ResourceType(
        name="InfrastructureConfiguration",
        attributes=("Arn", "Name"),
    ),
    ResourceType(
        name="LifecyclePolicy",
        attributes=("Arn",),
    ),
    ResourceType(
        name="Workflow",
        attributes=("Arn", "Name", *VERSIONS),
    ),
)
RESOURCE_TYPES = {PREFIX + each.name: each for each in _TYPES}
