"""What GetImage shows of a build."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta

    from imagebuilder_mock import ImageBuilderMock


def before_workflows(mock: ImageBuilderMock) -> timedelta:
    """How long a build takes on the clock until its first workflow begins."""
    durations = mock.builds.durations
    return durations["PENDING"] + durations["CREATING"]


def the_image(client, arn):
    return client.get_image(imageBuildVersionArn=arn)["image"]


def status(client, arn):
    return the_image(client, arn)["state"]["status"]


def amis_of(client, arn):
    return the_image(client, arn)["outputResources"]["amis"]
