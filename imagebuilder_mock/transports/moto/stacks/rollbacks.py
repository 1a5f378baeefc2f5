"""Roll back a stack whose creation, update or deletion has failed, and record the reason.

moto leaves such a stack as it stands.
"""

from __future__ import annotations

import logging
import sys
import warnings
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from .calls import StackFailure
from .resources import StackResource

if TYPE_CHECKING:
    from collections.abc import Callable

_MODELS = "moto.cloudformation.models"
_logger = logging.getLogger("imagebuilder_mock")


def fail_creation(backend: Any, stack: Any, failure: StackFailure) -> None:
    """Delete the resources that were created, and record the rollback."""
    _say(stack, "CREATE_FAILED", failure)
    _enter(stack, "ROLLBACK_IN_PROGRESS", f"{_failed('create', failure)} Rollback requested.")
    for _, resource in ours(stack.resource_map):
        resource.is_kept_when_removed = resource.is_kept_when_rolled_back
    try:
        stack.resource_map.delete()
    except StackFailure as refusal:
        _say(stack, "DELETE_FAILED", refusal)
        _enter(stack, "ROLLBACK_FAILED", _failed("delete", refusal))
        return
    # moto would make again what is asked for.
    stack.resource_map._resource_json_map = {}
    stack.output_map = type(stack.output_map)(stack.resource_map, {"Outputs": {}}, stack.stack_id)
    for name, export in list(backend.exports.items()):
        if export.exporting_stack_id == stack.stack_id:
            del backend.exports[name]
    _enter(stack, "ROLLBACK_COMPLETE")


def fail_update(stack: Any, failure: StackFailure) -> None:
    """Record the rollback; the resources have been restored already."""
    _say(stack, "UPDATE_FAILED", failure)
    _enter(stack, "UPDATE_ROLLBACK_IN_PROGRESS", _failed("update", failure))
    stack.output_map = stack._create_output_map()
    _enter(stack, "UPDATE_ROLLBACK_COMPLETE")


def fail_deletion(stack: Any, failure: StackFailure) -> None:
    _say(stack, "DELETE_FAILED", failure)
    _enter(stack, "DELETE_FAILED", _failed("delete", failure))


class Resources:
    """The resources of a stack before an update, which can be restored."""

    def __init__(self, resources: Any) -> None:
        self._resources = resources
        self._template = resources._template
        self._parameters = resources.input_parameters
        self._ours = dict(ours(resources))

    def changed(self) -> set[str]:
        """The logical ids of Image Builder's resources that were replaced or updated."""
        return {name for name, now in ours(self._resources) if self._ours.get(name, now) is not now}

    def restore(self, update: Callable[..., None]) -> None:
        """Restore Image Builder's resources here, and the others with moto's ``update``."""
        there = self._resources._parsed_resources
        surplus = []
        for name, new in ours(self._resources):
            old = self._ours.get(name)
            if old is None:
                del there[name]
            if old is None or old.physical_resource_id != new.physical_resource_id:
                surplus.append(new)
        for name, old in self._ours.items():
            new = there.get(name)
            there[name] = old
            if new is not None and new is not old:
                self._take_back(old, new)
        for new in reversed(surplus):
            try:
                new.delete(*new.place)
            except StackFailure as failure:
                _logger.warning(
                    "%s stays after the rollback: %s", new.physical_resource_id, failure
                )
        if not self._template:
            self._resources.delete()
            return
        made = self._resources._resource_json_map
        self._resources._resource_json_map = {name: made[name] for name in made if name in there}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            update(self._resources, self._template, self._parameters)

    @staticmethod
    def _take_back(old: StackResource, new: StackResource) -> None:
        if old.physical_resource_id == new.physical_resource_id:
            new.template.update(new, {"Properties": old.properties})


def ours(resources: Any) -> list[tuple[str, StackResource]]:
    """Image Builder's resources of a stack, in the order of their creation."""
    return [
        (name, resource)
        for name, resource in resources._parsed_resources.items()
        if isinstance(resource, StackResource)
    ]


def _failed(what: str, failure: StackFailure) -> str:
    return f"The following resource(s) failed to {what}: [{failure.logical_id}]."


def _enter(stack: Any, status: str, reason: str | None = None) -> None:
    stack.status = status
    stack.stack_status_reason = reason
    stack._add_stack_event(status, resource_status_reason=reason)


def _say(stack: Any, status: str, failure: StackFailure) -> None:
    """Add an event of the resource that failed, with the reason."""
    models: Any = sys.modules[_MODELS]
    event = getattr(models, "Event", None)
    reason = failure.reason
    if event is None:
        # moto 5.0, which puts a reason into XML as it is.
        event, reason = models.FakeEvent, escape(reason)
    stack.events.append(
        event(
            stack_id=stack.stack_id,
            stack_name=stack.name,
            logical_resource_id=failure.logical_id,
            physical_resource_id="",
            resource_type=failure.resource_type,
            resource_status=status,
            resource_status_reason=reason,
            resource_properties=None,
        )
    )
