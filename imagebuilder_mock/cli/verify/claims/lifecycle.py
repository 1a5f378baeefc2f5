"""Lifecycle policies: the combinations that are taken and refused."""

from __future__ import annotations

from typing import Any

from imagebuilder_mock.cli.verify.claim import (
    A_TIME,
    ABSENT,
    ACCEPTED,
    Answered,
    Case,
    Claim,
    call,
    claims_about,
    clash,
    invalid,
)


def _rule(action: str, condition: dict[str, Any], **members: Any) -> dict[str, Any]:
    included = {"includeResources": members.pop("include")} if "include" in members else {}
    return {"action": {"type": action, **included}, "filter": condition, **members}


_AGE = {"type": "AGE", "value": 30, "unit": "DAYS"}
_COUNT = {"type": "COUNT", "value": 3}
_LIFECYCLE = {
    "name": "<<name>>",
    "status": "DISABLED",
    "executionRole": "<<role>>",
    "resourceType": "AMI_IMAGE",
    "policyDetails": [_rule("DEPRECATE", _AGE)],
    "resourceSelection": {"tagMap": {"<<run>>": "1"}},
}
_COMBINED = ("lifecycle.policy-grammar", "lifecycle.combinations")
_PATH = "policyDetails[0]"

_LIFECYCLES: tuple[Case, ...] = (
    (
        "second-rule",
        "A policy has one rule for each action.",
        ("lifecycle.second-rule", "lifecycle.policy-grammar"),
        {"policyDetails": [_rule("DELETE", _AGE), _rule("DELETE", _COUNT)]},
        invalid(
            "policyDetails[1].action.type",
            "A lifecycle policy can have one rule for each action type.",
        ),
    ),
    (
        "three-actions",
        "A policy may have a rule for each of the three actions.",
        ("lifecycle.policy-grammar",),
        {"policyDetails": [_rule(each, _AGE) for each in ("DEPRECATE", "DISABLE", "DELETE")]},
        ACCEPTED,
    ),
    (
        "count-for-deprecation",
        "A number of images is for deletion.",
        _COMBINED,
        {"policyDetails": [_rule("DEPRECATE", _COUNT)]},
        clash(
            f"{_PATH}.filter.type",
            "The filter type 'COUNT' is not supported for the action 'DEPRECATE'.",
        ),
    ),
    (
        "count-for-deletion",
        "A deletion may go by the number of images.",
        ("lifecycle.policy-grammar",),
        {"policyDetails": [_rule("DELETE", _COUNT)]},
        ACCEPTED,
    ),
    (
        "age-without-a-unit",
        "An age has a unit.",
        _COMBINED,
        {"policyDetails": [_rule("DELETE", {"type": "AGE", "value": 30})]},
        clash(f"{_PATH}.filter.unit", "The filter type 'AGE' needs a 'unit'."),
    ),
    (
        "snapshots-alone",
        "Snapshots are deleted only with their AMIs.",
        _COMBINED,
        {"policyDetails": [_rule("DELETE", _AGE, include={"snapshots": True})]},
        clash(
            f"{_PATH}.action.includeResources.snapshots",
            "Snapshots can be included only together with their AMIs.",
        ),
    ),
    (
        "snapshots-of-deprecation",
        "A deprecation includes no snapshots.",
        _COMBINED,
        {"policyDetails": [_rule("DEPRECATE", _AGE, include={"amis": True, "snapshots": True})]},
        clash(
            f"{_PATH}.action.includeResources.snapshots",
            "The action 'DEPRECATE' cannot include 'snapshots' for the resource type 'AMI_IMAGE'.",
        ),
    ),
    (
        "containers-of-amis",
        "A policy for AMIs includes no containers.",
        _COMBINED,
        {"policyDetails": [_rule("DELETE", _AGE, include={"amis": True, "containers": True})]},
        clash(
            f"{_PATH}.action.includeResources.containers",
            "The action 'DELETE' cannot include 'containers' for the resource type 'AMI_IMAGE'.",
        ),
    ),
    (
        "deprecated-containers",
        "Containers are deleted, and not deprecated.",
        _COMBINED,
        {"resourceType": "CONTAINER_IMAGE"},
        clash(
            f"{_PATH}.action.type",
            "The action 'DEPRECATE' is not supported for the resource type 'CONTAINER_IMAGE'.",
        ),
    ),
    (
        "both-selections",
        "A policy selects by recipes or by tags.",
        _COMBINED,
        {
            "resourceSelection": {
                "tagMap": {"<<run>>": "1"},
                "recipes": [{"name": "<<name>>", "semanticVersion": "1.0.0"}],
            }
        },
        clash("resourceSelection", "You must specify exactly one of 'recipes' and 'tagMap'."),
    ),
    (
        "service-linked-role",
        "The role is not the service-linked one.",
        ("lifecycle.role",),
        {
            "executionRole": (
                "arn:<<partition>>:iam::<<account>>:role/aws-service-role/"
                "imagebuilder.amazonaws.com/AWSServiceRoleForImageBuilder"
            )
        },
        invalid(
            "executionRole",
            "The provided role does not exist or does not have sufficient permissions.",
        ),
    ),
)

