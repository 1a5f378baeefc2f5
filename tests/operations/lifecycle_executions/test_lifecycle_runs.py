"""What a policy's run does: by hand, every day, in each mode, and cancelled."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import OWN
from tests.container_builders import a_container_recipe
from tests.lifecycle_builders import (
    a_policy,
    a_policy_request,
    a_rule,
    resources_of,
    state_of,
    the_execution,
)
from tests.model import modelled, needs_output
from tests.operations.lifecycle_executions.conftest import DELETE_ALL, NOW, runs_of
from tests.refusals import invalid_value

RESOURCES = "ListLifecycleExecutionResources"
TERMINAL = {"SUCCESS", "FAILED", "CANCELLED"}

pytestmark = pytest.mark.imagebuilder(now=NOW)


class TestRun:
    def test_a_run_deprecates_an_image_and_its_amis(self, imagebuilder, imagebuilder_mock, images):
        [image] = images(1, regions=["eu-west-1"])
        policy = a_policy(imagebuilder, a_rule("DEPRECATE", include=("amis",)))

        execution = imagebuilder_mock.lifecycle.run(policy)

        assert the_execution(imagebuilder, execution) == {
            "lifecycleExecutionId": execution,
            "lifecyclePolicyArn": policy,
            "resourcesImpactedSummary": {"hasImpactedResources": True},
            "state": {"status": "SUCCESS"},
            "startTime": NOW,
            "endTime": NOW,
        }
        action = {"name": "DEPRECATE", "reason": "The image is 30 days old or older."}
        done = {
            "accountId": "123456789012",
            "action": action,
            "state": {"status": "SUCCESS"},
            **dict.fromkeys(modelled(RESOURCES, "resources", ["startTime", "endTime"]), NOW),
        }
        amis = imagebuilder_mock.images.amis(image)
        assert resources_of(imagebuilder, execution) == [
            {"resourceId": image, "region": "us-east-1", **done}
        ]
        assert resources_of(imagebuilder, execution, image) == [
            {"resourceId": ami.image_id, "region": ami.region, **done} for ami in amis
        ]
        shown = imagebuilder.get_image(imageBuildVersionArn=image)["image"]
        assert shown["state"] == {"status": "DEPRECATED"}
        assert shown["deprecationTime"] == NOW
        assert shown["lifecycleExecutionId"] == execution
        for ami in amis:
            assert (ami.state, ami.deprecation_time) == ("available", NOW)
            assert ami.tags["DeprecatedBy"] == "EC2 Image Builder"

    def test_lists_of_images_tell_of_it_too(self, imagebuilder, lifecycle, images):
        [image] = images(1)
        execution = lifecycle.run(a_policy(imagebuilder))

        answer = imagebuilder.list_image_build_versions(imageVersionArn=image.rpartition("/")[0])
        [summary] = answer["imageSummaryList"]

        assert summary["arn"] == image
        assert summary["state"] == {"status": "DEPRECATED"}
        assert summary["deprecationTime"] == NOW
        assert summary["lifecycleExecutionId"] == execution

    def test_disabled_amis_become_private(self, imagebuilder, imagebuilder_mock, images):
        [image] = images(1, state="DEPRECATED", public=True, shared_with=["210987654321"])
        [ami] = imagebuilder_mock.images.amis(image)
        ami.tags["DeprecatedBy"] = "EC2 Image Builder"

        imagebuilder_mock.lifecycle.run(
            a_policy(imagebuilder, a_rule("DISABLE", include=("amis",)))
        )

        assert state_of(imagebuilder, image) == "DISABLED"
        assert (ami.state, ami.public, ami.shared_with) == ("disabled", False, frozenset())
        assert "DeprecatedBy" not in ami.tags

    def test_a_deleted_image_is_gone_with_amis_and_snapshots(
        self, imagebuilder, imagebuilder_mock, images
    ):
        [image] = images(1)
        [ami] = imagebuilder_mock.images.amis(image)
        [snapshot] = ami.snapshots

        execution = imagebuilder_mock.lifecycle.run(a_policy(imagebuilder, DELETE_ALL))

        with pytest.raises(imagebuilder.exceptions.ResourceNotFoundException):
            imagebuilder.get_image(imageBuildVersionArn=image)
        assert (ami.state, ami.snapshots) == ("deregistered", ())
        [resource] = resources_of(imagebuilder, execution, image)
        assert resource["snapshots"] == [{"snapshotId": snapshot, "state": {"status": "SUCCESS"}}]

    @pytest.mark.parametrize("include", [(), ("amis",)])
    def test_what_is_not_included_stays(self, imagebuilder, imagebuilder_mock, images, include):
        [image] = images(1)
        [ami] = imagebuilder_mock.images.amis(image)

        execution = imagebuilder_mock.lifecycle.run(
            a_policy(imagebuilder, a_rule("DELETE", include=include))
        )

        assert len(ami.snapshots) == 1
        assert ami.state == ("deregistered" if include else "available")
        outputs = resources_of(imagebuilder, execution, image)
        assert [output.get("snapshots") for output in outputs] == [None] * len(include)

    def test_container_images_are_deleted_with_their_image(self, imagebuilder, imagebuilder_mock):
        recipe = a_container_recipe(imagebuilder, name="web")
        image = imagebuilder_mock.images.add(
            recipe=recipe, created=NOW - timedelta(days=100), regions=["eu-west-1"]
        )
        shown = imagebuilder.get_image(imageBuildVersionArn=image)["image"]
        policy = a_policy(
            imagebuilder,
            a_rule("DELETE", include=("containers",)),
            resourceType="CONTAINER_IMAGE",
        )

        execution = imagebuilder_mock.lifecycle.run(policy)

        resources = resources_of(imagebuilder, execution, image)
        assert [(each["region"], each["imageUris"]) for each in resources] == [
            (each["region"], each["imageUris"]) for each in shown["outputResources"]["containers"]
        ]
        assert [each["resourceId"] for each in resources] == [
            each["imageUris"][0] for each in resources
        ]
        assert imagebuilder.list_images()["imageVersionList"] == []

    def test_without_anything_to_do_it_succeeds(self, imagebuilder, lifecycle):
        execution = lifecycle.run(a_policy(imagebuilder))

        shown = the_execution(imagebuilder, execution)

        assert shown["state"] == {"status": "SUCCESS"}
        assert shown["resourcesImpactedSummary"] == {"hasImpactedResources": False}
        assert resources_of(imagebuilder, execution) == []

    def test_an_excluded_ami_stays_without_its_image(self, imagebuilder, imagebuilder_mock, images):
        """An exclusion of AMIs protects AMIs alone (aws-samples, lifecycle)."""
        [image] = images(1, regions=["eu-west-1"])
        amis = imagebuilder_mock.images.amis(image)
        rule = a_rule("DELETE", include=("amis", "snapshots"), amis={"regions": ["eu-west-1"]})

        execution = imagebuilder_mock.lifecycle.run(a_policy(imagebuilder, rule))

        [resource] = resources_of(imagebuilder, execution)
        assert resource["state"] == {"status": "SUCCESS"}
        here, there = resources_of(imagebuilder, execution, image)
        reason = "The AMI is in the excluded Region 'eu-west-1'."
        assert here["state"] == {"status": "SUCCESS"}
        assert there["state"] == {"status": "SKIPPED", "reason": reason}
        assert there["snapshots"][0]["state"] == there["state"]
        assert [ami.state for ami in amis] == ["deregistered", "available"]
        with pytest.raises(imagebuilder.exceptions.ResourceNotFoundException):
            imagebuilder.get_image(imageBuildVersionArn=image)

    def test_a_tagged_image_is_skipped_with_all_it_made(
        self, imagebuilder, imagebuilder_mock, images
    ):
        [image] = images(1, tags={"keep": "yes"})

        execution = imagebuilder_mock.lifecycle.run(
            a_policy(imagebuilder, a_rule("DELETE", include=("amis",), tags={"keep": "yes"}))
        )

        [resource] = resources_of(imagebuilder, execution)
        assert resource["state"]["status"] == "SKIPPED"
        assert resource["action"]["name"] == "DELETE"
        assert resources_of(imagebuilder, execution, image) == []
        assert imagebuilder_mock.images.amis(image)[0].state == "available"


class TestSchedule:
    def test_an_enabled_policy_runs_once_a_day(self, imagebuilder, imagebuilder_mock):
        policy = a_policy(imagebuilder)
        first = imagebuilder_mock.lifecycle.next_run(policy)

        imagebuilder_mock.clock.advance(days=3)

        starts = [run["startTime"] for run in runs_of(imagebuilder, policy)]
        assert starts == [first + timedelta(days=day) for day in (2, 1, 0)]
        shown = imagebuilder.get_lifecycle_policy(lifecyclePolicyArn=policy)["lifecyclePolicy"]
        assert shown["dateLastRun"] == starts[0]

    def test_the_hour_is_the_policys_own(self, imagebuilder, lifecycle):
        """The CRC-32 of the ARN, modulo 24: the same in every run of a program."""
        policy = a_policy(imagebuilder, name="clean up")

        run = lifecycle.next_run(policy)

        assert policy == f"{OWN}lifecycle-policy/clean-up"
        assert run.timetz().isoformat() == "18:00:00+00:00"
        assert NOW < run <= NOW + timedelta(days=1)

    def test_a_disabled_policy_does_not_run(self, imagebuilder, imagebuilder_mock):
        policy = a_policy(imagebuilder, status="DISABLED")

        imagebuilder_mock.clock.advance(days=3)

        assert runs_of(imagebuilder, policy) == []

    def test_an_update_does_not_double_the_runs(self, imagebuilder, imagebuilder_mock):
        request = a_policy_request()
        policy = a_policy(imagebuilder, **request)
        del request["name"]
        imagebuilder.update_lifecycle_policy(lifecyclePolicyArn=policy, **request)

        imagebuilder_mock.clock.advance(days=2)

        assert len(runs_of(imagebuilder, policy)) == 2

    @pytest.mark.imagebuilder(builds="held")
    def test_there_is_one_run_at_a_time(self, imagebuilder, imagebuilder_mock, images):
        images(1)
        policy = a_policy(imagebuilder)

        imagebuilder_mock.clock.advance(days=3)

        [run] = runs_of(imagebuilder, policy)
        assert run["state"] == {"status": "IN_PROGRESS"}

    def test_a_paused_run_goes_on_with_the_next(self, imagebuilder, imagebuilder_mock, images):
        [image] = images(1)
        policy = a_policy(imagebuilder)
        execution = imagebuilder_mock.lifecycle.start(policy)
        imagebuilder_mock.lifecycle.pause(execution)

        for _ in range(3):
            assert the_execution(imagebuilder, execution)["state"] == {"status": "PENDING"}
        assert state_of(imagebuilder, image) == "AVAILABLE"
        imagebuilder_mock.clock.advance(days=1, minutes=5)

        assert the_execution(imagebuilder, execution)["state"] == {"status": "SUCCESS"}
        assert len(runs_of(imagebuilder, policy)) == 1
        assert state_of(imagebuilder, image) == "DEPRECATED"


class TestModes:
    def test_an_observed_execution_moves_when_it_is_looked_at(
        self, imagebuilder, lifecycle, images
    ):
        images(3)
        execution = lifecycle.start(a_policy(imagebuilder))

        looks: list[tuple[str, int]] = []
        while not looks or looks[-1][0] not in TERMINAL:
            done = [each["state"]["status"] for each in resources_of(imagebuilder, execution)]
            status = the_execution(imagebuilder, execution)["state"]["status"]
            looks.append((status, done.count("SUCCESS")))

        assert looks == [("IN_PROGRESS", 0), ("IN_PROGRESS", 1), ("IN_PROGRESS", 2), ("SUCCESS", 3)]

    def test_a_list_is_a_look_too(self, imagebuilder, lifecycle, images):
        images(1)
        policy = a_policy(imagebuilder)
        lifecycle.start(policy)

        statuses = [runs_of(imagebuilder, policy)[0]["state"]["status"] for _ in range(2)]

        assert statuses == ["IN_PROGRESS", "SUCCESS"]

    def test_many_images_take_five_moves(self, imagebuilder, lifecycle, images):
        images(23)
        execution = lifecycle.start(a_policy(imagebuilder))

        moves = [lifecycle.advance(execution) for _ in range(5)]

        assert moves == ["IN_PROGRESS"] * 4 + ["SUCCESS"]

    @pytest.mark.imagebuilder(builds="instant")
    def test_an_instant_execution_has_ended_when_it_begins(self, imagebuilder, lifecycle, images):
        images(3)

        execution = lifecycle.start(a_policy(imagebuilder))

        assert the_execution(imagebuilder, execution)["state"] == {"status": "SUCCESS"}

    @pytest.mark.imagebuilder(builds="held")
    def test_a_held_execution_waits_for_the_test(
        self, imagebuilder, imagebuilder_mock, lifecycle, images
    ):
        images(2)
        execution = lifecycle.start(a_policy(imagebuilder))
        imagebuilder_mock.clock.advance(hours=1)
        for _ in range(3):
            assert the_execution(imagebuilder, execution)["state"] == {"status": "IN_PROGRESS"}

        assert [lifecycle.advance(execution), lifecycle.advance(execution)] == [
            "IN_PROGRESS",
            "SUCCESS",
        ]

    @pytest.mark.imagebuilder(builds="clock")
    def test_by_the_clock_a_move_takes_a_minute(
        self, imagebuilder, imagebuilder_mock, lifecycle, images
    ):
        images(2)
        execution = lifecycle.start(a_policy(imagebuilder))
        imagebuilder_mock.clock.advance(seconds=119)
        assert the_execution(imagebuilder, execution)["state"] == {"status": "IN_PROGRESS"}

        imagebuilder_mock.clock.advance(seconds=1)

        shown = the_execution(imagebuilder, execution)
        assert shown["state"] == {"status": "SUCCESS"}
        assert shown["endTime"] - shown["startTime"] == timedelta(minutes=2)

    @needs_output(RESOURCES, "resources.endTime")
    @pytest.mark.imagebuilder(builds="clock")
    def test_each_image_has_its_time(self, imagebuilder, imagebuilder_mock, lifecycle, images):
        images(2)
        execution = lifecycle.start(a_policy(imagebuilder))
        imagebuilder_mock.clock.advance(minutes=5)

        times = [each["endTime"] - NOW for each in resources_of(imagebuilder, execution)]
        assert times == [timedelta(minutes=1), timedelta(minutes=2)]


class TestCancel:
    def test_in_the_middle_what_was_done_stays(self, imagebuilder, lifecycle, images):
        newest, *others = images(3)
        execution = lifecycle.start(a_policy(imagebuilder, a_rule("DEPRECATE", include=("amis",))))
        lifecycle.advance(execution)

        answer = imagebuilder.cancel_lifecycle_execution(lifecycleExecutionId=execution)

        assert answer["lifecycleExecutionId"] == execution
        assert the_execution(imagebuilder, execution)["state"] == {"status": "CANCELLING"}
        assert the_execution(imagebuilder, execution)["state"] == {"status": "CANCELLED"}
        assert state_of(imagebuilder, newest) == "DEPRECATED"
        assert [state_of(imagebuilder, image) for image in others] == ["AVAILABLE"] * 2
        first, *rest = resources_of(imagebuilder, execution)
        assert first["state"] == {"status": "SUCCESS"}
        cancelled = {"status": "SKIPPED", "reason": "The lifecycle execution was cancelled."}
        assert [each["state"] for each in rest] == [cancelled] * 2
        assert resources_of(imagebuilder, execution, others[0])[0]["state"] == cancelled

    def test_twice_is_no_error_while_it_is_being_cancelled(self, imagebuilder, lifecycle, images):
        images(1)
        execution = lifecycle.start(a_policy(imagebuilder))
        for token in ("one", "two"):
            imagebuilder.cancel_lifecycle_execution(
                lifecycleExecutionId=execution, clientToken=token
            )

        assert lifecycle.advance(execution) == "CANCELLED"

    def test_what_has_ended_is_refused(self, imagebuilder, lifecycle, refused):
        execution = lifecycle.run(a_policy(imagebuilder))

        refusal = refused(imagebuilder.cancel_lifecycle_execution, lifecycleExecutionId=execution)

        assert refusal == invalid_value(
            "lifecycleExecutionId",
            "The lifecycle execution is in the state 'SUCCESS', in which it cannot be cancelled.",
        )

    def test_a_paused_execution_can_be_cancelled(self, imagebuilder, lifecycle, images):
        images(1)
        execution = lifecycle.start(a_policy(imagebuilder))
        lifecycle.pause(execution)
        imagebuilder.cancel_lifecycle_execution(lifecycleExecutionId=execution)

        assert lifecycle.advance(execution) == "CANCELLED"

    @pytest.mark.parametrize("how", ["disable", "delete"])
    def test_the_end_of_a_policy_cancels_its_run(
        self, imagebuilder, imagebuilder_mock, lifecycle, images, how
    ):
        [image] = images(1)
        request = a_policy_request()
        policy = a_policy(imagebuilder, **request)
        execution = lifecycle.start(policy)

        if how == "delete":
            imagebuilder.delete_lifecycle_policy(lifecyclePolicyArn=policy)
        else:
            del request["name"]
            imagebuilder.update_lifecycle_policy(
                lifecyclePolicyArn=policy, status="DISABLED", **request
            )

        imagebuilder_mock.clock.advance(days=2)
        assert the_execution(imagebuilder, execution)["state"] == {"status": "CANCELLED"}
        assert [run["lifecycleExecutionId"] for run in runs_of(imagebuilder, policy)] == [execution]
        assert state_of(imagebuilder, image) == "AVAILABLE"

    @pytest.mark.imagebuilder(builds="clock")
    def test_by_the_clock_it_takes_a_move(self, imagebuilder, imagebuilder_mock, lifecycle, images):
        images(2)
        execution = lifecycle.start(a_policy(imagebuilder))
        imagebuilder.cancel_lifecycle_execution(lifecycleExecutionId=execution)
        assert the_execution(imagebuilder, execution)["state"] == {"status": "CANCELLING"}

        imagebuilder_mock.clock.advance(minutes=1)

        assert the_execution(imagebuilder, execution)["state"] == {"status": "CANCELLED"}
