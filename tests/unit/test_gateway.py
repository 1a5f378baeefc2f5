"""The straight line from a request to its answer, without any client."""

from __future__ import annotations

import gc
import json
import re
import tracemalloc

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from imagebuilder_mock.operations import HANDLERS
from imagebuilder_mock.protocol.http import Caller, HttpRequest
from imagebuilder_mock.protocol.model import operation as compiled
from imagebuilder_mock.world.world import State
from tests.builders import DOCUMENT, MANAGED_COMPONENT, MANAGED_PARENT, OWN
from tests.gateways import CALLER, NOW, a_gateway, answer, state_of
from tests.model_inputs import (
    MANY,
    declared_errors,
    flaws,
    full,
    input_of,
    minimal,
    nearly_valid,
    operation_names,
    request,
    valid,
)

BUILT = sorted(set(HANDLERS) & set(operation_names()))
UNBUILT = sorted(set(operation_names()) - set(HANDLERS))
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")

COMPONENT: dict[str, object] = {
    "name": "web",
    "semanticVersion": "1.0.0",
    "platform": "Linux",
    "data": DOCUMENT,
    "clientToken": "token-1",
}


@pytest.fixture
def gateway():
    return a_gateway()


@pytest.fixture(scope="module")
def inhabited():
    """A world with something of every kind that the core operations make."""
    gateway = a_gateway(builds="held")
    arns = {"component": f"{OWN}component/web/1.0.0/1", "recipe": f"{OWN}image-recipe/web/1.0.0"}
    configuration = f"{OWN}infrastructure-configuration/web"
    calls: dict[str, dict[str, object]] = {
        "CreateComponent": COMPONENT | {"tags": {"a": "b"}},
        "CreateImageRecipe": {
            "name": "web",
            "semanticVersion": "1.0.0",
            "parentImage": MANAGED_PARENT,
            "components": [{"componentArn": MANAGED_COMPONENT}],
        },
        "CreateInfrastructureConfiguration": {"name": "web", "instanceProfileName": "builder"},
        "CreateDistributionConfiguration": {
            "name": "web",
            "distributions": [{"region": "us-east-1", "amiDistributionConfiguration": {}}],
        },
        "CreateImagePipeline": {
            "name": "web",
            "imageRecipeArn": arns["recipe"],
            "infrastructureConfigurationArn": configuration,
            "schedule": {"scheduleExpression": "cron(0 0 * * ? *)"},
        },
        "CreateImage": {
            "imageRecipeArn": arns["recipe"],
            "infrastructureConfigurationArn": configuration,
        },
    }
    for name, params in calls.items():
        made = answer(gateway, name, **{"clientToken": f"token-{len(name)}", **params})
        assert made.status == 200, made.members
    return gateway


# Refusals by the form


@pytest.mark.parametrize("operation", BUILT)
def test_a_wrong_form_is_refused_and_changes_nothing(inhabited, operation):
    """Each of its members, with each value that its shape does not allow, under its path."""
    before = state_of(inhabited)
    code = (
        "InvalidParameterException"
        if "InvalidParameterException" in declared_errors(operation)
        else "InvalidParameterValueException"
    )
    said = []
    for flaw in flaws(operation):
        refused = inhabited.handle(request(operation, flaw.params), CALLER)
        if (refused.status, refused.error_code, refused.members) != (
            400,
            code,
            {"message": flaw.message},
        ):
            said.append((flaw.message, refused))

    assert said == []
    assert state_of(inhabited) == before


# Of each place that a member can have in a request, and of each type.
SENT_BY_BOTO3 = (
    "CreateContainerRecipe",
    "CreateImagePipeline",
    "CreateDistributionConfiguration",
    "CreateLifecyclePolicy",
    "DeleteImage",
    "GetImage",
    "ListImageScanFindings",
    "StartResourceStateUpdate",
    "TagResource",
    "UntagResource",
)


