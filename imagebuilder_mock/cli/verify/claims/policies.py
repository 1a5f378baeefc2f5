"""Resource policies, all about the caller's own account."""

from __future__ import annotations

import json
from typing import Any

from imagebuilder_mock.cli.verify.claim import ACCEPTED, Call, Expected, call, claim
from imagebuilder_mock.domain.errors import invalid_value


def _policy(**members: Any) -> str:
    """A policy that lets the caller's own account read the component, or a changed one."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": ["<<account>>"]},
        "Action": ["imagebuilder:GetComponent", "imagebuilder:ListComponents"],
        "Resource": ["<<component>>"],
        **members,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _put(policy: str, expected: Expected = ACCEPTED) -> Call:
    return call("PutComponentPolicy", {"componentArn": "<<component>>", "policy": policy}, expected)


_OTHER_ACTIONS = invalid_value(
    "policy",
    "The Action of a Statement must be among imagebuilder:GetComponent, "
    "imagebuilder:ListComponents.",
)

CLAIMS = (
    claim(
        "policies.absent",
        "The policy of a recipe that never had one is empty, and not an error.",
        ("policies.absent",),
        call("GetImageRecipePolicy", {"imageRecipeArn": "<<recipe>>"}, {"policy": "{}"}),
    ),
    claim(
        "policies.absent-of-a-component",
        "The policy of a component that never had one is empty, and not an error.",
        ("policies.absent-of-component",),
        call("GetComponentPolicy", {"componentArn": "<<greeting>>"}, {"policy": "{}"}),
    ),
    claim(
        "policies.taken",
        "A policy that lets an account get and list a component is accepted.",
        ("policies.actions",),
        _put(_policy(), {"componentArn": "<<component>>"}),
    ),
    claim(
        "policies.condition",
        "A condition is accepted.",
        ("policies.conditions",),
        _put(_policy(Condition={"Bool": {"aws:SecureTransport": "true"}})),
    ),
    claim(
        "policies.other-actions",
        "A policy can allow only the actions of the resource's kind.",
        ("policies.actions",),
        _put(_policy(Action=["imagebuilder:GetImage"]), _OTHER_ACTIONS),
    ),
    claim(
        "policies.all-actions",
        "A policy cannot allow all actions.",
        ("policies.actions",),
        _put(_policy(Action="imagebuilder:*"), _OTHER_ACTIONS),
    ),
    claim(
        "policies.other-resource",
        "A policy can name only the resource that has it.",
        ("policies.actions",),
        _put(
            _policy(Resource=["<<greeting>>"]),
            invalid_value("policy", "The Resource of a Statement must be '<<component>>'."),
        ),
    ),
    claim(
        "policies.deny",
        "A policy cannot deny anything.",
        ("policies.actions",),
        _put(
            _policy(Effect="Deny"),
            invalid_value("policy", "The Effect of a Statement must be Allow."),
        ),
    ),
    claim(
        "policies.no-json",
        "A policy that is not JSON is refused.",
        ("requests.codes-of-documented-rules",),
        _put("share it", invalid_value("policy", "The policy is not valid JSON.")),
    ),
    claim(
        "policies.read-back",
        "A policy reads back as it was put.",
        ("policies.actions",),
        _put(_policy()),
        call("GetComponentPolicy", {"componentArn": "<<component>>"}, {"policy": _policy()}),
    ),
)
