"""DistributeImage and RetryImage: parts of a build that are done again."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from tests.build_views import the_image
from tests.builders import (
    OWN,
    a_build,
    a_distribution,
    a_recipe,
    an_image,
    an_infrastructure,
    unique_name,
)
from tests.container_builders import CONTAINER_PARENT, a_container_build
from tests.model import needs_operation
from tests.refusals import invalid_value, not_found

pytestmark = needs_operation("RetryImage")

AMI = "ami-0123456789abcdef0"
A_TIME = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone.utc)


def statuses(mock, client, arn):
    """The states that a held build goes through from here on."""
    seen = [the_image(client, arn)["state"]["status"]]
    while arn in mock.builds.running:
        seen.append(mock.builds.advance(arn))
    return seen


def distribute(client, source, *regions, **params):
    answer = client.distribute_image(
        sourceImage=source,
        distributionConfigurationArn=a_distribution(client, *regions or ("eu-west-1",)),
        executionRole="distributor",
        **params,
    )
    return answer["imageBuildVersionArn"]


class TestDistributeImage:
    @pytest.mark.imagebuilder(builds="held")
    def test_it_goes_through_the_states_of_distribution_alone(
        self, imagebuilder, imagebuilder_mock
    ):
        arn = distribute(imagebuilder, AMI)

        assert statuses(imagebuilder_mock, imagebuilder, arn) == [
            "PENDING",
            "CREATING",
            "DISTRIBUTING",
            "INTEGRATING",
            "AVAILABLE",
        ]

    @pytest.mark.imagebuilder(builds="instant")
    def test_the_copies_are_the_output_and_the_source_is_not(self, imagebuilder):
        arn = distribute(imagebuilder, AMI, "us-east-1", "eu-west-1", tags={"team": "images"})

        image = the_image(imagebuilder, arn)
        assert [ami["region"] for ami in image["outputResources"]["amis"]] == ["eu-west-1"]
        assert image["tags"] == {"team": "images"}
        assert image["executionRole"] == "distributor"
        assert "imageRecipe" not in image

    def test_the_answer_has_no_request_id(self, imagebuilder):
        """Source: API reference, DistributeImage."""
        answer = imagebuilder.distribute_image(
            sourceImage=AMI,
            distributionConfigurationArn=a_distribution(imagebuilder),
            executionRole="distributor",
            clientToken="a-token",
        )

        assert set(answer) == {"imageBuildVersionArn", "clientToken", "ResponseMetadata"}
        assert answer["clientToken"] == "a-token"

    @pytest.mark.parametrize(
        ("source", "slug"),
        [
            (AMI, AMI),
            ("ssm:/golden/web.server/latest", "golden-web-server-latest"),
            (
                "arn:aws:imagebuilder:us-east-1:aws:image/amazon-linux-2023-x86/x.x.x",
                "amazon-linux-2023-x86",
            ),
        ],
        ids=["AMI", "parameter", "managed image"],
    )
    def test_the_new_image_is_named_after_its_source(self, imagebuilder, source, slug):
        assert distribute(imagebuilder, source) == f"{OWN}image/{slug}/1.0.0/1"
        assert distribute(imagebuilder, source) == f"{OWN}image/{slug}/1.0.0/2"

    @pytest.mark.imagebuilder(now=A_TIME)
    def test_of_an_ami_that_a_build_has_made_the_name_is_known(self, imagebuilder):
        """Source: awscli example, distribute-image."""
        recipe = a_recipe(imagebuilder, name="golden")
        source = the_image(imagebuilder, an_image(imagebuilder, imageRecipeArn=recipe))
        [ami] = source["outputResources"]["amis"]

        made = distribute(imagebuilder, ami["image"])

        assert ami["name"] == "golden 2026-01-02T03-04-05.678901Z"
        assert made == f"{OWN}image/golden-2026-01-02t03-04-05-678901z/1.0.0/1"

    def test_an_image_of_ones_own_hands_on_what_is_known_of_it(self, imagebuilder):
        source = an_image(imagebuilder)

        image = the_image(imagebuilder, distribute(imagebuilder, source))

        assert (image["platform"], image["osVersion"]) == ("Linux", "Amazon Linux 2023")

    @pytest.mark.imagebuilder(builds="held")
    def test_an_image_without_ami_cannot_be_distributed(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.distribute_image,
            sourceImage=a_build(imagebuilder),
            distributionConfigurationArn=a_distribution(imagebuilder),
            executionRole="distributor",
        )

        assert refusal == invalid_value(
            "sourceImage", "The source image must have an AMI in the current Region."
        )

    def test_a_container_image_of_somebody_else_cannot_be_distributed(self, imagebuilder, refused):
        refusal = refused(
            imagebuilder.distribute_image,
            sourceImage=CONTAINER_PARENT,
            distributionConfigurationArn=a_distribution(imagebuilder),
            executionRole="distributor",
        )

        assert refusal == invalid_value(
            "sourceImage", "The source image must have an AMI in the current Region."
        )

    @pytest.mark.parametrize("source", ["web", "prod-abc123", f"{OWN}component/web/1.0.0/1"])
    def test_what_is_no_source_is_refused(self, imagebuilder, refused, source):
        refusal = refused(
            imagebuilder.distribute_image,
            sourceImage=source,
            distributionConfigurationArn=a_distribution(imagebuilder),
            executionRole="distributor",
        )

        assert refusal == invalid_value(
            "sourceImage",
            "The source image must be an AMI ID, an Image Builder image ARN, or an SSM parameter "
            "prefixed by 'ssm:'.",
        )

    def test_a_configuration_that_is_not_there_is_not_found(self, imagebuilder, refused):
        """The model declares ResourceNotFoundException for the operation."""
        arn = f"{OWN}distribution-configuration/none"

        refusal = refused(
            imagebuilder.distribute_image,
            sourceImage=AMI,
            distributionConfigurationArn=arn,
            executionRole="distributor",
        )

        assert refusal == not_found("DistributionConfiguration", arn)
        assert imagebuilder.list_images()["imageVersionList"] == []


@pytest.mark.imagebuilder(builds="held")
class TestRetryImage:
    def test_a_build_goes_on_in_the_state_in_which_it_failed(self, imagebuilder, imagebuilder_mock):
        arn = a_build(imagebuilder)
        for _ in range(3):
            imagebuilder_mock.builds.advance(arn)
        imagebuilder_mock.builds.fail(arn, reason="A test failed.")
        before = the_image(imagebuilder, arn)["outputResources"]

        answer = imagebuilder.retry_image(imageBuildVersionArn=arn, clientToken="a-token")

        assert set(answer) == {"imageBuildVersionArn", "clientToken", "ResponseMetadata"}
        assert answer["imageBuildVersionArn"] == arn
        image = the_image(imagebuilder, arn)
        assert image["state"] == {"status": "TESTING"}
        assert image["outputResources"] == before
        assert statuses(imagebuilder_mock, imagebuilder, arn) == [
            "TESTING",
            "DISTRIBUTING",
            "INTEGRATING",
            "AVAILABLE",
        ]

    def test_a_cancelled_build_can_be_taken_up_again(self, imagebuilder, imagebuilder_mock):
        arn = a_build(imagebuilder)
        imagebuilder_mock.builds.advance(arn)
        imagebuilder.cancel_image_creation(imageBuildVersionArn=arn)

        imagebuilder.retry_image(imageBuildVersionArn=arn)

        assert the_image(imagebuilder, arn)["state"] == {"status": "CREATING"}

    @pytest.mark.parametrize("ends", [False, True], ids=["PENDING", "AVAILABLE"])
    def test_one_that_has_not_ended_early_is_refused(
        self, imagebuilder, imagebuilder_mock, refused, ends
    ):
        arn = a_build(imagebuilder)
        if ends:
            imagebuilder_mock.builds.complete(arn)
        status = the_image(imagebuilder, arn)["state"]["status"]

        assert refused(imagebuilder.retry_image, imageBuildVersionArn=arn) == invalid_value(
            "imageBuildVersionArn",
            f"The image is in the state '{status}', in which it cannot be retried.",
        )

    def test_container_images_cannot_be_retried(self, imagebuilder, imagebuilder_mock, refused):
        arn = a_container_build(imagebuilder)
        imagebuilder_mock.builds.fail(arn)

        assert refused(imagebuilder.retry_image, imageBuildVersionArn=arn) == invalid_value(
            "imageBuildVersionArn",
            "Retry is only supported for images that distribute an AMI.",
        )

    def test_what_is_not_there_is_not_found(self, imagebuilder, refused):
        arn = f"{OWN}image/{unique_name('none')}/1.0.0/1"
        an_infrastructure(imagebuilder)

        assert refused(imagebuilder.retry_image, imageBuildVersionArn=arn) == not_found(
            "Image", arn
        )
