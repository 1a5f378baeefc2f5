"""What ``verify`` never asks: the one rule that every request has to pass."""

from __future__ import annotations

import json

import pytest

from imagebuilder_mock.cli.verify.claim import Own, call
from imagebuilder_mock.cli.verify.safety import (
    TARGETS,
    UnsafeCallError,
    refuse_unsafe,
)
from imagebuilder_mock.cli.verify.service import Service
from tests.model import service_model

RUN, ACCOUNT, OTHER = "verify-0a1b2c3d", "123456789012", "210987654321"
OWN = f"arn:aws:imagebuilder:us-east-1:{ACCOUNT}:"
THEIRS = f"{OWN}component/golden/1.0.0/1"
MINE = f"{OWN}component/{RUN}-a/1.0.0/1"
NAMED = {"name": f"{RUN}-a"}
SELECTED = {"resourceSelection": {"tagMap": {RUN: "1"}}}


def ask(operation, params, **facts):
    refuse_unsafe(operation, params, **{"run": RUN, "account": ACCOUNT, **facts})


def a_policy(**members):
    statement = {"Effect": "Allow", "Principal": {"AWS": [ACCOUNT]}, **members}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


NEVER = (
    "CancelImageCreation",
    "CancelLifecycleExecution",
    "CreateImage",
    "DistributeImage",
    "ImportComponent",
    "ImportDiskImage",
    "ImportVmImage",
    "PutContainerRecipePolicy",
    "PutImagePolicy",
    "PutImageRecipePolicy",
    "RetryImage",
    "SendWorkflowStepAction",
    "StartImagePipelineExecution",
    "StartResourceStateUpdate",
)


@pytest.mark.parametrize("operation", NEVER)
def test_what_could_build_share_or_delete_is_never_called(operation):
    with pytest.raises(UnsafeCallError, match="is never called"):
        ask(operation, {**NAMED, "dryRun": True, "status": "DISABLED"})


def test_every_operation_of_the_model_is_decided():
    names = set(service_model().operation_names)
    changing = {name for name in names if not name.startswith(("Get", "List"))}

    assert changing - set(NEVER) <= TARGETS.keys()


@pytest.mark.parametrize(
    ("operation", "params", "reason"),
    [
        pytest.param(
            "CreateComponent", {"name": "golden"}, "name is not the run's", id="another name"
        ),
        pytest.param("CreateComponent", {}, "name is not the run's", id="no name"),
        pytest.param(
            "CreateComponent",
            {**NAMED, "uri": "s3://theirs/document.yml"},
            "uri is not the run's",
            id="somebody's document",
        ),
        pytest.param("CreateImagePipeline", NAMED, "not DISABLED", id="pipeline by default"),
        pytest.param(
            "CreateImagePipeline",
            {**NAMED, "status": "ENABLED"},
            "not DISABLED",
            id="pipeline that runs",
        ),
        pytest.param(
            "UpdateImagePipeline",
            {"imagePipelineArn": f"{OWN}image-pipeline/{RUN}-a"},
            "not DISABLED",
            id="pipeline that would run again",
        ),
        pytest.param(
            "UpdateImagePipeline",
            {"imagePipelineArn": f"{OWN}image-pipeline/golden", "status": "DISABLED"},
            "is not the run's",
            id="somebody's pipeline",
        ),
        pytest.param(
            "CreateLifecyclePolicy", {**NAMED, **SELECTED}, "not DISABLED", id="policy that runs"
        ),
        pytest.param(
            "CreateLifecyclePolicy",
            {**NAMED, "status": "DISABLED"},
            "what is selected",
            id="policy about everything",
        ),
        pytest.param(
            "CreateLifecyclePolicy",
            {**NAMED, "status": "DISABLED", "resourceSelection": {"tagMap": {}}},
            "what is selected",
            id="policy about no tag",
        ),
        pytest.param(
            "CreateLifecyclePolicy",
            {
                **NAMED,
                "status": "DISABLED",
                "resourceSelection": {"tagMap": {RUN: "1", "team": "web"}},
            },
            "a tag is not the run's",
            id="policy about another tag",
        ),
        pytest.param(
            "UpdateLifecyclePolicy",
            {
                "lifecyclePolicyArn": f"{OWN}lifecycle-policy/{RUN}-a",
                "status": "DISABLED",
                "resourceSelection": {"recipes": [{"name": "golden", "semanticVersion": "1.0.0"}]},
            },
            "a recipe is not the run's",
            id="policy about another recipe",
        ),
        pytest.param(
            "DeleteComponent",
            {"componentBuildVersionArn": THEIRS},
            "is not the run's",
            id="delete",
        ),
        pytest.param("DeleteComponent", {}, "is not the run's", id="delete of nothing"),
        pytest.param(
            "TagResource", {"resourceArn": THEIRS, "tags": {}}, "is not the run's", id="tag"
        ),
        pytest.param(
            "CreateDistributionConfiguration",
            {
                **NAMED,
                "distributions": [
                    {"amiDistributionConfiguration": {"targetAccountIds": [OTHER]}},
                ],
            },
            f"the account {OTHER}",
            id="another account",
        ),
        pytest.param(
            "PutComponentPolicy",
            {"componentArn": THEIRS, "policy": a_policy()},
            "is not the run's",
            id="policy of somebody's component",
        ),
        *(
            pytest.param(
                "PutComponentPolicy",
                {"componentArn": MINE, "policy": a_policy(**members)},
                "the policy does more than name",
                id=f"sharing with {name}",
            )
            for name, members in (
                ("everybody", {"Principal": "*"}),
                ("everybody in a list", {"Principal": {"AWS": [ACCOUNT, "*"]}}),
                ("an organisation", {"Principal": {"Service": "ec2.amazonaws.com"}}),
                ("all but somebody", {"NotPrincipal": {"AWS": [ACCOUNT]}}),
                ("a user", {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/somebody"}}),
            )
        ),
    ],
)
def test_what_could_touch_anybody_else_is_not_called(operation, params, reason):
    with pytest.raises(UnsafeCallError, match=reason):
        ask(operation, params)


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("ListComponents", {"owner": "Amazon"}),
        ("GetComponent", {"componentBuildVersionArn": THEIRS}),
        ("CreateComponent", {"name": f"{RUN} My_Component"}),
        ("CreateImagePipeline", {**NAMED, "status": "DISABLED"}),
        ("CreateLifecyclePolicy", {**NAMED, "status": "DISABLED", **SELECTED}),
        ("DeleteComponent", {"componentBuildVersionArn": MINE}),
        ("PutComponentPolicy", {"componentArn": MINE, "policy": a_policy()}),
        ("PutComponentPolicy", {"componentArn": MINE, "policy": "no JSON"}),
    ],
)
def test_what_is_the_run_s_may_be_asked(operation, params):
    ask(operation, params)


