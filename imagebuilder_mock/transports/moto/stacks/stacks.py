"""moto's stacks while the mock is on: the operations of CloudFormation on them.

Stacks without resources of Image Builder are not affected. For others this adds what moto lacks: a
failure rolls the stack back and gives the reason, resources have events, and come in the order of
their references.

All of it is patched at the first request to CloudFormation, so other tests do not wait for it. That
it can be patched is checked at the start.
Held to moto 5.0.0 and 5.2.5 by tests/transports/moto/test_cloudformation.py and its siblings.
"""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

from imagebuilder_mock.world.log import logger

from .calls import StackFailure, failure_of
from .contents import DeletionFailure, StackContents
from .deletions import fail_creation, fail_deletion, without_outputs
from .events import enter, failed, say
from .moto_names import class_name, module, validation_error
from .nested import is_waited_for, status_of_instance
from .resources import concerns, ours
from .template_checks import check_types, has_ours, prepare
from .updates import StackUpdate
from .work import StackWork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import ModuleType

    from imagebuilder_mock.gateway import Gateway
    from imagebuilder_mock.transports.patching import Method, Patches

_IN_PROGRESS = frozenset(("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"))
_NOT_UPDATED = _IN_PROGRESS | {"DELETE_FAILED", "ROLLBACK_FAILED", "UPDATE_ROLLBACK_FAILED"}


