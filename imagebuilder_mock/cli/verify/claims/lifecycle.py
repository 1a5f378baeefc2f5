"""Lifecycle policies: the combinations that are accepted and refused."""

from __future__ import annotations

from typing import Any

from imagebuilder_mock.cli.verify.claim import ABSENT, claim
from imagebuilder_mock.domain.errors import invalid_combination, invalid_value

from .standing import SERVICE_LINKED_ROLE, USUAL, Case, cases, create, get, get_all, update


def _rule(action: str, condition: dict[str, Any], **include: bool) -> dict[str, Any]:
    included = {"includeResources": include} if include else {}
    return {"action": {"type": action, **included}, "filter": condition}


_AGE = {"type": "AGE", "value": 30, "unit": "DAYS"}
_COUNT = {"type": "COUNT", "value": 3}
_COMBINED = ("lifecycle.policy-grammar", "lifecycle.combinations")
_PATH = "policyDetails[0]"
_USUAL = {name: value for name, value in USUAL["LifecyclePolicy"].items() if name != "name"}

_LIFECYCLES: tuple[Case, ...] = (
    Case(
        "second-rule",
        "A policy has one rule for each action.",
        ("lifecycle.second-rule", "lifecycle.policy-grammar"),
        {"policyDetails": [_rule("DELETE", _AGE), _rule("DELETE", _COUNT)]},
        invalid_value(
            "policyDetails[1].action.type",
            "A lifecycle policy can have one rule for each action type.",
        ),
    ),
    Case(
        "three-actions",
        "A policy may have a rule for each of the three actions.",
        ("lifecycle.policy-grammar",),
        {"policyDetails": [_rule(each, _AGE) for each in ("DEPRECATE", "DISABLE", "DELETE")]},
    ),
    Case(
        "count-for-deprecation",
        "A deprecation cannot go by the number of images.",
        _COMBINED,
        {"policyDetails": [_rule("DEPRECATE", _COUNT)]},
        invalid_combination(
            f"{_PATH}.filter.type",
            "The filter type 'COUNT' is not supported for the action 'DEPRECATE'.",
        ),
    ),
    Case(
        "count-for-deletion",
        "A deletion may go by the number of images.",
        ("lifecycle.policy-grammar",),
        {"policyDetails": [_rule("DELETE", _COUNT)]},
    ),
    Case(
        "age-without-a-unit",
        "An age needs a unit.",
        _COMBINED,
        {"policyDetails": [_rule("DELETE", {"type": "AGE", "value": 30})]},
        invalid_combination(f"{_PATH}.filter.unit", "The filter type 'AGE' needs a 'unit'."),
    ),
    Case(
        "snapshots-alone",
        "Snapshots are deleted only with their AMIs.",
        _COMBINED,
        {"policyDetails": [_rule("DELETE", _AGE, snapshots=True)]},
        invalid_combination(
            f"{_PATH}.action.includeResources.snapshots",
            "Snapshots can be included only together with their AMIs.",
        ),
    ),
    Case(
        "snapshots-of-deprecation",
        "A deprecation includes no snapshots.",
        _COMBINED,
        {"policyDetails": [_rule("DEPRECATE", _AGE, amis=True, snapshots=True)]},
        invalid_combination(
            f"{_PATH}.action.includeResources.snapshots",
            "The action 'DEPRECATE' cannot include 'snapshots' for the resource type 'AMI_IMAGE'.",
        ),
    ),
    Case(
        "containers-of-amis",
        "A policy for AMIs includes no containers.",
        _COMBINED,
        {"policyDetails": [_rule("DELETE", _AGE, amis=True, containers=True)]},
        invalid_combination(
            f"{_PATH}.action.includeResources.containers",
            "The action 'DELETE' cannot include 'containers' for the resource type 'AMI_IMAGE'.",
        ),
    ),
    Case(
        "deprecated-containers",
        "Containers can be deleted, but not deprecated.",
        _COMBINED,
        {"resourceType": "CONTAINER_IMAGE"},
        invalid_combination(
            f"{_PATH}.action.type",
            "The action 'DEPRECATE' is not supported for the resource type 'CONTAINER_IMAGE'.",
        ),
    ),
    Case(
        "both-selections",
        "A policy selects by recipes or by tags.",
        _COMBINED,
        {
            "resourceSelection": {
                "tagMap": {"<<run>>": "1"},
                "recipes": [{"name": "<<name>>", "semanticVersion": "1.0.0"}],
            }
        },
        invalid_combination(
            "resourceSelection", "You must specify exactly one of 'recipes' and 'tagMap'."
        ),
    ),
    Case(
        "service-linked-role",
        "The role cannot be the service-linked one.",
        ("lifecycle.role",),
        {"executionRole": SERVICE_LINKED_ROLE},
        invalid_value(
            "executionRole",
            "The provided role does not exist or does not have sufficient permissions.",
        ),
    ),
)

CLAIMS = (
    *cases("lifecycle", "LifecyclePolicy", _LIFECYCLES),
    claim(
        "lifecycle.get",
        "A lifecycle policy that was given only what is required reads back with these members.",
        ("lifecycle.policy-grammar",),
        get_all("LifecyclePolicy", "<<policy>>", name="<<run>>-policy", **_USUAL),
    ),
    claim(
        "lifecycle.is-public",
        "Where AMIs are excluded, the policy says that public ones are not.",
        ("lifecycle.is-public-default",),
        create(
            "LifecyclePolicy",
            policyDetails=[
                {
                    **_rule("DEPRECATE", _AGE),
                    "exclusionRules": {"amis": {"regions": ["<<region>>"]}},
                }
            ],
        ),
        get(
            "LifecyclePolicy",
            {
                "policyDetails.0.exclusionRules": {
                    "amis": {"isPublic": False, "regions": ["<<region>>"]}
                }
            },
        ),
    ),
    claim(
        "lifecycle.resource-type",
        "An update does not change the type of the resources.",
        ("lifecycle.resource-type",),
        create("LifecyclePolicy"),
        update(
            "LifecyclePolicy",
            **{
                **_USUAL,
                "resourceType": "CONTAINER_IMAGE",
                "policyDetails": [_rule("DELETE", _AGE)],
            },
            expected=invalid_combination(
                "resourceType",
                "The resource type of the lifecycle policy is 'AMI_IMAGE', and cannot be changed.",
            ),
        ),
        get("LifecyclePolicy", {"resourceType": "AMI_IMAGE", "dateUpdated": ABSENT}),
    ),
)
