"""``check_document`` has the verdicts of the operations, and their first sentences."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import boto3
import pytest
import yaml
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from imagebuilder_mock import check_document, mock_imagebuilder
from tests.builders import MANAGED_COMPONENT, unique_name
from tests.container_builders import TEMPLATE, container_params
from tests.gateways import a_gateway, answer
from tests.lifecycle_builders import a_count, a_policy_request, a_rule
from tests.workflow_builders import CREATE, LAUNCH, WAIT

COMPONENT: dict[str, Any] = {
    "schemaVersion": 1.0,
    "parameters": [{"Source": {"type": "string", "default": "a"}}],
    "constants": [{"Exit": {"type": "string", "value": "1"}}],
    "phases": [
        {
            "name": "build",
            "steps": [
                {
                    "name": "First",
                    "action": "ExecuteBash",
                    "onFailure": "Continue",
                    "inputs": {"commands": ["echo {{ Source }} {{ Exit }}"]},
                },
                {
                    "name": "Second",
                    "action": "S3Download",
                    "loop": {"name": "Files", "for": {"start": 1, "end": 2, "updateBy": 1}},
                    "inputs": [{"source": "s3://a/b", "destination": "/c"}],
                },
            ],
        },
        {
            "name": "validate",
            "steps": [
                {
                    "name": "Third",
                    "action": "Assert",
                    "maxAttempts": 2,
                    "timeoutSeconds": 60,
                    "inputs": {
                        "stringEquals": "a",
                        "value": "{{ build.First.outputs.stdout }}",
                    },
                }
            ],
        },
    ],
}
WORKFLOW: dict[str, Any] = {
    "schemaVersion": 1.0,
    "parameters": [{"name": "keep", "type": "boolean", "default": True}],
    "steps": [
        LAUNCH,
        {
            **CREATE,
            "if": {"booleanEquals": True, "value": "$.parameters.keep"},
            "retry": {"maxAttempts": 3},
        },
        {**WAIT, "waitSeconds": 5, "timeoutSeconds": 60},
    ],
    "outputs": [{"name": "what", "value": "$.stepOutputs.Create.imageId"}],
}
POLICY = a_policy_request(
    a_rule("DEPRECATE"), a_count(5), clientToken="token", description="a", tags={"a": "b"}
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 2000),
    st.sampled_from(["", "a", "DELETE", "COUNT", "ExecuteBash", "1.0", "$.parameters.keep"]),
    st.sampled_from([[], {}, ["a"], {"a": "b"}, [{}]]),
)


def places_in(document, path=()):
    yield path
    keys = document if isinstance(document, dict) else ()
    for key in range(len(document)) if isinstance(document, list) else keys:
        yield from places_in(document[key], (*path, key))


@st.composite
def damaged(draw, sound):
    """The document, with up to three members taken away, renamed, doubled or changed."""
    document = deepcopy(sound)
    for _ in range(draw(st.integers(0, 3))):
        ways = [way for way in places_in(document) if way]
        *way, last = draw(st.sampled_from(ways))
        holder = document
        for key in way:
            holder = holder[key]
        change = draw(st.sampled_from(["take away", "rename", "double", "change"]))
        value = holder[last]
        if change == "change":
            holder[last] = draw(VALUES)
        elif change == "take away":
            del holder[last]
        elif isinstance(holder, list):
            holder.insert(last, deepcopy(value))
        else:
            holder[f"{last}s"] = holder.pop(last) if change == "rename" else deepcopy(value)
        if not document:
            break
    return document


@pytest.fixture(scope="module")
def client():
    many = ("components", "workflows", "container recipes", "lifecycle policies")
    unchecked = Config(parameter_validation=False)
    with mock_imagebuilder(quotas=dict.fromkeys(many, 10**6)):
        yield boto3.client("imagebuilder", "us-east-1", config=unchecked)


def refusals(client, operation, choices, **params):
    """What is said for each choice: None where the request is accepted."""
    said = []
    for choice in choices:
        try:
            getattr(client, operation)(name=unique_name("a"), **params, **choice)
        except ClientError as error:
            said.append(error.response["Error"]["Message"])
        else:
            said.append(None)
    return said


def check_against(client, text, kind, operation, choices, **params):
    problems = check_document(text, kind)
    said = refusals(client, operation, choices, **params)

    assert bool(problems) == (None not in said), (problems, said)
    if problems and len(choices) == 1:
        assert problems[0].message.partition(" Did you mean ")[0] in said[0]


PLATFORMS = [{"platform": platform} for platform in ("Linux", "Windows", "macOS")]
TYPES = [{"type": workflow_type} for workflow_type in ("BUILD", "TEST", "DISTRIBUTION")]


@given(document=damaged(COMPONENT))
@settings(deadline=None)
def test_law_components_are_refused_as_by_the_operation(client, document):
    text = yaml.safe_dump(document, sort_keys=False)

    check_against(
        client, text, "component", "create_component", PLATFORMS, semanticVersion="1.0.0", data=text
    )


@given(document=damaged(WORKFLOW))
@settings(deadline=None)
def test_law_workflows_are_refused_as_by_the_operation(client, document):
    text = json.dumps(document)

    check_against(
        client, text, "workflow", "create_workflow", TYPES, semanticVersion="1.0.0", data=text
    )


LINES = st.sampled_from(
    [*TEMPLATE.splitlines(), "FROM scratch", "{{{ imagebuilder:other }}}", "RUN true", ""]
)


@given(lines=st.lists(LINES, min_size=1, max_size=6))
@settings(deadline=None)
def test_law_templates_are_refused_as_by_the_operation(client, recipe, lines):
    text = "\n".join(lines) + "\n"

    check_against(
        client,
        text,
        "dockerfile",
        "create_container_recipe",
        [{}],
        **{**recipe, "dockerfileTemplateData": text},
    )


@pytest.fixture(scope="module")
def recipe(client):
    params = container_params(client, components=[{"componentArn": MANAGED_COMPONENT}])
    del params["name"]
    return params


@pytest.fixture(scope="module")
def gateway():
    """Takes what no SDK would send."""
    return a_gateway(quotas=False)


@given(policy=damaged(POLICY))
@settings(deadline=None)
def test_law_policies_are_refused_as_by_the_operation(gateway, policy):
    if policy.get("name") == POLICY["name"]:
        policy["name"] = unique_name("policy")
    if policy.get("clientToken") is None or policy["clientToken"] == POLICY["clientToken"]:
        policy["clientToken"] = unique_name("token")

    problems = check_document(json.dumps(policy), "lifecycle-policy")

    said = answer(gateway, "CreateLifecyclePolicy", **policy)
    assert bool(problems) == (said.status != 200), (problems, said)
    if problems:
        assert problems[0].message.partition(" Did you mean ")[0] == said.members["message"]
