"""Resource policies, all about the account that asks."""

from __future__ import annotations

import json
from typing import Any

from imagebuilder_mock.cli.verify.claim import (
    ACCEPTED,
    Answered,
    Claim,
    Refused,
    call,
    invalid,
)


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


_ACTIONS = (
    "The Action of a Statement must be among imagebuilder:GetComponent, "
    "imagebuilder:ListComponents."
)

# What follows the subject in the id, the sentence, the rows, the policy, the answer.
_POLICIES: tuple[tuple[str, str, tuple[str, ...], str, Answered | Refused], ...] = (
    (
        "taken",
        "A policy that lets an account get and list a component is taken.",
        ("policies.actions",),
        _policy(),
        Answered({"componentArn": "<<component>>"}),
    ),
    (
        "condition",
        "A condition is taken.",
        ("policies.conditions",),
        _policy(Condition={"Bool": {"aws:SecureTransport": "true"}}),
        ACCEPTED,
    ),
    (
        "other-actions",
        "A policy allows the actions of the resource's kind alone.",
        ("policies.actions",),
        _policy(Action=["imagebuilder:GetImage"]),
        invalid("policy", _ACTIONS),
    ),
    (
        "all-actions",
        "A policy does not allow all actions.",
        ("policies.actions",),
        _policy(Action="imagebuilder:*"),
        invalid("policy", _ACTIONS),
    ),
    (
        "other-resource",
        "A policy is about the resource that has it.",
        ("policies.actions",),
        _policy(Resource=["<<greeting>>"]),
        invalid("policy", "The Resource of a Statement must be '<<component>>'."),
    ),
    (
        "deny",
        "A policy denies nothing.",
        ("policies.actions",),
        _policy(Effect="Deny"),
        invalid("policy", "The Effect of a Statement must be Allow."),
    ),
    (
        "no-json",
        "A policy that is no JSON is refused.",
        ("requests.codes-of-documented-rules",),
        "share it",
        invalid("policy", "The policy is not valid JSON."),
    ),
)

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="policies.absent",
        sentence="The policy of a recipe that never had one is empty, and no error.",
        rows=("policies.absent",),
        calls=(
            call(
                "GetImageRecipePolicy",
                {"imageRecipeArn": "<<recipe>>"},
                Answered({"policy": "{}"}),
            ),
        ),
    ),
    Claim(
        id="policies.absent-of-a-component",
        sentence="The policy of a component that never had one is empty, and no error.",
        rows=("policies.absent-of-component",),
        calls=(
            call(
                "GetComponentPolicy",
                {"componentArn": "<<greeting>>"},
                Answered({"policy": "{}"}),
            ),
        ),
    ),
    *(
        Claim(
            id=f"policies.{key}",
            sentence=sentence,
            rows=rows,
            calls=(
                call(
                    "PutComponentPolicy",
                    {"componentArn": "<<component>>", "policy": policy},
                    expected,
                ),
            ),
        )
        for key, sentence, rows, policy, expected in _POLICIES
    ),
    Claim(
        id="policies.read-back",
        sentence="A policy reads back as it was put.",
        rows=("policies.actions",),
        calls=(
            call("PutComponentPolicy", {"componentArn": "<<component>>", "policy": _policy()}),
            call(
                "GetComponentPolicy",
                {"componentArn": "<<component>>"},
                Answered({"policy": _policy()}),
            ),
        ),
    ),
)
