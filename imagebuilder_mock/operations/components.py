"""Components: create, import, list; and the documents of AWS Marketplace's components."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from imagebuilder_mock.domain.arn import Arn, domain_of
from imagebuilder_mock.domain.errors import invalid_combination, invalid_value
from imagebuilder_mock.domain.resources.components import Component, ComponentVersion
from imagebuilder_mock.domain.versions import latest_version_references

from .handler import operation
from .listing import by, listed, own_builds, versions_listed
from .rules.documents import (
    COMPONENT_SIZE,
    check_component_quotas,
    given_text,
    new_build,
    parsed,
)

if TYPE_CHECKING:
    from mypy_boto3_imagebuilder import type_defs as wire

    from .handler import Context, Result

    Request = wire.CreateComponentRequestTypeDef | wire.ImportComponentRequestTypeDef


_FILTERS = by(
    "description",
    "name",
    "platform",
    "productCodes",
    "status",
    "supportedOsVersion",
    "type",
    "version",
)


@operation
def create_component(ctx: Context, params: wire.CreateComponentRequestTypeDef) -> Result:
    component = _new_component(ctx, params, given_text(ctx, params, quota=COMPONENT_SIZE))
    return {
        "componentBuildVersionArn": component.arn,
        "latestVersionReferences": latest_version_references(component.arn),
    }


@operation
def import_component(ctx: Context, params: wire.ImportComponentRequestTypeDef) -> Result:
    """The script becomes a document with one step that runs it (API reference)."""
    # Loaded with the first document, as in `_new_component`.
    from imagebuilder_mock.domain.documents.components.document import document_for  # noqa: PLC0415

    text = document_for(
        given_text(ctx, params, quota=COMPONENT_SIZE),
        name=params["name"],
        platform=params["platform"],
        component_type=params["type"],
    )
    return {"componentBuildVersionArn": _new_component(ctx, params, text).arn}


@operation
def list_components(ctx: Context, params: wire.ListComponentsRequestTypeDef) -> Result:
    # Deprecated ones are listed only if the request filters by status.
    with_deprecated = any(entry.get("name") == "status" for entry in params.get("filters", ()))
    return versions_listed(
        ctx,
        params,
        Component,
        ComponentVersion,
        filters=_FILTERS,
        admit=lambda component: with_deprecated or not component.is_deprecated,
    )


@operation
def list_component_build_versions(
    ctx: Context, params: wire.ListComponentBuildVersionsRequestTypeDef
) -> Result:
    """An unknown version has no builds, and is no error (API reference)."""
    arn = params.get("componentVersionArn")
    return listed(
        ctx,
        params,
        "componentSummaryList",
        own_builds(ctx, Component, arn),
        view=lambda component: None if component.is_deprecated else component,
        newest_first=True,
        scope=arn or "",
    )


def _new_component(ctx: Context, params: Request, text: str) -> Component:
    # Documents, and YAML with them, take a third of the time in which the whole package loads.
    from imagebuilder_mock.domain.documents.components.document import parse_component_document  # noqa: PLC0415

    document = parsed("data", parse_component_document, text, platform=params["platform"])
    check_component_quotas(ctx.world.quotas, document)
    return new_build(
        ctx,
        Component,
        params,
        text,
        kind=Component.kind,
        type=document.component_type,
        declared=document.parameters or None,
    )


_URL_SECONDS = 3600


@operation
def get_marketplace_resource(
    ctx: Context, params: wire.GetMarketplaceResourceRequestTypeDef
) -> Result:
    """The document of a component, in Base64, or the address of a file that it downloads."""
    arn = Arn.parse(params["resourceArn"])
    if (arn.owner, arn.kind) != ("AWSMarketplace", Component.kind):
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
    """A URL in the form of Amazon S3's; nothing can be downloaded from it."""
    bucket, _, key = location.removeprefix("s3://").partition("/")
    host = f"{bucket}.s3.{ctx.store.region}.{domain_of(ctx.store.partition)}"
    date = ctx.now.strftime("%Y%m%dT%H%M%SZ")
    return (
        f"https://{host}/{key}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date={date}"
        f"&X-Amz-Expires={_URL_SECONDS}&X-Amz-SignedHeaders=host"
        f"&X-Amz-Signature={ctx.world.ids.hexadecimal(64)}"
    )
