"""How moto reads a template of a stack, and makes, changes and deletes its resources."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .calls import NotBuiltYet, StackFailure, failure_of
from .deletions import delete_all
from .events import failed, say_made
from .resource_types import RESOURCE_TYPES
from .resources import StackResourceType
from .template_checks import TemplateError, has_ours, prepare
from .work import concerns, ours, parsing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imagebuilder_mock.transports.patching import Method

    from .work import StackWork


class StackContents:
    """Patches what is in moto's stacks."""

    def __init__(self, work: StackWork) -> None:
        self._work = work
        self._types: dict[str, StackResourceType] = {}

    def patched(self) -> list[tuple[Any, str, Method]]:
        """What is patched: a module, the path of a method in it, and what stands in for it."""
        parse, models = parsing(), sys.modules["moto.cloudformation.models"]
        # moto 5.0 calls them by other names.
        prefix = "" if hasattr(models, "Stack") else "Fake"
        return [
            (parse, "resource_class_from_type", self._look_up),
            (parse, "ResourceMap.__getitem__", self._get),
            (parse, "ResourceMap.delete", self._delete),
            (parse, "ResourceMap.update", self._update),
            (parse, "OutputMap.__iter__", self._output_keys),
            (models, f"{prefix}Stack._parse_template", self._parse_template),
            (models, f"{prefix}Stack.has_template", self._has_template),
            (models, f"{prefix}ChangeSet._parse_template", self._parse_template),
        ]

    # Templates

    def _parse_template(self, original: Method, owner: Any) -> None:
        original(owner)
        if has_ours(owner.template_dict):
            with template_errors():
                prepare(owner.template_dict)

    def _has_template(self, original: Method, stack: Any, other: str) -> Any:
        parsed = stack.parse_template(other)
        if not has_ours(parsed):
            return original(stack, other)
        with template_errors():
            prepare(parsed)
        return stack.template_dict == parsed

    def _look_up(self, original: Method, resource_type: str) -> Any:
        kind = RESOURCE_TYPES.get(resource_type)
        if kind is None:
            return original(resource_type)
        if resource_type not in self._types:
            self._types[resource_type] = StackResourceType(kind, self._work)
        return self._types[resource_type]

    # Resources

    def _get(self, original: Method, resources: Any, key: str) -> Any:
        resource_json = resources._resource_json_map.get(key)
        if key in resources._parsed_resources or resource_json is None:
            return original(resources, key)
        about = key, str(resource_json.get("Type", ""))
        is_inner = self._work.is_on(resources)
        stack = self._work.stack_of(resources) if concerns(resources) else None
        if stack is not None and self._work.depth == 0:
            # Somebody reads what an operation, maybe another thread's, has yet to make.
            return _Waiting(*about)
        try:
            with self._work.working_on(resources):
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
        update = self._work.updates.get(resources.stack_id)
        if update is None:
            original(resources, template, parameters)
        else:
            update.begin(template, parameters)

    def _delete(self, original: Method, resources: Any) -> None:
        if not concerns(resources):
            original(resources)
            return
        stack = self._work.stack_of(resources)
        failures = delete_all(stack, resources, is_creation_undone=False)
        if failures:
            raise DeletionFailure(failures)

    def _output_keys(self, original: Method, outputs: Any) -> Iterator[str]:
        resources = outputs._resource_map
        waits = any(not resource.is_there for _, resource in ours(resources))
        keys: Iterator[str] = iter(()) if waits else original(outputs)
        return keys


class DeletionFailure(StackFailure):
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


@contextmanager
def template_errors() -> Iterator[None]:
    try:
        yield
    except TemplateError as error:
        exceptions: Any = sys.modules["moto.cloudformation.exceptions"]
        raise exceptions.ValidationError(message=str(error)) from None
