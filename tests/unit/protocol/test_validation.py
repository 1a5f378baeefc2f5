"""The form of a request: types, required members, bounds, patterns, enums, unknown members."""

from __future__ import annotations

import json
import re
import time
import warnings
from copy import deepcopy
from datetime import datetime, timezone

import pytest
from botocore.model import ServiceModel
from hypothesis import given
from hypothesis import strategies as st

from imagebuilder_mock.domain.errors import ImageBuilderError, InvalidParameterValueException
from imagebuilder_mock.protocol.model import operation as compiled
from imagebuilder_mock.protocol.requests import check, parse
from imagebuilder_mock.protocol.validation import InvalidForm, form_problems, structure_check
from tests.lifecycle_builders import a_policy_request
from tests.model import needs_member, service_model
from tests.model_inputs import (
    MANY,
    full,
    input_of,
    minimal,
    nearly_valid,
    operation_names,
    request,
    valid,
)


def checked(operation, params):
    return check(*parse(request(operation, params)))


def refusal(operation, params):
    with pytest.raises(ImageBuilderError) as caught:
        checked(operation, params)
    return caught.value


@MANY
@given(st.data())
def test_whatever_the_model_allows_passes(data):
    operation = data.draw(st.sampled_from(operation_names()))

    checked(operation, data.draw(valid(input_of(operation))))


@MANY
@given(st.data())
def test_what_is_nearly_valid_passes_or_is_refused_by_its_form(data):
    operation = data.draw(st.sampled_from(operation_names()))
    params = data.draw(nearly_valid(operation))
    spec = compiled(operation)
    # As it would come out of a body, were it all in one.
    received = json.loads(json.dumps(params))

    said = _said(spec, received)

    assert said is None or re.match(
        r"The value supplied for parameter '.*' is not valid\. .", said, re.DOTALL
    )


def _said(spec, received):
    try:
        check(spec, received)
    except spec.form_error as error:
        return error.message
    return None


# The path of what is wrong


@pytest.mark.parametrize(
    ("params", "path"),
    [
        ({"distributions": [{"region": 1}]}, "distributions[0].region"),
        ({"distributions": [{"region": "r"}, {}]}, "distributions[1].region"),
        (
            {"distributions": [{"region": "r", "amiDistributionConfiguration": {"name": "!"}}]},
            "distributions[0].amiDistributionConfiguration.name",
        ),
        (
            {"distributions": [{"amiDistributionConfiguration": {"amiTags": {"k": 1}}}]},
            "distributions[0].amiDistributionConfiguration.amiTags.k",
        ),
        (
            {
                "distributions": [
                    {"amiDistributionConfiguration": {"launchPermission": {"userIds": ["1"]}}}
                ]
            },
            "distributions[0].amiDistributionConfiguration.launchPermission.userIds[0]",
        ),
    ],
    ids=["member", "required", "nested", "map", "list"],
)
def test_the_path_leads_to_the_member(params, path):
    error = refusal("CreateDistributionConfiguration", params)

    assert error.message.startswith(
        f"The value supplied for parameter '{path}' is not valid. '{path}' "
    )


def test_a_list_with_too_few_items_is_refused_as_it_was_seen():
    """rhythmictech/terraform-aws-imagebuilder-pipeline#11."""
    path = "distributions[0].amiDistributionConfiguration.launchPermission.userIds"
    distribution = {
        "region": "us-east-1",
        "amiDistributionConfiguration": {"launchPermission": {"userIds": []}},
    }

    error = refusal("CreateDistributionConfiguration", {"distributions": [distribution]})

    assert isinstance(error, InvalidParameterValueException)
    assert error.message == (
        f"The value supplied for parameter '{path}' is not valid. "
        f"'{path}' must contain at least 1 items"
    )


def test_a_pattern_is_refused_as_it_was_seen():
    """boto/boto3#2224."""
    error = refusal("GetComponent", {"componentBuildVersionArn": "component"})

    assert error.message.startswith(
        "The value supplied for parameter 'componentBuildVersionArn' is not valid. "
        "'componentBuildVersionArn' must match pattern ^arn:aws"
    )


def test_a_version_number_is_refused_as_it_was_seen():
    """aws-cloudformation/cloudformation-coverage-roadmap#2439: no quotes round the second name."""
    error = refusal("CreateComponent", {"semanticVersion": "1.0.x"})

    assert error.message == (
        "The value supplied for parameter 'semanticVersion' is not valid. "
        r"semanticVersion must match pattern ^[0-9]+\.[0-9]+\.[0-9]+$"
    )


@pytest.mark.parametrize(("name", "said"), [("a", "1 character"), ("ab", "2 characters")])
def test_of_a_name_that_is_too_short_that_is_said_too(name, said):
    """The pattern alone holds that a name has three characters; the sentence is our own."""
    error = refusal("CreateComponent", {"name": name})

    assert error.message.startswith(
        "The value supplied for parameter 'name' is not valid. 'name' must match pattern ^["
    )
    assert error.message.endswith(f"]$ It has {said}, and needs at least 3.")
    assert "needs at least" not in refusal("CreateComponent", {"name": "a!"}).message


