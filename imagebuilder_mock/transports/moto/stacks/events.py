"""Events of stacks, which moto has for the stack itself alone.

What CloudFormation says of a resource is told here: that it is made, changed, deleted or failed.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .calls import StackFailure

_MODELS = "moto.cloudformation.models"


def enter(stack: Any, status: str, reason: str | None = None) -> None:
    """Put a stack into a status, and say so."""
    stack.status = status
    stack.stack_status_reason = reason
    stack._add_stack_event(status, resource_status_reason=reason)


def say(  # noqa: PLR0913, PLR0917 - what an event has
    stack: Any,
    status: str,
    logical_id: str,
    resource_type: str,
    physical_id: str = "",
    reason: str | None = None,
) -> None:
    """Add an event of a resource; none for a stack that moto does not show."""
    if stack is None:
        return
    models: Any = sys.modules[_MODELS]
    event = getattr(models, "Event", None)
    if event is None:
        # moto 5.0, which puts a reason into XML as it is.
        event, reason = models.FakeEvent, reason and escape(reason)
    stack.events.append(
        event(
            stack_id=stack.stack_id,
            stack_name=stack.name,
            logical_resource_id=logical_id,
            physical_resource_id=physical_id,
            resource_type=resource_type,
            resource_status=status,
            resource_status_reason=reason,
            resource_properties=None,
        )
    )


def say_made(stack: Any, verb: str, resource: Any, *, is_complete: bool) -> None:
    """That a resource is being created or updated, and that this is complete."""
    about = (resource.logical_resource_id, type_of(resource), id_of(resource))
    warning = getattr(resource, "warning", None)
    say(stack, f"{verb}_IN_PROGRESS", *about)
    if warning is not None:
        say(stack, f"{verb}_IN_PROGRESS", *about, reason=warning)
    if is_complete:
        say(stack, f"{verb}_COMPLETE", *about)


def say_kept(stack: Any, resource: Any) -> None:
    """That a resource stays, as its policy says."""
    about = (resource.logical_resource_id, type_of(resource), id_of(resource))
    say(stack, "DELETE_SKIPPED", *about)


def say_failed(stack: Any, status: str, failure: StackFailure) -> None:
    """Why a resource has failed."""
    if failure.logical_id:
        about = (failure.logical_id, failure.resource_type, failure.physical_id)
        say(stack, status, *about, reason=failure.reason)


def failed(what: str, failures: Sequence[StackFailure]) -> str:
    """The stack's own reason, which names the resources."""
    names = ", ".join(failure.logical_id for failure in failures if failure.logical_id)
    if not names:
        return failures[0].reason
    return f"The following resource(s) failed to {what}: [{names}]."


def type_of(resource: Any) -> str:
    # moto 5.0 has it as ``type``.
    return str(getattr(resource, "cf_resource_type", None) or getattr(resource, "type", ""))


def id_of(resource: Any) -> str:
    return str(getattr(resource, "physical_resource_id", "") or "")
