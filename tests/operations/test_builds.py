"""From PENDING to AVAILABLE: what moves a build, and in which order."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from tests.build_views import status, the_image
from tests.builders import a_build, a_distribution, a_full_recipe, a_pipeline

A_TIME = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone.utc)
STAGES = [
    "PENDING",
    "CREATING",
    "BUILDING",
    "TESTING",
    "DISTRIBUTING",
    "INTEGRATING",
    "AVAILABLE",
]


each_mode = pytest.mark.parametrize(
    (),
    [
        pytest.param(marks=pytest.mark.imagebuilder(builds=mode), id=mode)
        for mode in ("observed", "instant", "clock", "held")
    ],
)


def places(amis):
    return [(ami["region"], ami["accountId"]) for ami in amis]


class TestObserved:
    """The default: each look moves a build one stage on."""

    def test_each_answer_shows_the_next_stage(self, imagebuilder):
        arn = a_build(imagebuilder)

        assert [status(imagebuilder, arn) for _ in range(8)] == [*STAGES, "AVAILABLE"]

    def test_a_list_with_states_is_a_look(self, imagebuilder):
        version = a_build(imagebuilder).rpartition("/")[0]

        def listed():
            answer = imagebuilder.list_image_build_versions(imageVersionArn=version)
            return answer["imageSummaryList"][0]["state"]["status"]

        assert [listed() for _ in range(7)] == STAGES

    def test_a_list_of_a_pipelines_images_is_a_look(self, imagebuilder):
        pipeline = a_pipeline(imagebuilder)
        imagebuilder.start_image_pipeline_execution(imagePipelineArn=pipeline)

        def listed():
            answer = imagebuilder.list_image_pipeline_images(imagePipelineArn=pipeline)
            return answer["imageSummaryList"][0]["state"]["status"]

        assert [listed() for _ in range(7)] == STAGES

    def test_a_list_without_states_is_none(self, imagebuilder):
        arn = a_build(imagebuilder)

        for _ in range(3):
            imagebuilder.list_images()

        assert status(imagebuilder, arn) == "PENDING"

    def test_other_builds_stay_where_they_are(self, imagebuilder):
        seen, other = a_build(imagebuilder), a_build(imagebuilder)

        for _ in range(3):
            status(imagebuilder, seen)

        assert status(imagebuilder, other) == "PENDING"

    def test_a_refused_look_is_none(self, imagebuilder, refused):
        arn = a_build(imagebuilder)

        refused(imagebuilder.get_image, imageBuildVersionArn=arn.rpartition("/")[0])

        assert status(imagebuilder, arn) == "PENDING"


class TestOtherModes:
    @pytest.mark.imagebuilder(builds="instant")
    def test_instant_builds_are_available_at_once(self, imagebuilder):
        arn = a_build(imagebuilder)

        assert status(imagebuilder, arn) == "AVAILABLE"

    @pytest.mark.imagebuilder(builds="held")
    def test_held_builds_wait_for_the_test(self, imagebuilder, imagebuilder_mock):
        arn = a_build(imagebuilder)

        for stage in STAGES[:-1]:
            assert status(imagebuilder, arn) == status(imagebuilder, arn) == stage
            imagebuilder_mock.clock.advance(days=1)
            imagebuilder_mock.builds.advance(arn)

        assert status(imagebuilder, arn) == "AVAILABLE"

    @pytest.mark.imagebuilder(builds="clock", now=A_TIME)
    def test_in_the_clock_mode_a_build_takes_its_time(self, imagebuilder, imagebuilder_mock):
        """Without a distribution configuration hardly any is DISTRIBUTING (aws-samples, 2026)."""
        arn = a_build(imagebuilder, imageRecipeArn=a_full_recipe(imagebuilder))

        stages = [status(imagebuilder, arn), status(imagebuilder, arn)]
        for passed in (
            {"seconds": 1},
            {"milliseconds": 450},
            {"minutes": 9, "seconds": 16},
            {"seconds": 1},
            {"minutes": 5, "seconds": 17},
            {"seconds": 1},
            {"milliseconds": 999},
            {"milliseconds": 1},
        ):
            imagebuilder_mock.clock.move_to(imagebuilder_mock.clock.now() + timedelta(**passed))
            stages.append(status(imagebuilder, arn))

        assert stages == [
            "PENDING",
            "PENDING",
            "CREATING",
            "BUILDING",
            "BUILDING",
            "TESTING",
            "DISTRIBUTING",
            "INTEGRATING",
            "INTEGRATING",
            "AVAILABLE",
        ]

    @each_mode
    def test_all_modes_make_the_same(self, imagebuilder, imagebuilder_mock):
        distribution = a_distribution(imagebuilder, "us-east-1", "eu-west-1")
        arn = a_build(imagebuilder, distributionConfigurationArn=distribution)
        imagebuilder_mock.builds.finish_all()

        image = the_image(imagebuilder, arn)

        assert image["osVersion"] == "Amazon Linux 2023"
        assert places(image["outputResources"]["amis"]) == [
            ("us-east-1", "123456789012"),
            ("eu-west-1", "123456789012"),
        ]


class TestTests:
    def test_without_tests_there_is_no_testing(self, imagebuilder):
        arn = a_build(imagebuilder, imageTestsConfiguration={"imageTestsEnabled": False})

        assert [status(imagebuilder, arn) for _ in range(6)] == [
            stage for stage in STAGES if stage != "TESTING"
        ]

    def test_a_pipeline_says_so_for_its_builds(self, imagebuilder):
        pipeline = a_pipeline(imagebuilder, imageTestsConfiguration={"imageTestsEnabled": False})
        arn = imagebuilder.start_image_pipeline_execution(imagePipelineArn=pipeline)[
            "imageBuildVersionArn"
        ]

        assert "TESTING" not in [status(imagebuilder, arn) for _ in range(7)]


@pytest.mark.imagebuilder(builds="held")
class TestEndsBeforeTheEnd:
    @pytest.mark.parametrize("end", ["fail", "cancel"])
    @pytest.mark.parametrize(("stage", "made"), [(0, 0), (2, 0), (3, 1), (4, 1), (5, 2)])
    def test_what_was_made_so_far_stays(self, imagebuilder, imagebuilder_mock, end, stage, made):
        """Source: API reference, CancelImageCreation."""
        distribution = a_distribution(imagebuilder, "us-east-1", "eu-west-1")
        arn = a_build(imagebuilder, distributionConfigurationArn=distribution)
        for _ in range(stage):
            imagebuilder_mock.builds.advance(arn)

        if end == "fail":
            imagebuilder_mock.builds.fail(arn)
        else:
            imagebuilder.cancel_image_creation(imageBuildVersionArn=arn)

        assert len(the_image(imagebuilder, arn)["outputResources"]["amis"]) == made