@pytest.mark.parametrize("operation", [name for name in SENT_BY_BOTO3 if name in BUILT])
def test_a_wrong_form_is_refused_through_boto3(imagebuilder_mock, operation):
    """A sample: a wrong value for each member, of the right type, which botocore would not send."""
    client = boto3.client(
        "imagebuilder",
        region_name="us-east-1",
        config=Config(parameter_validation=False, retries={"max_attempts": 0}),
    )
    call = getattr(client, _method(client, operation))
    sample = {
        flaw.path: flaw
        for flaw in reversed(list(flaws(operation)))
        # Values of another type, and unknown members, are beyond botocore; a token it adds itself.
        if not re.search("must be an? |is not a parameter|'clientToken' is req", flaw.detail)
    }

    for flaw in sample.values():
        with pytest.raises(ClientError) as caught:
            call(**flaw.params)
        assert caught.value.response["Error"] == {
            "Code": compiled(operation).form_error.__name__,
            "Message": flaw.message,
        }
    assert imagebuilder_mock.resources() == []


def _method(client, operation):
    [method] = [
        name for name, known in client.meta.method_to_api_mapping.items() if known == operation
    ]
    return method


# Any request


@pytest.mark.parametrize("operation", BUILT)
def test_a_valid_form_gets_an_answer(gateway, operation):
    for params in (minimal(input_of(operation)), full(input_of(operation))):
        given_answer = gateway.handle(request(operation, params), CALLER)

        assert given_answer.status < 500
        assert given_answer.body


@MANY
@given(st.data())
def test_whatever_the_model_allows_gets_an_answer(data):
    operation = data.draw(st.sampled_from(BUILT))
    sent = request(operation, data.draw(valid(input_of(operation))))

    assert a_gateway().handle(sent, CALLER).status < 500


@MANY
@given(st.data())
def test_what_is_nearly_valid_gets_an_answer(data):
    operation = data.draw(st.sampled_from(BUILT))
    sent = request(operation, data.draw(nearly_valid(operation)))

    assert a_gateway().handle(sent, CALLER).status < 500


@pytest.mark.parametrize(
    ("sent", "code", "status"),
    [
        (HttpRequest("PUT", "/CreateImage", body=b"{"), "InvalidRequestException", 400),
        (HttpRequest("PUT", "/CreateImage", body=b"\xff"), "InvalidRequestException", 400),
        (HttpRequest("PUT", "/CreateImage", body=b"[]"), "InvalidRequestException", 400),
        (HttpRequest("PUT", "/CreateImage", body=b"[" * 10**5), "InvalidRequestException", 400),
        (HttpRequest("PUT", "/CreateImage", body=b'{"name":NaN}'), "InvalidRequestException", 400),
        (HttpRequest("GET", "/CreateImage"), "UnknownOperationException", 404),
        (HttpRequest("PUT", "/createImage"), "UnknownOperationException", 404),
        (HttpRequest("PUT", "/\ud800"), "UnknownOperationException", 404),
    ],
)
def test_what_is_no_request_is_refused(gateway, sent, code, status):
    refused = gateway.handle(sent, CALLER)

    assert (refused.error_code, refused.status) == (code, status)
    assert refused.body
    assert len(gateway.world.record) == 0


def test_a_very_long_text_is_refused_by_its_length(gateway):
    refused = answer(gateway, "CreateComponent", **COMPONENT | {"description": "x" * 10**6})

    assert refused.status == 400
    assert refused.members["message"].endswith("'description' must contain at most 1024 characters")


def test_deep_json_in_an_unknown_member_is_refused_by_its_name(gateway):
    deep: dict[str, object] = {}
    for _ in range(200):
        deep = {"deeper": deep}

    refused = answer(gateway, "CreateComponent", **COMPONENT | {"noSuchMember": deep})

    assert refused.members["message"] == (
        "The value supplied for parameter 'noSuchMember' is not valid. "
        "'noSuchMember' is not a parameter of this request"
    )


# What is not built yet


