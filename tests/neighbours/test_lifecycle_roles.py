"""Roles of lifecycle actions: API reference, CreateLifecyclePolicy, ``executionRole``."""

from __future__ import annotations

import json

import pytest

from tests.beside_moto import aws
from tests.builders import a_recipe
from tests.lifecycle_builders import a_policy, a_policy_request
from tests.refusals import invalid_value, refusal_of

REFUSAL = invalid_value(
    "executionRole", "The provided role does not exist or does not have sufficient permissions."
)
OURS = "imagebuilder.amazonaws.com"
OTHER = "ec2.amazonaws.com"


def a_role(*statements):
    """Make the role ``lifecycle``."""
    trust = {"Version": "2012-10-17", "Statement": statements}
    role = aws("iam").create_role(RoleName="lifecycle", AssumeRolePolicyDocument=json.dumps(trust))
    return role["Role"]["Arn"]


def allowed(services, actions="sts:AssumeRole"):
    return {"Effect": "Allow", "Action": actions, "Principal": {"Service": services}}


@pytest.mark.parametrize(
    "statements",
    [
        [allowed(OURS)],
        [allowed(OTHER), allowed([OTHER, OURS], ["sts:AssumeRole", "sts:TagSession"])],
        [],
    ],
    ids=["trusts us", "trusts others too", "says nothing"],
)
def test_a_role_that_can_be_assumed_is_taken(imagebuilder, statements):
    arn = a_role(*statements)

    assert a_policy(imagebuilder, executionRole=arn)
    assert a_policy(imagebuilder, executionRole="lifecycle")


@pytest.mark.parametrize(
    "statement",
    [
        allowed(OTHER),
        allowed(OURS) | {"Effect": "Deny"},
        allowed(OURS, "sts:TagSession"),
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "123456789012"}},
    ],
    ids=["another service", "a denial", "another action", "an account"],
)
def test_a_role_that_does_not_trust_us_is_refused(imagebuilder, statement):
    a_role(statement)

    request = a_policy_request(executionRole="lifecycle")
    assert refusal_of(imagebuilder.create_lifecycle_policy, **request) == REFUSAL


@pytest.mark.parametrize("role", ["lifecycle", "missing"])
def test_updates_are_refused_as_new_policies_are(mock, imagebuilder, role):
    image = mock.images.add(recipe=a_recipe(imagebuilder))
    policy = a_policy(imagebuilder)
    a_role(allowed(OTHER))

    request = a_policy_request(executionRole=role, lifecyclePolicyArn=policy)
    del request["name"]
    assert refusal_of(imagebuilder.update_lifecycle_policy, **request) == REFUSAL
    assert (
        refusal_of(
            imagebuilder.start_resource_state_update,
            resourceArn=image,
            state={"status": "DISABLED"},
            executionRole=role,
            includeResources={"amis": True},
        )
        == REFUSAL
    )


@pytest.mark.parametrize("path", ["", "arn:aws:iam::123456789012:role/aws-service-role/ours/"])
def test_a_service_linked_role_is_refused(imagebuilder, path):
    """User guide, create-lifecycle-policies."""
    request = a_policy_request(executionRole=f"{path}AWSServiceRoleForImageBuilder")

    assert refusal_of(imagebuilder.create_lifecycle_policy, **request) == REFUSAL
