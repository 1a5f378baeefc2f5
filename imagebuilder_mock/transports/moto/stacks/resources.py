"""Image Builder's resources in stacks: the objects that moto calls and keeps.

moto asks a resource type for what ``CloudFormationModel`` says; being a subclass of that is not
asked for, so nothing is registered there, and moto is not imported.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from . import images
from .calls import ServiceRefusal, StackFailure
from .resource_types import PREFIX, TAGS, VERSIONS
from .schemas import check_properties
from .templates import parameters, scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .calls import StackOperations
    from .resource_types import ResourceType

_RETAINED = frozenset(("Retain", "RetainExceptOnCreate"))
_LATEST_VERSIONS = dict(
    zip(
        VERSIONS,
        (
            "latestVersionArn",
            "latestMajorVersionArn",
            "latestMinorVersionArn",
            "latestPatchVersionArn",
        ),
        strict=True,
    )
)
_DESCRIBED = {"Encrypted": "encrypted", "Name": "name", "Type": "type", "Version": "version"}


class Stacks(Protocol):
    """What a resource needs to know about the stacks."""

    deployments: dict[str, str]
    """The pipelines by their deployment ids, old ones included."""

    def operations(self, account: str, region: str) -> StackOperations | None:
        """None while the mock is off."""
        ...

    def tags(self) -> Mapping[str, str]:
        """The tags of the stack that is being changed."""
        ...

    def puts_off(self, resource: StackResource) -> bool:
        """Whether its deletion is postponed to the end of the stack's update."""
        ...


class StackResource:
    """A resource as its stack knows it. It is immutable: an update makes a new object."""

    # What moto writes on it.
    cf_resource_type: str
    type: str
    logical_resource_id: str

    def __init__(
        self,
        template: StackResourceType,
        place: tuple[str, str],
        arn: str,
        resource_json: Mapping[str, Any],
        tags: Mapping[str, str],
    ) -> None:
        self.template = template
        self.place = place
        self.physical_resource_id = arn
        self.properties: dict[str, Any] = dict(resource_json["Properties"])
        self.tags = dict(tags)
        self.is_kept_when_removed = resource_json.get("DeletionPolicy") in _RETAINED
        self.is_kept_when_rolled_back = resource_json.get("DeletionPolicy") == "Retain"
        self.is_kept_when_replaced = resource_json.get("UpdateReplacePolicy") == "Retain"
        self.attributes: dict[str, str] = {}
        self._is_there = False

    def is_created(self) -> bool:
        """Whether it exists; an image does when it is built. StackFailure if the build failed."""
        if not self._is_there:
            self._is_there = self.template.describe(self)
        return self._is_there

    def get_cfn_attribute(self, name: str) -> str:
        """Fn::GetAtt. StackFailure if the type has no such attribute, or the resource not yet."""
        kind = self.template.kind
        if name not in kind.attributes:
            failure = StackFailure(
                f"Template error: resource {self.logical_resource_id} does not support attribute "
                f"type {name} in Fn::GetAtt"
            )
        elif name not in self.attributes:
            failure = StackFailure(
                f"{self.physical_resource_id} has no {name}. An image has its outputs when it is "
                "built; with builds='held' or 'clock' a stack does not wait for that."
            )
        else:
            return self.attributes[name]
        raise failure.of(self.logical_resource_id, PREFIX + kind.name)

    def delete(self, _account_id: str, _region_name: str) -> None:
        """StackFailure if the service refuses; a resource that no longer exists is no failure."""
        if self.template.stacks.puts_off(self):
            return
        with _failures_of(self.logical_resource_id, PREFIX + self.template.kind.name):
            self.template.delete(self)


@contextmanager
def _failures_of(logical_id: str, resource_type: str) -> Iterator[None]:
    """Note in failures which resource they are about."""
    try:
        yield
    except StackFailure as failure:
        raise failure.of(logical_id, resource_type) from None