@pytest.mark.parametrize("operation", [*UNBUILT, "GetImage"])
def test_an_operation_that_is_not_built_says_so(gateway, operation, monkeypatch):
    monkeypatch.delitem(HANDLERS, operation, raising=False)
    before = state_of(gateway)

    with pytest.raises(NotImplementedError) as caught:
        gateway.handle(request(operation, full(input_of(operation))), CALLER)

    said = str(caught.value)
    assert said.startswith(
        f"imagebuilder_mock does not have {operation} yet, which the installed botocore has."
    )
    assert len(said) < 150, "no wall of all operations"
    assert state_of(gateway) == before
    assert len(gateway.world.record) == 0


def test_nothing_is_left_locked_behind_a_mistake(gateway, monkeypatch):
    monkeypatch.delitem(HANDLERS, "ListImages")
    with pytest.raises(NotImplementedError):
        answer(gateway, "ListImages")

    assert answer(gateway, "ListImagePipelines").status == 200


# The envelope


def test_every_answer_has_a_request_id_of_its_own(gateway):
    ids = [
        answer(gateway, "ListImages").request_id,
        answer(gateway, "ListImages").request_id,
        answer(gateway, "GetImage", imageBuildVersionArn="x").request_id,
        gateway.handle(HttpRequest("GET", "/x"), CALLER).request_id,
    ]

    assert len(set(ids)) == 4
    assert all(UUID.fullmatch(request_id) for request_id in ids)


def test_the_body_has_the_request_id_where_the_model_has_it(gateway):
    listed = answer(gateway, "ListImages")
    tags = answer(gateway, "ListTagsForResource", resourceArn=_made(gateway))

    assert json.loads(listed.body)["requestId"] == listed.headers["x-amzn-requestid"]
    assert json.loads(tags.body) == {"tags": {}}


def test_an_error_has_its_message_alone(gateway):
    refused = answer(gateway, "GetImage", imageBuildVersionArn="x")

    assert list(json.loads(refused.body)) == ["message"]


def test_a_client_token_comes_back(gateway):
    made = answer(gateway, "CreateComponent", **COMPONENT)

    assert made.members["clientToken"] == "token-1"


def test_an_operation_without_a_client_token_answers_none(gateway):
    made = _made(gateway)

    assert (
        "clientToken" not in answer(gateway, "GetComponent", componentBuildVersionArn=made).members
    )


def test_the_same_token_gets_the_same_answer_under_another_request_id(gateway):
    first = answer(gateway, "CreateComponent", **COMPONENT)
    before = state_of(gateway)

    second = answer(gateway, "CreateComponent", **COMPONENT)

    assert second.members == first.members | {"requestId": second.request_id}
    assert second.request_id != first.request_id
    assert state_of(gateway) == before


def test_a_token_is_the_accounts_and_the_regions(gateway):
    elsewhere = Caller("123456789012", "eu-west-1"), Caller("210987654321", "us-east-1")

    arns = {
        gateway.handle(request("CreateComponent", COMPONENT), caller).members[
            "componentBuildVersionArn"
        ]
        for caller in (CALLER, *elsewhere)
    }

    assert len(arns) == 3


def test_a_token_of_one_operation_is_new_to_another(gateway):
    answer(gateway, "CreateComponent", **COMPONENT)

    made = answer(
        gateway,
        "CreateInfrastructureConfiguration",
        name="web",
        instanceProfileName="builder",
        clientToken=COMPONENT["clientToken"],
    )

    assert made.status == 200


def test_a_token_with_other_parameters_is_refused(gateway):
    answer(gateway, "CreateComponent", **COMPONENT)

    refused = answer(gateway, "CreateComponent", **COMPONENT | {"name": "other"})

    assert (refused.status, refused.error_code) == (400, "IdempotentParameterMismatchException")


def test_a_refused_request_does_not_use_its_token_up(gateway):
    wrong = answer(
        gateway, "CreateComponent", **COMPONENT | {"kmsKeyId": "", "data": "no: yaml: x"}
    )
    right = answer(gateway, "CreateComponent", **COMPONENT)

    assert (wrong.status, right.status) == (400, 200)


