"""Events of a stack's resources: made, changed, deleted or failed.

moto has events of the stack itself alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from .moto_names import class_name, id_of, module, type_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .calls import StackFailure


def enter(stack: Any, status: str, reason: str | None = None) -> None:
    """Put a stack into a status, with an event."""
    stack.status = status
    stack.stack_status_reason = reason
    stack._add_stack_event(status, resource_status_reason=reason)


def say(stack: Any, status: str, about: Any, reason: str | None = None) -> None:
    """Add an event of a resource, or of the one that a failure is about.

    There is none for a stack that moto does not show.
    """
    if stack is None:
        return
    event = class_name("Event")
    if event != "Event":
        # moto 5.0, which puts a reason into XML as it is.
        reason = reason and escape(reason)
    stack.events.append(
        getattr(module("models"), event)(
            stack_id=stack.stack_id,
            stack_name=stack.name,
            logical_resource_id=about.logical_resource_id,
            physical_resource_id=id_of(about),
            resource_type=type_of(about),
            resource_status=status,
            resource_status_reason=reason,
            resource_properties=None,
        )
    )


def say_made(stack: Any, verb: str, resource: Any, *, is_complete: bool) -> None:
    """Add the events of a resource that is created or updated."""
    warning = getattr(resource, "warning", None)
    say(stack, f"{verb}_IN_PROGRESS", resource)
    if warning is not None:
        say(stack, f"{verb}_IN_PROGRESS", resource, warning)
    if is_complete:
        say(stack, f"{verb}_COMPLETE", resource)


def say_failed(stack: Any, status: str, failure: StackFailure) -> None:
    """Add the event of a resource that has failed, if it is known which."""
    if failure.logical_resource_id:
        say(stack, status, failure, failure.reason)


def failed(what: str, failures: Sequence[StackFailure]) -> str:
    """The stack's own reason, which names the resources."""
    names = ", ".join(each.logical_resource_id for each in failures if each.logical_resource_id)
    if not names:
        return failures[0].reason
    return f"The following resource(s) failed to {what}: [{names}]."
