"""What GetImage shows of a build, and what the lists of images have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.builders import OWN

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


GOLDEN = f"{OWN}image/golden/1.0.0"


def images(client, **params):
    """What ListImages lists: the ARNs, without what all of the caller's have in common."""
    entries = client.list_images(**params)["imageVersionList"]
    return [entry["arn"].removeprefix(f"{OWN}image/") for entry in entries]


def builds(client, arn=GOLDEN, **params):
    """What ListImageBuildVersions lists."""
    answer = client.list_image_build_versions(imageVersionArn=arn, **params)
    return [entry["arn"].removeprefix(f"{OWN}image/") for entry in answer["imageSummaryList"]]