def test_nothing_is_shared_before_the_account_is_known():
    with pytest.raises(UnsafeCallError, match="account"):
        ask("PutComponentPolicy", {"componentArn": MINE, "policy": a_policy()}, account=None)


def test_a_request_that_is_refused_is_not_sent(imagebuilder, imagebuilder_mock):
    service = Service(imagebuilder, run=RUN, account=ACCOUNT, is_local=True)

    with pytest.raises(UnsafeCallError):
        service.ask("StartImagePipelineExecution", {"imagePipelineArn": f"{OWN}image-pipeline/a"})
    with pytest.raises(UnsafeCallError, match="a body of one's own"):
        service.ask("CreateComponent", NAMED, body="{}")

    assert imagebuilder_mock.calls.count() == 0


@pytest.mark.parametrize(
    ("one", "missing"),
    [
        (call("GetSomething", {}), "GetSomething"),
        (call("ListComponents", {"colour": "red"}), "ListComponents.colour"),
        (call("ListComponents", {"filters": [{"colour": "red"}]}), "ListComponents.filters.colour"),
        (
            call("GetComponent", {}, {"component": {"name": "a", "colour": "red"}}),
            "GetComponent.component.colour",
        ),
        (
            call("ListComponents", {}, {"componentVersionList": Own(["red"], "colour")}),
            "ListComponents.componentVersionList.colour",
        ),
        (call("GetComponent", {}, {"component.parameters.0.name": "a"}), None),
    ],
)
def test_what_botocore_does_not_know_cannot_be_asked(imagebuilder, one, missing):
    service = Service(imagebuilder, run=RUN, account=ACCOUNT, is_local=True)

    assert service.lacks(one) == missing


def test_two_calls_a_second_are_made_at_most(imagebuilder, monkeypatch):
    slept: list[float] = []
    moments = iter([0.0, 0.0, 0.1, 0.5, 2.0, 2.0])
    monkeypatch.setattr("imagebuilder_mock.cli.verify.service.monotonic", lambda: next(moments))
    monkeypatch.setattr("imagebuilder_mock.cli.verify.service.sleep", slept.append)
    service = Service(imagebuilder, run=RUN, account=ACCOUNT, is_local=False)

    for _ in range(3):
        service.ask("ListComponents", {})

    assert slept == [pytest.approx(0.4)]
