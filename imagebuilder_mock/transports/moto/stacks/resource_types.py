"""The resource types of CloudFormation, and what their schemas say of them.

A type's properties are the parameters of its Create operation, and it is updated in place if there
is an Update operation. The schemas, in data/resource_schemas.json, say which properties replace a
resource and which are read-only; docs/generate_stack_schemas.py writes them.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.domain.records import Record
from imagebuilder_mock.protocol.model import input_members, service_model

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_FILE = Path(__file__).with_name("data") / "resource_schemas.json"
PREFIX = "AWS::ImageBuilder::"
TAGS = "Tags"
VERSIONS = {
    "LatestVersion.Arn": "latestVersionArn",
    "LatestVersion.Major": "latestMajorVersionArn",
    "LatestVersion.Minor": "latestMinorVersionArn",
    "LatestVersion.Patch": "latestPatchVersionArn",
}
"""What Fn::GetAtt returns, by the members of ``latestVersionReferences``."""
_ONLY_IN_PARTS = "LatestVersion"


class ResourceType(Record, kw_only=True):
    """One type: its schema, and what is not in it."""

    name: str
    own: tuple[str, ...] = ()
    """Properties that are CloudFormation's, and no parameters of the Create operation."""
    returned: tuple[str, ...] = ()
    """Properties that Fn::GetAtt returns, besides those that are read-only.

    Source: the template reference; a recipe's Version and a workflow's Name are what the CDK's
    constructs ask for.
    """

    @property
    def schema(self) -> Mapping[str, Any]:
        """CloudFormation's schema of the type."""
        found: Mapping[str, Any] = resource_schemas()["types"][PREFIX + self.name]
        return found

    @property
    def attributes(self) -> set[str]:
        """What Fn::GetAtt returns."""
        return {*self.returned, *_named(self.schema["readOnlyProperties"])} - {_ONLY_IN_PARTS}

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
        if not changed.isdisjoint(_named(self.schema["createOnlyProperties"])):
            return True
        return not self.is_updatable and not changed <= self.schema["properties"].keys()


@cache
def resource_schemas() -> Mapping[str, Any]:
    """The schemas under ``types``, and the ``date`` that they are of."""
    found: Mapping[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return found


def _named(pointers: Iterable[str]) -> set[str]:
    """Properties by their pointers: ``LatestVersion.Arn`` is ``/properties/LatestVersion/Arn``."""
    return {each.removeprefix("/properties/").replace("/", ".") for each in pointers}


_TYPES = (
    ResourceType(name="Component", returned=("Name",)),
    ResourceType(name="ContainerRecipe", returned=("Name", "Version")),
    ResourceType(name="DistributionConfiguration", returned=("Name",)),
    ResourceType(name="Image", own=("DeletionSettings", "ImagePipelineExecutionSettings")),
    ResourceType(name="ImagePipeline", returned=("Name",)),
    ResourceType(name="ImageRecipe", returned=("Name", "Version")),
    ResourceType(name="InfrastructureConfiguration", returned=("Name",)),
    ResourceType(name="LifecyclePolicy"),
    ResourceType(name="Workflow", returned=("Name",)),
)
RESOURCE_TYPES = {PREFIX + each.name: each for each in _TYPES}
