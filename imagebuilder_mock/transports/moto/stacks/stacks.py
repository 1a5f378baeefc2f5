"""moto's stacks while the mock is on.

The look-up of a resource type is patched, how the resources of a stack are created, updated and
deleted, and the operations on stacks. Stacks without resources of Image Builder are not affected.
For others this adds what moto lacks: a failure rolls the stack back and gives the reason, a
replaced resource is deleted last, and the resources that refer to it are updated.

Held to moto 5.0.0 and 5.2.5 by tests/transports/moto/test_cloudformation.py.
"""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .calls import StackFailure, StackOperations
from .resource_types import RESOURCE_TYPES
from .resources import StackResource, StackResourceType
from .rollbacks import Resources, fail_creation, fail_deletion, fail_update, ours
from .templates import references

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

    from imagebuilder_mock.gateway import Gateway
    from imagebuilder_mock.transports.patching import Method, Patches

_SYSTEM_TAGS = "aws:"
_logger = logging.getLogger("imagebuilder_mock")


class MotoStacks:
    """Patches moto's stacks for one start of the mock.

    Resources of an earlier start do nothing: their world is gone.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway: Gateway | None = gateway
        self._types = {name: StackResourceType(kind, self) for name, kind in RESOURCE_TYPES.items()}
        self.deployments: dict[str, str] = {}
        self._at_work: list[Any] = []
        self._put_off: list[list[StackResource]] = []
        self._depth = 0

    # What resources ask

    def operations(self, account: str, region: str) -> StackOperations | None:
        gateway = self._gateway
        return None if gateway is None else StackOperations(gateway, account, region)

    def tags(self) -> Mapping[str, str]:
        given = self._at_work[-1].tags if self._at_work else {}
        return {key: value for key, value in given.items() if not key.startswith(_SYSTEM_TAGS)}

    def puts_off(self, resource: StackResource) -> bool:
        if not self._put_off:
            return False
        if resource not in self._put_off[-1]:
            self._put_off[-1].append(resource)
        return True

    # What is patched

    def open(self, models: ModuleType, patches: Patches) -> None:
        patches.callback(self._close)
        parsing: Any = sys.modules["moto.cloudformation.parsing"]
        patches.patch(parsing, "resource_class_from_type", self._look_up)
        patches.patch(parsing, "ResourceMap.__getitem__", self._get)
        patches.patch(parsing, "ResourceMap.update", self._update)
        patches.patch(parsing, "ResourceMap.delete", self._delete)
        patches.patch(models, "CloudFormationBackend.create_stack", self._create_stack)
        patches.patch(models, "CloudFormationBackend.update_stack", self._update_stack)
        patches.patch(models, "CloudFormationBackend.execute_change_set", self._execute_change_set)
        patches.patch(models, "CloudFormationBackend.describe_stacks", self._describe_stacks)
        patches.patch(models, "CloudFormationBackend.delete_stack", self._delete_stack)

    def _close(self) -> None:
        self._gateway = None

    def _look_up(self, original: Method, resource_type: str) -> Any:
        ours = self._types.get(resource_type)
        return original(resource_type) if ours is None else ours

    def _get(self, original: Method, resources: Any, key: str) -> Any:
        with self._working_on(resources):
            return original(resources, key)

    def _update(
        self, original: Method, resources: Any, template: Any, parameters: Any = None
    ) -> None:
        before = Resources(resources)
        self._put_off.append([])
        try:
            with self._working_on(resources):
                original(resources, template, parameters)
                _update_dependents(resources, before)
        except StackFailure:
            self._put_off.pop()
            before.restore(original)
            raise
        except BaseException:
            self._put_off.pop()
            raise
        _clean_up(
            [
                resource
                for resource in self._put_off.pop()
                if not (resource.is_kept_when_removed and _is_gone(resources, resource))
            ]
        )
        for name, _ in ours(resources):
            if name not in template["Resources"]:
                del resources._parsed_resources[name]

    def _delete(self, original: Method, resources: Any) -> None:
        # Who refers to others goes before them; moto takes any order, and tries again.
        for name, resource in reversed(ours(resources)):
            try:
                if not resource.is_kept_when_removed:
                    resource.delete(*resource.place)
            except StackFailure as failure:
                _logger.debug("%s is not deleted at once: %s", name, failure)
            else:
                del resources._parsed_resources[name]
        original(resources)

    def _create_stack(
        self, original: Method, backend: Any, name: str, *args: Any, **kwargs: Any
    ) -> Any:
        self._depth += 1
        try:
            return original(backend, name, *args, **kwargs)
        except StackFailure as failure:
            stack = _named(backend, name)
            fail_creation(backend, stack, failure)
            if self._depth > 1:
                raise
            return stack
        finally:
            self._depth -= 1

    def _update_stack(
        self, original: Method, backend: Any, name: str, *args: Any, **kwargs: Any
    ) -> Any:
        stack = backend.get_stack(name)
        template = stack.template
        try:
            return original(backend, name, *args, **kwargs)
        except StackFailure as failure:
            stack.template = template
            stack._parse_template()
            fail_update(stack, failure)
            return stack

    def _execute_change_set(
        self,
        original: Method,
        backend: Any,
        change_set_name: str,
        stack_name: str | None = None,
    ) -> None:
        try:
            original(backend, change_set_name, stack_name)
        except StackFailure as failure:
            change_set = backend.describe_change_set(change_set_name)
            change_set.execution_status = "EXECUTE_FAILED"
            if change_set.change_set_type == "CREATE":
                fail_creation(backend, change_set.stack, failure)
            else:
                fail_update(change_set.stack, failure)

    def _describe_stacks(self, original: Method, backend: Any, *args: Any, **kwargs: Any) -> Any:
        found = original(backend, *args, **kwargs)
        for stack in found:
            if stack.status == "CREATE_IN_PROGRESS" and ours(stack.resource_map):
                try:
                    stack.verify_readiness()
                except StackFailure as failure:
                    fail_creation(backend, stack, failure)
        return found

    def _delete_stack(self, original: Method, backend: Any, name_or_stack_id: str) -> None:
        stack = backend.stacks.get(name_or_stack_id)
        try:
            original(backend, name_or_stack_id)
        except StackFailure as failure:
            if stack is None:
                raise
            backend.stacks[stack.stack_id] = stack
            fail_deletion(stack, failure)

    @contextmanager
    def _working_on(self, resources: Any) -> Iterator[None]:
        self._at_work.append(resources)
        try:
            yield
        finally:
            self._at_work.pop()


def _clean_up(resources: list[StackResource]) -> None:
    """Delete the replaced resources. A refusal is logged, since the update is complete."""
    while resources:
        refusals = []
        for resource in reversed(resources):
            try:
                resource.delete(*resource.place)
            except StackFailure as failure:
                refusals.append((resource, failure))
        if len(refusals) == len(resources):
            for resource, refusal in refusals:
                _logger.warning("%s stays: %s", resource.physical_resource_id, refusal)
            return
        resources = [resource for resource, _ in reversed(refusals)]


def _is_gone(resources: Any, resource: StackResource) -> bool:
    """Whether the template no longer has the resource, as opposed to a replaced one."""
    return resource.logical_resource_id not in resources._resource_json_map


def _update_dependents(resources: Any, before: Resources) -> None:
    """Update what refers to changed resources; moto updates only what has a changed template."""
    parsing: Any = sys.modules["moto.cloudformation.parsing"]
    there, templates = resources._parsed_resources, resources._resource_json_map

    def update(name: str) -> Any:
        place = resources._account_id, resources._region_name
        return parsing.parse_and_update_resource(name, templates[name], resources, *place)

    is_settled = False
    while not is_settled:
        is_settled = True
        for name, resource in ours(resources):
            if name in templates:
                there[name] = update(name)
                is_settled = is_settled and there[name] is resource
    changed = before.changed()
    for name, resource_json in templates.items():
        is_theirs = name in there and not isinstance(there[name], StackResource)
        if is_theirs and changed.intersection(references(resource_json)):
            there[name] = update(name) or there[name]


def _named(backend: Any, name: str) -> Any:
    [stack] = (each for each in backend.stacks.values() if each.name == name)
    return stack
