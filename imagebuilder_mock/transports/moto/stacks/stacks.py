"""moto's stacks while the mock is on.

How moto looks up a resource type is patched, how it reads a template, how the resources of a stack
are created, updated and deleted, and the operations on stacks. Stacks without resources of Image
Builder are not affected. For others this adds what moto lacks: a failure rolls the stack back and
gives the reason, resources have events, and come in the order of their references.

All of it is patched with the first request to CloudFormation, so other tests do not wait for it.
Held to moto 5.0.0 and 5.2.5 by tests/transports/moto/test_cloudformation.py and its siblings.
"""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .calls import NotBuiltYet, StackFailure, StackOperations, failure_of
from .deletions import delete_all
from .events import enter, failed, say, say_made
from .resource_types import RESOURCE_TYPES
from .resources import StackResource, StackResourceType
from .rollbacks import fail_creation, fail_deletion, fail_update, without_outputs
from .template_checks import TemplateError, check_types, has_ours, prepare
from .updates import StackUpdate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import ModuleType

    from imagebuilder_mock.gateway import Gateway
    from imagebuilder_mock.transports.patching import Method, Patches

_logger = logging.getLogger("imagebuilder_mock")
_SYSTEM_TAGS = "aws:"
_IN_PROGRESS = frozenset(("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"))
_NOT_UPDATED = _IN_PROGRESS | {"DELETE_FAILED", "ROLLBACK_FAILED", "UPDATE_ROLLBACK_FAILED"}


