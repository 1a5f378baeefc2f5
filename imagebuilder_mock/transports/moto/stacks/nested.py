"""Stacks within others and in stack sets: what moto lacks of them."""

from __future__ import annotations

from functools import partial
from typing import Any

from .calls import NotBuiltYet, StackFailure
from .moto_names import backend_of
from .template_checks import no_attribute

_TYPE = "AWS::CloudFormation::Stack"
_IN_PROGRESS = "_IN_PROGRESS"


def complete(logical_id: str, made: Any) -> None:
    """Give a stack within another what resources of its type have; others stay as they are."""
    if hasattr(made, "output_map"):
        made.get_cfn_attribute = partial(_output, logical_id, made)
        made.is_created = partial(_is_created, logical_id, made)
        made.is_there = False
        made.is_created()


def is_waited_for(resource: Any) -> bool:
    """Whether a resource is not there yet: an image, or a stack that waits for one."""
    return not getattr(resource, "is_there", True)


def status_of_instance(stack: Any) -> dict[str, Any]:
    """What a stack set says of one of its stacks; nothing if that is complete."""
    if _is_in_progress(stack):
        return {"Status": "OUTDATED", "StackInstanceStatus": {"DetailedStatus": "RUNNING"}}
    if "ROLLBACK" in stack.status or stack.status.endswith("_FAILED"):
        return {
            "Status": "OUTDATED",
            "StackInstanceStatus": {"DetailedStatus": "FAILED"},
            "StatusReason": _reason(stack),
        }
    return {}


def _is_created(logical_id: str, stack: Any) -> bool:
    """Whether nothing in it is being built any more. StackFailure if it has been rolled back."""
    if not stack.is_there:
        if _is_in_progress(stack):
            return False
        if "ROLLBACK" in stack.status:
            failure = StackFailure(
                f"Embedded stack {stack.stack_id} was not successfully created: {_reason(stack)}"
            )
            raise failure.of(logical_id, _TYPE, stack.stack_id)
        stack.is_there = True
    return True


def _output(logical_id: str, stack: Any, attribute: str) -> Any:
    """``Outputs.Name``. StackFailure if there is no such output, or not yet."""
    section, _, name = attribute.partition(".")
    if section != "Outputs" or name not in (stack.template_dict.get("Outputs") or {}):
        raise StackFailure(no_attribute(logical_id, attribute))
    if not stack.is_created():
        raise NotBuiltYet(f"{stack.stack_id} has no {attribute}.")
    output = stack.output_map.get(name)
    if output is None:
        # Its condition is not met.
        raise StackFailure(no_attribute(logical_id, attribute))
    return output.value


def _is_in_progress(stack: Any) -> bool:
    """Whether it still is after a look."""
    if stack.status.endswith(_IN_PROGRESS):
        backend_of(stack.resource_map).get_stack(stack.stack_id)
    return bool(stack.status.endswith(_IN_PROGRESS))


def _reason(stack: Any) -> str:
    said = [event.resource_status_reason for event in stack.events]
    undone = [reason for reason in said if reason and reason.endswith(" Rollback requested.")]
    return str(undone[-1]).removesuffix(" Rollback requested.") if undone else str(stack.status)
