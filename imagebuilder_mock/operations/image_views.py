"""Images in lists: what they are filtered by, and that being reported moves a build."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imagebuilder_mock.domain.arn import Arn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imagebuilder_mock.domain.resources.images import Image, ImageVersion

    from .context import Context

# A filter on the version means the three nodes: '1.0.4' finds every build, '1.0.4/3' none
# (aws-cli issue 7853).
IMAGE_SUMMARY_FILTERS: Mapping[str, Callable[[Image], object]] = {
    "name": lambda image: image.name,
    "osVersion": lambda image: image.os_version,
    "platform": lambda image: image.platform,
    "type": lambda image: image.type,
    "version": lambda image: Arn.parse(image.arn).version,
}

IMAGE_VERSION_FILTERS: Mapping[str, Callable[[ImageVersion], object]] = {
    "name": lambda entry: entry.name,
    "osVersion": lambda entry: entry.os_version,
    "platform": lambda entry: entry.platform,
    "type": lambda entry: entry.type,
    "version": lambda entry: entry.version,
}


def note_looked_at(ctx: Context, images: object) -> None:
    """Remember what an answer reports: in the observed mode it moves on afterwards."""
    ctx.looked_at.extend(cast("list[Image]", images))
