"""moto's Resource Groups Tagging API, while the mock is on: it finds and tags our resources.

Patched are the methods that go through an account's tagged resources, and those that tag. moto
keeps what it finds as dicts in its older versions, and in a class of its own in newer ones.

Held to moto 5.0.0 and 5.2.5 by tests/transports/moto/test_tagging.py.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.world.faults import LostRequestError

from .own_calls import OwnCalls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import ModuleType

    from imagebuilder_mock.domain.resources.base import Resource
    from imagebuilder_mock.gateway import Gateway
    from imagebuilder_mock.protocol.http import Answer
    from imagebuilder_mock.transports.patching import Patches

_PACKAGE = "moto.resourcegroupstaggingapi"
_SERVICE = "imagebuilder"


class TaggingDoor:
    """Has moto's tagging patched, once moto has loaded it."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._found_as: type[Any] | None = None

    def open(self, patches: Patches) -> None:
        # What answers requests; it imports the models.
        patches.when_imported(f"{_PACKAGE}.responses", self._patch)

    def _patch(self, responses: ModuleType, patches: Patches) -> None:
        package = sys.modules[_PACKAGE]
        patched = {
            "_get_resources_generator": self._wrap_resources,
            "_get_tag_keys_generator": self._wrap_keys,
            "_get_tag_values_generator": self._wrap_values,
            "tag_resources": self._wrap_tag,
        }
        # moto 5.0 does not have this operation.
        operations = getattr(responses, "ResourceGroupsTaggingAPIResponse", None)
        if operations is None or hasattr(operations, "untag_resources"):
            patched["untag_resources"] = self._wrap_untag
        for name, wrap in patched.items():
            patches.patch(package, f"models.ResourceGroupsTaggingAPIBackend.{name}", wrap)
        self._found_as = getattr(package.models, "TaggedResource", None)

    # What is found

    def _wrap_resources(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def _get_resources_generator(
            backend: Any,
            tag_filters: Sequence[Mapping[str, Any]] | None = None,
            resource_type_filters: Sequence[str] | None = None,
            *args: Any,
            **kwargs: Any,
        ) -> Iterator[Any]:
            yield from original(backend, tag_filters, resource_type_filters, *args, **kwargs)
            named = kwargs.get("resource_arn_list") or (args[0] if args else None)
            for resource in self._tagged(backend):
                if (
                    _is_of(resource, resource_type_filters)
                    and (not named or resource.arn in named)
                    and all(_has(resource.tags, wanted) for wanted in tag_filters or ())
                ):
                    yield self._shown(resource)

        return _get_resources_generator

    def _wrap_keys(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def _get_tag_keys_generator(backend: Any) -> Iterator[str]:
            yield from original(backend)
            for resource in self._tagged(backend):
                yield from resource.tags

        return _get_tag_keys_generator

    def _wrap_values(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def _get_tag_values_generator(backend: Any, tag_key: str) -> Iterator[str]:
            yield from original(backend, tag_key)
            for resource in self._tagged(backend):
                if tag_key in resource.tags:
                    yield resource.tags[tag_key]

        return _get_tag_values_generator

    def _tagged(self, backend: Any) -> list[Resource]:
        """The resources that have tags, as they are at this moment, in the order of making."""
        world = self._gateway.world
        with world.lock:
            store = world.store(backend.account_id, backend.region_name)
            tagged = [resource for resource in store if resource.tags]
        return sorted(tagged, key=lambda resource: resource.sequence)

    def _shown(self, resource: Resource) -> Any:
        if self._found_as is None:
            tags = [{"Key": key, "Value": value} for key, value in resource.tags.items()]
            return {"ResourceARN": resource.arn, "Tags": tags}
        return self._found_as(
            arn=resource.arn, tags=dict(resource.tags), resource_type=_type(resource)
        )

    # What is tagged

    def _wrap_tag(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def tag_resources(backend: Any, resource_arns: list[str], tags: dict[str, str]) -> Any:
            def call(calls: OwnCalls, arn: str) -> Answer:
                return calls.call("TagResource", {"resourceArn": arn, "tags": tags})

            return self._shared_out(
                backend, resource_arns, lambda arns: original(backend, arns, tags), call
            )

        return tag_resources

    def _wrap_untag(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def untag_resources(backend: Any, resource_arn_list: list[str], tag_keys: list[str]) -> Any:
            def call(calls: OwnCalls, arn: str) -> Answer:
                return calls.call("UntagResource", {"resourceArn": arn, "tagKeys": tag_keys})

            return self._shared_out(
                backend, resource_arn_list, lambda arns: original(backend, arns, tag_keys), call
            )

        return untag_resources

    def _shared_out(
        self,
        backend: Any,
        arns: list[str],
        theirs: Callable[[list[str]], dict[str, Any]],
        ours: Callable[[OwnCalls, str], Answer],
    ) -> dict[str, Any]:
        """Have each side tag its own; what FailedResourcesMap says of both."""
        others = [arn for arn in arns if _service(arn) != _SERVICE]
        failed = dict(theirs(others)) if others else {}
        calls = OwnCalls(self._gateway, backend.account_id, backend.region_name)
        for arn in arns:
            if _service(arn) == _SERVICE:
                try:
                    answer = ours(calls, arn)
                except LostRequestError as lost:
                    failed[arn] = _failure(500, "InternalServiceException", lost.message)
                else:
                    if answer.error_code is not None:
                        message = str(answer.members.get("message", ""))
                        failed[arn] = _failure(answer.status, answer.error_code, message)
        return failed


def _failure(status: int, code: str, message: str) -> dict[str, Any]:
    return {"StatusCode": status, "ErrorCode": code, "ErrorMessage": message}


def _service(arn: str) -> str:
    return ([*arn.split(":", 3), "", "", ""])[2]


def _type(resource: Resource) -> str:
    """As filters name it: ``imagebuilder:image-recipe``."""
    return f"{_SERVICE}:{Arn.parse(resource.arn).kind.partition('/')[0]}"


def _is_of(resource: Resource, types: Sequence[str] | None) -> bool:
    return not types or _SERVICE in types or _type(resource) in types


def _has(tags: Mapping[str, str], wanted: Mapping[str, Any]) -> bool:
    """A filter means a key, and one of its values if it names any."""
    key, values = wanted["Key"], wanted.get("Values") or ()
    return key in tags and (not values or tags[key] in values)