class MotoStacks:
    """Patches moto's stacks for one start of the mock.

    Resources of an earlier start do nothing: their world is gone.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway: Gateway | None = gateway
        self._types = {name: StackResourceType(kind, self) for name, kind in RESOURCE_TYPES.items()}
        self.deployments: dict[str, str] = {}
        self._at_work: list[Any] = []
        self._updates: dict[str, StackUpdate] = {}
        self._deleting: dict[str, Any] = {}
        self._depth = 0
        self._raised: list[Exception] = []

    # What resources ask

    def operations(self, account: str, region: str) -> StackOperations | None:
        gateway = self._gateway
        return None if gateway is None else StackOperations(gateway, account, region, self._raised)

    def tags(self) -> Mapping[str, str]:
        given = self._at_work[-1].tags if self._at_work else {}
        return {key: value for key, value in given.items() if not key.startswith(_SYSTEM_TAGS)}

    def at_work(self) -> object:
        return self._at_work[-1] if self._at_work else None

    def text(self, function: object, resources: object) -> object:
        return function if isinstance(function, str) else _parsing().clean_json(function, resources)

    def replaces(self, resource: StackResource) -> None:
        self._updates[self._at_work[-1].stack_id].replaces(resource)

    # What is patched

    def open(self, responses: ModuleType, patches: Patches) -> None:
        """Patch one method, whose first call patches the others."""
        is_open = False

        def opened(original: Method, response: Any, *args: Any, **kwargs: Any) -> None:
            nonlocal is_open
            if not is_open:
                is_open = True
                self._open(responses, patches)
            original(response, *args, **kwargs)

        patches.callback(self._close)
        patches.patch(responses, "CloudFormationResponse.__init__", opened)

    def _open(self, responses: ModuleType, patches: Patches) -> None:
        parsing, models = _parsing(), sys.modules["moto.cloudformation.models"]
        patches.patch(parsing, "resource_class_from_type", self._look_up)
        patches.patch(parsing, "ResourceMap.__getitem__", self._get)
        patches.patch(parsing, "ResourceMap.update", self._update)
        patches.patch(parsing, "ResourceMap.delete", self._delete)
        patches.patch(parsing, "OutputMap.__iter__", self._output_keys)
        refusal = "CloudFormationResponse._validate_different_update"
        patches.patch(responses, refusal, self._validate_different_update)
        # moto 5.0 calls them by other names.
        stack = "Stack" if hasattr(models, "Stack") else "FakeStack"
        change_set = "ChangeSet" if hasattr(models, "ChangeSet") else "FakeChangeSet"
        patches.patch(models, f"{stack}._parse_template", self._parse_template)
        patches.patch(models, f"{stack}.has_template", self._has_template)
        patches.patch(models, f"{change_set}._parse_template", self._parse_template)
        backend: dict[str, Method] = {
            "_validate_export_uniqueness": self._validate_export_uniqueness,
            "create_change_set": self._create_change_set,
            "create_stack": self._create_stack,
            "delete_stack": self._delete_stack,
            "describe_stacks": self._describe_stacks,
            "execute_change_set": self._execute_change_set,
            "get_stack": self._get_stack,
            "list_stacks": self._list_stacks,
            "update_stack": self._update_stack,
        }
        for name, instead in backend.items():
            patches.patch(models, f"CloudFormationBackend.{name}", instead)

    def _close(self) -> None:
        self._gateway = None

    # Templates

    def _parse_template(self, original: Method, owner: Any) -> None:
        original(owner)
        if has_ours(owner.template_dict):
            with _template_errors():
                prepare(owner.template_dict)

    def _has_template(self, original: Method, stack: Any, other: str) -> Any:
        parsed = stack.parse_template(other)
        if not has_ours(parsed):
            return original(stack, other)
        with _template_errors():
            prepare(parsed)
        return stack.template_dict == parsed

    def _look_up(self, original: Method, resource_type: str) -> Any:
        ours = self._types.get(resource_type)
        return original(resource_type) if ours is None else ours

    # Resources

    def _get(self, original: Method, resources: Any, key: str) -> Any:
        resource_json = resources._resource_json_map.get(key)
        if key in resources._parsed_resources or resource_json is None:
            return original(resources, key)
        about = key, str(resource_json.get("Type", ""))
        is_inner = any(each is resources for each in self._at_work)
        stack = self._stack_of(resources) if concerns(resources) else None
        try:
            with self._working_on(resources):
                made = original(resources, key)
        except NotBuiltYet:
            if is_inner:
                raise
            return _Waiting(*about)
        except Exception as error:
            if stack is None and not isinstance(error, StackFailure):
                raise
            raise failure_of(error).of(*about) from None
        if made is not None:
            say_made(stack, "CREATE", made, is_complete=getattr(made, "is_there", True))
        return made

    def _update(
        self, original: Method, resources: Any, template: Any, parameters: Any = None
    ) -> None:
        update = self._updates.get(resources.stack_id)
        if update is None:
            original(resources, template, parameters)
        else:
            update.begin(template, parameters)

    def _delete(self, original: Method, resources: Any) -> None:
        if not concerns(resources):
            original(resources)
            return
        stack = self._stack_of(resources)
        failures = delete_all(stack, resources, is_creation_undone=False)
        if failures:
            raise _DeletionFailure(failures)

    def _output_keys(self, original: Method, outputs: Any) -> Iterator[str]:
        resources = outputs._resource_map
        waits = any(not resource.is_there for _, resource in ours(resources))
        keys: Iterator[str] = iter(()) if waits else original(outputs)
        return keys

    # Operations

    def _create_stack(
        self, original: Method, backend: Any, name: str, *args: Any, **kwargs: Any
    ) -> Any:
        before = set(backend.stacks)
        with self._entered():
            try:
                stack = original(backend, name, *args, **kwargs)
                if concerns(stack.resource_map):
                    stack.output_map = stack._create_output_map()
                    if stack.status == "CREATE_COMPLETE":
                        self._export(backend, stack)
            except Exception as error:
                made = (each for id_, each in backend.stacks.items() if id_ not in before)
                stack = next(made, None)
                if stack is None or not self._is_about(error, stack.resource_map):
                    raise
                self._fail_creation(backend, stack, failure_of(error))
                if self._depth > 1:
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
        with _template_errors():
            if has_ours(parsed):
                prepare(parsed)
            _check_update(stack, parsed)
        before, events = stack.template, list(stack.events)
        update = StackUpdate(stack, self._working_on, tags)
        with self._entered(), self._updating(update):
            try:
                original(backend, *given)
            except Exception as error:
                stack.template = before
                stack._parse_template()
                if not update.has_begun:
                    update.leave()
                    stack.events[:] = events
                    raise
                failure = failure_of(error)
                fail_update(update, failure)
                self._come_out(failure)
                return stack
            self._settle(backend, update)
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
            with _template_errors():
                _check_update(stack, change_set.template_dict)
        update = StackUpdate(stack, self._working_on, None if is_new else change_set.tags or None)
        with self._entered(), self._updating(update):
            try:
                original(backend, change_set_name, stack_name)
            except Exception as error:
                if not update.has_begun:
                    update.leave()
                    raise
                change_set.execution_status = "EXECUTE_FAILED"
                failure = failure_of(error)
                if is_new:
                    fail_creation(stack, failure)
                else:
                    fail_update(update, failure)
                self._come_out(failure)
                return
            stack._parse_template()
            if not update.waits:
                stack.output_map = stack._create_output_map()
            if change_set.tags and not is_new:
                stack.tags = change_set.tags
            self._settle(backend, update)

    def _delete_stack(self, original: Method, backend: Any, name_or_stack_id: str) -> None:
        stack = backend.stacks.get(name_or_stack_id)
        if stack is None or not concerns(stack.resource_map):
            # By its name: moto calls this again with the id.
            original(backend, name_or_stack_id)
            return
        update = self._updates.pop(stack.stack_id, None)
        if update is not None:
            update.clean_up()
        self._deleting[stack.stack_id] = stack
        exports = [name for name in backend.exports if self._exports(backend, stack, name)]
        without_outputs(stack)
        with self._entered():
            try:
                original(backend, name_or_stack_id)
            except _DeletionFailure as failure:
                backend.stacks[stack.stack_id] = stack
                fail_deletion(stack, failure.failures)
                for each in failure.failures:
                    self._come_out(each)
                if self._depth > 1:
                    raise _embedded(stack, "deleted", failure) from None
            else:
                for name in exports:
                    del backend.exports[name]
            finally:
                del self._deleting[stack.stack_id]

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
            or any(each is resources for each in self._at_work)
            or not concerns(resources)
            or any(each.template.stacks is not self for _, each in ours(resources))
        ):
            return
        with self._entered():
            self._look_again(backend, stack)

    def _look_again(self, backend: Any, stack: Any) -> None:
        resources = stack.resource_map
        update = self._updates.get(stack.stack_id)
        waiting = [each for _, each in ours(resources) if not each.is_there]
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
                fail_update(update, failure)
            self._come_out(failure)
            return
        verb = stack.status.partition("_")[0]
        for each in waiting:
            if each.is_there:
                about = each.logical_resource_id, each.template.type, each.physical_resource_id
                say(stack, f"{verb}_COMPLETE", *about)
        if is_complete:
            self._updates.pop(stack.stack_id, None)
            stack.output_map = stack._create_output_map()
            enter(stack, f"{verb}_COMPLETE")
            self._make_known(backend, stack)

    @contextmanager
    def _updating(self, update: StackUpdate) -> Iterator[None]:
        """Have moto's update done by ours; it stays known for as long as it waits."""
        stack_id = update.stack.stack_id
        self._updates[stack_id] = update
        try:
            yield
        finally:
            if not update.waits:
                del self._updates[stack_id]

    def _settle(self, backend: Any, update: StackUpdate) -> None:
        """After moto has called the stack complete."""
        stack = update.stack
        if update.waits:
            stack.status = stack.status.replace("_COMPLETE", "_IN_PROGRESS")
            stack.events.pop()
        else:
            self._make_known(backend, stack)

    # Exports

    def _make_known(self, backend: Any, stack: Any) -> None:
        """Export the outputs of what is complete, so that a refusal comes too late."""
        try:
            self._export(backend, stack)
        except StackFailure as failure:
            _logger.warning("%s: %s", stack.name, failure)

    def _export(self, backend: Any, stack: Any) -> None:
        """Make the outputs of a complete stack known; moto does so before there are any."""
        for name in list(backend.exports):
            if self._exports(backend, stack, name):
                del backend.exports[name]
        for export in stack.exports:
            if export.name in backend.exports:
                other = backend.exports[export.name].exporting_stack_id
                name = other.split("/")[1]
                raise StackFailure(
                    f"Export with name {export.name} is already exported by stack {name}."
                )
            backend.exports[export.name] = export

    @staticmethod
    def _exports(backend: Any, stack: Any, name: str) -> bool:
        return bool(backend.exports[name].exporting_stack_id == stack.stack_id)

    # Failures

    def _fail_creation(self, backend: Any, stack: Any, failure: StackFailure) -> None:
        fail_creation(stack, failure)
        self._export(backend, stack)
        if self._depth <= 1:
            self._come_out(failure)

    @staticmethod
    def _is_about(error: Exception, resources: Any) -> bool:
        return isinstance(error, StackFailure) or concerns(resources)

    @staticmethod
    def _come_out(failure: StackFailure) -> None:
        """Raise what a test ordered, now that the stack has been rolled back."""
        if failure.raised is not None:
            raise failure.raised

    def _stack_of(self, resources: Any) -> Any:
        models: Any = sys.modules["moto.cloudformation.models"]
        backend = models.cloudformation_backends[resources._account_id][resources._region_name]
        found = backend.stacks.get(resources.stack_id)
        return self._deleting.get(resources.stack_id) if found is None else found

    @contextmanager
    def _entered(self) -> Iterator[None]:
        """An operation on a stack; the errors of subscribers come out of the outermost one."""
        self._depth += 1
        try:
            yield
        except BaseException:
            if self._depth == 1:
                self._raised.clear()
            raise
        finally:
            self._depth -= 1
        if self._depth == 0 and self._raised:
            first, *others = self._raised
            self._raised.clear()
            for error in others:
                _logger.warning("A subscriber, of what a stack did: %r", error)
            raise first

    @contextmanager
    def _working_on(self, resources: Any) -> Iterator[None]:
        self._at_work.append(resources)
        try:
            yield
        finally:
            self._at_work.pop()