CLAIMS: tuple[Claim, ...] = (
    *claims_about("lifecycle", "CreateLifecyclePolicy", _LIFECYCLE, _LIFECYCLES),
    Claim(
        id="lifecycle.get",
        sentence="A lifecycle policy of which only what is required was given.",
        rows=("lifecycle.policy-grammar",),
        calls=(
            call(
                "GetLifecyclePolicy",
                {"lifecyclePolicyArn": "<<policy>>"},
                Answered(
                    {
                        "lifecyclePolicy": {
                            "arn": "<<policy>>",
                            "name": "<<run>>-policy",
                            "status": "DISABLED",
                            "executionRole": "<<role>>",
                            "resourceType": "AMI_IMAGE",
                            "policyDetails": [_rule("DEPRECATE", _AGE)],
                            "resourceSelection": {"tagMap": {"<<run>>": "1"}},
                            "dateCreated": A_TIME,
                            "tags": {},
                        }
                    }
                ),
            ),
        ),
    ),
    Claim(
        id="lifecycle.is-public",
        sentence="Where AMIs are excluded, it is said that public ones are not.",
        rows=("lifecycle.is-public-default",),
        calls=(
            call(
                "CreateLifecyclePolicy",
                {
                    **_LIFECYCLE,
                    "policyDetails": [
                        _rule(
                            "DEPRECATE",
                            _AGE,
                            exclusionRules={"amis": {"regions": ["<<region>>"]}},
                        )
                    ],
                },
                made="lifecyclePolicyArn",
            ),
            call(
                "GetLifecyclePolicy",
                {"lifecyclePolicyArn": "<<made>>"},
                Answered(
                    {
                        "lifecyclePolicy.policyDetails.0.exclusionRules": {
                            "amis": {"isPublic": False, "regions": ["<<region>>"]}
                        }
                    }
                ),
            ),
        ),
    ),
    Claim(
        id="lifecycle.resource-type",
        sentence="An update does not change the type of the resources.",
        rows=("lifecycle.resource-type",),
        calls=(
            call("CreateLifecyclePolicy", _LIFECYCLE, made="lifecyclePolicyArn"),
            call(
                "UpdateLifecyclePolicy",
                {
                    **{name: value for name, value in _LIFECYCLE.items() if name != "name"},
                    "lifecyclePolicyArn": "<<made>>",
                    "resourceType": "CONTAINER_IMAGE",
                    "policyDetails": [_rule("DELETE", _AGE)],
                },
                clash(
                    "resourceType",
                    "The resource type of the lifecycle policy is 'AMI_IMAGE', and cannot be "
                    "changed.",
                ),
            ),
            call(
                "GetLifecyclePolicy",
                {"lifecyclePolicyArn": "<<made>>"},
                Answered(
                    {
                        "lifecyclePolicy.resourceType": "AMI_IMAGE",
                        "lifecyclePolicy.dateUpdated": ABSENT,
                    }
                ),
            ),
        ),
    ),
)
