"""Delete the resources of a stack, also of one whose creation has failed.

What refers to another goes before it: moto takes any order, and tries again. It leaves a stack that
fails as it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .calls import failure_of
from .events import enter, failed, say, say_failed
from .resources import StackResource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .calls import StackFailure

_RETAINED = frozenset(("Retain", "RetainExceptOnCreate"))


def is_kept(resource_json: Mapping[str, Any], *, is_creation_undone: bool = False) -> bool:
    """Whether a resource stays that its stack no longer has."""
    policy = resource_json.get("DeletionPolicy")
    return policy == "Retain" if is_creation_undone else policy in _RETAINED


def fail_creation(stack: Any, failure: StackFailure) -> None:
    """Delete the resources that were created, and record the rollback."""
    say_failed(stack, "CREATE_FAILED", failure)
    enter(stack, "ROLLBACK_IN_PROGRESS", f"{failed('create', [failure])} Rollback requested.")
    refusals = delete_all(stack, stack.resource_map, is_creation_undone=True)
    _show_only_what_is_there(stack)
    if refusals:
        enter(stack, "ROLLBACK_FAILED", failed("delete", refusals))
    else:
        enter(stack, "ROLLBACK_COMPLETE")


def fail_deletion(stack: Any, failures: Sequence[StackFailure]) -> None:
    """Keep the stack with what could not be deleted."""
    _show_only_what_is_there(stack)
    enter(stack, "DELETE_FAILED", failed("delete", failures))


def _show_only_what_is_there(stack: Any) -> None:
    """Have moto make nothing again when it is asked for a resource or an output."""
    resources = stack.resource_map
    resources._resource_json_map = {
        name: each
        for name, each in resources._resource_json_map.items()
        if resources._parsed_resources.get(name) is not None
    }
    without_outputs(stack)


def without_outputs(stack: Any) -> None:
    stack.output_map = type(stack.output_map)(stack.resource_map, {"Outputs": {}}, stack.stack_id)


def delete_all(stack: Any, resources: Any, *, is_creation_undone: bool) -> list[StackFailure]:
    """Delete all resources of a stack; return why some stay."""
    templates = resources._resource_json_map
    there = resources._parsed_resources
    going = []
    for name, resource_json in templates.items():
        resource = there.get(name)
        if resource is not None and is_kept(resource_json, is_creation_undone=is_creation_undone):
            say(stack, "DELETE_SKIPPED", resource)
        elif resource is not None:
            going.append((resource, resource_json))
    failures = delete_each(stack, resources, going)
    kept = {failure.logical_resource_id for failure in failures}
    for resource, _ in going:
        if resource.logical_resource_id not in kept:
            there.pop(resource.logical_resource_id, None)
    return failures


def delete_each(
    stack: Any, resources: Any, going: Iterable[tuple[Any, Mapping[str, Any]]]
) -> list[StackFailure]:
    """Delete resources, the last first, for as long as that gets on; return why some stay.

    Ours are tried once: their order is known, and what a test ordered must not be tried away.
    """
    remaining = list(going)[::-1]
    final: list[Any] = []
    while True:
        refused: list[Any] = []
        for resource, resource_json in remaining:
            try:
                resources._delete_resource(resource, resource_json)
            except Exception as error:  # noqa: BLE001 - moto's own are of any kind
                is_ours = isinstance(resource, StackResource)
                (final if is_ours else refused).append(((resource, resource_json), error))
            else:
                say(stack, "DELETE_IN_PROGRESS", resource)
                say(stack, "DELETE_COMPLETE", resource)
        if not refused or len(refused) == len(remaining):
            break
        remaining = [each for each, _ in refused]
    failures = [failure_of(error).about(resource) for (resource, _), error in final + refused]
    for failure in failures:
        say_failed(stack, "DELETE_FAILED", failure)
    return failures
