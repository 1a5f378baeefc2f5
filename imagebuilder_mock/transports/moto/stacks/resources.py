"""Image Builder's resources in stacks: the objects that moto calls and keeps.

A type has the methods of moto's ``CloudFormationModel``. It need not be a subclass of that, so moto
is not imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagebuilder_mock.world.log import logger

from . import images
from .calls import ABSENT, EXISTING, NotBuiltYet, ServiceRefusal, StackFailure
from .dynamic_references import resolved
from .moto_names import module
from .properties import check_properties, parameters, scalar
from .resource_types import PREFIX, TAGS, VERSIONS
from .template_checks import has_ours, no_attribute

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .calls import StackOperations
    from .resource_types import ResourceType
    from .work import StackWork


class StackResourceType:
    """What moto takes for the class of a type."""

    def __init__(self, kind: ResourceType, work: StackWork) -> None:
        self._kind = kind
        self._work = work

    def has_cfn_attr(self, attr: object) -> bool:
        # Which one a function names shows when it is asked for.
        return not isinstance(attr, str) or attr in self._kind.attributes

    def create_from_cloudformation_json(
        self,
        resource_name: str,  # noqa: ARG002 - the names of ours are properties
        cloudformation_json: Mapping[str, Any],
        account_id: str,
        region_name: str,
        **said: Any,
    ) -> StackResource:
        place, logical_id = (account_id, region_name), said["LogicalId"]
        made = StackResource(self._kind, self._work, place, logical_id, cloudformation_json)
        made.create()
        return made

    def update_from_cloudformation_json(
        self, original_resource: StackResource, cloudformation_json: Mapping[str, Any], **_: Any
    ) -> StackResource:
        return original_resource.updated(cloudformation_json)


class StackResource:
    """A resource as its stack knows it. It is immutable: an update makes a new object."""

    def __init__(
        self,
        kind: ResourceType,
        work: StackWork,
        place: tuple[str, str],
        logical_id: str,
        resource_json: Mapping[str, Any],
    ) -> None:
        """StackFailure if CloudFormation's schema of the type refuses the properties."""
        self.work = work
        self.logical_resource_id = logical_id
        self.physical_resource_id = ""
        self.cf_resource_type = self.type = PREFIX + kind.name
        self.attributes: dict[str, str] = {}
        self.is_there = False
        self._kind = kind
        self._place = place
        self._given: Mapping[str, Any] = resolved(resource_json["Properties"], self.type, place)
        self.warning = check_properties(
            kind,
            logical_id,
            self._given,
            self._operations.members(f"Create{kind.name}"),
            ignores_unknown=self._operations.ignores_unknown,
        )
        """What CloudFormation says although it deploys the resource."""
        self._properties: dict[str, Any] = dict(resource_json["Properties"])
        self._stack_tags = dict(work.tags())
        self._tags = self._stack_tags | {
            str(scalar(key, "string")): str(scalar(value, "string"))
            for key, value in self._given.get(TAGS, {}).items()
        }
        self._resources = work.at_work()

    # What moto calls, by its names

    def is_created(self) -> bool:
        """Whether it exists; an image does when it is built. StackFailure if the build failed."""
        if not self.is_there:
            try:
                self.is_there = self._describe()
            except StackFailure as failure:
                raise failure.about(self) from None
        return self.is_there

    def get_cfn_attribute(self, name: object) -> str:
        """Fn::GetAtt. StackFailure if the type has no such attribute, or the resource not yet."""
        # A template may have a function in the name's place.
        attribute = str(module("parsing").clean_json(name, self._resources))
        if attribute not in self._kind.attributes:
            raise StackFailure(no_attribute(self.logical_resource_id, attribute))
        if attribute in self.attributes:
            return self.attributes[attribute]
        said = f"{self.physical_resource_id} has no {attribute}."
        raise StackFailure(said) if self.is_there else NotBuiltYet(said)

    def delete(self, _account_id: str = "", _region_name: str = "") -> None:
        """StackFailure if the service refuses; a resource that no longer exists is no failure."""
        if self.work.is_over:
            return
        arn = self.physical_resource_id
        try:
            if self._kind.name == "Image":
                images.delete(self._operations, arn, self._given)
            else:
                self._operations.call(f"Delete{self._kind.name}", {self._kind.arn_member: arn})
        except ServiceRefusal as refusal:
            if refusal.code != ABSENT:
                raise

    # What is done

    def create(self) -> None:
        """StackFailure if the service refuses."""
        params, execution = self._parameters(), self._given.get(images.EXECUTION)
        if execution is not None:
            arn = images.start_pipeline(self._operations, execution, self.work.deployments)
            if self._tags:
                self._operations.call("TagResource", {"resourceArn": arn, "tags": self._tags})
        else:
            params |= {"tags": self._tags} if self._tags else {}
            try:
                answer = self._operations.call(f"Create{self._kind.name}", params)
            except ServiceRefusal as refusal:
                raise refusal.in_handlers_words(
                    EXISTING, self.type, f"{self._kind.name}Arn"
                ) from None
            arn = answer[self._kind.arn_member]
        self.physical_resource_id = arn
        try:
            self.is_created()
        except StackFailure:
            # The stack never gets to know it.
            try:
                self.delete()
            except StackFailure as failure:
                logger.warning("%s stays: %s", arn, failure)
            raise

    def updated(self, resource_json: Mapping[str, Any]) -> StackResource:
        """The same object if nothing changes, another if it is updated or replaced."""
        before, given = self._properties, resource_json["Properties"]
        # What is no object differs in all members, and the new resource's schema refuses it.
        now: Mapping[str, Any] = given if isinstance(given, dict) else {}
        changed = {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}
        if not changed and self.work.tags() == self._stack_tags:
            return self
        logical_id = self.logical_resource_id
        new = StackResource(self._kind, self.work, self._place, logical_id, resource_json)
        if self._kind.is_replaced_by(changed) or images.is_started_again(before, now):
            new.create()
            return new
        new.physical_resource_id = self.physical_resource_id
        try:
            new.take_over(self, is_update=bool(changed - {TAGS}))
        except ServiceRefusal as refusal:
            raise refusal.in_handlers_words(ABSENT, self.type, self.physical_resource_id) from None
        new.is_created()
        return new

    def take_over(self, other: StackResource, *, is_update: bool = True) -> None:
        """Give the resource these properties and tags in place of the other's.

        It keeps both if one of the two is refused.
        """
        if not (is_update and self._kind.is_updatable):
            self._tag_in_place_of(other)
            return
        self._update()
        try:
            self._tag_in_place_of(other)
        except StackFailure:
            other._update()
            raise

    def _update(self) -> None:
        update = f"Update{self._kind.name}"
        members = self._operations.members(update)
        known = {name: value for name, value in self._parameters().items() if name in members}
        self._operations.call(update, known | {self._kind.arn_member: self.physical_resource_id})

    def _tag_in_place_of(self, other: StackResource) -> None:
        arn = {"resourceArn": self.physical_resource_id}
        gone = {key: value for key, value in other._tags.items() if key not in self._tags}
        if gone:
            self._operations.call("UntagResource", {**arn, "tagKeys": list(gone)})
        new = {key: value for key, value in self._tags.items() if other._tags.get(key) != value}
        if new:
            try:
                self._operations.call("TagResource", {**arn, "tags": new})
            except StackFailure:
                if gone:
                    self._operations.call("TagResource", {**arn, "tags": gone})
                raise

    def _describe(self) -> bool:
        """Read the attributes for Fn::GetAtt; return whether the resource is complete."""
        operations, kind, arn = self._operations, self._kind, self.physical_resource_id
        image = images.built(operations, arn) if kind.name == "Image" else {}
        answer = operations.call(f"Get{kind.name}", {kind.arn_member: arn})
        described, references = answer[kind.member], answer.get("latestVersionReferences", {})
        found = {name: described.get(name.lower()) for name in kind.attributes}
        found |= {name: references.get(member) for name, member in VERSIONS.items()}
        if kind.name == "ImagePipeline":
            found["DeploymentId"] = operations.new_id()
            self.work.deployments[found["DeploymentId"]] = arn
        if image:
            found |= images.output_attributes(operations, image)
        self.attributes = {
            name: str(value).lower() if isinstance(value, bool) else value
            for name, value in found.items()
            if value is not None and name in kind.attributes
        }
        return image is not None

    def _parameters(self) -> dict[str, Any]:
        members = self._operations.members(f"Create{self._kind.name}")
        return parameters(self._kind, self._given, members)

    @property
    def _operations(self) -> StackOperations:
        return self.work.operations(*self._place)


def ours(resources: Any) -> list[StackResource]:
    """Image Builder's resources of a stack, in the order of their creation."""
    return [
        each for each in resources._parsed_resources.values() if isinstance(each, StackResource)
    ]


def concerns(resources: Any) -> bool:
    """Whether a stack has resources of Image Builder, or a stack within it has."""
    if has_ours({"Resources": resources._resource_json_map}) or ours(resources):
        return True
    return any(map(concerns_nested, resources._parsed_resources.values()))


def concerns_nested(resource: Any) -> bool:
    """Whether a resource is a stack that has resources of Image Builder."""
    return hasattr(resource, "resource_map") and concerns(resource.resource_map)
