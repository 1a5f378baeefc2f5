"""What a service answers otherwise is found, and the claim says what and where."""

from __future__ import annotations

import json

import pytest

from tests.model import needs_member

from .conftest import a_service

# The claims are about the service of today; of an older model the mock is another.
pytestmark = [pytest.mark.needs("werkzeug"), needs_member("CreateComponent", "dryRun")]


def in_member(name, function):
    return lambda body: {**body, name: function(body[name])} if name in body else body


def without(name):
    return lambda member: {key: value for key, value in member.items() if key != name}


def text_instead(old, new):
    return in_member("message", lambda text: text.replace(old, new))


# Without the account, and without the prefix of the run.
BUILDS = (
    "arn:aws:imagebuilder:us-east-1:000000000000:component/verify-lists-newest-build-first/1.0.0"
)
LIST = "componentVersionList"
INFRASTRUCTURE = "infrastructureConfiguration"


@pytest.mark.parametrize(
    ("claim", "operation", "changes", "path", "expected", "answered"),
    [
        pytest.param(
            "components.no-action",
            "CreateComponent",
            {"body": text_instead("has no action", "lacks an action")},
            "message",
            "The value supplied for parameter 'data' is not valid. Parsing step 'Only' in phase "
            "'build' failed. Error: The step has no action; it requires an 'action'",
            "The value supplied for parameter 'data' is not valid. Parsing step 'Only' in phase "
            "'build' failed. Error: The step lacks an action; it requires an 'action'",
            id="another text",
        ),
        pytest.param(
            "requests.enum",
            "CreateComponent",
            {"body": text_instead("must be one of", "Must be one of")},
            "message",
            "The value supplied for parameter 'platform' is not valid. 'platform' must be one of "
            "[Windows, Linux, macOS]",
            "The value supplied for parameter 'platform' is not valid. 'platform' Must be one of "
            "[Windows, Linux, macOS]",
            id="another case",
        ),
        pytest.param(
            "gets.infrastructure",
            "GetInfrastructureConfiguration",
            {"body": in_member(INFRASTRUCTURE, without("terminateInstanceOnFailure"))},
            f"{INFRASTRUCTURE}.terminateInstanceOnFailure",
            True,
            "(absent)",
            id="missing member",
        ),
        pytest.param(
            "gets.infrastructure",
            "GetInfrastructureConfiguration",
            {
                "body": in_member(
                    INFRASTRUCTURE, lambda member: {**member, "instanceTypes": ["t3.micro"]}
                )
            },
            f"{INFRASTRUCTURE}.instanceTypes",
            "(absent)",
            ["t3.micro"],
            id="extra default",
        ),
        pytest.param(
            "requests.neither-of-two",
            "CreateComponent",
            {"body": lambda body: body, "code": "InvalidParameterException"},
            "code",
            "InvalidParameterCombinationException",
            "InvalidParameterException",
            id="another code",
        ),
        pytest.param(
            "requests.get-component-not-found",
            "GetComponent",
            {"body": lambda body: body, "status": 400},
            "status",
            404,
            400,
            id="another status",
        ),
        pytest.param(
            "lists.newest-build-first",
            "ListComponentBuildVersions",
            {"body": in_member("componentSummaryList", lambda entries: entries[::-1])},
            "componentSummaryList[0]",
            f"{BUILDS}/3",
            f"{BUILDS}/1",
            id="another order",
        ),
        pytest.param(
            "lists.page-size",
            "ListComponents",
            {"body": in_member(LIST, lambda entries: [*entries, *entries[:5]])},
            LIST,
            "(25 entries)",
            "(30 entries)",
            id="larger pages",
        ),
    ],
)
def test_a_planted_difference_is_found(verify, claim, operation, changes, path, expected, answered):
    def change(called, answer, _):
        if called != operation:
            return answer
        headers = dict(answer.headers)
        if "code" in changes:
            headers = {
                name: changes["code"] if name.lower() == "x-amzn-errortype" else value
                for name, value in headers.items()
            }
        return answer._replace(
            status=changes.get("status", answer.status),
            headers=headers,
            body=changes["body"](answer.body),
        )

    with a_service(change) as (url, mock):
        verified = verify(url, claim, "gets.workflow")

        assert mock.resources() == []
    assert [*verified.verdicts("differs")] == [claim]
    assert [*verified.verdicts("same")] == ["gets.workflow"]
    told = verified.verdicts("differs")[claim]
    assert told["operation"] == operation
    assert {"path": path, "expected": expected, "answered": answered} in told["differences"]
    assert f"differs    {claim}: " in verified.text
    assert verified.exit_code == 1


def test_the_report_names_neither_the_account_nor_what_the_caller_offers(verify):
    """The identity is in the sentences of refusals; what the caller has named is in requests."""
    caller = "arn:aws:sts::123456789012:assumed-role/Admin/jane.doe"

    def change(called, answer, _):
        if called == "GetInfrastructureConfiguration":
            return answer._replace(
                body=in_member(INFRASTRUCTURE, lambda member: {**member, "keyPair": caller})(
                    answer.body
                )
            )
        if called == "CreateImagePipeline" and answer.status == 400:
            return answer._replace(body={"message": f"User: {caller} may not; see 210987654321"})
        return answer

    with a_service(change) as (url, _):
        verified = verify(url, "gets.infrastructure", "pipelines.managed-workflow-at-a-version")

    told = verified.verdicts("differs")
    text = json.dumps(verified.report)
    assert len(told) == 2
    assert told["pipelines.managed-workflow-at-a-version"]["params"]["executionRole"] == "<role>"
    assert "000000000000" in text
    for private in ("123456789012", "210987654321", "jane.doe", "keeper", '"builder"'):
        assert private not in text
