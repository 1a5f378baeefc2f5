"""``mock.lifecycle``: run policies, move their runs, see what one would do."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest

from tests.builders import OWN, a_recipe
from tests.container_builders import a_container_recipe
from tests.lifecycle_builders import (
    a_count,
    a_policy,
    a_policy_request,
    a_rule,
    fates,
    state_of,
    the_execution,
)

NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)
UNKNOWN = "lce-00000000-0000-4000-8000-000000000000"

pytestmark = pytest.mark.imagebuilder(now=NOW)


@pytest.fixture
def lifecycle(imagebuilder_mock):
    return imagebuilder_mock.lifecycle


@pytest.fixture
def image(imagebuilder, imagebuilder_mock):
    a_recipe(imagebuilder, name="web")

    def make(days=100, **options):
        return imagebuilder_mock.images.add(
            recipe="web", created=NOW - timedelta(days=days), **options
        )

    return make


class TestRun:
    def test_it_runs_to_the_end_in_any_mode(self, imagebuilder, lifecycle, image):
        arn = image()
        policy = a_policy(imagebuilder)

        execution = lifecycle.run(policy)

        assert state_of(imagebuilder, arn) == "DEPRECATED"
        assert lifecycle.running == []
        assert the_execution(imagebuilder, execution)["state"] == {"status": "SUCCESS"}

    def test_a_run_that_has_not_ended_goes_on(self, imagebuilder, lifecycle, image):
        image()
        policy = a_policy(imagebuilder)
        first = lifecycle.start(policy)

        assert lifecycle.running == [first]
        assert lifecycle.start(policy) == first
        assert lifecycle.run(policy) == first
        assert lifecycle.run(policy) != first

    def test_a_paused_run_goes_on_by_hand(self, imagebuilder, lifecycle, image):
        image()
        execution = lifecycle.start(a_policy(imagebuilder))
        lifecycle.pause(execution)

        assert lifecycle.advance(execution) == "SUCCESS"

    def test_a_scheduled_update_begins_by_hand(self, imagebuilder, lifecycle, image):
        arn = image()
        execution = imagebuilder.start_resource_state_update(
            resourceArn=arn, state={"status": "DEPRECATED"}, updateAt=NOW + timedelta(days=1)
        )["lifecycleExecutionId"]

        lifecycle.complete(execution)

        assert state_of(imagebuilder, arn) == "DEPRECATED"

    def test_a_disabled_policy_says_what_to_do(self, imagebuilder, lifecycle):
        policy = a_policy(imagebuilder, status="DISABLED")

        with pytest.raises(ValueError, match="Enable it with update_lifecycle_policy"):
            lifecycle.run(policy)

    def test_an_unknown_policy_says_which_there_are(self, imagebuilder, lifecycle):
        policy = a_policy(imagebuilder)

        with pytest.raises(LookupError, match=f"There are: {policy}."):
            lifecycle.run(f"{OWN}lifecycle-policy/other")

    def test_an_execution_that_has_ended_says_so(self, imagebuilder, lifecycle):
        execution = lifecycle.run(a_policy(imagebuilder))

        with pytest.raises(LookupError, match="has ended: it is SUCCESS"):
            lifecycle.advance(execution)

    def test_an_unknown_execution_says_which_there_are(self, imagebuilder, lifecycle, image):
        image()
        execution = lifecycle.start(a_policy(imagebuilder))

        with pytest.raises(LookupError, match=f"Under way: {execution}"):
            lifecycle.complete(UNKNOWN)

    def test_an_update_by_hand_cannot_be_paused(self, imagebuilder, lifecycle, image):
        execution = imagebuilder.start_resource_state_update(
            resourceArn=image(), state={"status": "DEPRECATED"}, updateAt=NOW + timedelta(days=1)
        )["lifecycleExecutionId"]

        with pytest.raises(ValueError, match="no run of a policy"):
            lifecycle.pause(execution)


class TestPreview:
    def test_a_row_says_what_becomes_of_an_image_and_why(
        self, imagebuilder, imagebuilder_mock, lifecycle, image
    ):
        arn = image(regions=["eu-west-1"])
        here, there = imagebuilder_mock.images.amis(arn)
        policy = a_policy(
            imagebuilder,
            a_rule("DEPRECATE", 3, "MONTHS", include=("amis",), amis={"regions": ["eu-west-1"]}),
        )

        [row] = lifecycle.preview(policy).rows

        assert row == {
            "image": arn,
            "state": "AVAILABLE",
            "created": NOW - timedelta(days=100),
            "run": 1,
            "at": NOW,
            "fate": "DEPRECATE",
            "rule": "DEPRECATE after 3 months",
            "reason": "The image is 3 months old or older.",
            "resources": [
                {
                    "resource": here.image_id,
                    "region": "us-east-1",
                    "fate": "DEPRECATE",
                    "reason": None,
                },
                {
                    "resource": there.image_id,
                    "region": "eu-west-1",
                    "fate": "SKIP",
                    "reason": "The AMI is in the excluded Region 'eu-west-1'.",
                },
            ],
            "obstacle": None,
        }

    def test_what_an_action_would_fail_at_is_told(self, imagebuilder, lifecycle, image):
        arn = image()
        a_recipe(imagebuilder, parentImage=arn)

        [row] = lifecycle.preview(a_policy(imagebuilder, a_rule("DELETE"))).rows

        assert row["fate"] == "DELETE"
        assert row["obstacle"].startswith("Resource dependency error: ")

    def test_containers_are_told_by_their_uris(self, imagebuilder, imagebuilder_mock, lifecycle):
        imagebuilder_mock.images.add(recipe=a_container_recipe(imagebuilder, name="web"))
        policy = a_policy(
            imagebuilder,
            a_rule("DELETE", 1, include=("containers",)),
            resourceType="CONTAINER_IMAGE",
        )

        [row] = lifecycle.preview(policy, at=NOW + timedelta(days=1)).rows

        [resource] = row["resources"]
        assert resource["resource"].endswith("/hello:1.0.0-1")

    def test_it_changes_nothing(self, imagebuilder, imagebuilder_mock, lifecycle, image):
        image()
        policy = a_policy(imagebuilder, a_rule("DELETE", include=("amis", "snapshots")))
        before = [repr(each) for each in imagebuilder_mock.resources()]

        lifecycle.preview(policy)

        assert [repr(each) for each in imagebuilder_mock.resources()] == before
        answer = imagebuilder.list_lifecycle_executions(resourceArn=policy)
        assert answer["lifecycleExecutions"] == []

    def test_at_a_time_images_are_as_old_as_then(self, imagebuilder_mock, image):
        image(29)
        rules = [a_rule("DEPRECATE", 30)]

        assert fates(imagebuilder_mock, rules) == {"image/web/1.0.0/1": "KEEP"}
        assert fates(imagebuilder_mock, rules, at=NOW + timedelta(days=1)) == {
            "image/web/1.0.0/1": "DEPRECATE"
        }

    def test_a_policy_that_is_not_made_yet(self, imagebuilder_mock, image):
        image(tags={"stage": "test"})
        image()
        request = a_policy_request(
            a_rule("DELETE"), resourceSelection={"tagMap": {"stage": "test"}}
        )

        assert fates(imagebuilder_mock, request) == {"image/web/1.0.0/1": "DELETE"}

    def test_an_answer_of_the_service_is_a_policy_too(self, imagebuilder, imagebuilder_mock, image):
        image()
        policy = a_policy(imagebuilder, a_count(1))
        answer = imagebuilder.get_lifecycle_policy(lifecyclePolicyArn=policy)["lifecyclePolicy"]

        assert fates(imagebuilder_mock, answer) == fates(imagebuilder_mock, policy)

    def test_rules_alone_are_for_every_image(self, imagebuilder, imagebuilder_mock, image):
        image()
        a_recipe(imagebuilder, name="app")
        imagebuilder_mock.images.add(recipe="app", created=NOW - timedelta(days=200))

        assert fates(imagebuilder_mock, [a_rule("DISABLE")]) == {
            "image/web/1.0.0/1": "DISABLE",
            "image/app/1.0.0/1": "DISABLE",
        }

    def test_it_can_be_asked_for_another_place(self, imagebuilder_mock, image):
        image()

        assert fates(imagebuilder_mock, [a_rule("DISABLE")], region="eu-west-1") == {}

    @pytest.mark.parametrize(
        ("policy", "message"),
        [
            ([a_rule("DELETE"), a_count(1)], "one rule for each action type"),
            ({"policyDetails": [a_rule("SHRED")]}, r"policyDetails\[0\].action.type"),
            ({}, "policyDetails"),
            ({"policyDetails": [a_count(1)], "resourceSelection": {}}, "exactly one of"),
            ({"policyDetails": [a_count(1)], "resourceSelecton": {}}, "'resourceSelecton'"),
        ],
    )
    def test_what_the_service_would_refuse_is_an_error(self, lifecycle, policy, message):
        with pytest.raises(ValueError, match=message):
            lifecycle.preview(policy)

    def test_the_text_and_the_page_have_a_line_for_each_image(self, lifecycle, image, tmp_path):
        arns = [image(days) for days in (10, 50)]
        table = lifecycle.preview([a_rule("DEPRECATE")])

        title, summary, head, *lines = str(table).splitlines()
        page = table.save_html(tmp_path / "preview.html").read_text(encoding="utf-8")

        assert title == "A lifecycle policy at 2026-06-01 00:00:00+00:00"
        assert summary == table.summary == "1 deprecated, 1 kept"
        assert f'<p class="summary">{summary}</p>' in page
        assert head.split()[:3] == ["IMAGE", "STATE", "CREATED"]
        assert [line.split()[0] for line in lines] == arns
        assert all(arn in page for arn in arns)

    def test_the_page_has_a_mark_for_each_image_where_it_was_made(self, lifecycle, image, tmp_path):
        for days in (0, 20, 40, 50):
            image(days)
        table = lifecycle.preview([a_rule("DELETE", retain=2)])

        page = table.save_html(tmp_path / "preview.html").read_text(encoding="utf-8")

        marks = re.findall(r'class="mark (\w+)" title="[^"]*" style="left:([\d.]+)%"', page)
        assert marks == [
            ("good", "100.00"),
            ("good", "60.00"),
            ("bad", "20.00"),
            ("bad", "0.00"),
        ]
        assert re.findall(r"</i>(KEEP|DELETE) (\d)", page) == [("KEEP", "2"), ("DELETE", "2")]
        assert "<span>2026-04-12</span><span>2026-06-01</span>" in page

    def test_a_page_of_no_images_has_no_chart(self, lifecycle, tmp_path):
        page = lifecycle.preview([a_rule("DELETE")]).save_html(tmp_path / "preview.html")

        text = page.read_text(encoding="utf-8")
        assert re.findall(r'class="lanes"|<table>', text) == []


class TestPreviewOfSeveralRuns:
    """What follows from one run after the other (the laws are in tests/properties)."""

    @pytest.fixture
    def walk(self):
        return [a_rule(action, 30, amis={}) for action in ("DEPRECATE", "DISABLE", "DELETE")]

    def test_an_image_has_a_row_for_each_run_that_acts_on_it(self, lifecycle, image, walk):
        kept, gone = image(days=10), image(days=50)

        table = lifecycle.preview(walk, runs="settled")

        assert [(row["image"], row["run"], row["at"], row["fate"]) for row in table.rows] == [
            (kept, None, None, "KEEP"),
            (gone, 1, NOW, "DEPRECATE"),
            (gone, 2, NOW, "DISABLE"),
            (gone, 3, NOW, "DELETE"),
        ]
        assert table.summary == "1 deprecated, then 1 disabled, then 1 deleted, 1 kept"

    def test_daily_runs_find_images_older_each_day(self, lifecycle, image):
        for days in (29, 28, 5):
            image(days=days)

        table = lifecycle.preview([a_rule("DELETE", 30)], runs=3)

        assert [(row["fate"], row["run"], row["at"]) for row in table.rows] == [
            ("KEEP", None, None),
            ("DELETE", 3, NOW + timedelta(days=2)),
            ("DELETE", 2, NOW + timedelta(days=1)),
        ]
        assert table.summary == "1 deleted on 2026-06-02, then 1 deleted on 2026-06-03, 1 kept"

    def test_of_many_runs_the_summary_is_the_sum(self, lifecycle, image):
        for days in range(25, 30):
            image(days=days)

        table = lifecycle.preview([a_rule("DELETE", 30)], runs=30)

        assert table.summary == "5 deleted in 5 runs"

    def test_what_stays_for_a_reason_is_summed_up_too(self, imagebuilder, lifecycle, image):
        a_recipe(imagebuilder, name="app", parentImage=image())
        image(tags={"keep": "yes"})

        table = lifecycle.preview([a_rule("DELETE", 30, tags={"keep": "yes"})], runs="settled")

        assert table.summary == "1 cannot be deleted, 1 excluded"
        assert [row["run"] for row in table.rows] == [1, 1]

    @pytest.mark.parametrize("runs", [1, "settled"])
    def test_what_ec2_refuses_is_an_obstacle(self, imagebuilder_mock, lifecycle, image, runs):
        [ami] = imagebuilder_mock.images.amis(image())
        imagebuilder_mock.images.refuse(ami.image_id, message="Not this one.")

        [row] = lifecycle.preview([a_rule("DELETE", 30, include=("amis",))], runs=runs).rows

        assert row["obstacle"] == f"{ami.image_id}: Not this one."

    def test_the_page_tells_run_by_run_and_marks_what_an_image_ends_as(
        self, lifecycle, image, walk, tmp_path
    ):
        image(days=10)
        image(days=50)
        policy = {"name": "tidy up", "policyDetails": walk}

        page = lifecycle.preview(policy, runs="settled").save_html(tmp_path / "p.html").read_text()

        assert "<h1>What the lifecycle policy tidy up would do</h1>" in page
        assert re.findall("<h2>(.*)</h2>", page) == [
            "Run 1: 1 deprecated",
            "Run 2: 1 disabled",
            "Run 3: 1 deleted",
            "Kept: 1",
        ]
        assert re.findall(r'<div class="mark (\w+)"', page) == ["good", "bad"]

    @pytest.mark.parametrize("runs", [0, -1, 10_001, True, "all", 1.5, None])
    def test_a_number_of_runs_that_is_none_says_what_to_give(self, lifecycle, runs):
        with pytest.raises(ValueError, match=r"runs=.*: give a whole number from 1 to 10,000, or"):
            lifecycle.preview([a_rule("DELETE", 30)], runs=runs)


class TestPreviewOfNothing:
    """A policy that selects nothing says so, and names what the state has."""

    @pytest.mark.parametrize(
        ("selection", "there_is"),
        [
            ({"recipes": [{"name": "wbe", "semanticVersion": "1.0.0"}]}, "recipes: golden, web"),
            (
                {"recipes": [{"name": "web", "semanticVersion": "2.0.0"}]},
                "recipes: golden, web 1.0.0",
            ),
            ({"tagMap": {"stage": "tset"}}, "tags: stage=test, team=a"),
        ],
        ids=["name", "version", "tag"],
    )
    def test_it_names_what_the_images_are_like(
        self, imagebuilder, imagebuilder_mock, lifecycle, image, selection, there_is
    ):
        image(tags={"team": "a", "stage": "test"})
        a_recipe(imagebuilder, name="golden")
        imagebuilder_mock.images.add(recipe="golden")
        policy = {"policyDetails": [a_rule("DELETE", 30)], "resourceSelection": selection}

        table = lifecycle.preview(policy, runs="settled")

        assert table.rows == []
        said = f"no image of 123456789012 in us-east-1 is selected ({there_is})"
        assert table.summary == str(table).splitlines()[1] == said

    def test_it_says_that_there_are_images_of_another_type_or_elsewhere(self, lifecycle, image):
        rule = a_rule("DELETE", 30)
        policy = {"policyDetails": [rule], "resourceType": "CONTAINER_IMAGE"}
        assert lifecycle.preview(policy).summary.endswith("(there are none)")
        image()

        assert lifecycle.preview(policy).summary.endswith(
            "(there are none of the type CONTAINER_IMAGE)"
        )
        assert lifecycle.preview([rule], region="eu-west-1").summary == (
            "no image of 123456789012 in eu-west-1 is selected "
            "(there are none; others: 123456789012 in us-east-1)"
        )
