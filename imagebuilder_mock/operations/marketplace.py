"""Products of AWS Marketplace: what is behind a component of theirs.

The caller is taken to be subscribed to every product.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn
from imagebuilder_mock.domain.errors import invalid_combination, invalid_value
from imagebuilder_mock.domain.resources.components import Component

from .registry import operation

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import type_defs as wire

    from .context import Context
    from .registry import Result

_ACCOUNT = "aws-marketplace"
_URL_SECONDS = 3600
_DOMAINS = {"aws-cn": "amazonaws.com.cn"}
_DOMAIN = "amazonaws.com"


@operation
def get_marketplace_resource(
    ctx: Context, params: wire.GetMarketplaceResourceRequestTypeDef
) -> Result:
    """The document of a component, hidden, or the address of a file that it downloads."""
    arn = Arn.parse(params["resourceArn"])
    if (arn.account, arn.kind) != (_ACCOUNT, Component.kind):
        raise invalid_value("resourceArn", "The resource must be an AWS Marketplace component.")
    component = ctx.get(Component, params["resourceArn"], parameter="resourceArn")
    if params["resourceType"] == "COMPONENT_DATA":
        return {
            "resourceArn": params["resourceArn"],
            "data": b64encode(component.text.encode()).decode(),
        }
    location = params.get("resourceLocation")
    if location is None:
        raise invalid_combination(
            "resourceLocation", "An artifact of a component needs a 'resourceLocation'."
        )
    if location not in component.text.split():
        raise invalid_value(
            "resourceLocation", f"The component '{component.arn}' has no artifact '{location}'."
        )
    return {"resourceArn": params["resourceArn"], "url": _presigned_url(ctx, location)}


def _presigned_url(ctx: Context, location: str) -> str:
    """In the form of Amazon S3's; nothing is behind it."""
    bucket, _, key = location.removeprefix("s3://").partition("/")
    host = f"{bucket}.s3.{ctx.store.region}.{_DOMAINS.get(ctx.store.partition, _DOMAIN)}"
    date = ctx.now.strftime("%Y%m%dT%H%M%SZ")
    return (
        f"https://{host}/{key}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date={date}"
        f"&X-Amz-Expires={_URL_SECONDS}&X-Amz-SignedHeaders=host"
        f"&X-Amz-Signature={ctx.world.ids.hexadecimal(64)}"
    )
