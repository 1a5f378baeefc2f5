"""Image Builder's resources in stacks: the objects that moto calls and keeps.

moto asks a resource type for what ``CloudFormationModel`` says; being a subclass of that is not
asked for, so nothing is registered there, and moto is not imported.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from . import images
from .calls import NotBuiltYet, ServiceRefusal, StackFailure
from .dynamic_references import resolved
from .resource_types import PREFIX, TAGS, VERSIONS
from .schemas import check_properties
from .template_checks import has_ours, no_attribute
from .templates import parameters, scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .calls import StackOperations
    from .resource_types import ResourceType
    from .work import StackWork

_logger = logging.getLogger("imagebuilder_mock")
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


class Given(NamedTuple):
    """What a template gives for a resource, after CloudFormation's check."""

    properties: Mapping[str, Any]
    warning: str | None
    """What CloudFormation says of them although it deploys the resource."""


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
        given: Given,
    ) -> None:
        self.template = template
        self.place = place
        self.physical_resource_id = arn
        self.properties: dict[str, Any] = dict(resource_json["Properties"])
        self.given = given.properties
        self.tags = template.tags(given.properties)
        self._resources = template.stacks.at_work()
        self.stack_tags = dict(template.stacks.tags())
        self.attributes: dict[str, str] = {}
        self.warning = given.warning
        self.is_there = False

    def is_created(self) -> bool:
        """Whether it exists; an image does when it is built. StackFailure if the build failed."""
        if not self.is_there:
            # Its creator does not know yet what it is called; who looks later does.
            logical_id = getattr(self, "logical_resource_id", "")
            with failures_of(logical_id, self.template.type, self.physical_resource_id):
                self.is_there = self.template.describe(self)
        return self.is_there

    def get_cfn_attribute(self, name: object) -> str:
        """Fn::GetAtt. StackFailure if the type has no such attribute, or the resource not yet."""
        attribute = str(self.template.stacks.text(name, self._resources))
        if attribute not in self.template.kind.attributes:
            raise StackFailure(no_attribute(self.logical_resource_id, attribute))
        if attribute in self.attributes:
            return self.attributes[attribute]
        said = f"{self.physical_resource_id} has no {attribute}."
        raise StackFailure(said) if self.is_there else NotBuiltYet(said)

    def delete(self, _account_id: str, _region_name: str) -> None:
        """StackFailure if the service refuses; a resource that no longer exists is no failure."""
        with failures_of(self.logical_resource_id, self.template.type, self.physical_resource_id):
            self.template.delete(self)


@contextmanager
def failures_of(logical_id: str, resource_type: str, physical_id: str = "") -> Iterator[None]:
    """Note in failures which resource they are about."""
    try:
        yield
    except StackFailure as failure:
        raise failure.of(logical_id, resource_type, physical_id) from None


