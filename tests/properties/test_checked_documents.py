"""``check_document`` has the verdicts of the operations, and their first sentences."""

from __future__ import annotations

import json

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
from tests.damaged_documents import COMPONENT, POLICY, WORKFLOW, damaged
from tests.gateways import a_gateway, answer


@pytest.fixture(scope="module")
def client():
    many = ("components", "workflows", "container recipes", "lifecycle policies")
    unchecked = Config(parameter_validation=False)
    with mock_imagebuilder(quotas=dict.fromkeys(many, 10**6)):
        yield boto3.client("imagebuilder", "us-east-1", config=unchecked)


def refusals(client, operation, choices, **params):
    """What is said for each choice: None where the request is accepted."""
    said: list[str | None] = []
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