# Absence


def test_null_is_absent():
    for operation in operation_names():
        shape = input_of(operation)
        optional = [name for name in shape.members if name not in shape.required_members]
        params = minimal(shape)

        result = checked(operation, params | dict.fromkeys(optional))

        assert result == checked(operation, params)


def test_null_is_absent_inside_too():
    ebs = {"volumeSize": 8, "iops": None}
    params = minimal(input_of("CreateImageRecipe")) | {
        "blockDeviceMappings": [{"ebs": ebs, "deviceName": None}]
    }

    result = checked("CreateImageRecipe", params)

    assert result["blockDeviceMappings"] == [{"ebs": {"volumeSize": 8}}]


@pytest.mark.parametrize("empty", [{}, [], ""])
def test_what_is_empty_is_there(empty):
    params = minimal(input_of("CreateComponent")) | {"tags": empty}

    assert refusal("CreateComponent", params).message.startswith(
        "The value supplied for parameter 'tags' is not valid. "
    )


# Unknown members


def test_unknown_members_can_be_let_go():
    sent = minimal(input_of("CreateDistributionConfiguration")) | {
        "noSuchMember": 1,
        "distributions": [{"region": "us-east-1", "noSuchMember": {"deep": [1]}}],
    }

    spec, params = parse(request("CreateDistributionConfiguration", sent), ignore_unknown=True)

    assert check(spec, params)["distributions"] == [{"region": "us-east-1"}]
    assert "noSuchMember" not in params


def test_only_unknown_members_are_let_go():
    sent = minimal(input_of("CreateComponent")) | {"noSuchMember": 1, "name": 5}
    spec, params = parse(request("CreateComponent", sent), ignore_unknown=True)

    with pytest.raises(InvalidParameterValueException, match="'name' must be a string"):
        check(spec, params)


# Values


@pytest.mark.parametrize(
    ("sent", "moment"),
    [
        (0, datetime(1970, 1, 1, tzinfo=timezone.utc)),
        (1_700_000_000, datetime(2023, 11, 14, 22, 13, 20, tzinfo=timezone.utc)),
        (1_700_000_000.25, datetime(2023, 11, 14, 22, 13, 20, 250_000, tzinfo=timezone.utc)),
        (253_402_300_799, datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone.utc)),
    ],
)
def test_a_time_is_read_from_epoch_seconds(sent, moment):
    params = minimal(input_of("StartResourceStateUpdate")) | {"updateAt": sent}

    assert checked("StartResourceStateUpdate", params)["updateAt"] == moment


def test_what_is_not_a_time_stays_as_it_was_sent():
    params = full(input_of("CreateDistributionConfiguration"))

    assert checked("CreateDistributionConfiguration", deepcopy(params)) == params


@pytest.mark.parametrize("name", ["n\u00e9", "name\u0661", "n\n", "name\n"])
def test_a_pattern_means_ascii_and_the_whole_text(name):
    params = minimal(input_of("CreateInfrastructureConfiguration")) | {"instanceProfileName": name}

    assert "must match pattern" in refusal("CreateInfrastructureConfiguration", params).message


def test_a_length_is_counted_in_characters():
    params = minimal(input_of("CreateComponent")) | {"description": "\U0001f600" * 1024}

    checked("CreateComponent", params)

    params["description"] += "x"
    assert "at most 1024 characters" in refusal("CreateComponent", params).message


@needs_member("CreateLifecyclePolicy", "policyDetails.filter.value")
@pytest.mark.parametrize("value", [1.0, "1", True, 1e999])
def test_a_whole_number_is_written_as_one(value):
    params = full(input_of("CreateLifecyclePolicy"))
    params["policyDetails"][0]["filter"]["value"] = value

    error = _form_error("CreateLifecyclePolicy", params)

    assert error.path == "policyDetails[0].filter.value"
    assert error.detail == "'policyDetails[0].filter.value' must be an integer"


def _form_error(operation, params):
    with pytest.raises(InvalidForm) as caught:
        structure_check(input_of(operation))(params)
    return caught.value


# Time


def _patterns():
    model = service_model()
    shapes = {model.shape_for(name) for name in model.shape_names}
    return sorted({shape.metadata["pattern"] for shape in shapes if "pattern" in shape.metadata})


def test_patterns_are_read_without_a_warning():
    re.purge()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for pattern in _patterns():
            re.compile(pattern, re.ASCII)


