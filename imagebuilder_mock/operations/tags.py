"""Tags of any resource: list, tag, untag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn, label_of
from imagebuilder_mock.domain.errors import InvalidParameterException, not_found, not_valid

from .handler import operation

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.resources.base import Resource

    from .handler import Context, Result

MOST_TAGS = 50


@operation
def list_tags_for_resource(ctx: Context, params: wire.ListTagsForResourceRequestTypeDef) -> Result:
    return {"tags": _taggable(ctx, params["resourceArn"]).tags}


@operation
def tag_resource(ctx: Context, params: wire.TagResourceRequestTypeDef) -> Result:
    resource = _taggable(ctx, params["resourceArn"])
    tags = {**resource.tags, **params["tags"]}
    if len(tags) > MOST_TAGS:
        raise InvalidParameterException(
            not_valid("tags", f"A resource can have at most {MOST_TAGS} tags.")
        )
    resource.tags = tags
    return {}


@operation
def untag_resource(ctx: Context, params: wire.UntagResourceRequestTypeDef) -> Result:
    """A key that the resource does not have is not an error."""
    resource = _taggable(ctx, params["resourceArn"])
    gone = set(params["tagKeys"])
    resource.tags = {key: value for key, value in resource.tags.items() if key not in gone}
    return {}


def _taggable(ctx: Context, arn: str) -> Resource:
    resource = ctx.store.any(arn)
    if resource is None:
        raise not_found(label_of(Arn.parse(arn).kind), arn)
    return resource
