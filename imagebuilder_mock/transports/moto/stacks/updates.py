"""An update of a stack with resources of Image Builder, which can be taken back.

moto adds first, changes then in any order, and tries again what fails. Here each resource comes
after those that it refers to, is tried once, and is deleted last if nobody needs it any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagebuilder_mock.world.log import logger

from .calls import NotBuiltYet, StackFailure, failure_of
from .deletions import delete_each, is_kept
from .events import enter, failed, say, say_failed, say_made
from .intrinsic_functions import references
from .moto_names import id_of, module
from .nested import complete, is_waited_for
from .resources import StackResource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager


class StackUpdate:
    """One update of a stack. ``waits`` while an image is being built that others need."""

    def __init__(
        self,
        stack: Any,
        working_on: Callable[[Any], AbstractContextManager[None]],
        tags: Mapping[str, str] | None,
    ) -> None:
        self.stack = stack
        self.waits = False
        self.has_begun = False
        self._working_on = working_on
        self._resources = resources = stack.resource_map
        self._text = stack.template
        self._events = list(stack.events)
        self._template = resources._template
        self._templates = dict(resources._resource_json_map)
        self._given = dict(resources.input_parameters)
        self._parameters = dict(resources.resolved_parameters)
        self._tags = dict(resources.tags)
        self._before = {
            name: resources._parsed_resources[name]
            for name in self._templates
            if resources._parsed_resources.get(name) is not None
        }
        self._done: set[str] = set()
        self._changed: set[str] = set()
        self._touched: set[str] = set()
        self._replaced: list[StackResource] = []
        if tags is not None:
            system = {key: value for key, value in self._tags.items() if key.startswith("aws:")}
            resources.tags = {**tags, **system}

    # Forward

    def begin(self, template: Any, parameters: Any) -> None:
        """Change the resources; after a StackFailure what has changed so far can be rolled back."""
        self._load(template, parameters or self._resources.input_parameters)
        self.has_begun = True
        self.go_on()

    def leave(self) -> None:
        """Go back to the template, the tags and the events before, when nothing has changed."""
        self._load_again()
        self.stack.events[:] = self._events

    def go_on(self) -> None:
        """Change what does not wait for an image any longer."""
        resources, self.waits = self._resources, False
        for made in resources._parsed_resources.values():
            if is_waited_for(made):
                made.is_created()
        for name in resources._resource_json_map:
            if name not in self._done:
                try:
                    with self._working_on(resources):
                        self._change(name)
                except NotBuiltYet:
                    self.waits = True
                else:
                    self._done.add(name)
        if any(map(is_waited_for, resources._parsed_resources.values())):
            self.waits = True
        if not self.waits:
            self.clean_up()

    def _load_again(self) -> None:
        self._load(self._template, self._given)
        self._resources.tags = self._tags
        if self.stack.template != self._text:
            self.stack.template = self._text
            self.stack._parse_template()

    def _load(self, template: Any, parameters: Any) -> None:
        resources = self._resources
        for name in resources.resolved_parameters:
            resources._parsed_resources.pop(name, None)
        resources.resolved_parameters = {}
        resources._template = template
        resources.input_parameters = parameters
        resources.load_mapping()
        resources.load_parameters()
        resources.load_conditions()
        resources._resource_json_map = template.get("Resources", {})

    def _change(self, name: str) -> None:
        resources = self._resources
        resource_json = resources._resource_json_map[name]
        if not is_wanted(resource_json, resources):
            return
        before = now = resources._parsed_resources.get(name)
        if before is None:
            now = resources[name]
        elif self._may_change(name, before, resource_json):
            now = self._updated(name, resource_json, before)
        if now is not before:
            self._changed.add(name)

    def _updated(self, name: str, resource_json: Any, before: Any) -> Any:
        if not isinstance(before, StackResource):
            # moto may change the object itself.
            self._touched.add(name)
        try:
            now = _update(self._resources, name, resource_json) or before
        except Exception as error:  # noqa: BLE001 - moto's own are of any kind
            raise failure_of(error).about(before) from None
        self._resources._parsed_resources[name] = now
        if now is not before:
            complete(name, now)
            if isinstance(before, StackResource) and id_of(now) != id_of(before):
                self._replaced.append(before)
        if now is not before or not isinstance(now, StackResource):
            say_made(self.stack, "UPDATE", now, is_complete=not is_waited_for(now))
        return now

    def _may_change(self, name: str, before: Any, resource_json: Any) -> bool:
        """Whether a resource may have to change. Ours decide themselves.

        Others change with their template, or with what it refers to.
        """
        if isinstance(before, StackResource) or resource_json != self._templates.get(name):
            return True
        now = self._resources.resolved_parameters
        parameters = {key for key in now if now[key] != self._parameters.get(key)}
        return not references(resource_json).isdisjoint(self._changed | parameters)

    def clean_up(self) -> None:
        """Delete what nobody needs any more; refusals are logged, since the update is complete."""
        resources, templates = self._resources, self._templates
        going = []
        for name, resource in self._before.items():
            now = resources._resource_json_map.get(name)
            if now is None or not is_wanted(now, resources):
                resources._parsed_resources.pop(name, None)
                if is_kept(templates[name]):
                    say(self.stack, "DELETE_SKIPPED", resource)
                else:
                    going.append((resource, templates[name]))
        for resource in self._replaced:
            name = resource.logical_resource_id
            if resources._resource_json_map[name].get("UpdateReplacePolicy") == "Retain":
                say(self.stack, "DELETE_SKIPPED", resource)
            else:
                going.append((resource, templates[name]))
        # In the order in which they were made.
        order = list(templates)
        going.sort(key=lambda each: order.index(each[0].logical_resource_id))
        for failure in delete_each(self.stack, resources, going):
            logger.warning("%s stays: %s", failure.physical_resource_id, failure)
        self._replaced.clear()

    # Back

    def roll_back(self, failure: StackFailure) -> None:
        """Restore the resources, and record the rollback."""
        stack = self.stack
        verb = "update" if failure.logical_resource_id in self._before else "create"
        say_failed(stack, f"{verb.upper()}_FAILED", failure)
        enter(stack, "UPDATE_ROLLBACK_IN_PROGRESS", failed(verb, [failure]))
        refusal = self._take_back()
        stack.output_map = stack._create_output_map()
        if refusal:
            enter(stack, "UPDATE_ROLLBACK_FAILED", refusal)
        else:
            enter(stack, "UPDATE_ROLLBACK_COMPLETE")

    def _take_back(self) -> str:
        """Restore the resources; return why that did not succeed, '' if it did."""
        resources = self._resources
        made, templates = dict(resources._parsed_resources), dict(resources._resource_json_map)
        self._load_again()
        failures: list[StackFailure] = []
        surplus = [
            (made[name], template)
            for name, template in templates.items()
            if self._is_surplus(name, made.get(name))
        ]
        with self._working_on(resources):
            for name, old in self._before.items():
                new = made.get(name)
                if new is old and name not in self._touched:
                    continue
                try:
                    self._restore(name, old, new)
                except Exception as error:  # noqa: BLE001 - moto's own are of any kind
                    failures.append(failure_of(error).about(old))
                    say_failed(self.stack, "UPDATE_FAILED", failures[-1])
        for name in templates.keys() - self._before.keys():
            resources._parsed_resources.pop(name, None)
        refusals = delete_each(self.stack, resources, surplus)
        reasons = [
            failed(what, found)
            for what, found in (("update", failures), ("delete", refusals))
            if found
        ]
        return " ".join(reasons)

    def _is_surplus(self, name: str, made: Any) -> bool:
        """Whether it is to be deleted; moto deletes itself what it has replaced again."""
        before = self._before.get(name)
        if before is None:
            return made is not None
        return isinstance(made, StackResource) and id_of(made) != id_of(before)

    def _restore(self, name: str, old: Any, new: Any) -> None:
        there = self._resources._parsed_resources
        if isinstance(old, StackResource):
            there[name] = old
            if new is not None and id_of(new) == id_of(old):
                old.take_over(new)
        else:
            there[name] = _update(self._resources, name, self._templates[name]) or old
            complete(name, there[name])
        say_made(self.stack, "UPDATE", there[name], is_complete=True)


def is_wanted(resource_json: Mapping[str, Any], resources: Any) -> bool:
    """Whether the condition of a resource is met."""
    condition = resource_json.get("Condition")
    return not condition or bool(resources.lazy_condition_map[condition])


def _update(resources: Any, name: str, resource_json: Any) -> Any:
    place = resources._account_id, resources._region_name
    return module("parsing").parse_and_update_resource(name, resource_json, resources, *place)
