"""Rules of lifecycle policies.

Sources: API reference, CreateLifecyclePolicy and the structures under it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.errors import (
    ImageBuilderError,
    invalid_combination,
    invalid_value,
)
from imagebuilder_mock.domain.lifecycle.rules import Selection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mypy_boto3_imagebuilder import type_defs as wire

    Detail = wire.LifecyclePolicyDetailUnionTypeDef
    Included = (
        wire.LifecyclePolicyDetailActionIncludeResourcesTypeDef
        | wire.ResourceStateUpdateIncludeResourcesTypeDef
    )
    ResourceSelection = wire.LifecyclePolicyResourceSelectionUnionTypeDef

_INCLUDED: Mapping[tuple[str, str], frozenset[str]] = {
    ("AMI_IMAGE", "DELETE"): frozenset(("amis", "snapshots")),
    ("AMI_IMAGE", "AVAILABLE"): frozenset(("amis",)),
    ("AMI_IMAGE", "DEPRECATE"): frozenset(("amis",)),
    ("AMI_IMAGE", "DISABLE"): frozenset(("amis",)),
    ("CONTAINER_IMAGE", "DELETE"): frozenset(("containers",)),
}
"""The resources that an action can include, by resource type. Policies cannot have AVAILABLE."""


def check_policy(
    resource_type: str, details: Sequence[Detail], selection: ResourceSelection
) -> None:
    """Refuse rules that the service does not support, alone or together."""
    _refuse(policy_errors(resource_type, dict(enumerate(details)), selection))
    Selection.parse(resource_type, selection)


def policy_errors(
    resource_type: str, details: Mapping[int, Detail], selection: ResourceSelection | None
) -> Iterator[ImageBuilderError]:
    """Everything that is wrong with a policy, except versions of recipes.

    ``details`` are by their positions. What has a wrong form is left out: then a detail is missing,
    the selection is None, and the resource type is ``""``.
    """
    seen: set[str] = set()
    for position, detail in details.items():
        path, action = f"policyDetails[{position}]", detail["action"]["type"]
        if action in seen:
            yield invalid_value(
                f"{path}.action.type", "A lifecycle policy can have one rule for each action type."
            )
        seen.add(action)
        if resource_type and (resource_type, action) not in _INCLUDED:
            yield invalid_combination(
                f"{path}.action.type",
                f"The action '{action}' is not supported for the resource type '{resource_type}'.",
            )
        elif resource_type:
            included = detail["action"].get("includeResources", {})
            yield from _included_errors(
                included, resource_type, action, f"{path}.action.includeResources"
            )
        yield from _filter_errors(detail, f"{path}.filter")
    if selection is not None:
        yield from _selection_errors(selection)


def check_included(included: Included, resource_type: str, action: str, path: str) -> None:
    """Refuse resources that the action cannot include, and snapshots without their AMIs."""
    _refuse(_included_errors(included, resource_type, action, path))


def _refuse(errors: Iterator[ImageBuilderError]) -> None:
    for error in errors:
        raise error


def _included_errors(
    included: Included, resource_type: str, action: str, path: str
) -> Iterator[ImageBuilderError]:
    for member, is_included in included.items():
        if is_included and member not in _INCLUDED.get((resource_type, action), ()):
            yield invalid_combination(
                f"{path}.{member}",
                f"The action '{action}' cannot include '{member}' for the resource type "
                f"'{resource_type}'.",
            )
    if included.get("snapshots") and not included.get("amis"):
        yield invalid_combination(
            f"{path}.snapshots", "Snapshots can be included only together with their AMIs."
        )


def completed_details(details: Sequence[Detail]) -> list[Detail]:
    """The rules as answers show them: with ``isPublic`` wherever AMIs are excluded (Terraform)."""
    return [_completed(detail) for detail in details]


def _completed(detail: Detail) -> Detail:
    exclusions = detail.get("exclusionRules")
    if exclusions is None or "amis" not in exclusions:
        return detail
    amis: wire.LifecyclePolicyDetailExclusionRulesAmisTypeDef = {
        "isPublic": False,
        **exclusions["amis"],
    }
    rules: wire.LifecyclePolicyDetailExclusionRulesTypeDef = {**exclusions, "amis": amis}
    completed: wire.LifecyclePolicyDetailTypeDef = {**detail, "exclusionRules": rules}
    return completed


def _filter_errors(detail: Detail, path: str) -> Iterator[ImageBuilderError]:
    condition, action = detail["filter"], detail["action"]["type"]
    is_count = condition["type"] == "COUNT"
    if is_count and action != "DELETE":
        yield invalid_combination(
            f"{path}.type", f"The filter type 'COUNT' is not supported for the action '{action}'."
        )
    if not is_count and "unit" not in condition:
        yield invalid_combination(f"{path}.unit", "The filter type 'AGE' needs a 'unit'.")
    if "retainAtLeast" in condition and is_count:
        yield invalid_combination(
            f"{path}.retainAtLeast", "'retainAtLeast' is supported only for the filter type 'AGE'."
        )


def _selection_errors(selection: ResourceSelection) -> Iterator[ImageBuilderError]:
    if ("recipes" in selection) == ("tagMap" in selection):
        yield invalid_combination(
            "resourceSelection", "You must specify exactly one of 'recipes' and 'tagMap'."
        )
