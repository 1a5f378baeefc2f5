"""moto's Resource Groups Tagging API, while the mock is on: it finds and tags our resources.

The methods that list an account's tagged resources are patched, and those that tag. What moto finds
is a dict in its older versions, and an object of a class of its own in newer ones.

Held to moto 5.0.0 and 5.2.5 by tests/transports/moto/test_tagging.py.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.protocol.http import Caller
from imagebuilder_mock.protocol.model import SERVICE_NAME
from imagebuilder_mock.world.faults import LostRequestError

from .own_calls import call

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import ModuleType

    from imagebuilder_mock.domain.resources.base import Resource
    from imagebuilder_mock.gateway import Gateway
    from imagebuilder_mock.transports.patching import Method, Patches


class MotoTagging:
    """Patches moto's tagging for one start of the mock."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._found_as: type[Any] | None = None

    def open(self, responses: ModuleType, patches: Patches) -> None:
        models: Any = sys.modules["moto.resourcegroupstaggingapi.models"]
        patched: dict[str, Method] = {
            "_get_resources_generator": self._resources,
            "_get_tag_keys_generator": self._keys,
            "_get_tag_values_generator": self._values,
            "tag_resources": self._tag,
        }
        # moto 5.0 does not have this operation.
        operations = getattr(responses, "ResourceGroupsTaggingAPIResponse", None)
        if operations is None or hasattr(operations, "untag_resources"):
            patched["untag_resources"] = self._untag
        for name, instead in patched.items():
            patches.patch(models, f"ResourceGroupsTaggingAPIBackend.{name}", instead)
        self._found_as = getattr(models, "TaggedResource", None)

    # What is found

    def _resources(
        self,
        original: Method,
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

    def _keys(self, original: Method, backend: Any) -> Iterator[str]:
        yield from original(backend)
        for resource in self._tagged(backend):
            yield from resource.tags

    def _values(self, original: Method, backend: Any, tag_key: str) -> Iterator[str]:
        yield from original(backend, tag_key)
        for resource in self._tagged(backend):
            if tag_key in resource.tags:
                yield resource.tags[tag_key]

    def _tagged(self, backend: Any) -> list[Resource]:
        """The resources with tags, in the order of their creation."""
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

    def _tag(
        self, original: Method, backend: Any, resource_arns: list[str], tags: dict[str, str]
    ) -> Any:
        failed = self._failures(backend, resource_arns, "TagResource", {"tags": tags})
        others = [arn for arn in resource_arns if not _is_ours(arn)]
        return {**(original(backend, others, tags) if others else {}), **failed}

    def _untag(
        self, original: Method, backend: Any, resource_arn_list: list[str], tag_keys: list[str]
    ) -> Any:
        failed = self._failures(backend, resource_arn_list, "UntagResource", {"tagKeys": tag_keys})
        others = [arn for arn in resource_arn_list if not _is_ours(arn)]
        return {**(original(backend, others, tag_keys) if others else {}), **failed}

    def _failures(
        self, backend: Any, arns: list[str], operation: str, params: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Tag Image Builder's resources; return the entries of FailedResourcesMap."""
        failed = {}
        caller = Caller(backend.account_id, backend.region_name)
        for arn in filter(_is_ours, arns):
            try:
                answer = call(self._gateway, caller, operation, {**params, "resourceArn": arn})
            except LostRequestError as lost:
                failed[arn] = _failure(500, "InternalServiceException", lost.message)
            else:
                if answer.error_code is not None:
                    message = answer.members.get("message", "")
                    failed[arn] = _failure(answer.status, answer.error_code, message)
        return failed


def _failure(status: int, code: str, message: object) -> dict[str, object]:
    return {"StatusCode": status, "ErrorCode": code, "ErrorMessage": message}


def _is_ours(arn: str) -> bool:
    return arn.split(":")[2:3] == [SERVICE_NAME]


def _type(resource: Resource) -> str:
    """As filters name it: ``imagebuilder:image-recipe``."""
    return f"{SERVICE_NAME}:{Arn.parse(resource.arn).kind.partition('/')[0]}"


def _is_of(resource: Resource, types: Sequence[str] | None) -> bool:
    return not types or SERVICE_NAME in types or _type(resource) in types


def _has(tags: Mapping[str, str], wanted: Mapping[str, Any]) -> bool:
    """Whether the tags have the key of a filter, with one of its values if it names any."""
    key, values = wanted["Key"], wanted.get("Values") or ()
    return key in tags and (not values or tags[key] in values)