class _DeletionFailure(StackFailure):
    """Several resources of a stack could not be deleted."""

    def __init__(self, failures: Sequence[StackFailure]) -> None:
        super().__init__(failed("delete", failures))
        self.failures = failures


class _Waiting:
    """Stands in for a resource that is not created yet, since an image is still being built."""

    physical_resource_id = ""

    def __init__(self, logical_id: str, resource_type: str) -> None:
        self.logical_resource_id = logical_id
        self.cf_resource_type = self.type = resource_type

    def is_created(self) -> bool:
        return False


def ours(resources: Any) -> list[tuple[str, StackResource]]:
    """Image Builder's resources of a stack, in the order of their creation."""
    return [
        (name, resource)
        for name, resource in resources._parsed_resources.items()
        if isinstance(resource, StackResource)
    ]


def concerns(resources: Any) -> bool:
    """Whether a stack has resources of Image Builder, or a stack within it has."""
    if has_ours({"Resources": resources._resource_json_map}) or ours(resources):
        return True
    return any(
        concerns(each.resource_map)
        for each in resources._parsed_resources.values()
        if hasattr(each, "resource_map")
    )


def _check_update(stack: Any, template: Mapping[str, Any]) -> None:
    """TemplateError if a stack cannot be updated as it stands, or not to this template."""
    if stack.status in _NOT_UPDATED:
        msg = f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated."
        raise TemplateError(msg)
    check_types(stack.resource_map._resource_json_map, template)


def _embedded(stack: Any, done: str, failure: Exception) -> StackFailure:
    """The reason of a stack whose resource is another that has failed."""
    given = failure_of(failure)
    said = f"Embedded stack {stack.stack_id} was not successfully {done}: "
    what = "delete" if done == "deleted" else "create"
    reason = given.reason if isinstance(given, _DeletionFailure) else failed(what, [given])
    return StackFailure(said + reason, raised=given.raised)


@contextmanager
def _template_errors() -> Iterator[None]:
    try:
        yield
    except TemplateError as error:
        exceptions: Any = sys.modules["moto.cloudformation.exceptions"]
        raise exceptions.ValidationError(message=str(error)) from None


def _parsing() -> Any:
    return sys.modules["moto.cloudformation.parsing"]
