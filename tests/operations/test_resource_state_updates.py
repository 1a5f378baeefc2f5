"""StartResourceStateUpdate."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from tests.builders import OWN, a_build, a_recipe
from tests.container_builders import a_container_recipe
from tests.lifecycle_builders import resources_of, state_of, the_execution
from tests.refusals import Refusal, invalid_combination, invalid_value, not_found, over_quota

NOW = datetime(2026, 6, 1, tzinfo=timezone.utc)
ROLE = {"executionRole": "role"}
AMIS = {**ROLE, "includeResources": {"amis": True}}
ALL = {**ROLE, "includeResources": {"amis": True, "snapshots": True}}

# User guide, image-lifecycle-rules, "Allowed resource state transitions".
ALLOWED = {
    ("AVAILABLE", "DEPRECATED"),
    ("AVAILABLE", "DISABLED"),
    ("DEPRECATED", "DISABLED"),
    ("DEPRECATED", "AVAILABLE"),
    ("DISABLED", "AVAILABLE"),
    *((status, "DELETED") for status in ("AVAILABLE", "DEPRECATED", "DISABLED")),
    *((status, "DELETED") for status in ("FAILED", "CANCELLED")),
}

pytestmark = pytest.mark.imagebuilder(now=NOW)


@pytest.fixture
def image(imagebuilder, imagebuilder_mock):
    """Makes an image in a state."""

    def make(state="AVAILABLE", **options):
        return imagebuilder_mock.images.add(recipe=a_recipe(imagebuilder), state=state, **options)

    return make


@pytest.fixture
def update(imagebuilder):
    def call(arn, status, **params):
        return imagebuilder.start_resource_state_update(
            resourceArn=arn, state={"status": status}, **params
        )

    return call


@pytest.fixture
def refusal(imagebuilder, refused):
    def call(arn, status, **params):
        return refused(
            imagebuilder.start_resource_state_update,
            resourceArn=arn,
            state={"status": status},
            **params,
        )

    return call


@pytest.mark.parametrize("target", ["AVAILABLE", "DEPRECATED", "DISABLED", "DELETED"])
@pytest.mark.parametrize("status", ["AVAILABLE", "DEPRECATED", "DISABLED", "FAILED", "CANCELLED"])
@pytest.mark.imagebuilder(builds="instant", now=NOW)
def test_who_may_go_where(imagebuilder, image, update, refusal, status, target):
    arn = image(status)
    params = ALL if target == "DELETED" else {}

    if (status, target) not in ALLOWED:
        refused = refusal(arn, target, **params)
        assert refused.code == "InvalidParameterValueException"
        assert "'state.status'" in refused.message
        return

    update(arn, target, **params)

    if target == "DELETED":
        with pytest.raises(imagebuilder.exceptions.ResourceNotFoundException):
            state_of(imagebuilder, arn)
    else:
        assert state_of(imagebuilder, arn) == target


class TestAtOnce:
    def test_the_image_alone_is_changed_at_once(
        self, imagebuilder, imagebuilder_mock, image, update
    ):
        arn = image()

        answer = update(arn, "DEPRECATED")

        del answer["ResponseMetadata"]
        assert answer == {"resourceArn": arn}
        shown = imagebuilder.get_image(imageBuildVersionArn=arn)["image"]
        assert shown["state"] == {"status": "DEPRECATED"}
        assert shown["deprecationTime"] == NOW
        assert imagebuilder_mock.images.amis(arn)[0].deprecation_time is None
        assert imagebuilder.list_lifecycle_executions(resourceArn=arn)["lifecycleExecutions"] == []

    def test_available_again_it_has_no_deprecation_time(self, imagebuilder, image, update):
        arn = image("DEPRECATED")

        update(arn, "AVAILABLE")

        shown = imagebuilder.get_image(imageBuildVersionArn=arn)["image"]
        assert shown["state"] == {"status": "AVAILABLE"}
        assert "deprecationTime" not in shown

    def test_what_includes_nothing_is_done_at_once(self, imagebuilder, image, update):
        arn = image()

        answer = update(arn, "DISABLED", **ROLE, includeResources={"amis": False})

        assert "lifecycleExecutionId" not in answer
        assert state_of(imagebuilder, arn) == "DISABLED"

    def test_a_repeated_request_is_done_once(self, image, update):
        arn = image()
        first = update(arn, "DEPRECATED", clientToken="t")

        assert update(arn, "DEPRECATED", clientToken="t")["resourceArn"] == first["resourceArn"]


class TestExecution:
    def test_amis_go_with_their_image(self, imagebuilder, imagebuilder_mock, image, update):
        arn = image(regions=["eu-west-1"])

        answer = update(arn, "DISABLED", **AMIS)

        assert answer["resourceArn"] == arn
        execution = answer["lifecycleExecutionId"]
        assert the_execution(imagebuilder, execution) == {
            "lifecycleExecutionId": execution,
            "resourcesImpactedSummary": {"hasImpactedResources": True},
            "state": {"status": "IN_PROGRESS"},
            "startTime": NOW,
        }
        [run] = imagebuilder.list_lifecycle_executions(resourceArn=arn)["lifecycleExecutions"]
        assert run == {**the_execution(imagebuilder, execution)}
        assert run["state"] == {"status": "SUCCESS"}
        [resource] = resources_of(imagebuilder, execution)
        assert resource["action"] == {
            "name": "DISABLE",
            "reason": "The update was requested with StartResourceStateUpdate.",
        }
        shown = imagebuilder.get_image(imageBuildVersionArn=arn)["image"]
        assert shown["state"] == {"status": "DISABLED"}
        assert shown["lifecycleExecutionId"] == execution
        assert {ami.state for ami in imagebuilder_mock.images.amis(arn)} == {"disabled"}

    @pytest.mark.imagebuilder(builds="instant", now=NOW)
    def test_amis_become_available_again(self, imagebuilder_mock, image, update):
        arn = image()
        [ami] = imagebuilder_mock.images.amis(arn)
        update(arn, "DEPRECATED", **AMIS)
        assert (ami.deprecation_time, ami.tags["DeprecatedBy"]) == (NOW, "EC2 Image Builder")
        update(arn, "DISABLED", **AMIS)
        assert ami.state == "disabled"

        update(arn, "AVAILABLE", **AMIS)

        assert (ami.state, ami.deprecation_time) == ("available", None)
        assert "DeprecatedBy" not in ami.tags

    @pytest.mark.imagebuilder(builds="instant", now=NOW)
    def test_containers_are_deleted(self, imagebuilder, imagebuilder_mock, update):
        arn = imagebuilder_mock.images.add(recipe=a_container_recipe(imagebuilder))

        answer = update(arn, "DELETED", **ROLE, includeResources={"containers": True})

        [resource] = resources_of(imagebuilder, answer["lifecycleExecutionId"], arn)
        fixed, named = resource["imageUris"]
        assert (fixed, named.endswith("-1.0.0-1")) == (resource["resourceId"], True)
        assert resource["action"]["name"] == "DELETE"

    @pytest.mark.imagebuilder(builds="instant", now=NOW)
    def test_an_excluded_ami_keeps_an_image_from_being_deleted(
        self, imagebuilder, imagebuilder_mock, image, update
    ):
        arn = image(regions=["eu-west-1"])
        exclusions = {"exclusionRules": {"amis": {"regions": ["eu-west-1"]}}}

        execution = update(arn, "DELETED", **ALL, **exclusions)["lifecycleExecutionId"]

        states = [ami.state for ami in imagebuilder_mock.images.amis(arn)]
        assert states == ["deregistered", "available"]
        assert state_of(imagebuilder, arn) == "AVAILABLE"
        assert the_execution(imagebuilder, execution)["state"] == {"status": "SUCCESS"}

    @pytest.mark.parametrize("target", ["DEPRECATED", "DISABLED"])
    @pytest.mark.imagebuilder(builds="instant", now=NOW)
    def test_an_excluded_ami_keeps_no_image_in_its_state(
        self, imagebuilder, imagebuilder_mock, image, update, target
    ):
        arn = image(public=True)
        exclusions = {"exclusionRules": {"amis": {"isPublic": True}}}

        update(arn, target, **AMIS, **exclusions)

        assert state_of(imagebuilder, arn) == target
        [ami] = imagebuilder_mock.images.amis(arn)
        assert (ami.state, ami.public, ami.deprecation_time) == ("available", True, None)


class TestScheduled:
    AT = NOW + timedelta(days=10)

    def test_amis_know_at_once_and_the_image_changes_then(
        self, imagebuilder, imagebuilder_mock, image, update
    ):
        arn = image(regions=["eu-west-1"])
        exclusions = {"exclusionRules": {"amis": {"regions": ["eu-west-1"]}}}

        answer = update(arn, "DEPRECATED", updateAt=self.AT, **AMIS, **exclusions)

        execution = answer["lifecycleExecutionId"]
        for _ in range(3):
            assert the_execution(imagebuilder, execution) == {
                "lifecycleExecutionId": execution,
                "resourcesImpactedSummary": {"hasImpactedResources": False},
                "state": {"status": "IN_PROGRESS"},
                "startTime": NOW,
            }
        assert resources_of(imagebuilder, execution) == []
        shown = imagebuilder.get_image(imageBuildVersionArn=arn)["image"]
        assert (shown["state"], shown["deprecationTime"]) == ({"status": "AVAILABLE"}, self.AT)
        here, there = imagebuilder_mock.images.amis(arn)
        assert (here.deprecation_time, there.deprecation_time) == (self.AT, None)

        imagebuilder_mock.clock.move_to(self.AT)

        shown = imagebuilder.get_image(imageBuildVersionArn=arn)["image"]
        assert (shown["state"], shown["deprecationTime"]) == ({"status": "DEPRECATED"}, self.AT)
        assert the_execution(imagebuilder, execution)["state"] == {"status": "SUCCESS"}
        states = [each["state"]["status"] for each in resources_of(imagebuilder, execution, arn)]
        assert states == ["SUCCESS", "SKIPPED"]
        assert here.tags["DeprecatedBy"] == "EC2 Image Builder"

    def test_without_resources_it_is_an_execution_too(
        self, imagebuilder, imagebuilder_mock, image, update
    ):
        arn = image()

        answer = update(arn, "DEPRECATED", updateAt=self.AT)

        assert answer["lifecycleExecutionId"] in imagebuilder_mock.lifecycle.running
        imagebuilder_mock.clock.move_to(self.AT)
        assert state_of(imagebuilder, arn) == "DEPRECATED"

    def test_it_can_be_cancelled(self, imagebuilder, imagebuilder_mock, image, update):
        arn = image()
        execution = update(arn, "DEPRECATED", updateAt=self.AT, **AMIS)["lifecycleExecutionId"]

        imagebuilder.cancel_lifecycle_execution(lifecycleExecutionId=execution)

        imagebuilder_mock.clock.move_to(self.AT)
        shown = imagebuilder.get_image(imageBuildVersionArn=arn)["image"]
        assert shown["state"] == {"status": "AVAILABLE"}
        assert "deprecationTime" not in shown
        assert the_execution(imagebuilder, execution)["state"] == {"status": "CANCELLED"}

    def test_an_ami_that_refuses_fails_it_when_the_time_has_come(
        self, imagebuilder, imagebuilder_mock, image, update
    ):
        arn = image()
        [ami] = imagebuilder_mock.images.amis(arn)
        imagebuilder_mock.images.refuse(ami.image_id)

        execution = update(arn, "DEPRECATED", updateAt=self.AT, **AMIS)["lifecycleExecutionId"]

        assert ami.deprecation_time is None
        imagebuilder_mock.clock.move_to(self.AT)
        assert the_execution(imagebuilder, execution)["state"]["status"] == "FAILED"
        shown = imagebuilder.get_image(imageBuildVersionArn=arn)["image"]
        assert shown["state"] == {"status": "AVAILABLE"}
        assert "deprecationTime" not in shown

    @pytest.mark.imagebuilder(builds="held", now=NOW)
    def test_held_it_waits_for_the_test(self, imagebuilder, imagebuilder_mock, image, update):
        arn = image()
        execution = update(arn, "DEPRECATED", updateAt=self.AT)["lifecycleExecutionId"]

        imagebuilder_mock.clock.move_to(self.AT)

        assert state_of(imagebuilder, arn) == "AVAILABLE"
        assert len(resources_of(imagebuilder, execution)) == 1
        assert imagebuilder_mock.lifecycle.advance(execution) == "SUCCESS"

    @pytest.mark.imagebuilder(builds="held", now=NOW)
    def test_held_it_can_be_cancelled_when_its_time_has_come(
        self, imagebuilder, imagebuilder_mock, image, update
    ):
        arn = image()
        execution = update(arn, "DEPRECATED", updateAt=self.AT)["lifecycleExecutionId"]
        imagebuilder_mock.clock.move_to(self.AT)

        imagebuilder.cancel_lifecycle_execution(lifecycleExecutionId=execution)

        assert "deprecationTime" not in imagebuilder.get_image(imageBuildVersionArn=arn)["image"]

    def test_it_takes_nothing_from_an_image_that_was_deprecated_meanwhile(
        self, imagebuilder, image, update
    ):
        arn = image()
        execution = update(arn, "DEPRECATED", updateAt=self.AT)["lifecycleExecutionId"]
        update(arn, "DEPRECATED")

        imagebuilder.cancel_lifecycle_execution(lifecycleExecutionId=execution)

        shown = imagebuilder.get_image(imageBuildVersionArn=arn)["image"]
        assert shown["deprecationTime"] == NOW

    def test_an_image_that_was_deleted_meanwhile_is_a_success(
        self, imagebuilder, imagebuilder_mock, image, update
    ):
        arn = image()
        execution = update(arn, "DEPRECATED", updateAt=self.AT)["lifecycleExecutionId"]
        imagebuilder.delete_image(imageBuildVersionArn=arn)

        imagebuilder_mock.clock.move_to(self.AT)

        assert the_execution(imagebuilder, execution)["state"] == {"status": "SUCCESS"}

    def test_it_can_be_cancelled_after_its_image_is_gone(self, imagebuilder, image, update):
        arn = image()
        execution = update(arn, "DEPRECATED", updateAt=self.AT)["lifecycleExecutionId"]
        imagebuilder.delete_image(imageBuildVersionArn=arn)

        imagebuilder.cancel_lifecycle_execution(lifecycleExecutionId=execution)

        assert the_execution(imagebuilder, execution)["state"] == {"status": "CANCELLING"}


TOGETHER = "You must specify 'executionRole' and 'includeResources' together."
NEEDS_RESOURCES = (
    "The state 'DELETED' needs at least one type of resources to include. To delete only the "
    "image, use DeleteImage."
)


def not_included(member, action, resource_type):
    return invalid_combination(
        f"includeResources.{member}",
        f"The action '{action}' cannot include '{member}' for the resource type '{resource_type}'.",
    )


class TestRefused:
    @pytest.mark.parametrize(
        ("target", "params", "expected"),
        [
            ("DISABLED", ROLE, invalid_combination("includeResources", TOGETHER)),
            (
                "DISABLED",
                {"includeResources": {"amis": True}},
                invalid_combination("executionRole", TOGETHER),
            ),
            ("DELETED", {}, invalid_combination("includeResources", NEEDS_RESOURCES)),
            (
                "DELETED",
                {**ROLE, "includeResources": {"amis": False}},
                invalid_combination("includeResources", NEEDS_RESOURCES),
            ),
            ("DEPRECATED", ALL, not_included("snapshots", "DEPRECATE", "AMI_IMAGE")),
            (
                "DELETED",
                {**ROLE, "includeResources": {"containers": True}},
                not_included("containers", "DELETE", "AMI_IMAGE"),
            ),
            (
                "DELETED",
                {**ROLE, "includeResources": {"snapshots": True}},
                invalid_combination(
                    "includeResources.snapshots",
                    "Snapshots can be included only together with their AMIs.",
                ),
            ),
            (
                "DISABLED",
                {"updateAt": NOW + timedelta(days=1)},
                invalid_combination(
                    "updateAt", "A time can be specified only for the state 'DEPRECATED'."
                ),
            ),
            (
                "DEPRECATED",
                {"updateAt": NOW},
                invalid_value("updateAt", "The time must be in the future."),
            ),
        ],
    )
    def test_what_does_not_go_together(self, image, refusal, target, params, expected):
        assert refusal(image(), target, **params) == expected

    def test_containers_can_only_be_deleted(self, imagebuilder, imagebuilder_mock, refusal):
        arn = imagebuilder_mock.images.add(recipe=a_container_recipe(imagebuilder))

        assert refusal(arn, "DEPRECATED") == invalid_value(
            "state.status", "The only state supported for container images is 'DELETED'."
        )
        assert refusal(arn, "DELETED", **AMIS) == not_included("amis", "DELETE", "CONTAINER_IMAGE")

    def test_a_build_in_progress(self, imagebuilder, refusal):
        assert refusal(a_build(imagebuilder), "DEPRECATED") == invalid_value(
            "resourceArn",
            "The image is in the state 'PENDING', in which its state cannot be updated.",
        )

    def test_no_state(self, imagebuilder, image, refused):
        refusal = refused(imagebuilder.start_resource_state_update, resourceArn=image(), state={})

        assert refusal == invalid_value(
            "state.status", "You must specify the state to move the image to."
        )

    def test_an_image_that_is_not_there(self, refusal):
        arn = f"{OWN}image/web/1.0.0/1"

        assert refusal(arn, "DISABLED") == not_found("Image", arn)

    @pytest.mark.parametrize("params", [{}, {"updateAt": NOW + timedelta(days=1)}])
    def test_an_image_with_an_execution_in_progress(self, image, update, refusal, params):
        arn = image()
        update(arn, "DEPRECATED", **AMIS, **params)

        assert refusal(arn, "DISABLED", **AMIS) == Refusal(
            "ResourceInUseException",
            400,
            f"The image '{arn}' has a lifecycle execution in progress.",
        )

    def test_after_it_has_ended_the_next_may_start(self, imagebuilder_mock, image, update):
        arn = image()
        execution = update(arn, "DEPRECATED", **AMIS)["lifecycleExecutionId"]
        imagebuilder_mock.lifecycle.complete(execution)

        assert "lifecycleExecutionId" in update(arn, "DISABLED", **AMIS)

    @pytest.mark.imagebuilder(builds="held", quotas={"concurrent resource state updates": 2})
    def test_too_many_at_a_time(self, imagebuilder_mock, image, update, refusal):
        first, _ = (update(image(), "DISABLED", **AMIS)["lifecycleExecutionId"] for _ in range(2))
        third = image()
        expected = over_quota("concurrent resource state updates", 2)
        assert refusal(third, "DISABLED", **AMIS) == expected
        assert "lifecycleExecutionId" not in update(image(), "DISABLED")

        imagebuilder_mock.lifecycle.complete(first)

        assert "lifecycleExecutionId" in update(third, "DISABLED", **AMIS)
