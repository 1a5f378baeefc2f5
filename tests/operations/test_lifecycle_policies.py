"""Create-, Get-, List-, Update- and DeleteLifecyclePolicy."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from tests.builders import OWN
from tests.lifecycle_builders import ROLE, a_count, a_policy, a_policy_request, a_rule, pages_of
from tests.model import needs_member
from tests.refusals import (
    Refusal,
    already_exists,
    invalid_combination,
    invalid_value,
    not_found,
    over_quota,
)

A_TIME = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=timezone.utc)
ARN = f"{OWN}lifecycle-policy/clean-up"


def the_policy(client, arn=ARN) -> Any:
    return client.get_lifecycle_policy(lifecyclePolicyArn=arn)["lifecyclePolicy"]


def an_update(**params: Any) -> dict[str, Any]:
    request = a_policy_request(**params)
    del request["name"]
    return {"lifecyclePolicyArn": ARN, **request}


@pytest.mark.imagebuilder(now=A_TIME)
class TestCreate:
    def test_the_answer_is_the_arn_and_the_token(self, imagebuilder):
        answer = imagebuilder.create_lifecycle_policy(
            **a_policy_request(name="Clean Up", clientToken="t")
        )

        del answer["ResponseMetadata"]
        assert answer == {"lifecyclePolicyArn": ARN, "clientToken": "t"}

    def test_what_was_asked_for_is_what_is_there(self, imagebuilder):
        rules = [
            a_rule("DEPRECATE", 30, include=("amis",), tags={"keep": "yes"}, retain=5),
            a_rule(
                "DISABLE", 2, "MONTHS", retain=1, amis={"isPublic": True, "regions": ["eu-west-1"]}
            ),
            a_rule("DELETE", 1, "YEARS", include=("amis", "snapshots"), retain=10),
        ]
        request = a_policy_request(
            *rules, name="Clean Up", description="tidies", tags={"team": "web"}, status="DISABLED"
        )
        imagebuilder.create_lifecycle_policy(**request)

        assert the_policy(imagebuilder) == {
            "arn": ARN,
            "dateCreated": A_TIME,
            **request,
        }

    def test_what_is_left_out_has_its_default(self, imagebuilder):
        a_policy(imagebuilder, name="clean up")

        policy = the_policy(imagebuilder)

        assert policy["status"] == "ENABLED"
        assert policy["tags"] == {}
        assert not {"description", "dateUpdated", "dateLastRun"} & policy.keys()

    def test_public_amis_are_said_not_to_be_excluded_where_amis_are(self, imagebuilder):
        """Seen live: terraform-provider-aws issue 43752."""
        launched = {"lastLaunched": {"value": 1, "unit": "WEEKS"}}
        rules = [a_rule("DEPRECATE", amis=launched), a_rule("DISABLE", tags={"a": "b"})]
        a_policy(imagebuilder, *rules, name="clean up")

        first, second = the_policy(imagebuilder)["policyDetails"]

        assert first["exclusionRules"] == {"amis": {"isPublic": False, **launched}}
        assert second["exclusionRules"] == {"tagMap": {"a": "b"}}

    def test_a_name_is_taken_whatever_its_case(self, imagebuilder, refused):
        a_policy(imagebuilder, name="Clean Up")

        refusal = refused(imagebuilder.create_lifecycle_policy, **a_policy_request(name="clean_up"))

        assert refusal == already_exists("LifecyclePolicy", ARN)

    def test_a_repeated_request_makes_nothing_more(self, imagebuilder, imagebuilder_mock):
        request = a_policy_request(clientToken="t")
        first = imagebuilder.create_lifecycle_policy(**request)

        again = imagebuilder.create_lifecycle_policy(**request)

        assert again["lifecyclePolicyArn"] == first["lifecyclePolicyArn"]
        assert len(imagebuilder_mock.resources()) == 1

    def test_a_token_is_for_one_request(self, imagebuilder, refused):
        a_policy(imagebuilder, clientToken="t")

        refusal = refused(imagebuilder.create_lifecycle_policy, **a_policy_request(clientToken="t"))

        assert refusal.code == "IdempotentParameterMismatchException"

    @needs_member("CreateLifecyclePolicy", "dryRun")
    def test_a_dry_run_makes_nothing(self, imagebuilder, imagebuilder_mock, refused):
        refusal = refused(imagebuilder.create_lifecycle_policy, **a_policy_request(), dryRun=True)

        assert refusal == Refusal(
            "DryRunOperationException",
            412,
            "Request would have succeeded, but dryRun flag is set.",
        )
        imagebuilder_mock.clock.advance(days=2)
        assert imagebuilder_mock.lifecycle.running == []

    @pytest.mark.imagebuilder(quotas={"lifecycle policies": 1})
    def test_one_more_than_the_quota_is_refused(self, imagebuilder, refused):
        a_policy(imagebuilder)

        refusal = refused(imagebuilder.create_lifecycle_policy, **a_policy_request())

        assert refusal == over_quota("lifecycle policies", 1)

    def test_tags_are_those_of_the_tagging_operations(self, imagebuilder):
        a_policy(imagebuilder, name="clean up", tags={"a": "b"})
        imagebuilder.tag_resource(resourceArn=ARN, tags={"c": "d"})
        imagebuilder.untag_resource(resourceArn=ARN, tagKeys=["a"])

        assert imagebuilder.list_tags_for_resource(resourceArn=ARN)["tags"] == {"c": "d"}
        assert the_policy(imagebuilder)["tags"] == {"c": "d"}


CONTAINERS = {"resourceType": "CONTAINER_IMAGE"}
PATH = "policyDetails[0]"

REFUSED = [
    pytest.param(
        [a_rule("DELETE"), a_count(1)],
        {},
        invalid_value(
            "policyDetails[1].action.type",
            "A lifecycle policy can have one rule for each action type.",
        ),
        id="two rules for one action",
    ),
    *(
        pytest.param(
            [a_rule(action)],
            CONTAINERS,
            invalid_combination(
                f"{PATH}.action.type",
                f"The action '{action}' is not supported for the resource type 'CONTAINER_IMAGE'.",
            ),
            id=f"{action} for containers",
        )
        for action in ("DEPRECATE", "DISABLE")
    ),
    *(
        pytest.param(
            [a_rule(action, include=("amis", included))],
            {},
            invalid_combination(
                f"{PATH}.action.includeResources.{included}",
                f"The action '{action}' cannot include '{included}' for the resource type "
                "'AMI_IMAGE'.",
            ),
            id=f"{action} of {included}",
        )
        for action, included in (
            ("DEPRECATE", "snapshots"),
            ("DEPRECATE", "containers"),
            ("DISABLE", "snapshots"),
            ("DELETE", "containers"),
        )
    ),
    pytest.param(
        [a_rule("DELETE", include=("amis",))],
        CONTAINERS,
        invalid_combination(
            f"{PATH}.action.includeResources.amis",
            "The action 'DELETE' cannot include 'amis' for the resource type 'CONTAINER_IMAGE'.",
        ),
        id="AMIs of containers",
    ),
    pytest.param(
        [a_rule("DELETE", include=("snapshots",))],
        {},
        invalid_combination(
            f"{PATH}.action.includeResources.snapshots",
            "Snapshots can be included only together with their AMIs.",
        ),
        id="snapshots alone",
    ),
    *(
        pytest.param(
            [{"action": {"type": action}, "filter": {"type": "COUNT", "value": 3}}],
            {},
            invalid_combination(
                f"{PATH}.filter.type",
                f"The filter type 'COUNT' is not supported for the action '{action}'.",
            ),
            id=f"{action} by count",
        )
        for action in ("DEPRECATE", "DISABLE")
    ),
    pytest.param(
        [{"action": {"type": "DELETE"}, "filter": {"type": "AGE", "value": 3}}],
        {},
        invalid_combination(f"{PATH}.filter.unit", "The filter type 'AGE' needs a 'unit'."),
        id="age without unit",
    ),
    *(
        pytest.param(
            [rule],
            {},
            invalid_combination(
                f"{PATH}.filter.retainAtLeast",
                "'retainAtLeast' is supported only for the filter type 'AGE'.",
            ),
            id="count that retains",
        )
        for rule in [
            {
                "action": {"type": "DELETE"},
                "filter": {"type": "COUNT", "value": 3, "retainAtLeast": 1},
            }
        ]
    ),
    *(
        pytest.param(
            [],
            {"resourceSelection": selection},
            invalid_combination(
                "resourceSelection", "You must specify exactly one of 'recipes' and 'tagMap'."
            ),
            id=id_,
        )
        for id_, selection in (
            ("no selection", {}),
            (
                "recipes and tags",
                {
                    "recipes": [{"name": "web", "semanticVersion": "1.0.0"}],
                    "tagMap": {"a": "b"},
                },
            ),
        )
    ),
    pytest.param(
        [a_rule("DEPRECATE"), a_rule("DISABLE"), a_rule("DELETE"), a_count(1)],
        {},
        invalid_value("policyDetails", "'policyDetails' must contain at most 3 items"),
        id="four rules",
    ),
]


@pytest.mark.parametrize(("rules", "params", "expected"), REFUSED)
def test_what_cannot_be_is_refused_by_create_and_update(
    imagebuilder, refused, rules, params, expected
):
    a_policy(imagebuilder, name="clean up")
    request = a_policy_request(*rules, **params)

    assert refused(imagebuilder.create_lifecycle_policy, **request) == expected

    del request["name"]
    update = {**request, "lifecyclePolicyArn": ARN}
    assert refused(imagebuilder.update_lifecycle_policy, **update) == expected


needs_wildcards = needs_member(
    "CreateLifecyclePolicy", "resourceSelection.recipes.semanticVersion", accepts="1.x.x"
)


@needs_wildcards
def test_a_version_may_end_in_wildcards(imagebuilder):
    selection = {"recipes": [{"name": "web", "semanticVersion": "1.x.x"}]}

    a_policy(imagebuilder, name="clean up", resourceSelection=selection)

    assert the_policy(imagebuilder)["resourceSelection"] == selection


@needs_wildcards
@pytest.mark.parametrize("version", ["1.x.8", "x.2.x"])
def test_a_number_behind_a_wildcard_is_refused(imagebuilder, refused, version):
    recipes = [
        {"name": "web", "semanticVersion": "1.0.0"},
        {"name": "web", "semanticVersion": version},
    ]

    refusal = refused(
        imagebuilder.create_lifecycle_policy,
        **a_policy_request(resourceSelection={"recipes": recipes}),
    )

    path = "resourceSelection.recipes[1].semanticVersion"
    assert refusal.code == "InvalidParameterValueException"
    assert path in refusal.message


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("policyDetails[0].filter.value", {"value": 1001}),
        ("policyDetails[0].filter.retainAtLeast", {"retainAtLeast": 11}),
        ("policyDetails[0].filter.unit", {"unit": "HOURS"}),
    ],
)
def test_the_bounds_are_the_models(imagebuilder, refused, path, change):
    rule = a_rule("DELETE", retain=1)
    rule["filter"] |= change

    refusal = refused(imagebuilder.create_lifecycle_policy, **a_policy_request(rule))

    assert refusal.code == "InvalidParameterValueException"
    assert f"'{path}'" in refusal.message


@pytest.mark.parametrize("role", [ROLE, "arn:aws:iam::123456789012:role/service/lifecycle"])
def test_a_role_is_a_name_or_an_arn(imagebuilder, role):
    a_policy(imagebuilder, name="clean up", executionRole=role)

    assert the_policy(imagebuilder)["executionRole"] == role


def test_the_service_linked_role_runs_no_policy(imagebuilder, refused):
    """Source: user guide, create-lifecycle-policies."""
    own = "aws-service-role/imagebuilder.amazonaws.com/AWSServiceRoleForImageBuilder"

    refusal = refused(
        imagebuilder.create_lifecycle_policy,
        **a_policy_request(executionRole=f"arn:aws:iam::123456789012:role/{own}"),
    )

    assert refusal == invalid_value(
        "executionRole",
        "The provided role does not exist or does not have sufficient permissions.",
    )


def test_what_is_false_is_not_included(imagebuilder):
    rule = a_rule("DEPRECATE")
    included = {"amis": False, "snapshots": False, "containers": False}
    rule["action"]["includeResources"] = included

    a_policy(imagebuilder, rule, name="clean up")

    assert the_policy(imagebuilder)["policyDetails"] == [rule]


def test_a_container_policy_deletes(imagebuilder):
    rules = [a_rule("DELETE", include=("containers",), retain=1)]

    a_policy(imagebuilder, *rules, **CONTAINERS, name="clean up")

    assert the_policy(imagebuilder)["policyDetails"] == rules


@pytest.mark.parametrize(
    "operation", ["get_lifecycle_policy", "delete_lifecycle_policy", "update_lifecycle_policy"]
)
def test_what_is_not_there_is_not_found(imagebuilder, refused, operation):
    params = an_update() if operation.startswith("update") else {"lifecyclePolicyArn": ARN}

    assert refused(getattr(imagebuilder, operation), **params) == not_found("LifecyclePolicy", ARN)


class TestList:
    def test_a_summary_has_neither_rules_nor_selection(self, imagebuilder):
        a_policy(imagebuilder, name="clean up", description="tidies")

        [summary] = imagebuilder.list_lifecycle_policies()["lifecyclePolicySummaryList"]

        whole = the_policy(imagebuilder)
        del whole["policyDetails"], whole["resourceSelection"]
        assert summary == whole

    @pytest.mark.parametrize(
        ("name", "value", "found"),
        [
            ("name", "one", ["one"]),
            ("name", "two", ["two"]),
            ("resourceType", "CONTAINER_IMAGE", ["two"]),
            ("status", "DISABLED", ["three"]),
            ("status", "ENABLED", ["one", "two"]),
        ],
    )
    def test_filters(self, imagebuilder, name, value, found):
        a_policy(imagebuilder, name="one")
        a_policy(imagebuilder, a_count(1), name="two", **CONTAINERS)
        a_policy(imagebuilder, name="three", status="DISABLED")

        answer = imagebuilder.list_lifecycle_policies(filters=[{"name": name, "values": [value]}])

        assert [each["name"] for each in answer["lifecyclePolicySummaryList"]] == found

    def test_another_filter_is_refused(self, imagebuilder, refused):
        filters = [{"name": "description", "values": ["x"]}]

        assert refused(imagebuilder.list_lifecycle_policies, filters=filters) == invalid_value(
            "filters[0].name",
            "'description' is not a filter of this operation. Valid filters are: name, "
            "resourceType, status.",
        )

    def test_pages(self, imagebuilder):
        arns = [a_policy(imagebuilder) for _ in range(5)]

        pages = pages_of(imagebuilder.list_lifecycle_policies, maxResults=2)

        listed = [[each["arn"] for each in page["lifecyclePolicySummaryList"]] for page in pages]
        assert listed == [arns[:2], arns[2:4], arns[4:]]


@pytest.mark.imagebuilder(now=A_TIME)
class TestUpdate:
    def test_it_replaces_everything_but_name_dates_and_tags(self, imagebuilder, imagebuilder_mock):
        a_policy(imagebuilder, name="clean up", description="tidies", tags={"a": "b"})
        imagebuilder_mock.clock.advance(seconds=1)
        update = an_update(
            policyDetails=[a_count(3)], resourceSelection={"tagMap": {"c": "d"}}, executionRole="r"
        )

        answer = imagebuilder.update_lifecycle_policy(**update)

        assert answer["lifecyclePolicyArn"] == ARN
        now = imagebuilder_mock.clock.now()
        assert the_policy(imagebuilder) == {
            "arn": ARN,
            "name": "clean up",
            "status": "ENABLED",
            "executionRole": "r",
            "resourceType": "AMI_IMAGE",
            "policyDetails": [a_count(3)],
            "resourceSelection": {"tagMap": {"c": "d"}},
            "dateCreated": A_TIME,
            "dateUpdated": now,
            "tags": {"a": "b"},
        }

    def test_it_enables_a_disabled_policy(self, imagebuilder, imagebuilder_mock):
        a_policy(imagebuilder, name="clean up", status="DISABLED")
        assert imagebuilder_mock.lifecycle.next_run(ARN) is None

        imagebuilder.update_lifecycle_policy(**an_update())

        assert the_policy(imagebuilder)["status"] == "ENABLED"
        assert imagebuilder_mock.lifecycle.next_run(ARN) is not None

    def test_the_resource_type_stays(self, imagebuilder, refused):
        a_policy(imagebuilder, name="clean up")

        refusal = refused(
            imagebuilder.update_lifecycle_policy,
            **an_update(policyDetails=[a_count(1)], **CONTAINERS),
        )

        assert refusal == invalid_combination(
            "resourceType",
            "The resource type of the lifecycle policy is 'AMI_IMAGE', and cannot be changed.",
        )


def test_a_deleted_policy_is_gone(imagebuilder, imagebuilder_mock):
    a_policy(imagebuilder, name="clean up")

    answer = imagebuilder.delete_lifecycle_policy(lifecyclePolicyArn=ARN)

    assert answer["lifecyclePolicyArn"] == ARN
    assert imagebuilder_mock.resources() == []
    imagebuilder_mock.clock.advance(days=2)
    assert imagebuilder.list_lifecycle_executions(resourceArn=ARN)["lifecycleExecutions"] == []
