"""Templates with resources of Image Builder: checked, rewritten and ordered before use.

They are rewritten in the forms that moto reads, and put into CloudFormation's order: a resource
comes after those that it refers to. Otherwise the template's order counts, with other services'
resources first: so whether Image Builder finds a name does not depend on where the template has it.

moto does not check the form of functions and sections, so a malformed one would end in an error of
Python's. Source of the words: what users of CloudFormation were told (aws-cdk#26560 and #27987,
troposphere#479, innovation-sandbox-on-aws#137), LocalStack's validated tests, and Eucalyptus's
CloudFormation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .dynamic_references import unsupported
from .intrinsic_functions import attributes, entries, references, rewrite
from .moto_names import validation_error
from .resource_types import PREFIX, RESOURCE_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_PSEUDO = "AWS::"


def has_ours(template: Mapping[str, Any]) -> bool:
    """Whether a template has resources of Image Builder."""
    resources = template.get("Resources") if isinstance(template, dict) else None
    return isinstance(resources, dict) and any(
        isinstance(each, dict) and str(each.get("Type", "")).startswith(PREFIX)
        for each in resources.values()
    )


def prepare(template: dict[str, Any]) -> None:
    """Rewrite and order a template with ours in place; ValidationError if it cannot be."""
    if not has_ours(template):
        return
    for section in ("Resources", "Outputs"):
        if isinstance(template.get(section), dict):
            template[section] = rewrite(template[section])
    complaint = next(_complaints(template), None)
    if complaint is not None:
        raise validation_error(complaint)
    template["Resources"] = dict(_in_order(template["Resources"]))


def check_types(before: Mapping[str, Any], template: Mapping[str, Any]) -> None:
    """ValidationError if an update has no resources, or gives a logical id to another type."""
    now = template.get("Resources")
    if not isinstance(now, dict) or not now:
        raise validation_error(
            "Template format error: At least one Resources member must be defined."
        )
    changed = [
        name for name in now if name in before and before[name].get("Type") != now[name].get("Type")
    ]
    if changed:
        msg = (
            "Update of resource type is not permitted. The new template modifies resource type of "
            f"the following resources: [{', '.join(changed)}]"
        )
        raise validation_error(msg)


def no_attribute(name: str, attribute: str) -> str:
    """CloudFormation's words for what Fn::GetAtt does not give."""
    return (
        f"Template error: resource {name} does not support attribute type {attribute} in Fn::GetAtt"
    )