class StackResourceType:
    """What moto takes for the class of a type."""

    def __init__(self, kind: ResourceType, stacks: Stacks) -> None:
        self.kind = kind
        self.stacks = stacks

    # What moto calls, by its names

    def has_cfn_attr(self, attr: str) -> bool:
        return attr in self.kind.attributes

    def create_from_cloudformation_json(
        self,
        resource_name: str,  # noqa: ARG002 - the names of ours are properties
        cloudformation_json: Mapping[str, Any],
        account_id: str,
        region_name: str,
        **said: Any,
    ) -> StackResource:
        with _failures_of(said.get("LogicalId", ""), cloudformation_json["Type"]):
            return self.create(cloudformation_json, (account_id, region_name))

    def update_from_cloudformation_json(
        self,
        original_resource: StackResource,
        new_resource_name: str,  # noqa: ARG002 - the same
        cloudformation_json: Mapping[str, Any],
        account_id: str,  # noqa: ARG002 - the original knows
        region_name: str,  # noqa: ARG002 - the same
    ) -> StackResource:
        with _failures_of(original_resource.logical_resource_id, cloudformation_json["Type"]):
            return self.update(original_resource, cloudformation_json)

    # What is done

    def create(self, resource_json: Mapping[str, Any], place: tuple[str, str]) -> StackResource:
        operations = self._operations(place)
        properties = self._checked(resource_json, operations)
        tags = self._tags(properties)
        create = f"Create{self.kind.name}"
        params = parameters(self.kind, properties, operations.members(create))
        if images.EXECUTION in self.kind.own and images.EXECUTION in properties:
            settings = properties[images.EXECUTION]
            arn = images.start_pipeline(operations, settings, self.stacks.deployments)
            if tags:
                operations.call("TagResource", {"resourceArn": arn, "tags": tags})
        else:
            params |= {"tags": tags} if tags else {}
            arn = operations.call(create, params)[self.kind.arn_member]
        made = StackResource(self, place, arn, resource_json, tags)
        try:
            made.is_created()
        except StackFailure:
            # The stack never gets to know it.
            self.delete(made)
            raise
        return made

    def update(self, old: StackResource, resource_json: Mapping[str, Any]) -> StackResource:
        """The updated resource: the same object if nothing changes, a new one if it is replaced."""
        operations = self._operations(old.place)
        properties = self._checked(resource_json, operations)
        tags = self._tags(properties)
        changed = {
            name
            for name in old.properties.keys() | properties.keys()
            if old.properties.get(name) != properties.get(name)
        }
        is_replaced = self.kind.is_replaced_by(changed)
        if is_replaced or images.is_started_again(old.properties, properties):
            new = self.create(resource_json, old.place)
            if not old.is_kept_when_replaced:
                self.stacks.puts_off(old)
            return new
        if not changed and tags == old.tags:
            return old
        create_members = operations.members(f"Create{self.kind.name}")
        params = parameters(self.kind, properties, create_members)
        if self.kind.is_updatable and changed - {TAGS}:
            update = f"Update{self.kind.name}"
            members = operations.members(update)
            given = {name: value for name, value in params.items() if name in members}
            arn = {self.kind.arn_member: old.physical_resource_id}
            operations.call(update, given | arn)
        self._change_tags(operations, old, tags)
        new = StackResource(self, old.place, old.physical_resource_id, resource_json, tags)
        new.is_created()
        return new

    def delete(self, resource: StackResource) -> None:
        operations = self.stacks.operations(*resource.place)
        if operations is None:
            return
        arn = resource.physical_resource_id
        try:
            if self.kind.name == "Image":
                images.delete(operations, arn, resource.properties)
            else:
                operations.call(f"Delete{self.kind.name}", {self.kind.arn_member: arn})
        except ServiceRefusal as refusal:
            if not refusal.is_absence:
                raise

    def describe(self, resource: StackResource) -> bool:
        """Read the attributes for Fn::GetAtt; return whether the resource is complete."""
        operations = self._operations(resource.place)
        arn = resource.physical_resource_id
        image = images.built(operations, arn) if self.kind.name == "Image" else {}
        answer = operations.call(f"Get{self.kind.name}", {self.kind.arn_member: arn})
        described = answer[self.kind.member]
        references = answer.get("latestVersionReferences", {})
        found: dict[str, Any] = {"Arn": arn}
        found |= {name: described.get(member) for name, member in _DESCRIBED.items()}
        found |= {name: references.get(member) for name, member in _LATEST_VERSIONS.items()}
        if self.kind.name == "ImagePipeline":
            found["DeploymentId"] = operations.new_id()
            self.stacks.deployments[found["DeploymentId"]] = arn
        if image:
            found |= images.output_attributes(operations, image)
        resource.attributes = {
            name: str(value).lower() if isinstance(value, bool) else value
            for name, value in found.items()
            if value is not None and name in self.kind.attributes
        }
        return image is not None

    def _checked(
        self, resource_json: Mapping[str, Any], operations: StackOperations
    ) -> Mapping[str, Any]:
        """The properties. StackFailure if CloudFormation's schema of the type refuses them."""
        properties: Mapping[str, Any] = resource_json["Properties"]
        members = operations.members(f"Create{self.kind.name}")
        check_properties(self.kind, properties, members, ignores_unknown=operations.ignores_unknown)
        return properties

    def _tags(self, properties: Mapping[str, Any]) -> dict[str, str]:
        """The resource's tags, and those of its stack with other keys."""
        own = {
            str(scalar(key, "string")): str(scalar(value, "string"))
            for key, value in properties.get(TAGS, {}).items()
        }
        return {**self.stacks.tags(), **own}

    def _change_tags(
        self, operations: StackOperations, old: StackResource, tags: Mapping[str, str]
    ) -> None:
        arn = {"resourceArn": old.physical_resource_id}
        gone = [key for key in old.tags if key not in tags]
        if gone:
            operations.call("UntagResource", {**arn, "tagKeys": gone})
        new = {key: value for key, value in tags.items() if old.tags.get(key) != value}
        if new:
            operations.call("TagResource", {**arn, "tags": new})

    def _operations(self, place: tuple[str, str]) -> StackOperations:
        operations = self.stacks.operations(*place)
        if operations is None:
            raise StackFailure("imagebuilder_mock is off: nobody answers for Image Builder.")
        return operations
