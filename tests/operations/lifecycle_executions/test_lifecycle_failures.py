"""Runs that do not do all that they set out to do: refusals, changes meanwhile, pipelines."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import a_build, a_pipeline, a_recipe
from tests.container_builders import a_container_recipe
from tests.lifecycle_builders import (
    a_count,
    a_policy,
    a_rule,
    resources_of,
    state_of,
    the_execution,
)
from tests.operations.lifecycle_executions.conftest import DELETE_ALL, NOW
from tests.refusals import invalid_value, refusal_of

pytestmark = pytest.mark.imagebuilder(now=NOW)


class TestFailures:
    def test_what_was_done_stays_and_the_next_run_ends_it(
        self, imagebuilder, imagebuilder_mock, images
    ):
        good, bad = images(2, regions=["eu-west-1"])
        first, second = imagebuilder_mock.images.amis(bad)
        imagebuilder_mock.images.refuse(second.image_id, action="DELETE", message="Not now.")
        policy = a_policy(imagebuilder, DELETE_ALL)

        execution = imagebuilder_mock.lifecycle.run(policy)

        assert the_execution(imagebuilder, execution)["state"] == {
            "status": "FAILED",
            "reason": "One or more resource actions encountered an error.",
        }
        reason = "The action failed for one or more of the resources that the image made."
        assert [each["state"] for each in resources_of(imagebuilder, execution)] == [
            {"status": "SUCCESS"},
            {"status": "FAILED", "reason": reason},
        ]
        here, there = resources_of(imagebuilder, execution, bad)
        assert here["state"] == {"status": "SUCCESS"}
        assert there["state"] == {"status": "FAILED", "reason": "Not now."}
        assert (first.state, second.state) == ("deregistered", "available")
        assert state_of(imagebuilder, bad) == "AVAILABLE"
        assert imagebuilder_mock.images.ami(first.image_id).snapshots == ()
        with pytest.raises(imagebuilder.exceptions.ResourceNotFoundException):
            imagebuilder.get_image(imageBuildVersionArn=good)

        imagebuilder_mock.images.allow(second.image_id)
        again = imagebuilder_mock.lifecycle.run(policy)

        assert the_execution(imagebuilder, again)["state"] == {"status": "SUCCESS"}
        assert second.state == "deregistered"

    def test_a_snapshot_that_refuses_fails_its_image(self, imagebuilder, imagebuilder_mock, images):
        [image] = images(1)
        [ami] = imagebuilder_mock.images.amis(image)
        [snapshot] = ami.snapshots
        imagebuilder_mock.images.refuse(snapshot, message="In use.")

        execution = imagebuilder_mock.lifecycle.run(a_policy(imagebuilder, DELETE_ALL))

        [resource] = resources_of(imagebuilder, execution, image)
        assert resource["state"] == {"status": "SUCCESS"}
        assert resource["snapshots"][0]["state"] == {"status": "FAILED", "reason": "In use."}
        assert the_execution(imagebuilder, execution)["state"]["status"] == "FAILED"
        assert (ami.state, ami.snapshots) == ("deregistered", (snapshot,))
        assert state_of(imagebuilder, image) == "AVAILABLE"

    @pytest.mark.parametrize("action", ["DEPRECATE", "DISABLE"])
    def test_an_image_keeps_its_state_if_an_ami_refuses(
        self, imagebuilder, imagebuilder_mock, images, action
    ):
        [image] = images(1)
        [ami] = imagebuilder_mock.images.amis(image)
        imagebuilder_mock.images.refuse(ami.image_id)

        execution = imagebuilder_mock.lifecycle.run(
            a_policy(imagebuilder, a_rule(action, include=("amis",)))
        )

        assert the_execution(imagebuilder, execution)["state"]["status"] == "FAILED"
        assert state_of(imagebuilder, image) == "AVAILABLE"
        assert (ami.state, ami.deprecation_time) == ("available", None)

    def test_a_container_image_that_refuses_fails_its_image(self, imagebuilder, imagebuilder_mock):
        image = imagebuilder_mock.images.add(
            recipe=a_container_recipe(imagebuilder, name="web"), created=NOW - timedelta(days=100)
        )
        shown = imagebuilder.get_image(imageBuildVersionArn=image)["image"]
        [uri, _] = shown["outputResources"]["containers"][0]["imageUris"]
        imagebuilder_mock.images.refuse(uri, action="DELETE", message="Denied.")
        rule = a_rule("DELETE", include=("containers",))

        execution = imagebuilder_mock.lifecycle.run(
            a_policy(imagebuilder, rule, resourceType="CONTAINER_IMAGE")
        )

        [resource] = resources_of(imagebuilder, execution, image)
        assert resource["state"] == {"status": "FAILED", "reason": "Denied."}
        assert state_of(imagebuilder, image) == "AVAILABLE"

    def test_a_shared_image_cannot_be_deleted(self, imagebuilder, imagebuilder_mock, images):
        [image] = images(1)
        share(imagebuilder, image)

        execution = imagebuilder_mock.lifecycle.run(a_policy(imagebuilder, DELETE_ALL))

        reason = (
            f"Resource dependency error: The resource ARN '{image}' has other resources depended "
            "on it."
        )
        failed = {"status": "FAILED", "reason": reason}
        [resource] = resources_of(imagebuilder, execution)
        [output] = resources_of(imagebuilder, execution, image)
        assert resource["state"] == output["state"] == output["snapshots"][0]["state"] == failed
        assert imagebuilder_mock.images.amis(image)[0].state == "available"

    def test_a_shared_image_can_be_deprecated(self, imagebuilder, lifecycle, images):
        [image] = images(1)
        share(imagebuilder, image)

        lifecycle.run(a_policy(imagebuilder))

        assert state_of(imagebuilder, image) == "DEPRECATED"

    def test_the_base_of_a_recipe_cannot_be_deleted(self, imagebuilder, lifecycle, images):
        [image] = images(1)
        a_recipe(imagebuilder, parentImage=image)

        execution = lifecycle.run(a_policy(imagebuilder, a_rule("DELETE")))

        assert the_execution(imagebuilder, execution)["state"]["status"] == "FAILED"
        assert state_of(imagebuilder, image) == "AVAILABLE"


def share(client, image):
    client.put_image_policy(
        imageArn=image,
        policy=(
            '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": '
            '{"AWS": "210987654321"}, "Action": ["imagebuilder:GetImage"], '
            f'"Resource": "{image}"}}]}}'
        ),
    )


class TestChangesMeanwhile:
    """User guide, lifecycle-policy-execution: what is gone, or is so already, is a success."""

    def test_an_image_that_was_deleted(self, imagebuilder, imagebuilder_mock, images):
        [image] = images(1)
        [ami] = imagebuilder_mock.images.amis(image)
        execution = imagebuilder_mock.lifecycle.start(a_policy(imagebuilder, DELETE_ALL))
        imagebuilder.delete_image(imageBuildVersionArn=image)

        assert imagebuilder_mock.lifecycle.advance(execution) == "SUCCESS"

        assert ami.state == "deregistered"

    def test_an_ami_that_was_deregistered(self, imagebuilder, imagebuilder_mock, images):
        image, other = images(2)
        imagebuilder_mock.images.amis(image)[0].state = "deregistered"

        execution = imagebuilder_mock.lifecycle.run(
            a_policy(imagebuilder, a_rule("DISABLE", include=("amis",)))
        )

        assert the_execution(imagebuilder, execution)["state"] == {"status": "SUCCESS"}
        states = [imagebuilder_mock.images.amis(each)[0].state for each in (image, other)]
        assert states == ["deregistered", "disabled"]

    def test_an_image_that_is_in_the_state_already(self, imagebuilder, lifecycle, images):
        [image] = images(1)
        execution = lifecycle.start(a_policy(imagebuilder))
        imagebuilder.start_resource_state_update(resourceArn=image, state={"status": "DEPRECATED"})

        assert lifecycle.advance(execution) == "SUCCESS"

    @pytest.mark.parametrize("action", ["DEPRECATE", "DISABLE"])
    def test_an_ami_that_is_so_already(self, imagebuilder, imagebuilder_mock, images, action):
        [image] = images(1)
        [ami] = imagebuilder_mock.images.amis(image)
        before = NOW - timedelta(days=1)
        ami.state, ami.deprecation_time = "disabled", before
        imagebuilder_mock.images.refuse(ami.image_id)

        execution = imagebuilder_mock.lifecycle.run(
            a_policy(imagebuilder, a_rule(action, include=("amis",)))
        )

        assert the_execution(imagebuilder, execution)["state"] == {"status": "SUCCESS"}
        assert (ami.state, ami.deprecation_time) == ("disabled", before)

    def test_an_ami_that_ec2_does_not_know(self, imagebuilder, imagebuilder_mock, images):
        [image] = images(1)
        imagebuilder_mock.images.amis(image)[0].region = "eu-west-1"

        execution = imagebuilder_mock.lifecycle.run(a_policy(imagebuilder, DELETE_ALL))

        assert the_execution(imagebuilder, execution)["state"] == {"status": "SUCCESS"}

    def test_an_image_that_two_executions_have(self, imagebuilder, lifecycle, images):
        [image] = images(1)
        waiting = imagebuilder.start_resource_state_update(
            resourceArn=image, state={"status": "DEPRECATED"}, updateAt=NOW + timedelta(days=9)
        )["lifecycleExecutionId"]
        lifecycle.run(a_policy(imagebuilder))

        refusal = refusal_of(
            imagebuilder.start_resource_state_update,
            resourceArn=image,
            state={"status": "DISABLED"},
            executionRole="role",
            includeResources={"amis": True},
        )

        assert refusal.code == "ResourceInUseException"
        lifecycle.complete(waiting)
        assert the_execution(imagebuilder, waiting)["state"] == {"status": "SUCCESS"}

    def test_an_image_that_went_further(self, imagebuilder, lifecycle, images):
        [image] = images(1)
        execution = lifecycle.start(a_policy(imagebuilder))
        imagebuilder.start_resource_state_update(resourceArn=image, state={"status": "DISABLED"})

        assert lifecycle.advance(execution) == "FAILED"

        [resource] = resources_of(imagebuilder, execution)
        assert resource["state"]["reason"] == (
            "An image in the state 'DISABLED' cannot be moved to the state 'DEPRECATED'."
        )
        assert state_of(imagebuilder, image) == "DISABLED"


class TestPipelines:
    """User guide, image-lifecycle-rules: pipelines run for deprecated images, not for disabled."""

    def test_a_deprecated_base_image_is_built_on(self, imagebuilder, images):
        [image] = images(1, state="DEPRECATED")
        pipeline = a_pipeline(
            imagebuilder, imageRecipeArn=a_recipe(imagebuilder, parentImage=image)
        )

        answer = imagebuilder.start_image_pipeline_execution(imagePipelineArn=pipeline)

        assert state_of(imagebuilder, answer["imageBuildVersionArn"]) == "PENDING"

    def test_a_disabled_base_image_is_not(self, imagebuilder, imagebuilder_mock, images, refused):
        [image] = images(1)
        recipe = a_recipe(imagebuilder, parentImage=image)
        schedule = {
            "scheduleExpression": "rate(1 day)",
            "pipelineExecutionStartCondition": "EXPRESSION_MATCH_ONLY",
        }
        pipeline = a_pipeline(imagebuilder, imageRecipeArn=recipe, schedule=schedule)
        imagebuilder_mock.lifecycle.run(a_policy(imagebuilder, a_rule("DISABLE")))

        refusal = refused(imagebuilder.start_image_pipeline_execution, imagePipelineArn=pipeline)
        imagebuilder_mock.clock.advance(days=2)

        assert refusal == invalid_value("parentImage", f"The image '{image}' is DISABLED.")
        images = imagebuilder.list_image_pipeline_images(imagePipelineArn=pipeline)
        assert images["imageSummaryList"] == []

    def test_the_pipelines_own_images_are_listed_with_their_run(self, imagebuilder, lifecycle):
        recipe = a_recipe(imagebuilder, name="web")
        pipeline = a_pipeline(imagebuilder, imageRecipeArn=recipe)
        started = imagebuilder.start_image_pipeline_execution(imagePipelineArn=pipeline)
        while state_of(imagebuilder, started["imageBuildVersionArn"]) != "AVAILABLE":
            pass
        execution = imagebuilder.start_resource_state_update(
            resourceArn=started["imageBuildVersionArn"],
            state={"status": "DISABLED"},
            executionRole="role",
            includeResources={"amis": True},
        )["lifecycleExecutionId"]
        lifecycle.complete(execution)

        answer = imagebuilder.list_image_pipeline_images(imagePipelineArn=pipeline)

        [summary] = answer["imageSummaryList"]
        assert summary["state"] == {"status": "DISABLED"}
        assert summary["lifecycleExecutionId"] == execution


def test_a_build_in_progress_is_left_for_the_next_run(imagebuilder, lifecycle):
    image = a_build(imagebuilder, imageRecipeArn=a_recipe(imagebuilder, name="web"))

    execution = lifecycle.run(a_policy(imagebuilder, a_count(1)))

    assert resources_of(imagebuilder, execution) == []
    assert state_of(imagebuilder, image) == "PENDING"
