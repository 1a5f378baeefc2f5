"""Delete the resources of a stack: what refers to another goes before it.

moto takes any order, and tries again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .calls import failure_of
from .events import id_of, say, say_failed, say_kept, type_of
from .resources import StackResource

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .calls import StackFailure

_RETAINED = frozenset(("Retain", "RetainExceptOnCreate"))


def is_kept(resource_json: Mapping[str, Any], *, is_creation_undone: bool = False) -> bool:
    """Whether a resource stays that its stack no longer has."""
    policy = resource_json.get("DeletionPolicy")
    return policy == "Retain" if is_creation_undone else policy in _RETAINED


def delete_all(stack: Any, resources: Any, *, is_creation_undone: bool) -> list[StackFailure]:
    """Delete all resources of a stack; return why some stay."""
    templates = resources._resource_json_map
    there = resources._parsed_resources
    going = []
    for name, resource_json in templates.items():
        resource = there.get(name)
        if resource is not None and is_kept(resource_json, is_creation_undone=is_creation_undone):
            say_kept(stack, resource)
        elif resource is not None:
            going.append((resource, resource_json))
    failures = delete_each(stack, resources, going)
    kept = {failure.logical_id for failure in failures}
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
            about = resource.logical_resource_id, type_of(resource), id_of(resource)
            try:
                resources._delete_resource(resource, resource_json)
            except Exception as error:  # noqa: BLE001 - moto's own are of any kind
                is_ours = isinstance(resource, StackResource)
                (final if is_ours else refused).append(((resource, resource_json), about, error))
            else:
                say(stack, "DELETE_IN_PROGRESS", *about)
                say(stack, "DELETE_COMPLETE", *about)
        if not refused or len(refused) == len(remaining):
            break
        remaining = [each for each, _, _ in refused]
    failures = [failure_of(error).of(*about) for _, about, error in final + refused]
    for failure in failures:
        say_failed(stack, "DELETE_FAILED", failure)
    return failures
