"""Which accounts a policy shares with, and what is no policy."""

from __future__ import annotations

import json

import pytest

from imagebuilder_mock.domain.errors import InvalidParameterValueException, invalid_value
from imagebuilder_mock.domain.resource_policies import accounts_allowed

ARN = "arn:aws:imagebuilder:us-east-1:123456789012:component/hello/1.0.0/1"
FIRST, SECOND = "210987654321", "333333333333"
# What stands where there must be something.
NOTHING: tuple[object, ...] = (None, [])
BAD_ACTIONS: tuple[object, ...] = (
    *NOTHING,
    "imagebuilder:*",
    ["imagebuilder:GetComponent", "imagebuilder:GetImage"],
    [{}],
)
BAD_PRINCIPALS: tuple[object, ...] = (
    None,
    "*",
    {"Service": "ec2.amazonaws.com"},
    {"AWS": []},
    {"AWS": "210987654321", "Service": "ec2.amazonaws.com"},
)
ACTIONS = ["imagebuilder:GetComponent", "imagebuilder:ListComponents"]


def a_statement(*principals, **members):
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": list(principals or (FIRST,))},
        "Action": ACTIONS,
        "Resource": [ARN],
        **members,
    }
    return {name: value for name, value in statement.items() if value is not None}


def a_policy(*statements, **members):
    policy = {"Version": "2012-10-17", "Statement": list(statements), **members}
    return json.dumps({name: value for name, value in policy.items() if value is not None})


def accounts(policy):
    return accounts_allowed(policy, arn=ARN, kind="component")


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        pytest.param(FIRST, {FIRST}, id="account"),
        pytest.param([FIRST, SECOND], {FIRST, SECOND}, id="accounts"),
        pytest.param(f"arn:aws:iam::{FIRST}:root", {FIRST}, id="root"),
        pytest.param([f"arn:aws-cn:iam::{FIRST}:role/build"], {FIRST}, id="role"),
        pytest.param([f"arn:aws:iam::{FIRST}:user/team/ann"], {FIRST}, id="user"),
    ],
)
def test_a_principal_means_its_account(principal, expected):
    """Source: IAM user guide, reference_policies_elements_principal."""
    assert accounts(a_policy(a_statement(Principal={"AWS": principal}))) == expected


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param(a_policy(a_statement(), Version="2008-10-17"), id="old-version"),
        pytest.param(a_policy(a_statement(Sid="Share"), Id="share"), id="names"),
        pytest.param(a_policy(Statement=a_statement()), id="one-statement"),
        pytest.param(a_policy(a_statement(Resource=ARN)), id="one-resource"),
        pytest.param(a_policy(a_statement(Action=ACTIONS[0])), id="one-action"),
        pytest.param(a_policy(a_statement(Condition={"Bool": {}})), id="condition"),
    ],
)
def test_what_is_taken(policy):
    assert accounts(policy) == {FIRST}


def test_statements_add_up():
    assert accounts(a_policy(a_statement(FIRST), a_statement(SECOND, FIRST))) == {FIRST, SECOND}


@pytest.mark.parametrize(
    ("policy", "detail"),
    [
        pytest.param("{", "The policy is not valid JSON.", id="no-json"),
        pytest.param("[" * 20_000, "The policy is not valid JSON.", id="too-deep"),
        pytest.param("[]", "The policy must be a JSON object.", id="no-object"),
        pytest.param(
            a_policy(a_statement(), Name="x"), "The policy has no member 'Name'.", id="member"
        ),
        *(
            pytest.param(
                a_policy(a_statement(), Version=version),
                "The policy's Version must be one of 2012-10-17, 2008-10-17.",
                id=f"version-{version}",
            )
            for version in (None, "2020-01-01", ["2012-10-17"])
        ),
        *(
            pytest.param(
                a_policy(Statement=statement),
                "The policy must have at least one Statement.",
                id=f"statements-{statement}",
            )
            for statement in NOTHING
        ),
        pytest.param(
            a_policy("Allow"), "Each Statement of the policy must be an object.", id="text"
        ),
        pytest.param(
            a_policy(a_statement(NotAction=ACTIONS)),
            "A Statement of the policy has no member 'NotAction'.",
            id="statement-member",
        ),
        *(
            pytest.param(
                a_policy(a_statement(Effect=effect)),
                "The Effect of a Statement must be Allow.",
                id=f"effect-{effect}",
            )
            for effect in (None, "Deny")
        ),
        *(
            pytest.param(
                a_policy(a_statement(Action=action)),
                "The Action of a Statement must be among imagebuilder:GetComponent, "
                "imagebuilder:ListComponents.",
                id=f"action-{action}",
            )
            for action in BAD_ACTIONS
        ),
        *(
            pytest.param(
                a_policy(a_statement(Resource=resource)),
                f"The Resource of a Statement must be '{ARN}'.",
                id=f"resource-{resource}",
            )
            for resource in (None, "*", [ARN, ARN], ARN.replace("1.0.0/1", "x.x.x"))
        ),
        *(
            pytest.param(
                a_policy(a_statement(Principal=principal)),
                "The Principal of a Statement must name AWS accounts.",
                id=f"principal-{principal}",
            )
            for principal in BAD_PRINCIPALS
        ),
        *(
            pytest.param(
                a_policy(a_statement(principal)),
                f"'{principal}' is not a principal that the resource can be shared with.",
                id=f"account-{principal}",
            )
            for principal in ("*", "12345", "arn:aws:iam::12345:root", f"{FIRST}\n")
        ),
    ],
)
def test_what_is_refused(policy, detail):
    """Source: API reference, PutComponentPolicy (the code); the sentences are ours."""
    with pytest.raises(InvalidParameterValueException) as caught:
        accounts(policy)

    assert caught.value.message == invalid_value("policy", detail).message


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("component", "Component"),
        ("container-recipe", "ContainerRecipe"),
        ("image", "Image"),
        ("image-recipe", "ImageRecipe"),
    ],
)
def test_each_kind_has_its_actions(kind, name):
    """Source: awscli examples, get-component-policy and its siblings."""
    actions = [f"imagebuilder:Get{name}", f"imagebuilder:List{name}s"]
    policy = a_policy(a_statement(Action=actions))

    assert accounts_allowed(policy, arn=ARN, kind=kind) == {FIRST}