class MotoStacks:
    """Patches moto's stacks for one start of the mock.

    Resources of an earlier start do nothing: their world is gone.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._work = StackWork(gateway)
        self._contents = StackContents(self._work)
        self._updates = self._contents.updates

    def open(self, responses: ModuleType, patches: Patches) -> None:
        """Patch one method, whose first call patches the others."""
        waiting = [*self._contents.patched(), *self._patched(responses)]
        for owner, path, _ in waiting:
            patches.require(owner, path)

        lock = Lock()

        def opened(original: Method, response: Any, *args: Any, **kwargs: Any) -> None:
            with lock:
                while waiting:
                    patches.patch(*waiting.pop())
            original(response, *args, **kwargs)

        patches.callback(self._work.end)
        patches.patch(responses, "CloudFormationResponse.__init__", opened)

    def _patched(self, responses: ModuleType) -> list[tuple[Any, str, Method]]:
        refusal = "CloudFormationResponse._validate_different_update"
        models, backend = module("models"), "CloudFormationBackend"
        return [
            (models, f"{class_name('StackInstance')}.to_dict", self._describe_instance),
            (responses, refusal, self._validate_different_update),
            (models, f"{backend}._validate_export_uniqueness", self._validate_export_uniqueness),
            (models, f"{backend}.create_change_set", self._create_change_set),
            (models, f"{backend}.create_stack", self._create_stack),
            (models, f"{backend}.delete_stack", self._delete_stack),
            (models, f"{backend}.describe_stacks", self._describe_stacks),
            (models, f"{backend}.execute_change_set", self._execute_change_set),
            (models, f"{backend}.get_stack", self._get_stack),
            (models, f"{backend}.list_stacks", self._list_stacks),
            (models, f"{backend}.update_stack", self._update_stack),
        ]

    # Operations

    def _create_stack(
        self, original: Method, backend: Any, name: str, *args: Any, **kwargs: Any
    ) -> Any:
        before = set(backend.stacks)
        with self._work.entered():
            try:
                stack = original(backend, name, *args, **kwargs)
                if concerns(stack.resource_map):
                    stack.output_map = stack._create_output_map()
                    if stack.status == "CREATE_COMPLETE":
                        self._export(backend, stack)
            except Exception as error:
                made = (
                    each
                    for stack_id, each in backend.stacks.items()
                    if stack_id not in before and each.name == name
                )
                stack = next(made, None)
                if stack is None or not (
                    isinstance(error, StackFailure) or concerns(stack.resource_map)
                ):
                    raise
                self._fail_creation(backend, stack, failure_of(error))
                if self._work.depth > 1:
                    raise _embedded(stack, "created", error) from None
        return stack

    @staticmethod
    def _create_change_set(original: Method, backend: Any, *args: Any, **kwargs: Any) -> Any:
        before = set(backend.stacks)
        try:
            return original(backend, *args, **kwargs)
        except Exception:
            # moto has the stack before it reads the template.
            for stack_id in set(backend.stacks) - before:
                del backend.stacks[stack_id]
            raise

    def _validate_export_uniqueness(self, original: Method, backend: Any, stack: Any) -> None:
        """Have exports wait for their resources; moto makes them before."""
        if concerns(stack.resource_map):
            without_outputs(stack)
        original(backend, stack)

    def _validate_different_update(
        self, original: Method, response: Any, given: Any, template: Any, stack: Any
    ) -> None:
        """Have changed tags count as a change; moto looks at template and parameters."""
        query = response.querystring or {}
        tags = {
            query[name][0]: query.get(f"{name[: -len('Key')]}Value", [""])[0]
            for name in query
            if name.startswith("Tags.member.") and name.endswith(".Key")
        }
        if not tags or tags == stack.tags or not concerns(stack.resource_map):
            original(response, given, template, stack)

    def _update_stack(  # noqa: PLR0913, PLR0917 - moto's
        self,
        original: Method,
        backend: Any,
        name: str,
        template: str,
        role_arn: str | None = None,
        parameters: Any = (),
        tags: Any = None,
    ) -> Any:
        stack = backend.get_stack(name)
        given = (name, template, role_arn, parameters, tags)
        parsed = stack.parse_template(template)
        if not (has_ours(parsed) or concerns(stack.resource_map)):
            return original(backend, *given)
        prepare(parsed)
        _check_update(stack, parsed)
        update = StackUpdate(stack, self._work.working_on, tags)
        with self._updating(backend, update, update.roll_back):
            original(backend, *given)
        return stack

    def _execute_change_set(
        self,
        original: Method,
        backend: Any,
        change_set_name: str,
        stack_name: str | None = None,
    ) -> None:
        change_set = backend.describe_change_set(change_set_name)
        stack, is_new = change_set.stack, change_set.change_set_type == "CREATE"
        if not (has_ours(change_set.template_dict) or concerns(stack.resource_map)):
            original(backend, change_set_name, stack_name)
            return
        if not is_new:
            _check_update(stack, change_set.template_dict)
        tags = None if is_new else change_set.tags or None
        update = StackUpdate(stack, self._work.working_on, tags)

        def roll_back(failure: StackFailure) -> None:
            change_set.execution_status = "EXECUTE_FAILED"
            if is_new:
                fail_creation(stack, failure)
            else:
                update.roll_back(failure)

        with self._updating(backend, update, roll_back):
            original(backend, change_set_name, stack_name)
            stack._parse_template()
            if not update.waits:
                stack.output_map = stack._create_output_map()
            if tags:
                stack.tags = tags

    def _delete_stack(self, original: Method, backend: Any, name_or_stack_id: str) -> None:
        stack = backend.stacks.get(name_or_stack_id)
        if stack is None or not concerns(stack.resource_map):
            # By its name: moto calls this again with the id.
            original(backend, name_or_stack_id)
            return
        update = self._updates.pop(stack.stack_id, None)
        if update is not None:
            update.clean_up()
        self._work.deleting[stack.stack_id] = stack
        exports = _exports_of(backend, stack)
        without_outputs(stack)
        with self._work.entered():
            try:
                original(backend, name_or_stack_id)
            except DeletionFailure as failure:
                backend.stacks[stack.stack_id] = stack
                fail_deletion(stack, failure.failures)
                for each in failure.failures:
                    self._come_out(each)
                if self._work.depth > 1:
                    raise _embedded(stack, "deleted", failure) from None
            else:
                for name in exports:
                    del backend.exports[name]
            finally:
                del self._work.deleting[stack.stack_id]

    @staticmethod
    def _describe_instance(original: Method, instance: Any) -> dict[str, Any]:
        """An instance of a stack set; moto calls it complete whatever became of its stack."""
        return {**original(instance), **status_of_instance(instance.stack)}

    # Stacks that wait for an image are looked at again whenever somebody reads them

    def _describe_stacks(self, original: Method, backend: Any, *args: Any, **kwargs: Any) -> Any:
        found = original(backend, *args, **kwargs)
        for stack in found:
            self._look_at(backend, stack)
        return found

    def _get_stack(self, original: Method, backend: Any, *args: Any, **kwargs: Any) -> Any:
        stack = original(backend, *args, **kwargs)
        self._look_at(backend, stack)
        return stack

    def _list_stacks(self, original: Method, backend: Any, *args: Any, **kwargs: Any) -> Any:
        for stack in list(backend.stacks.values()):
            self._look_at(backend, stack)
        return original(backend, *args, **kwargs)

    def _look_at(self, backend: Any, stack: Any) -> None:
        resources = stack.resource_map
        if (
            stack.status not in _IN_PROGRESS
            or self._work.is_others
            or self._work.is_on(resources)
            or not concerns(resources)
            or any(each.work is not self._work for each in ours(resources))
        ):
            return
        with self._work.entered():
            self._look_again(backend, stack)

    def _look_again(self, backend: Any, stack: Any) -> None:
        resources = stack.resource_map
        update = self._updates.get(stack.stack_id)
        waiting = list(filter(is_waited_for, resources._parsed_resources.values()))
        try:
            if update is None:
                is_complete = resources.creation_complete()
            else:
                update.go_on()
                is_complete = not update.waits
        except Exception as error:  # noqa: BLE001 - moto's own are of any kind
            self._updates.pop(stack.stack_id, None)
            failure = failure_of(error)
            if update is None or stack.status == "CREATE_IN_PROGRESS":
                self._fail_creation(backend, stack, failure)
            else:
                update.roll_back(failure)
            self._come_out(failure)
            return
        verb = stack.status.partition("_")[0]
        for each in waiting:
            if not is_waited_for(each):
                say(stack, f"{verb}_COMPLETE", each)
        if is_complete:
            self._updates.pop(stack.stack_id, None)
            stack.output_map = stack._create_output_map()
            enter(stack, f"{verb}_COMPLETE")
            self._make_known(backend, stack)

    @contextmanager
    def _updating(
        self, backend: Any, update: StackUpdate, roll_back: Callable[[StackFailure], None]
    ) -> Iterator[None]:
        """Have moto's update done by ours, which stays known for as long as it waits.

        If it fails it is rolled back; the error is raised only if nothing has been changed yet.
        """
        stack = update.stack
        with self._work.entered():
            self._updates[stack.stack_id] = update
            try:
                yield
            except Exception as error:
                if not update.has_begun:
                    update.leave()
                    raise
                failure = failure_of(error)
                roll_back(failure)
                self._come_out(failure)
            else:
                if update.waits:
                    # moto has called it complete.
                    stack.status = stack.status.replace("_COMPLETE", "_IN_PROGRESS")
                    stack.events.pop()
                else:
                    self._make_known(backend, stack)
            finally:
                if not update.waits:
                    del self._updates[stack.stack_id]

    # Exports

    def _make_known(self, backend: Any, stack: Any) -> None:
        """Export the outputs of a complete stack; a refusal comes too late, and is logged."""
        try:
            self._export(backend, stack)
        except StackFailure as failure:
            logger.warning("%s: %s", stack.name, failure)

    def _export(self, backend: Any, stack: Any) -> None:
        """Make the outputs of a complete stack known; moto does so before there are any."""
        for name in _exports_of(backend, stack):
            del backend.exports[name]
        for export in stack.exports:
            if export.name in backend.exports:
                other = backend.exports[export.name].exporting_stack_id
                name = other.split("/")[1]
                raise StackFailure(
                    f"Export with name {export.name} is already exported by stack {name}."
                )
            backend.exports[export.name] = export

    # Failures

    def _fail_creation(self, backend: Any, stack: Any, failure: StackFailure) -> None:
        fail_creation(stack, failure)
        self._export(backend, stack)
        if self._work.depth <= 1:
            self._come_out(failure)

    @staticmethod
    def _come_out(failure: StackFailure) -> None:
        """Raise what a test ordered, now that the stack has been rolled back."""
        if failure.raised is not None:
            raise failure.raised


def _check_update(stack: Any, template: Mapping[str, Any]) -> None:
    """ValidationError if a stack cannot be updated as it stands, or not to this template."""
    if stack.status in _NOT_UPDATED:
        msg = f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated."
        raise validation_error(msg)
    check_types(stack.resource_map._resource_json_map, template)


def _exports_of(backend: Any, stack: Any) -> list[str]:
    return [
        name
        for name, export in backend.exports.items()
        if export.exporting_stack_id == stack.stack_id
    ]


def _embedded(stack: Any, done: str, failure: Exception) -> StackFailure:
    """The reason of a stack whose resource is another that has failed."""
    given = failure_of(failure)
    said = f"Embedded stack {stack.stack_id} was not successfully {done}: "
    what = "delete" if done == "deleted" else "create"
    reason = given.reason if isinstance(given, DeletionFailure) else failed(what, [given])
    return StackFailure(said + reason, raised=given.raised)
