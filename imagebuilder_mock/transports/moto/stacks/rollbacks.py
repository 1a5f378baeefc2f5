"""Roll back a stack whose creation, update or deletion has failed, and record the reason.

moto leaves such a stack as it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .deletions import delete_all
from .events import enter, failed, say_failed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .calls import StackFailure
    from .updates import StackUpdate


def fail_creation(stack: Any, failure: StackFailure) -> None:
    """Delete the resources that were created, and record the rollback."""
    say_failed(stack, "CREATE_FAILED", failure)
    enter(stack, "ROLLBACK_IN_PROGRESS", f"{failed('create', [failure])} Rollback requested.")
    refusals = delete_all(stack, stack.resource_map, is_creation_undone=True)
    show_only_what_is_there(stack)
    if refusals:
        enter(stack, "ROLLBACK_FAILED", failed("delete", refusals))
    else:
        enter(stack, "ROLLBACK_COMPLETE")


def fail_update(update: StackUpdate, failure: StackFailure) -> None:
    """Restore the resources, and record the rollback."""
    stack = update.stack
    verb = "update" if update.is_of_before(failure.logical_id) else "create"
    say_failed(stack, f"{verb.upper()}_FAILED", failure)
    enter(stack, "UPDATE_ROLLBACK_IN_PROGRESS", failed(verb, [failure]))
    refusal = update.take_back()
    stack.output_map = stack._create_output_map()
    if refusal:
        enter(stack, "UPDATE_ROLLBACK_FAILED", refusal)
    else:
        enter(stack, "UPDATE_ROLLBACK_COMPLETE")


def fail_deletion(stack: Any, failures: Sequence[StackFailure]) -> None:
    """Keep the stack with what could not be deleted."""
    show_only_what_is_there(stack)
    enter(stack, "DELETE_FAILED", failed("delete", failures))


def show_only_what_is_there(stack: Any) -> None:
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
