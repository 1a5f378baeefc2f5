"""Packages on images, vulnerabilities that scans found, and their counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagebuilder_mock.catalogue.samples import inventory
from imagebuilder_mock.domain.errors import invalid_value
from imagebuilder_mock.domain.ordered import OrderedIndex
from imagebuilder_mock.domain.records import Record
from imagebuilder_mock.domain.resources.images import Image
from imagebuilder_mock.operations.handler import operation
from imagebuilder_mock.operations.listing import listed, unknown_filter
from imagebuilder_mock.world.indexes import EVERYTHING, index_of_packages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_imagebuilder import type_defs as wire

    from imagebuilder_mock.domain.resources.scans import ImagePackage
    from imagebuilder_mock.operations.handler import Context, Result
    from imagebuilder_mock.world.indexes import Key

_FINDING_FILTERS = ("imageBuildVersionArn", "imagePipelineArn", "severity", "vulnerabilityId")
_AGGREGATIONS: Mapping[str, str] = {
    "imageBuildVersionArn": "imageAggregation",
    "imagePipelineArn": "imagePipelineAggregation",
    "vulnerabilityId": "vulnerabilityIdAggregation",
}


@operation
def list_image_packages(ctx: Context, params: wire.ListImagePackagesRequestTypeDef) -> Result:
    """The packages that Systems Manager Inventory found on the image at the end of its build."""
    arn = params["imageBuildVersionArn"]
    image = ctx.get(Image, arn, parameter="imageBuildVersionArn")
    return listed(
        ctx,
        params,
        "imagePackageList",
        _packages(ctx, image),
        scope=arn,
    )


@operation
def list_image_scan_findings(
    ctx: Context, params: wire.ListImageScanFindingsRequestTypeDef
) -> Result:
    key = EVERYTHING
    for entry in params.get("filters", ()):
        name = entry.get("name", "")
        if name not in _FINDING_FILTERS:
            raise unknown_filter("filters[0].name", name, _FINDING_FILTERS)
        key = name, _only_value("filters[0].values", entry.get("values", ()))
    return listed(
        ctx,
        # There is one filter, and an index for it.
        {name: value for name, value in params.items() if name != "filters"},
        "findings",
        ctx.store.findings.of(key),
        scope=" ".join(key),
    )


@operation
def list_image_scan_finding_aggregations(
    ctx: Context, params: wire.ListImageScanFindingAggregationsRequestTypeDef
) -> Result:
    chosen = params.get("filter")
    if chosen is None:
        by, key = "accountId", EVERYTHING
        counted = {"accountAggregation": _counts(ctx, key, accountId=ctx.store.account)}
    else:
        by = chosen.get("name", "")
        if by not in _AGGREGATIONS:
            raise unknown_filter("filter.name", by, _AGGREGATIONS)
        key = by, _only_value("filter.values", chosen.get("values", ()))
        counted = {_AGGREGATIONS[by]: _counts(ctx, key, **{by: key[1]})}
    is_known = key == EVERYTHING or key[1] in ctx.store or ctx.store.findings.of(key)
    result = listed(
        ctx,
        params,
        "responses",
        OrderedIndex([_Aggregation(counted)] if is_known else []),
        view=lambda aggregation: aggregation.counted,
        scope=" ".join(key),
    )
    return {**result, "aggregationType": by}


class _Aggregation(Record):
    """The only entry of the list."""

    counted: Mapping[str, object]
    sequence: int = 1


def _counts(ctx: Context, key: Key, **names: str) -> Mapping[str, object]:
    return {**names, "severityCounts": ctx.store.findings.severity_counts(key)}


def _only_value(path: str, values: Sequence[str]) -> str:
    if len(values) != 1:
        raise invalid_value(path, "A filter of scan findings has exactly one value.")
    return values[0]


def _packages(ctx: Context, image: Image) -> OrderedIndex[ImagePackage]:
    supplied = ctx.store.findings.packages.get(image.arn)
    if supplied is not None:
        return supplied
    # Only of AMIs, if enhanced metadata is on, once they have been built.
    has_inventory = (
        image.type == "AMI" and image.enhanced_image_metadata_enabled and image.os_version
    )
    return index_of_packages(inventory(image) if has_inventory else ())
