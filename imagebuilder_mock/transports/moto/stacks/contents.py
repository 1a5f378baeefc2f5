"""How moto reads a template of a stack, and makes, changes and deletes its resources."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .calls import NotBuiltYet, StackFailure, failure_of
from .deletions import delete_all
from .events import failed, say_made
from .intrinsic_functions import entries
from .moto_names import class_name, module, validation_error
from .nested import complete, is_waited_for
from .resource_types import RESOURCE_TYPES
from .resources import StackResourceType, concerns, concerns_nested
from .template_checks import has_ours, prepare
from .updates import is_wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from imagebuilder_mock.transports.patching import Method

    from .updates import StackUpdate
    from .work import StackWork

_LISTS = ("CommaDelimitedList", "List<")


class StackContents:
    """Patches what is in moto's stacks."""

    def __init__(self, work: StackWork) -> None:
        self._work = work
        self._types = {name: StackResourceType(kind, work) for name, kind in RESOURCE_TYPES.items()}
        self.updates: dict[str, StackUpdate] = {}
        """The updates that are under way or wait for an image, by their stack's id."""

    def patched(self) -> list[tuple[Any, str, Method]]:
        """What is patched: a module, the path of a method in it, and what stands in for it."""
        parse, models = module("parsing"), module("models")
        stack, change_set = class_name("Stack"), class_name("ChangeSet")
        return [
            (parse, "resource_class_from_type", self._look_up),
            (parse, "ResourceMap.__getitem__", self._get),
            (parse, "ResourceMap.delete", self._delete),
            (parse, "ResourceMap.load_parameters", self._load_parameters),
            (parse, "ResourceMap.parse_ssm_parameter", self._read_parameter),
            (parse, "ResourceMap.update", self._update),
            (parse, "OutputMap.__iter__", self._output_keys),
            (models, f"{stack}._parse_template", self._parse_template),
            (models, f"{stack}.has_template", self._has_template),
            (models, f"{change_set}._parse_template", self._parse_template),
        ]

    # Templates

    def _parse_template(self, original: Method, owner: Any) -> None:
        original(owner)
        prepare(owner.template_dict)

    def _has_template(self, original: Method, stack: Any, other: str) -> Any:
        parsed = stack.parse_template(other)
        if not has_ours(parsed):
            return original(stack, other)
        prepare(parsed)
        return stack.template_dict == parsed

    def _look_up(self, original: Method, resource_type: str) -> Any:
        return self._types.get(resource_type) or original(resource_type)

    # Parameters

    def _load_parameters(self, original: Method, resources: Any) -> None:
        """Take defaults of lists apart too, and leave out spaces, which moto does not."""
        if not has_ours(resources._template):
            original(resources)
            return
        for name, parameter in (resources._template.get("Parameters") or {}).items():
            given = resources.input_parameters.get(name, parameter.get("Default"))
            if parameter["Type"] == "Number" and given is not None and not _is_number(given):
                raise validation_error(f"Parameter '{name}' must be a number.")
        original(resources)
        for name, parameter in (resources._template.get("Parameters") or {}).items():
            given = resources.resolved_parameters.get(name)
            if parameter["Type"].startswith(_LISTS) and isinstance(given, str):
                given = given.split(",")
            if isinstance(given, list):
                trimmed = [each.strip() if isinstance(each, str) else each for each in given]
                resources.resolved_parameters[name] = trimmed
                resources._parsed_resources[name] = trimmed

    def _read_parameter(self, original: Method, resources: Any, value: str, *args: Any) -> Any:
        try:
            return original(resources, value, *args)
        except AttributeError:
            # moto has found nothing, and reads it.
            if not has_ours(resources._template):
                raise
            said = f"Unable to fetch parameters [{value}] from parameter store for this account."
            raise validation_error(said) from None

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
            raise failure_of(_explained(error, resource_json, resources)).of(*about) from None
        if is_inner and stack is not None and not is_wanted(resource_json, resources):
            msg = (
                f"Template format error: Unresolved resource dependencies [{key}] in the Resources "
                "block of the template"
            )
            raise StackFailure(msg)
        self._note(key, made, resources, stack)
        return made

    def _note(self, key: str, made: Any, resources: Any, stack: Any) -> None:
        if concerns_nested(made):
            stack = self._work.stack_of(resources)
        if stack is not None and made is not None:
            complete(key, made)
            say_made(stack, "CREATE", made, is_complete=not is_waited_for(made))

    def _update(
        self, original: Method, resources: Any, template: Any, parameters: Any = None
    ) -> None:
        update = self.updates.get(resources.stack_id)
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
        waits = any(map(is_waited_for, resources._parsed_resources.values()))
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


def _is_number(given: object) -> bool:
    try:
        float(str(given))
    except ValueError:
        return False
    return True


def _explained(error: Exception, resource_json: Mapping[str, Any], resources: Any) -> Exception:
    """CloudFormation's words for a mapping or an item that is not there; moto's error otherwise."""
    if not isinstance(error, (KeyError, IndexError)):
        return error
    said = _in_vain(resource_json, resources)
    return error if said is None else StackFailure(f"Template error: {said}")


def _in_vain(resource_json: Mapping[str, Any], resources: Any) -> str | None:
    clean = module("parsing").clean_json
    for _, key, value in entries(resource_json):
        # One with an inner function that finds nothing either cannot be read: that one is named.
        with suppress(KeyError, IndexError):
            if key == "Fn::FindInMap":
                keys = [clean(each, resources) for each in value]
                found = resources._template.get("Mappings")
                for each in keys:
                    found = found.get(each) if isinstance(found, dict) else None
                if found is None:
                    return f"Unable to get mapping for {'::'.join(map(str, keys))}"
            if key == "Fn::Select" and int(value[0]) >= len(clean(value[1], resources)):
                return f"Fn::Select cannot select nonexistent value at index {value[0]}"
    return None