class StackResourceType:
    """What moto takes for the class of a type."""

    def __init__(self, kind: ResourceType, stacks: StackWork) -> None:
        self.kind = kind
        self.type = PREFIX + kind.name
        self.stacks = stacks

    # What moto calls, by its names

    def has_cfn_attr(self, attr: object) -> bool:
        # Which one a function names shows when it is asked for.
        return not isinstance(attr, str) or attr in self.kind.attributes

    def create_from_cloudformation_json(
        self,
        resource_name: str,  # noqa: ARG002 - the names of ours are properties
        cloudformation_json: Mapping[str, Any],
        account_id: str,
        region_name: str,
        **said: Any,
    ) -> StackResource:
        logical_id = said.get("LogicalId", "")
        with failures_of(logical_id, self.type):
            return self.create(cloudformation_json, (account_id, region_name), logical_id)

    def update_from_cloudformation_json(
        self,
        original_resource: StackResource,
        new_resource_name: str,  # noqa: ARG002 - the same
        cloudformation_json: Mapping[str, Any],
        account_id: str,  # noqa: ARG002 - the original knows
        region_name: str,  # noqa: ARG002 - the same
    ) -> StackResource:
        about = original_resource.logical_resource_id, self.type
        with failures_of(*about, original_resource.physical_resource_id):
            return self.update(original_resource, cloudformation_json)

    # What is done

    def create(
        self, resource_json: Mapping[str, Any], place: tuple[str, str], logical_id: str
    ) -> StackResource:
        operations = self._operations(place)
        given = self._given(resource_json, place, operations, logical_id)
        tags = self.tags(given.properties)
        create = f"Create{self.kind.name}"
        params = parameters(self.kind, given.properties, operations.members(create))
        execution = given.properties.get(images.EXECUTION)
        if execution is not None:
            arn = images.start_pipeline(operations, execution, self.stacks.deployments)
            if tags:
                operations.call("TagResource", {"resourceArn": arn, "tags": tags})
        else:
            params |= {"tags": tags} if tags else {}
            with self._in_handlers_words(f"{self.kind.name}Arn", is_creation=True):
                arn = operations.call(create, params)[self.kind.arn_member]
        made = StackResource(self, place, arn, resource_json, given)
        try:
            made.is_created()
        except StackFailure:
            # The stack never gets to know it.
            self._delete_unknown(made)
            raise
        return made

    def update(self, old: StackResource, resource_json: Mapping[str, Any]) -> StackResource:
        """The updated resource: the same object if nothing changes, a new one if it is replaced."""
        operations = self._operations(old.place)
        properties = resource_json["Properties"]
        changed = {
            name
            for name in old.properties.keys() | properties.keys()
            if old.properties.get(name) != properties.get(name)
        }
        if not changed and self.stacks.tags() == old.stack_tags:
            return old
        given = self._given(resource_json, old.place, operations, old.logical_resource_id)
        is_replaced = self.kind.is_replaced_by(changed)
        if is_replaced or images.is_started_again(old.properties, properties):
            return self.create(resource_json, old.place, old.logical_resource_id)
        new = StackResource(self, old.place, old.physical_resource_id, resource_json, given)
        with self._in_handlers_words(old.physical_resource_id):
            self._change(operations, old, new, is_update=bool(changed - {TAGS}))
        new.is_created()
        return new

    def take_back(self, old: StackResource, new: StackResource) -> None:
        """Give an updated resource the properties and tags that it had."""
        self._change(self._operations(old.place), new, old, is_update=True)

    def delete(self, resource: StackResource) -> None:
        operations = self.stacks.operations(*resource.place)
        if operations is None:
            return
        arn = resource.physical_resource_id
        try:
            if self.kind.name == "Image":
                images.delete(operations, arn, resource.given)
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

    def _given(
        self,
        resource_json: Mapping[str, Any],
        place: tuple[str, str],
        operations: StackOperations,
        logical_id: str,
    ) -> Given:
        """The properties. StackFailure if CloudFormation's schema of the type refuses them."""
        properties: Mapping[str, Any] = resolved(resource_json["Properties"], self.type, place)
        warning = check_properties(
            self.kind,
            logical_id,
            properties,
            operations.members(f"Create{self.kind.name}"),
            ignores_unknown=operations.ignores_unknown,
        )
        return Given(properties, warning)

    def tags(self, properties: Mapping[str, Any]) -> dict[str, str]:
        """The resource's tags, and those of its stack with other keys."""
        own = {
            str(scalar(key, "string")): str(scalar(value, "string"))
            for key, value in properties.get(TAGS, {}).items()
        }
        return {**self.stacks.tags(), **own}

    def _change(
        self,
        operations: StackOperations,
        old: StackResource,
        new: StackResource,
        *,
        is_update: bool,
    ) -> None:
        """Change properties and tags; neither if one of the two is refused."""
        if not (is_update and self.kind.is_updatable):
            self._change_tags(operations, old, new)
            return
        self._update(operations, new)
        try:
            self._change_tags(operations, old, new)
        except StackFailure:
            self._update(operations, old)
            raise

    def _update(self, operations: StackOperations, to: StackResource) -> None:
        params = parameters(self.kind, to.given, operations.members(f"Create{self.kind.name}"))
        update = f"Update{self.kind.name}"
        members = operations.members(update)
        known = {name: value for name, value in params.items() if name in members}
        operations.call(update, known | {self.kind.arn_member: to.physical_resource_id})

    @staticmethod
    def _change_tags(operations: StackOperations, old: StackResource, new: StackResource) -> None:
        arn = {"resourceArn": old.physical_resource_id}
        gone = {key: value for key, value in old.tags.items() if key not in new.tags}
        if gone:
            operations.call("UntagResource", {**arn, "tagKeys": list(gone)})
        added = {key: value for key, value in new.tags.items() if old.tags.get(key) != value}
        if added:
            try:
                operations.call("TagResource", {**arn, "tags": added})
            except StackFailure:
                if gone:
                    operations.call("TagResource", {**arn, "tags": gone})
                raise

    def _delete_unknown(self, made: StackResource) -> None:
        try:
            self.delete(made)
        except StackFailure as failure:
            _logger.warning("%s stays: %s", made.physical_resource_id, failure)

    @contextmanager
    def _in_handlers_words(self, identifier: str, *, is_creation: bool = False) -> Iterator[None]:
        """Of a creation only what exists is the resource itself, and of an update what is gone."""
        try:
            yield
        except ServiceRefusal as refusal:
            is_about_it = refusal.is_conflict if is_creation else refusal.is_absence
            if not is_about_it:
                raise
            raise refusal.in_handlers_words(self.type, identifier) from None

    def _operations(self, place: tuple[str, str]) -> StackOperations:
        operations = self.stacks.operations(*place)
        if operations is None:
            raise StackFailure("imagebuilder_mock is off: nobody answers for Image Builder.")
        return operations


def ours(resources: Any) -> list[tuple[str, StackResource]]:
    """Image Builder's resources of a stack, in the order of their creation."""
    return [
        (name, resource)
        for name, resource in resources._parsed_resources.items()
        if isinstance(resource, StackResource)
    ]


def concerns(resources: Any) -> bool:
    """Whether a stack has resources of Image Builder, or a stack within it has."""
    if has_ours({"Resources": resources._resource_json_map}) or ours(resources):
        return True
    return any(map(concerns_nested, resources._parsed_resources.values()))


def concerns_nested(resource: Any) -> bool:
    """Whether a resource is a stack that has resources of Image Builder."""
    return hasattr(resource, "resource_map") and concerns(resource.resource_map)
