"""Templates with resources of Image Builder: checked, rewritten and ordered before use.

They are rewritten in the forms that moto reads, and put into CloudFormation's order: a resource
comes after those that it refers to. Otherwise the template's order counts, with other services'
resources first: so whether Image Builder finds a name does not depend on where the template has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .dynamic_references import unsupported
from .intrinsic_functions import attributes, entries, references, rewrite
from .moto_names import validation_error
from .resource_types import PREFIX, RESOURCE_TYPES
from .template_forms import malformed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    _check_form(template)
    _check(template)
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


def _check_form(template: Mapping[str, Any]) -> None:
    written = {name: template[name] for name in ("Resources", "Outputs") if name in template}
    for path, key, value in entries(written):
        if value is None:
            raise validation_error(f"[{path}/{key}] 'null' values are not allowed in templates")
    said = next(malformed(template), None)
    if said is not None:
        raise validation_error(said)
    unknown = sorted(
        {
            each["Type"]
            for each in template["Resources"].values()
            if each["Type"].startswith(PREFIX) and each["Type"] not in RESOURCE_TYPES
        }
    )
    if unknown:
        msg = f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]"
        raise validation_error(msg)


def _check(template: Mapping[str, Any]) -> None:
    resources = template["Resources"]
    known = {*resources, *(template.get("Parameters") or {})}
    outputs = template.get("Outputs") or {}
    asked = {
        "Resources": [name for each in resources.values() for name in _dependencies(each)],
        "Outputs": references(outputs),
    }
    for block, names in asked.items():
        missing = sorted(name for name in set(names) - known if not name.startswith(_PSEUDO))
        if missing:
            msg = (
                f"Template format error: Unresolved resource dependencies [{', '.join(missing)}] "
                f"in the {block} block of the template"
            )
            raise validation_error(msg)
    for name, attribute in attributes(outputs):
        kind = RESOURCE_TYPES.get(resources.get(name, {}).get("Type"))
        if kind is not None and attribute and attribute not in kind.attributes:
            raise validation_error(no_attribute(name, attribute))
    secure = [
        f"{each['Type']}/Properties{path}"
        for each in resources.values()
        if each.get("Type") in RESOURCE_TYPES
        for path in unsupported(each.get("Properties", {}))
    ]
    if secure:
        msg = f"SSM Secure reference is not supported in: [{','.join(secure)}]"
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