def test_a_dry_run_is_an_error_that_says_it_would_have_worked(gateway):
    before = state_of(gateway)

    refused = answer(gateway, "CreateImageRecipe", **_recipe(), dryRun=True)

    if "dryRun" in input_of("CreateImageRecipe").members:
        assert (refused.status, refused.error_code) == (412, "DryRunOperationException")
        assert refused.members == {
            "message": "Request would have succeeded, but dryRun flag is set."
        }
    else:
        assert refused.error_code == "InvalidParameterValueException"
    assert state_of(gateway) == before


def test_unknown_members_can_be_let_go():
    gateway = a_gateway(unknown_members="ignore")

    assert answer(gateway, "CreateComponent", **COMPONENT, noSuchMember=1).status == 200


# The record


def test_a_call_is_recorded_with_its_answer(gateway):
    arn = _made(gateway)

    [call] = gateway.world.record
    assert call.operation == "CreateComponent"
    assert call.parameters == COMPONENT
    assert (call.region, call.account_id, call.time) == ("us-east-1", "123456789012", NOW)
    assert call.result["componentBuildVersionArn"] == arn
    assert call.error is None


def test_a_refused_call_is_recorded_with_its_error(gateway):
    refused = answer(gateway, "GetImage", imageBuildVersionArn="x")

    [call] = gateway.world.record
    assert call.operation == "GetImage"
    assert call.parameters == {"imageBuildVersionArn": "x"}
    assert call.result is None
    assert (call.error.code, call.error.message) == (
        refused.error_code,
        refused.members["message"],
    )


def test_refused_calls_take_no_more_memory_than_is_said():
    gateway = a_gateway(calls_kept_bytes=500_000)
    answer(gateway, "CreateComponent", name="x")
    tracemalloc.start()
    try:
        for _ in range(20):
            answer(gateway, "CreateComponent", name="x" * 100_000)
        gc.collect()  # only what is kept counts
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert len(gateway.world.record) < 20
    assert 200_000 < taken < 600_000


# Where


def test_each_account_and_region_has_its_own(gateway):
    _made(gateway)

    for caller in [Caller("123456789012", "eu-west-1"), Caller("210987654321", "us-east-1")]:
        listed = gateway.handle(request("ListComponents", {}), caller)
        assert listed.members["componentVersionList"] == []


def test_an_arn_is_of_the_callers_partition(gateway):
    made = gateway.handle(request("CreateComponent", COMPONENT), Caller("1" * 12, "cn-north-1"))

    assert made.members["componentBuildVersionArn"] == (
        f"arn:aws-cn:imagebuilder:cn-north-1:{'1' * 12}:component/web/1.0.0/1"
    )


def test_the_same_seed_and_time_give_the_same_answers():
    def story(seed):
        gateway = a_gateway(seed=seed)
        return [answer(gateway, "CreateComponent", **COMPONENT), answer(gateway, "ListComponents")]

    assert story(1) == story(1)
    assert story(1) != story(2)


def test_looking_at_an_image_moves_its_build():
    gateway = a_gateway(builds="observed")
    recipe = answer(gateway, "CreateImageRecipe", **_recipe()).members["imageRecipeArn"]
    infrastructure = answer(
        gateway,
        "CreateInfrastructureConfiguration",
        name="web",
        instanceProfileName="builder",
        clientToken="1",
    ).members["infrastructureConfigurationArn"]
    image = answer(
        gateway,
        "CreateImage",
        imageRecipeArn=recipe,
        infrastructureConfigurationArn=infrastructure,
        clientToken="2",
    ).members["imageBuildVersionArn"]

    looks = [
        answer(gateway, "GetImage", imageBuildVersionArn=image).members["image"]["state"]["status"]
        for _ in range(2)
    ]

    assert looks[0] == "PENDING"
    assert looks[1] != "PENDING"


def test_a_new_world_is_empty(gateway):
    assert state_of(gateway) == state_of(a_gateway())
    assert isinstance(gateway.world.state, State)


def _made(gateway):
    return answer(gateway, "CreateComponent", **COMPONENT).members["componentBuildVersionArn"]


def _recipe():
    return {
        "name": "web",
        "semanticVersion": "1.0.0",
        "parentImage": MANAGED_PARENT,
        "components": [{"componentArn": MANAGED_COMPONENT}],
        "clientToken": "token-2",
    }