def _in_order(resources: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The resources, each after those that it depends on."""
    needed = {name: _dependencies(each).intersection(resources) for name, each in resources.items()}
    waiting = sorted(resources, key=lambda name: resources[name].get("Type") in RESOURCE_TYPES)
    placed: set[str] = set()
    while waiting:
        free = next((name for name in waiting if needed[name] <= placed), None)
        if free is None:
            msg = f"Circular dependency between resources: [{', '.join(sorted(waiting))}]"
            raise validation_error(msg)
        waiting.remove(free)
        placed.add(free)
        yield free, resources[free]


def _dependencies(resource: Mapping[str, Any]) -> set[str]:
    given = resource.get("DependsOn", ())
    return references(resource) | ({given} if isinstance(given, str) else set(given))


def _complaints(template: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a template, the first thing first: each check relies on those before."""
    written = {name: template[name] for name in ("Resources", "Outputs") if name in template}
    for path, key, value in entries(written):
        if value is None:
            yield f"[{path}/{key}] 'null' values are not allowed in templates"
    yield from _malformed(template)
    yield from _unknown(template)


def _unknown(template: Mapping[str, Any]) -> Iterator[str]:
    """The types, resources, attributes and references that there are not."""
    resources, outputs = template["Resources"], template.get("Outputs") or {}
    ours = [each for each in resources.values() if each["Type"].startswith(PREFIX)]
    types = sorted({each["Type"] for each in ours} - RESOURCE_TYPES.keys())
    if types:
        yield f"Template format error: Unrecognized resource types: [{', '.join(types)}]"
    known = {*resources, *(template.get("Parameters") or {})}
    asked = {
        "Resources": set().union(*map(_dependencies, resources.values())),
        "Outputs": references(outputs),
    }
    for block, names in asked.items():
        missing = sorted(name for name in names - known if not name.startswith(_PSEUDO))
        if missing:
            yield (
                f"Template format error: Unresolved resource dependencies [{', '.join(missing)}] "
                f"in the {block} block of the template"
            )
    for name, attribute in attributes(outputs):
        kind = RESOURCE_TYPES.get(resources.get(name, {}).get("Type"))
        if kind is not None and attribute and attribute not in kind.attributes:
            yield no_attribute(name, attribute)
    secure = [
        f"{each['Type']}/Properties{path}"
        for each in ours
        for path in unsupported(each.get("Properties", {}))
    ]
    if secure:
        yield f"SSM Secure reference is not supported in: [{','.join(secure)}]"


_FOR_EACH = "Fn::ForEach"
_MAP_NAME_KEY_AND_ATTRIBUTE = 3
_REPLACED = ("Delete", "Retain", "Snapshot")
_POLICIES = {
    "DeletionPolicy": (*_REPLACED, "RetainExceptOnCreate"),
    "UpdateReplacePolicy": _REPLACED,
}


def _malformed(template: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the form of parameters, resources and outputs, the first thing first."""
    parameters = template.get("Parameters") or {}
    for name, each in parameters.items():
        if not (isinstance(each, dict) and isinstance(each.get("Type"), str)):
            yield (
                f"Template format error: [/Parameters/{name}] Every Parameters object must contain "
                "a Type member."
            )
    for name, each in template["Resources"].items():
        yield from _malformed_resource(name, each)
        if name in parameters:
            yield f"Template format error: [/Resources/{name}] has the name of a parameter"
    for name, each in (template.get("Outputs") or {}).items():
        if not (isinstance(each, dict) and "Value" in each):
            yield (
                f"Template format error: [/Outputs/{name}] Every Outputs member must contain a "
                "Value object"
            )
    conditions = template.get("Conditions") or {}
    yield from _malformed_functions(conditions, conditions)
    yield from _unknown_conditions(conditions)
    for block in ("Resources", "Outputs"):
        for each in (template.get(block) or {}).values():
            if each.get("Condition", "") not in {"", *conditions}:
                yield (
                    "Template format error: Unresolved condition dependency "
                    f"{each['Condition']} in the {block} block of the template"
                )
            yield from _malformed_functions(each, conditions)


def _malformed_resource(name: str, resource: Any) -> Iterator[str]:
    where = f"[/Resources/{name}]"
    if name.startswith(f"{_FOR_EACH}::"):
        yield (
            f"{where} Neither moto nor imagebuilder_mock has the transform "
            "AWS::LanguageExtensions: write out the resources that Fn::ForEach makes."
        )
    elif not isinstance(resource, dict):
        yield f"Template format error: {where} resource definition is malformed"
    elif not isinstance(resource.get("Type"), str):
        yield f"Template format error: {where} Every Resources object must contain a Type member."
    elif not isinstance(resource.get("Condition", ""), str):
        yield f"Template format error: [/Resources/{name}/Condition] must be a string"
    else:
        needed = resource.get("DependsOn", "")
        names = needed if isinstance(needed, list) else [needed]
        if not all(isinstance(name, str) for name in names):
            yield "Template format error: DependsOn must be a string or list of strings."
        for attribute, policies in _POLICIES.items():
            given = resource.get(attribute, "Delete")
            if isinstance(given, str) and given not in policies:
                yield (
                    f"Template format error: Unrecognized {attribute} {given} for resource {name}"
                )


def _unknown_conditions(conditions: Mapping[str, Any]) -> Iterator[str]:
    for path, key, value in entries(conditions):
        # /Both/Fn::And/0
        operator = path.rpartition("/Fn::")[2].partition("/")[0]
        if operator and key == "Condition" and str(value) not in conditions:
            yield f"Template error: unresolved condition dependency {value} in Fn::{operator}"


def _malformed_functions(part: Any, conditions: Mapping[str, Any]) -> Iterator[str]:
    for _, key, value in entries(part):
        is_formed, said = _FORMS.get(key, (None, ""))
        # moto takes a function for one wherever its name is a key.
        if is_formed is not None and not is_formed(value):
            yield f"Template error: {said}"
        elif key == "Fn::If" and value[0] not in conditions:
            yield f"Template error: unresolved condition dependency {value[0]} in Fn::If"


def _is_list_of(given: Any, *types: type | tuple[type, ...]) -> bool:
    return isinstance(given, list) and (
        len(given) == len(types) and all(map(isinstance, given, types))
    )


def _is_index(given: Any) -> bool:
    # Which one a function gives shows when it is asked for.
    return isinstance(given, dict) or str(given).isdigit()


# A list, or a function that returns one.
_LISTED = (list, dict)
_FORMS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "Ref": (
        lambda given: isinstance(given, str),
        "every Ref object must have a single String value.",
    ),
    "Fn::GetAtt": (
        lambda given: _is_list_of(given, str, object) and all(given),
        (
            "every Fn::GetAtt object requires two non-empty parameters, the resource name and the "
            "resource attribute"
        ),
    ),
    "Fn::Sub": (
        lambda given: isinstance(given, str) or _is_list_of(given, str, dict),
        (
            "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a "
            "string as first argument, and an optional second argument to specify a mapping of "
            "values to replace in the string"
        ),
    ),
    "Fn::Join": (
        lambda given: _is_list_of(given, str, _LISTED),
        (
            "every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list "
            "of strings to be joined or a function that returns a list of strings (such as "
            "Fn::GetAZs) to be joined."
        ),
    ),
    "Fn::Split": (
        lambda given: _is_list_of(given, str, object),
        (
            "every Fn::Split object requires two parameters, (1) a string delimiter and (2) a "
            "string to be split or a function that returns a string to be split."
        ),
    ),
    "Fn::Select": (
        lambda given: _is_list_of(given, object, _LISTED) and _is_index(given[0]),
        "Fn::Select requires a list argument with two elements: an integer index and a list",
    ),
    "Fn::If": (
        lambda given: _is_list_of(given, str, object, object),
        "Fn::If requires a list argument with three elements",
    ),
    "Fn::FindInMap": (
        lambda given: isinstance(given, list) and len(given) >= _MAP_NAME_KEY_AND_ATTRIBUTE,
        (
            "every Fn::FindInMap object requires three parameters, the map name, map key and the "
            "attribute for return value"
        ),
    ),
}
