"""CancelImageCreation and DeleteImage."""

from __future__ import annotations

import pytest

from tests.build_views import status, the_image
from tests.builders import MANAGED_PARENT, a_build
from tests.refusals import invalid_value, not_found


@pytest.mark.imagebuilder(builds="held")
class TestCancel:
    @pytest.mark.parametrize("stage", range(6))
    def test_a_build_under_way_ends_where_it_is(self, imagebuilder, imagebuilder_mock, stage):
        """Source: API reference, CancelImageCreation: what was made so far stays."""
        arn = a_build(imagebuilder)
        for _ in range(stage):
            imagebuilder_mock.builds.advance(arn)
        before = the_image(imagebuilder, arn)

        answer = imagebuilder.cancel_image_creation(imageBuildVersionArn=arn, clientToken="t")

        assert set(answer) == {
            "requestId",
            "clientToken",
            "imageBuildVersionArn",
            "ResponseMetadata",
        }
        assert answer["imageBuildVersionArn"] == arn
        assert the_image(imagebuilder, arn) == {**before, "state": {"status": "CANCELLED"}}
        assert imagebuilder_mock.builds.running == []

    @pytest.mark.parametrize("end", ["AVAILABLE", "FAILED", "CANCELLED"])
    def test_a_build_that_has_ended_cannot_be_cancelled(
        self, imagebuilder, imagebuilder_mock, refused, end
    ):
        """Seen: the CloudFormation handler of images expects this code."""
        arn = ended(imagebuilder, imagebuilder_mock, end)

        refusal = refused(imagebuilder.cancel_image_creation, imageBuildVersionArn=arn)

        assert refusal == invalid_value(
            "imageBuildVersionArn",
            f"The image is in the state '{end}', in which it cannot be cancelled.",
        )

    def test_a_cancelled_build_never_goes_on(self, imagebuilder, imagebuilder_mock):
        arn = a_build(imagebuilder)
        imagebuilder.cancel_image_creation(imageBuildVersionArn=arn)

        imagebuilder_mock.clock.advance(days=1)

        assert status(imagebuilder, arn) == "CANCELLED"


@pytest.mark.imagebuilder(builds="held")
class TestDelete:
    @pytest.mark.parametrize("end", ["AVAILABLE", "FAILED", "CANCELLED"])
    def test_an_image_that_has_ended_is_gone(self, imagebuilder, imagebuilder_mock, refused, end):
        arn = ended(imagebuilder, imagebuilder_mock, end)

        answer = imagebuilder.delete_image(imageBuildVersionArn=arn)

        assert set(answer) == {"requestId", "imageBuildVersionArn", "ResponseMetadata"}
        assert answer["imageBuildVersionArn"] == arn
        for operation in (
            imagebuilder.get_image,
            imagebuilder.delete_image,
            imagebuilder.cancel_image_creation,
        ):
            assert refused(operation, imageBuildVersionArn=arn) == not_found("Image", arn)
        assert imagebuilder.list_images()["imageVersionList"] == []

    @pytest.mark.parametrize("stage", range(6))
    def test_a_build_under_way_is_kept(self, imagebuilder, imagebuilder_mock, refused, stage):
        """Seen: the CloudFormation handler of images expects this code, and cancels then."""
        arn = a_build(imagebuilder)
        for _ in range(stage):
            imagebuilder_mock.builds.advance(arn)

        code, http_status, message = refused(imagebuilder.delete_image, imageBuildVersionArn=arn)

        assert (code, http_status) == ("ResourceDependencyException", 400)
        assert message.startswith(f"Resource dependency error: The image '{arn}' is in the state ")

    def test_amazons_images_cannot_be_deleted(self, imagebuilder, refused):
        arn = the_image(imagebuilder, MANAGED_PARENT)["arn"]

        refusal = refused(imagebuilder.delete_image, imageBuildVersionArn=arn)

        assert refusal == not_found("Image", arn)


def ended(client, mock, end):
    """The ARN of a build that ended so."""
    arn = a_build(client)
    if end == "AVAILABLE":
        mock.builds.complete(arn)
    elif end == "FAILED":
        mock.builds.fail(arn)
    else:
        client.cancel_image_creation(imageBuildVersionArn=arn)
    return arn