def test_no_text_takes_a_pattern_long():
    """No pattern of the model backtracks more than it has to."""
    beginnings = {text[:end] for text in _hard_texts() for end in _joints(text)}
    tails = [filler * (5000 // len(filler)) for filler in ("a", "-", "a-", "1.", "x", "/", "A=")]
    slowest = 0.0
    for pattern in _patterns():
        matches = re.compile(pattern, re.ASCII).fullmatch
        for beginning in beginnings:
            for tail in tails:
                started = time.process_time()
                matches(f"{beginning}{tail}\x00")
                slowest = max(slowest, time.process_time() - started)

    assert slowest < 0.5


def _hard_texts():
    own = "arn:aws-cn:imagebuilder:us-east-1:123456789012:"
    return [
        "",
        f"{own}lifecycle-policy/name",
        f"{own}component/name/1.0.0/1",
        f"{own}workflow/build/name/1.0.0/1",
        "arn:aws-cn:iam::123456789012:role/name",
        "s3://bucket/key/",
        "Europe/Paris",
    ]


def _joints(text):
    return [place for place, letter in enumerate(text) if not letter.isalnum()] + [len(text)]


# Models that are not there yet


def _shape(input_shape, **shapes):
    description = {
        "metadata": {"apiVersion": "1", "endpointPrefix": "x", "protocol": "rest-json"},
        "shapes": {"Input": {"type": "structure", "members": input_shape}, **shapes},
    }
    return ServiceModel(description, "x").shape_for("Input")


@pytest.mark.parametrize("kind", ["float", "double"])
def test_a_number_may_have_a_fraction_where_the_model_says_so(kind):
    check_input = structure_check(
        _shape({"score": {"shape": "Score"}}, Score={"type": kind, "min": 0, "max": 10})
    )

    assert check_input({"score": 0.5}) == {"score": 0.5}
    assert check_input({"score": 10}) == {"score": 10}
    for wrong, detail in [
        ("1", "'score' must be a number"),
        (True, "'score' must be a number"),
        (-0.1, "'score' must be at least 0"),
        (10.1, "'score' must be at most 10"),
        (float("inf"), "'score' must be at most 10"),
    ]:
        with pytest.raises(InvalidForm) as caught:
            check_input({"score": wrong})
        assert caught.value.detail == detail


def test_a_number_without_bounds_is_a_finite_one():
    check_input = structure_check(_shape({"score": {"shape": "Score"}}, Score={"type": "double"}))

    with pytest.raises(InvalidForm):
        check_input({"score": float("inf")})


def test_a_structure_may_hold_itself():
    check_input = structure_check(
        _shape(
            {"tree": {"shape": "Tree"}},
            Tree={
                "type": "structure",
                "members": {"leaf": {"shape": "Leaf"}, "branches": {"shape": "Trees"}},
            },
            Trees={"type": "list", "member": {"shape": "Tree"}},
            Leaf={"type": "string"},
        )
    )

    tree = {"tree": {"branches": [{"leaf": "x"}, {"branches": []}]}}
    assert check_input(deepcopy(tree)) == tree
    with pytest.raises(InvalidForm) as caught:
        check_input({"tree": {"branches": [{"branches": [{"leaf": 1}]}]}})
    assert caught.value.path == "tree.branches[0].branches[0].leaf"


def test_a_map_may_have_any_size():
    check_input = structure_check(
        _shape(
            {"tags": {"shape": "Tags"}},
            Tags={"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Text"}},
            Text={"type": "string"},
        )
    )

    assert check_input({"tags": {}}) == {"tags": {}}
    assert check_input({"tags": {"a": "b"}}) == {"tags": {"a": "b"}}


def test_a_type_that_is_not_known_yet_goes_through():
    check_input = structure_check(_shape({"bytes": {"shape": "Bytes"}}, Bytes={"type": "blob"}))

    assert check_input({"bytes": "AAAA"}) == {"bytes": "AAAA"}


def test_an_operation_without_input_takes_nothing_of_what_it_gets():
    assert structure_check(None)({"name": "x"}) == {"name": "x"}


# All problems at once

POLICY = "CreateLifecyclePolicy"


def test_a_sound_value_has_no_problem():
    assert list(form_problems(input_of(POLICY), a_policy_request(clientToken="token"))) == []


def test_a_list_without_bounds_has_the_problems_of_its_items_alone():
    request = {
        "name": "web",
        "instanceProfileName": "builder",
        "clientToken": "token",
        "instanceTypes": [1] + ["t3.micro"] * 100,
    }

    paths = [
        error.path
        for error in form_problems(input_of("CreateInfrastructureConfiguration"), request)
    ]

    assert paths == ["instanceTypes[0]"]


def test_every_member_of_a_wrong_form_is_a_problem():
    request = a_policy_request(clientToken="token", status="ON", resourceSelection="all")
    request["policyDetails"][0] = {"action": {"type": 1}, "filter": None, "a": 1}
    request["tags"] = {"": "a", "b": 2}

    paths = [error.path for error in form_problems(input_of(POLICY), request)]

    assert sorted(paths) == [
        "policyDetails[0].a",
        "policyDetails[0].action.type",
        "policyDetails[0].filter",
        "resourceSelection",
        "status",
        "tags.",
        "tags.b",
    ]


@pytest.mark.parametrize(
    "damage",
    [{"name": 1}, {"policyDetails": []}, {"policyDetails": [1]}, {"other": 1}, {"tags": {}}],
    ids=str,
)
def test_the_first_problem_is_that_of_the_check(damage):
    request = a_policy_request(clientToken="token", **damage)

    first = next(form_problems(input_of(POLICY), request))

    with pytest.raises(InvalidForm) as refused:
        structure_check(input_of(POLICY))(request)
    assert (first.path, first.detail) == (refused.value.path, refused.value.detail)
